//! `/upload/{key}`: where a session stands, and bytes for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::callers;
use super::reply::SessionError;
use super::traffic::{drain, dropped};
use crate::service::Service;
use crate::sessions::{Arrival, Received, key_is_valid};

const OFFSET: HeaderName = HeaderName::from_static("offset");
const ENTITY_NAME: HeaderName = HeaderName::from_static("x-entity-name");
/// Sent by clients up to version 0.13.2, which send a session in several requests.
const ENTITY_LENGTH: HeaderName = HeaderName::from_static("x-entity-length");

/// `GET`: `{"offset": bytes held}`, 0 for an unknown session.
pub(super) async fn offset(
    State(service): State<Arc<Service>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, SessionError> {
    callers::uploader(&service, &headers)?;
    check_key(&service, &key)?;
    Ok(Json(json!({ "offset": service.sessions.length(&key) })).into_response())
}

/// `POST`: the bytes from `Offset` on; `{"h": handle}` once they have all arrived.
pub(super) async fn send(State(service): State<Arc<Service>>, Path(key): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let offset = match check_headers(&service, &key, &parts.headers) {
        Ok(offset) => offset,
        Err(error) => return refuse(body, error).await,
    };
    let announced = number(&parts.headers, &ENTITY_LENGTH);
    let received = service
        .sessions
        .receive(
            Arrival {
                key: &key,
                offset,
                announced_length: announced,
                closed: service.clusters.finished(&key),
            },
            &service.identity,
            body,
        )
        .await;
    match received {
        Err(error) => SessionError::from(error).into_response(),
        Ok(Received::Handle(handle)) => Json(json!({ "h": handle })).into_response(),
        Ok(Received::Part { size }) => Json(json!({ "offset": size })).into_response(),
        Ok(Received::Interrupted) => dropped(),
        Ok(Received::WrongOffset { size, body }) => refuse(body, SessionError::wrong_offset(offset, size)).await,
        Ok(Received::Closed { body }) => {
            violation(&service, &key, "bytes were sent to a session that is already finished");
            let error = SessionError::refused("SessionClosedError", "the session is finished");
            refuse(body, error).await
        }
        Ok(Received::WrongMd5 { actual }) => {
            wrong_md5(&service, &key, &actual);
            SessionError::refused("Md5MismatchError", "md5 mismatch").into_response()
        }
    }
}

/// Notes bytes that are not those that their key promises.
pub(super) fn wrong_md5(service: &Service, key: &str, actual: &str) {
    violation(service, key, &format!("md5 mismatch: the bytes have {actual}"));
}

fn violation(service: &Service, key: &str, what: &str) {
    service.record.violation(format!("upload {key}: {what}"));
}

/// Lets the body arrive, so that the client reads its answer, then answers.
async fn refuse(body: axum::body::Body, error: SessionError) -> Response {
    if drain(body).await {
        error.into_response()
    } else {
        dropped()
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn check_key(service: &Service, key: &str) -> Result<(), SessionError> {
    if key_is_valid(key) {
        return Ok(());
    }
    service
        .record
        .violation(format!("upload: {key:?} is not a session key"));
    Err(SessionError::refused(
        "InvalidKeyError",
        "a session key has letters, digits, '_', '-' and '.', at most 200",
    ))
}

/// Checks everything in front of the body; the offset it begins at.
fn check_headers(service: &Service, key: &str, headers: &HeaderMap) -> Result<u64, SessionError> {
    callers::uploader(service, headers)?;
    check_key(service, key)?;
    let refuse = |what: &str| {
        violation(service, key, what);
        SessionError::refused("InvalidRequestError", what)
    };
    let name = headers
        .get(ENTITY_NAME)
        .and_then(|name| name.to_str().ok())
        .ok_or_else(|| refuse("the header X-Entity-Name is missing"))?;
    if name != key {
        return Err(refuse("the header X-Entity-Name is not the session key"));
    }
    if !headers.contains_key(OFFSET) {
        return Err(refuse("the header Offset is missing"));
    }
    number(headers, &OFFSET).ok_or_else(|| refuse("the header Offset is not a number"))
}
