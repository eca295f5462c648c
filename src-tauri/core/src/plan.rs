//! The plan: what was read, in which sequences it would be sent, and what would not be sent, with the reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use waypost_media::{HeadingSource, PositionSource, Projection, TimeSource, VideoKind};
use waypost_wire::LeftOutBy;

pub use crate::video::{Chapter, Video};

use crate::marks::Marks;
use crate::path_text::printable_name;

pub use crate::refusal_code::RefusalCode;

/// A photo that can be sent: every needed fact is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// Its number in the reading, which no edit changes.
    pub capture_id: u64,
    /// Absolute path; the links of its folder are resolved. Folder and name group and order the photos.
    pub path: PathBuf,
    /// Where the file itself is, if `path` is a link.
    pub link_target: Option<PathBuf>,
    /// Size of the file in bytes when it was read.
    pub size_bytes: u64,
    /// Modification time when it was read, milliseconds since 1970 UTC; with the size it tells a changed file.
    pub modified_at_ms: i64,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Where the capture time came from.
    pub time_source: TimeSource,
    /// The camera's own clock with its sub-seconds as if it were UTC, milliseconds since 1970. It tells photos apart
    /// that share a second of GPS time.
    pub camera_clock_ms: Option<i64>,
    /// Latitude, degrees −90…90, WGS 84.
    pub lat_deg: f64,
    /// Longitude, degrees −180…180, WGS 84.
    pub lon_deg: f64,
    /// Altitude, metres; as the camera wrote it.
    pub altitude_m: Option<f64>,
    /// Where the position came from.
    pub position_source: PositionSource,
    /// Heading, degrees 0…360 clockwise from true north.
    pub heading_deg: Option<f64>,
    /// Where the heading came from; `None` with a heading means that it was worked out from the track.
    pub heading_source: Option<HeadingSource>,
    /// EXIF orientation 1…8.
    pub orientation: u8,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// Serial numbers of body and lens, letters and digits only; tells two cameras of one model apart.
    pub camera_uuid: Option<String>,
    /// Width in pixels.
    pub width_px: Option<u32>,
    /// Height in pixels.
    pub height_px: Option<u32>,
    /// Horizontal GPS error in metres.
    pub gps_accuracy_m: Option<f64>,
    /// Flat or equirectangular.
    pub projection: Projection,
    /// What the person said about it.
    pub marks: Marks,
}

impl Photo {
    /// The base name as text; what is no Unicode becomes U+FFFD. For sentences and rows see
    /// [`printable_name`].
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
}

/// Facts that go with a refusal into the description file (`vars` there).
#[derive(Clone, Debug, PartialEq)]
pub enum RefusalDetail {
    /// How close to the photo before, and the photo itself (its description is written along).
    Duplicate {
        /// The refused photo.
        photo: Box<Photo>,
        /// Distance to the last kept photo, metres.
        distance_m: f64,
        /// Angle between the headings, degrees; `None` when either is missing.
        angle_difference_deg: Option<f64>,
    },
    /// Outside the track file. All times are milliseconds since 1970 UTC.
    OutsideTrack {
        /// The moment that was looked up: the capture time with the offset for the look-up.
        moment_ms: i64,
        /// First moment of the track.
        track_start_ms: i64,
        /// Last moment of the track.
        track_end_ms: i64,
    },
    /// It is a video, of this kind; [`VideoKind::Plain`] where it could not be read so far as to know.
    Video(VideoKind),
}

/// A file that is not sent, with the reason a person understands.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub code: RefusalCode,
    /// What happened to this file, in a sentence.
    pub message: String,
    /// What the person can do; empty when there is nothing to do.
    pub action: String,
    /// Facts for the description file.
    pub detail: Option<RefusalDetail>,
}

impl Refusal {
    /// A refusal with the action that goes with its code; `what` goes on where the file's name ends: "has no GPS
    /// position".
    pub fn of(path: PathBuf, code: RefusalCode, what: &str) -> Self {
        let message = format!("{} {what}.", printable_name(&path));
        Self {
            path,
            code,
            message,
            action: code.action().into(),
            detail: None,
        }
    }

    /// The same for a video of this kind.
    pub fn of_video(path: PathBuf, kind: VideoKind, code: RefusalCode, what: &str) -> Self {
        Self {
            detail: Some(RefusalDetail::Video(kind)),
            ..Self::of(path, code, what)
        }
    }
}

/// Photos that are sent together and shown as one line on the map, in the order of capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// "0", "1", … within the plan; `MAPSequenceUUID` in the description.
    pub id: String,
    /// The photos, at least one.
    pub photos: Vec<Photo>,
}

impl Sequence {
    /// Sum of the file sizes in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.photos.iter().map(|photo| photo.size_bytes).sum()
    }
}

/// Why a file that is sent deserves a look. Closed; each code has an entry in docs/errors.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningCode {
    /// The picture has no end.
    CutOff,
    /// Its position is from a part of the track in which little was recorded.
    TrackGap,
    /// Positions of a video were left out of its track.
    PositionsLeftOut,
    /// More time passes in the world than in the video.
    TimeLapse,
    /// Positions of a video were cut from its track for the person's privacy; its pictures cannot be cut.
    VideoFramesGo,
}

impl WarningCode {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::CutOff => "cut_off",
            Self::TrackGap => "track_gap",
            Self::PositionsLeftOut => "positions_left_out",
            Self::TimeLapse => "time_lapse",
            Self::VideoFramesGo => "video_frames_go",
        }
    }

    /// The reason in a sentence, for all files that share it.
    pub fn title(self) -> &'static str {
        match self {
            Self::CutOff => "Photos that may be cut off",
            Self::TrackGap => "Photos in a gap of the track",
            Self::PositionsLeftOut => "Videos with positions that cannot be right",
            Self::TimeLapse => "Time-lapse videos",
            Self::VideoFramesGo => "Videos whose pictures are sent although their track was cut",
        }
    }
}

/// Something to look at in a photo or video that is sent all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub code: WarningCode,
    /// What was seen, in a sentence.
    pub message: String,
    /// What the person can do.
    pub action: String,
}

/// A capture that could be sent and stays at home.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutCapture {
    /// Its number in the reading.
    pub capture_id: u64,
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub by: LeftOutBy,
    /// Where a photo would have been; `None` where it could not have been sent anyway, and for videos.
    pub place: Option<LeftOutPlace>,
}

/// Where a photo that stays at home would have been.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutPlace {
    /// The sequence. One of which all photos stay at home is not among [`Plan::sequences`].
    pub sequence_id: String,
    /// The photo.
    pub photo: Photo,
}

/// Everything that was found below the given paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What would be sent.
    pub sequences: Vec<Sequence>,
    /// Videos that would be sent, each for itself.
    pub videos: Vec<Video>,
    /// What could be sent and stays at home because the person wants it so.
    pub left_out: Vec<LeftOutCapture>,
    /// What would not, one entry per file.
    pub refusals: Vec<Refusal>,
    /// What is sent but deserves a look.
    pub warnings: Vec<Warning>,
    /// Files that were looked at.
    pub file_count: u64,
}

impl Plan {
    /// Photos in all sequences.
    pub fn photo_count(&self) -> usize {
        self.sequences.iter().map(|sequence| sequence.photos.len()).sum()
    }

    /// Sum of the file sizes of all photos in sequences and of all videos, bytes.
    pub fn size_bytes(&self) -> u64 {
        let videos: u64 = self.videos.iter().map(|video| video.size_bytes).sum();
        self.sequences.iter().map(Sequence::size_bytes).sum::<u64>() + videos
    }

    /// The numbers of the plan, for the end of a run.
    pub fn summary(&self) -> Summary {
        let mut refused = BTreeMap::new();
        for refusal in &self.refusals {
            *refused.entry(refusal.code.code()).or_default() += 1;
        }
        Summary {
            file_count: self.file_count,
            ready_count: (self.photo_count() + self.videos.len()) as u64,
            refused_count: self.refusals.len() as u64,
            refused,
            warning_count: self.warnings.len() as u64,
            sequence_count: self.sequences.len() as u64,
            video_count: self.videos.len() as u64,
            size_bytes: self.size_bytes(),
        }
    }
}

/// The numbers of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Files that were looked at.
    pub file_count: u64,
    /// Photos and videos that can be sent.
    pub ready_count: u64,
    /// Files that cannot.
    pub refused_count: u64,
    /// … by the code of the reason.
    pub refused: BTreeMap<&'static str, u64>,
    /// Things to look at in photos and videos that can be sent.
    pub warning_count: u64,
    /// Sequences of photos.
    pub sequence_count: u64,
    /// Videos that can be sent.
    pub video_count: u64,
    /// Size of the photos and videos that can be sent, bytes.
    pub size_bytes: u64,
}
