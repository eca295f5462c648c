//! What a person changed in a plan: plain data, applied to what was read and never to a file.
//!
//! [`Edits`] is one state. It can be kept (serde), compared and counted; [`crate::planning::plan`] makes the plan from
//! what was read and from it. Captures are named by their number in the reading, which no edit changes.

mod apply;
mod history;
mod layered;
mod notes;
mod transport;

use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};
use waypost_wire::{AppliedEdits, SequenceNotes};

pub use apply::apply;
pub use history::History;
pub use layered::Layered;
pub use notes::checked_notes;
pub use transport::{checked_transport, transports};

use crate::marks::{Border, Overruled};
use crate::sequence::geometry::chord_m;

/// The way from a photo to a position in a track file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackUse {
    /// The track file.
    pub track_id: u32,
    /// Added to the capture time for the look-up alone, milliseconds.
    pub lookup_offset_ms: i64,
    /// The first capture with this number here meets the first point of the track, whatever the clocks say; `None` where
    /// the clocks are right.
    pub alignment: Option<u32>,
}

/// Metres that stay at home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trim {
    /// From the start of the way.
    pub start_m: f64,
    /// To its end.
    pub end_m: f64,
}

/// A circle whose captures stay at home.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivacyZone {
    /// Latitude of the middle, degrees.
    pub lat_deg: f64,
    /// Longitude of the middle, degrees.
    pub lon_deg: f64,
    /// Radius, metres.
    pub radius_m: f64,
}

/// Everything that was changed, as one state. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edits {
    /// Captures that stay at home.
    pub excluded: Layered<bool>,
    /// Added to capture times, milliseconds.
    pub shift_ms: Layered<i64>,
    /// Added to headings, degrees clockwise, 0…360.
    pub turn_deg: Layered<f64>,
    /// Captures that look where the track goes.
    pub along_track: Layered<bool>,
    /// Sequences that begin or go on in spite of the rules.
    pub border: Layered<Border>,
    /// Zone of times that name none; empty while the person did not say.
    pub time_zone: String,
    /// Track files that positions come from.
    pub track: Layered<Option<TrackUse>>,
    /// Number of the next alignment.
    pub next_alignment: u32,
    /// Circles whose captures stay at home, by number.
    pub privacy_zones: RedBlackTreeMapSync<u32, PrivacyZone>,
    /// Number of the next circle: a number is never used again.
    pub next_zone_id: u32,
    /// Metres that stay at home at both ends.
    pub trim: Layered<Trim>,
    /// Checks that a person overruled.
    pub overruled: Layered<Overruled>,
    /// Captures that take position, time and heading from the photo of the same shot by the other lens.
    pub from_twin: Layered<bool>,
    /// What the person says about sequences and videos.
    pub notes: Layered<SequenceNotes>,
}

impl Edits {
    /// The first privacy zone in which a position (degrees) lies.
    pub fn zone_around(&self, lat_deg: f64, lon_deg: f64) -> Option<u32> {
        self.privacy_zones
            .iter()
            .find(|(_, zone)| chord_m((lat_deg, lon_deg), (zone.lat_deg, zone.lon_deg)) <= zone.radius_m)
            .map(|(zone_id, _)| *zone_id)
    }

    /// What was changed about one capture, as the window shows it.
    pub fn applied_to(&self, capture_id: u64) -> AppliedEdits {
        let track = self.track.get(capture_id);
        let trim = self.trim.get(capture_id);
        AppliedEdits {
            shift_ms: *self.shift_ms.get(capture_id),
            offset_deg: *self.turn_deg.get(capture_id),
            along_track: *self.along_track.get(capture_id),
            track_id: track.map(|track| track.track_id),
            lookup_offset_ms: track.map_or(0, |track| track.lookup_offset_ms),
            align_start: track.is_some_and(|track| track.alignment.is_some()),
            trim_start_m: trim.start_m,
            trim_end_m: trim.end_m,
        }
    }
}
