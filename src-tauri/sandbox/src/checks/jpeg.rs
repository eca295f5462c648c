//! A JPEG as it was uploaded: its segments, its size, and the description in its EXIF.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use exif::{In, Tag, Value};
use sha2::{Digest, Sha256};

use super::Refusal;
use super::description::{Description, read_description};

const START_OF_IMAGE: [u8; 2] = [0xFF, 0xD8];
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
const APP1: u8 = 0xE1;
const EXIF_NAME: &[u8] = b"Exif\0\0";
/// Where the picture of most photos has begun, in bytes from the start of the file.
const HEADER_BYTES_USUAL: u64 = 256 << 10;
const XMP_NAME: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A marker segment that comes before the picture data.
struct Segment<'a> {
    marker: u8,
    payload: &'a [u8],
    /// Bytes of the file, from the marker to the end of the payload.
    range: std::ops::Range<usize>,
}

/// The segments up to the picture data, and where that begins.
fn segments(jpeg: &[u8]) -> Option<(Vec<Segment<'_>>, usize)> {
    if jpeg.get(..2)? != START_OF_IMAGE {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 2_usize;
    loop {
        let start = at;
        if *jpeg.get(at)? != 0xFF {
            return None;
        }
        // Any number of fill bytes may stand before the marker (ITU T.81 §B.1.1.2).
        while *jpeg.get(at)? == 0xFF {
            at = at.checked_add(1)?;
        }
        let marker = *jpeg.get(at)?;
        at = at.checked_add(1)?;
        match marker {
            START_OF_SCAN => return Some((found, start)),
            END_OF_IMAGE | 0x00 => return None,
            // Markers without a length: TEM, RSTn, SOI.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*jpeg.get(at)?, *jpeg.get(at.checked_add(1)?)?]));
        let end = at.checked_add(length)?;
        let payload = jpeg.get(at.checked_add(2)?..end)?;
        found.push(Segment {
            marker,
            payload,
            range: start..end,
        });
        at = end;
    }
}

/// SHA-256, in hexadecimal digits, of everything in a JPEG but its Exif segments: the picture, and
/// all that came with it besides EXIF. Writing a description into an image must leave it as it is.
/// `None` when `jpeg` is not a JPEG up to its picture data.
pub fn pixels_sha256(jpeg: &[u8]) -> Option<String> {
    let (segments, _) = segments(jpeg)?;
    let mut digest = Sha256::new();
    let mut at = 0;
    for segment in &segments {
        if segment.marker == APP1 && segment.payload.starts_with(EXIF_NAME) {
            digest.update(jpeg.get(at..segment.range.start)?);
            at = segment.range.end;
        }
    }
    digest.update(jpeg.get(at..)?);
    Some(hex::encode(digest.finalize()))
}

/// What was found in an uploaded image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CheckedImage {
    pub description: Description,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    pub orientation: u16,
    pub make: Option<String>,
    pub model: Option<String>,
    pub is_pano: bool,
}

/// Checks the JPEG at `path`; reads no more of it than stands before its picture, where that is in the usual place.
pub(crate) fn check_image_file(path: &Path) -> Result<CheckedImage, Refusal> {
    check_image_header(File::open(path).map_err(|error| unreadable(&error))?)
}

/// The same for a JPEG that is read from somewhere else.
pub(super) fn check_image_header(mut jpeg: impl Read) -> Result<CheckedImage, Refusal> {
    let mut bytes = Vec::new();
    (&mut jpeg)
        .take(HEADER_BYTES_USUAL)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if segments(&bytes).is_none() {
        jpeg.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    }
    check_image(&bytes)
}

fn unreadable(error: &std::io::Error) -> Refusal {
    Refusal::new(format!("it cannot be read: {error}"))
}

/// Checks that `bytes` is a JPEG with a valid description.
pub(crate) fn check_image(bytes: &[u8]) -> Result<CheckedImage, Refusal> {
    let (segments, _) = segments(bytes).ok_or_else(|| Refusal::new("not a JPEG, or cut off before its picture"))?;
    let size = frame_size(&segments).ok_or_else(|| Refusal::new("the JPEG does not say its width and height"))?;
    let mut reader = exif::Reader::new();
    // Cameras write damaged fields; only the description must be right.
    reader.continue_on_error(true);
    let exif = reader
        .read_from_container(&mut Cursor::new(bytes))
        .or_else(|error| error.distill_partial_result(|_| {}))
        .map_err(|error| Refusal::new(format!("no readable EXIF: {error}")))?;
    let text = ascii(&exif, Tag::ImageDescription).ok_or_else(|| Refusal::new("no ImageDescription in the EXIF"))?;
    let description = read_description(&text)?;
    let orientation = exif
        .get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .and_then(|value| u16::try_from(value).ok())
        .filter(|value| (1..=8).contains(value));
    Ok(CheckedImage {
        orientation: description.orientation.or(orientation).unwrap_or(1),
        make: description.make.clone().or_else(|| ascii(&exif, Tag::Make)),
        model: description.model.clone().or_else(|| ascii(&exif, Tag::Model)),
        is_pano: is_equirectangular(&segments),
        description,
        size,
    })
}

/// The text of an ASCII field up to its first NUL, without blanks around it.
fn ascii(exif: &exif::Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
        return None;
    };
    let text = String::from_utf8_lossy(parts.first()?).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Width and height from the frame header (SOF0 to SOF15 but DHT, JPG and DAC).
fn frame_size(segments: &[Segment<'_>]) -> Option<(u32, u32)> {
    let frame = segments
        .iter()
        .find(|segment| matches!(segment.marker, 0xC0..=0xCF) && !matches!(segment.marker, 0xC4 | 0xC8 | 0xCC))?;
    let [_, height_high, height_low, width_high, width_low, ..] = frame.payload else {
        return None;
    };
    let height = u16::from_be_bytes([*height_high, *height_low]);
    let width = u16::from_be_bytes([*width_high, *width_low]);
    (width > 0 && height > 0).then_some((u32::from(width), u32::from(height)))
}

/// Whether the XMP names the equirectangular projection (GPano `ProjectionType`).
fn is_equirectangular(segments: &[Segment<'_>]) -> bool {
    segments
        .iter()
        .filter(|segment| segment.marker == APP1)
        .filter_map(|segment| segment.payload.strip_prefix(XMP_NAME))
        .any(|xmp| {
            let xmp = String::from_utf8_lossy(xmp);
            xmp.contains("ProjectionType") && xmp.contains("equirectangular")
        })
}
