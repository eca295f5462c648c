//! What to do after a failure: the retry table of `mapillary_tools` 0.14.7 (protocol notes §1.7)
//! as pure functions, and the reading of the waits a server asks for.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::MapillaryError;
use crate::server_error::ServerError;

/// Longest wait taken from a server, in milliseconds: one hour. A server that needs longer will
/// say so again when asked; one wrong header must not put an upload to sleep for days.
pub const MAX_SERVER_WAIT_MS: u64 = 3_600_000;

/// Wait after a rate limit that names no time, in milliseconds (protocol notes §1.7).
pub const DEFAULT_THROTTLE_WAIT_MS: u64 = 10_000;

/// Wait after Graph's own throttling codes, which name no time either but last for hours
/// (codes 4, 368 and 1675004; API notes §2.7), in milliseconds: a quarter of an hour.
pub const GRAPH_THROTTLE_WAIT_MS: u64 = 900_000;

/// Wait before a network that answers with a web page is tried again, in milliseconds: about as
/// long as a person needs to sign in to it.
const CAPTIVE_PORTAL_WAIT_MS: u64 = 30_000;

/// Longest own wait between two attempts, in seconds (protocol notes §1.7).
const MAX_BACKOFF_S: u64 = 16;

/// Whether, and when, the failed call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAdvice {
    /// Not without a change: the same request would fail again.
    No,
    /// At once, without any wait: the two sides only disagreed about the offset.
    AtOnce,
    /// After [`backoff_ms`] of the attempt plus this.
    After {
        /// The wait the server asked for, in milliseconds; 0 when it asked for none.
        wait_ms: u64,
    },
}

/// Says whether the call that failed with `error` may be made again, after protocol notes §1.7.
///
/// Additions of our own, where the notes are silent: a captive portal is waited out, a Graph error
/// that calls itself transient is tried again, and a 5xx that means "sign in" is not.
pub fn retry_advice(error: &MapillaryError) -> RetryAdvice {
    match error {
        MapillaryError::Connection { .. }
        | MapillaryError::Dns { .. }
        | MapillaryError::Tls { .. }
        | MapillaryError::Timeout { .. } => RetryAdvice::After { wait_ms: 0 },
        MapillaryError::RateLimited { wait_ms, .. } => RetryAdvice::After { wait_ms: *wait_ms },
        MapillaryError::CaptivePortal { .. } => RetryAdvice::After {
            wait_ms: CAPTIVE_PORTAL_WAIT_MS,
        },
        MapillaryError::Status {
            status,
            body,
            retry_after_ms,
            ..
        } => status_advice(*status, body, *retry_after_ms),
        MapillaryError::Unauthorized { .. }
        | MapillaryError::LoginRefused { .. }
        | MapillaryError::QueryTooHeavy { .. }
        | MapillaryError::FeedRefused { .. }
        | MapillaryError::Content { .. }
        | MapillaryError::Redirect { .. }
        | MapillaryError::FinishWithoutCluster
        | MapillaryError::TooManyResults { .. }
        | MapillaryError::LinkExpired { .. }
        | MapillaryError::WebhookRefused { .. }
        | MapillaryError::InvalidUrl { .. }
        | MapillaryError::InvalidInput { .. }
        | MapillaryError::Source { .. }
        | MapillaryError::Setup { .. }
        | MapillaryError::OAuth(_) => RetryAdvice::No,
    }
}

fn status_advice(status: u16, body: &ServerError, retry_after_ms: Option<u64>) -> RetryAdvice {
    let retriable = body.is_retriable == Some(true);
    let transient = body.is_transient == Some(true);
    match status {
        412 if retriable => RetryAdvice::AtOnce,
        500..=599 => RetryAdvice::After {
            wait_ms: retry_after_ms.unwrap_or(0),
        },
        400..=499 if retriable || transient => RetryAdvice::After { wait_ms: 0 },
        200..=299 if transient => RetryAdvice::After { wait_ms: 0 },
        _ => RetryAdvice::No,
    }
}

/// The client's own wait before attempt number `attempt` (the first retry is 1), in milliseconds:
/// 2 to the power of `attempt` seconds, at most 16.
pub fn backoff_ms(attempt: u32) -> u64 {
    let seconds = 2_u64.saturating_pow(attempt).min(MAX_BACKOFF_S);
    seconds * 1_000
}

/// The wait a rate limit asks for: the body's `backoff`, else `Retry-After`, else a default.
pub(crate) fn throttle_wait_ms(body: &ServerError, retry_after_ms: Option<u64>) -> u64 {
    let default = if is_graph_throttle(body) {
        GRAPH_THROTTLE_WAIT_MS
    } else {
        DEFAULT_THROTTLE_WAIT_MS
    };
    body.backoff_ms
        .or(retry_after_ms)
        .unwrap_or(default)
        .min(MAX_SERVER_WAIT_MS)
}

/// Whether the Graph error is one of the codes that mean "too many requests" (API notes §2.8).
pub(crate) fn is_graph_throttle(body: &ServerError) -> bool {
    matches!(body.code, Some(4 | 368 | 1_675_004))
}

/// Reads a `Retry-After` header, in seconds or as an HTTP date, into milliseconds from `now`: 0
/// for the past, [`MAX_SERVER_WAIT_MS`] at most, nothing for what cannot be read.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<u64> {
    let value = value.trim();
    let wait_ms = if let Ok(seconds) = value.parse::<f64>() {
        milliseconds(seconds)?
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let epoch_ms = |time: SystemTime| {
            time.duration_since(UNIX_EPOCH)
                .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
        };
        epoch_ms(until).saturating_sub(epoch_ms(now))
    };
    Some(wait_ms.min(MAX_SERVER_WAIT_MS))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate: negative becomes 0, huge becomes the maximum"
)]
fn milliseconds(seconds: f64) -> Option<u64> {
    (!seconds.is_nan()).then_some((seconds * 1_000.0) as u64)
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
