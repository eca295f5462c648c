//! What was sent beside what Mapillary shows of it: matched, missing, extra, and how each side groups it.

use serde::{Deserialize, Serialize};

/// A photo that was sent and cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct MissingFile {
    /// Path of the file, made printable.
    pub path: String,
    /// When it was captured, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
}

/// An image of the same account, time and place that is none of the photos that were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ExtraImage {
    /// Mapillary's id of it.
    pub image_id: String,
    /// Mapillary's key of its sequence.
    pub sequence_key: Option<String>,
    /// When it was captured, milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// Maker and model of its camera.
    pub camera: Option<String>,
}

/// A sequence that Mapillary made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ServerSequence {
    /// Mapillary's key of it.
    pub sequence_key: String,
    /// Its first image of this upload.
    pub image_id: String,
    /// Images of this upload in it.
    pub matched: u64,
    /// Images in it that are none of this upload's, as far as they lie in its time and place.
    pub extra: u64,
    /// Other uploads whose images are in it: Mapillary has put them together.
    pub shared_with: Vec<i64>,
    /// First capture of this upload in it, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// Last capture of this upload in it, milliseconds since 1970 UTC.
    pub last_captured_at_ms: i64,
}

/// Why a link could be doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum LinkWarning {
    /// Another camera of the account took images at the same time and place.
    OtherCamera,
    /// Images of the same camera, time and place were not sent with this upload: a shared account, or another program.
    OtherSource,
    /// Mapillary shows more than one image for the same moment and place: sent twice.
    Duplicates,
}

/// What was sent beside what Mapillary shows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct LinkReport {
    /// The upload.
    pub upload_id: i64,
    /// What was sent as one sequence: its name.
    pub local_title: String,
    /// Images in it; `null` where Mapillary chooses them, as from a video.
    pub local_count: Option<u64>,
    /// Sent photos that can be seen; images that were made of a video.
    pub matched: u64,
    /// Sent photos that cannot be seen. Empty while nobody looked.
    pub missing: Vec<MissingFile>,
    /// Images that are none of the sent ones.
    pub extra: Vec<ExtraImage>,
    /// The sequences Mapillary made of it, by time.
    pub sequences: Vec<ServerSequence>,
    /// What makes the links doubtful.
    pub warnings: Vec<LinkWarning>,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: i64,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: i64,
    /// West, south, east and north side of what was sent, degrees; `null` where no position is known.
    pub box_deg: Option<[f64; 4]>,
    /// When Mapillary last answered, milliseconds since 1970 UTC; `null` while it never did.
    pub asked_at_ms: Option<i64>,
}
