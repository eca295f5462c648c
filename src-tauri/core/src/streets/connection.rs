//! One request for one tile, and what its answer means.

use std::time::Duration;

use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use reqwest::{Response, StatusCode, redirect};
use url::{Host, Url};

use super::freshness::{Keeping, keeping, retry_after_ms};
use super::picture::{MAX_TILE_BYTES, tile_of};
use super::tile::TilePicture;

/// A connection that does not stand by then does not.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A tile that is not there by then is not waited for.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Longest tag that is kept, bytes.
const MAX_ETAG_BYTES: usize = 256;

/// What came of a request.
#[derive(Debug)]
pub(super) enum Answer {
    /// A tile; how long it is good, milliseconds, `None` where it must not be kept; its tag.
    Tile(TilePicture, Option<i64>, Option<String>),
    /// The one that is there is still the same, for so many milliseconds.
    Same(i64),
    /// The server has no such tile, or sent something that is none.
    Missing(&'static str),
    /// The server does not want to be asked; for how long, milliseconds, where it said so.
    Refused(Option<i64>),
    /// The line or the server failed.
    Failed(String),
}

/// The way to the tile server.
#[derive(Debug)]
pub(super) struct Connection(reqwest::Client);

impl Connection {
    /// Sets it up for `base`; nothing is sent. `None` where `base` is neither https nor this computer, or where the
    /// system offers no TLS.
    pub(super) fn new(base: &Url, user_agent: &str, most_connections: usize) -> Option<Self> {
        let is_here = is_loopback(base);
        if base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
            return None;
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(user_agent)
            // One request at a time on each connection, so that the number of both is the same.
            .http1_only()
            .pool_max_idle_per_host(most_connections)
            // Another host would learn what only this one was allowed to.
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_LIMIT)
            .timeout(ANSWER_LIMIT);
        if is_here {
            builder = builder.no_proxy();
        }
        match builder.build() {
            Ok(client) => Some(Self(client)),
            Err(error) => {
                tracing::info!("streets cannot be fetched: {error}");
                None
            }
        }
    }

    /// Asks for the tile at `address`, or whether the one with this tag is still the same.
    pub(super) async fn ask(&self, address: Url, etag: Option<&str>, now_ms: i64) -> Answer {
        let mut request = self.0.get(address);
        let tag = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let is_conditional = tag.is_some();
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let response = match request.send().await {
            Ok(response) => response,
            // Without its address, which tells where the person looks.
            Err(error) => return Answer::Failed(error.without_url().to_string()),
        };
        match response.status() {
            StatusCode::OK => tile(response, now_ms).await,
            StatusCode::NOT_MODIFIED if is_conditional => match keeping(response.headers(), now_ms) {
                Keeping::For(good_ms) => Answer::Same(good_ms),
                Keeping::Not => Answer::Same(0),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Answer::Missing("the server has none"),
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE => Answer::Refused(retry_after_ms(response.headers(), now_ms)),
            other => Answer::Failed(format!("the server answered {}", other.as_u16())),
        }
    }
}

async fn tile(mut response: Response, now_ms: i64) -> Answer {
    let kept = keeping(response.headers(), now_ms);
    let etag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
    let etag = etag.filter(|tag| tag.len() <= MAX_ETAG_BYTES).map(str::to_owned);
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len().saturating_add(chunk.len()) > MAX_TILE_BYTES => {
                return Answer::Missing("it is larger than a tile");
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Answer::Failed(error.without_url().to_string()),
        }
    }
    match tokio::task::spawn_blocking(move || tile_of(bytes)).await {
        Ok(Some(picture)) => {
            let good_ms = match kept {
                Keeping::For(good_ms) => Some(good_ms),
                Keeping::Not => None,
            };
            Answer::Tile(picture, good_ms, etag)
        }
        _ => Answer::Missing("what came is no picture"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_by_https_or_from_this_computer_alone() {
        for (base, allowed) in [
            (super::super::OPENSTREETMAP, true),
            ("http://127.0.0.1:4711/streets", true),
            ("http://tile.openstreetmap.org/", false),
            ("http://localhost.example/", false),
            ("file:///tiles/", false),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(Connection::new(&base, "Waypost test", 2).is_some(), allowed, "{base}");
        }
    }
}
