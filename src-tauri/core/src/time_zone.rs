//! From a wall clock's reading to a moment, with the zone the person named.
//!
//! Most cameras write their own clock without a zone. mapillary_tools reads such times in the zone of the computer,
//! which puts a holiday's photos hours away; here somebody has to say which zone the clock was in.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::error::CoreError;
use crate::settings::NaiveTimeZone;

/// The largest distance to UTC that is accepted, minutes. No zone in use passes 14 hours.
pub const MAX_OFFSET_MINUTES: i32 = 18 * 60;

/// Turns readings without a zone into moments, or says that it cannot.
#[derive(Clone, Debug)]
pub struct ZoneResolver {
    zone: Option<TimeZone>,
}

impl ZoneResolver {
    /// Looks the zone up once.
    ///
    /// # Errors
    /// [`CoreError::InvalidSetting`] for a name that is not in the time zone database, or an offset beyond
    /// [`MAX_OFFSET_MINUTES`].
    pub fn new(setting: &NaiveTimeZone) -> Result<Self, CoreError> {
        let zone = match setting {
            NaiveTimeZone::Ask => None,
            NaiveTimeZone::OffsetMinutes(minutes) => Some(fixed(*minutes)?),
            NaiveTimeZone::Named(name) => {
                Some(TimeZone::get(name).map_err(|_| invalid(format!("there is no time zone called {name}")))?)
            }
        };
        Ok(Self { zone })
    }

    /// The moment at which a clock in the zone showed `local_ms` (its reading as if it were UTC, milliseconds since
    /// 1970); `None` when no zone was named or the moment is beyond what a calendar holds.
    ///
    /// When the clocks were put back an hour exists twice: the earlier one is taken, as mapillary_tools does. In the
    /// hour that is skipped in spring the clock is taken not to have been put forward yet.
    pub fn moment_ms(&self, local_ms: i64) -> Option<i64> {
        let zone = self.zone.as_ref()?;
        let reading = Timestamp::from_millisecond(local_ms).ok()?;
        let reading = Offset::UTC.to_datetime(reading);
        let moment = zone.to_ambiguous_timestamp(reading).compatible().ok()?;
        Some(moment.as_millisecond())
    }
}

/// Reads a zone as a person writes it: empty asks, `UTC`, `+02:00`, or a name like `Europe/Berlin`.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for an offset that is none. Whether a name exists is found out by [`ZoneResolver`].
pub fn time_zone(text: &str) -> Result<NaiveTimeZone, CoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(NaiveTimeZone::Ask);
    }
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Ok(NaiveTimeZone::OffsetMinutes(0));
    }
    let sign = match text.chars().next() {
        Some('+') => 1,
        Some('-') => -1,
        _ => return Ok(NaiveTimeZone::Named(text.to_owned())),
    };
    let digits: String = text.chars().skip(1).filter(|letter| *letter != ':').collect();
    let readable = matches!(digits.len(), 2 | 4) && digits.chars().all(|letter| letter.is_ascii_digit());
    let number: i32 = digits.parse().unwrap_or(i32::MAX);
    let (hours, minutes) = if digits.len() == 2 {
        (number, 0)
    } else {
        (number / 100, number % 100)
    };
    // No place on Earth is further than 14 hours from UTC.
    if !readable || hours > 14 || minutes > 59 {
        return Err(invalid(format!("\"{text}\" is not like +02:00, UTC or Europe/Berlin")));
    }
    Ok(NaiveTimeZone::OffsetMinutes(sign * (hours * 60 + minutes)))
}

fn fixed(minutes: i32) -> Result<TimeZone, CoreError> {
    if minutes.unsigned_abs() > MAX_OFFSET_MINUTES.unsigned_abs() {
        return Err(invalid(format!(
            "{minutes} minutes is further from UTC than any time zone"
        )));
    }
    Offset::from_seconds(minutes * 60)
        .map(Offset::to_time_zone)
        .map_err(|error| invalid(error.to_string()))
}

fn invalid(reason: String) -> CoreError {
    CoreError::InvalidSetting {
        name: "time zone".into(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-07-01T12:00:00 on a clock.
    const SUMMER_NOON_MS: i64 = 1_719_835_200_000;
    const HOUR_MS: i64 = 3_600_000;

    fn moment(setting: &NaiveTimeZone, local_ms: i64) -> Option<i64> {
        ZoneResolver::new(setting).unwrap().moment_ms(local_ms)
    }

    #[test]
    fn nothing_is_guessed_when_no_zone_was_named() {
        assert_eq!(moment(&NaiveTimeZone::Ask, SUMMER_NOON_MS), None);
    }

    #[test]
    fn an_offset_east_of_greenwich_is_earlier_in_utc() {
        assert_eq!(
            moment(&NaiveTimeZone::OffsetMinutes(120), SUMMER_NOON_MS),
            Some(SUMMER_NOON_MS - 2 * HOUR_MS)
        );
        assert_eq!(
            moment(&NaiveTimeZone::OffsetMinutes(-30), SUMMER_NOON_MS),
            Some(SUMMER_NOON_MS + HOUR_MS / 2)
        );
    }

    #[test]
    fn a_named_zone_knows_summer_and_winter() {
        let berlin = || NaiveTimeZone::Named("Europe/Berlin".into());
        let winter_noon_ms = 1_704_110_400_000; // 2024-01-01T12:00:00
        assert_eq!(moment(&berlin(), SUMMER_NOON_MS), Some(SUMMER_NOON_MS - 2 * HOUR_MS));
        assert_eq!(moment(&berlin(), winter_noon_ms), Some(winter_noon_ms - HOUR_MS));
    }

    #[test]
    fn an_hour_that_exists_twice_is_the_earlier_one() {
        let half_past_two_ms = 1_729_996_200_000; // 2024-10-27T02:30:00, twice in Berlin
        let berlin = NaiveTimeZone::Named("Europe/Berlin".into());
        assert_eq!(moment(&berlin, half_past_two_ms), Some(half_past_two_ms - 2 * HOUR_MS));
    }

    #[test]
    fn an_unknown_zone_and_an_impossible_offset_are_named() {
        for setting in [
            NaiveTimeZone::Named("Europe/Nowhere".into()),
            NaiveTimeZone::OffsetMinutes(i32::MIN),
        ] {
            let error = ZoneResolver::new(&setting).unwrap_err();
            assert_eq!(error.code(), "invalid_setting");
        }
    }

    #[test]
    fn a_reading_beyond_the_calendar_is_no_moment() {
        assert_eq!(moment(&NaiveTimeZone::OffsetMinutes(0), i64::MAX), None);
    }

    #[test]
    fn zones_are_read_as_people_write_them() {
        for (text, zone) in [
            ("", NaiveTimeZone::Ask),
            ("utc", NaiveTimeZone::OffsetMinutes(0)),
            ("+02:00", NaiveTimeZone::OffsetMinutes(120)),
            ("-0330", NaiveTimeZone::OffsetMinutes(-210)),
            ("+09", NaiveTimeZone::OffsetMinutes(540)),
            ("Europe/Berlin", NaiveTimeZone::Named("Europe/Berlin".into())),
        ] {
            assert_eq!(time_zone(text).unwrap(), zone, "{text}");
        }
        for text in ["+25:00", "+2", "+02:99", "-x", "+02:00:00"] {
            assert!(time_zone(text).is_err(), "{text}");
        }
    }
}
