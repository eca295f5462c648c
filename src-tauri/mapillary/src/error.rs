//! The one error type of this crate: every way in which a call to the service can fail.

use std::io;

use crate::oauth_failure::OAuthFailure;
use crate::operation::Operation;
use crate::server_error::ServerError;

/// How far a call had come when the line failed. It decides whether the service can have acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// No connection stood yet: the request has certainly not been seen.
    Connect,
    /// The request was under way or its answer awaited: it may have been carried out.
    Transfer,
}

/// What was wrong with a reply that claimed success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentProblem {
    /// The body is not JSON.
    #[error("the answer is not JSON: {beginning:?}")]
    NotJson {
        /// The first characters of the body.
        beginning: String,
    },
    /// A field that the reply must have is missing or of a wrong kind.
    #[error("the answer has no usable `{field}`")]
    MissingField {
        /// The field's name.
        field: &'static str,
    },
    /// The body is not the vector tile it should be.
    #[error("the map tile cannot be read: {reason}")]
    BrokenTile {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The body is longer than any reply of the service.
    #[error("the answer is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// A link to the next page leads to another server or back to a page already read.
    #[error("the link to the next page leads to {host} and is not followed")]
    PagingLink {
        /// The host it names.
        host: String,
    },
}

/// Every way in which a call to the service can fail. Messages name the host and what was being
/// done; they hold no token, no password and no query string.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapillaryError {
    /// The connection was refused, broke, or spoke no HTTP.
    #[error("the connection to {host} failed while {operation}: {detail}")]
    Connection {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// Before or after the connection stood.
        phase: Phase,
        /// The system's words.
        detail: String,
    },
    /// The host's name could not be resolved: most often there is no network.
    #[error("the name {host} could not be resolved while {operation}")]
    Dns {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
    },
    /// The encrypted connection could not be set up.
    #[error("no secure connection to {host} could be made while {operation}: {detail}")]
    Tls {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// Whether the certificate was the reason: a network that inspects traffic, or a wrong
        /// clock, looks like this.
        is_certificate: bool,
        /// The library's words.
        detail: String,
    },
    /// The server took too long.
    #[error("{host} did not answer for {after_ms} ms while {operation}")]
    Timeout {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// Before or after the connection stood.
        phase: Phase,
        /// How long was waited, in milliseconds.
        after_ms: u64,
    },
    /// The server refused the request, or broke.
    #[error("the server answered {status} while {operation}{}", said(body))]
    Status {
        /// The call during which it happened.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// What the server said about it.
        body: Box<ServerError>,
        /// The reply's `Retry-After` in milliseconds, at most [`crate::MAX_SERVER_WAIT_MS`].
        retry_after_ms: Option<u64>,
    },
    /// The token was refused: missing, wrong, expired, revoked, or without the needed permission.
    #[error("the sign-in was refused ({status}) while {operation}{}", said(body))]
    Unauthorized {
        /// The call during which it happened.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// What the server said about it.
        body: Box<ServerError>,
    },
    /// E-mail address or password were refused.
    #[error("the e-mail address or password was refused{}", said(body))]
    LoginRefused {
        /// The HTTP status.
        status: u16,
        /// What the server said; its title and message are meant for the person.
        body: Box<ServerError>,
        /// Whether asking the person again makes sense (`mapillary_tools` 0.14.7 has the list of
        /// subcodes).
        may_ask_again: bool,
    },
    /// The server asks for a pause.
    #[error("the server asks to wait {wait_ms} ms ({status}) while {operation}{}", said(body))]
    RateLimited {
        /// The call during which it happened.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// How long to wait, in milliseconds, at most [`crate::MAX_SERVER_WAIT_MS`].
        wait_ms: u64,
        /// What the server said about it.
        body: Box<ServerError>,
    },
    /// The query took the server too long; the same for a smaller area, time or page works.
    #[error("the query was too heavy for the server while {operation}{}", said(body))]
    QueryTooHeavy {
        /// The call during which it happened.
        operation: Operation,
        /// What the server said about it.
        body: Box<ServerError>,
    },
    /// The activity feed, or another of the web app's own queries, is not open to this token or for
    /// this query. It says nothing about the token's validity: use the image search instead.
    #[error("the activity feed is not available to this sign-in ({status}){}", said(body))]
    FeedRefused {
        /// The HTTP status; 200 when the refusal stood in the body.
        status: u16,
        /// What the server said about it.
        body: Box<ServerError>,
    },
    /// The reply claims success but cannot be used.
    #[error("{host} gave an unusable answer while {operation}: {problem}")]
    Content {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// What was wrong with it.
        problem: ContentProblem,
    },
    /// The server sent the request elsewhere. It is not followed: a redirect never gets the token.
    #[error("{host} redirects to {to_host} ({status}) while {operation}; this is not followed")]
    Redirect {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The host that was named, or words for its absence.
        to_host: String,
    },
    /// A web page came in the place of an answer: the network wants a sign-in of its own, or a
    /// filter blocks the service.
    #[error(
        "a web page ({status}) came instead of an answer of {host} while {operation}: the network may want a sign-in of its own or block the service"
    )]
    CaptivePortal {
        /// The call during which it happened.
        operation: Operation,
        /// Host and port.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// `finish_upload` was answered with success but without a cluster id: whether the upload was
    /// accepted is not known.
    #[error("the upload was finished, but the server named no cluster id")]
    FinishWithoutCluster,
    /// More came than was allowed for.
    #[error("more than {limit} {what} came back; narrow the search")]
    TooManyResults {
        /// What was counted.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// An address that cannot be used.
    #[error("the {what} {url} cannot be used: {reason}")]
    InvalidUrl {
        /// Which address.
        what: String,
        /// The address without user name and query.
        url: String,
        /// Why.
        reason: String,
    },
    /// The host of a signed link does not honour it: it has expired, or what it led to is gone.
    #[error("{host} does not give out the picture behind this link (any more): status {status}")]
    LinkExpired {
        /// Host and port.
        host: String,
        /// HTTP status: 401, 403, 404 or 410.
        status: u16,
    },
    /// A webhook did not take a record.
    #[error("{host} did not take the record: status {status}{}", if beginning.is_empty() { String::new() } else { format!(", {beginning}") })]
    WebhookRefused {
        /// Host and port.
        host: String,
        /// HTTP status, anything but 200 to 299.
        status: u16,
        /// The beginning of its answer.
        beginning: String,
    },
    /// The caller asked for something that can never work. Nothing was sent.
    #[error("the {what} cannot be used: {reason}")]
    InvalidInput {
        /// Which argument.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// What was to be sent could not be read, or was not as long as announced.
    #[error("the data to send could not be read: {detail}")]
    Source {
        /// The kind of the reading error; `UnexpectedEof` when there was too little.
        kind: io::ErrorKind,
        /// The system's words.
        detail: String,
    },
    /// The HTTP client could not be set up.
    #[error("the network client could not be set up: {detail}")]
    Setup {
        /// The library's words.
        detail: String,
    },
    /// The sign-in in the browser failed.
    #[error(transparent)]
    OAuth(#[from] OAuthFailure),
}

impl MapillaryError {
    /// A stable name of the error; each has an entry in docs/errors.md.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Connection { .. } => "connection",
            Self::Dns { .. } => "dns",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Status { .. } => "server_status",
            Self::Unauthorized { .. } => "unauthorized",
            Self::LoginRefused { .. } => "login_refused",
            Self::RateLimited { .. } => "rate_limited",
            Self::QueryTooHeavy { .. } => "query_too_heavy",
            Self::FeedRefused { .. } => "feed_refused",
            Self::Content { .. } => "unusable_answer",
            Self::Redirect { .. } => "redirect",
            Self::CaptivePortal { .. } => "captive_portal",
            Self::FinishWithoutCluster => "finish_without_cluster",
            Self::TooManyResults { .. } => "too_many_results",
            Self::LinkExpired { .. } => "link_expired",
            Self::WebhookRefused { .. } => "webhook_refused",
            Self::InvalidUrl { .. } => "invalid_url",
            Self::InvalidInput { .. } => "invalid_input",
            Self::Source { .. } => "source_unreadable",
            Self::Setup { .. } => "network_setup",
            Self::OAuth(failure) => failure.code(),
        }
    }

    /// Whether the service may have carried the request out although it failed here. After a
    /// failed `finish_upload` this separates "finish again" from "look first".
    pub fn may_have_been_carried_out(&self) -> bool {
        match self {
            Self::Connection { phase, .. } | Self::Timeout { phase, .. } => *phase == Phase::Transfer,
            Self::Status { status, .. } => !(400..500).contains(status),
            Self::Content { .. } | Self::FinishWithoutCluster => true,
            Self::WebhookRefused { status, .. } => *status >= 500,
            // A page with success can come from something that had already passed the request on.
            Self::CaptivePortal { status, .. } => (200..300).contains(status),
            Self::Dns { .. }
            | Self::Tls { .. }
            | Self::Unauthorized { .. }
            | Self::LoginRefused { .. }
            | Self::RateLimited { .. }
            | Self::QueryTooHeavy { .. }
            | Self::FeedRefused { .. }
            | Self::Redirect { .. }
            | Self::TooManyResults { .. }
            | Self::LinkExpired { .. }
            | Self::InvalidUrl { .. }
            | Self::InvalidInput { .. }
            | Self::Source { .. }
            | Self::Setup { .. }
            | Self::OAuth(_) => false,
        }
    }

    /// Whether the service asks for fewer requests. Waiting is all that helps, and asking again
    /// early makes it worse.
    pub fn is_throttle(&self) -> bool {
        matches!(self, Self::RateLimited { .. })
    }

    /// Whether the service itself is in trouble: it broke, says that it is unavailable (Graph's
    /// code 2), or cannot be reached. It has nothing to do with who asks, or how often.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Status { status, body, .. } => *status >= 500 || matches!(body.code, Some(1 | 2)),
            Self::Connection { .. } | Self::Dns { .. } | Self::Timeout { .. } => true,
            _ => false,
        }
    }

    /// The HTTP status of the reply, where one came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. }
            | Self::Unauthorized { status, .. }
            | Self::LoginRefused { status, .. }
            | Self::RateLimited { status, .. }
            | Self::FeedRefused { status, .. }
            | Self::Redirect { status, .. }
            | Self::CaptivePortal { status, .. }
            | Self::LinkExpired { status, .. }
            | Self::WebhookRefused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// The server's own words, as the end of a sentence.
fn said(body: &ServerError) -> String {
    body.text().map(|text| format!(": {text}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every system this can be tested on offers TLS.
    #[test]
    fn a_system_without_tls_is_named() {
        let error = MapillaryError::Setup {
            detail: "no provider".to_owned(),
        };
        assert_eq!(error.code(), "network_setup");
        assert!(error.to_string().contains("no provider"));
    }
}
