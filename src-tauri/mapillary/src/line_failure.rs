//! Failures of the line, sorted into the errors they are: no such name, no connection, no secure one, too late.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use crate::context::Context;
use crate::error::{MapillaryError, Phase};

/// What came took longer than `limit`, with the connection standing.
pub(crate) fn timeout_error(context: &Context, limit: Duration) -> MapillaryError {
    MapillaryError::Timeout {
        operation: context.operation,
        host: context.host.clone(),
        phase: Phase::Transfer,
        after_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Sorts a failure of the line. `connect_limit` is the connect timeout that may have ended it.
pub(crate) fn transport_error(context: &Context, error: reqwest::Error, connect_limit: Duration) -> MapillaryError {
    let operation = context.operation;
    let host = context.host.clone();
    let is_connect = error.is_connect();
    let is_timeout = error.is_timeout();
    // The URL could hold what must not be shown; it is dropped before any text is made.
    let error = error.without_url();
    let chain = describe(&error);
    let phase = if is_connect { Phase::Connect } else { Phase::Transfer };
    if is_timeout {
        return MapillaryError::Timeout {
            operation,
            host,
            phase,
            after_ms: u64::try_from(connect_limit.as_millis()).unwrap_or(u64::MAX),
        };
    }
    if is_connect && chain.contains("dns error") {
        return MapillaryError::Dns { operation, host };
    }
    let detail = context.redactor.clean(&causes(&error));
    if is_connect && is_tls_failure(&error) {
        let is_certificate = chain.to_ascii_lowercase().contains("certificate");
        return MapillaryError::Tls {
            operation,
            host,
            is_certificate,
            detail,
        };
    }
    MapillaryError::Connection {
        operation,
        host,
        phase,
        detail,
    }
}

/// While a connection is being set up, only the TLS layer reports data as invalid or ended.
fn is_tls_failure(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = next {
        next = current.source();
        if let Some(cause) = current.downcast_ref::<io::Error>() {
            if matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) {
                return true;
            }
            // An I/O error names the causes of what it wraps, but not the wrapped error itself.
            if let Some(wrapped) = cause.get_ref() {
                next = Some(wrapped);
            }
        }
    }
    false
}

/// An error and its causes in one line, without repeating what a cause already says.
fn describe(error: &reqwest::Error) -> String {
    joined(error)
}

/// The same without the layers of the client that only say that a request failed, which the sentence around it says
/// already.
fn causes(error: &reqwest::Error) -> String {
    let mut start: &(dyn StdError + 'static) = error;
    while let Some(cause) = start.source() {
        let words = start.to_string();
        if !words.starts_with("error sending request") && !words.starts_with("client error") {
            break;
        }
        start = cause;
    }
    joined(start)
}

fn joined(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}
