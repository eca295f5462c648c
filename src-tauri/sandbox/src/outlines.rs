//! What practice claims to have recognised: invented, but always the same for the same image, so
//! that whoever reads detections and map features has something to read. Nothing looks at pixels.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::cluster::Image;
use crate::vector_tile::{EXTENT, Layer};

/// Values in the three groups of the real service: traffic signs, surfaces, things.
const VALUES: [&str; 9] = [
    "regulatory--stop--g1",
    "warning--curve-left--g2",
    "information--parking--g1",
    "construction--flat--road",
    "nature--sky",
    "object--vehicle--car",
    "object--street-light",
    "object--fire-hydrant",
    "object--support--utility-pole",
];

/// One recognised thing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Detection {
    /// 19 digits: more than a float can hold.
    pub id: String,
    pub value: &'static str,
    /// The base64 of a vector tile with one polygon in the layer `mpy-or`.
    pub geometry: String,
}

/// A thing on the map, made from one image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MapFeature {
    /// 17 digits.
    pub id: String,
    pub value: &'static str,
    pub longitude: f64,
    pub latitude: f64,
}

/// What is recognised in the image `id`: up to eight things.
pub(crate) fn detections(id: &str) -> Vec<Detection> {
    let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let [count, rest @ ..] = digest;
    (0..count % 9)
        .zip(rest.chunks_exact(3))
        .filter_map(|(number, bytes)| {
            let &[value, x, y] = bytes else { return None };
            Some(Detection {
                id: format!("6{id}{number:02}"),
                value: VALUES.get(usize::from(value) % VALUES.len())?,
                geometry: outline(f64::from(x) * 8.0, f64::from(y) * 8.0),
            })
        })
        .collect()
}

/// A five-sided outline near the given corner, in units of the tile.
fn outline(x: f64, y: f64) -> String {
    let side = EXTENT / 8.0;
    let corners = [
        (x, y),
        (x + side, y),
        (x + side, y + side),
        (x + side / 2.0, y + side * 1.5),
        (x, y + side),
    ];
    let mut layer = Layer::new("mpy-or");
    layer.polygon(&corners, &[]);
    STANDARD.encode(layer.encode())
}

impl MapFeature {
    /// What an image adds to the map: its first detection that is a sign or a thing, if any, a few
    /// metres east of it.
    pub(crate) fn of(image: &Image) -> Option<Self> {
        let found = detections(&image.id);
        let first = found.iter().find(|detection| kind(detection.value).is_some())?;
        Some(Self {
            id: format!("5{}", image.id),
            value: first.value,
            longitude: (image.longitude + 0.000_05).min(180.0),
            latitude: image.latitude,
        })
    }

    /// `traffic_sign` or `point`.
    pub(crate) fn object_type(&self) -> &'static str {
        kind(self.value).unwrap_or("point")
    }

    /// The id of the image behind the feature `id`.
    pub(crate) fn image_id(id: &str) -> Option<&str> {
        id.strip_prefix('5').filter(|rest| rest.len() == 16)
    }
}

/// What a value is on the map; surfaces and vehicles are not on it.
fn kind(value: &str) -> Option<&'static str> {
    let sign = ["regulatory--", "warning--", "information--", "complementary--"];
    if sign.iter().any(|beginning| value.starts_with(beginning)) {
        return Some("traffic_sign");
    }
    (value.starts_with("object--") && !value.starts_with("object--vehicle--")).then_some("point")
}
