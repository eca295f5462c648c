//! Boxes on the map, in the order and the size that the image search takes.

use std::fmt;

use crate::error::MapillaryError;

/// Longest side of a box in one search request, in degrees. Since 2026-01-16 the service wants
/// boxes "smaller than 0.01 degrees square"; this holds whether that means the area or the sides.
pub const MAX_BOX_SIDE_DEG: f64 = 0.009_9;

/// Smallest side a crowded box is divided to, in degrees: about a decimetre.
const MIN_BOX_SIDE_DEG: f64 = 1e-6;

/// A box in degrees WGS 84. It does not cross the 180th meridian.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::struct_field_names,
    reason = "the unit belongs into the name of every number"
)]
pub struct BoundingBox {
    min_lon_deg: f64,
    min_lat_deg: f64,
    max_lon_deg: f64,
    max_lat_deg: f64,
}

impl BoundingBox {
    /// A box from its west, south, east and north sides, in degrees.
    ///
    /// Returns [`MapillaryError::InvalidInput`] for numbers outside the globe or in wrong order.
    pub fn new(min_lon_deg: f64, min_lat_deg: f64, max_lon_deg: f64, max_lat_deg: f64) -> Result<Self, MapillaryError> {
        let on_globe = (-180.0..=180.0).contains(&min_lon_deg)
            && (-180.0..=180.0).contains(&max_lon_deg)
            && (-90.0..=90.0).contains(&min_lat_deg)
            && (-90.0..=90.0).contains(&max_lat_deg);
        if on_globe && min_lon_deg <= max_lon_deg && min_lat_deg <= max_lat_deg {
            Ok(Self {
                min_lon_deg,
                min_lat_deg,
                max_lon_deg,
                max_lat_deg,
            })
        } else {
            Err(MapillaryError::InvalidInput {
                what: "bounding box",
                reason: "its sides are not west, south, east, north in degrees".to_owned(),
            })
        }
    }

    /// The smallest box around `points`, given as (longitude, latitude) in degrees, widened by
    /// `margin_deg` on each side; nothing for no points.
    ///
    /// Returns [`MapillaryError::InvalidInput`] for a point outside the globe.
    pub fn around(
        points: impl IntoIterator<Item = (f64, f64)>,
        margin_deg: f64,
    ) -> Result<Option<Self>, MapillaryError> {
        let mut around: Option<Self> = None;
        for (lon_deg, lat_deg) in points {
            let point = Self::new(lon_deg, lat_deg, lon_deg, lat_deg)?;
            around = Some(around.map_or(point, |known| Self {
                min_lon_deg: known.min_lon_deg.min(lon_deg),
                min_lat_deg: known.min_lat_deg.min(lat_deg),
                max_lon_deg: known.max_lon_deg.max(lon_deg),
                max_lat_deg: known.max_lat_deg.max(lat_deg),
            }));
        }
        Ok(around.map(|known| Self {
            min_lon_deg: (known.min_lon_deg - margin_deg).max(-180.0),
            min_lat_deg: (known.min_lat_deg - margin_deg).max(-90.0),
            max_lon_deg: (known.max_lon_deg + margin_deg).min(180.0),
            max_lat_deg: (known.max_lat_deg + margin_deg).min(90.0),
        }))
    }

    /// West, south, east and north sides, in degrees.
    pub fn sides_deg(&self) -> (f64, f64, f64, f64) {
        (self.min_lon_deg, self.min_lat_deg, self.max_lon_deg, self.max_lat_deg)
    }

    /// The box cut into cells small enough for one request each, row by row.
    ///
    /// Returns [`MapillaryError::TooManyResults`] when that takes more than `limit` cells.
    pub fn cells(&self, limit: u64) -> Result<Vec<Self>, MapillaryError> {
        let columns = pieces(self.max_lon_deg - self.min_lon_deg);
        let rows = pieces(self.max_lat_deg - self.min_lat_deg);
        if u64::from(columns) * u64::from(rows) > limit {
            return Err(MapillaryError::TooManyResults {
                what: "map cells",
                limit,
            });
        }
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                cells.push(self.cell(column, columns, row, rows));
            }
        }
        Ok(cells)
    }

    /// Its four quarters; nothing when it is too small to be divided.
    pub(crate) fn quarters(&self) -> Option<[Self; 4]> {
        let width = self.max_lon_deg - self.min_lon_deg;
        let height = self.max_lat_deg - self.min_lat_deg;
        (width.max(height) > MIN_BOX_SIDE_DEG).then(|| {
            [
                self.cell(0, 2, 0, 2),
                self.cell(1, 2, 0, 2),
                self.cell(0, 2, 1, 2),
                self.cell(1, 2, 1, 2),
            ]
        })
    }

    fn cell(&self, column: u32, columns: u32, row: u32, rows: u32) -> Self {
        let lon = |step| part(self.min_lon_deg, self.max_lon_deg, step, columns);
        let lat = |step| part(self.min_lat_deg, self.max_lat_deg, step, rows);
        Self {
            min_lon_deg: lon(column),
            min_lat_deg: lat(row),
            max_lon_deg: lon(column + 1),
            max_lat_deg: lat(row + 1),
        }
    }
}

impl fmt::Display for BoundingBox {
    /// The search parameter: `minLon,minLat,maxLon,maxLat`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.7},{:.7},{:.7},{:.7}",
            self.min_lon_deg, self.min_lat_deg, self.max_lon_deg, self.max_lat_deg
        )
    }
}

/// How many cells a side of `length_deg`, at most 360, is cut into.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the quotient lies between 0 and 36,364"
)]
fn pieces(length_deg: f64) -> u32 {
    (length_deg / MAX_BOX_SIDE_DEG).ceil().max(1.0) as u32
}

/// The border number `step` of `steps` between `from` and `to`; the last is exactly `to`.
fn part(from: f64, to: f64, step: u32, steps: u32) -> f64 {
    if step == steps {
        to
    } else {
        from + (to - from) * f64::from(step) / f64::from(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_parameter_has_longitude_first() {
        let walk = BoundingBox::around([(-0.559_129_7, 50.896_324_6), (-0.546_330_2, 50.901_135_4)], 0.0)
            .unwrap()
            .unwrap();
        assert_eq!(walk.to_string(), "-0.5591297,50.8963246,-0.5463302,50.9011354");
    }

    #[test]
    fn a_box_in_wrong_order_or_outside_the_globe_is_refused() {
        for (west, south, east, north) in [
            (1.0, 0.0, 0.0, 0.0),
            (0.0, 1.0, 0.0, 0.0),
            (-181.0, 0.0, 0.0, 0.0),
            (0.0, 0.0, 0.0, 91.0),
            (f64::NAN, 0.0, 0.0, 0.0),
        ] {
            let error = BoundingBox::new(west, south, east, north).unwrap_err();
            assert_eq!(error.code(), "invalid_input");
        }
        assert_eq!(BoundingBox::around([], 0.1).unwrap(), None);
    }

    #[test]
    fn a_box_too_large_to_be_searched_is_refused() {
        let world = BoundingBox::new(-180.0, -90.0, 180.0, 90.0).unwrap();
        assert_eq!(world.cells(10_000).unwrap_err().code(), "too_many_results");
    }

    proptest! {
        #[test]
        fn cells_cover_the_box_and_none_is_too_large(
            west in -179.0..179.0_f64, south in -89.0..89.0_f64,
            width in 0.0..0.2_f64, height in 0.0..0.2_f64,
        ) {
            let whole = BoundingBox::new(west, south, west + width, south + height).unwrap();
            let cells = whole.cells(1_000).unwrap();
            for cell in &cells {
                prop_assert!(cell.max_lon_deg - cell.min_lon_deg < 0.01);
                prop_assert!(cell.max_lat_deg - cell.min_lat_deg < 0.01);
            }
            let first = cells.first().unwrap();
            let last = cells.last().unwrap();
            prop_assert_eq!((first.min_lon_deg, first.min_lat_deg), (west, south));
            prop_assert_eq!((last.max_lon_deg, last.max_lat_deg), (west + width, south + height));
            let area: f64 = cells.iter().map(|cell| {
                (cell.max_lon_deg - cell.min_lon_deg) * (cell.max_lat_deg - cell.min_lat_deg)
            }).sum();
            prop_assert!((area - width * height).abs() < 1e-9);
        }
    }
}
