//! What was sent beside what the service shows of it: a pure function over what the journal holds.

use std::collections::BTreeMap;

use waypost_wire::{ExtraImage, LinkReport, LinkWarning, MissingFile, ServerSequence};

use super::matching::{LocalPhoto, MAX_TIME_DIFFERENCE_MS, RemoteImage, is_same_place};
use crate::journal::{PublishedImage, UploadRecord};

/// A file that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SentFile {
    /// Its place among the files of the upload.
    pub ordinal: u32,
    /// Its path, made printable.
    pub path: String,
    /// Where and when it was taken; `None` for a video.
    pub photo: Option<LocalPhoto>,
}

/// Puts the report of `record` together. `points` are longitude and latitude of what was sent, degrees; `shared` names
/// for each sequence the other uploads in it.
pub fn link_report(
    record: &UploadRecord,
    files: &[SentFile],
    points: impl IntoIterator<Item = (f64, f64)>,
    published: &[PublishedImage],
    shared: &BTreeMap<String, Vec<i64>>,
) -> LinkReport {
    let (own, extra): (Vec<&PublishedImage>, Vec<&PublishedImage>) =
        published.iter().partition(|image| image.ordinal.is_some());
    let has_answer = record.follow.visible_count.is_some();
    let seen: std::collections::HashSet<u32> = own.iter().filter_map(|image| image.ordinal).collect();
    let missing = files
        .iter()
        .filter(|file| has_answer && !seen.contains(&file.ordinal))
        .filter_map(|file| {
            file.photo.map(|photo| MissingFile {
                path: file.path.clone(),
                captured_at_ms: photo.captured_at_ms,
            })
        })
        .collect();
    LinkReport {
        upload_id: record.upload_id,
        local_title: record.title.clone(),
        local_count: Some(record.image_count).filter(|count| *count > 0),
        // Where the photos are not at hand, as in a zip made elsewhere, only the count is known.
        matched: if own.is_empty() {
            record.follow.visible_count.unwrap_or(0)
        } else {
            own.len() as u64
        },
        missing,
        sequences: sequences(record, &own, &extra, shared),
        warnings: warnings(&own, &extra),
        extra: extra.into_iter().map(extra_image).collect(),
        first_captured_at_ms: record.first_captured_at_ms,
        last_captured_at_ms: record.last_captured_at_ms,
        box_deg: box_of(points),
        asked_at_ms: record.follow.asked_at_ms,
    }
}

fn extra_image(image: &PublishedImage) -> ExtraImage {
    ExtraImage {
        image_id: image.image_id.clone(),
        sequence_key: image.sequence_key.clone(),
        captured_at_ms: image.captured_at_ms,
        camera: image.camera.clone(),
    }
}

fn sequences(
    record: &UploadRecord,
    own: &[&PublishedImage],
    extra: &[&PublishedImage],
    shared: &BTreeMap<String, Vec<i64>>,
) -> Vec<ServerSequence> {
    let links = record.follow.links.iter();
    let mut sequences: Vec<ServerSequence> = links
        .map(|link| {
            let key = Some(link.sequence_key.as_str());
            let is_in = |image: &&&PublishedImage| image.sequence_key.as_deref() == key;
            let times = || own.iter().filter(is_in).filter_map(|image| image.captured_at_ms);
            ServerSequence {
                sequence_key: link.sequence_key.clone(),
                image_id: link.image_id.clone(),
                matched: link.image_count,
                extra: extra.iter().filter(is_in).count() as u64,
                shared_with: shared.get(&link.sequence_key).cloned().unwrap_or_default(),
                first_captured_at_ms: times().min().unwrap_or(record.first_captured_at_ms),
                last_captured_at_ms: times().max().unwrap_or(record.last_captured_at_ms),
            }
        })
        .collect();
    sequences.sort_by_key(|sequence| sequence.first_captured_at_ms);
    sequences
}

/// What makes the links doubtful. Makers and models are compared without regard to case: the service writes them in its
/// own way (API notes §4, row 4).
fn warnings(own: &[&PublishedImage], extra: &[&PublishedImage]) -> Vec<LinkWarning> {
    let camera = |image: &&PublishedImage| image.camera.as_ref().map(|camera| camera.to_lowercase());
    let cameras: std::collections::HashSet<String> = own.iter().filter_map(camera).collect();
    let is_copy = |image: &PublishedImage| own.iter().any(|other| is_same_moment(image, other));
    let mut warnings = std::collections::BTreeSet::new();
    for image in extra {
        let is_other_camera = camera(image).is_some_and(|camera| !cameras.is_empty() && !cameras.contains(&camera));
        warnings.insert(match (is_copy(image), is_other_camera) {
            (true, _) => 2,
            (false, true) => 0,
            (false, false) => 1,
        });
    }
    let words = [
        LinkWarning::OtherCamera,
        LinkWarning::OtherSource,
        LinkWarning::Duplicates,
    ];
    warnings
        .into_iter()
        .filter_map(|place: usize| words.get(place).copied())
        .collect()
}

fn is_same_moment(image: &PublishedImage, other: &PublishedImage) -> bool {
    let is_close = image
        .captured_at_ms
        .zip(other.captured_at_ms)
        .is_some_and(|(one_ms, other_ms)| one_ms.abs_diff(other_ms) <= MAX_TIME_DIFFERENCE_MS.unsigned_abs());
    is_close
        && image
            .position_deg
            .zip(other.position_deg)
            .is_some_and(|(one, other)| is_same_place(one, other))
}

/// The box around `points`, as west, south, east and north in degrees: longitude first, as the service wants it.
fn box_of(points: impl IntoIterator<Item = (f64, f64)>) -> Option<[f64; 4]> {
    points.into_iter().fold(None, |around, (lon_deg, lat_deg)| {
        let [west, south, east, north] = around.unwrap_or([lon_deg, lat_deg, lon_deg, lat_deg]);
        Some([
            west.min(lon_deg),
            south.min(lat_deg),
            east.max(lon_deg),
            north.max(lat_deg),
        ])
    })
}

/// What is kept of the images that were found for `photos`: those that belong to them, and those beside them.
pub fn published_image(image: &RemoteImage, ordinal: Option<u32>) -> PublishedImage {
    PublishedImage {
        image_id: image.image_id.clone(),
        sequence_key: image.sequence_key.clone(),
        captured_at_ms: image.captured_at_ms,
        position_deg: image.position_deg,
        camera: image.camera.clone(),
        ordinal,
    }
}
