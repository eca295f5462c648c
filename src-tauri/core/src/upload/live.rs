//! What moves too often for the journal: bytes on their way, speed, and how often the list is told.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use waypost_wire::UploadProgress;

/// Shortest time between two progress events of one upload, milliseconds: five a second.
const EVENT_INTERVAL_MS: i64 = 200;
/// The speed is the mean over this long, milliseconds.
const SPEED_WINDOW_MS: i64 = 5_000;
/// The time left follows from the mean over this long, milliseconds: a number of minutes should not jump every second.
const TIME_LEFT_WINDOW_MS: i64 = 30_000;

/// The moving numbers of one upload.
#[derive(Debug, Default)]
pub(super) struct Live(Mutex<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    total_bytes: u64,
    prepared_bytes: u64,
    /// Bytes the server said it holds, and those taken by the network since.
    sent_bytes: u64,
    /// The most that `sent_bytes` ever was.
    highest_bytes: u64,
    /// Bytes taken by the network ever, and when: for the speed. One sample for each fifth of a second, however many
    /// pieces go out in it.
    taken_bytes: u64,
    samples: VecDeque<(i64, u64)>,
    told_at_ms: Option<i64>,
}

impl Live {
    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run begins: so many bytes are to be sent, so many are known to be there.
    pub(super) fn begin(&self, total_bytes: u64, sent_bytes: u64) {
        let mut numbers = self.numbers();
        let highest_bytes = numbers.highest_bytes.max(sent_bytes);
        *numbers = Numbers {
            total_bytes,
            sent_bytes,
            highest_bytes,
            ..Numbers::default()
        };
    }

    /// A part turned out to be `length_bytes` long where `estimate_bytes` were counted.
    pub(super) fn correct_total(&self, estimate_bytes: u64, length_bytes: u64) {
        let mut numbers = self.numbers();
        numbers.total_bytes = numbers
            .total_bytes
            .saturating_sub(estimate_bytes)
            .saturating_add(length_bytes);
    }

    /// So many bytes more were measured.
    pub(super) fn prepared(&self, count: u64) {
        let mut numbers = self.numbers();
        numbers.prepared_bytes = numbers.prepared_bytes.saturating_add(count);
    }

    /// The network took so many bytes more.
    pub(super) fn taken(&self, count: u64, now_ms: i64) {
        let mut numbers = self.numbers();
        numbers.sent_bytes = numbers.sent_bytes.saturating_add(count);
        numbers.highest_bytes = numbers.highest_bytes.max(numbers.sent_bytes);
        numbers.taken_bytes = numbers.taken_bytes.saturating_add(count);
        let taken_bytes = numbers.taken_bytes;
        let is_new = numbers
            .samples
            .back()
            .is_none_or(|(at_ms, _)| (now_ms - at_ms).abs() >= EVENT_INTERVAL_MS);
        if is_new {
            numbers.samples.push_back((now_ms, taken_bytes));
        }
        while numbers.samples.len() > 2
            && numbers
                .samples
                .front()
                .is_some_and(|(at_ms, _)| now_ms - at_ms > TIME_LEFT_WINDOW_MS)
        {
            numbers.samples.pop_front();
        }
    }

    /// A part was counted with `counted_bytes`; the server says it holds `held_bytes` of it.
    pub(super) fn correct_sent(&self, counted_bytes: u64, held_bytes: u64) {
        let mut numbers = self.numbers();
        numbers.sent_bytes = numbers
            .sent_bytes
            .saturating_sub(counted_bytes)
            .saturating_add(held_bytes);
        numbers.highest_bytes = numbers.highest_bytes.max(numbers.sent_bytes);
    }

    /// The numbers as they are.
    pub(super) fn progress(&self, upload_id: i64, now_ms: i64) -> UploadProgress {
        let numbers = self.numbers();
        UploadProgress {
            upload_id,
            prepared_bytes: numbers.prepared_bytes,
            sent_bytes: numbers.sent_bytes,
            total_bytes: numbers.total_bytes,
            resending: numbers.sent_bytes < numbers.highest_bytes,
            speed_bytes_per_s: numbers.speed(now_ms, SPEED_WINDOW_MS),
            time_left_s: numbers.time_left_s(now_ms),
        }
    }

    /// The numbers, if it is time to tell them.
    pub(super) fn due(&self, upload_id: i64, now_ms: i64) -> Option<UploadProgress> {
        {
            let mut numbers = self.numbers();
            // A clock that was set back must not silence the list.
            let is_due = numbers
                .told_at_ms
                .is_none_or(|told_at_ms| (now_ms - told_at_ms).abs() >= EVENT_INTERVAL_MS);
            if !is_due {
                return None;
            }
            numbers.told_at_ms = Some(now_ms);
        }
        Some(self.progress(upload_id, now_ms))
    }
}

impl Numbers {
    /// The mean speed of the last `window_ms`, or of as long as anything is known, bytes per second.
    fn speed(&self, now_ms: i64, window_ms: i64) -> Option<f64> {
        let (last_ms, _) = *self.samples.back()?;
        let now_ms = now_ms.max(last_ms);
        // The last sample from before the window, so that the whole window counts; else the first there is.
        let (from_ms, from_bytes) = *self
            .samples
            .iter()
            .rev()
            .find(|(at_ms, _)| now_ms - at_ms >= window_ms)
            .or(self.samples.front())?;
        let elapsed_ms = now_ms - from_ms;
        // Over less than a fifth of a second the answer would be noise.
        (elapsed_ms >= EVENT_INTERVAL_MS).then(|| {
            let bytes = self.taken_bytes.saturating_sub(from_bytes);
            bytes as f64 * 1_000.0 / elapsed_ms as f64
        })
    }

    fn time_left_s(&self, now_ms: i64) -> Option<f64> {
        let left_bytes = self
            .total_bytes
            .checked_sub(self.sent_bytes)
            .filter(|_| self.total_bytes > 0)?;
        let speed = self.speed(now_ms, TIME_LEFT_WINDOW_MS)?;
        // Slower than a byte in a second is no progress that a time could be told from.
        (speed >= 1.0).then(|| left_bytes as f64 / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_at_most_five_times_a_second_whatever_the_clock_does() {
        let live = Live::default();
        live.begin(1_000_000, 0);
        let told = (0..10_000).filter(|ms| live.due(1, *ms).is_some()).count();
        assert_eq!(told, 50, "in ten seconds");
        assert!(
            live.due(1, 5_000).is_some(),
            "a clock that was set back silences nothing"
        );
        assert!(live.due(1, 5_100).is_none());
    }

    #[test]
    fn the_speed_is_the_one_of_the_last_seconds_and_unknown_at_first() {
        let live = Live::default();
        live.begin(1_000_000, 0);
        live.taken(1_000, 0);
        assert_eq!(live.progress(1, 100).speed_bytes_per_s, None);
        for second in 1..=20 {
            live.taken(5_000, second * 1_000);
        }
        let speed = live.progress(1, 20_000).speed_bytes_per_s.unwrap();
        assert!((speed - 5_000.0).abs() < 1.0, "{speed}");
        let stalled = live.progress(1, 120_000).speed_bytes_per_s.unwrap();
        assert!(stalled < 300.0, "a line that stands still slows down: {stalled}");
    }

    #[test]
    fn the_time_left_follows_the_last_half_minute_and_is_unknown_without_progress() {
        let live = Live::default();
        live.begin(1_000_000, 0);
        assert_eq!(live.progress(1, 0).time_left_s, None);
        for second in 0..=100 {
            live.taken(1_000, second * 1_000);
        }
        let left_s = live.progress(1, 100_000).time_left_s.unwrap();
        assert!((left_s - 899.0).abs() < 1.0, "{left_s}");
        // A single quick second hardly moves it.
        live.taken(10_000, 101_000);
        let left_s = live.progress(1, 101_000).time_left_s.unwrap();
        assert!((600.0..899.0).contains(&left_s), "{left_s}");
        assert_eq!(
            live.progress(1, i64::from(i32::MAX)).time_left_s,
            None,
            "it stands still"
        );
    }

    #[test]
    fn bytes_that_the_server_lost_are_shown_as_sent_again_until_they_are_there_again() {
        let live = Live::default();
        live.begin(100, 0);
        live.taken(60, 0);
        assert!(!live.progress(1, 0).resending);
        live.correct_sent(60, 20);
        let progress = live.progress(1, 0);
        assert_eq!((progress.sent_bytes, progress.resending), (20, true));
        live.taken(40, 1);
        assert!(!live.progress(1, 1).resending);
    }
}
