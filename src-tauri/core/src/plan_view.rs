//! The plan as the window shows it.

use std::collections::HashMap;

use waypost_media::Projection;
use waypost_wire::{AppliedEdits, FileReportLine, FindingRow, PlanView, PointRow, SequenceNotes, SequenceRow};

use crate::path_text::printable_name;
use crate::plan::{Photo, Plan, Sequence};
use crate::sequence::geometry::path_length_m;

/// The plan in rows: sequences with their points, and findings grouped by reason, refusals first. Photos are numbered
/// through all sequences from 0.
pub fn plan_view(plan: &Plan) -> PlanView {
    let mut next_photo_id = 0;
    PlanView {
        sequences: plan
            .sequences
            .iter()
            .map(|sequence| sequence_row(sequence, &mut next_photo_id))
            .collect(),
        findings: findings(plan),
        image_count: plan.photo_count() as u64,
        size_bytes: plan.size_bytes(),
        file_count: plan.file_count,
        ..PlanView::default()
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        plan_view(plan)
    }
}

fn sequence_row(sequence: &Sequence, next_photo_id: &mut u64) -> SequenceRow {
    let (first, last) = (sequence.photos.first(), sequence.photos.last());
    SequenceRow {
        sequence_id: sequence.id.clone(),
        folder: first.map_or_else(String::new, |photo| photo.folder().display().to_string()),
        first_captured_at_ms: first.map_or(0, |photo| photo.captured_at_ms),
        last_captured_at_ms: last.map_or(0, |photo| photo.captured_at_ms),
        distance_m: path_length_m(&sequence.photos),
        size_bytes: sequence.size_bytes(),
        camera: first.map_or_else(String::new, camera_name),
        excluded: false,
        projection: projection(first).into(),
        notes: SequenceNotes::default(),
        applied: AppliedEdits::default(),
        already_sent: 0,
        points: sequence
            .photos
            .iter()
            .map(|photo| {
                let photo_id = *next_photo_id;
                *next_photo_id += 1;
                PointRow {
                    photo_id,
                    file_name: printable_name(&photo.path),
                    lat_deg: photo.lat_deg,
                    lon_deg: photo.lon_deg,
                    altitude_m: photo.altitude_m,
                    heading_deg: photo.heading_deg,
                    captured_at_ms: photo.captured_at_ms,
                    excluded: false,
                    left_out_by: None,
                }
            })
            .collect(),
    }
}

/// The word for how the pictures of a sequence are projected.
fn projection(photo: Option<&Photo>) -> &'static str {
    match photo.map(|photo| &photo.projection) {
        Some(Projection::Equirectangular) => "equirectangular",
        _ => "flat",
    }
}

/// Maker and model, the maker not twice: "GoPro Max" and not "GoPro GoPro Max".
pub fn camera_name(photo: &Photo) -> String {
    let (make, model) = (
        photo.make.as_deref().unwrap_or(""),
        photo.model.as_deref().unwrap_or(""),
    );
    let model_names_make = model
        .get(..make.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(make));
    if model_names_make {
        model.to_string()
    } else {
        format!("{make} {model}").trim().to_string()
    }
}

fn findings(plan: &Plan) -> Vec<FindingRow> {
    let mut rows: Vec<FindingRow> = Vec::new();
    let mut numbers: HashMap<(&str, bool), usize> = HashMap::new();
    let mut add = |code: &'static str, refused: bool, title: &str, action: &str, line: FileReportLine| {
        let number = *numbers.entry((code, refused)).or_insert_with(|| {
            rows.push(FindingRow {
                code: code.into(),
                title: title.into(),
                action: action.into(),
                refused,
                fixes: Vec::new(),
                files: Vec::new(),
            });
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(number) {
            row.files.push(line);
        }
    };
    for refusal in &plan.refusals {
        let line = FileReportLine {
            file_name: printable_name(&refusal.path),
            message: refusal.message.clone(),
            photo_id: None,
            lat_deg: None,
            lon_deg: None,
        };
        add(refusal.code.code(), true, refusal.code.title(), &refusal.action, line);
    }
    for warning in &plan.warnings {
        let line = FileReportLine {
            file_name: printable_name(&warning.path),
            message: warning.message.clone(),
            photo_id: None,
            lat_deg: None,
            lon_deg: None,
        };
        add(warning.code.code(), false, warning.code.title(), &warning.action, line);
    }
    rows
}
