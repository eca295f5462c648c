//! What is asked for when an upload is added.

use std::path::PathBuf;

use waypost_wire::{FileOutcome, SequenceNotes};

use crate::package::{SourcePhoto, SourceVideo};
use crate::settings::PackageKind;

/// What an upload is made of.
#[derive(Clone, Debug)]
pub enum UploadSource {
    /// Photos of one sequence, in the order of capture.
    Photos(Vec<SourcePhoto>),
    /// A zip that was made before, sent as it is. The caller has checked it.
    ZipFile(ZipFile),
    /// One video with its track.
    Video(Box<SourceVideo>),
}

impl UploadSource {
    /// Photos and videos in it.
    pub fn capture_count(&self) -> u64 {
        match self {
            Self::Photos(photos) => photos.len() as u64,
            Self::ZipFile(zip) => zip.image_count,
            Self::Video(_) => 1,
        }
    }
}

/// A ready zip and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipFile {
    /// The zip.
    pub path: PathBuf,
    /// Images in it.
    pub image_count: u64,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// First capture, milliseconds since 1970 UTC; 0 when unknown.
    pub first_captured_at_ms: i64,
    /// Last capture, milliseconds since 1970 UTC; 0 when unknown.
    pub last_captured_at_ms: i64,
}

/// A file that is not sent, for the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// [`FileOutcome::Refused`] or [`FileOutcome::Excluded`].
    pub outcome: FileOutcome,
    /// Code of the reason.
    pub code: Option<String>,
    /// The reason in a sentence.
    pub message: Option<String>,
}

/// An upload to be added.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// What it is called: folder and sequence.
    pub title: String,
    /// Account it goes to; `None` for whoever is signed in when it starts.
    pub user_id: Option<String>,
    /// Organisation it goes to.
    pub organization_id: Option<String>,
    /// How photos are packed; a ready zip is a zip, a video a video.
    pub package: PackageKind,
    /// What it is made of.
    pub source: UploadSource,
    /// Files that belong to it and are not sent.
    pub left_out: Vec<LeftOut>,
    /// What the person said about it.
    pub notes: SequenceNotes,
    /// Leave earlier sessions for the same bytes alone (`--noresume`).
    pub fresh_key: bool,
    /// Hand it over for processing once all bytes are there; `false` is `--nofinish`.
    pub finish: bool,
}
