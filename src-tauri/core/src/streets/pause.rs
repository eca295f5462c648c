//! When a tile server is left alone: after a failure for a while, after the next for longer, and as long as it asks for.

use std::collections::HashMap;

use super::tile::StreetTile;

/// First pause after a failure, milliseconds; each further one doubles it.
const FIRST_MS: i64 = 5_000;
/// Longest pause, milliseconds: ten minutes, after which a line that came back is noticed.
const LONGEST_MS: i64 = 600_000;
/// Shortest pause after a refusal, milliseconds, and the longest that a server may ask for: an hour.
const REFUSED_MS: (i64, i64) = (60_000, 3_600_000);
/// How long a tile that the server does not have, or that is no picture, is not asked for again, milliseconds.
const MISSING_MS: i64 = 600_000;
/// Most such tiles that are remembered: more than any window shows.
const MOST_MISSING: usize = 1_024;

/// Remembers what failed. Times are milliseconds of a clock that nobody sets.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    until_ms: i64,
    failures: u32,
    missing: HashMap<StreetTile, i64>,
}

impl Pauses {
    /// Whether `tile` may be asked for at `now_ms`.
    pub(super) fn allows(&self, tile: StreetTile, now_ms: i64) -> bool {
        now_ms >= self.until_ms && self.missing.get(&tile).is_none_or(|until_ms| now_ms >= *until_ms)
    }

    /// The server answered as it should.
    pub(super) fn answered(&mut self) {
        self.failures = 0;
        self.until_ms = 0;
    }

    /// The line or the server failed.
    pub(super) fn failed(&mut self, now_ms: i64) {
        let doubled = FIRST_MS.saturating_mul(1_i64.checked_shl(self.failures.min(16)).unwrap_or(1));
        self.failures = self.failures.saturating_add(1);
        self.wait(now_ms, doubled.min(LONGEST_MS));
    }

    /// The server does not want to be asked, and may have said for how long.
    pub(super) fn refused(&mut self, now_ms: i64, asked_ms: Option<i64>) {
        self.failed(now_ms);
        let (least, most) = REFUSED_MS;
        self.wait(now_ms, asked_ms.unwrap_or(least).clamp(least, most));
    }

    /// This tile alone cannot be had.
    pub(super) fn missing(&mut self, tile: StreetTile, now_ms: i64) {
        if self.missing.len() >= MOST_MISSING {
            self.missing.clear();
        }
        self.missing.insert(tile, now_ms.saturating_add(MISSING_MS));
    }

    /// Two requests may fail at once; the later end counts.
    fn wait(&mut self, now_ms: i64, wait_ms: i64) {
        self.until_ms = self.until_ms.max(now_ms.saturating_add(wait_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(x: u32) -> StreetTile {
        StreetTile::new(10, x, 0).unwrap()
    }

    #[test]
    fn each_failure_waits_longer_up_to_ten_minutes_and_an_answer_ends_it() {
        let mut pauses = Pauses::default();
        let mut now_ms = 0;
        let mut waits = Vec::new();
        for _ in 0..12 {
            pauses.failed(now_ms);
            let until_ms = (now_ms..)
                .step_by(1_000)
                .find(|at_ms| pauses.allows(tile(1), *at_ms))
                .unwrap();
            waits.push((until_ms - now_ms) / 1_000);
            now_ms = until_ms;
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]);
        pauses.answered();
        pauses.failed(now_ms);
        assert!(pauses.allows(tile(1), now_ms + 5_000));
    }

    #[test]
    fn a_server_that_refuses_is_left_alone_as_long_as_it_asks_within_an_hour() {
        for (asked_ms, waited_ms) in [
            (None, 60_000),
            (Some(1), 60_000),
            (Some(90_000), 90_000),
            (Some(i64::MAX), 3_600_000),
        ] {
            let mut pauses = Pauses::default();
            pauses.refused(0, asked_ms);
            assert!(!pauses.allows(tile(1), waited_ms - 1) && pauses.allows(tile(1), waited_ms));
        }
    }

    #[test]
    fn a_tile_that_is_missing_holds_no_other_up() {
        let mut pauses = Pauses::default();
        pauses.missing(tile(1), 0);
        assert!(!pauses.allows(tile(1), MISSING_MS - 1) && pauses.allows(tile(1), MISSING_MS));
        assert!(pauses.allows(tile(2), 0));
        for x in 0..1_024 {
            pauses.missing(tile(x), 0);
        }
        assert!(pauses.missing.len() <= MOST_MISSING);
    }
}
