//! A plan in the person's hands: what is left out, what that leaves, and what is put into the queue.

use std::collections::BTreeSet;
use std::path::Path;

use waypost_wire::{Edit, FileOutcome, LeftOutBy, PlanView, Target};

use crate::error::CoreError;
use crate::package::{SourceVideo, source_photos};
use crate::path_text::printable_name;
use crate::plan::{Photo, Plan, Sequence};
use crate::plan_view::plan_view;
use crate::settings::PackageKind;
use crate::upload::{LeftOut, NewUpload, UploadSource};

/// A plan and what the person left out of it. Photos have the numbers of the reading.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    plan: Plan,
    excluded: BTreeSet<u64>,
}

/// Where uploads go and how they are packed.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// Mapillary's number of the user; `None` for whoever is signed in when it starts.
    pub user_id: Option<String>,
    /// The organisation.
    pub organization_id: Option<String>,
    /// How photos are packed.
    pub package: PackageKind,
}

impl Prepared {
    /// A fresh plan, nothing left out.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            excluded: BTreeSet::new(),
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, &Sequence, &Photo)> {
        self.plan.sequences.iter().flat_map(|sequence| {
            sequence
                .photos
                .iter()
                .map(move |photo| (photo.capture_id, sequence, photo))
        })
    }

    /// Changes the plan.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] for a change that cannot be made.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), CoreError> {
        match edit {
            Edit::Exclude { target, excluded } => match target {
                Target::All => {
                    let all: Vec<u64> = self.numbered().map(|(number, _, _)| number).collect();
                    self.exclude_photos(&all, *excluded);
                }
                Target::Sequence(sequence_id) => self.exclude_sequence(sequence_id, *excluded),
                Target::Captures(photo_ids) => self.exclude_photos(photo_ids, *excluded),
            },
            _ => {
                return Err(CoreError::InvalidSetting {
                    name: "edit".into(),
                    reason: "this plan cannot be changed so".into(),
                });
            }
        }
        Ok(())
    }

    /// Leaves photos out, or takes them back. Numbers that do not exist are passed over.
    pub fn exclude_photos(&mut self, photo_ids: &[u64], excluded: bool) {
        let known: BTreeSet<u64> = self.numbered().map(|(number, _, _)| number).collect();
        for photo_id in photo_ids.iter().copied().filter(|photo_id| known.contains(photo_id)) {
            if excluded {
                self.excluded.insert(photo_id);
            } else {
                self.excluded.remove(&photo_id);
            }
        }
    }

    /// Leaves a whole sequence out, or takes it back.
    pub fn exclude_sequence(&mut self, sequence_id: &str, excluded: bool) {
        let photo_ids: Vec<u64> = self
            .numbered()
            .filter(|(_, sequence, _)| sequence.id == sequence_id)
            .map(|(number, _, _)| number)
            .collect();
        self.exclude_photos(&photo_ids, excluded);
    }

    /// The file of a photo.
    pub fn photo_path(&self, photo_id: u64) -> Option<&Path> {
        self.numbered()
            .find(|(number, _, _)| *number == photo_id)
            .map(|(_, _, photo)| photo.path.as_path())
    }

    /// What the window shows: the plan, with what is left out marked and not counted.
    pub fn view(&self) -> PlanView {
        let mut view = plan_view(&self.plan);
        for (sequence, row) in self.plan.sequences.iter().zip(&mut view.sequences) {
            let mut size_bytes = 0;
            for (photo, point) in sequence.photos.iter().zip(&mut row.points) {
                point.excluded = self.excluded.contains(&point.photo_id);
                point.left_out_by = point.excluded.then_some(LeftOutBy::Person);
                if !point.excluded {
                    size_bytes += photo.size_bytes;
                }
            }
            row.size_bytes = size_bytes;
            row.excluded = row.points.iter().all(|point| point.excluded);
        }
        view.image_count = (self.plan.photo_count() - self.excluded.len()) as u64;
        view.size_bytes = view.sequences.iter().map(|row| row.size_bytes).sum();
        view
    }

    /// The uploads that the plan asks for: one per sequence that has photos left, and one per video. Files that are not sent go into the
    /// report of the upload of their folder, else of the first.
    ///
    /// # Errors
    /// As [`source_photos`].
    pub fn uploads(&self, destination: &Destination) -> Result<Vec<NewUpload>, CoreError> {
        let mut uploads = Vec::new();
        let mut folders = Vec::new();
        let mut left_out = Vec::new();
        for sequence in &self.plan.sequences {
            let mut kept = Sequence {
                id: sequence.id.clone(),
                photos: Vec::new(),
            };
            for photo in &sequence.photos {
                if self.excluded.contains(&photo.capture_id) {
                    left_out.push(LeftOut {
                        path: photo.path.clone(),
                        outcome: FileOutcome::Excluded,
                        code: None,
                        message: None,
                    });
                } else {
                    kept.photos.push(photo.clone());
                }
            }
            let Some(first) = kept.photos.first() else {
                continue;
            };
            folders.push(first.folder().to_path_buf());
            uploads.push(NewUpload {
                title: title(first.folder(), &sequence.id),
                user_id: destination.user_id.clone(),
                organization_id: destination.organization_id.clone(),
                package: destination.package,
                source: UploadSource::Photos(source_photos(&kept)?),
                left_out: Vec::new(),
                fresh_key: false,
                finish: true,
            });
        }
        for video in &self.plan.videos {
            folders.push(video.folder().to_path_buf());
            uploads.push(video_upload(SourceVideo::of(video), destination));
        }
        left_out.extend(self.plan.refusals.iter().map(|refusal| LeftOut {
            path: refusal.path.clone(),
            outcome: FileOutcome::Refused,
            code: Some(refusal.code.code().to_owned()),
            message: Some(refusal.message.clone()),
        }));
        for file in left_out {
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
