//! The plan: what was read, in which sequences it would be sent, and what would not be sent, with the reason.

use std::path::{Path, PathBuf};

use waypost_media::{HeadingSource, PositionSource, Projection, TimeSource};

/// A photo that can be sent: every needed fact is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// Absolute path, links resolved.
    pub path: PathBuf,
    /// Size of the file in bytes when it was read.
    pub size_bytes: u64,
    /// Modification time when it was read, milliseconds since 1970 UTC; with the size it tells a changed file.
    pub modified_at_ms: i64,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Where the capture time came from.
    pub time_source: TimeSource,
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
}

impl Photo {
    /// The base name, lossily made printable.
    pub fn file_name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// The folder it is in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }
}

/// Why a file is not sent. Closed; each code has an entry in docs/errors.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalCode {
    /// The file is empty.
    EmptyFile,
    /// Not a JPEG, whatever its name says.
    NotAJpeg,
    /// A picture format Mapillary cannot take (HEIC, WebP, TIFF, raw).
    FormatNotSupported,
    /// The file ends within its header.
    HeaderTruncated,
    /// The file could not be opened or read.
    Unreadable,
    /// No GPS position.
    NoPosition,
    /// No capture time.
    NoTime,
    /// A capture time without a zone, and no answer which zone it is.
    TimeZoneUnknown,
    /// Position exactly 0°, 0°.
    NullIsland,
    /// Same place and heading as the photo before.
    Duplicate,
    /// The sequence moves faster than any vehicle on a road.
    TooFast,
    /// The position jumps out of the track and back.
    ZigZag,
    /// Neither flat nor equirectangular.
    ProjectionNotSupported,
    /// A video; this version sends photos only.
    VideoNotSupported,
    /// The description would not be valid.
    DescriptionInvalid,
}

impl RefusalCode {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::NotAJpeg => "not_a_jpeg",
            Self::FormatNotSupported => "format_not_supported",
            Self::HeaderTruncated => "header_truncated",
            Self::Unreadable => "unreadable",
            Self::NoPosition => "no_position",
            Self::NoTime => "no_time",
            Self::TimeZoneUnknown => "time_zone_unknown",
            Self::NullIsland => "null_island",
            Self::Duplicate => "duplicate",
            Self::TooFast => "too_fast",
            Self::ZigZag => "zig_zag",
            Self::ProjectionNotSupported => "projection_not_supported",
            Self::VideoNotSupported => "video_not_supported",
            Self::DescriptionInvalid => "description_invalid",
        }
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

/// Something to look at in a photo that is sent all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// Stable snake_case code, with an entry in docs/errors.md.
    pub code: &'static str,
    /// What was seen, in a sentence.
    pub message: String,
    /// What the person can do.
    pub action: String,
}

/// Everything that was found below the given paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What would be sent.
    pub sequences: Vec<Sequence>,
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
}
