//! The activity feed, read as far as it is needed.
//!
//! It is ordered by capture time, newest first and not quite strictly (API notes §3.3), so the entry of a fresh upload
//! of old photos stands far down. It is read until everything that is wanted was found, or until the capture times have
//! passed below the oldest wanted one by a good margin, or to its end.

use std::collections::{HashMap, HashSet};

use secrecy::SecretString;
use waypost_mapillary::{Client, FeedNode, MapillaryError};

/// Entries per page: what the web app asks for.
const PAGE_SIZE: u32 = 50;

/// Most pages in one reading: 10,000 uploads. A feed that goes on for longer is not read to its end.
const MAX_PAGES: u32 = 200;

/// The feed is out of order by so much at times, seconds: a day.
const ORDER_SLACK_S: i64 = 86_400;

/// What was read of a feed.
#[derive(Clone, Debug, Default)]
pub struct FeedReading {
    /// The entries, by cluster id. Of an entry that came twice the first is kept.
    pub nodes: HashMap<String, FeedNode>,
    /// Whether an upload that is not in it is certainly not listed.
    pub is_complete: bool,
}

/// Reads the feed of `user_id` until all of `wanted` were found or everything captured since `oldest_captured_at_ms` was
/// read; without a time, to its end.
///
/// # Errors
/// Whatever [`Client::feed_page`] returns.
pub async fn read_feed(
    client: &Client,
    token: &SecretString,
    user_id: &str,
    wanted: &[String],
    oldest_captured_at_ms: Option<i64>,
) -> Result<FeedReading, MapillaryError> {
    let mut reading = FeedReading::default();
    let mut cursor: Option<String> = None;
    let mut seen_cursors = HashSet::new();
    let oldest_s = oldest_captured_at_ms.map(|at_ms| at_ms.div_euclid(1_000) - ORDER_SLACK_S);
    for _ in 0..MAX_PAGES {
        let page = client.feed_page(token, user_id, PAGE_SIZE, cursor.as_deref()).await?;
        let newest_on_page = page.nodes.iter().filter_map(|node| node.captured_at_s).max();
        for node in page.nodes {
            reading.nodes.entry(node.cluster_id.0.clone()).or_insert(node);
        }
        let all_found = !wanted.is_empty() && wanted.iter().all(|wanted| reading.nodes.contains_key(wanted));
        let is_past = matches!((newest_on_page, oldest_s), (Some(newest), Some(oldest)) if newest < oldest);
        let Some(next) = page.end_cursor.filter(|_| page.has_next_page) else {
            reading.is_complete = true;
            return Ok(reading);
        };
        if all_found || is_past {
            reading.is_complete = true;
            return Ok(reading);
        }
        if !seen_cursors.insert(next.clone()) {
            // A feed that leads back to a page already read says nothing about what it does not list.
            return Ok(reading);
        }
        cursor = Some(next);
    }
    Ok(reading)
}
