//! What the service put on its map: traffic signs and objects, made from many detections.

use reqwest::Method;
use serde_json::Value;

use crate::bounding_box::BoundingBox;
use crate::capture_window::iso_seconds_around;
use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::image::{Position, position};
use crate::json as read;
use crate::number_id::check_number;
use crate::operation::Operation;
use crate::redact::Redactor;
use crate::search_walk::{DEFAULT_MAX_REQUESTS, MAX_PAGE_SIZE, Question};

/// The fields of a map feature (API documentation).
const FIELDS: &str = "id,aligned_direction,first_seen_at,last_seen_at,object_value,object_type,geometry,images";

/// One thing on the service's map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapFeature {
    /// Its number, as text.
    pub id: String,
    /// What it is, such as `object--street-light`.
    pub object_value: Option<String>,
    /// `traffic_sign` or `point`.
    pub object_type: Option<String>,
    /// Where it faces, in degrees clockwise from north.
    pub aligned_direction_deg: Option<f64>,
    /// When it was first captured, in milliseconds since 1970 UTC.
    pub first_seen_at_ms: Option<i64>,
    /// When it was last captured, in milliseconds since 1970 UTC.
    pub last_seen_at_ms: Option<i64>,
    /// Where it is.
    pub geometry: Option<Position>,
    /// The images it was made from.
    pub image_ids: Vec<String>,
}

impl MapFeature {
    /// Reads one map feature; nothing when it has no id.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let images = value.get("images");
        let images = images.and_then(|images| images.get("data").unwrap_or(images).as_array());
        let image_id = |image: &Value| read::text(image.get("id")).or_else(|| read::text(Some(image)));
        Some(Self {
            id: read::text(value.get("id"))?,
            object_value: read::text(value.get("object_value")),
            object_type: read::text(value.get("object_type")),
            aligned_direction_deg: read::float(value.get("aligned_direction")),
            first_seen_at_ms: read::moment_ms(value.get("first_seen_at")),
            last_seen_at_ms: read::moment_ms(value.get("last_seen_at")),
            geometry: position(value.get("geometry")),
            image_ids: images
                .map(|images| images.iter().filter_map(image_id).collect())
                .unwrap_or_default(),
        })
    }
}

/// Which map features to search for within a box.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFeatureSearch {
    /// Where. A large box is cut into cells, a crowded one into quarters.
    pub bounding_box: BoundingBox,
    /// Only these values; `*` stands for anything.
    pub object_values: Vec<String>,
    /// First seen from…until, in milliseconds since 1970 UTC.
    pub first_seen_ms: (Option<i64>, Option<i64>),
    /// Last seen from…until, in milliseconds since 1970 UTC.
    pub last_seen_ms: (Option<i64>, Option<i64>),
    /// Features per request, 1…2,000.
    pub page_size: u32,
    /// Most requests to make.
    pub max_requests: u32,
}

impl MapFeatureSearch {
    /// Everything on the map within `bounding_box`.
    pub fn within(bounding_box: BoundingBox) -> Self {
        Self {
            bounding_box,
            object_values: Vec::new(),
            first_seen_ms: (None, None),
            last_seen_ms: (None, None),
            page_size: MAX_PAGE_SIZE,
            max_requests: DEFAULT_MAX_REQUESTS,
        }
    }
}

impl Client {
    /// The map feature with this id.
    ///
    /// Returns [`MapillaryError::Status`] with [`crate::ServerError::is_missing_object`] when there
    /// is none, or it may not be seen.
    pub async fn map_feature(&self, token: &Token, id: &str) -> Result<MapFeature, MapillaryError> {
        check_number("id", id)?;
        let mut url = join(&self.endpoints().graph, &[id])?;
        url.query_pairs_mut().append_pair("fields", FIELDS);
        let context = Context::new(Operation::MapFeature, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        MapFeature::from_value(&reply).ok_or_else(|| context.missing("id"))
    }

    /// Everything on the service's map within a box, each once.
    ///
    /// Errors as [`Self::search_images`].
    pub async fn search_map_features(
        &self,
        token: &Token,
        search: &MapFeatureSearch,
    ) -> Result<Vec<MapFeature>, MapillaryError> {
        let first = iso_seconds_around(search.first_seen_ms.0, search.first_seen_ms.1)?;
        let last = iso_seconds_around(search.last_seen_ms.0, search.last_seen_ms.1)?;
        let mut parameters = Vec::new();
        parameters.extend(first.0.map(|time| ("start_first_seen_at", time)));
        parameters.extend(first.1.map(|time| ("end_first_seen_at", time)));
        parameters.extend(last.0.map(|time| ("start_last_seen_at", time)));
        parameters.extend(last.1.map(|time| ("end_last_seen_at", time)));
        if !search.object_values.is_empty() {
            parameters.push(("object_values", search.object_values.join(",")));
        }
        let question = Question {
            operation: Operation::MapFeatureSearch,
            path: "map_features",
            parameters,
            fields: FIELDS.to_owned(),
            page_size: search.page_size,
            max_requests: search.max_requests,
        };
        let read = |value: &Value| MapFeature::from_value(value).map(|found| (found.id.clone(), found));
        self.search_box(token, &search.bounding_box, &question, read).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary_json::any_json;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_feature_is_read_with_its_times_and_images() {
        let feature = MapFeature::from_value(&json!({
            "id": "5", "object_value": "object--bench", "object_type": "point", "aligned_direction": 90,
            "first_seen_at": 1_600_000_000_123_i64, "last_seen_at": "2022-01-02T03:04:05+0000",
            "geometry": {"type": "Point", "coordinates": [11.5, 48.25]},
            "images": {"data": [{"id": "12345678901234567"}, {"id": 8}]},
        }))
        .unwrap();
        assert_eq!(feature.first_seen_at_ms, Some(1_600_000_000_123));
        assert_eq!(feature.last_seen_at_ms, Some(1_641_092_645_000));
        assert_eq!(feature.image_ids, ["12345678901234567", "8"]);
        assert_eq!(feature.geometry.map(|place| place.lat_deg), Some(48.25));
    }

    proptest! {
        #[test]
        fn no_feature_of_any_shape_panics(value in any_json()) {
            if let Some(feature) = MapFeature::from_value(&value) {
                prop_assert!(!feature.id.is_empty());
            }
        }
    }
}
