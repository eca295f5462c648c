//! What is kept of a photo that is to be sent: enough to make the same bytes again after a restart.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What the journal keeps of a photo.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct SourcePhoto {
    /// Absolute path of the file. In JSON a text, or `{"units": […]}` where it is no Unicode.
    #[serde(with = "crate::path_text::serde_path")]
    pub path: PathBuf,
    /// Size of the file when it was read, bytes.
    pub size_bytes: u64,
    /// Modification time when it was read, milliseconds since 1970 UTC.
    pub modified_at_ms: i64,
    /// What is written into its header.
    pub description_json: String,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
}
