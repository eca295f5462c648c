//! Pictures of what was uploaded as the service gives them back, made when first asked for: processed originals and
//! smaller ones, really scaled.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

/// Largest width or height that is scaled, in pixels.
const SIDE_MAX: u32 = 30_000;
/// Most memory that one picture may take while it is scaled, in bytes.
const MEMORY_MAX: u64 = 1 << 30;
/// JPEG quality of the smaller pictures, 1 to 100.
const QUALITY: u8 = 85;
/// Tiles on each side of what is blurred.
const COARSE_SIDE: u32 = 4;
/// Most bytes of one comment of a JPEG, its length field left out.
const COMMENT_BYTES: usize = 65_533;

/// `jpeg` scaled to at most `width` pixels, as a JPEG. A narrower picture keeps its size.
pub(crate) fn scaled_to_width(jpeg: &[u8], width: u32) -> Result<Vec<u8>, image::ImageError> {
    let picture = decoded(jpeg)?;
    let scaled = if picture.width() > width {
        picture.thumbnail(width, SIDE_MAX)
    } else {
        picture
    };
    encoded(&scaled.into_rgb8())
}

/// What comes back of an original: as long as it was, written anew without EXIF, and with a box in its middle made so coarse that nobody is
/// to be known in it. The service blurs faces and number plates; practice recognises none, so it takes the same part of
/// every picture.
pub(crate) fn processed(jpeg: &[u8]) -> Result<Vec<u8>, image::ImageError> {
    let mut picture = decoded(jpeg)?.into_rgb8();
    let (width, height) = (picture.width().div_ceil(5), picture.height().div_ceil(5));
    let (left, top) = (width * 2, height * 2);
    let (width, height) = (
        width.min(picture.width().saturating_sub(left)),
        height.min(picture.height().saturating_sub(top)),
    );
    if width > 0 && height > 0 {
        let seen = imageops::crop_imm(&picture, left, top, width, height).to_image();
        let coarse = imageops::thumbnail(&seen, COARSE_SIDE, COARSE_SIDE);
        let coarse = imageops::resize(&coarse, width, height, FilterType::Nearest);
        imageops::replace(&mut picture, &coarse, i64::from(left), i64::from(top));
    }
    let written = encoded(&picture)?;
    let shorter_by = jpeg.len().saturating_sub(written.len());
    Ok(padded(written, shorter_by))
}

fn decoded(jpeg: &[u8]) -> Result<DynamicImage, image::ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    reader.decode()
}

fn encoded(picture: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture)?;
    Ok(bytes)
}

/// A picture for an image that nobody sent: sky and road in colours of its own, with a band where
/// the service would have blurred something, and without EXIF, as originals come back. Comments of `padding_bytes` make
/// it longer.
pub(crate) fn drawn(id: &str, padding_bytes: usize) -> Result<Vec<u8>, image::ImageError> {
    let tint = id
        .bytes()
        .fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    let picture = RgbImage::from_fn(640, 480, |x, y| {
        let shade = u8::try_from(y / 2).unwrap_or(u8::MAX);
        match y {
            0..240 => Rgb([tint, 160, 255 - shade]),
            240..300 if (280..360).contains(&x) => Rgb([128, 128, 128]),
            _ => Rgb([shade, shade, tint / 2]),
        }
    });
    Ok(padded(encoded(&picture)?, padding_bytes))
}

/// Puts comments before the scan, where who reads headers only never comes across them.
fn padded(jpeg: Vec<u8>, padding_bytes: usize) -> Vec<u8> {
    let Some((head, scan)) = scan_of(&jpeg).and_then(|at| jpeg.split_at_checked(at)) else {
        return jpeg;
    };
    if padding_bytes == 0 {
        return jpeg;
    }
    let mut bytes = Vec::with_capacity(jpeg.len() + padding_bytes + 4);
    bytes.extend_from_slice(head);
    let mut left = padding_bytes;
    while left > 0 {
        let length = left.saturating_sub(4).clamp(1, COMMENT_BYTES);
        bytes.extend_from_slice(&[0xFF, 0xFE]);
        bytes.extend_from_slice(&u16::try_from(length + 2).unwrap_or(u16::MAX).to_be_bytes());
        bytes.resize(bytes.len() + length, b'.');
        left = left.saturating_sub(length + 4);
    }
    bytes.extend_from_slice(scan);
    bytes
}

/// Where the scan of a JPEG begins.
fn scan_of(jpeg: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        match jpeg.get(at..at + 4)? {
            [0xFF, 0xDA, ..] => return Some(at),
            [0xFF, _, high, low] => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_original_comes_back_with_a_coarse_box_in_its_middle_and_nothing_else_changed_much() {
        let picture = RgbImage::from_fn(100, 100, |x, y| {
            let stripe = if (x / 2 + y / 2).is_multiple_of(2) { 250 } else { 5 };
            Rgb([stripe; 3])
        });
        let sent = encoded(&picture).unwrap();
        let seen = image::load_from_memory(&processed(&sent).unwrap()).unwrap().into_rgb8();
        let spread = |left: u32, top: u32| {
            let part = imageops::crop_imm(&seen, left, top, 16, 16).to_image();
            let values = || part.pixels().map(|pixel| pixel.0[0]);
            values().max().unwrap() - values().min().unwrap()
        };
        assert!(spread(2, 2) > 150, "outside the stripes stay");
        assert!(spread(42, 42) < 60, "inside they are gone");
    }

    #[test]
    fn padding_makes_a_drawn_picture_as_long_as_wanted_and_no_less_whole() {
        let short = drawn("71", 0).unwrap();
        for padding_bytes in [5, 70_000, 300_000] {
            let long = drawn("71", padding_bytes).unwrap();
            assert_eq!(long.len(), short.len() + padding_bytes);
            assert_eq!(
                image::load_from_memory(&long).unwrap(),
                image::load_from_memory(&short).unwrap()
            );
        }
    }
}
