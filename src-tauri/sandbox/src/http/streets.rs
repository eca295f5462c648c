//! `/streets/{z}/{x}/{y}.png`: raster tiles in the manner of OpenStreetMap's tile server, with streets that practice
//! invents. No token is asked for, as there.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::street_tile::{DEEPEST_ZOOM, drawn};

/// How long clients may keep a tile, seconds: a week, as the real server's usage policy counts.
const MAX_AGE: &str = "max-age=604800";

/// `GET /streets/{z}/{x}/{y}.png`.
pub(super) async fn serve(Path((z, x, y)): Path<(u32, u32, String)>, headers: HeaderMap) -> Response {
    let row = y.strip_suffix(".png").and_then(|row| row.parse::<u32>().ok());
    let side = if z <= DEEPEST_ZOOM { 1_u32 << z } else { 0 };
    let Some(y) = row.filter(|row| *row < side && x < side) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // What is drawn never changes.
    let etag = format!("\"{z}-{x}-{y}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    let about = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, MAX_AGE.to_owned()),
    ];
    if known == Some(etag.as_str()) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    match tokio::task::spawn_blocking(move || drawn(z, x, y)).await {
        Ok(Ok(bytes)) => (about, [(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
