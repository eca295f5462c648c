//! `/cdn/…`: the uploaded pictures, processed as the service does it or smaller, behind signed links that expire.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::entities::seen_image;
use super::params::Params;
use crate::checks::entry_bytes;
use crate::cluster::{DRAWN, StoredImage};
use crate::folder::write_whole;
use crate::pictures::{drawn, processed, scaled_to_width};
use crate::service::Service;

/// A link to the picture of the image `id` that is good for the configured time. `oe` is its end
/// as a hexadecimal Unix time, as in links of the real service.
pub(super) fn signed_link(service: &Service, id: &str, size: &str) -> String {
    let lifetime_s = service.config.picture_link_lifetime_s;
    let end = format!("{:x}", (service.now_ms() / 1_000).saturating_add(lifetime_s));
    let signature = signature(service, id, size, &end);
    format!("{}/cdn/{id}/{size}.jpg?oe={end}&oh={signature}", service.root)
}

fn signature(service: &Service, id: &str, size: &str, end: &str) -> String {
    let digest = service.identity.keyed("picture", &format!("{id}/{size}/{end}"));
    let mut text = hex::encode(digest);
    text.truncate(32);
    text
}

/// `GET /cdn/{image}/{size}.jpg`.
pub(super) async fn serve(
    State(service): State<Arc<Service>>,
    Path((id, size)): Path<(String, String)>,
    request: Request,
) -> Response {
    let query = Params::from_query(request.uri().query());
    let size = size.strip_suffix(".jpg").unwrap_or(&size).to_owned();
    let end = query.get("oe").unwrap_or_default();
    if query.get("oh") != Some(&signature(&service, &id, &size, end)) {
        return (StatusCode::FORBIDDEN, "Bad URL hash").into_response();
    }
    let expired = u64::from_str_radix(end, 16).map_or(true, |end| end <= service.now_ms() / 1_000);
    if expired {
        return (StatusCode::FORBIDDEN, "URL signature expired").into_response();
    }
    let stored = seen_image(&service, &id).and_then(|(cluster, index)| cluster.images.get(index)?.stored.clone());
    let Some(stored) = stored else {
        return (StatusCode::NOT_FOUND, "No such picture").into_response();
    };
    let made = tokio::task::spawn_blocking(move || picture(&service, &id, &size, &stored)).await;
    match made {
        Ok(Ok(bytes)) => ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response(),
        Ok(Err(reason)) => (StatusCode::UNPROCESSABLE_ENTITY, reason).into_response(),
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, "The picture cannot be decoded").into_response(),
    }
}

/// The bytes of a picture: the original as it comes back, or a smaller one of that. Kept once they are made, but for what
/// is drawn.
fn picture(service: &Service, id: &str, size: &str, stored: &StoredImage) -> Result<Vec<u8>, String> {
    let width = match size {
        "original" if stored.package == DRAWN => {
            return drawn(id, stored.padding_bytes).map_err(|error| error.to_string());
        }
        "original" => None,
        "256" => Some(256),
        "1024" => Some(1_024),
        "2048" => Some(2_048),
        other => return Err(format!("{other} is not a size")),
    };
    let path = service.folder.path(&format!("thumbs/{id}-{size}.jpg"));
    if let Ok(bytes) = std::fs::read(&path) {
        return Ok(bytes);
    }
    let made = match width {
        Some(width) => scaled_to_width(&picture(service, id, "original", stored)?, width),
        None => processed(&sent(service, stored)?),
    }
    .map_err(|error| format!("The picture cannot be decoded: {error}"))?;
    // Kept for the next time only: without it the picture is made again.
    let _ = write_whole(&path, &made);
    Ok(made)
}

/// The bytes that were uploaded.
fn sent(service: &Service, stored: &StoredImage) -> Result<Vec<u8>, String> {
    let path = service.sessions.package(&stored.package);
    match stored.entry {
        Some(index) => entry_bytes(&path, index).map_err(|refusal| refusal.to_string()),
        None => std::fs::read(&path).map_err(|error| error.to_string()),
    }
}
