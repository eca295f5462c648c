//! A video that can be sent, with the track that goes with it.

use std::path::{Path, PathBuf};

use waypost_media::{RemovalReason, TrackPoint, VideoKind};

/// A video with a usable track.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// Number in the reading, which no edit changes; 0 before it is planned.
    pub capture_id: u64,
    /// Absolute path; the links of its folder are resolved.
    pub path: PathBuf,
    /// Where the file itself is, if `path` is a link.
    pub link_target: Option<PathBuf>,
    /// Size of the file in bytes when it was read.
    pub size_bytes: u64,
    /// Modification time when it was read, milliseconds since 1970 UTC; with the size it tells a changed file.
    pub modified_at_ms: i64,
    /// What kind of video it is; `filetype` of its description. [`VideoKind::Plain`] where the track came from elsewhere.
    pub kind: VideoKind,
    /// The track, by time in the video, at least one point.
    pub track: Vec<TrackPoint>,
    /// The GPX or NMEA file that the track was taken from; `None` where it was in the video.
    pub track_file: Option<PathBuf>,
    /// Positions that are in the file and not in the track, with the reason.
    pub removed: Vec<(TrackPoint, RemovalReason)>,
    /// Length, milliseconds, as the header says.
    pub duration_ms: Option<f64>,
    /// Tracks with pictures: 2 in GoPro's `.360`.
    pub video_track_count: usize,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// Serial number of the camera.
    pub camera_uuid: Option<String>,
    /// Seconds of the world in a second of the video; `None` where the track has no times of its own.
    pub time_lapse_factor: Option<f64>,
    /// Which part of a recording it is; `None` where it is whole.
    pub chapter: Option<Chapter>,
}

/// A part of a recording that the camera cut into files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What all parts share: kind and number, `GX0042`.
    pub recording: String,
    /// Number of the part, from 1.
    pub number: u32,
}

impl Video {
    /// The base name as text; what is no Unicode becomes U+FFFD.
    pub fn file_name(&self) -> String {
        self.path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// The path with all links resolved.
    pub fn resolved_path(&self) -> &Path {
        self.link_target.as_deref().unwrap_or(&self.path)
    }

    /// The folder it is in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }

    /// When the first point was measured, milliseconds since 1970 UTC; `None` where the track has no times of its own.
    pub fn started_at_ms(&self) -> Option<i64> {
        // Milliseconds of any recorded time fit; a value outside saturates.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates, and no camera writes such a time"
        )]
        self.track.first()?.epoch_ms.map(|epoch_ms| epoch_ms as i64)
    }
}
