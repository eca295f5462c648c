//! `GET /graphql`: the activity feed of an account, and two queries about an account. The real
//! service answers only queries it knows; the fields that come back are those named in `doc`.
//!
//! Nodes come by capture time, newest first, not by upload time: whoever looks at the first page
//! alone misses fresh uploads of old photos.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::callers;
use super::params::Params;
use super::pictures::signed_link;
use super::reply::GraphError;
use super::user_queries::user_by_username;
use crate::cluster::Cluster;
use crate::service::Service;
use crate::stages::{Stage, StatusWords, kept_images};

/// Largest page; real pages of 200 have been seen.
const PAGE_MAX: u64 = 200;
/// Page size when `first` is missing: that of the web app.
const PAGE_DEFAULT: u64 = 50;

/// `GET /graphql?doc=…&variables=…`.
pub(super) async fn graphql(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    let token = callers::user(&service, request.headers(), &query)?;
    let doc = query.required("doc")?;
    if names(doc).any(|name| name == "user_by_username") {
        return user_query(&service, &query, doc);
    }
    if !names(doc).any(|name| name == "fetch__User") || !names(doc).any(|name| name == "feed") {
        return Ok(refused("This query is not known here"));
    }
    let variables = variables(&query)?;
    let id = match variables.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Ok(refused("The variable id is missing")),
    };
    // Somebody else's feed is nobody's business.
    if id != token.account.id {
        return Ok(Json(json!({
            "data": { "fetch__User": null },
            "extensions": { "is_final": true },
        }))
        .into_response());
    }
    let feed = page(&service, &id, doc, &variables);
    Ok(Json(json!({
        "data": { "fetch__User": { "id": id, "feed": feed } },
        "extensions": { "is_final": true },
    }))
    .into_response())
}

fn variables(query: &Params) -> Result<Value, GraphError> {
    match query.get("variables") {
        None => Ok(json!({})),
        Some(text) => serde_json::from_str(text).map_err(|_| GraphError::parameter("variables is not JSON")),
    }
}

/// The web app's other queries: what an account holds, and its sequences that are not on the map.
fn user_query(service: &Service, query: &Params, doc: &str) -> Result<Response, GraphError> {
    let variables = variables(query)?;
    let Some(username) = variables.get("username").and_then(Value::as_str) else {
        return Ok(refused("The variable username is missing"));
    };
    let wants_new = names(doc).any(|name| name == "new_sequences");
    let user = user_by_username(service, username, wants_new);
    Ok(Json(json!({
        "data": { "user_by_username": user },
        "extensions": { "is_final": true },
    }))
    .into_response())
}

/// GraphQL says what is wrong with status 200.
fn refused(message: &str) -> Response {
    Json(json!({ "errors": [{ "message": message, "code": 1_675_030 }] })).into_response()
}

/// The names in a query text.
fn names(doc: &str) -> impl Iterator<Item = &str> {
    doc.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|name| !name.is_empty())
}

fn page(service: &Service, account_id: &str, doc: &str, variables: &Value) -> Value {
    let first = variables
        .get("first")
        .and_then(Value::as_u64)
        .unwrap_or(PAGE_DEFAULT)
        .clamp(1, PAGE_MAX);
    let hide_after_days = variables.get("hide_after").and_then(Value::as_u64);
    let after = variables.get("after").and_then(Value::as_str);
    let clusters = service.clusters.all();
    let mut listed: Vec<(i64, &Cluster)> = clusters
        .iter()
        .filter(|cluster| cluster.account.id == account_id && !cluster.outcome.not_in_feed)
        .filter(|cluster| !hidden(service, cluster, hide_after_days))
        .map(|cluster| (captured_at_ms(cluster), cluster.as_ref()))
        .collect();
    listed.sort_by(|a, b| (b.0, &b.1.id).cmp(&(a.0, &a.1.id)));
    let begin = after
        .and_then(|cursor| {
            listed
                .iter()
                .position(|(_, cluster)| this_cursor(service, cluster) == cursor)
        })
        .map_or(0, |index| index + 1);
    let count = usize::try_from(first).unwrap_or(usize::MAX);
    let shown: Vec<&Cluster> = listed
        .iter()
        .skip(begin)
        .take(count)
        .map(|(_, cluster)| *cluster)
        .collect();
    let end_cursor = shown.last().map(|cluster| this_cursor(service, cluster));
    json!({
        "page_info": {
            "start_cursor": null,
            "end_cursor": end_cursor,
            "has_next_page": begin.saturating_add(shown.len()) < listed.len(),
            "has_previous_page": false,
        },
        "nodes": shown
            .iter()
            .map(|cluster| node(service, cluster, doc))
            .collect::<Vec<_>>(),
    })
}

/// When the first image was taken.
fn captured_at_ms(cluster: &Cluster) -> i64 {
    cluster
        .images
        .iter()
        .map(|image| image.captured_at_ms)
        .min()
        .unwrap_or_default()
}

/// Failed uploads vanish from the feed after the asked number of days.
fn hidden(service: &Service, cluster: &Cluster, after_days: Option<u64>) -> bool {
    const DAY_MS: u64 = 24 * 3_600 * 1_000;
    let Some(days) = after_days else { return false };
    let age_ms = service.now_ms().saturating_sub(cluster.finished_at_ms);
    StatusWords::of(cluster, service.stage(cluster)).failed() && age_ms > days.saturating_mul(DAY_MS)
}

/// An opaque mark of the place after a node.
fn this_cursor(service: &Service, cluster: &Cluster) -> String {
    let mut cursor = hex::encode(service.identity.keyed("cursor", &cluster.id));
    cursor.truncate(24);
    cursor
}

fn node(service: &Service, cluster: &Cluster, doc: &str) -> Value {
    let stage = service.stage(cluster);
    let words = StatusWords::of(cluster, stage);
    let counted = stage >= Stage::Processing;
    let kept = kept_images(cluster);
    let first = kept.first().filter(|_| counted);
    let thumb = first
        .filter(|image| image.stored.is_some())
        .map(|image| signed_link(service, &image.id, "256"));
    let mut node = Map::new();
    for name in names(doc) {
        let value = match name {
            "cluster_id" => json!(cluster.id),
            "type" => json!("UPLOAD"),
            "created_at_seconds" => json!(cluster.finished_at_ms / 1_000),
            "captured_at_seconds" => json!(captured_at_ms(cluster).div_euclid(1_000)),
            "item_count" => json!(counted.then_some(kept.len())),
            "image_id" => json!(first.map(|image| &image.id)),
            "thumb_url" => json!(thumb),
            "status" => json!(words.status),
            "processing_status" => json!(words.processing_status),
            "initial_processing_status" => json!(words.initial_processing_status),
            "anonymization_status" => json!(words.anonymization_status),
            "tiler_status" => json!(words.tiler_status),
            "error_code" => json!(words.error_code),
            // The real service knows the zone of the place; practice only knows UTC.
            "timezone" => json!("ETC_UTC"),
            _ => continue,
        };
        node.insert(name.to_owned(), value);
    }
    Value::Object(node)
}
