//! Searches by box alone, for detections and map features: the service does not page them, so a
//! large box is cut into cells and a cell that comes back full into quarters.

use std::collections::{HashSet, VecDeque};

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::bounding_box::BoundingBox;
use crate::client::{Client, Token};
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::http::Context;
use crate::image_search::{MAX_PAGE_SIZE, MIN_PAGE_SIZE};
use crate::operation::Operation;
use crate::redact::Redactor;

/// Requests one search may take unless asked otherwise.
pub(crate) const DEFAULT_MAX_REQUESTS: u32 = 1_000;

/// One kind of search, without its place.
#[derive(Debug)]
pub(crate) struct BoxSearch {
    pub(crate) operation: Operation,
    /// The path under the graph.
    pub(crate) path: &'static str,
    /// Every filter but the box.
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) fields: &'static str,
    pub(crate) page_size: u32,
    pub(crate) max_requests: u32,
}

impl BoxSearch {
    fn url(&self, graph: &Url, cell: &BoundingBox, page_size: u32) -> Result<Url, MapillaryError> {
        let mut url = join(graph, &[self.path])?;
        url.query_pairs_mut()
            .append_pair("bbox", &cell.to_string())
            .extend_pairs(&self.parameters)
            .append_pair("limit", &page_size.to_string())
            .append_pair("fields", self.fields);
        Ok(url)
    }
}

impl Client {
    /// All rows within `whole`, each once; `read` gives the id and the value of a row.
    pub(crate) async fn search_box<Found>(
        &self,
        token: &Token,
        whole: &BoundingBox,
        search: &BoxSearch,
        read: impl Fn(&Value) -> Option<(String, Found)>,
    ) -> Result<Vec<Found>, MapillaryError> {
        if !(1..=MAX_PAGE_SIZE).contains(&search.page_size) {
            return Err(MapillaryError::InvalidInput {
                what: "page size",
                reason: "it is not between 1 and 2000".to_owned(),
            });
        }
        let mut waiting = VecDeque::from(whole.cells(u64::from(search.max_requests))?);
        let mut page_size = search.page_size;
        let mut requests = 0;
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        while let Some(cell) = waiting.pop_front() {
            if requests >= search.max_requests {
                return Err(MapillaryError::TooManyResults {
                    what: "requests' worth of rows",
                    limit: u64::from(search.max_requests),
                });
            }
            requests += 1;
            let url = search.url(&self.endpoints().graph, &cell, page_size)?;
            let context = Context::new(search.operation, &url, Redactor::new(&[token]));
            let request = self.request(Method::GET, url, token)?;
            let reply = match self.json(&context, request).await {
                Err(MapillaryError::QueryTooHeavy { .. }) if page_size > MIN_PAGE_SIZE => {
                    page_size = (page_size / 2).max(MIN_PAGE_SIZE);
                    waiting.push_front(cell);
                    continue;
                }
                other => other?,
            };
            let rows = reply.get("data").and_then(Value::as_array);
            let rows = rows.ok_or_else(|| context.missing("data"))?;
            for (id, row) in rows.iter().filter_map(&read) {
                if seen.insert(id) {
                    found.push(row);
                }
            }
            if u64::try_from(rows.len()).unwrap_or(u64::MAX) >= u64::from(page_size) {
                let quarters = cell.quarters().ok_or(MapillaryError::TooManyResults {
                    what: "rows in one place",
                    limit: u64::from(page_size),
                })?;
                for quarter in quarters.into_iter().rev() {
                    waiting.push_front(quarter);
                }
            }
        }
        Ok(found)
    }
}
