//! Positions from a GPX or NMEA file of the person's, for photos and videos that have none or bad ones.
//!
//! A [`Track`] is loaded once; [`LookUp`] says how captures' times meet its times; [`position_at`] answers for one
//! moment, [`video_track`] for a whole video, and [`suggest_offset`] helps where the times do not meet at all.

mod interpolate;
mod look_up;
mod outside;
mod suggest;
mod video;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use waypost_media::{MediaError, TrackFile, TrackFileFormat, TrackFilePoint, limits, read_track_file};

pub use interpolate::{Gap, TrackPosition, position_at};
pub use look_up::{LookUp, Shift};
pub use outside::OutsideTrack;
pub use suggest::{OffsetReason, SuggestedOffset, suggest_offset};
pub use video::{VideoStart, video_track};

use crate::error::CoreError;

/// A GPX or NMEA file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    path: PathBuf,
    file: TrackFile,
}

impl Track {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CoreError::PathNotFound`], [`CoreError::Io`], and [`CoreError::TrackFile`] with what is wrong with it.
    pub fn load(path: &Path) -> Result<Self, CoreError> {
        let io = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => CoreError::PathNotFound { path: path.into() },
            _ => CoreError::Io {
                path: path.into(),
                source,
            },
        };
        let (file, size_bytes, _) = crate::read::open(path).map_err(io)?;
        let mut bytes = Vec::new();
        // One byte more than allowed, so that the reader says what is wrong with a file that grows.
        if size_bytes <= limits::MAX_TRACK_FILE_BYTES {
            file.take(limits::MAX_TRACK_FILE_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(io)?;
        } else {
            return Err(CoreError::TrackFile {
                path: path.into(),
                source: MediaError::TrackFileTooLarge {
                    what: "bytes",
                    limit: limits::MAX_TRACK_FILE_BYTES,
                },
            });
        }
        Self::from_bytes(path, &bytes)
    }

    /// The same from the bytes of the file; `path` is for sentences.
    ///
    /// # Errors
    /// [`CoreError::TrackFile`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, CoreError> {
        let file = read_track_file(bytes).map_err(|source| CoreError::TrackFile {
            path: path.into(),
            source,
        })?;
        Ok(Self {
            path: path.into(),
            file,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of file it is.
    pub fn format(&self) -> TrackFileFormat {
        self.file.format
    }

    /// The points by time, at least one.
    pub fn points(&self) -> &[TrackFilePoint] {
        &self.file.points
    }

    /// Points of the file that could not be used.
    pub fn left_out_count(&self) -> u64 {
        self.file.left_out_count
    }

    /// Whether the file is damaged or ends early.
    pub fn is_cut_off(&self) -> bool {
        self.file.is_cut_off
    }

    /// Time of the first point, milliseconds since 1970 UTC, with fractions.
    pub fn first_at_ms(&self) -> f64 {
        self.points().first().map_or(0.0, |point| point.unix_ms)
    }

    /// Time of the last point, milliseconds since 1970 UTC, with fractions.
    pub fn last_at_ms(&self) -> f64 {
        self.points().last().map_or(0.0, |point| point.unix_ms)
    }
}
