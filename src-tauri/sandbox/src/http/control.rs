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
use crate::checks::{Depth, read_archive};
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

/// `POST /control/check`: compares what every session that has a handle holds with what its key promises, and reads every
/// finished zip to its end. What is wrong is a violation. Answers `{"checked": N, "wrong": [keys]}`.
pub(super) async fn check(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, GraphError> {
    own_origin(&service, &headers)?;
    let checked = service.sessions.check(&service.identity).await?;
    for (key, actual) in &checked.wrong {
        wrong_md5(&service, key, actual);
    }
    let mut wrong: Vec<String> = checked.wrong.into_iter().map(|(key, _)| key).collect();
    wrong.extend(damaged_zips(&service).await?);
    Ok(Json(json!({ "checked": checked.count, "wrong": wrong })).into_response())
}

/// The keys of the finished zips that cannot be read to the end of each entry, or where a CRC is wrong.
async fn damaged_zips(service: &Arc<Service>) -> Result<Vec<String>, GraphError> {
    let service = Arc::clone(service);
    let look = move || {
        let sessions = service
            .sessions
            .list(&service.identity, |key| service.clusters.finished(key));
        let zips = sessions.into_iter().filter(|session| {
            session.finished && session.key.rsplit_once('.').is_some_and(|(_, suffix)| suffix == "zip")
        });
        zips.filter_map(|session| {
            let refusal = read_archive(&service.sessions.file(&session.key), Depth::Whole).err()?;
            service.record.violation(format!("upload {}: {refusal}", session.key));
            Some(session.key)
        })
        .collect()
    };
    tokio::task::spawn_blocking(look)
        .await
        .map_err(|_| GraphError::parameter("Practice broke off while it read the zips"))
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
