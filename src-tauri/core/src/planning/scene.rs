//! What every photo's time and position is worked out from: the readings, the zone, the edits and the track files.

use std::collections::HashMap;

use waypost_media::PositionSource;

use super::PlanSettings;
use super::resolve::{Fix, own_fix};
use crate::edit::Edits;
use crate::error::CoreError;
use crate::plan::{Refusal, RefusalCode};
use crate::readings::{Capture, PhotoReading, Readings};
use crate::time_zone::{ZoneResolver, time_zone};
use crate::track_file::{LookUp, TrackPosition, position_at};

/// Everything that a photo's facts depend on but the photo itself.
pub(super) struct Scene<'a> {
    pub(super) readings: &'a Readings,
    pub(super) edits: &'a Edits,
    pub(super) zone: ZoneResolver,
    /// For each alignment the first capture time among the photos that it is about, milliseconds since 1970 UTC.
    first_of_alignment_ms: HashMap<u32, i64>,
}

impl<'a> Scene<'a> {
    /// The zone of times that name none is the person's answer, else the setting.
    pub(super) fn new(readings: &'a Readings, settings: &PlanSettings, edits: &'a Edits) -> Result<Self, CoreError> {
        let zone = if edits.time_zone.is_empty() {
            ZoneResolver::new(&settings.naive_time_zone)?
        } else {
            ZoneResolver::new(&time_zone(&edits.time_zone)?)?
        };
        let mut scene = Self {
            readings,
            edits,
            zone,
            first_of_alignment_ms: HashMap::new(),
        };
        if edits
            .track
            .any(|track| track.is_some_and(|track| track.alignment.is_some()))
        {
            let mut firsts: HashMap<u32, i64> = HashMap::new();
            for (capture_id, at_ms) in scene.capture_times() {
                if let Some(alignment) = edits.track.get(capture_id).and_then(|track| track.alignment) {
                    firsts
                        .entry(alignment)
                        .and_modify(|first_ms| *first_ms = at_ms.min(*first_ms))
                        .or_insert(at_ms);
                }
            }
            scene.first_of_alignment_ms = firsts;
        }
        Ok(scene)
    }

    /// When and where, as the photo or its twin says.
    pub(super) fn fix(&self, capture_id: u64, reading: &PhotoReading) -> Fix {
        let own = own_fix(&reading.facts, &self.zone);
        if own.position.is_none()
            && *self.edits.from_twin.get(capture_id)
            && let Some(twin_id) = self.readings.twin_of(capture_id)
            && let Some(Capture::Photo(twin)) = self.readings.capture(twin_id)
        {
            return with_twin(own, own_fix(&twin.facts, &self.zone));
        }
        own
    }

    /// The capture time with the person's correction.
    fn captured_at_ms(&self, capture_id: u64, fix: &Fix) -> Option<i64> {
        let (captured_at_ms, _) = fix.captured_at?;
        Some(captured_at_ms.saturating_add(*self.edits.shift_ms.get(capture_id)))
    }

    pub(super) fn capture_times(&self) -> HashMap<u64, i64> {
        self.readings
            .numbered()
            .filter_map(|(capture_id, capture)| match capture {
                Capture::Photo(reading) => {
                    let fix = self.fix(capture_id, reading);
                    Some((capture_id, self.captured_at_ms(capture_id, &fix)?))
                }
                _ => None,
            })
            .collect()
    }

    /// Where the track file that the person chose says that it was; `None` without one, or without a capture time.
    pub(super) fn on_track(
        &self,
        capture_id: u64,
        reading: &PhotoReading,
        fix: &Fix,
    ) -> Result<Option<TrackPosition>, Refusal> {
        let chosen = self.edits.track.get(capture_id).as_ref();
        let Some((chosen, captured_at_ms)) = chosen.zip(self.captured_at_ms(capture_id, fix)) else {
            return Ok(None);
        };
        let Some(track) = self.readings.track(chosen.track_id) else {
            return Ok(None);
        };
        let look_up = LookUp {
            offset_ms: chosen.lookup_offset_ms,
            align_start: chosen.alignment.is_some(),
        };
        let first_ms = chosen
            .alignment
            .and_then(|alignment| self.first_of_alignment_ms.get(&alignment).copied());
        let shift = look_up.shift(track, first_ms.unwrap_or(captured_at_ms));
        position_at(track, shift.moment_ms(captured_at_ms))
            .map(Some)
            .map_err(|outside| {
                let mut refusal = Refusal::of(reading.path.clone(), RefusalCode::OutsideTrack, &outside.what());
                refusal.detail = Some(outside.detail());
                refusal
            })
    }
}

/// What the photo lacks is taken from its twin; with the position also the moment, because the two belong together.
fn with_twin(own: Fix, twin: Fix) -> Fix {
    Fix {
        position: twin
            .position
            .map(|(lat_deg, lon_deg, altitude_m, _)| (lat_deg, lon_deg, altitude_m, PositionSource::Twin)),
        captured_at: twin.captured_at.or(own.captured_at),
        heading: own.heading.or(twin.heading),
    }
}
