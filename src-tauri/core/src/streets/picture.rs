//! Whether what came is a picture: it is decoded once before anything keeps or shows it.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use super::tile::TilePicture;

/// Longest tile that is read, bytes. The largest of OpenStreetMap's have about 100 KB.
pub const MAX_TILE_BYTES: usize = 1 << 20;
/// Widest and highest tile: 256 pixels, or 512 and 1024 on servers for dense screens.
const MAX_SIDE_PX: u32 = 1024;
/// Memory that decoding may take, bytes: the largest tile in four colours, twice.
const MAX_DECODED_BYTES: u64 = 8 << 20;

/// The tile in `bytes`; `None` for what is no whole PNG or JPEG of a tile's size. Takes a processor a millisecond.
pub(super) fn tile_of(bytes: Vec<u8>) -> Option<TilePicture> {
    let format = image::guess_format(&bytes).ok()?;
    let media_type = match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        _ => return None,
    };
    let mut reader = ImageReader::with_format(Cursor::new(&bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    reader.decode().ok()?;
    Some(TilePicture { bytes, media_type })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(side_px: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        image::RgbImage::from_fn(side_px, side_px, |x, y| {
            image::Rgb([(x % 251) as u8, (y % 241) as u8, 7])
        })
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
        bytes
    }

    #[test]
    fn a_tile_is_taken_as_it_came() {
        let bytes = png(256);
        let tile = tile_of(bytes.clone()).unwrap();
        assert_eq!((tile.bytes, tile.media_type), (bytes, "image/png"));
    }

    #[test]
    fn what_is_no_whole_picture_of_a_tiles_size_is_refused() {
        let whole = png(256);
        for wrong in [
            Vec::new(),
            b"<html>Sign in to this network</html>".to_vec(),
            whole[..whole.len() / 2].to_vec(),
            png(2048),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"GIF89a".to_vec(),
        ] {
            assert_eq!(tile_of(wrong), None);
        }
    }
}
