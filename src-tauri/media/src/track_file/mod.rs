//! Tracks that a receiver of its own recorded: GPX 1.0 and 1.1, and text of NMEA 0183 sentences.
//!
//! Such a file says where somebody was at which moment. What cannot be used is left out and counted: points without a
//! place or a time, places that do not exist, 0° N 0° E exactly, and points of which the receiver says that it did not
//! know where it was.

mod gpx;
mod nmea;

use crate::error::MediaError;
use crate::limits::{MAX_TRACK_FILE_BYTES, MAX_TRACK_POINTS, TRACK_FILE_PROBE_BYTES};
use crate::text::decode_xml;
use crate::video_facts::GpsFix;

/// The kinds of track files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackFileFormat {
    /// GPS Exchange Format, 1.0 or 1.1.
    Gpx,
    /// Sentences of NMEA 0183.
    Nmea,
}

impl TrackFileFormat {
    /// The format's name, as it stands in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gpx => "GPX",
            Self::Nmea => "NMEA",
        }
    }
}

/// What a track file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackFile {
    /// What it is.
    pub format: TrackFileFormat,
    /// The points of all tracks and segments, at least one, by time; points of one moment in the order of the file.
    pub points: Vec<TrackFilePoint>,
    /// Points that are in the file and cannot be used.
    pub left_out_count: u64,
    /// Whether the file is damaged or ends early; `points` are those before.
    pub is_cut_off: bool,
}

/// Where the receiver was at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackFilePoint {
    /// Milliseconds since 1970 UTC, with fractions; finite.
    pub unix_ms: f64,
    /// Degrees north of the equator, -90..=90.
    pub lat_deg: f64,
    /// Degrees east of Greenwich, -180..=180.
    pub lon_deg: f64,
    /// Metres, as the receiver gave them: above sea level for nearly all.
    pub altitude_m: Option<f64>,
    /// Direction of movement in degrees clockwise from true north, 0.0..360.0.
    pub heading_deg: Option<f64>,
    /// Speed over ground in metres per second.
    pub ground_speed_m_per_s: Option<f64>,
    /// How well the receiver knew where it was.
    pub fix: Option<GpsFix>,
    /// Horizontal dilution of precision: 1 is ideal, over 10 is of no use.
    pub precision_dop: Option<f64>,
}

impl TrackFilePoint {
    /// Whether it says something about a moment and a place on Earth.
    fn is_usable(&self) -> bool {
        let is_null_island = self.lat_deg == 0.0 && self.lon_deg == 0.0;
        self.unix_ms.is_finite()
            && self.lat_deg.abs() <= 90.0
            && self.lon_deg.abs() <= 180.0
            && !is_null_island
            && self.fix != Some(GpsFix::NoFix)
    }
}

/// Reads a GPX or NMEA file, whichever it is.
///
/// Errors: `empty_file`, `not_a_track_file`, `track_file_too_large`, `track_file_damaged`, `track_file_empty`,
/// `track_is_route`, `track_without_times`, `track_without_date`.
pub fn read_track_file(bytes: &[u8]) -> Result<TrackFile, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::EmptyFile);
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_TRACK_FILE_BYTES {
        return Err(MediaError::TrackFileTooLarge {
            what: "bytes",
            limit: MAX_TRACK_FILE_BYTES,
        });
    }
    let text = decode_xml(bytes);
    let mut track = if gpx::looks_like(&text) {
        gpx::read(&text)?
    } else if nmea::looks_like(start(&text)) {
        nmea::read(&text)?
    } else {
        return Err(MediaError::NotATrackFile);
    };
    track
        .points
        .sort_by(|left, right| left.unix_ms.total_cmp(&right.unix_ms));
    Ok(track)
}

fn too_many_points() -> MediaError {
    MediaError::TrackFileTooLarge {
        what: "points",
        limit: u64::try_from(MAX_TRACK_POINTS).unwrap_or(u64::MAX),
    }
}

/// The first bytes of a text, cut at a character.
fn start(text: &str) -> &str {
    let mut end = TRACK_FILE_PROBE_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}
