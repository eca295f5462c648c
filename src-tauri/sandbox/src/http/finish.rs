//! `POST /finish_upload`: looks at the package and makes a cluster of it.
//!
//! The real service looks later, in the background, and says nothing about most faults. Practice
//! looks at once and refuses with a sentence, so that a mistake is seen where it is made.
//!
//! Nobody knows what the real service does with a second finish of the same handle. Here it makes a
//! second cluster and notes a violation: whoever finishes twice has doubled an upload.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::callers;
use super::params::{Params, read_json};
use super::reply::GraphError;
use super::traffic::ScriptedOutcome;
use crate::checks::{
    CheckedImage, CheckedVideo, Depth, MANIFEST_BYTES_MAX, Refusal, check_image_file, check_video, read_archive,
    read_manifest,
};
use crate::cluster::{Cluster, Image, StoredImage, Video};
use crate::error::SandboxError;
use crate::faults::Outcome;
use crate::identity::Account;
use crate::random;
use crate::service::Service;
use crate::sessions::Handle;

/// Positions of a video become images at least this far apart, in metres: the distance at which
/// `mapillary_tools` samples a video by default.
const VIDEO_IMAGE_DISTANCE_M: f64 = 3.0;

/// What the client asks to finish.
struct Asked {
    session_key: String,
    file_type: String,
    organization_id: Option<String>,
    account: Account,
    outcome: Outcome,
}

/// What was found in the package.
struct Found {
    /// Sessions whose bytes are in the package.
    parts: Vec<String>,
    images: Vec<Image>,
    video: Option<Video>,
}

/// `POST /finish_upload`: `{"cluster_id": …}`.
pub(super) async fn finish_upload(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Result<Response, GraphError> {
    let (parts, body) = request.into_parts();
    let query = Params::from_query(parts.uri.query());
    let body = read_json(body).await;
    let token = callers::user(&service, &parts.headers, &query)?;
    if !token.allows("upload") {
        return Err(GraphError::not_allowed("This token has no scope upload"));
    }
    let outcome = parts
        .extensions
        .get::<ScriptedOutcome>()
        .map(|scripted| scripted.0.clone())
        .unwrap_or_default();
    let asked = read_request(&service, &body?, token.account, outcome)?;
    let session_key = asked.session_key.clone();
    let worker = Arc::clone(&service);
    let made = tokio::task::spawn_blocking(move || make_cluster(&worker, asked))
        .await
        .unwrap_or_else(|_| {
            let reason = "Practice broke off while it read the package";
            Err(GraphError::parameter(reason))
        });
    match made {
        Ok(id) => Ok(Json(json!({ "cluster_id": id })).into_response()),
        Err(error) => {
            service
                .record
                .violation(format!("finish_upload {session_key}: {}", error.message()));
            Err(error)
        }
    }
}

fn read_request(service: &Service, body: &Value, account: Account, outcome: Outcome) -> Result<Asked, GraphError> {
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) if name == "organization_id" => Ok(Some(number.to_string())),
        Some(_) => Err(GraphError::parameter(format!("{name} is not a string"))),
    };
    let required =
        |name: &str| text(name)?.ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")));
    let handle = required("file_handle")?;
    let file_type = required("file_type")?;
    let organization_id = text("organization_id")?;
    if let Some(id) = &organization_id
        && (*id != service.identity.organization.id || !service.is_member(&account.username))
    {
        return Err(GraphError::no_such_object(id));
    }
    let session_key = match service.sessions.find_handle(&handle) {
        Handle::Of(key) => key,
        Handle::Forgotten => return Err(GraphError::parameter("file_handle has expired")),
        Handle::NeverGiven => {
            service
                .record
                .violation("finish_upload: a file handle that was never given out".to_owned());
            return Err(GraphError::parameter("file_handle is not a file handle"));
        }
    };
    Ok(Asked {
        session_key,
        file_type,
        organization_id,
        account,
        outcome,
    })
}

fn make_cluster(service: &Service, asked: Asked) -> Result<String, GraphError> {
    let id = random::digits(16)?;
    let found = match asked.file_type.as_str() {
        "zip" => from_zip(service, &id, &asked)?,
        "mly_bundle_manifest" => from_manifest(service, &id, &asked)?,
        "mly_camm_video" => from_video(service, &asked)?,
        other => {
            return Err(GraphError::parameter(format!(
                "file_type {other:?} is not zip, mly_bundle_manifest or mly_camm_video"
            )));
        }
    };
    let mut images = found.images;
    give_sequences(&mut images, service.config.images_per_sequence)?;
    add_extra(&mut images, asked.outcome.extra_images)?;
    if service.clusters.finished(&asked.session_key) {
        service
            .record
            .violation(format!("finish_upload {}: finished a second time", asked.session_key));
    }
    service.clusters.add(Cluster {
        id: id.clone(),
        file_type: asked.file_type,
        organization_id: asked.organization_id,
        account: asked.account,
        session_key: asked.session_key,
        parts: found.parts,
        finished_at_ms: service.now_ms(),
        images,
        video: found.video,
        outcome: asked.outcome,
    })?;
    Ok(id)
}

fn from_zip(service: &Service, id: &str, asked: &Asked) -> Result<Found, GraphError> {
    let depth = if service.config.checks_later {
        Depth::Header
    } else {
        Depth::Whole
    };
    let entries = read_archive(&service.sessions.file(&asked.session_key), depth)?;
    let package = format!("{id}.zip");
    service.sessions.keep(&asked.session_key, &package)?;
    let images = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| {
            let stored = StoredImage {
                package: package.clone(),
                entry: Some(index),
                padding_bytes: 0,
            };
            image(entry.image, &entry.name, stored)
        })
        .collect::<Result<_, SandboxError>>()?;
    Ok(Found {
        parts: vec![asked.session_key.clone()],
        images,
        video: None,
    })
}

fn from_manifest(service: &Service, id: &str, asked: &Asked) -> Result<Found, GraphError> {
    let path = service.sessions.file(&asked.session_key);
    let unreadable = |what: &str, error: std::io::Error| Refusal::new(format!("{what} cannot be read: {error}"));
    if service.sessions.length(&asked.session_key) > MANIFEST_BYTES_MAX {
        return Err(Refusal::new("the manifest is too long").into());
    }
    let bytes = std::fs::read(&path).map_err(|error| unreadable("the manifest", error))?;
    let mut checked = Vec::new();
    for handle in read_manifest(&bytes)? {
        let Handle::Of(key) = service.sessions.find_handle(&handle) else {
            return Err(Refusal::new(format!(
                "the manifest names the handle {handle:?}, which was never given out or has expired"
            ))
            .into());
        };
        let image = check_image_file(&service.sessions.file(&key)).map_err(|refusal| refusal.about(&key))?;
        checked.push((key, image));
    }
    let mut found = Found {
        parts: Vec::new(),
        images: Vec::new(),
        video: None,
    };
    for (index, (key, checked)) in checked.into_iter().enumerate() {
        let package = format!("{id}-{index}.jpg");
        service.sessions.keep(&key, &package)?;
        let stored = StoredImage {
            package,
            entry: None,
            padding_bytes: 0,
        };
        found.images.push(image(checked, &key, stored)?);
        found.parts.push(key);
    }
    Ok(found)
}

fn from_video(service: &Service, asked: &Asked) -> Result<Found, GraphError> {
    let video = check_video(&service.sessions.file(&asked.session_key))?;
    let camm_type = video
        .points
        .iter()
        .map(|point| point.position.camm_type)
        .max()
        .unwrap_or_default();
    Ok(Found {
        parts: vec![asked.session_key.clone()],
        video: Some(Video {
            video_tracks: video.video_tracks,
            points: video.points.len(),
            camm_type,
            duration_ms: video.duration_ms,
        }),
        images: video_images(&video, service.now_ms())?,
    })
}

fn image(checked: CheckedImage, name: &str, stored: StoredImage) -> Result<Image, SandboxError> {
    let description = checked.description;
    Ok(Image {
        id: random::digits(16)?,
        sequence: String::new(),
        file_name: description.file_name.unwrap_or_else(|| name.to_owned()),
        description: description.json,
        pixels_sha256: String::new(),
        md5: String::new(),
        captured_at_ms: description.captured_at_ms,
        longitude: description.longitude,
        latitude: description.latitude,
        altitude_m: description.altitude_m,
        heading_deg: description.heading_deg,
        make: checked.make,
        model: checked.model,
        orientation: checked.orientation,
        size: Some(checked.size),
        is_pano: checked.is_pano,
        stored: Some(stored),
    })
}

/// Positions along the track, as far apart as sampled frames would be.
fn video_images(video: &CheckedVideo, now_ms: u64) -> Result<Vec<Image>, SandboxError> {
    let began_ms = video.created_at_s.map_or(now_ms, |s| s.saturating_mul(1_000));
    let mut images: Vec<Image> = Vec::new();
    for point in &video.points {
        let at = point.position;
        if images.last().is_some_and(|last| {
            distance_m((last.longitude, last.latitude), (at.longitude, at.latitude)) < VIDEO_IMAGE_DISTANCE_M
        }) {
            continue;
        }
        let by_clock = i64::try_from(began_ms.saturating_add(point.offset_ms)).unwrap_or(i64::MAX);
        images.push(Image {
            id: random::digits(16)?,
            sequence: String::new(),
            file_name: String::new(),
            description: Value::Null,
            pixels_sha256: String::new(),
            md5: String::new(),
            captured_at_ms: at.epoch_s.map_or(by_clock, to_ms),
            longitude: at.longitude,
            latitude: at.latitude,
            altitude_m: at.altitude_m,
            heading_deg: None,
            make: video.make.clone(),
            model: video.model.clone(),
            orientation: 1,
            size: None,
            is_pano: false,
            stored: None,
        });
    }
    Ok(images)
}

/// Whole milliseconds; the reader has checked that the seconds are possible.
#[allow(
    clippy::cast_possible_truncation,
    reason = "at most 1e14 after the check of the reader"
)]
fn to_ms(seconds: f64) -> i64 {
    (seconds * 1_000.0).round() as i64
}

/// Metres between two near places (longitude, latitude), on a sphere.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let east = (b.0 - a.0) * a.1.to_radians().cos();
    east.hypot(b.1 - a.1) * METRES_PER_DEGREE
}

/// Adds images that were never sent: a second apart, after the last one, in its sequence.
fn add_extra(images: &mut Vec<Image>, count: usize) -> Result<(), SandboxError> {
    for _ in 0..count {
        if let Some(mut extra) = images.last().cloned() {
            extra.id = random::digits(16)?;
            extra.file_name = String::new();
            extra.description = Value::Null;
            extra.captured_at_ms = extra.captured_at_ms.saturating_add(1_000);
            images.push(extra);
        }
    }
    Ok(())
}

/// Gives every image the key of its sequence, a new one after `per_sequence` images.
fn give_sequences(images: &mut [Image], per_sequence: Option<usize>) -> Result<(), SandboxError> {
    let per_sequence = per_sequence.unwrap_or(usize::MAX).max(1);
    for sequence in images.chunks_mut(per_sequence) {
        let key = random::url_safe(22)?;
        for image in sequence {
            image.sequence.clone_from(&key);
        }
    }
    Ok(())
}
