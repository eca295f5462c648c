//! The queries about an account that the web app sends to `/graphql`: what it holds, and which of
//! its sequences are processed but not yet on the map.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::search::published;
use crate::cluster::Image;
use crate::service::Service;

/// The answer to a query on `user_by_username`; null for a name that nothing was uploaded under.
pub(super) fn user_by_username(service: &Service, username: &str, wants_new_sequences: bool) -> Value {
    let account = service.identity.account(username);
    let clusters = service.clusters.all();
    let mut own = published(service, &clusters);
    own.retain(|(cluster, _)| cluster.account.id == account.id);
    let Some(first) = own.first().map(|(cluster, _)| cluster.finished_at_ms) else {
        return Value::Null;
    };
    if wants_new_sequences {
        let mut lines: BTreeMap<&str, Vec<&Image>> = BTreeMap::new();
        for (cluster, image) in own {
            if !service.is_on_tiles(cluster) {
                lines.entry(&image.sequence).or_default().push(image);
            }
        }
        let keys: Vec<&str> = lines.keys().copied().collect();
        let features: Vec<Value> = lines
            .iter()
            .map(|(key, images)| {
                let line: Vec<[f64; 2]> = images.iter().map(|image| [image.longitude, image.latitude]).collect();
                json!({
                    "type": "Feature",
                    "properties": { "id": key },
                    "geometry": { "type": "LineString", "coordinates": line },
                })
            })
            .collect();
        let geojson = json!({ "type": "FeatureCollection", "features": features }).to_string();
        return json!({ "id": account.id, "new_sequences": { "sequence_keys": keys, "geojson": geojson } });
    }
    json!({
        "id": account.id,
        "username": account.username,
        "description": "",
        "created_at_seconds": first / 1_000,
        "stats": { "images": own.len(), "distance": { "km": length_km(&own.iter().map(|(_, image)| *image).collect::<Vec<_>>()) } },
    })
}

/// The way along the images of each sequence, in kilometres.
fn length_km(images: &[&Image]) -> f64 {
    const KILOMETRES_PER_DEGREE: f64 = 111.195;
    let step = |pair: &[&Image]| match pair {
        [a, b] if a.sequence == b.sequence => {
            let east = (b.longitude - a.longitude) * a.latitude.to_radians().cos();
            east.hypot(b.latitude - a.latitude) * KILOMETRES_PER_DEGREE
        }
        _ => 0.0,
    };
    images.windows(2).map(step).sum()
}
