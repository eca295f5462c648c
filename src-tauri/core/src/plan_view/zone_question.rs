//! The one question about capture times that name no zone.

use waypost_media::TimeReading;
use waypost_wire::ZoneQuestion;

use super::Editing;
use crate::path_text::printable_name;
use crate::readings::Capture;
use crate::settings::NaiveTimeZone;
use crate::zone_at::zone_at;

/// The question, with its answer so far; `None` where every time names its zone.
pub(super) fn zone_question(editing: &Editing<'_>) -> Option<ZoneQuestion> {
    let mut naive = editing.readings.captures.iter().filter_map(|capture| match capture {
        Capture::Photo(photo) => match photo.facts.time {
            Some(TimeReading::Naive { local_ms, .. }) => Some((photo, local_ms)),
            _ => None,
        },
        _ => None,
    });
    let (example, example_local_ms) = naive.next()?;
    let mut file_count = 1;
    let mut position = example.facts.position;
    for (photo, _) in naive {
        file_count += 1;
        position = position.or(photo.facts.position);
    }
    Some(ZoneQuestion {
        file_count,
        example_file: printable_name(&example.path),
        example_local_ms,
        suggested_zone: position
            .and_then(|position| zone_at(position.lat_deg, position.lon_deg))
            .map(str::to_owned),
        answer: answer(editing),
    })
}

/// The zone in which clocks without one are read; empty while nobody said.
pub(super) fn answer(editing: &Editing<'_>) -> String {
    if !editing.edits.time_zone.is_empty() {
        return editing.edits.time_zone.clone();
    }
    match &editing.settings.naive_time_zone {
        NaiveTimeZone::Ask => String::new(),
        NaiveTimeZone::Named(name) => name.clone(),
        NaiveTimeZone::OffsetMinutes(minutes) => {
            let sign = if *minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}
