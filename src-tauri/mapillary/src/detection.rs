//! One thing that the service recognised in an image: what it is, and its outline.

use serde_json::Value;

use crate::detection_shape::DetectionShape;
use crate::json as read;

/// Beginnings of values that are traffic signs (API documentation, traffic sign classes).
const SIGNS: [&str; 4] = ["complementary--", "information--", "regulatory--", "warning--"];

/// Beginnings of values that the service puts on its map as points (API documentation, object
/// classes); what moves is an object as well, but no point of the map.
const POINTS: [&str; 5] = [
    "construction--barrier--temporary",
    "construction--flat--crosswalk-plain",
    "construction--flat--driveway",
    "marking--discrete--",
    "object--",
];

/// Beginning of the values of vehicles.
const VEHICLES: &str = "object--vehicle--";

/// One thing recognised in one image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detection {
    /// Its number, as text.
    pub id: String,
    /// What it is, such as `object--street-light`.
    pub value: Option<String>,
    /// When it was recognised, in milliseconds since 1970 UTC.
    pub created_at_ms: Option<i64>,
    /// The image it is in, where the reply says so.
    pub image_id: Option<String>,
    /// Its outline.
    pub shape: Option<DetectionShape>,
    /// Whether there was an outline that could not be read.
    pub is_shape_broken: bool,
    /// The geometry as the service sent it: a vector tile in base64.
    pub geometry_base64: Option<String>,
}

/// The three groups in which the service has always offered detections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DetectionGroup {
    /// Traffic signs.
    TrafficSign,
    /// Surfaces and everything else that only fills a part of the picture.
    Segmentation,
    /// Objects that become points of the map.
    Point,
}

impl DetectionGroup {
    /// The group of a value such as `regulatory--stop--g1`.
    pub fn of(value: &str) -> Self {
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| value.starts_with(beginning));
        if begins(&SIGNS) {
            Self::TrafficSign
        } else if begins(&POINTS) && !value.starts_with(VEHICLES) {
            Self::Point
        } else {
            Self::Segmentation
        }
    }
}

impl Detection {
    /// The group it belongs to; nothing when its value is not known.
    pub fn group(&self) -> Option<DetectionGroup> {
        self.value.as_deref().map(DetectionGroup::of)
    }

    /// Reads one detection; nothing when it has no id.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let geometry = read::text(value.get("geometry"));
        let shape = geometry.as_deref().and_then(|text| DetectionShape::decode(text).ok());
        Some(Self {
            id: read::text(value.get("id"))?,
            value: read::text(value.get("value")),
            created_at_ms: read::moment_ms(value.get("created_at")),
            image_id: read::text(value.pointer("/image/id")).or_else(|| read::text(value.get("image"))),
            is_shape_broken: geometry.is_some() && shape.is_none(),
            geometry_base64: geometry,
            shape,
        })
    }

    /// Reads a collection: `{"data":[…]}`, or the bare list.
    pub(crate) fn list(value: Option<&Value>) -> Vec<Self> {
        let rows = value.and_then(|value| value.get("data").unwrap_or(value).as_array());
        rows.map(|rows| rows.iter().filter_map(Self::from_value).collect())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_value_tells_the_group() {
        for (value, group) in [
            ("regulatory--stop--g1", DetectionGroup::TrafficSign),
            ("warning--curve-left--g2", DetectionGroup::TrafficSign),
            ("information--parking--g1", DetectionGroup::TrafficSign),
            ("complementary--distance--g1", DetectionGroup::TrafficSign),
            ("object--fire-hydrant", DetectionGroup::Point),
            ("object--traffic-sign--front", DetectionGroup::Point),
            ("marking--discrete--arrow--left", DetectionGroup::Point),
            ("construction--flat--driveway", DetectionGroup::Point),
            ("construction--flat--road", DetectionGroup::Segmentation),
            ("object--vehicle--car", DetectionGroup::Segmentation),
            ("nature--sky", DetectionGroup::Segmentation),
            ("something--new", DetectionGroup::Segmentation),
        ] {
            assert_eq!(DetectionGroup::of(value), group, "{value}");
        }
    }

    #[test]
    fn a_broken_outline_costs_the_outline_and_nothing_else() {
        let detection = Detection::from_value(&json!({
            "id": 7, "value": "nature--sky", "geometry": "no outline", "image": {"id": "8"},
            "created_at": "2021-05-01T10:00:00+0000",
        }))
        .unwrap();
        assert_eq!((detection.id.as_str(), detection.image_id.as_deref()), ("7", Some("8")));
        assert_eq!(detection.created_at_ms, Some(1_619_863_200_000));
        assert!(detection.is_shape_broken && detection.shape.is_none());
        assert_eq!(detection.group(), Some(DetectionGroup::Segmentation));
    }

    proptest! {
        #[test]
        fn no_detection_of_any_shape_panics(value in any_json()) {
            for detection in Detection::list(Some(&value)) {
                prop_assert!(!detection.id.is_empty());
            }
        }
    }
}
