//! Who asks: the word and the token of the `Authorization` header, or the token of the query.

use axum::http::{HeaderMap, StatusCode, header};

use super::params::Params;
use super::reply::{GraphError, SessionError};
use crate::service::Service;
use crate::tokens::TokenRecord;

/// Whose token came with a request.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The app itself, by its client token: public reads and `/login`.
    Client,
    /// The app itself, by its secret: `/token` only.
    Secret,
    /// A person.
    User(Box<TokenRecord>),
}

/// Why nobody could be made out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    NoToken,
    WrongWord,
    Unknown { in_query: bool },
    Expired,
    Revoked,
}

impl Stranger {
    fn message(self) -> &'static str {
        match self {
            Self::NoToken => "An access token is required to request this resource.",
            Self::WrongWord => "The Authorization header does not begin with the word OAuth",
            Self::Unknown { .. } => "Invalid OAuth access token - Cannot parse access token",
            Self::Expired => "Error validating access token: Session has expired",
            Self::Revoked => "Error validating access token: The user has not authorized application",
        }
    }
}

impl From<Stranger> for GraphError {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::NoToken => Self::no_token(),
            Stranger::Expired | Stranger::Unknown { in_query: true } => Self::expired_token(stranger.message()),
            Stranger::WrongWord | Stranger::Unknown { .. } | Stranger::Revoked => Self::bad_token(stranger.message()),
        }
    }
}

/// The two parts of an `Authorization` header.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    Some(value.split_once(' ').unwrap_or((value, "")))
}

/// Makes out who asks.
pub(crate) fn identify(service: &Service, headers: &HeaderMap, query: &Params) -> Result<Caller, Stranger> {
    let (token, in_query) = match (authorization(headers), query.get("access_token")) {
        (Some(("OAuth", token)), _) => (token, false),
        (Some(_), _) => return Err(Stranger::WrongWord),
        (None, Some(token)) => (token, true),
        (None, None) if headers.contains_key(header::AUTHORIZATION) => {
            return Err(Stranger::WrongWord);
        }
        (None, None) => return Err(Stranger::NoToken),
    };
    if token == service.identity.client_token {
        return Ok(Caller::Client);
    }
    if token == service.identity.client_secret {
        return Ok(Caller::Secret);
    }
    let record = service.tokens.find(token).ok_or(Stranger::Unknown { in_query })?;
    if in_query {
        service
            .record
            .violation("a user's access token stood in a URL".to_owned());
    }
    if record.revoked {
        return Err(Stranger::Revoked);
    }
    if record.expires_at_ms <= service.now_ms() {
        return Err(Stranger::Expired);
    }
    Ok(Caller::User(Box::new(record)))
}

/// Notes what a good client never does; expired, revoked and missing tokens can happen to it.
fn note(service: &Service, stranger: Stranger, place: &str) {
    if stranger == Stranger::WrongWord {
        service.record.violation(format!(
            "{place}: the Authorization header does not begin with the word OAuth"
        ));
    }
}

/// A person, for the graph.
pub(crate) fn user(service: &Service, headers: &HeaderMap, query: &Params) -> Result<TokenRecord, GraphError> {
    match identify(service, headers, query) {
        Ok(Caller::User(record)) => Ok(*record),
        Ok(Caller::Client | Caller::Secret) => Err(GraphError::bad_token(
            "This needs the access token of a person, not that of an app",
        )),
        Err(stranger) => {
            note(service, stranger, "graph");
            Err(stranger.into())
        }
    }
}

/// Anybody who may read what is public: a person or the app.
pub(crate) fn reader(service: &Service, headers: &HeaderMap, query: &Params) -> Result<Caller, GraphError> {
    match identify(service, headers, query) {
        Ok(Caller::User(record)) if !record.allows("read") => {
            Err(GraphError::not_allowed("This token has no scope read"))
        }
        Ok(Caller::Secret) => Err(GraphError::bad_token("The client secret is good for /token alone")),
        Ok(caller) => Ok(caller),
        Err(stranger) => {
            note(service, stranger, "graph");
            Err(stranger.into())
        }
    }
}

/// A person who may upload, for the upload sessions. What a refusal looks like there is public
/// only through clients: 401, 403, or 400 with `NotAuthorizedError`; here 400 for a token that can
/// never work and 401 for one that worked once.
pub(crate) fn uploader(service: &Service, headers: &HeaderMap) -> Result<TokenRecord, SessionError> {
    let refuse = SessionError::not_authorized;
    match identify(service, headers, &Params::default()) {
        Ok(Caller::User(record)) if record.allows("upload") => Ok(*record),
        Ok(Caller::User(_)) => Err(refuse(StatusCode::FORBIDDEN, "This token has no scope upload")),
        Ok(Caller::Client | Caller::Secret) => Err(refuse(
            StatusCode::BAD_REQUEST,
            "This needs the access token of a person, not that of an app",
        )),
        Err(stranger) => {
            note(service, stranger, "upload");
            let status = match stranger {
                Stranger::Expired | Stranger::Revoked => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            Err(refuse(status, stranger.message()))
        }
    }
}
