//! What Waypost knows of sequences and Mapillary does not, for another program.

use serde::{Deserialize, Serialize};

use crate::SequenceNotes;

/// What is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum HandOverSubject {
    /// An upload with all its sequences.
    Upload {
        /// Number of the upload in the journal.
        upload_id: i64,
    },
    /// A published sequence, whoever sent it with whatever program.
    Sequence {
        /// Mapillary's key of it.
        sequence_key: String,
    },
}

/// The record that is handed over. It never holds a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct HandOverRecord {
    /// Always `waypost-hand-over`.
    pub format: String,
    /// Version of the format, 1.
    pub version: u32,
    /// Name, description, kind of transport and tags, as the person entered them.
    #[serde(flatten)]
    #[cfg_attr(test, ts(flatten))]
    pub notes: SequenceNotes,
    /// Name of the account at Mapillary; `null` where it is not known.
    pub username: Option<String>,
    /// Mapillary's keys of the sequences; empty as long as nothing is published.
    pub sequence_keys: Vec<String>,
    /// Mapillary's id of what was uploaded; `null` where Waypost did not upload it.
    pub cluster_id: Option<String>,
    /// Images.
    pub image_count: u64,
    /// West, south, east and north, degrees WGS 84; `null` without a position.
    pub bounding_box: Option<[f64; 4]>,
    /// First capture, milliseconds since 1970 UTC.
    pub first_captured_at_ms: Option<i64>,
    /// Last capture, milliseconds since 1970 UTC.
    pub last_captured_at_ms: Option<i64>,
}

/// What a webhook answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct HandOverReply {
    /// Its host.
    pub host: String,
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The beginning of its answer.
    pub beginning: String,
}
