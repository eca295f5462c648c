//! The documented image search: by creator, time window and box, page after page.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::bounding_box::BoundingBox;
use crate::capture_window::iso_seconds_around;
use crate::client::{Client, Token};
use crate::error::MapillaryError;
use crate::image::Image;
use crate::operation::Operation;
use crate::search_walk::{DEFAULT_MAX_REQUESTS, MAX_PAGE_SIZE, Question};

/// Images per request unless asked otherwise: full pages with many fields often time out.
const DEFAULT_PAGE_SIZE: u32 = 1_000;

/// The fields that linking needs (API notes §3.6).
const DEFAULT_FIELDS: &[&str] = &["id", "sequence", "captured_at", "geometry", "make", "model", "is_pano"];

/// What to search for. At least one of creator, box, organization and sequences must be given.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSearch {
    /// Exact name of the account that uploaded them.
    pub creator_username: Option<String>,
    /// Captured no earlier than this, in milliseconds since 1970 UTC.
    pub captured_from_ms: Option<i64>,
    /// Captured no later than this, in milliseconds since 1970 UTC.
    pub captured_until_ms: Option<i64>,
    /// Inside this box. A large one is cut into cells, a crowded one into quarters.
    pub bounding_box: Option<BoundingBox>,
    /// Uploaded for this organization.
    pub organization_id: Option<String>,
    /// Of these sequences.
    pub sequence_ids: Vec<String>,
    /// The camera's maker; only together with a box.
    pub make: Option<String>,
    /// The camera's model; only together with a box.
    pub model: Option<String>,
    /// Panoramas only, or none.
    pub is_pano: Option<bool>,
    /// The fields to fill; `id` always is.
    pub fields: Vec<String>,
    /// Images per request, 1…2,000.
    pub page_size: u32,
    /// Most requests to make; a search that needs more is an error, never a shortened answer.
    pub max_requests: u32,
}

impl Default for ImageSearch {
    fn default() -> Self {
        Self {
            creator_username: None,
            captured_from_ms: None,
            captured_until_ms: None,
            bounding_box: None,
            organization_id: None,
            sequence_ids: Vec::new(),
            make: None,
            model: None,
            is_pano: None,
            fields: DEFAULT_FIELDS.iter().map(|&field| field.to_owned()).collect(),
            page_size: DEFAULT_PAGE_SIZE,
            max_requests: DEFAULT_MAX_REQUESTS,
        }
    }
}

impl ImageSearch {
    fn check(&self) -> Result<(), MapillaryError> {
        let invalid = |reason: &str| {
            Err(MapillaryError::InvalidInput {
                what: "image search",
                reason: reason.to_owned(),
            })
        };
        let has_subject = self.creator_username.is_some()
            || self.bounding_box.is_some()
            || self.organization_id.is_some()
            || !self.sequence_ids.is_empty();
        if !has_subject {
            return invalid("it names no creator, box, organization or sequence");
        }
        if (self.make.is_some() || self.model.is_some()) && self.bounding_box.is_none() {
            return invalid("make and model are searched together with a box only");
        }
        if let (Some(from), Some(until)) = (self.captured_from_ms, self.captured_until_ms)
            && from > until
        {
            return invalid("its time window ends before it begins");
        }
        if !(1..=MAX_PAGE_SIZE).contains(&self.page_size) {
            return invalid("the page size is not between 1 and 2000");
        }
        Ok(())
    }

    /// What is asked, without its place.
    fn question(&self) -> Result<Question, MapillaryError> {
        let mut parameters = Vec::new();
        let mut add = |key: &'static str, value: Option<String>| parameters.extend(value.map(|value| (key, value)));
        add("creator_username", self.creator_username.clone());
        let (start, end) = iso_seconds_around(self.captured_from_ms, self.captured_until_ms)?;
        add("start_captured_at", start);
        add("end_captured_at", end);
        add("organization_id", self.organization_id.clone());
        let sequences = (!self.sequence_ids.is_empty()).then(|| self.sequence_ids.join(","));
        add("sequence_ids", sequences);
        add("make", self.make.clone());
        add("model", self.model.clone());
        add("is_pano", self.is_pano.map(|wanted| wanted.to_string()));
        Ok(Question {
            operation: Operation::ImageSearch,
            path: "images",
            parameters,
            fields: field_list(&self.fields),
            page_size: self.page_size,
            max_requests: self.max_requests,
        })
    }
}

/// The `fields` parameter: always with `id`, without which nothing can be told apart.
pub(crate) fn field_list(fields: &[String]) -> String {
    let mut list = vec!["id"];
    list.extend(fields.iter().map(String::as_str).filter(|field| *field != "id"));
    list.join(",")
}

impl Client {
    /// All images that `search` describes, each once, in the order they came.
    ///
    /// Follows the service's links to further pages when the search has no box. A search with one
    /// is not paged by the service: its box is cut into cells, and a cell that comes back full
    /// into quarters. A request that is too heavy is repeated with a smaller page.
    ///
    /// Returns [`MapillaryError::InvalidInput`] for a search that can never work, and
    /// [`MapillaryError::TooManyResults`] when it takes more than the allowed requests.
    pub async fn search_images(&self, token: &Token, search: &ImageSearch) -> Result<Vec<Image>, MapillaryError> {
        let mut seen = HashSet::new();
        let mut images = Vec::new();
        self.search_image_pages(token, search, &mut |page: Vec<Image>| {
            images.extend(page.into_iter().filter(|image| seen.insert(image.id.clone())));
            ControlFlow::Continue(())
        })
        .await?;
        Ok(images)
    }

    /// As [`Client::search_images`], but hands the images to `sink` page by page and keeps none, so that memory does not
    /// grow with their number; ends early when `sink` wants no more. An image on the border of two cells of a large box
    /// can come twice.
    pub async fn search_image_pages(
        &self,
        token: &Token,
        search: &ImageSearch,
        sink: &mut (dyn FnMut(Vec<Image>) -> ControlFlow<()> + Send),
    ) -> Result<(), MapillaryError> {
        search.check()?;
        let question = search.question()?;
        self.walk(
            token,
            &question,
            search.bounding_box.as_ref(),
            &mut |rows: &[Value]| sink(rows.iter().filter_map(Image::from_value).collect()),
        )
        .await
    }
}

#[cfg(test)]
#[path = "image_search_tests.rs"]
mod tests;
