//! The activity feed of the web app: what became of each finished upload, by its cluster id.
//!
//! It is undocumented, and only the query text may be changed by the service at any time, so
//! everything in it is optional and unknown words are kept. A refusal has an error of its own, so
//! that the follower can go on with the documented image search.

use serde_json::{Value, json};

use crate::client::{Client, Token};
use crate::context::Context;
use crate::error::MapillaryError;
use crate::finish::ClusterId;
use crate::graphql;
use crate::json as read;
use crate::operation::Operation;

/// After how many days the feed hides failed uploads (what every known client asks for). An entry
/// that has gone is therefore no success.
pub const HIDE_FAILED_AFTER_DAYS: u32 = 14;

/// The query, with the fields of API notes §3.3. `{overall}` is the name of the overall status,
/// which was `status` until 2023 and is `processing_status` in 2026.
const QUERY: &str = "query getLatestActivity($id: ID!, $first: Int, $after: ID, $hide_after: Int) { \
fetch__User(id: $id) { feed(first: $first, after: $after, hide_failed_sequences_after_days: $hide_after) { \
page_info { end_cursor has_next_page } \
nodes { cluster_id type created_at_seconds captured_at_seconds item_count image_id thumb_url \
{overall} initial_processing_status anonymization_status tiler_status error_code timezone } } } }";

/// The names of the overall status, newest first.
const OVERALL_NAMES: [&str; 2] = ["processing_status", "status"];

/// How far one stage of the processing is, or the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// `STARTED`: seen for the whole, where older replies said `IN_PROGRESS`.
    Started,
    /// `IN_PROGRESS`.
    InProgress,
    /// `FINISHED`.
    Finished,
    /// `FAILED`.
    Failed,
    /// A word that nobody has written down yet, as it came.
    Other(String),
}

impl Stage {
    /// Reads the service's word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "STARTED" => Self::Started,
            "IN_PROGRESS" => Self::InProgress,
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The service's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Started => "STARTED",
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Other(word) => word,
        }
    }
}

/// One entry of the feed: one finished upload. The stages are not ordered; any may be unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedNode {
    /// What `finish_upload` returned.
    pub cluster_id: ClusterId,
    /// The entry's type; only `UPLOAD` has been seen.
    pub kind: Option<String>,
    /// When it was uploaded, in seconds since 1970 UTC.
    pub created_at_s: Option<i64>,
    /// When it was captured, in seconds since 1970 UTC. The feed is ordered by this, newest first.
    pub captured_at_s: Option<i64>,
    /// How many images it has; unknown while they are taken in.
    pub item_count: Option<u64>,
    /// One image of it. Its presence is the best sign that images can be seen.
    pub image_id: Option<String>,
    /// A small picture; the link expires.
    pub thumb_url: Option<String>,
    /// The whole processing.
    pub overall: Option<Stage>,
    /// Reading and first processing.
    pub initial_processing: Option<Stage>,
    /// Blurring of faces and plates.
    pub anonymization: Option<Stage>,
    /// Drawing of the coverage tiles.
    pub tiler: Option<Stage>,
    /// The service's error word; `UNSET` is read as none. A stage can fail without one.
    pub error_code: Option<String>,
    /// The time zone's word, such as `EUROPE_ROME`.
    pub timezone: Option<String>,
}

/// One page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The entries, newest capture first (nearly).
    pub nodes: Vec<FeedNode>,
    /// What to pass as `after` for the next page.
    pub end_cursor: Option<String>,
    /// Whether there is a next page; never true without a cursor.
    pub has_next_page: bool,
}

impl Client {
    /// Reads up to `page_size` entries of the feed of account `user_id`, beginning after the
    /// cursor `after`.
    ///
    /// Returns [`MapillaryError::FeedRefused`] when the feed is not open to this token or query,
    /// which is to be expected; ask [`Client::me`] whether the token itself is still good.
    pub async fn feed_page(
        &self,
        token: &Token,
        user_id: &str,
        page_size: u32,
        after: Option<&str>,
    ) -> Result<FeedPage, MapillaryError> {
        let variables = json!({
            "id": user_id,
            "first": page_size,
            "after": after,
            "hide_after": HIDE_FAILED_AFTER_DAYS,
        });
        let mut result = self.query_feed(token, OVERALL_NAMES[0], &variables).await;
        if let Err(MapillaryError::FeedRefused { body, .. }) = &result {
            let names_the_field = body.text().is_some_and(|text| text.contains(OVERALL_NAMES[0]));
            if names_the_field {
                result = self.query_feed(token, OVERALL_NAMES[1], &variables).await;
            }
        }
        result
    }

    async fn query_feed(
        &self,
        token: &Token,
        overall_name: &str,
        variables: &Value,
    ) -> Result<FeedPage, MapillaryError> {
        let doc = QUERY.replace("{overall}", overall_name);
        let reply = self.graphql(token, Operation::Feed, &doc, variables).await?;
        parse_page(&reply.context, &reply.body)
    }
}

/// Reads a page from a GraphQL reply, whose errors come with status 200.
fn parse_page(context: &Context, reply: &Value) -> Result<FeedPage, MapillaryError> {
    let feed = reply.pointer("/data/fetch__User/feed");
    let Some(nodes) = feed.and_then(|feed| feed.get("nodes")).and_then(Value::as_array) else {
        return Err(graphql::refusal(context, reply));
    };
    let page_info = feed.and_then(|feed| feed.get("page_info"));
    let part = |key: &str| page_info.and_then(|info| info.get(key));
    let end_cursor = read::text(part("end_cursor"));
    Ok(FeedPage {
        nodes: nodes.iter().filter_map(parse_node).collect(),
        has_next_page: end_cursor.is_some() && read::boolean(part("has_next_page")) == Some(true),
        end_cursor,
    })
}

/// Reads one entry; one without a cluster id cannot be told from another and is left out.
fn parse_node(node: &Value) -> Option<FeedNode> {
    let stage = |key: &str| read::text(node.get(key)).map(|word| Stage::from_word(&word));
    Some(FeedNode {
        cluster_id: ClusterId(read::text(node.get("cluster_id"))?),
        kind: read::text(node.get("type")),
        created_at_s: read::integer(node.get("created_at_seconds")),
        captured_at_s: read::integer(node.get("captured_at_seconds")),
        item_count: read::unsigned(node.get("item_count")),
        image_id: read::text(node.get("image_id")),
        thumb_url: read::text(node.get("thumb_url")),
        overall: OVERALL_NAMES.into_iter().find_map(stage),
        initial_processing: stage("initial_processing_status"),
        anonymization: stage("anonymization_status"),
        tiler: stage("tiler_status"),
        error_code: read::text(node.get("error_code")).filter(|code| code != "UNSET"),
        timezone: read::text(node.get("timezone")),
    })
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
