//! What is known of one photo of a plan, and from where: asked for the photo that is looked at, not sent with all.

use serde::{Deserialize, Serialize};

/// One photo in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct PhotoFacts {
    /// Number of the photo in the reading.
    pub photo_id: u64,
    /// File name, made printable.
    pub file: String,
    /// Folder it is in, as shown to the person.
    pub folder: String,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// Maker and model of the camera; empty where unknown.
    pub camera: String,
    /// Width in pixels, where the photo says it.
    pub width_px: Option<u32>,
    /// Height in pixels, where the photo says it.
    pub height_px: Option<u32>,
    /// How far off the position may be, metres, as the receiver estimated it.
    pub gps_accuracy_m: Option<f64>,
    /// Where the capture time came from.
    pub time_from: TimeFrom,
    /// Zone in which a clock without one was read; `null` where the time names its own.
    pub time_zone: Option<String>,
    /// What the person added to the capture time, milliseconds.
    pub shift_ms: i64,
    /// Where the position came from.
    pub position_from: PositionFrom,
    /// Where the heading came from; `null` where there is none.
    pub heading_from: Option<HeadingFrom>,
    /// What was added to the heading, degrees clockwise, 0 to 360.
    pub turn_deg: f64,
}

/// Where a capture time came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum TimeFrom {
    /// The satellites' time, as EXIF or XMP keeps it.
    Gps,
    /// The camera's clock at the moment of the shot.
    CameraClock,
    /// The moment the picture was digitized.
    Digitized,
    /// The last change of the file that EXIF names, there being nothing better.
    FileChange,
}

/// Where a position came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum PositionFrom {
    /// The camera's own receiver, as EXIF keeps it.
    Exif,
    /// The XMP packet of the photo.
    Xmp,
    /// A GPX or NMEA file.
    TrackFile,
    /// The photo of the same shot by the other lens.
    Twin,
}

/// Where a heading came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum HeadingFrom {
    /// Where the lens pointed, as the camera wrote it.
    Lens,
    /// Where the camera moved to, as the camera wrote it.
    Movement,
    /// The middle of the panorama, as the camera wrote it.
    Panorama,
    /// The direction of a GPX or NMEA file.
    TrackFile,
    /// Worked out from the way between the photos.
    Way,
}
