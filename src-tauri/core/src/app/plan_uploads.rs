//! From a plan to what is put into the queue.

use std::path::Path;

use waypost_wire::{FileOutcome, LeftOutBy, SequenceNotes};

use super::prepared::Destination;
use crate::edit::Edits;
use crate::error::CoreError;
use crate::package::{SourceVideo, source_photos};
use crate::path_text::printable_name;
use crate::plan::{LeftOutCapture, Plan};
use crate::settings::PackageKind;
use crate::upload::{LeftOut, NewUpload, UploadSource};

/// The uploads that a plan asks for: one per sequence and one per video. Files that are not sent go into the report
/// of the upload of their folder, else of the first. What `edits` say about a sequence is that of its first capture; the
/// rest of them is in the plan already.
///
/// # Errors
/// As [`source_photos`].
pub fn plan_uploads(plan: &Plan, destination: &Destination, edits: &Edits) -> Result<Vec<NewUpload>, CoreError> {
    let mut uploads = Vec::new();
    let mut folders = Vec::new();
    for sequence in &plan.sequences {
        let Some(first) = sequence.photos.first() else {
            continue;
        };
        folders.push(first.folder().to_path_buf());
        uploads.push(NewUpload {
            title: title(first.folder(), &sequence.id),
            user_id: destination.user_id.clone(),
            organization_id: destination.organization_id.clone(),
            package: destination.package,
            source: UploadSource::Photos(source_photos(sequence)?),
            left_out: Vec::new(),
            notes: edits.notes.get(first.capture_id).clone(),
            fresh_key: false,
            finish: true,
        });
    }
    for video in &plan.videos {
        folders.push(video.folder().to_path_buf());
        uploads.push(NewUpload {
            notes: edits.notes.get(video.capture_id).clone(),
            ..video_upload(SourceVideo::of(video), destination)
        });
    }
    let refused = plan.refusals.iter().map(|refusal| LeftOut {
        path: refusal.path.clone(),
        outcome: FileOutcome::Refused,
        code: Some(refusal.code.code().to_owned()),
        message: Some(refusal.message.clone()),
    });
    for file in plan.left_out.iter().map(left_out).chain(refused) {
        let place = folders
            .iter()
            .position(|folder| file.path.parent() == Some(folder.as_path()))
            .unwrap_or(0);
        if let Some(upload) = uploads.get_mut(place) {
            upload.left_out.push(file);
        }
    }
    Ok(uploads)
}

/// A file that the person wants left out. Where the reason is a rule of theirs, it is named.
fn left_out(capture: &LeftOutCapture) -> LeftOut {
    let message = match capture.by {
        LeftOutBy::Person => None,
        LeftOutBy::PrivacyZone => Some("It lies in a privacy zone.".to_owned()),
        LeftOutBy::Trim => Some("It lies in the trimmed beginning or end.".to_owned()),
    };
    LeftOut {
        path: capture.path.clone(),
        outcome: FileOutcome::Excluded,
        code: None,
        message,
    }
}

/// The upload of one video.
pub fn video_upload(video: SourceVideo, destination: &Destination) -> NewUpload {
    let folder = video.path.parent().unwrap_or_else(|| Path::new(""));
    NewUpload {
        title: title(folder, &printable_name(&video.path)),
        user_id: destination.user_id.clone(),
        organization_id: destination.organization_id.clone(),
        package: PackageKind::Video,
        source: UploadSource::Video(Box::new(video)),
        left_out: Vec::new(),
        notes: SequenceNotes::default(),
        fresh_key: false,
        finish: true,
    }
}

/// What an upload is called: its folder and the number of its sequence, counted from 1.
pub fn title(folder: &Path, sequence_id: &str) -> String {
    let folder = folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    match sequence_id.parse::<u64>() {
        Ok(number) => format!("{folder} · {}", number.saturating_add(1)),
        Err(_) => format!("{folder} · {sequence_id}"),
    }
}
