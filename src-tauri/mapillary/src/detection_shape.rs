//! The outline of a detection: a base64 text that holds a vector tile, whose layer `mpy-or` holds
//! polygons in parts of the picture.
//!
//! The places count from the top left corner of the picture, as in every vector tile; nothing is
//! flipped here (API notes §2.5).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::protobuf::Broken;
use crate::vector_tile::{TileShape, VectorTile};

/// The layer that holds the outline (API documentation).
const LAYER: &str = "mpy-or";

/// Longest text that is read, in bytes: an outline with a hundred thousand corners.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Fewest corners of a ring that encloses something.
const MIN_CORNERS: usize = 3;

/// Standard base64, with or without the padding at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The outline of a detection, in parts of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionShape {
    polygons: Vec<Polygon>,
}

/// One enclosed part, in units of whoever made it: parts of the picture or pixels, right and down
/// from its top left corner. Rings do not repeat their first corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// The outer ring.
    pub exterior: Vec<(f64, f64)>,
    /// What is cut out of it.
    pub holes: Vec<Vec<(f64, f64)>>,
}

impl DetectionShape {
    /// Reads the text of a detection's `geometry`.
    pub(crate) fn decode(text: &str) -> Result<Self, Broken> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Broken("it is too long"));
        }
        let bytes = BASE64.decode(text.trim()).map_err(|_| Broken("it is not base64"))?;
        let tile = VectorTile::decode(&bytes)?;
        let layer = tile.layer(LAYER).ok_or(Broken("it has no layer mpy-or"))?;
        let extent = f64::from(layer.extent);
        let mut polygons = Vec::new();
        for feature in &layer.features {
            if feature.shape == TileShape::Polygons {
                let rings = feature.parts.iter().filter(|ring| ring.len() >= MIN_CORNERS);
                let rings = rings.map(|ring| {
                    let part = |unit: &i32| (f64::from(*unit) / extent).clamp(0.0, 1.0);
                    ring.iter().map(|(right, down)| (part(right), part(down))).collect()
                });
                grouped(rings, &mut polygons);
            }
        }
        if polygons.is_empty() {
            return Err(Broken("it encloses nothing"));
        }
        Ok(Self { polygons })
    }

    /// The outline in parts of the picture, 0…1.
    pub fn polygons(&self) -> &[Polygon] {
        &self.polygons
    }

    /// The outline in pixels of a picture of this size.
    pub fn polygons_px(&self, width_px: u64, height_px: u64) -> Vec<Polygon> {
        let (width, height) = (to_float(width_px), to_float(height_px));
        let ring = |ring: &Vec<(f64, f64)>| {
            ring.iter()
                .map(|(right, down)| (right * width, down * height))
                .collect()
        };
        self.polygons
            .iter()
            .map(|polygon| Polygon {
                exterior: ring(&polygon.exterior),
                holes: polygon.holes.iter().map(ring).collect(),
            })
            .collect()
    }

    /// How much of the picture is enclosed, 0…1.
    pub fn area_part(&self) -> f64 {
        let enclosed = |polygon: &Polygon| {
            let holes: f64 = polygon.holes.iter().map(|hole| signed_area(hole).abs()).sum();
            (signed_area(&polygon.exterior).abs() - holes).max(0.0)
        };
        self.polygons.iter().map(enclosed).sum::<f64>().clamp(0.0, 1.0)
    }
}

/// Sorts rings into outer ones and holes. The specification tells them apart by the way around;
/// which way is outer is taken from the first ring, because writers that flip the picture flip it.
fn grouped(rings: impl Iterator<Item = Vec<(f64, f64)>>, polygons: &mut Vec<Polygon>) {
    let mut outer_is_positive = None;
    for ring in rings {
        let area = signed_area(&ring);
        if area == 0.0 {
            continue;
        }
        let is_positive = area > 0.0;
        let is_outer = *outer_is_positive.get_or_insert(is_positive) == is_positive;
        match polygons.last_mut() {
            Some(polygon) if !is_outer => polygon.holes.push(ring),
            _ => polygons.push(Polygon {
                exterior: ring,
                holes: Vec::new(),
            }),
        }
    }
}

/// The enclosed area, positive for a ring that runs to the right first at its top (the surveyor's
/// formula with down as the second axis).
fn signed_area(ring: &[(f64, f64)]) -> f64 {
    let mut twice = 0.0;
    let mut last = ring.last();
    for corner in ring {
        if let Some(from) = last {
            twice += from.0 * corner.1 - corner.0 * from.1;
        }
        last = Some(corner);
    }
    twice / 2.0
}

/// Exact for every picture: sizes beyond 32 bits count as the largest.
fn to_float(size_px: u64) -> f64 {
    f64::from(u32::try_from(size_px).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD as STANDARD_BASE64;
    use proptest::prelude::*;

    /// A rectangle from a quarter to the half of the picture, written by hand: layer `mpy-or`,
    /// one polygon, extent 4096.
    fn rectangle() -> Vec<u8> {
        let zigzag = |step: i32| ((step << 1) ^ (step >> 31)).cast_unsigned();
        let mut geometry = Vec::new();
        for number in [
            9,
            zigzag(1_024),
            zigzag(1_024),
            26,
            zigzag(1_024),
            0,
            0,
            zigzag(1_024),
            zigzag(-1_024),
            0,
            15,
        ] {
            let mut rest = number;
            while rest >= 0x80 {
                geometry.push((rest & 0x7F) as u8 | 0x80);
                rest >>= 7;
            }
            geometry.push(u8::try_from(rest).unwrap());
        }
        let with_length =
            |key: u8, bytes: &[u8]| [vec![key, u8::try_from(bytes.len()).unwrap()], bytes.to_vec()].concat();
        let feature = [vec![0x18, 3], with_length(0x22, &geometry)].concat();
        let layer = [
            with_length(0x0A, b"mpy-or"),
            with_length(0x12, &feature),
            vec![0x28, 0x80, 0x20, 0x78, 2],
        ]
        .concat();
        with_length(0x1A, &layer)
    }

    #[test]
    fn an_outline_is_read_from_the_top_left_corner_and_not_flipped() {
        let shape = DetectionShape::decode(&STANDARD_BASE64.encode(rectangle())).unwrap();
        let pixels = shape.polygons_px(4_000, 3_000);
        assert_eq!(
            pixels,
            [Polygon {
                exterior: vec![
                    (1_000.0, 750.0),
                    (2_000.0, 750.0),
                    (2_000.0, 1_500.0),
                    (1_000.0, 1_500.0)
                ],
                holes: Vec::new(),
            }]
        );
        assert!((shape.area_part() - 1.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn padding_at_the_end_may_be_missing() {
        let text = STANDARD_BASE64.encode(rectangle());
        let bare = text.trim_end_matches('=');
        assert_eq!(DetectionShape::decode(bare), DetectionShape::decode(&text));
    }

    #[test]
    fn what_is_no_outline_is_an_error() {
        for text in ["", "???", "AAAA", "GgA=", &"A".repeat(MAX_TEXT_BYTES + 4)] {
            assert!(DetectionShape::decode(text).is_err());
        }
    }

    #[test]
    fn rings_that_run_the_other_way_are_holes() {
        let ring = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to)];
        let mut hole = ring(0.2, 0.3);
        hole.reverse();
        let mut polygons = Vec::new();
        grouped([ring(0.1, 0.5), hole, ring(0.6, 0.7)].into_iter(), &mut polygons);
        assert_eq!(polygons.len(), 2);
        assert_eq!(polygons[0].holes.len(), 1);
        let shape = DetectionShape { polygons };
        assert!((shape.area_part() - (0.16 - 0.01 + 0.01)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn no_text_and_no_changed_outline_panics(
            text in ".{0,60}", place in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let _ = DetectionShape::decode(&text);
            let mut changed = rectangle();
            let at = place.index(changed.len());
            changed[at] = byte;
            if let Ok(shape) = DetectionShape::decode(&STANDARD_BASE64.encode(changed)) {
                prop_assert!((0.0..=1.0).contains(&shape.area_part()));
                for polygon in shape.polygons() {
                    prop_assert!(polygon.exterior.len() >= MIN_CORNERS);
                    prop_assert!(polygon.exterior.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y)));
                }
            }
        }
    }
}
