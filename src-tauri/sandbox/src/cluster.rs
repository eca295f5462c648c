//! One finished upload as plain data: what it was made of, and the images it becomes.

use serde::{Deserialize, Serialize};

use crate::faults::Outcome;
use crate::identity::Account;

/// Instead of a file in `packages/`: the picture is drawn when it is asked for.
pub(crate) const DRAWN: &str = "drawn";

/// One finished upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Numeric id as text.
    pub id: String,
    /// `zip`, `mly_bundle_manifest` or `mly_camm_video`.
    pub file_type: String,
    /// The organisation it was uploaded for.
    pub organization_id: Option<String>,
    /// Who uploaded it.
    pub account: Account,
    /// The session that was finished: the zip, the manifest, the video.
    pub session_key: String,
    /// Every session whose bytes are in the cluster; the images of a manifest, else only the
    /// finished session.
    pub parts: Vec<String>,
    /// When it was finished, in milliseconds since 1970-01-01 UTC.
    pub finished_at_ms: u64,
    /// The images, in the order of the package. For a video, positions along its track.
    pub images: Vec<Image>,
    /// What is special about a video.
    pub video: Option<Video>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// One image of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// 16 digits as text.
    pub id: String,
    /// Key of its sequence, 22 characters.
    pub sequence: String,
    /// `MAPFilename` of the description, else the name of the zip entry or session.
    pub file_name: String,
    /// The description as it was found in the image; null for a position of a video.
    pub description: serde_json::Value,
    /// SHA-256 of the picture: see [`crate::pixels_sha256`]. Empty for a position of a video, and until a snapshot was
    /// asked for.
    pub pixels_sha256: String,
    /// MD5 of all bytes of the image. Empty as `pixels_sha256`.
    pub md5: String,
    /// When it was taken, in milliseconds since 1970-01-01 UTC.
    pub captured_at_ms: i64,
    /// Degrees, positive east.
    pub longitude: f64,
    /// Degrees, positive north.
    pub latitude: f64,
    /// Metres.
    pub altitude_m: Option<f64>,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// EXIF orientation, 1 to 8.
    pub orientation: u16,
    /// Pixels, as the JPEG says; `None` for a position of a video.
    pub size: Option<(u32, u32)>,
    /// Whether its XMP calls it equirectangular.
    pub is_pano: bool,
    /// Where its bytes are; `None` for a position of a video.
    pub stored: Option<StoredImage>,
}

/// Where the bytes of an image are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredImage {
    /// Name of the file in `packages/`; `drawn` when there is none and the picture is drawn.
    pub package: String,
    /// Entry of the zip; `None` when the file is the image.
    pub entry: Option<usize>,
    /// By how many bytes comments make a drawn original longer.
    #[serde(default)]
    pub padding_bytes: usize,
}

/// What is special about a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Video {
    /// Video tracks besides the CAMM track.
    pub video_tracks: usize,
    /// Positions of the CAMM track.
    pub points: usize,
    /// CAMM type of the positions, 5 or 6.
    pub camm_type: u16,
    /// Length of the CAMM track, in milliseconds.
    pub duration_ms: u64,
}
