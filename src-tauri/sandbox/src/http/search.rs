//! Image search: `/images` with its filters, and `/image_ids` of a sequence.
//!
//! Only published images are found. Newest capture first. A search by box answers at most `limit`
//! images and has no further pages; every other search is paged by `paging.next`. Whether the time
//! limits are inclusive is not known: here the start is and the end is not, both in whole seconds,
//! so that only a client that pads them finds its first and last image.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::Url;

use super::callers;
use super::entities::image_object;
use super::fields::Fields;
use super::params::Params;
use super::reply::GraphError;
use crate::cluster::{Cluster, Image};
use crate::index::{Index, Place};
use crate::service::Service;
use crate::stages::{Stage, kept_images};

/// Most images of one answer, and the default.
const LIMIT_MAX: usize = 2_000;
/// A box must be smaller than this, in square degrees (a rule since 2026-01-16; some read it as a
/// limit for each side, and a client that keeps both sides at 0.01° satisfies both readings).
const BOX_AREA_MAX: f64 = 0.01;
/// Largest radius of a search around a place, in metres.
const RADIUS_MAX_M: f64 = 50.0;

/// What `/images` is asked for.
struct Filters {
    bbox: Option<[f64; 4]>,
    /// Longitude, latitude, radius in metres.
    around: Option<(f64, f64, f64)>,
    start_ms: Option<i64>,
    end_ms: Option<i64>,
    creator: Option<String>,
    organization: Option<String>,
    sequences: Vec<String>,
    ids: Vec<String>,
    make: Option<String>,
    model: Option<String>,
    is_pano: Option<bool>,
    limit: usize,
    /// Where this page begins in what the search looks through.
    after: usize,
}

/// `GET /images`.
pub(super) async fn images(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let filters = Filters::read(&query)?;
    let fields = Fields::asked(&query);
    let index = service.clusters.index();
    let places = match (&filters.creator, filters.sequences.as_slice()) {
        (_, [sequence]) => index.sequence(sequence),
        (Some(creator), _) => index.account(creator),
        (None, _) => index.all(),
    };
    let mut data: Vec<Value> = Vec::new();
    let mut next = None;
    for (number, place) in places.iter().enumerate().skip(filters.after) {
        let Some((cluster, image)) = shown(&service, &index, *place) else {
            continue;
        };
        if !filters.accept(cluster, image) {
            continue;
        }
        if data.len() == filters.limit {
            next = Some(number);
            break;
        }
        data.push(image_object(&service, cluster, image, &fields)?);
    }
    let mut answer = json!({ "data": data });
    if filters.bbox.is_none()
        && let (Some(end), Some(answer)) = (next, answer.as_object_mut())
    {
        let next = next_page(&service, request.uri().query().unwrap_or_default(), end);
        let paging = json!({ "cursors": { "after": end.to_string() }, "next": next });
        answer.insert("paging".to_owned(), paging);
    }
    Ok(Json(answer).into_response())
}

/// `GET /image_ids?sequence_id=KEY`: ids by capture time; empty for an unknown sequence.
pub(super) async fn image_ids(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let sequence = query.required("sequence_id")?;
    let index = service.clusters.index();
    let oldest_first = index.sequence(sequence).iter().rev();
    let data: Vec<Value> = oldest_first
        .filter_map(|place| shown(&service, &index, *place))
        .map(|(_, image)| json!({ "id": image.id }))
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}

/// The image at `place`, once the search shows it.
fn shown<'a>(service: &Service, index: &'a Index, place: Place) -> Option<(&'a Cluster, &'a Image)> {
    let (cluster, number, image) = index.at(place)?;
    let is_shown = number < kept_images(cluster).len() && service.stage(cluster) >= Stage::Visible;
    is_shown.then_some((cluster, image))
}

/// Every image that the search shows.
pub(super) fn published<'a>(service: &Service, clusters: &'a [Arc<Cluster>]) -> Vec<(&'a Cluster, &'a Image)> {
    clusters
        .iter()
        .filter(|cluster| service.stage(cluster) >= Stage::Visible)
        .flat_map(|cluster| kept_images(cluster).iter().map(move |image| (cluster.as_ref(), image)))
        .collect()
}

/// The address of the next page: the same query, further on. As on the real service it holds the
/// token when that came by the query.
fn next_page(service: &Service, query: &str, after: usize) -> String {
    let Ok(mut url) = Url::parse(&format!("{}/images", service.info.graph)) else {
        return String::new();
    };
    url.query_pairs_mut()
        .extend_pairs(url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after"))
        .append_pair("after", &after.to_string());
    url.into()
}

impl Filters {
    fn read(query: &Params) -> Result<Self, GraphError> {
        let filters = Self {
            bbox: read_bbox(query)?,
            around: read_around(query)?,
            start_ms: read_time(query, "start_captured_at")?,
            end_ms: read_time(query, "end_captured_at")?,
            creator: query.get("creator_username").map(str::to_owned),
            organization: query.get("organization_id").map(str::to_owned),
            sequences: query.list("sequence_ids").into_iter().map(str::to_owned).collect(),
            ids: query.list("image_ids").into_iter().map(str::to_owned).collect(),
            make: query.get("make").map(str::to_owned),
            model: query.get("model").map(str::to_owned),
            is_pano: match query.get("is_pano") {
                None => None,
                Some("true" | "1") => Some(true),
                Some("false" | "0") => Some(false),
                Some(_) => return Err(GraphError::parameter("is_pano is not a boolean")),
            },
            limit: read_limit(query)?,
            after: query
                .number("after")?
                .and_then(|after| usize::try_from(after).ok())
                .unwrap_or(0),
        };
        let narrowed = filters.bbox.is_some()
            || filters.around.is_some()
            || filters.creator.is_some()
            || filters.organization.is_some()
            || !filters.sequences.is_empty()
            || !filters.ids.is_empty();
        if !narrowed {
            return Err(GraphError::parameter(
                "One of bbox, creator_username, organization_id, sequence_ids is required",
            ));
        }
        if filters.bbox.is_none() && (filters.make.is_some() || filters.model.is_some() || filters.is_pano.is_some()) {
            return Err(GraphError::parameter(
                "make, model and is_pano can only be used together with bbox",
            ));
        }
        Ok(filters)
    }

    fn accept(&self, cluster: &Cluster, image: &Image) -> bool {
        let same = |wanted: &Option<String>, actual: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == actual)
        };
        let one_of =
            |wanted: &[String], actual: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == actual);
        self.bbox.is_none_or(|[west, south, east, north]| {
            (west..=east).contains(&image.longitude) && (south..=north).contains(&image.latitude)
        }) && self
            .around
            .is_none_or(|(longitude, latitude, radius_m)| distance_m(image, longitude, latitude) <= radius_m)
            && self.start_ms.is_none_or(|start| image.captured_at_ms >= start)
            && self.end_ms.is_none_or(|end| image.captured_at_ms < end)
            && same(&self.creator, Some(&cluster.account.username))
            && same(&self.organization, cluster.organization_id.as_deref())
            && one_of(&self.sequences, &image.sequence)
            && one_of(&self.ids, &image.id)
            && same(&self.make, image.make.as_deref())
            && same(&self.model, image.model.as_deref())
            && self.is_pano.is_none_or(|is_pano| image.is_pano == is_pano)
    }
}

pub(super) fn read_limit(query: &Params) -> Result<usize, GraphError> {
    match query.number("limit")? {
        None => Ok(LIMIT_MAX),
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=LIMIT_MAX).contains(limit))
            .ok_or_else(|| GraphError::parameter(format!("limit is not from 1 to {LIMIT_MAX}"))),
    }
}

/// `minLon,minLat,maxLon,maxLat`.
pub(super) fn read_bbox(query: &Params) -> Result<Option<[f64; 4]>, GraphError> {
    let Some(text) = query.get("bbox") else {
        return Ok(None);
    };
    let wrong = |why: &str| GraphError::parameter(format!("bbox {text}: {why}"));
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse())
        .collect::<Result<_, _>>()
        .map_err(|_| wrong("not four numbers"))?;
    let [west, south, east, north] = numbers.as_slice() else {
        return Err(wrong("not four numbers"));
    };
    let possible = |range: f64, values: [&f64; 2]| values.iter().all(|value| value.abs() <= range);
    if !possible(180.0, [west, east]) || !possible(90.0, [south, north]) {
        return Err(wrong("not minLon,minLat,maxLon,maxLat in degrees"));
    }
    if west >= east || south >= north {
        return Err(wrong("a minimum is not below its maximum"));
    }
    if (east - west) * (north - south) >= BOX_AREA_MAX {
        return Err(wrong("must be smaller than 0.01 degrees square"));
    }
    Ok(Some([*west, *south, *east, *north]))
}

fn read_around(query: &Params) -> Result<Option<(f64, f64, f64)>, GraphError> {
    let number = |name: &str| {
        query
            .get(name)
            .map(|text| {
                text.parse::<f64>()
                    .map_err(|_| GraphError::parameter(format!("{name} is not a number")))
            })
            .transpose()
    };
    match (number("lng")?, number("lat")?, number("radius")?) {
        (None, None, None) => Ok(None),
        (Some(longitude), Some(latitude), Some(radius)) if (0.0..=RADIUS_MAX_M).contains(&radius) => {
            Ok(Some((longitude, latitude, radius)))
        }
        _ => Err(GraphError::parameter(
            "lat, lng and radius belong together; radius is at most 50 metres",
        )),
    }
}

/// An ISO 8601 time, cut to whole seconds, as milliseconds since 1970-01-01 UTC.
pub(super) fn read_time(query: &Params, name: &str) -> Result<Option<i64>, GraphError> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    text.parse::<jiff::Timestamp>()
        .map(|time| Some(time.as_second().saturating_mul(1_000)))
        .map_err(|_| GraphError::parameter(format!("{name} {text} is not an ISO 8601 time")))
}

/// Metres from `image` to a near place, on a sphere.
fn distance_m(image: &Image, longitude: f64, latitude: f64) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let east = (longitude - image.longitude) * latitude.to_radians().cos();
    east.hypot(latitude - image.latitude) * METRES_PER_DEGREE
}
