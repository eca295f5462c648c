//! An offset for the look-up where the times of captures and track do not meet.
//!
//! Nearly always the camera's clock shows a local time that was taken for another zone's: the difference is then whole
//! hours, or half or quarter hours in some countries. If no such offset brings all captures onto the track, their start
//! is laid onto its start. It is a suggestion: only the person knows.

use super::Track;

const QUARTER_MS: i64 = 15 * 60_000;
/// The widest difference between two zones in use: +14:00 (Kiritimati) against −12:00.
const MAX_ZONE_DIFFERENCE_QUARTERS: i64 = 26 * 4;

/// An offset to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuggestedOffset {
    /// To add to the capture times for the look-up, milliseconds.
    pub offset_ms: i64,
    /// What speaks for it.
    pub reason: OffsetReason,
    /// How many of the captures then lie on the track.
    pub covered_count: u64,
}

/// What speaks for an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetReason {
    /// It is what two time zones differ by, and brings all captures onto the track.
    TimeZone,
    /// It brings the first capture to the first point.
    AlignedStart,
}

impl SuggestedOffset {
    /// The suggestion in a sentence.
    pub fn sentence(&self) -> String {
        let amount = super::outside::duration_words(self.offset_ms.unsigned_abs() as f64);
        let direction = if self.offset_ms < 0 { "earlier" } else { "later" };
        match self.reason {
            OffsetReason::TimeZone => format!(
                "Looked up {amount} {direction}, all of them lie on the track: the camera's clock was probably set to \
                 another time zone."
            ),
            OffsetReason::AlignedStart => format!(
                "Looked up {amount} {direction}, the first of them lies where the track begins: right if both were \
                 started together."
            ),
        }
    }
}

/// The offset to try for captures at these times (milliseconds since 1970 UTC, in any order); `None` where at least one
/// of them lies on the track as it is, or there are none.
pub fn suggest_offset(captured_at_ms: &[i64], track: &Track) -> Option<SuggestedOffset> {
    let (first_ms, last_ms) = (*captured_at_ms.iter().min()?, *captured_at_ms.iter().max()?);
    let covers = |moment_ms: i64, offset_ms: i64| {
        let moment_ms = moment_ms.saturating_add(offset_ms) as f64;
        (track.first_at_ms()..=track.last_at_ms()).contains(&moment_ms)
    };
    if captured_at_ms.iter().any(|moment_ms| covers(*moment_ms, 0)) {
        return None;
    }
    let zone_offset_ms = (1..=MAX_ZONE_DIFFERENCE_QUARTERS)
        .flat_map(|quarters| [quarters * QUARTER_MS, -quarters * QUARTER_MS])
        .filter(|offset_ms| covers(first_ms, *offset_ms) && covers(last_ms, *offset_ms))
        .min_by_key(|offset_ms| (zone_rarity(*offset_ms), offset_ms.abs()));
    let (offset_ms, reason) = match zone_offset_ms {
        Some(offset_ms) => (offset_ms, OffsetReason::TimeZone),
        None => (aligned_ms(first_ms, track), OffsetReason::AlignedStart),
    };
    let covered = captured_at_ms.iter().filter(|moment_ms| covers(**moment_ms, offset_ms));
    Some(SuggestedOffset {
        offset_ms,
        reason,
        covered_count: covered.count() as u64,
    })
}

/// The offset that brings the first capture to the first point, not before it.
#[expect(clippy::cast_possible_truncation, reason = "a time beyond 2^63 ms stays at that end")]
fn aligned_ms(first_captured_at_ms: i64, track: &Track) -> i64 {
    (track.first_at_ms().ceil() as i64).saturating_sub(first_captured_at_ms)
}

/// How rarely two zones differ by so much: whole hours are the rule, quarters the exception.
fn zone_rarity(offset_ms: i64) -> u8 {
    match offset_ms.unsigned_abs() / QUARTER_MS.unsigned_abs() % 4 {
        0 => 0,
        2 => 1,
        _ => 2,
    }
}
