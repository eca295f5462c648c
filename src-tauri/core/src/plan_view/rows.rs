//! Sequences and their points, with those that stay at home in their places.

use std::collections::BTreeMap;

use waypost_media::Projection;
use waypost_wire::{AppliedEdits, PointRow, SequenceNotes, SequenceRow};

use super::camera_name;
use crate::edit::Edits;
use crate::path_text::printable_name;
use crate::plan::{Photo, Plan};
use crate::sequence::geometry::path_length_m;

/// The points of one row, in order: the photos that are sent and those that stay at home.
#[derive(Default)]
struct Row<'a> {
    photos: Vec<&'a Photo>,
    left_out: Vec<&'a Photo>,
}

/// One row for each sequence, also for those of which everything stays at home.
pub(super) fn sequence_rows(plan: &Plan, edits: Option<&Edits>) -> Vec<SequenceRow> {
    // By number, which the names are.
    let mut rows: BTreeMap<(u64, &str), Row<'_>> = BTreeMap::new();
    let key = |id: &str| id.parse().unwrap_or(u64::MAX);
    for sequence in &plan.sequences {
        let row = rows.entry((key(&sequence.id), &sequence.id)).or_default();
        row.photos.extend(&sequence.photos);
    }
    for place in plan.left_out.iter().filter_map(|left_out| left_out.place.as_ref()) {
        let row = rows.entry((key(&place.sequence_id), &place.sequence_id)).or_default();
        row.left_out.push(&place.photo);
    }
    rows.into_iter()
        .map(|((_, id), row)| sequence_row(id, &row, edits))
        .collect()
}

fn sequence_row(id: &str, row: &Row<'_>, edits: Option<&Edits>) -> SequenceRow {
    let size_bytes = row.photos.iter().map(|photo| photo.size_bytes).sum();
    let mut photos: Vec<&Photo> = row.photos.iter().chain(&row.left_out).copied().collect();
    photos.sort_by_key(|photo| photo.captured_at_ms);
    let way = if row.photos.is_empty() { &photos } else { &row.photos };
    let (first, last) = (photos.first(), photos.last());
    let about_first = edits.zip(first.map(|photo| photo.capture_id));
    SequenceRow {
        sequence_id: id.into(),
        folder: first.map_or_else(String::new, |photo| photo.folder().display().to_string()),
        first_captured_at_ms: first.map_or(0, |photo| photo.captured_at_ms),
        last_captured_at_ms: last.map_or(0, |photo| photo.captured_at_ms),
        distance_m: path_length_m(way),
        size_bytes,
        camera: first.map_or_else(String::new, |photo| camera_name(photo)),
        excluded: row.photos.is_empty(),
        projection: projection(first.copied()).into(),
        notes: about_first.map_or_else(SequenceNotes::default, |(edits, id)| edits.notes.get(id).clone()),
        applied: about_first.map_or_else(AppliedEdits::default, |(edits, id)| edits.applied_to(id)),
        already_sent: 0,
        points: photos.into_iter().map(point).collect(),
    }
}

fn point(photo: &Photo) -> PointRow {
    PointRow {
        photo_id: photo.capture_id,
        file_name: printable_name(&photo.path),
        lat_deg: photo.lat_deg,
        lon_deg: photo.lon_deg,
        altitude_m: photo.altitude_m,
        heading_deg: photo.heading_deg,
        captured_at_ms: photo.captured_at_ms,
        excluded: photo.marks.left_out.is_some(),
        left_out_by: photo.marks.left_out,
    }
}

/// The word for how the pictures of a sequence are projected.
fn projection(photo: Option<&Photo>) -> &'static str {
    match photo.map(|photo| &photo.projection) {
        Some(Projection::Equirectangular) => "equirectangular",
        _ => "flat",
    }
}
