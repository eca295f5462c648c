//! How the times of captures meet the times of a track.
//!
//! Whatever is added here is added for the look-up alone: the capture time stays what the camera says. mapillary_tools
//! 0.14.7 stores the shifted time as the capture time.

use super::Track;

/// What the person says about the clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookUp {
    /// Added to the capture time, milliseconds (`--interpolation_offset_time`).
    pub offset_ms: i64,
    /// The first capture meets the first point, whatever the clocks say; the offset is added after that
    /// (`--interpolation_use_gpx_start_time`).
    pub align_start: bool,
}

impl LookUp {
    /// The shift for a set of captures, of which the first was taken at `first_captured_at_ms`.
    pub fn shift(&self, track: &Track, first_captured_at_ms: i64) -> Shift {
        let aligned_ms = if self.align_start {
            track.first_at_ms() - first_captured_at_ms as f64
        } else {
            0.0
        };
        Shift {
            milliseconds: aligned_ms + self.offset_ms as f64,
        }
    }
}

/// What is added to each capture time of a set before it is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shift {
    milliseconds: f64,
}

impl Shift {
    /// The moment to look up for a capture, milliseconds since 1970 UTC, with fractions.
    pub fn moment_ms(&self, captured_at_ms: i64) -> f64 {
        captured_at_ms as f64 + self.milliseconds
    }

    /// What is added, milliseconds with fractions.
    pub fn milliseconds(&self) -> f64 {
        self.milliseconds
    }
}
