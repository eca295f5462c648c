//! Smaller pictures of what was uploaded, really scaled, made when first asked for.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits};

/// Largest width or height that is scaled, in pixels.
const SIDE_MAX: u32 = 30_000;
/// Most memory that one picture may take while it is scaled, in bytes.
const MEMORY_MAX: u64 = 1 << 30;
/// JPEG quality of the smaller pictures, 1 to 100.
const QUALITY: u8 = 85;

/// `jpeg` scaled to at most `width` pixels, as a JPEG. A narrower picture keeps its size.
pub(crate) fn scaled_to_width(jpeg: &[u8], width: u32) -> Result<Vec<u8>, image::ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let picture = reader.decode()?;
    let scaled = if picture.width() > width {
        picture.thumbnail(width, SIDE_MAX)
    } else {
        picture
    };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&scaled.into_rgb8())?;
    Ok(bytes)
}
