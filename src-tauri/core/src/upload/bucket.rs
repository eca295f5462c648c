//! The token bucket behind the bandwidth limit: exact arithmetic in thousandths of a byte, no clock of its own.

/// What may be saved up while nothing is sent, milliseconds of the rate. It makes up for sleeps that end late, and adds no
/// more than 2.5 % to ten seconds.
const SAVED_MS: u64 = 250;
/// A piece is what goes out in so many milliseconds: a low limit stays smooth, and a change is felt at once.
const PIECE_MS: u64 = 50;
/// Smallest piece, bytes: below it the frames around the pieces would cost more than they carry.
const SMALLEST_PIECE_BYTES: u64 = 1_024;
/// Largest piece, bytes.
const LARGEST_PIECE_BYTES: u64 = 256 * 1024;

/// Credit for bytes, filled at a steady rate.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    rate_bytes_per_s: u64,
    /// Thousandths of a byte: a rate in bytes a second fills so many in a millisecond.
    credit: i128,
    filled_at_ms: i64,
}

impl Bucket {
    /// An empty bucket at `now_ms` of a clock that never goes back.
    pub(super) fn new(rate_bytes_per_s: u64, now_ms: i64) -> Self {
        Self {
            rate_bytes_per_s,
            credit: 0,
            filled_at_ms: now_ms,
        }
    }

    /// So much is handed out at once, bytes.
    pub(super) fn piece_bytes(&self) -> usize {
        let bytes = (u128::from(self.rate_bytes_per_s) * u128::from(PIECE_MS) / 1_000)
            .clamp(u128::from(SMALLEST_PIECE_BYTES), u128::from(LARGEST_PIECE_BYTES));
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// Another rate from now on. What was saved at the old one stays, within what the new one may save.
    pub(super) fn set_rate(&mut self, rate_bytes_per_s: u64, now_ms: i64) {
        self.fill(now_ms);
        self.rate_bytes_per_s = rate_bytes_per_s;
        self.credit = self.credit.min(self.most());
    }

    /// Takes `bytes`, or says after how many milliseconds to ask again.
    pub(super) fn take(&mut self, bytes: usize, now_ms: i64) -> Result<(), u64> {
        self.fill(now_ms);
        let wanted = i128::try_from(bytes).unwrap_or(i128::MAX / 2_000) * 1_000;
        // More than the bucket holds goes out when it is full, and the rest is owed.
        let needed = wanted.min(self.most());
        if self.credit >= needed {
            self.credit -= wanted;
            return Ok(());
        }
        let rate = i128::from(self.rate_bytes_per_s.max(1));
        let wait_ms = (needed - self.credit + rate - 1) / rate;
        Err(u64::try_from(wait_ms).unwrap_or(u64::MAX))
    }

    /// The credit that is saved at most, and never less than a piece needs.
    fn most(&self) -> i128 {
        let saved = i128::from(self.rate_bytes_per_s) * i128::from(SAVED_MS);
        saved.max(i128::from(SMALLEST_PIECE_BYTES) * 1_000)
    }

    fn fill(&mut self, now_ms: i64) {
        let passed_ms = now_ms.saturating_sub(self.filled_at_ms).max(0);
        self.filled_at_ms = now_ms.max(self.filled_at_ms);
        let more = i128::from(self.rate_bytes_per_s) * i128::from(passed_ms);
        self.credit = self.credit.saturating_add(more).min(self.most());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Several parts that always want more, in turn, as the throttle serves them. Returns the bytes of each and the
    /// times at which they went out.
    fn sent(bucket: &mut Bucket, parts: usize, from_ms: i64, to_ms: i64, late_ms: i64) -> (Vec<u64>, Vec<(i64, u64)>) {
        let mut bytes_of = vec![0_u64; parts];
        let mut out = Vec::new();
        let mut now_ms = from_ms;
        let mut turn = 0;
        while now_ms < to_ms {
            let piece = bucket.piece_bytes();
            match bucket.take(piece, now_ms) {
                Ok(()) => {
                    bytes_of[turn % parts] += piece as u64;
                    out.push((now_ms, piece as u64));
                    turn += 1;
                }
                Err(wait_ms) => now_ms += i64::try_from(wait_ms).unwrap() + late_ms,
            }
        }
        (bytes_of, out)
    }

    proptest! {
        #[test]
        fn ten_seconds_carry_what_the_limit_says_within_five_percent_and_every_part_its_share(
            rate in 20_000_u64..100_000_000,
            parts in 1_usize..9,
            late_ms in 0_i64..40,
        ) {
            let mut bucket = Bucket::new(rate, 1_000);
            let (bytes_of, out) = sent(&mut bucket, parts, 1_000, 31_000, late_ms);
            // Timers fire up to `late_ms` after they should; the saved credit makes up for it.
            let piece = bucket.piece_bytes() as u64;
            let most = bytes_of.iter().max().unwrap();
            let least = bytes_of.iter().min().unwrap();
            prop_assert!(most - least <= piece, "{bytes_of:?}");
            for from_ms in (1_000..21_000).step_by(1_000) {
                let within: u64 = out
                    .iter()
                    .filter(|(at_ms, _)| (from_ms..from_ms + 10_000).contains(at_ms))
                    .map(|(_, bytes)| bytes)
                    .sum();
                let ratio = within as f64 / (rate as f64 * 10.0);
                prop_assert!((0.95..=1.05).contains(&ratio), "{ratio} at {from_ms}");
            }
        }

        #[test]
        fn a_change_of_the_rate_holds_at_once_and_loses_nothing(
            slow in 20_000_u64..200_000,
            factor in 2_u64..500,
        ) {
            let mut bucket = Bucket::new(slow * factor, 0);
            sent(&mut bucket, 2, 0, 10_000, 0);
            bucket.set_rate(slow, 10_000);
            let (bytes_of, _) = sent(&mut bucket, 2, 10_000, 20_000, 0);
            let ratio = bytes_of.iter().sum::<u64>() as f64 / (slow as f64 * 10.0);
            prop_assert!((0.95..=1.05).contains(&ratio), "{ratio}");
            bucket.set_rate(slow * factor, 20_000);
            let (bytes_of, _) = sent(&mut bucket, 2, 20_000, 30_000, 0);
            let ratio = bytes_of.iter().sum::<u64>() as f64 / ((slow * factor) as f64 * 10.0);
            prop_assert!((0.95..=1.05).contains(&ratio), "{ratio}");
        }
    }

    #[test]
    fn a_very_low_limit_still_moves_and_a_very_high_one_does_not_overflow() {
        let mut bucket = Bucket::new(1, 0);
        let wait_ms = bucket.take(bucket.piece_bytes(), 0).unwrap_err();
        assert_eq!(wait_ms, 1_024_000);
        assert_eq!(bucket.take(1_024, i64::try_from(wait_ms).unwrap()), Ok(()));
        let mut bucket = Bucket::new(u64::MAX, 0);
        assert_eq!(bucket.piece_bytes(), 256 * 1024);
        assert!(bucket.take(usize::MAX, i64::MAX).is_ok());
    }

    #[test]
    fn hours_of_rest_save_no_more_than_a_quarter_of_a_second() {
        let mut bucket = Bucket::new(100_000, 0);
        let now_ms = 10 * 3_600_000;
        let mut bytes = 0;
        while bucket.take(5_000, now_ms).is_ok() {
            bytes += 5_000;
        }
        assert_eq!(bytes, 25_000);
    }

    #[test]
    fn a_clock_that_goes_back_neither_stops_it_nor_gives_anything_away() {
        let mut bucket = Bucket::new(100_000, 1_000_000);
        assert_eq!(bucket.take(5_000, 1_000_050), Ok(()));
        let wait_ms = bucket.take(5_000, 0).unwrap_err();
        assert_eq!(wait_ms, 50);
    }
}
