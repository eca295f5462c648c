//! What practice claims to have recognised: `/{id}/detections`, `/detections`, `/map_features` and
//! single map features. Searches go by box alone, at most `limit` rows, never paged.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::callers;
use super::entities::seen_image;
use super::fields::Fields;
use super::params::Params;
use super::reply::GraphError;
use super::search::{published, read_bbox, read_limit, read_time};
use crate::cluster::Image;
use crate::outlines::{Detection, MapFeature, detections};
use crate::service::Service;

const DETECTION_FIELDS: [&str; 5] = ["created_at", "geometry", "id", "image", "value"];
const FEATURE_FIELDS: [&str; 8] = [
    "aligned_direction",
    "first_seen_at",
    "geometry",
    "id",
    "images",
    "last_seen_at",
    "object_type",
    "object_value",
];

/// `GET /{image or map feature}/detections`: all of them; there is no filter by value here.
pub(super) async fn of_object(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let fields = Fields::asked(&query);
    let feature = MapFeature::image_id(&id).and_then(|image| seen_image(&service, image));
    let is_feature = feature.is_some();
    let (cluster, index) = feature
        .or_else(|| seen_image(&service, &id))
        .ok_or_else(|| GraphError::no_such_object(&id))?;
    let image = cluster
        .images
        .get(index)
        .ok_or_else(|| GraphError::no_such_object(&id))?;
    let value = MapFeature::of(image)
        .filter(|_| is_feature)
        .map(|feature| feature.value);
    let data = detections(&image.id)
        .iter()
        .filter(|detection| value.is_none_or(|value| value == detection.value))
        .map(|detection| object(image, detection, &fields))
        .collect::<Result<Vec<Value>, _>>()?;
    Ok(Json(json!({ "data": data })).into_response())
}

/// `GET /detections?bbox=…`.
pub(super) async fn search(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let [west, south, east, north] = bbox(&query)?;
    let limit = read_limit(&query)?;
    let fields = Fields::asked(&query);
    let (start, end) = (
        read_time(&query, "start_captured_at")?,
        read_time(&query, "end_captured_at")?,
    );
    let wanted = query.list("values");
    let clusters = service.clusters.all();
    let mut data = Vec::new();
    for (_, image) in published(&service, &clusters) {
        let is_inside = (west..=east).contains(&image.longitude) && (south..=north).contains(&image.latitude);
        if !is_inside
            || start.is_some_and(|start| image.captured_at_ms < start)
            || end.is_some_and(|end| image.captured_at_ms >= end)
        {
            continue;
        }
        for detection in detections(&image.id) {
            if data.len() < limit && fits(&wanted, detection.value) {
                data.push(object(image, &detection, &fields)?);
            }
        }
    }
    Ok(Json(json!({ "data": data })).into_response())
}

/// `GET /map_features?bbox=…`.
pub(super) async fn map_features(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let [west, south, east, north] = bbox(&query)?;
    let limit = read_limit(&query)?;
    let fields = Fields::asked(&query);
    // Made from one image each, so first and last seen are the same moment.
    let mut starts = [None, None];
    let mut ends = [None, None];
    for (index, which) in ["first_seen_at", "last_seen_at"].into_iter().enumerate() {
        if let (Some(start), Some(end)) = (starts.get_mut(index), ends.get_mut(index)) {
            *start = read_time(&query, &format!("start_{which}"))?;
            *end = read_time(&query, &format!("end_{which}"))?;
        }
    }
    let wanted = query.list("object_values");
    let clusters = service.clusters.all();
    let mut data = Vec::new();
    for (_, image) in published(&service, &clusters) {
        let seen_at = image.captured_at_ms;
        let in_time =
            starts.iter().flatten().all(|start| seen_at >= *start) && ends.iter().flatten().all(|end| seen_at < *end);
        let Some(feature) = MapFeature::of(image).filter(|_| in_time && data.len() < limit) else {
            continue;
        };
        let is_inside = (west..=east).contains(&feature.longitude) && (south..=north).contains(&feature.latitude);
        if is_inside && fits(&wanted, feature.value) {
            data.push(feature_object(image, &feature, &fields)?);
        }
    }
    Ok(Json(json!({ "data": data })).into_response())
}

/// The map feature `id`, if there is one.
pub(super) fn map_feature(service: &Service, id: &str, fields: &Fields) -> Option<Result<Value, GraphError>> {
    let (cluster, index) = seen_image(service, MapFeature::image_id(id)?)?;
    let image = cluster.images.get(index)?;
    Some(feature_object(image, &MapFeature::of(image)?, fields))
}

fn bbox(query: &Params) -> Result<[f64; 4], GraphError> {
    read_bbox(query)?.ok_or_else(|| GraphError::parameter("The parameter bbox is required"))
}

/// Whether `value` is among the wanted ones; `*` at the end of a wanted one stands for anything.
fn fits(wanted: &[&str], value: &str) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some(beginning) => value.starts_with(beginning),
            None => *wanted == value,
        })
}

/// A detection with the asked fields; also what an image's field `detections` holds.
pub(super) fn object(image: &Image, detection: &Detection, fields: &Fields) -> Result<Value, GraphError> {
    fields.pick(&detection.id, &DETECTION_FIELDS, |name| match name {
        "created_at" => Some(moment(image).into()),
        "geometry" => Some(detection.geometry.clone().into()),
        "image" => Some(json!({ "id": image.id })),
        "value" => Some(detection.value.into()),
        _ => None,
    })
}

fn feature_object(image: &Image, feature: &MapFeature, fields: &Fields) -> Result<Value, GraphError> {
    fields.pick(&feature.id, &FEATURE_FIELDS, |name| match name {
        "aligned_direction" => image.heading_deg.map(Value::from),
        "first_seen_at" | "last_seen_at" => Some(moment(image).into()),
        "geometry" => Some(json!({ "type": "Point", "coordinates": [feature.longitude, feature.latitude] })),
        "images" => Some(json!({ "data": [{ "id": image.id }] })),
        "object_type" => Some(feature.object_type().into()),
        "object_value" => Some(feature.value.into()),
        _ => None,
    })
}

/// The time of an image as Meta's APIs write times: `2021-05-01T10:00:00+0000`.
fn moment(image: &Image) -> String {
    jiff::Timestamp::from_second(image.captured_at_ms.div_euclid(1_000))
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
        .unwrap_or_default()
}
