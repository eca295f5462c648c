//! The walk through everything that a search of the graph finds.
//!
//! Without a box the service pages: its links are followed. With one it does not: a large box is cut into cells, and a
//! cell that comes back full into quarters. A request that is too heavy is made again for less.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::bounding_box::BoundingBox;
use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::{host_of, join};
use crate::error::{ContentProblem, MapillaryError};
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;

/// Most rows one request can return (API documentation).
pub const MAX_PAGE_SIZE: u32 = 2_000;

/// Smallest page that a query called too heavy is shrunk to.
const MIN_PAGE_SIZE: u32 = 50;

/// Requests one search may take unless asked otherwise.
pub(crate) const DEFAULT_MAX_REQUESTS: u32 = 1_000;

/// One kind of search, without its place.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) operation: Operation,
    /// The path under the graph.
    pub(crate) path: &'static str,
    /// Every filter but the box.
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) fields: String,
    pub(crate) page_size: u32,
    pub(crate) max_requests: u32,
}

impl Question {
    /// Whether the service can answer it.
    pub(crate) fn check(&self) -> Result<(), MapillaryError> {
        if (1..=MAX_PAGE_SIZE).contains(&self.page_size) {
            return Ok(());
        }
        Err(MapillaryError::InvalidInput {
            what: "page size",
            reason: "it is not between 1 and 2000".to_owned(),
        })
    }

    /// The address of one request.
    pub(crate) fn url(&self, graph: &Url, cell: Option<&BoundingBox>, page_size: u32) -> Result<Url, MapillaryError> {
        let mut url = join(graph, &[self.path])?;
        url.query_pairs_mut()
            .extend_pairs(cell.map(|cell| ("bbox", cell.to_string())))
            .extend_pairs(&self.parameters)
            .append_pair("limit", &page_size.to_string())
            .append_pair("fields", &self.fields);
        Ok(url)
    }
}

/// What takes the rows of each page, and says whether it wants more.
pub(crate) type Sink<'rows> = dyn FnMut(&[Value]) -> ControlFlow<()> + Send + 'rows;

impl Client {
    /// Hands every row that `question` finds to `sink`, page by page: within `whole`, or wherever where there is none. A
    /// row on the border of two cells can come twice.
    pub(crate) async fn walk(
        &self,
        token: &Token,
        question: &Question,
        whole: Option<&BoundingBox>,
        sink: &mut Sink<'_>,
    ) -> Result<(), MapillaryError> {
        question.check()?;
        let mut walk = Walk {
            client: self,
            token,
            question,
            requests: 0,
            sink,
            is_over: false,
        };
        match whole {
            Some(whole) => walk.cells(whole).await,
            None => walk.pages().await,
        }
    }

    /// All rows within `whole`, each once; `read` gives the id and the value of a row.
    pub(crate) async fn search_box<Found: Send>(
        &self,
        token: &Token,
        whole: &BoundingBox,
        question: &Question,
        read: impl Fn(&Value) -> Option<(String, Found)> + Send + Sync,
    ) -> Result<Vec<Found>, MapillaryError> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        self.walk(token, question, Some(whole), &mut |rows: &[Value]| {
            let rows = rows.iter().filter_map(&read);
            found.extend(rows.filter_map(|(id, row)| seen.insert(id).then_some(row)));
            ControlFlow::Continue(())
        })
        .await?;
        Ok(found)
    }
}

/// One search under way.
struct Walk<'search, 'rows> {
    client: &'search Client,
    token: &'search Token,
    question: &'search Question,
    requests: u32,
    sink: &'search mut Sink<'rows>,
    /// The sink wants no more.
    is_over: bool,
}

/// One page as it came.
struct Page {
    row_count: usize,
    next: Option<String>,
}

impl Walk<'_, '_> {
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
        let mut waiting = VecDeque::from(whole.cells(u64::from(self.question.max_requests))?);
        while let Some(cell) = waiting.pop_front().filter(|_| !self.is_over) {
            let (page, page_size) = self.first_page(Some(&cell)).await?;
            if u64::try_from(page.row_count).unwrap_or(u64::MAX) >= u64::from(page_size) {
                let Some(quarters) = cell.quarters() else {
                    return Err(MapillaryError::TooManyResults {
                        what: "rows in one place",
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
        let mut page_size = self.question.page_size;
        loop {
            let url = self.question.url(&self.client.endpoints().graph, cell, page_size)?;
            match self.fetch(url).await {
                Err(MapillaryError::QueryTooHeavy { .. }) if page_size > MIN_PAGE_SIZE => {
                    page_size = (page_size / 2).max(MIN_PAGE_SIZE);
                }
                other => return Ok((other?, page_size)),
            }
        }
    }

    async fn fetch(&mut self, url: Url) -> Result<Page, MapillaryError> {
        if self.requests >= self.question.max_requests {
            return Err(MapillaryError::TooManyResults {
                what: "requests' worth of rows",
                limit: u64::from(self.question.max_requests),
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
        self.is_over = (self.sink)(rows).is_break();
        Ok(Page {
            row_count: rows.len(),
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
        Context::new(self.question.operation, url, Redactor::new(&[self.token]))
    }
}
