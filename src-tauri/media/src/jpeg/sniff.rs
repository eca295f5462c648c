//! Tells, from a file's first bytes, what it is when it is not a JPEG.

use crate::error::{FileKind, MediaError};
use crate::limits::SNIFF_BYTES;
use crate::tiff::Tiff;

/// Brands of ISO base media files that hold still pictures (ISO/IEC 23008-12, AVIF 1.1).
const STILL_BRANDS: [&[u8]; 10] = [
    b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis",
];

/// Tag of the maker's name.
const MAKE: u16 = 0x010f;
/// Tag that every DNG has in its first directory (DNG specification 1.7, chapter 4).
const DNG_VERSION: u16 = 0xc612;

/// The error for a file that starts with `first_bytes`, which are not those of a JPEG.
pub(super) fn not_a_jpeg(first_bytes: &[u8]) -> MediaError {
    let starts = |magic: &[u8]| first_bytes.starts_with(magic);
    let holds = |at: usize, magic: &[u8]| first_bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if first_bytes.is_empty() {
        return MediaError::EmptyFile;
    }
    if first_bytes.len() >= SNIFF_BYTES && first_bytes.iter().all(|&byte| byte == 0) {
        return MediaError::ZeroFilled;
    }
    let looks_like = if holds(4, b"ftyp") {
        if STILL_BRANDS.iter().any(|brand| holds(8, brand)) {
            return MediaError::HeicNotSupported;
        }
        FileKind::Video
    } else if let Some(tiff) = Tiff::parse(first_bytes) {
        raw_kind(&tiff)
    } else if starts(b"II+\0") || starts(b"MM\0+") {
        FileKind::TiffOrRaw
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        FileKind::Png
    } else if starts(b"RIFF") && holds(8, b"WEBP") {
        FileKind::WebP
    } else if starts(b"GIF8") {
        FileKind::Gif
    } else {
        FileKind::Unknown
    };
    MediaError::NotAJpeg { looks_like }
}

/// Which of the formats built on TIFF: GPR is DNG by GoPro.
fn raw_kind(tiff: &Tiff<'_>) -> FileKind {
    let directory = tiff.directory(tiff.first_directory_offset());
    let entry = |tag| directory.entries.iter().find(|entry| entry.tag == tag);
    if entry(DNG_VERSION).is_none() {
        return FileKind::TiffOrRaw;
    }
    let make = entry(MAKE)
        .and_then(|entry| tiff.value_bytes(entry))
        .unwrap_or_default();
    if make.starts_with(b"GoPro") {
        FileKind::Gpr
    } else {
        FileKind::Dng
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_foreign_kind_has_its_own_answer() {
        let kind = |bytes: &[u8]| not_a_jpeg(bytes);
        let other = |looks_like| MediaError::NotAJpeg { looks_like };
        assert_eq!(kind(b""), MediaError::EmptyFile);
        assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0"), MediaError::HeicNotSupported);
        assert_eq!(kind(b"\0\0\0\x18ftypmif1\0\0\0\0"), MediaError::HeicNotSupported);
        assert_eq!(kind(b"\0\0\0\x14ftypmp41\0\0\0\0"), other(FileKind::Video));
        assert_eq!(kind(b"II*\0\x08\0\0\0"), other(FileKind::TiffOrRaw));
        assert_eq!(kind(b"MM\0*\0\0\0\x08"), other(FileKind::TiffOrRaw));
        let raw = |make: &[u8]| {
            let make = make.to_vec();
            let count = u32::try_from(make.len()).unwrap().to_le_bytes();
            let entries: [&[u8]; 7] = [
                b"II*\0\x08\0\0\0\x02\0",
                b"\x0f\x01\x02\0",
                &count,
                b"\x26\0\0\0",
                b"\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0",
                b"\0\0\0\0",
                &make,
            ];
            entries.concat()
        };
        assert_eq!(kind(&raw(b"GoPro\0")), other(FileKind::Gpr));
        assert_eq!(kind(&raw(b"Pentax\0")), other(FileKind::Dng));
        assert_eq!(kind(&vec![0; 5_000]), MediaError::ZeroFilled);
        assert_eq!(kind(&[0; 50]), other(FileKind::Unknown));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), other(FileKind::Png));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), other(FileKind::WebP));
        assert_eq!(kind(b"GIF89a"), other(FileKind::Gif));
        assert_eq!(kind(b"this is not a photo"), other(FileKind::Unknown));
    }
}
