//! The person's limits: how many uploads and images at once, how many bytes in a second, and at which hours.

use std::num::NonZeroU64;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use waypost_wire::ScheduleRow;

/// How far ahead a change of the limit is looked for, milliseconds. What has not changed in three days, one of which may
/// be cut short by a change of the clocks, never changes.
const HORIZON_MS: i64 = 3 * 24 * 60 * 60 * 1_000;

/// How fast bytes may go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// As fast as the line allows.
    #[default]
    Unlimited,
    /// So many bytes in a second, all uploads together.
    BytesPerS(NonZeroU64),
    /// Nothing is sent.
    Closed,
}

impl Limit {
    /// The limit behind a number of the schedule: 0 sends nothing, none sends as fast as the line allows.
    pub fn of_schedule(limit_bytes_per_s: Option<u64>) -> Self {
        match limit_bytes_per_s {
            None => Self::Unlimited,
            Some(bytes) => NonZeroU64::new(bytes).map_or(Self::Closed, Self::BytesPerS),
        }
    }

    /// The limit behind the number that holds all day: 0 is no limit.
    pub fn of_setting(limit_bytes_per_s: u64) -> Self {
        NonZeroU64::new(limit_bytes_per_s).map_or(Self::Unlimited, Self::BytesPerS)
    }
}

/// How fast bytes may go out, by hour of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Bandwidth {
    /// Outside of all hours of the schedule.
    pub limit: Limit,
    /// Hours with a limit of their own; the first row that holds counts.
    pub schedule: Vec<ScheduleRow>,
    /// Whose hours they are.
    pub zone: TimeZone,
}

impl Default for Bandwidth {
    fn default() -> Self {
        Self {
            limit: Limit::Unlimited,
            schedule: Vec::new(),
            zone: TimeZone::UTC,
        }
    }
}

/// Everything that can be changed while uploads are under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Uploads under way at once.
    pub parallel_uploads: usize,
    /// Images under way at once within one upload of `images`.
    pub image_workers: usize,
    /// Bytes in a second.
    pub bandwidth: Bandwidth,
}

/// The limit at `moment_ms` (milliseconds since 1970 UTC), and until when it holds: the first moment with another limit,
/// `None` if there will be none.
pub fn limit_at(bandwidth: &Bandwidth, moment_ms: i64) -> (Limit, Option<i64>) {
    let Ok(moment) = Timestamp::from_millisecond(moment_ms) else {
        return (bandwidth.limit, None);
    };
    let limit = limit_of(bandwidth, moment);
    let mut border = moment;
    while let Some(next) = next_border(bandwidth, border) {
        let next_ms = next.as_millisecond();
        if next_ms.saturating_sub(moment_ms) > HORIZON_MS {
            break;
        }
        if limit_of(bandwidth, next) != limit {
            return (limit, Some(next_ms));
        }
        border = next;
    }
    (limit, None)
}

fn limit_of(bandwidth: &Bandwidth, moment: Timestamp) -> Limit {
    let local = bandwidth.zone.to_datetime(moment);
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
    bandwidth
        .schedule
        .iter()
        .find(|row| holds(row, minute))
        .map_or(bandwidth.limit, |row| Limit::of_schedule(row.limit_bytes_per_s))
}

fn holds(row: &ScheduleRow, minute: u16) -> bool {
    let (from, to) = (row.from_minute, row.to_minute);
    if from < to {
        (from..to).contains(&minute)
    } else {
        // Over midnight; from a minute to the same is the whole day.
        minute >= from || minute < to
    }
}

/// The next moment at which the limit could be another: a row begins or ends, or the clocks are changed.
fn next_border(bandwidth: &Bandwidth, after: Timestamp) -> Option<Timestamp> {
    if bandwidth.schedule.is_empty() {
        return None;
    }
    let zone = &bandwidth.zone;
    let today = zone.to_datetime(after).date();
    let rows = bandwidth
        .schedule
        .iter()
        .flat_map(|row| [row.from_minute, row.to_minute]);
    let by_clock = rows.flat_map(|minute| {
        [Some(today), today.tomorrow().ok()]
            .into_iter()
            .flatten()
            .flat_map(move |day| {
                let (hour, minute) = (i8::try_from(minute / 60), i8::try_from(minute % 60));
                // An hour that is there twice has the border twice.
                let reading = hour
                    .ok()
                    .zip(minute.ok())
                    .filter(|(hour, _)| *hour < 24)
                    .map(|(hour, minute)| day.at(hour, minute, 0, 0));
                let found = reading.map(|reading| zone.to_ambiguous_timestamp(reading));
                [
                    found.and_then(|found| found.earlier().ok()),
                    found.and_then(|found| found.later().ok()),
                ]
            })
    });
    let by_change = zone.following(after).next().map(|change| change.timestamp());
    by_clock
        .flatten()
        .chain(by_change)
        .filter(|moment| *moment > after)
        .min()
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
