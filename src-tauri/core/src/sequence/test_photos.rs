//! Photos for the tests of the steps.

use std::path::PathBuf;

use waypost_media::{PositionSource, Projection, TimeSource};

use crate::marks::Marks;
use crate::plan::Photo;

/// Metres that a degree of latitude measures near 50° N, as a chord.
pub(crate) const METRES_PER_LAT_DEGREE: f64 = 111_229.0;

/// A photo at a position, everything else ordinary.
pub(crate) fn photo_at(lat_deg: f64, lon_deg: f64) -> Photo {
    Photo {
        capture_id: 0,
        path: PathBuf::from("/card/DCIM/100GOPRO/G0010001.JPG"),
        link_target: None,
        size_bytes: 1_000_000,
        modified_at_ms: 1_700_000_000_000,
        captured_at_ms: 1_700_000_000_000,
        time_source: TimeSource::GpsTime,
        camera_clock_ms: None,
        lat_deg,
        lon_deg,
        altitude_m: Some(30.0),
        position_source: PositionSource::Exif,
        heading_deg: None,
        heading_source: None,
        orientation: 1,
        make: Some("GoPro".into()),
        model: Some("HERO11 Black".into()),
        camera_uuid: None,
        width_px: Some(4000),
        height_px: Some(3000),
        gps_accuracy_m: None,
        projection: Projection::Flat,
        marks: Marks::default(),
    }
}

/// A photo `north_m` metres north of 50° N 10° E, taken at `at_s` seconds, with a name that tells its number.
pub(crate) fn photo(number: usize, at_s: f64, north_m: f64) -> Photo {
    let mut photo = photo_at(50.0 + north_m / METRES_PER_LAT_DEGREE, 10.0);
    photo.path = PathBuf::from(format!("/card/DCIM/100GOPRO/G{number:07}.JPG"));
    #[allow(clippy::cast_possible_truncation, reason = "tests use small times")]
    let at_ms = (at_s * 1000.0).round() as i64;
    photo.captured_at_ms = 1_700_000_000_000 + at_ms;
    photo
}

/// The file names, for comparing.
pub(crate) fn names(photos: &[Photo]) -> Vec<String> {
    photos.iter().map(Photo::file_name).collect()
}

/// How many photos are in each sequence.
pub(crate) fn lengths(sequences: &[Vec<Photo>]) -> Vec<usize> {
    sequences.iter().map(Vec::len).collect()
}
