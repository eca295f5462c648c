//! A moment at which the track was not recorded.

use crate::plan::RefusalDetail;

/// A moment outside a track. All times are milliseconds since 1970 UTC, with fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutsideTrack {
    /// The moment that was looked up.
    pub moment_ms: f64,
    /// First moment of the track.
    pub track_start_ms: f64,
    /// Last moment of the track.
    pub track_end_ms: f64,
}

impl OutsideTrack {
    /// The reason, going on where a file's name ends: "was taken 2 h 5 min before the track begins".
    pub fn what(&self) -> String {
        if self.moment_ms < self.track_start_ms {
            let before = duration_words(self.track_start_ms - self.moment_ms);
            format!("was taken {before} before the track begins")
        } else {
            let after = duration_words(self.moment_ms - self.track_end_ms);
            format!("was taken {after} after the track ends")
        }
    }

    /// The facts for the description file.
    pub fn detail(&self) -> RefusalDetail {
        RefusalDetail::OutsideTrack {
            moment_ms: whole_ms(self.moment_ms),
            track_start_ms: whole_ms(self.track_start_ms),
            track_end_ms: whole_ms(self.track_end_ms),
        }
    }
}

/// Finer digits are cut off, as everywhere in a description.
#[expect(clippy::cast_possible_truncation, reason = "a time beyond 2^63 ms stays at that end")]
fn whole_ms(milliseconds: f64) -> i64 {
    milliseconds.floor() as i64
}

/// A length of time in the two largest units that matter: `3 d 4 h`, `2 h 5 min`, `12 min 3 s`, `4.2 s`.
pub(super) fn duration_words(milliseconds: f64) -> String {
    const MINUTE_S: f64 = 60.0;
    const HOUR_S: f64 = 3_600.0;
    const DAY_S: f64 = 86_400.0;
    let seconds = milliseconds / 1000.0;
    let two = |unit_s: f64, unit: &str, smaller_s: f64, smaller: &str| {
        let smaller_count = (seconds / smaller_s).round();
        let count = (smaller_count * smaller_s / unit_s).floor();
        let rest = ((smaller_count * smaller_s - count * unit_s) / smaller_s).round();
        if rest == 0.0 {
            format!("{count} {unit}")
        } else {
            format!("{count} {unit} {rest} {smaller}")
        }
    };
    if seconds >= DAY_S {
        two(DAY_S, "d", HOUR_S, "h")
    } else if seconds >= HOUR_S {
        two(HOUR_S, "h", MINUTE_S, "min")
    } else if seconds >= MINUTE_S {
        two(MINUTE_S, "min", 1.0, "s")
    } else {
        format!("{} s", (seconds * 1000.0).round() / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_said_in_two_units() {
        for (milliseconds, words) in [
            (2.0, "0.002 s"),
            (59_900.0, "59.9 s"),
            (60_000.0, "1 min"),
            (723_400.0, "12 min 3 s"),
            (7_500_000.0, "2 h 5 min"),
            (7_199_999.0, "2 h"),
            (273_600_000.0, "3 d 4 h"),
        ] {
            assert_eq!(duration_words(milliseconds), words);
        }
    }
}
