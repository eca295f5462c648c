//! One photo: a drawn picture with a camera's EXIF block in front of it.

use crate::GeneratorError;
use crate::exif_block;
use crate::photo_spec::PhotoSpec;
use crate::picture::{self, Scene};
use crate::random::Random;

/// The most that fits into one JPEG segment behind its length (ITU-T T.81 B.1.1.4).
const SEGMENT_CAPACITY: usize = 65_533;
/// Marker and length of a segment.
const SEGMENT_HEAD: usize = 4;
/// The longer side of the thumbnail inside the EXIF block, in pixels.
const THUMBNAIL_PX: u16 = 160;
const PICTURE_QUALITY: u8 = 84;
const THUMBNAIL_QUALITY: u8 = 70;
const APP1: u8 = 0xE1;
const COMMENT: u8 = 0xFE;
/// Ends a file (ITU-T T.81 B.1.1.3).
const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];

/// Makes the bytes of a photo. The same specification gives the same bytes, everywhere.
///
/// Errors: `picture_size`, `value_out_of_range`, `time_out_of_range` and `segment_too_long` for
/// what no photo can hold.
pub fn photo_bytes(spec: &PhotoSpec) -> Result<Vec<u8>, GeneratorError> {
    let scene = Scene {
        seed: spec.seed,
        frame_number: spec.frame_number,
    };
    let picture = picture::draw_jpeg(scene, spec.width_px, spec.height_px, PICTURE_QUALITY)?;
    let thumbnail = if spec.write_thumbnail {
        Some(thumbnail(spec, scene)?)
    } else {
        None
    };
    let tiff = exif_block::tiff_block(spec, thumbnail.as_deref())?;

    let mut photo = Vec::with_capacity(picture.len() + tiff.len() + spec.padding_bytes + 1024);
    photo.extend_from_slice(&[0xFF, 0xD8]);
    if let Some(xmp) = &spec.xmp {
        push_segment(
            &mut photo,
            "XMP",
            APP1,
            &[b"http://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()],
        )?;
    }
    push_segment(&mut photo, "Exif", APP1, &[b"Exif\0\0", &tiff])?;
    let (tables, scan) = split_before_scan(&picture);
    photo.extend_from_slice(tables);
    let (scan, end) = scan.split_at(scan.len().saturating_sub(END_OF_IMAGE.len()));
    photo.extend_from_slice(scan);
    push_padding(&mut photo, spec.seed ^ u64::from(spec.frame_number), spec.padding_bytes);
    photo.extend_from_slice(end);
    Ok(photo)
}

/// Draws the same picture small enough for the EXIF block.
fn thumbnail(spec: &PhotoSpec, scene: Scene) -> Result<Vec<u8>, GeneratorError> {
    let longer = spec.width_px.max(spec.height_px).max(1);
    let scaled = |side_px: u16| {
        let px = u32::from(side_px) * u32::from(THUMBNAIL_PX) / u32::from(longer);
        u16::try_from(px.max(1)).unwrap_or(THUMBNAIL_PX)
    };
    picture::draw_jpeg(scene, scaled(spec.width_px), scaled(spec.height_px), THUMBNAIL_QUALITY)
}

fn push_segment(photo: &mut Vec<u8>, segment: &'static str, marker: u8, parts: &[&[u8]]) -> Result<(), GeneratorError> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let declared = u16::try_from(length + 2).map_err(|_| GeneratorError::SegmentTooLong { segment, length })?;
    photo.extend_from_slice(&[0xFF, marker]);
    photo.extend_from_slice(&declared.to_be_bytes());
    for part in parts {
        photo.extend_from_slice(part);
    }
    Ok(())
}

/// Cuts what the encoder made into its tables and headers, without start of image and JFIF
/// segment (a GoPro writes none), and the rest from the start of scan.
fn split_before_scan(jpeg: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 2;
    let mut first = at;
    while let Some(&[_, marker, high, low]) = jpeg.get(at..at + SEGMENT_HEAD) {
        let next = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match marker {
            0xDA => return (&jpeg[first..at], &jpeg[at..]),
            0xE0 if at == first => first = next,
            _ => {}
        }
        at = next;
    }
    (&[], jpeg.get(first..).unwrap_or_default())
}

/// Adds comments that together are `wanted` bytes long.
fn push_padding(photo: &mut Vec<u8>, seed: u64, wanted: usize) {
    let mut random = Random::new(seed);
    let mut left = if wanted == 0 { 0 } else { wanted.max(SEGMENT_HEAD) };
    while left > 0 {
        let mut size = left.min(SEGMENT_HEAD + SEGMENT_CAPACITY);
        if (1..SEGMENT_HEAD).contains(&(left - size)) {
            // The rest must be long enough to be a segment.
            size -= SEGMENT_HEAD;
        }
        let declared = u16::try_from(size - 2).unwrap_or(u16::MAX);
        photo.extend_from_slice(&[0xFF, COMMENT]);
        photo.extend_from_slice(&declared.to_be_bytes());
        let end = photo.len() + size - SEGMENT_HEAD;
        while photo.len() < end {
            // Without the top bits there is nothing that could be taken for a marker.
            let noise = (random.next_u64() & 0x7F7F_7F7F_7F7F_7F7F).to_le_bytes();
            photo.extend_from_slice(&noise[..noise.len().min(end - photo.len())]);
        }
        left -= size;
    }
}
