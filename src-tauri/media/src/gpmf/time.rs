//! Times as GoPro writes them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// 2000-01-01T00:00:00Z in milliseconds since 1970, where GPS9 counts its days from.
const YEAR_2000_MS: f64 = 946_684_800_000.0;
const DAY_MS: f64 = 86_400_000.0;
/// 2100-01-01T00:00:00Z: the text has two digits for the year.
const YEAR_2100_MS: f64 = 4_102_444_800_000.0;

/// Reads `GPSU`: `yymmddhhmmss.sss`, UTC. Milliseconds since 1970; `None` for impossible dates,
/// which cameras write before the receiver knows the time.
pub(super) fn from_text(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?.trim_end_matches('\0').trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() != 12 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| -> Option<i8> { whole.get(at..at.checked_add(2)?)?.parse().ok() };
    let year = 2000_i16.checked_add(i16::from(two(0)?))?;
    let moment = DateTime::new(year, two(2)?, two(4)?, two(6)?, two(8)?, two(10)?, 0).ok()?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    let seconds = moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    Some(seconds as f64 * 1000.0 + fraction * 1000.0)
}

/// Reads the days since 2000 and seconds of the day of `GPS9`; `None` where the receiver did not
/// know the time (day 0) or the numbers are impossible.
pub(super) fn from_days(days: f64, seconds: f64) -> Option<f64> {
    let epoch_ms = YEAR_2000_MS + days * DAY_MS + seconds * 1000.0;
    (days >= 1.0 && (0.0..=86_401.0).contains(&seconds) && epoch_ms < YEAR_2100_MS).then_some(epoch_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_utc_with_milliseconds() {
        assert_eq!(from_text(b"191118234514.000"), Some(1_574_120_714_000.0));
        assert_eq!(from_text(b"191118234525.435\0"), Some(1_574_120_725_435.0));
    }

    #[test]
    fn impossible_times_are_none() {
        for text in [
            &b"999999999999.999"[..],
            b"",
            b"191118",
            b"191318234514.000",
            b"191118234514.x",
            b"19111823451\xff.000",
        ] {
            assert_eq!(from_text(text), None);
        }
        assert_eq!(from_days(0.0, 12.0), None);
        assert_eq!(from_days(9000.0, 90_000.0), None);
        assert_eq!(from_days(f64::NAN, 0.0), None);
    }

    #[test]
    fn days_count_from_2000() {
        // 2025-02-09T11:14:12.799Z, as a HERO13 wrote it.
        assert_eq!(from_days(9171.0, 40_452.799), Some(1_739_099_652_799.0));
    }
}
