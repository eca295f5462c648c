//! Asking what the service recognised: in an image, for a thing on the map, or within a box.

use reqwest::Method;
use serde_json::Value;

use crate::bounding_box::BoundingBox;
use crate::capture_window::iso_seconds_around;
use crate::client::{Client, Token};
use crate::context::Context;
use crate::detection::Detection;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::number_id::check_number;
use crate::operation::Operation;
use crate::redact::Redactor;
use crate::search_walk::{DEFAULT_MAX_REQUESTS, MAX_PAGE_SIZE, Question};

/// The fields of a detection (API documentation).
const FIELDS: &str = "id,created_at,geometry,image,value";

/// Which detections to search for within a box.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionSearch {
    /// Where. A large box is cut into cells, a crowded one into quarters.
    pub bounding_box: BoundingBox,
    /// In images captured no earlier than this, in milliseconds since 1970 UTC.
    pub captured_from_ms: Option<i64>,
    /// In images captured no later than this, in milliseconds since 1970 UTC.
    pub captured_until_ms: Option<i64>,
    /// Only these values; `*` stands for anything.
    pub values: Vec<String>,
    /// Detections per request, 1…2,000.
    pub page_size: u32,
    /// Most requests to make.
    pub max_requests: u32,
}

impl DetectionSearch {
    /// Everything recognised within `bounding_box`.
    pub fn within(bounding_box: BoundingBox) -> Self {
        Self {
            bounding_box,
            captured_from_ms: None,
            captured_until_ms: None,
            values: Vec::new(),
            page_size: MAX_PAGE_SIZE,
            max_requests: DEFAULT_MAX_REQUESTS,
        }
    }
}

impl Client {
    /// What was recognised in the image with this id. More than a hundred can come.
    ///
    /// Returns [`MapillaryError::Status`] with [`crate::ServerError::is_missing_object`] when there
    /// is no such image, or it may not be seen.
    pub async fn image_detections(&self, token: &Token, image_id: &str) -> Result<Vec<Detection>, MapillaryError> {
        self.detections_of(token, image_id).await
    }

    /// The detections that a map feature was made from.
    ///
    /// Errors as [`Self::image_detections`].
    pub async fn map_feature_detections(
        &self,
        token: &Token,
        map_feature_id: &str,
    ) -> Result<Vec<Detection>, MapillaryError> {
        self.detections_of(token, map_feature_id).await
    }

    async fn detections_of(&self, token: &Token, id: &str) -> Result<Vec<Detection>, MapillaryError> {
        check_number("id", id)?;
        let mut url = join(&self.endpoints().graph, &[id, "detections"])?;
        url.query_pairs_mut().append_pair("fields", FIELDS);
        let context = Context::new(Operation::Detections, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        if !reply.get("data").is_some_and(Value::is_array) {
            return Err(context.missing("data"));
        }
        Ok(Detection::list(Some(&reply)))
    }

    /// Everything recognised within a box, each once.
    ///
    /// Errors as [`Self::search_images`].
    pub async fn search_detections(
        &self,
        token: &Token,
        search: &DetectionSearch,
    ) -> Result<Vec<Detection>, MapillaryError> {
        let window = iso_seconds_around(search.captured_from_ms, search.captured_until_ms)?;
        let mut parameters = Vec::new();
        parameters.extend(window.0.map(|from| ("start_captured_at", from)));
        parameters.extend(window.1.map(|until| ("end_captured_at", until)));
        if !search.values.is_empty() {
            parameters.push(("values", search.values.join(",")));
        }
        let question = Question {
            operation: Operation::DetectionSearch,
            path: "detections",
            parameters,
            fields: FIELDS.to_owned(),
            page_size: search.page_size,
            max_requests: search.max_requests,
        };
        let read = |value: &Value| Detection::from_value(value).map(|found| (found.id.clone(), found));
        self.search_box(token, &search.bounding_box, &question, read).await
    }
}
