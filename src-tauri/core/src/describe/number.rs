//! Numbers and times as they stand in a description.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(crate) use crate::rounding::{COORDINATE_DIGITS, MEASURE_DIGITS, rounded};

/// `YYYY_MM_DD_HH_MM_SS_mmm` in UTC; `None` beyond the years 1 to 9999, which the pattern cannot hold.
pub(crate) fn capture_time_text(captured_at_ms: i64) -> Option<String> {
    let at = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(captured_at_ms).ok()?);
    (1..=9999).contains(&at.year()).then(|| {
        format!(
            "{:04}_{:02}_{:02}_{:02}_{:02}_{:02}_{:03}",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    })
}

/// The moment behind a capture time text, milliseconds since 1970 UTC, finer digits cut off; `None` if it is not one.
/// The last part is a fraction of one to six digits: `_5` is half a second.
pub(crate) fn capture_time_ms(text: &str) -> Option<i64> {
    let mut parts = text.split('_');
    let mut number = |digits: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let fits = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Some(part) } else { None }
    };
    let year: i16 = number(4..=4)?.parse().ok()?;
    let mut two = || number(1..=2)?.parse::<i8>().ok();
    let (month, day, hour, minute, second) = (two()?, two()?, two()?, two()?, two()?);
    let fraction = number(1..=6)?;
    if parts.next().is_some() || year == 0 {
        return None;
    }
    let micros: i32 = format!("{fraction:0<6}").parse().ok()?;
    let at = DateTime::new(year, month, day, hour, minute, second, micros * 1000).ok()?;
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capture_times_are_utc_with_milliseconds() {
        assert_eq!(capture_time_text(1_528_489_451_007).unwrap(), "2018_06_08_20_24_11_007");
        assert_eq!(capture_time_text(-1).unwrap(), "1969_12_31_23_59_59_999");
    }

    #[test]
    fn a_year_of_five_digits_cannot_be_written() {
        assert_eq!(
            capture_time_text(253_402_128_000_000).as_deref(),
            Some("9999_12_30_00_00_00_000")
        );
        assert_eq!(capture_time_text(253_402_300_800_000), None);
        assert_eq!(capture_time_text(i64::MIN), None);
    }

    #[test]
    fn a_written_capture_time_reads_back() {
        for at_ms in [0, 1_528_489_451_007, -62_135_596_800_000, 253_402_128_000_000] {
            assert_eq!(capture_time_ms(&capture_time_text(at_ms).unwrap()), Some(at_ms));
        }
    }

    #[test]
    fn the_last_part_is_a_fraction() {
        assert_eq!(capture_time_ms("1970_01_01_00_00_00_5"), Some(500));
        assert_eq!(capture_time_ms("1970_01_01_00_00_01_000999"), Some(1000));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2018_06_08_20_24_11",
            "2018_02_30_20_24_11_000",
            "2018_06_08_24_24_11_000",
            "2018_06_08_20_24_11_0000000",
            "2018_06_08_20_24_11_000_1",
            "2018-06-08T20:24:11Z",
            "0000_01_01_00_00_00_000",
            "2018_06_08_20_24_+1_000",
        ] {
            assert_eq!(capture_time_ms(text), None, "{text}");
        }
    }
}
