//! Streets that nobody walks: a map for practice, drawn from numbers alone and the same at every zoom.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// Deepest zoom level that is drawn, as on OpenStreetMap's tile server.
pub(crate) const DEEPEST_ZOOM: u32 = 19;
/// Width and height of a tile, in pixels.
const SIDE_PX: u32 = 256;
/// The colours of land, parks, water, buildings, the edges of streets and their middle.
const LAND: [u8; 3] = [0xF2, 0xEF, 0xE9];
const PARK: [u8; 3] = [0xC8, 0xE6, 0xB8];
const WATER: [u8; 3] = [0xAA, 0xD3, 0xDF];
const BUILDING: [u8; 3] = [0xD9, 0xD0, 0xC9];
const EDGE: [u8; 3] = [0xC4, 0xBD, 0xB4];
const STREET: [u8; 3] = [0xFF, 0xFF, 0xFF];
const MAIN: [u8; 3] = [0xFC, 0xD6, 0xA4];
/// Kinds of streets: how far apart they are, in pixels of the deepest zoom, and half their width in pixels of any.
const KINDS: [(f64, f64, [u8; 3]); 3] = [(8_192.0, 5.0, MAIN), (2_048.0, 3.5, STREET), (512.0, 2.0, STREET)];
/// Streets nearer to each other than this are not drawn, in pixels.
const LEAST_APART_PX: f64 = 40.0;

/// The tile as a PNG.
pub(crate) fn drawn(z: u32, x: u32, y: u32) -> Result<Vec<u8>, image::ImageError> {
    let scale = f64::from(1_u32 << DEEPEST_ZOOM.saturating_sub(z).min(31));
    let picture = RgbImage::from_fn(SIDE_PX, SIDE_PX, |px, py| {
        let across = (f64::from(x) * f64::from(SIDE_PX) + f64::from(px)) * scale;
        let down = (f64::from(y) * f64::from(SIDE_PX) + f64::from(py)) * scale;
        Rgb(colour(across, down, scale))
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}

/// The colour of a place, in pixels of the deepest zoom; `scale` of them are one pixel.
fn colour(across: f64, down: f64, scale: f64) -> [u8; 3] {
    // Streets bend a little.
    let (u, v) = (
        across + 260.0 * (down / 3_100.0).sin(),
        down + 220.0 * (across / 3_700.0).sin(),
    );
    let mut edge = false;
    for (apart, half_px, fill) in KINDS {
        if apart / scale < LEAST_APART_PX {
            continue;
        }
        let off = |at: f64| ((at / apart).round() * apart - at).abs() / scale;
        let nearest_px = off(u).min(off(v));
        if nearest_px <= half_px {
            return fill;
        }
        edge |= nearest_px <= half_px + 1.2;
    }
    if edge {
        return EDGE;
    }
    let (block_u, block_v) = ((u / 2_048.0).floor(), (v / 2_048.0).floor());
    let kind = (block_u * 7.0 + block_v * 13.0).rem_euclid(11.0);
    let inside = |at: f64| (at / 512.0).rem_euclid(1.0);
    match () {
        () if kind < 1.0 => WATER,
        () if kind < 3.0 => PARK,
        () if scale <= 8.0 && (0.2..0.8).contains(&inside(u)) && (0.25..0.75).contains(&inside(v)) => BUILDING,
        () => LAND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_fit_together_and_no_zoom_is_empty() {
        for z in [0, 8, 13, 16, 19] {
            let middle = (1_u32 << z) / 2;
            let tile = image::load_from_memory(&drawn(z, middle, middle).unwrap()).unwrap();
            assert_eq!((tile.width(), tile.height()), (SIDE_PX, SIDE_PX));
        }
        let town = image::load_from_memory(&drawn(16, 35_210, 21_492).unwrap())
            .unwrap()
            .into_rgb8();
        assert!(town.pixels().any(|pixel| pixel.0 == STREET));
        // The first column of the next tile goes on where the last of this one ends.
        let next = image::load_from_memory(&drawn(16, 35_211, 21_492).unwrap())
            .unwrap()
            .into_rgb8();
        let same = (0..SIDE_PX)
            .filter(|y| town.get_pixel(SIDE_PX - 1, *y) == next.get_pixel(0, *y))
            .count();
        assert!(same > 200, "{same}");
    }
}
