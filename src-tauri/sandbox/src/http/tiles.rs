//! `/tiles/maps/vtp/…`: the coverage tiles, the last stage of an upload. Layers and zoom levels are
//! the documented ones: `overview` 0 to 5, `sequence` 6 to 14, `image` 14. The sets of map features
//! hold what practice invents (see `outlines`), on zoom level 14.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::callers;
use super::params::Params;
use super::reply::GraphError;
use super::search::published;
use crate::cluster::{Cluster, Image};
use crate::outlines::MapFeature;
use crate::service::Service;
use crate::vector_tile::{EXTENT, Layer, Value};

/// Largest latitude of the web map projection, in degrees.
const LATITUDE_MAX_DEG: f64 = 85.051_128_8;
/// How far a line may lie outside its tile, in tile units, before it is left out.
const MARGIN: f64 = 64.0;

/// One tile of the pyramid.
#[derive(Debug, Clone, Copy)]
struct Tile {
    z: u32,
    x: u32,
    y: u32,
}

impl Tile {
    /// Where a place lies, in units of this tile.
    fn project(self, longitude: f64, latitude: f64) -> (f64, f64) {
        let scale = 2_f64.powi(i32::try_from(self.z).unwrap_or(0));
        let phi = latitude.clamp(-LATITUDE_MAX_DEG, LATITUDE_MAX_DEG).to_radians();
        let x = scale * (longitude + 180.0) / 360.0;
        let y = scale * (1.0 - phi.tan().asinh() / PI) / 2.0;
        ((x - f64::from(self.x)) * EXTENT, (y - f64::from(self.y)) * EXTENT)
    }
}

fn inside((x, y): (f64, f64), margin: f64) -> bool {
    let range = -margin..EXTENT + margin;
    range.contains(&x) && range.contains(&y)
}

/// `GET /tiles/maps/vtp/{set}/2/{z}/{x}/{y}`.
pub(super) async fn serve(
    State(service): State<Arc<Service>>,
    Path((set, z, x, y)): Path<(String, u32, u32, u32)>,
    request: Request,
) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    callers::reader(&service, request.headers(), &query)?;
    let side = 1_u32.checked_shl(z).unwrap_or(0);
    if z > 14 || x >= side || y >= side {
        return Err(GraphError::parameter("There is no such tile"));
    }
    let tile = Tile { z, x, y };
    let layers = match set.as_str() {
        "mly1_public" | "mly1_computed_public" => coverage(&service, tile),
        "mly_map_feature_point" => vec![map_features(&service, tile, "point")],
        "mly_map_feature_traffic_sign" => vec![map_features(&service, tile, "traffic_sign")],
        _ => return Err(GraphError::parameter("There is no such set of tiles")),
    };
    let bytes: Vec<u8> = layers.iter().flat_map(Layer::encode).collect();
    let headers = [(header::CONTENT_TYPE, "application/x-protobuf")];
    Ok((headers, bytes).into_response())
}

fn coverage(service: &Service, tile: Tile) -> Vec<Layer> {
    let clusters = service.clusters.all();
    let mut images = published(service, &clusters);
    images.retain(|(cluster, _)| service.is_on_tiles(cluster));
    if tile.z <= 5 {
        return vec![points("overview", tile, &images)];
    }
    let mut layers = vec![sequences(tile, &images)];
    if tile.z == 14 {
        layers.push(points("image", tile, &images));
    }
    layers
}

fn points(name: &str, tile: Tile, images: &[(&Cluster, &Image)]) -> Layer {
    let mut layer = Layer::new(name);
    for (cluster, image) in images {
        let at = tile.project(image.longitude, image.latitude);
        if inside(at, 0.0) {
            let mut properties = common(cluster, image);
            properties.push(("id", Value::Number(image.id.parse().unwrap_or(0))));
            properties.push(("sequence_id", Value::Text(image.sequence.clone())));
            if let Some(heading) = image.heading_deg {
                properties.push(("compass_angle", Value::Real(heading)));
            }
            layer.point(at, &properties);
        }
    }
    layer
}

fn sequences(tile: Tile, images: &[(&Cluster, &Image)]) -> Layer {
    let mut by_key: BTreeMap<&str, Vec<(&Cluster, &Image)>> = BTreeMap::new();
    for (cluster, image) in images {
        by_key.entry(&image.sequence).or_default().push((cluster, image));
    }
    let mut layer = Layer::new("sequence");
    for (key, mut sequence) in by_key {
        sequence.sort_by_key(|(_, image)| image.captured_at_ms);
        let line: Vec<(f64, f64)> = sequence
            .iter()
            .map(|(_, image)| tile.project(image.longitude, image.latitude))
            .collect();
        let (true, Some((cluster, first))) = (
            line.len() > 1 && line.iter().any(|at| inside(*at, MARGIN)),
            sequence.first(),
        ) else {
            continue;
        };
        let mut properties = common(cluster, first);
        properties.push(("id", Value::Text(key.to_owned())));
        properties.push(("image_id", Value::Number(first.id.parse().unwrap_or(0))));
        layer.line(&line, &properties);
    }
    layer
}

fn map_features(service: &Service, tile: Tile, kind: &str) -> Layer {
    let mut layer = Layer::new(kind);
    if tile.z != 14 {
        return layer;
    }
    let clusters = service.clusters.all();
    for (cluster, image) in published(service, &clusters) {
        let Some(feature) = MapFeature::of(image).filter(|feature| feature.object_type() == kind) else {
            continue;
        };
        let at = tile.project(feature.longitude, feature.latitude);
        if inside(at, 0.0) && service.is_on_tiles(cluster) {
            let properties = [
                ("id", Value::Number(feature.id.parse().unwrap_or(0))),
                ("value", Value::Text(feature.value.to_owned())),
                ("first_seen_at", Value::Number(image.captured_at_ms)),
                ("last_seen_at", Value::Number(image.captured_at_ms)),
            ];
            layer.point(at, &properties);
        }
    }
    layer
}

fn common(cluster: &Cluster, image: &Image) -> Vec<(&'static str, Value)> {
    let mut properties = vec![
        ("captured_at", Value::Number(image.captured_at_ms)),
        ("is_pano", Value::Truth(image.is_pano)),
    ];
    if let Some(id) = &cluster.organization_id {
        properties.push(("organization_id", Value::Number(id.parse().unwrap_or(0))));
    }
    properties
}
