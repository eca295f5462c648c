//! Which tile of the web map a place lies in, and which tiles a track crosses.
//!
//! The founding documents' formula lacked its floor and its limits (API notes §4, row 18): without
//! them the 180th meridian and the poles lie in tiles that do not exist.

use std::collections::BTreeSet;
use std::f64::consts::PI;

use crate::error::MapillaryError;
use crate::image::Position;

/// The zoom level on which the coverage is complete (API documentation).
pub const COVERAGE_ZOOM: u8 = 14;

/// Deepest zoom level whose tile numbers are calculated here.
const MAX_ZOOM: u8 = 24;

/// Largest latitude on the web map, in degrees: where the square map ends.
const MAX_LATITUDE_DEG: f64 = 85.051_128_779_806_6;

/// One tile of the web map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileAddress {
    /// Zoom level, 0…24; there are 2 to the power of it tiles on each side.
    pub zoom: u8,
    /// Column, from the 180th meridian eastwards.
    pub x: u32,
    /// Row, from north to south.
    pub y: u32,
}

impl TileAddress {
    /// The tile in which a place lies, in degrees WGS 84; nothing for a zoom beyond 24 or a place
    /// that is no number. Places beyond the edges of the map belong to the tiles at its edges.
    pub fn at(lon_deg: f64, lat_deg: f64, zoom: u8) -> Option<Self> {
        if zoom > MAX_ZOOM || !lon_deg.is_finite() || !lat_deg.is_finite() {
            return None;
        }
        let (x, y) = project(lon_deg, lat_deg, zoom);
        Some(Self::holding(x, y, zoom))
    }

    /// Every tile that a track crosses, also those in which it has no point of its own, each once
    /// and in ascending order. Two points are joined the shorter way around the globe.
    ///
    /// Returns [`MapillaryError::InvalidInput`] for what [`Self::at`] gives nothing for, and
    /// [`MapillaryError::TooManyResults`] for more than `limit` tiles.
    pub fn along(track: &[Position], zoom: u8, limit: usize) -> Result<Vec<Self>, MapillaryError> {
        let mut crossed = BTreeSet::new();
        let mut last: Option<(f64, f64)> = None;
        for point in track {
            let tile = Self::at(point.lon_deg, point.lat_deg, zoom).ok_or_else(|| MapillaryError::InvalidInput {
                what: "track",
                reason: "a point of it lies nowhere, or the zoom level is too deep".to_owned(),
            })?;
            crossed.insert(tile);
            let here = project(point.lon_deg, point.lat_deg, zoom);
            if let Some(from) = last {
                cross(from, here, zoom, limit, &mut crossed)?;
            }
            if crossed.len() > limit {
                return Err(too_many(limit));
            }
            last = Some(here);
        }
        Ok(crossed.into_iter().collect())
    }

    /// Where a point of this tile lies that is `right` and `down` of its top left corner, in parts
    /// of the tile's side.
    pub fn position(self, right: f64, down: f64) -> Position {
        let side = side(self.zoom);
        let x = (f64::from(self.x) + right) / side;
        let y = (f64::from(self.y) + down) / side;
        Position {
            lon_deg: x * 360.0 - 180.0,
            lat_deg: (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees(),
        }
    }

    /// Whether there is such a tile.
    pub fn exists(self) -> bool {
        self.zoom <= MAX_ZOOM && self.x < (1 << self.zoom) && self.y < (1 << self.zoom)
    }

    /// The tile that holds the place (`x`, `y`), given in tiles.
    fn holding(x: f64, y: f64, zoom: u8) -> Self {
        let last = side(zoom) - 1.0;
        Self {
            zoom,
            x: whole(x.floor().clamp(0.0, last)),
            y: whole(y.floor().clamp(0.0, last)),
        }
    }
}

/// Tiles on one side of the map.
fn side(zoom: u8) -> f64 {
    f64::from(1_u32 << zoom.min(MAX_ZOOM))
}

/// Where a place lies, in tiles from the top left corner of the map.
fn project(lon_deg: f64, lat_deg: f64, zoom: u8) -> (f64, f64) {
    let phi = lat_deg.clamp(-MAX_LATITUDE_DEG, MAX_LATITUDE_DEG).to_radians();
    let x = side(zoom) * (lon_deg + 180.0) / 360.0;
    let y = side(zoom) * (1.0 - phi.tan().asinh() / PI) / 2.0;
    (x, y)
}

/// Adds the tiles that the line between two places crosses.
fn cross(
    from: (f64, f64),
    to: (f64, f64),
    zoom: u8,
    limit: usize,
    crossed: &mut BTreeSet<TileAddress>,
) -> Result<(), MapillaryError> {
    let around = side(zoom);
    let mut right = to.0 - from.0;
    if right.abs() > around / 2.0 {
        right -= around.copysign(right);
    }
    let down = to.1 - from.1;
    // Where, in parts of the line, a side of a tile is crossed.
    let mut cuts = vec![0.0, 1.0];
    for (start, length) in [(from.0, right), (from.1, down)] {
        let (low, high) = (start.min(start + length), start.max(start + length));
        let count = high.floor() - low.floor();
        if count > f64::from(u32::try_from(limit).unwrap_or(u32::MAX)) {
            return Err(too_many(limit));
        }
        for step in 1..=whole(count) {
            cuts.push((low.floor() + f64::from(step) - start) / length);
        }
    }
    cuts.sort_by(f64::total_cmp);
    for pair in cuts.windows(2) {
        if let [begin, end] = pair {
            let middle = f64::midpoint(*begin, *end);
            let x = (from.0 + right * middle).rem_euclid(around);
            crossed.insert(TileAddress::holding(x, from.1 + down * middle, zoom));
        }
    }
    Ok(())
}

fn too_many(limit: usize) -> MapillaryError {
    MapillaryError::TooManyResults {
        what: "tiles",
        limit: u64::try_from(limit).unwrap_or(u64::MAX),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate; the callers pass whole numbers from 0 to 2^32"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lon_deg: f64, lat_deg: f64) -> Position {
        Position { lon_deg, lat_deg }
    }

    #[test]
    fn known_places_lie_in_known_tiles() {
        // Worked out by hand with the documented formula: x = floor(n·(lon+180)/360).
        for (lon, lat, zoom, x, y) in [
            (0.0, 0.0, 1, 1, 1),
            (-0.559_129_7, 50.896_324_6, 14, 8_166, 5_492),
            (13.4, 52.52, 14, 8_801, 5_373),
            (-180.0, 85.06, 14, 0, 0),
        ] {
            assert_eq!(
                TileAddress::at(lon, lat, zoom),
                Some(TileAddress { zoom, x, y }),
                "{lon} {lat}"
            );
        }
    }

    #[test]
    fn the_edges_of_the_map_lie_in_tiles_that_exist() {
        for (lon, lat) in [
            (180.0, -90.0),
            (180.0, 90.0),
            (-180.0, -90.0),
            (179.999_999_999_999_97, 0.0),
        ] {
            let tile = TileAddress::at(lon, lat, 14).unwrap();
            assert!(tile.exists(), "{tile:?}");
        }
        assert_eq!(TileAddress::at(f64::NAN, 0.0, 14), None);
        assert_eq!(TileAddress::at(0.0, 0.0, 25), None);
    }

    #[test]
    fn a_track_crosses_the_tiles_between_its_points_too() {
        let tiles = TileAddress::along(&[at(0.001, 0.001), at(0.1, 0.001)], 14, 100).unwrap();
        let columns: Vec<u32> = tiles.iter().map(|tile| tile.x).collect();
        assert_eq!(columns, [8_192, 8_193, 8_194, 8_195, 8_196]);
        assert!(tiles.iter().all(|tile| tile.y == 8_191));
    }

    #[test]
    fn a_track_over_the_180th_meridian_takes_the_short_way() {
        let tiles = TileAddress::along(&[at(179.99, 0.001), at(-179.99, 0.001)], 14, 100).unwrap();
        let columns: Vec<u32> = tiles.iter().map(|tile| tile.x).collect();
        assert_eq!(columns, [0, 16_383]);
    }

    #[test]
    fn a_track_across_the_world_is_refused_not_walked() {
        let error = TileAddress::along(&[at(0.0, 0.0), at(170.0, 80.0)], 14, 1_000).unwrap_err();
        assert_eq!(error.code(), "too_many_results");
        let error = TileAddress::along(&[at(f64::INFINITY, 0.0)], 14, 10).unwrap_err();
        assert_eq!(error.code(), "invalid_input");
    }

    proptest! {
        #[test]
        fn every_place_lies_in_an_existing_tile_around_it(
            lon in -180.0..180.0_f64, lat in -85.0..85.0_f64, zoom in 0..=24_u8,
        ) {
            let tile = TileAddress::at(lon, lat, zoom).unwrap();
            prop_assert!(tile.exists());
            let (north_west, south_east) = (tile.position(0.0, 0.0), tile.position(1.0, 1.0));
            prop_assert!(north_west.lon_deg <= lon + 1e-9 && lon <= south_east.lon_deg + 1e-9);
            prop_assert!(south_east.lat_deg <= lat + 1e-9 && lat <= north_west.lat_deg + 1e-9);
        }

        #[test]
        fn a_track_holds_the_tile_of_every_point_on_it(
            lon in -179.0..179.0_f64, lat in -80.0..80.0_f64,
            right in -0.2..0.2_f64, down in -0.2..0.2_f64, part in 0.0..1.0_f64,
        ) {
            let (from, to) = (at(lon, lat), at(lon + right, lat + down));
            let tiles = TileAddress::along(&[from, to], 14, 1_000).unwrap();
            // The line is straight on the map, so its points are found there.
            let (a, b) = (project(from.lon_deg, from.lat_deg, 14), project(to.lon_deg, to.lat_deg, 14));
            let (x, y) = (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
            let near_a_side = |place: f64| (place - place.round()).abs() < 1e-6;
            if !near_a_side(x) && !near_a_side(y) {
                prop_assert!(tiles.contains(&TileAddress::holding(x, y, 14)));
            }
        }
    }
}
