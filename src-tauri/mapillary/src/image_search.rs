//! The documented image search: by creator, time window and box, page after page.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::bounding_box::BoundingBox;
use crate::capture_window::iso_seconds_around;
use crate::client::{Client, Token};
use crate::endpoints::{host_of, join};
use crate::error::{ContentProblem, MapillaryError};
use crate::http::Context;
use crate::image::Image;
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;

/// Most images one request can return (API documentation).
pub const MAX_PAGE_SIZE: u32 = 2_000;

/// Images per request unless asked otherwise: full pages with many fields often time out.
const DEFAULT_PAGE_SIZE: u32 = 1_000;

/// Smallest page that a query called too heavy is shrunk to.
pub(crate) const MIN_PAGE_SIZE: u32 = 50;

/// Requests one search may take: at the default page size, a million images.
const DEFAULT_MAX_REQUESTS: u32 = 1_000;

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

    /// The address of one request.
    fn url(&self, graph: &Url, cell: Option<&BoundingBox>, page_size: u32) -> Result<Url, MapillaryError> {
        let mut url = join(graph, &["images"])?;
        let mut pairs = url.query_pairs_mut();
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                pairs.append_pair(key, &value);
            }
        };
        add("creator_username", self.creator_username.clone());
        let (start, end) = iso_seconds_around(self.captured_from_ms, self.captured_until_ms)?;
        add("start_captured_at", start);
        add("end_captured_at", end);
        add("bbox", cell.map(BoundingBox::to_string));
        add("organization_id", self.organization_id.clone());
        let sequences = (!self.sequence_ids.is_empty()).then(|| self.sequence_ids.join(","));
        add("sequence_ids", sequences);
        add("make", self.make.clone());
        add("model", self.model.clone());
        add("is_pano", self.is_pano.map(|wanted| wanted.to_string()));
        add("limit", Some(page_size.to_string()));
        add("fields", Some(field_list(&self.fields)));
        drop(pairs);
        Ok(url)
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
        let mut walk = Walk {
            client: self,
            token,
            search,
            requests: 0,
            sink,
            is_over: false,
        };
        match &search.bounding_box {
            Some(whole) => walk.cells(whole).await,
            None => walk.pages().await,
        }
    }
}

/// One search under way.
struct Walk<'search> {
    client: &'search Client,
    token: &'search Token,
    search: &'search ImageSearch,
    requests: u32,
    sink: &'search mut (dyn FnMut(Vec<Image>) -> ControlFlow<()> + Send),
    /// The sink wants no more.
    is_over: bool,
}

/// One page as it came.
struct Page {
    rows: usize,
    next: Option<String>,
}

impl Walk<'_> {
    /// Follows the links from page to page.
    async fn pages(&mut self) -> Result<(), MapillaryError> {
        let (mut page, _) = self.first_page(None).await?;
        let mut visited = HashSet::new();
        while let Some(next) = page.next.take().filter(|_| !self.is_over) {
            let url = self.next_url(&next)?;
            if !visited.insert(url.clone()) {
                return Err(self.context(&url).content(ContentProblem::PagingLink {
                    host: format!("a page of {} already read", host_of(&url)),
                }));
            }
            page = match self.fetch(url.clone()).await {
                // The link is to be followed as it is, so all that can be done is to ask again.
                Err(MapillaryError::QueryTooHeavy { .. }) => self.fetch(url).await?,
                other => other?,
            };
        }
        Ok(())
    }

    /// Searches cell by cell, dividing those that come back full.
    async fn cells(&mut self, whole: &BoundingBox) -> Result<(), MapillaryError> {
        let mut waiting = VecDeque::from(whole.cells(u64::from(self.search.max_requests))?);
        while let Some(cell) = waiting.pop_front().filter(|_| !self.is_over) {
            let (page, page_size) = self.first_page(Some(&cell)).await?;
            if u64::try_from(page.rows).unwrap_or(u64::MAX) >= u64::from(page_size) {
                let Some(quarters) = cell.quarters() else {
                    return Err(MapillaryError::TooManyResults {
                        what: "images in one place",
                        limit: u64::from(page_size),
                    });
                };
                for quarter in quarters.into_iter().rev() {
                    waiting.push_front(quarter);
                }
            }
        }
        Ok(())
    }

    /// The first page of a query, at a size the server can bear; says which size that was.
    async fn first_page(&mut self, cell: Option<&BoundingBox>) -> Result<(Page, u32), MapillaryError> {
        let mut page_size = self.search.page_size;
        loop {
            let url = self.search.url(&self.client.endpoints().graph, cell, page_size)?;
            match self.fetch(url).await {
                Err(MapillaryError::QueryTooHeavy { .. }) if page_size > MIN_PAGE_SIZE => {
                    page_size = (page_size / 2).max(MIN_PAGE_SIZE);
                }
                other => return Ok((other?, page_size)),
            }
        }
    }

    async fn fetch(&mut self, url: Url) -> Result<Page, MapillaryError> {
        if self.requests >= self.search.max_requests {
            return Err(MapillaryError::TooManyResults {
                what: "requests' worth of images",
                limit: u64::from(self.search.max_requests),
            });
        }
        self.requests += 1;
        let context = self.context(&url);
        let request = self.client.request(Method::GET, url, self.token)?;
        let reply = self.client.json(&context, request).await?;
        let rows = reply
            .get("data")
            .and_then(Value::as_array)
            .ok_or_else(|| context.missing("data"))?;
        let images = rows.iter().filter_map(Image::from_value).collect();
        self.is_over = (self.sink)(images).is_break();
        Ok(Page {
            rows: rows.len(),
            next: read::text(reply.pointer("/paging/next")),
        })
    }

    /// Checks a link to the next page: the same server only, and no token in it.
    fn next_url(&self, link: &str) -> Result<Url, MapillaryError> {
        let graph = &self.client.endpoints().graph;
        let context = self.context(graph);
        let refused = |host: String| {
            let host = context.redactor.clean(&host);
            context.content(ContentProblem::PagingLink { host })
        };
        let mut url = Url::parse(link).map_err(|_| refused("an unreadable address".to_owned()))?;
        if url.origin() != graph.origin() {
            return Err(refused(host_of(&url)));
        }
        if url.query_pairs().any(|(key, _)| key == "access_token") {
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(key, _)| key != "access_token")
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect();
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
        Ok(url)
    }

    fn context(&self, url: &Url) -> Context {
        Context::new(Operation::ImageSearch, url, Redactor::new(&[self.token]))
    }
}

#[cfg(test)]
#[path = "image_search_tests.rs"]
mod tests;
