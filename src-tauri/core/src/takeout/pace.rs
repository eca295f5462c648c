//! How many pictures are fetched at once: as many as make the line faster, and no more.
//!
//! It climbs as long as more at once bring more bytes, and steps back where they do not, so that a fast line is filled
//! and a slow one is not choked. Failures of the line halve it.

/// Fewest at once.
const FEWEST: usize = 2;
/// Most at once: what others do politely (API notes §6: 16 to 64).
const MOST: usize = 32;
/// At once in the beginning.
const FIRST: usize = 6;
/// Gain of speed that is worth more at once.
const WORTH: f64 = 1.05;
/// Loss of speed that asks for fewer.
const LOSS: f64 = 0.8;

/// The present limit, and what it was judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    limit: usize,
    /// The limit before the last step up.
    below: usize,
    last_bytes_per_ms: f64,
    is_climbing: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            limit: FIRST,
            below: FIRST,
            last_bytes_per_ms: 0.0,
            is_climbing: true,
        }
    }
}

impl Pace {
    /// Pictures at once, now.
    pub(super) fn limit(self) -> usize {
        self.limit
    }

    /// Takes note of a while in which the limit was used fully.
    pub(super) fn observe(&mut self, bytes: u64, elapsed_ms: u64) {
        if elapsed_ms == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed")]
        let bytes_per_ms = bytes as f64 / elapsed_ms as f64;
        if bytes_per_ms > self.last_bytes_per_ms * WORTH {
            self.is_climbing = true;
        } else if bytes_per_ms < self.last_bytes_per_ms * LOSS {
            self.is_climbing = false;
            self.limit = (self.limit - self.limit / 4).max(FEWEST);
        } else if self.is_climbing {
            // The last step brought nothing: it is taken back, and the limit stays until the line changes.
            self.is_climbing = false;
            self.limit = self.limit.min(self.below);
        }
        if self.is_climbing {
            self.below = self.limit;
            self.limit = (self.limit + self.limit.div_ceil(4)).min(MOST);
        }
        self.last_bytes_per_ms = bytes_per_ms;
    }

    /// The line failed.
    pub(super) fn failed(&mut self) {
        self.limit = (self.limit / 2).max(FEWEST);
        self.below = self.limit;
        self.last_bytes_per_ms = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that carries `per_fetch` for each fetch, but no more than `whole`.
    fn settle(whole: u64, per_fetch: u64, rounds: usize) -> Pace {
        let mut pace = Pace::default();
        for _ in 0..rounds {
            pace.observe(whole.min(per_fetch * pace.limit() as u64) * 100, 100);
        }
        pace
    }

    #[test]
    fn it_climbs_until_the_line_is_full_and_not_beyond_its_bounds() {
        let full = settle(20, 1, 20).limit();
        assert!((20..=26).contains(&full), "{full}");
        assert_eq!(settle(10_000, 1, 20).limit(), MOST);
        assert!(settle(1, 1, 20).limit() <= 8);
    }

    #[test]
    fn failures_halve_it_and_it_comes_back() {
        let mut pace = settle(10_000, 1, 20);
        for _ in 0..10 {
            pace.failed();
        }
        assert_eq!(pace.limit(), FEWEST);
        for _ in 0..20 {
            pace.observe(pace.limit() as u64 * 100, 100);
        }
        assert_eq!(pace.limit(), MOST);
    }
}
