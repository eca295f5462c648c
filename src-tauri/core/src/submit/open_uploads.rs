//! Uploads to the same place that have not come to their end, and which files are in them.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use waypost_md5::md5_hex;

use crate::error::CoreError;
use crate::journal::{Journal, UploadRecord};
use crate::package::{SourcePhoto, SourceVideo};
use crate::settings::PackageKind;
use crate::state::State;
use crate::upload::{Engine, NewUpload, UploadSource};

/// An upload to the same place that has not come to its end.
pub(super) struct OpenUpload {
    pub(super) upload_id: i64,
    pub(super) source: Source,
}

/// All of them, of that user.
pub(super) async fn open_uploads(
    engine: &Engine,
    new: &NewUpload,
    user_id: &str,
) -> Result<Vec<OpenUpload>, CoreError> {
    let journal = engine.journal();
    let (user_id, organization_id) = (user_id.to_owned(), new.organization_id.clone());
    tokio::task::spawn_blocking(move || {
        let mut open = Vec::new();
        for record in journal.uploads()? {
            let is_theirs = record.user_id.as_ref().is_none_or(|owner| *owner == user_id);
            if is_theirs && record.organization_id == organization_id && is_open(&record) {
                open.push(OpenUpload {
                    upload_id: record.upload_id,
                    source: source_of(&journal, &record)?,
                });
            }
        }
        Ok(open)
    })
    .await
    .unwrap_or(Err(CoreError::Stopped))
}

/// A file as it was read: path, size in bytes, time of change. One that has changed since is another file: its upload
/// will notice.
type FileIdentity = (PathBuf, u64, i64);

/// What an upload is made of, to be compared.
#[derive(PartialEq)]
pub(super) enum Source {
    /// Photos of one sequence.
    Photos(Vec<SourcePhoto>),
    /// A ready zip.
    Zip(PathBuf),
    /// A video, and the MD5 of all that is kept of it: tracks are long.
    Video { file: FileIdentity, digest: String },
}

impl Source {
    pub(super) fn of(source: &UploadSource) -> Self {
        match source {
            UploadSource::Photos(photos) => Self::Photos(photos.clone()),
            UploadSource::ZipFile(zip) => Self::Zip(zip.path.clone()),
            UploadSource::Video(video) => {
                // Written as it was for the journal, where it could be written too.
                let json = serde_json::to_string(video).unwrap_or_default();
                Self::video(video, &json)
            }
        }
    }

    fn video(video: &SourceVideo, json: &str) -> Self {
        Self::Video {
            file: (video.path.clone(), video.size_bytes, video.modified_at_ms),
            digest: md5_hex(json.as_bytes()),
        }
    }

    /// Whether it is a video made from the same file, with whatever track.
    pub(super) fn is_video_file(&self, video: &SourceVideo) -> bool {
        let wanted = (&video.path, video.size_bytes, video.modified_at_ms);
        matches!(self, Self::Video { file, .. } if (&file.0, file.1, file.2) == wanted)
    }

    pub(super) fn shares_files_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Zip(own), Self::Zip(other)) => own == other,
            (Self::Video { file: own, .. }, Self::Video { file: other, .. }) => own.0 == other.0,
            (Self::Photos(own), Self::Photos(other)) => {
                let paths: HashSet<&PathBuf> = own.iter().map(|photo| &photo.path).collect();
                other.iter().any(|photo| paths.contains(&photo.path))
            }
            _ => false,
        }
    }
}

/// The photos of open uploads, with the upload.
pub(super) fn under_way(open: &[OpenUpload]) -> HashMap<FileIdentity, i64> {
    let mut photos = HashMap::new();
    for upload in open {
        if let Source::Photos(own) = &upload.source {
            photos.extend(own.iter().map(|photo| (file_of(photo), upload.upload_id)));
        }
    }
    photos
}

pub(super) fn file_of(photo: &SourcePhoto) -> FileIdentity {
    (photo.path.clone(), photo.size_bytes, photo.modified_at_ms)
}

/// Whether going on with it, or waiting for its answer, is what asking again means.
fn is_open(record: &UploadRecord) -> bool {
    !record.dry_run
        && !matches!(
            record.state,
            State::Published
                | State::Processing
                | State::SourceChanged
                | State::Failed { taken: true, .. }
                | State::Cancelled
                | State::Lost
        )
}

fn source_of(journal: &Journal, record: &UploadRecord) -> Result<Source, CoreError> {
    if let Some(path) = &record.zip_path {
        return Ok(Source::Zip(path.clone()));
    }
    let files = journal.files(record.upload_id)?;
    let mut sources = files.iter().filter_map(|file| file.source.as_deref());
    if record.package == PackageKind::Video
        && let Some(json) = sources.clone().next()
        && let Ok(video) = serde_json::from_str(json)
    {
        return Ok(Source::video(&video, json));
    }
    let photos = sources.by_ref().filter_map(|json| serde_json::from_str(json).ok());
    Ok(Source::Photos(photos.collect()))
}
