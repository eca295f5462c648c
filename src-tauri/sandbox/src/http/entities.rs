//! Single objects of the graph: an image, a map feature, an account, the organisation; several
//! images by `?ids=`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::account;
use super::callers::{self, Caller};
use super::fields::Fields;
use super::params::Params;
use super::pictures::signed_link;
use super::recognised::{self, map_feature};
use super::reply::GraphError;
use crate::cluster::{Cluster, Image};
use crate::outlines::detections;
use crate::service::Service;
use crate::stages::{Stage, kept_images};

/// Most ids of one `?ids=` request.
const IDS_MAX: usize = 50;

/// Fields of an image that exist. Practice reconstructs nothing and leaves out what comes of it,
/// but for computed positions when it is told to invent some.
const IMAGE_FIELDS: [&str; 31] = [
    "altitude",
    "atomic_scale",
    "camera_parameters",
    "camera_type",
    "captured_at",
    "compass_angle",
    "computed_altitude",
    "computed_compass_angle",
    "computed_geometry",
    "computed_rotation",
    "creator",
    "detections",
    "exif_orientation",
    "geometry",
    "height",
    "id",
    "is_pano",
    "make",
    "merge_cc",
    "mesh",
    "model",
    "organization",
    "quality_score",
    "sequence",
    "sfm_cluster",
    "thumb_1024_url",
    "thumb_2048_url",
    "thumb_256_url",
    "thumb_original_url",
    "width",
    "best_image",
];

/// `GET /{id}?fields=…`.
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    let caller = callers::reader(&service, request.headers(), &query)?;
    let fields = Fields::asked(&query);
    let organization = &service.identity.organization;
    let is_member = match &caller {
        Caller::User(token) => service.is_member(&token.account.username),
        Caller::Client | Caller::Secret => true,
    };
    if id == organization.id && is_member {
        let known = ["id", "slug", "name", "description"];
        let value = fields.pick(&id, &known, |name| match name {
            "slug" => Some(organization.slug.clone().into()),
            "name" => Some(organization.name.clone().into()),
            "description" => Some(organization.description.clone().into()),
            _ => None,
        })?;
        return Ok(Json(value).into_response());
    }
    if let Caller::User(token) = &caller
        && token.account.id == id
    {
        return account::account(&token.account, &fields);
    }
    if let Some((cluster, index)) = seen_image(&service, &id)
        && let Some(image) = cluster.images.get(index)
    {
        return Ok(Json(image_object(&service, &cluster, image, &fields)?).into_response());
    }
    if let Some(feature) = map_feature(&service, &id, &fields) {
        return Ok(Json(feature?).into_response());
    }
    let clusters = service.clusters.all();
    if let Some(cluster) = clusters.iter().find(|cluster| cluster.account.id == id) {
        return account::account(&cluster.account, &fields);
    }
    Err(GraphError::no_such_object(&id))
}

/// `GET /?ids=A,B&fields=…`: an object by id. One id that cannot be seen fails the whole batch, as
/// the real service was found to do.
pub(super) async fn many(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let fields = Fields::asked(&query);
    let ids = query.list("ids");
    if ids.is_empty() {
        return Err(GraphError::parameter("The parameter ids is required"));
    }
    if ids.len() > IDS_MAX {
        return Err(GraphError::parameter(format!(
            "Too many IDs. Maximum: {IDS_MAX}. Provided: {}.",
            ids.len()
        )));
    }
    let mut objects = Map::new();
    for id in ids {
        let (cluster, index) = seen_image(&service, id).ok_or_else(|| GraphError::no_such_object(id))?;
        if let Some(image) = cluster.images.get(index) {
            let object = image_object(&service, &cluster, image, &fields)?;
            objects.insert(id.to_owned(), object);
        }
    }
    Ok(Json(Value::Object(objects)).into_response())
}

/// The image `id`, once its cluster has been ingested.
pub(super) fn seen_image(service: &Service, id: &str) -> Option<(Arc<Cluster>, usize)> {
    let (cluster, index) = service.clusters.image(id)?;
    let seen = service.stage(&cluster) >= Stage::Processing && index < kept_images(&cluster).len();
    seen.then_some((cluster, index))
}

/// `image` with the asked fields.
pub(super) fn image_object(
    service: &Service,
    cluster: &Cluster,
    image: &Image,
    fields: &Fields,
) -> Result<Value, GraphError> {
    let mut object = fields.pick(&image.id, &IMAGE_FIELDS, |name| {
        image_field(service, cluster, image, name)
    })?;
    if let (Some(asked), Some(object)) = (fields.below("detections"), object.as_object_mut()) {
        let rows = detections(&image.id)
            .iter()
            .map(|detection| recognised::object(image, detection, &asked))
            .collect::<Result<Vec<Value>, _>>()?;
        object.insert("detections".to_owned(), json!({ "data": rows }));
    }
    Ok(object)
}

fn image_field(service: &Service, cluster: &Cluster, image: &Image, name: &str) -> Option<Value> {
    let shift_m = service.config.computed_shift_m;
    match name {
        "sequence" => Some(image.sequence.clone().into()),
        "captured_at" => Some(image.captured_at_ms.into()),
        "geometry" => Some(point(image.longitude, image.latitude)),
        "altitude" => image.altitude_m.map(Value::from),
        "compass_angle" => image.heading_deg.map(Value::from),
        "computed_geometry" => {
            const METRES_PER_DEGREE: f64 = 111_195.0;
            let latitude = (image.latitude + shift_m? / METRES_PER_DEGREE).clamp(-90.0, 90.0);
            Some(point(image.longitude, latitude))
        }
        "computed_altitude" => shift_m.and(image.altitude_m).map(Value::from),
        "computed_compass_angle" => shift_m.and(image.heading_deg).map(Value::from),
        "camera_type" => Some(if image.is_pano { "spherical" } else { "perspective" }.into()),
        "is_pano" => Some(image.is_pano.into()),
        "make" => image.make.clone().map(Value::from),
        "model" => image.model.clone().map(Value::from),
        "exif_orientation" => Some(image.orientation.into()),
        "width" => image.size.map(|(width, _)| width.into()),
        "height" => image.size.map(|(_, height)| height.into()),
        // Not an upload's cluster: a number of its own, the same for all images of a sequence.
        "sfm_cluster" => shift_m.map(|_| {
            let number = image
                .sequence
                .bytes()
                .fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
            json!({ "id": format!("4{:015}", number % 1_000_000_000_000_000) })
        }),
        "creator" => Some(json!({
            "id": cluster.account.id,
            "username": cluster.account.username,
        })),
        "organization" => cluster.organization_id.as_ref().map(|id| json!({ "id": id })),
        "thumb_256_url" => link(service, image, "256"),
        "thumb_1024_url" => link(service, image, "1024"),
        "thumb_2048_url" => link(service, image, "2048"),
        "thumb_original_url" => link(service, image, "original"),
        _ => None,
    }
}

fn point(longitude: f64, latitude: f64) -> Value {
    json!({ "type": "Point", "coordinates": [longitude, latitude] })
}

/// A signed link to a picture; a position of a video has none, because nothing decodes its frames.
fn link(service: &Service, image: &Image, size: &str) -> Option<Value> {
    image.stored.as_ref()?;
    Some(signed_link(service, &image.id, size).into())
}
