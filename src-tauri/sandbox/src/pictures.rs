//! Smaller pictures of what was uploaded, really scaled, made when first asked for.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits, Rgb, RgbImage};

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

/// A picture for an image that nobody sent: sky and road in colours of its own, with a band where
/// the service would have blurred something, and without EXIF, as originals come back.
pub(crate) fn drawn(id: &str) -> Result<Vec<u8>, image::ImageError> {
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
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture)?;
    Ok(bytes)
}
