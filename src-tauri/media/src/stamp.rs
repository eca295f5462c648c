//! Dates and times as EXIF and XMP write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

/// Seconds of a day: the bound of a time zone offset.
const DAY_S: i64 = 86_400;

/// What a date's text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// A wall clock's reading.
    Valid(Stamp),
    /// Blank or all zero: the specification's way to say "unknown" (CIPA DC-008, 4.6.5).
    Zeroed,
    /// Neither.
    Unreadable,
}

/// A wall clock's reading, with the offset from UTC where the text carries one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stamp {
    /// As if the wall clock showed UTC, in milliseconds since 1970, finer digits cut off.
    pub(crate) local_ms: i64,
    /// Seconds east of UTC.
    pub(crate) offset_s: Option<i64>,
}

impl Stamp {
    /// The moment, when the offset is known.
    pub(crate) fn unix_ms(self) -> Option<i64> {
        let offset_ms = self.offset_s?.checked_mul(1_000)?;
        self.local_ms.checked_sub(offset_ms)
    }

    /// The same reading with its fraction of a second replaced.
    pub(crate) fn with_subsec_ms(self, subsec_ms: i64) -> Self {
        let whole = self.local_ms.saturating_sub(self.local_ms.rem_euclid(1_000));
        Self {
            local_ms: whole.saturating_add(subsec_ms),
            ..self
        }
    }
}

/// Reads `2018:06:08 20:24:11`, also with other separators, `T`, a fraction of a second and an
/// offset, as EXIF asks for and as phones, editors and XMP write it.
pub(crate) fn read(text: &str) -> Reading {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text
        .chars()
        .all(|c| matches!(c, '0' | ':' | '-' | '/' | ' ' | 'T' | '.'))
    {
        return Reading::Zeroed;
    }
    read_parts(&mut Cursor(text)).map_or(Reading::Unreadable, Reading::Valid)
}

fn read_parts(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let date = read_date(cursor)?;
    if !cursor.step_over(&[' ', 'T', 't']) {
        return None;
    }
    while cursor.step_over(&[' ']) {}
    let hour = cursor.number(2)?;
    cursor.separator()?;
    let minute = cursor.number(2)?;
    // XMP allows a time without seconds.
    let second = if cursor.separator().is_some() {
        cursor.number(2)?
    } else {
        0
    };
    let subsec_ms = if cursor.step_over(&['.', ',']) {
        cursor.fraction_ms()?
    } else {
        0
    };
    let rest = cursor.0.trim();
    let offset_s = if rest.is_empty() {
        None
    } else {
        Some(read_offset_s(rest)?)
    };
    let local_ms = wall_clock_ms(date, hour, minute, second)?;
    Some(Stamp {
        local_ms: local_ms.checked_add(subsec_ms)?,
        offset_s,
    })
}

fn read_date(cursor: &mut Cursor<'_>) -> Option<Date> {
    let year = i16::try_from(cursor.number(4)?).ok()?;
    cursor.date_separator()?;
    let month = i8::try_from(cursor.number(2)?).ok()?;
    cursor.date_separator()?;
    let day = i8::try_from(cursor.number(2)?).ok()?;
    Date::new(year, month, day).ok()
}

/// Milliseconds of a wall clock's reading. 24:00:00 is the next day's midnight and a 60th second
/// the next minute's first, as some cameras and the calendar write them.
fn wall_clock_ms(date: Date, hour: i64, minute: i64, second: i64) -> Option<i64> {
    if hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute, second) != (0, 0)) {
        return None;
    }
    let midnight = DateTime::from_parts(date, Time::midnight());
    let moment = midnight
        .checked_add(Span::new().hours(hour).minutes(minute).seconds(second))
        .ok()?;
    Some(TimeZone::UTC.to_timestamp(moment).ok()?.as_millisecond())
}

/// Midnight of a GPS date such as `2018:06:08`, in milliseconds since 1970. A time behind the
/// date, as some writers put it, is left alone.
pub(crate) fn read_gps_date_ms(text: &str) -> Option<i64> {
    let date = read_date(&mut Cursor(text.trim()))?;
    wall_clock_ms(date, 0, 0, 0)
}

/// Milliseconds of a day from hours, minutes and seconds that may have fractions.
pub(crate) fn gps_time_of_day_ms(hours: f64, minutes: f64, seconds: f64) -> Option<i64> {
    let parts_fit = (0.0..=24.0).contains(&hours) && (0.0..60.0).contains(&minutes) && (0.0..61.0).contains(&seconds);
    if !parts_fit {
        return None;
    }
    let time = SignedDuration::try_from_secs_f64(hours * 3600.0 + minutes * 60.0 + seconds).ok()?;
    // 7.24 has no exact binary form and comes out as 7.239999…; half a microsecond brings it
    // back without reaching the next millisecond.
    let time = time.checked_add(SignedDuration::from_nanos(500))?;
    i64::try_from(time.as_millis()).ok()
}

/// Seconds east of UTC in an offset such as `+05:30`, `-0800`, `+02`, `+05:30:00` or `Z`.
pub(crate) fn read_offset_s(text: &str) -> Option<i64> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let mut cursor = Cursor(text);
    let negative = if cursor.step_over(&['-']) {
        true
    } else if cursor.step_over(&['+']) {
        false
    } else {
        return None;
    };
    let hours = cursor.number(2)?;
    cursor.step_over(&[':']);
    let minutes = cursor.number(2).unwrap_or(0);
    cursor.step_over(&[':']);
    let seconds = cursor.number(2).unwrap_or(0);
    if !cursor.0.is_empty() || minutes > 59 || seconds > 59 {
        return None;
    }
    let total = hours
        .checked_mul(3_600)?
        .checked_add(minutes.checked_mul(60)?)?
        .checked_add(seconds)?;
    let signed = if negative { total.checked_neg()? } else { total };
    (total < DAY_S).then_some(signed)
}

/// Milliseconds of an EXIF sub-second text, whose digits follow the decimal point.
///
/// Blanks count as zeros: GoPro pads from the left (` 92` is 0.092 s), others from the right,
/// where a zero changes nothing.
pub(crate) fn read_subsec_ms(text: &str) -> Option<i64> {
    let text = text.trim_matches('\0').replace(' ', "0");
    Cursor(&text).fraction_ms()
}

/// The text that is still to be read.
struct Cursor<'t>(&'t str);

impl Cursor<'_> {
    /// A number of one to `max_digits` digits.
    fn number(&mut self, max_digits: usize) -> Option<i64> {
        let digits = self.0.bytes().take(max_digits).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.parse().ok()
    }

    /// Steps over one of `characters`; tells whether it was there.
    fn step_over(&mut self, characters: &[char]) -> bool {
        match self.0.strip_prefix(characters) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn separator(&mut self) -> Option<()> {
        self.step_over(&[':']).then_some(())
    }

    fn date_separator(&mut self) -> Option<()> {
        self.step_over(&[':', '-', '/', '.']).then_some(())
    }

    /// All digits ahead, as the decimals of a second, cut to milliseconds.
    fn fraction_ms(&mut self) -> Option<i64> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.0.split_at_checked(digits)?;
        if fraction.is_empty() {
            return None;
        }
        self.0 = rest;
        let mut milliseconds = 0_i64;
        for digit in fraction.bytes().chain(*b"000").take(3) {
            milliseconds = milliseconds
                .checked_mul(10)?
                .checked_add(i64::from(digit.checked_sub(b'0')?))?;
        }
        Some(milliseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        match read(text) {
            Reading::Valid(stamp) => stamp.unix_ms().unwrap_or(stamp.local_ms),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn all_common_notations_name_the_same_moment() {
        let expected = 1_528_489_451_000;
        for text in [
            "2018:06:08 20:24:11",
            "2018-06-08 20:24:11",
            "2018-06-08T20:24:11Z",
            "2018/06/08 20:24:11",
            "2018:06:08 20:24:11\0\0",
            "2018-06-08T22:24:11+02:00",
            "2018-06-09T01:54:11+05:30",
            "2018:06:08 12:24:11-0800",
            "2018:6:8 20:24:11",
        ] {
            assert_eq!(ms(text), expected, "{text}");
        }
        assert_eq!(ms("2018:06:08 20:24:11.5"), expected + 500);
        assert_eq!(ms("2018-06-08T20:24:11.98765Z"), expected + 987);
        assert_eq!(ms("2018-06-08T20:24Z"), expected - 11_000);
    }

    #[test]
    fn midnight_at_24_is_the_next_day_and_a_leap_second_the_next_minute() {
        assert_eq!(ms("2020:02:28 24:00:00"), ms("2020:02:29 00:00:00"));
        assert_eq!(ms("2016:12:31 23:59:60"), ms("2017:01:01 00:00:00"));
        assert_eq!(read("2020:02:28 24:00:01"), Reading::Unreadable);
    }

    #[test]
    fn zeroed_and_blank_dates_are_unknown_not_broken() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "",
            "\0\0\0",
            "0000-00-00T00:00:00",
        ] {
            assert_eq!(read(text), Reading::Zeroed, "{text:?}");
        }
    }

    #[test]
    fn impossible_dates_are_not_repaired() {
        for text in [
            "2018:13:08 20:24:11",
            "2018:02:30 20:24:11",
            "2018:06:08",
            "2018:06:08 25:00:00",
            "2018:06:08 20:61:00",
            "2018:06:08 20:24:11 PM",
            "yesterday",
            "2018:06:08 20:24:11+99:00",
        ] {
            assert_eq!(read(text), Reading::Unreadable, "{text}");
        }
    }

    #[test]
    fn blanks_in_subseconds_are_zeros() {
        assert_eq!(read_subsec_ms(" 92"), Some(92));
        assert_eq!(read_subsec_ms("92 "), Some(920));
        assert_eq!(read_subsec_ms("5"), Some(500));
        assert_eq!(read_subsec_ms("123456"), Some(123));
        assert_eq!(read_subsec_ms("72\0"), Some(720));
        assert_eq!(read_subsec_ms(""), None);
        assert_eq!(read_subsec_ms("x"), None);
    }

    #[test]
    fn offsets_are_read_in_all_forms() {
        assert_eq!(read_offset_s("+05:30"), Some(19_800));
        assert_eq!(read_offset_s("-08:00\0"), Some(-28_800));
        assert_eq!(read_offset_s("+02"), Some(7_200));
        assert_eq!(read_offset_s("+05:30:15"), Some(19_815));
        assert_eq!(read_offset_s("Z"), Some(0));
        assert_eq!(read_offset_s("   :  "), None);
        assert_eq!(read_offset_s("05:30"), None);
        assert_eq!(read_offset_s("+24:00"), None);
    }

    #[test]
    fn gps_fractions_survive_the_binary_form() {
        assert_eq!(gps_time_of_day_ms(14.0, 27.0, 7.24), Some(52_027_240));
        assert_eq!(gps_time_of_day_ms(23.0, 59.0, 59.987), Some(86_399_987));
        assert_eq!(gps_time_of_day_ms(9.5, 0.0, 0.0), Some(34_200_000));
        assert_eq!(gps_time_of_day_ms(9.0, 60.0, 0.0), None);
        assert_eq!(gps_time_of_day_ms(f64::NAN, 0.0, 0.0), None);
        assert_eq!(gps_time_of_day_ms(-1.0, 0.0, 0.0), None);
    }

    #[test]
    fn gps_dates_may_carry_a_time_behind_them() {
        assert_eq!(read_gps_date_ms("2008:05:08 09:54:28"), read_gps_date_ms("2008-05-08"));
        assert_eq!(read_gps_date_ms("0000:00:00"), None);
    }

    #[test]
    fn times_before_1970_keep_their_fraction_positive() {
        let Reading::Valid(stamp) = read("1969:12:31 23:59:59") else {
            panic!("a valid date");
        };
        assert_eq!(stamp.local_ms, -1_000);
        assert_eq!(stamp.with_subsec_ms(250).local_ms, -750);
    }
}
