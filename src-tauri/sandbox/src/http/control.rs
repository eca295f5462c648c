//! `/control/…`: what another process may ask of the sandbox itself: its state, scripted trouble, a
//! moved clock. Pages of other origins are refused.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::params::read_json;
use super::reply::GraphError;
use super::sessions::wrong_md5;
use crate::faults::Fault;
use crate::service::Service;

/// Refuses a page of another origin: a browser names it for every POST and DELETE.
fn own_origin(service: &Service, headers: &HeaderMap) -> Result<(), GraphError> {
    match headers.get(header::ORIGIN) {
        Some(origin) if origin.as_bytes() != service.root.as_bytes() => Err(GraphError::not_allowed(
            "Pages of other origins cannot control practice",
        )),
        _ => Ok(()),
    }
}

/// `GET /control/state`: a [`crate::Snapshot`].
pub(super) async fn state(State(service): State<Arc<Service>>) -> Response {
    Json(service.snapshot()).into_response()
}

/// `GET /control/faults`: those still to come.
pub(super) async fn faults(State(service): State<Arc<Service>>) -> Response {
    Json(service.faults.waiting()).into_response()
}

/// `POST /control/faults`: one [`Fault`], or a list of them.
pub(super) async fn add_faults(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    own_origin(&service, request.headers())?;
    let value = read_json(request.into_body()).await?;
    let list = match value {
        Value::Array(_) => value,
        one => json!([one]),
    };
    let faults: Vec<Fault> =
        serde_json::from_value(list).map_err(|error| GraphError::parameter(format!("Not a fault: {error}")))?;
    let count = faults.len();
    for fault in faults {
        service.faults.push(fault);
    }
    Ok(Json(json!({ "added": count })).into_response())
}

/// `DELETE /control/faults`.
pub(super) async fn clear_faults(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    own_origin(&service, &headers)?;
    service.faults.clear();
    Ok(Json(json!({})).into_response())
}

/// `POST /control/expire_tokens`: every access token expires now.
pub(super) async fn expire_tokens(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Response, GraphError> {
    own_origin(&service, &headers)?;
    let count = service.tokens.expire_all(service.now_ms())?;
    Ok(Json(json!({ "expired": count })).into_response())
}

/// `POST /control/revoke`: every person takes back what they allowed.
pub(super) async fn revoke(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, GraphError> {
    own_origin(&service, &headers)?;
    let count = service.tokens.revoke_all()?;
    Ok(Json(json!({ "revoked": count })).into_response())
}

/// `POST /control/check`: compares what every session that has a handle holds with what its key promises. Those that hold
/// something else are violations. Answers `{"checked": N, "wrong": [keys]}`.
pub(super) async fn check(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, GraphError> {
    own_origin(&service, &headers)?;
    let checked = service.sessions.check(&service.identity).await?;
    for (key, actual) in &checked.wrong {
        wrong_md5(&service, key, actual);
    }
    let keys: Vec<&String> = checked.wrong.iter().map(|(key, _)| key).collect();
    Ok(Json(json!({ "checked": checked.count, "wrong": keys })).into_response())
}

/// `POST /control/clock` with `{"advance_ms": N}`: the clock of this service moves forward.
pub(super) async fn advance_clock(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Result<Response, GraphError> {
    own_origin(&service, request.headers())?;
    let body = read_json(request.into_body()).await?;
    let step_ms = body
        .get("advance_ms")
        .and_then(Value::as_u64)
        .ok_or_else(|| GraphError::parameter("advance_ms is not a number of milliseconds"))?;
    service.advance_clock(step_ms);
    Ok(Json(json!({ "now_ms": service.now_ms() })).into_response())
}
