//! What Mapillary saw in the images: as the API toolset's CSV, and grouped as JSON. Polygons are in pixels of the image
//! as it was uploaded, the origin at the top left.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use waypost_mapillary::{Detection, DetectionGroup, DetectionShape, Image, MapillaryError};

use super::ask::Asker;
use super::csv;
use crate::error::CoreError;

/// Images whose detections are asked for at once.
const IMAGES_AT_ONCE: usize = 8;

/// The columns of the API toolset's `img_detections_dataset.csv` (API notes §5, S4).
const COLUMNS: [&str; 7] = [
    "img_id",
    "width",
    "height",
    "detections.id",
    "detections.value",
    "detections.geometry",
    "decoded_geometry",
];

/// The detections of some images, in their order. Of an image that is not given out there are none.
pub(super) async fn read_detections(
    asker: &Asker,
    images: &[(usize, Image)],
) -> Result<Vec<Vec<Detection>>, CoreError> {
    let ids: Vec<Arc<str>> = images.iter().map(|(_, image)| Arc::from(image.id.as_str())).collect();
    stream::iter(ids)
        .map(|id| async move {
            let answer = asker
                .ask(|client, token| {
                    let id = Arc::clone(&id);
                    async move { client.image_detections(&token, &id).await }
                })
                .await;
            match answer {
                Err(CoreError::Service(MapillaryError::Status { body, .. })) if body.is_missing_object() => {
                    Ok(Vec::new())
                }
                other => other,
            }
        })
        .buffered(IMAGES_AT_ONCE)
        .try_collect()
        .await
}

/// The first line of the CSV.
pub(super) fn header() -> String {
    csv::line(COLUMNS)
}

/// The lines of one image.
pub(super) fn rows(image: &Image, detections: &[Detection]) -> Vec<String> {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    detections
        .iter()
        .map(|detection| {
            csv::line([
                image.id.clone(),
                number(image.width_px),
                number(image.height_px),
                detection.id.clone(),
                detection.value.clone().unwrap_or_default(),
                detection.geometry_base64.clone().unwrap_or_default(),
                polygons_px(image, detection)
                    .map(|shape| shape.to_string())
                    .unwrap_or_default(),
            ])
        })
        .collect()
}

/// The detections of one image, grouped.
pub(super) fn grouped(image: &Image, detections: &[Detection]) -> Value {
    let of = |group: Option<DetectionGroup>| -> Vec<Value> {
        detections
            .iter()
            .filter(|detection| detection.group() == group)
            .map(|detection| {
                json!({
                    "id": detection.id,
                    "value": detection.value,
                    "created_at": detection.created_at_ms,
                    "polygons_px": polygons_px(image, detection),
                    "area_part": detection.shape.as_ref().map(DetectionShape::area_part),
                })
            })
            .collect()
    };
    json!({
        "img_id": image.id,
        "seq_id": image.sequence,
        "captured_at": image.captured_at_ms,
        "width": image.width_px,
        "height": image.height_px,
        "compass_angle": image.compass_angle_deg,
        "is_pano": image.is_pano,
        "traffic_signs": of(Some(DetectionGroup::TrafficSign)),
        "segmentations": of(Some(DetectionGroup::Segmentation)),
        "points": of(Some(DetectionGroup::Point)),
        "without_value": of(None),
    })
}

/// Polygons as lists of rings, the outer one first; nothing where shape or size is not known.
fn polygons_px(image: &Image, detection: &Detection) -> Option<Value> {
    let (width, height) = image.width_px.zip(image.height_px)?;
    let polygons: Vec<Value> = detection
        .shape
        .as_ref()?
        .polygons_px(width, height)
        .into_iter()
        .map(|polygon| {
            let mut rings = vec![polygon.exterior];
            rings.extend(polygon.holes);
            json!(rings)
        })
        .collect();
    Some(Value::Array(polygons))
}
