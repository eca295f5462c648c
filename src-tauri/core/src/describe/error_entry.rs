//! The description of a file that is not sent (protocol notes §3.3 and §3.4).
//!
//! The types are the exception names of mapillary_tools 0.14.7 wherever one means the same, so that scripts find what
//! they look for. What mapillary_tools does not know has a name of ours.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::image_entry::{ImageEntry, PathJson};
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
    vars: Option<DuplicateVars>,
}

#[derive(Serialize)]
struct DuplicateVars {
    angle_diff: Option<f64>,
    desc: ImageEntry,
    distance: f64,
}

impl<'a> ErrorEntry<'a> {
    /// The entry of a refusal; `resolved_path` is its path with all links resolved.
    pub(crate) fn of(refusal: &'a Refusal, resolved_path: &'a Path) -> Self {
        let vars = refusal.detail.as_ref().map(|detail| match detail {
            RefusalDetail::Duplicate {
                photo,
                distance_m,
                angle_difference_deg,
            } => DuplicateVars {
                angle_diff: *angle_difference_deg,
                desc: ImageEntry::of_photo(photo),
                distance: *distance_m,
            },
        });
        Self {
            error: ErrorBody {
                message: &refusal.message,
                r#type: error_type(refusal.code),
                vars,
            },
            filename: PathJson(resolved_path),
            filetype: if refusal.code == RefusalCode::VideoNotSupported {
                "video"
            } else {
                "image"
            },
        }
    }
}

/// The name of the reason in a description file.
pub fn error_type(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::EmptyFile
        | RefusalCode::NotAJpeg
        | RefusalCode::HeaderTruncated
        | RefusalCode::Unreadable
        | RefusalCode::NoPosition
        | RefusalCode::NoTime => "MapillaryGeoTaggingError",
        RefusalCode::NullIsland => "MapillaryNullIslandError",
        RefusalCode::Duplicate => "MapillaryDuplicationError",
        RefusalCode::TooFast => "MapillaryCaptureSpeedTooFastError",
        RefusalCode::ZigZag => "MapillaryZigZagError",
        RefusalCode::DescriptionInvalid => "MapillaryMetadataValidationError",
        RefusalCode::DescriptionDoesNotFit => "ExifError",
        RefusalCode::FormatNotSupported => "WaypostFormatNotSupportedError",
        RefusalCode::TimeZoneUnknown => "WaypostTimeZoneUnknownError",
        RefusalCode::ProjectionNotSupported => "WaypostProjectionNotSupportedError",
        RefusalCode::VideoNotSupported => "WaypostVideoNotSupportedError",
    }
}

/// The refused file with all links resolved, as far as it is there.
pub(crate) fn resolved_path(refusal: &Refusal) -> PathBuf {
    dunce::canonicalize(&refusal.path).unwrap_or_else(|_| refusal.path.clone())
}
