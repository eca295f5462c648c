//! The description of a file that is not sent (protocol notes §3.3 and §3.4).
//!
//! The types are the exception names of mapillary_tools 0.14.7 wherever one means the same, so that scripts find what
//! they look for. What mapillary_tools does not know has a name of ours.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::image_entry::{ImageEntry, PathJson};
use super::number::capture_time_text;
use crate::plan::{Refusal, RefusalCode, RefusalDetail};

/// One entry of a description file for a refused file.
#[derive(Serialize)]
pub(crate) struct ErrorEntry<'a> {
    error: ErrorBody<'a>,
    filename: PathJson<'a>,
    filetype: &'static str,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vars: Option<Vars>,
}

/// Facts behind a refusal, with the names of mapillary_tools.
#[derive(Serialize)]
#[serde(untagged)]
enum Vars {
    Duplicate {
        angle_diff: Option<f64>,
        desc: Box<ImageEntry>,
        distance: f64,
    },
    OutsideTrack {
        gpx_end_time: String,
        gpx_start_time: String,
        image_time: String,
    },
}

impl<'a> ErrorEntry<'a> {
    /// The entry of a refusal; `resolved_path` is its path with all links resolved.
    pub(crate) fn of(refusal: &'a Refusal, resolved_path: &'a Path) -> Self {
        let (filetype, vars) = match refusal.detail.as_ref() {
            Some(RefusalDetail::Duplicate {
                photo,
                distance_m,
                angle_difference_deg,
            }) => {
                let vars = Vars::Duplicate {
                    angle_diff: *angle_difference_deg,
                    desc: Box::new(ImageEntry::of_photo(photo)),
                    distance: *distance_m,
                };
                ("image", Some(vars))
            }
            Some(RefusalDetail::OutsideTrack {
                moment_ms,
                track_start_ms,
                track_end_ms,
            }) => {
                let vars = Vars::OutsideTrack {
                    gpx_end_time: capture_time_text(*track_end_ms).unwrap_or_default(),
                    gpx_start_time: capture_time_text(*track_start_ms).unwrap_or_default(),
                    image_time: capture_time_text(*moment_ms).unwrap_or_default(),
                };
                ("image", Some(vars))
            }
            Some(RefusalDetail::Video(kind)) => (kind.filetype(), None),
            None => ("image", None),
        };
        Self {
            error: ErrorBody {
                message: &refusal.message,
                r#type: error_type_of(refusal),
                vars,
            },
            filename: PathJson(resolved_path),
            filetype,
        }
    }
}

/// The name of the reason of this refusal: what is a broken photo there is a broken video here.
fn error_type_of(refusal: &Refusal) -> &'static str {
    match (refusal.code, &refusal.detail) {
        (RefusalCode::EmptyFile | RefusalCode::Unreadable, Some(RefusalDetail::Video(_))) => INVALID_VIDEO,
        (code, _) => error_type(code),
    }
}

/// A video that mapillary_tools cannot make anything of.
const INVALID_VIDEO: &str = "MapillaryInvalidVideoError";

/// The name of the reason in a description file.
pub fn error_type(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::EmptyFile
        | RefusalCode::NotAJpeg
        | RefusalCode::HeaderTruncated
        | RefusalCode::Unreadable
        | RefusalCode::NoPosition
        | RefusalCode::NoTime => "MapillaryGeoTaggingError",
        RefusalCode::OutsideTrack => "MapillaryOutsideGPXTrackError",
        RefusalCode::NullIsland | RefusalCode::VideoNullIsland => "MapillaryNullIslandError",
        RefusalCode::Duplicate => "MapillaryDuplicationError",
        RefusalCode::TooFast | RefusalCode::VideoTooFast => "MapillaryCaptureSpeedTooFastError",
        RefusalCode::ZigZag => "MapillaryZigZagError",
        RefusalCode::DescriptionInvalid => "MapillaryMetadataValidationError",
        RefusalCode::DescriptionDoesNotFit => "ExifError",
        RefusalCode::FormatNotSupported => "WaypostFormatNotSupportedError",
        RefusalCode::TimeZoneUnknown => "WaypostTimeZoneUnknownError",
        RefusalCode::ProjectionNotSupported => "WaypostProjectionNotSupportedError",
        RefusalCode::NotAVideo
        | RefusalCode::VideoFormatNotSupported
        | RefusalCode::VideoIndexMissing
        | RefusalCode::VideoCutOff
        | RefusalCode::VideoDamaged
        | RefusalCode::VideoIndexTooLarge
        | RefusalCode::VideoFragmented
        | RefusalCode::VideoWithoutPictures => INVALID_VIDEO,
        RefusalCode::VideoWithoutTrack => "MapillaryVideoGPSNotFoundError",
        RefusalCode::VideoTrackEmpty => "MapillaryGPXEmptyError",
        RefusalCode::VideoTrackNoise => "MapillaryGPSNoiseError",
        RefusalCode::VideoStationary => "MapillaryStationaryVideoError",
        RefusalCode::VideoTooLarge => "MapillaryFileTooLargeError",
    }
}

/// The refused file with all links resolved, as far as it is there.
pub(crate) fn resolved_path(refusal: &Refusal) -> PathBuf {
    dunce::canonicalize(&refusal.path).unwrap_or_else(|_| refusal.path.clone())
}
