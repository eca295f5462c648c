//! One sequence: the ids of its images, their metadata, and what of them could not be had. All that is held in memory
//! at a time.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use waypost_mapillary::{Detection, IDS_PER_REQUEST, Image, ServerError};
use waypost_wire::{PictureSize, TakeOutChoice};

use super::ask::Asker;
use super::choice::Choice;
use super::detections::read_detections;
use super::fields::{Field, asked_for};
use crate::error::CoreError;

/// Batches of one sequence that are asked for at once.
const BATCHES_AT_ONCE: usize = 6;

/// What naming, attribution and the header of a picture need.
const BASE_FIELDS: [Field; 12] = [
    Field::SeqId,
    Field::CapturedAt,
    Field::Lon,
    Field::Altitude,
    Field::CompassAngle,
    Field::Make,
    Field::Model,
    Field::CreatorUsername,
    Field::IsPano,
    Field::CameraType,
    Field::Width,
    Field::Height,
];

/// One sequence with the images that could be had, in the order of capture.
pub(super) struct Sequence {
    /// Mapillary's key of it.
    pub(super) key: String,
    /// Ids of all its images.
    pub(super) ids: Vec<String>,
    /// Those that could be had, each with its place among the ids.
    pub(super) images: Vec<(usize, Image)>,
    /// What was seen in them, in the same order; empty where that was not chosen.
    pub(super) detections: Vec<Vec<Detection>>,
    /// Ids of those that could not.
    pub(super) missing: Vec<String>,
}

/// The field a picture's link stands in.
pub(super) fn link_field(size: PictureSize) -> Field {
    match size {
        PictureSize::Px256 => Field::Thumb256Url,
        PictureSize::Px1024 => Field::Thumb1024Url,
        PictureSize::Px2048 => Field::Thumb2048Url,
        PictureSize::Original => Field::ThumbOriginalUrl,
    }
}

/// A picture's link, as far as it is known.
pub(super) fn link_of(image: &Image, size: PictureSize) -> Option<&str> {
    match size {
        PictureSize::Px256 => image.thumb_256_url.as_deref(),
        PictureSize::Px1024 => image.thumb_1024_url.as_deref(),
        PictureSize::Px2048 => image.thumb_2048_url.as_deref(),
        PictureSize::Original => image.thumb_original_url.as_deref(),
    }
}

/// What has to be asked of the service for a choice.
pub(super) fn fields_for(choice: &Choice) -> Vec<String> {
    let TakeOutChoice { geojson, json, .. } = choice.asked;
    let everything = Field::ALL
        .iter()
        .copied()
        .filter(|field| (geojson || json) && !field.asked().starts_with("thumb_"));
    let links = choice.sizes.iter().map(|size| link_field(*size));
    asked_for(
        BASE_FIELDS
            .into_iter()
            .chain(choice.fields.iter().copied())
            .chain(links)
            .chain(everything),
    )
}

/// Asks for one sequence. An image that cannot be had costs nothing else.
///
/// # Errors
/// What keeps the service from answering at all.
pub(super) async fn read_sequence(
    asker: &Asker,
    key: &str,
    fields: &[String],
    wants_detections: bool,
) -> Result<Sequence, CoreError> {
    let ids = sequence_ids(asker, key).await?;
    let found = read_images(asker, &ids, fields).await?;
    let known: HashSet<&str> = found.iter().map(|image| image.id.as_str()).collect();
    let missing = ids.iter().filter(|id| !known.contains(id.as_str())).cloned().collect();
    let mut places = std::collections::HashMap::new();
    for (place, id) in ids.iter().enumerate() {
        places.entry(id.as_str()).or_insert(place);
    }
    let images: Vec<(usize, Image)> = found
        .into_iter()
        .filter_map(|image| Some((*places.get(image.id.as_str())?, image)))
        .collect();
    let detections = if wants_detections {
        read_detections(asker, &images).await?
    } else {
        Vec::new()
    };
    Ok(Sequence {
        key: key.to_owned(),
        detections,
        images,
        missing,
        ids,
    })
}

/// The ids of a sequence's images; none for a sequence that is not there (any more).
pub(super) async fn sequence_ids(asker: &Asker, key: &str) -> Result<Vec<String>, CoreError> {
    let key = Arc::<str>::from(key);
    let answer = asker
        .ask(|client, token| {
            let key = Arc::clone(&key);
            async move { client.image_ids(&token, &key).await }
        })
        .await;
    match answer {
        Err(CoreError::Service(waypost_mapillary::MapillaryError::Status { body, .. })) if is_missing(&body) => {
            Ok(Vec::new())
        }
        other => other,
    }
}

fn is_missing(body: &ServerError) -> bool {
    body.is_missing_object()
}

/// The images with these ids that can be had, in the order of the ids, several batches at once.
pub(super) async fn read_images(asker: &Asker, ids: &[String], fields: &[String]) -> Result<Vec<Image>, CoreError> {
    let fields = Arc::<[String]>::from(fields);
    let batches: Vec<Arc<[String]>> = ids.chunks(IDS_PER_REQUEST).map(Arc::from).collect();
    let read: Vec<Vec<Image>> = stream::iter(batches)
        .map(|batch| {
            let fields = Arc::clone(&fields);
            async move {
                asker
                    .ask(|client, token| {
                        let (batch, fields) = (Arc::clone(&batch), Arc::clone(&fields));
                        async move { client.images_by_ids(&token, &batch, &fields).await }
                    })
                    .await
            }
        })
        .buffered(BATCHES_AT_ONCE)
        .try_collect()
        .await?;
    Ok(read.into_iter().flatten().collect())
}
