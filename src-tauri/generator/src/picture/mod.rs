//! What the photos show: a drawn street, different from frame to frame as if one walked along it.
//!
//! Thumbnails, film strips and previews have to be looked at in demos and reviewed pictures; grey
//! rectangles would hide mistakes such as a swapped order or a picture shown twice.

mod canvas;
mod digits;
mod objects;
mod street;

use jpeg_encoder::Encoder;

use crate::GeneratorError;

/// The largest picture that is drawn, in pixels: a little more than the 5760 x 2880 and 5568 x
/// 4872 that GoPro cameras make, so that a slip of the pen does not take the machine's memory.
pub const MAX_PICTURE_PIXELS: u32 = 64_000_000;

/// What one picture shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene {
    /// The street: same seed, same street.
    pub(crate) seed: u64,
    /// Where on the street, and the number drawn into the corner.
    pub(crate) frame_number: u32,
}

/// Draws a scene and compresses it to a baseline JPEG with `quality` from 1 to 100.
pub(crate) fn draw_jpeg(scene: Scene, width_px: u16, height_px: u16, quality: u8) -> Result<Vec<u8>, GeneratorError> {
    let pixels = u32::from(width_px) * u32::from(height_px);
    if pixels == 0 || pixels > MAX_PICTURE_PIXELS {
        return Err(GeneratorError::PictureSize { width_px, height_px });
    }
    let mut canvas = canvas::Canvas::new(width_px, height_px);
    street::draw(&mut canvas, scene);
    digits::draw_number(&mut canvas, scene.frame_number);
    let mut jpeg = Vec::with_capacity(pixels as usize / 4);
    Encoder::new(&mut jpeg, quality).encode_image(&canvas)?;
    Ok(jpeg)
}
