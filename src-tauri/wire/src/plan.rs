//! What was read and what would be sent: the plan, as the window shows it.

use serde::{Deserialize, Serialize};

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
    /// Number of the photo in the plan; also the id of its picture.
    pub photo_id: u64,
    /// File name, made printable.
    pub file_name: String,
    /// Latitude, degrees, WGS 84.
    pub lat_deg: f64,
    /// Longitude, degrees, WGS 84.
    pub lon_deg: f64,
    /// Heading, degrees clockwise from true north; `null` where unknown.
    pub heading_deg: Option<f64>,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Whether the person left it out.
    pub excluded: bool,
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
    /// Whether the person left the whole sequence out.
    pub excluded: bool,
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
}

/// A whole plan: what would be sent and what would not, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The sequences, in order.
    pub sequences: Vec<SequenceRow>,
    /// Refusals and warnings, grouped by reason.
    pub findings: Vec<FindingRow>,
    /// Images that would be sent.
    pub image_count: u64,
    /// Their size in bytes.
    pub size_bytes: u64,
    /// Files that were found, refused ones included.
    pub file_count: u64,
}
