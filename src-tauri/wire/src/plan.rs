//! What was read and what would be sent: the plan, as the window shows it.

use serde::{Deserialize, Serialize};

use crate::edit::{AppliedEdits, FixRow, PrivacyZoneRow, SequenceNotes, TrackFileRow, ZoneQuestion};

/// How far the reading of a dropped folder is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PlanProgress {
    /// Files found so far.
    pub found: u64,
    /// Files read so far, refused ones included.
    pub read: u64,
    /// Files that can be sent so far.
    pub usable: u64,
    /// Whether the list of files is complete, so that `found` is a total.
    pub scan_complete: bool,
}

/// One point of a track, in the order of capture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PointRow {
    /// Number of the photo in the reading, which no edit changes; also the id of its picture.
    pub photo_id: u64,
    /// File name, made printable.
    pub file_name: String,
    /// Latitude, degrees, WGS 84.
    pub lat_deg: f64,
    /// Longitude, degrees, WGS 84.
    pub lon_deg: f64,
    /// Altitude, metres above the ellipsoid or the sea, as the camera wrote it; `null` where unknown.
    pub altitude_m: Option<f64>,
    /// Heading, degrees clockwise from true north; `null` where unknown.
    pub heading_deg: Option<f64>,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Whether it is left out.
    pub excluded: bool,
    /// Why it is left out; `null` when it is not.
    pub left_out_by: Option<LeftOutBy>,
}

/// Why a photo stays at home that could be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum LeftOutBy {
    /// The person left it out.
    Person,
    /// It lies in a privacy zone.
    PrivacyZone,
    /// It lies in the trimmed beginning or end.
    Trim,
}

/// One point of a video's way, as short as it can be, because there are many: latitude and longitude, degrees, WGS 84;
/// when it is shown, whole milliseconds since the start of the video; altitude, metres as the receiver gave it, `null`
/// where unknown.
pub type WayPoint = (f64, f64, f64, Option<f64>);

/// One video of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct VideoRow {
    /// Number of the video in the reading; also the id of its picture.
    pub video_id: u64,
    /// File name, made printable.
    pub file_name: String,
    /// Folder it is in, as shown to the person.
    pub folder: String,
    /// Name that the chapters of one recording share, such as `GX0042`; empty where it is whole.
    pub recording: String,
    /// Number of the chapter, from 1; 0 where it is whole.
    pub chapter: u32,
    /// First moment, milliseconds since 1970 UTC; `null` where the track has no times.
    pub started_at_ms: Option<i64>,
    /// Length, milliseconds.
    pub duration_ms: f64,
    /// Length of the track in metres.
    pub distance_m: f64,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Camera as written in the video.
    pub camera: String,
    /// Whether it is a 360° video (two tracks with pictures).
    pub is_360: bool,
    /// Seconds of the world in a second of the video: over 1.5 in a time-lapse; `null` where unknown.
    pub time_lapse_factor: Option<f64>,
    /// Positions that were taken out of the track as noise.
    pub removed_points: u64,
    /// Whether it is left out.
    pub excluded: bool,
    /// What the person says about it.
    pub notes: SequenceNotes,
    /// What the person changed about it.
    pub applied: AppliedEdits,
    /// Its way, in the order of time, thinned to at most 2,000 points.
    pub track: Vec<WayPoint>,
}

/// One sequence of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct SequenceRow {
    /// Name within the plan: "0", "1", …
    pub sequence_id: String,
    /// Folder the photos are in, as shown to the person.
    pub folder: String,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: i64,
    /// Length of the track in metres.
    pub distance_m: f64,
    /// Size of the photos in bytes, left-out ones not counted.
    pub size_bytes: u64,
    /// Camera as written in the photos.
    pub camera: String,
    /// Whether the whole sequence is left out.
    pub excluded: bool,
    /// `flat` or `equirectangular`.
    pub projection: String,
    /// What the person says about it.
    pub notes: SequenceNotes,
    /// What the person changed about it.
    pub applied: AppliedEdits,
    /// Photos of it that are on Mapillary already, under this account and organisation.
    pub already_sent: u64,
    /// The photos, in order.
    pub points: Vec<PointRow>,
}

/// A reason why files are refused or need a look, with the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct FindingRow {
    /// Stable code of the reason.
    pub code: String,
    /// The reason in a sentence, for the group.
    pub title: String,
    /// What the person can do; empty when there is nothing to do.
    pub action: String,
    /// Whether the files are refused (`true`) or only need a look.
    pub refused: bool,
    /// What can be done about all of them, best first.
    pub fixes: Vec<FixRow>,
    /// The files, with the sentence for each.
    pub files: Vec<FileReportLine>,
}

/// A file and what is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct FileReportLine {
    /// File name, made printable.
    pub file_name: String,
    /// What happened to it.
    pub message: String,
    /// Number of the photo or video in the reading; `null` for what could not be read at all.
    pub photo_id: Option<u64>,
    /// Latitude, degrees, where it is known.
    pub lat_deg: Option<f64>,
    /// Longitude, degrees, where it is known.
    pub lon_deg: Option<f64>,
}

/// A whole plan: what would be sent and what would not, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The sequences, in order.
    pub sequences: Vec<SequenceRow>,
    /// The videos, in order; each is an upload of its own.
    pub videos: Vec<VideoRow>,
    /// GPX and NMEA files that were added.
    pub tracks: Vec<TrackFileRow>,
    /// Circles whose captures stay at home.
    pub privacy_zones: Vec<PrivacyZoneRow>,
    /// Asked while capture times name no zone; stays with its answer.
    pub zone_question: Option<ZoneQuestion>,
    /// Edits that can be undone.
    pub undo_count: u32,
    /// Edits that can be done again.
    pub redo_count: u32,
    /// Refusals and warnings, grouped by reason.
    pub findings: Vec<FindingRow>,
    /// Images that would be sent.
    pub image_count: u64,
    /// Their size in bytes.
    pub size_bytes: u64,
    /// Files that were found, refused ones included.
    pub file_count: u64,
}
