//! Hours of the day against the calendar: midnight, days with 23 and 25 hours, and never a gap.

use proptest::prelude::*;

use super::*;

const HOUR_MS: i64 = 3_600_000;

fn row(from: &str, to: &str, limit_bytes_per_s: Option<u64>) -> ScheduleRow {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    ScheduleRow {
        from_minute: minute(from),
        to_minute: minute(to),
        limit_bytes_per_s,
    }
}

fn berlin(schedule: Vec<ScheduleRow>) -> Bandwidth {
    Bandwidth {
        limit: Limit::of_setting(1_000),
        schedule,
        zone: TimeZone::get("Europe/Berlin").unwrap(),
    }
}

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

#[test]
fn without_a_schedule_the_limit_holds_for_ever() {
    assert_eq!(
        limit_at(&berlin(vec![]), ms("2026-06-01T12:00:00Z")),
        (Limit::of_setting(1_000), None)
    );
    assert_eq!(limit_at(&Bandwidth::default(), 0), (Limit::Unlimited, None));
    let all_day = berlin(vec![row("08:00", "08:00", Some(0))]);
    assert_eq!(limit_at(&all_day, ms("2026-06-01T12:00:00Z")), (Limit::Closed, None));
}

#[test]
fn a_window_over_midnight_holds_on_both_sides_and_ends_the_next_day() {
    let night = berlin(vec![row("22:00", "06:30", None)]);
    for (moment, limit, until) in [
        ("2026-06-01T12:00:00Z", Limit::of_setting(1_000), "2026-06-01T20:00:00Z"),
        ("2026-06-01T20:00:00Z", Limit::Unlimited, "2026-06-02T04:30:00Z"),
        ("2026-06-01T21:59:59.999Z", Limit::Unlimited, "2026-06-02T04:30:00Z"),
        ("2026-06-01T22:00:00Z", Limit::Unlimited, "2026-06-02T04:30:00Z"),
        ("2026-06-02T04:30:00Z", Limit::of_setting(1_000), "2026-06-02T20:00:00Z"),
    ] {
        assert_eq!(limit_at(&night, ms(moment)), (limit, Some(ms(until))), "{moment}");
    }
}

#[test]
fn the_first_row_that_holds_counts_and_equal_neighbours_are_one() {
    let rows = berlin(vec![
        row("08:00", "12:00", Some(0)),
        row("10:00", "18:00", Some(500)),
        row("18:00", "20:00", Some(500)),
    ]);
    let (limit, until) = limit_at(&rows, ms("2026-06-01T07:00:00Z"));
    assert_eq!((limit, until), (Limit::Closed, Some(ms("2026-06-01T10:00:00Z"))));
    let (limit, until) = limit_at(&rows, ms("2026-06-01T10:00:00Z"));
    assert_eq!(
        (limit, until),
        (Limit::of_setting(500), Some(ms("2026-06-01T18:00:00Z")))
    );
}

#[test]
fn the_day_with_23_hours_and_the_day_with_25_keep_the_hours_of_the_wall_clock() {
    // Clocks go from 02:00 to 03:00 on 29 March 2026 and from 03:00 to 02:00 on 25 October.
    let early = berlin(vec![row("02:30", "04:00", Some(0))]);
    let spring = limit_at(&early, ms("2026-03-29T00:30:00Z"));
    assert_eq!(spring, (Limit::of_setting(1_000), Some(ms("2026-03-29T01:00:00Z"))));
    let begun = limit_at(&early, ms("2026-03-29T01:00:00Z"));
    assert_eq!(begun, (Limit::Closed, Some(ms("2026-03-29T02:00:00Z"))));
    // The half hour before three o'clock is there twice, with a quarter past two between them.
    let autumn = limit_at(&early, ms("2026-10-25T00:30:00Z"));
    assert_eq!(autumn, (Limit::Closed, Some(ms("2026-10-25T01:00:00Z"))));
    let between = limit_at(&early, ms("2026-10-25T01:15:00Z"));
    assert_eq!(between, (Limit::of_setting(1_000), Some(ms("2026-10-25T01:30:00Z"))));
    let again = limit_at(&early, ms("2026-10-25T01:30:00Z"));
    assert_eq!(again, (Limit::Closed, Some(ms("2026-10-25T03:00:00Z"))));
}

#[test]
fn numbers_of_a_damaged_file_do_no_harm() {
    let wild = ScheduleRow {
        from_minute: u16::MAX,
        to_minute: 1_440,
        limit_bytes_per_s: Some(0),
    };
    for moment_ms in [0, i64::MIN, i64::MAX, ms("9999-12-30T00:00:00Z")] {
        let (_, until_ms) = limit_at(&berlin(vec![wild, row("01:00", "02:00", None)]), moment_ms);
        assert!(until_ms.is_none_or(|until_ms| until_ms > moment_ms));
    }
}

fn any_row() -> impl Strategy<Value = ScheduleRow> {
    let limit = prop_oneof![Just(None), Just(Some(0)), Just(Some(77))];
    (0_u16..1_440, 0_u16..1_440, limit).prop_map(|(from_minute, to_minute, limit_bytes_per_s)| ScheduleRow {
        from_minute,
        to_minute,
        limit_bytes_per_s,
    })
}

proptest! {
    /// Whatever the rows, the zone and the day: from a moment to the one that was named, the limit is the same minute
    /// by minute, and then it is another.
    #[test]
    fn the_limit_holds_exactly_as_long_as_was_said(
        rows in proptest::collection::vec(any_row(), 1..5),
        zone in prop_oneof![Just("Europe/Berlin"), Just("America/St_Johns"), Just("Australia/Lord_Howe"), Just("UTC")],
        start_hour in 0_i64..24 * 366,
    ) {
        let bandwidth = Bandwidth {
            limit: Limit::of_setting(1_000),
            schedule: rows,
            zone: TimeZone::get(zone).unwrap(),
        };
        let start_ms = ms("2026-01-01T00:00:00Z") + start_hour * HOUR_MS;
        let (limit, until_ms) = limit_at(&bandwidth, start_ms);
        let end_ms = until_ms.unwrap_or(start_ms + 24 * HOUR_MS);
        prop_assert!(end_ms > start_ms);
        let mut moment_ms = start_ms;
        while moment_ms < end_ms {
            prop_assert_eq!(limit_at(&bandwidth, moment_ms).0, limit);
            moment_ms += 5 * 60_000;
        }
        if until_ms.is_some() {
            prop_assert_eq!(limit_at(&bandwidth, end_ms - 1).0, limit);
            prop_assert_ne!(limit_at(&bandwidth, end_ms).0, limit);
        }
    }
}
