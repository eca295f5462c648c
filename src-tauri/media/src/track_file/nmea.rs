//! A text of NMEA 0183 sentences to points.
//!
//! Sentences carry the time of day, RMC the date as well. Days are counted on from the last date where the time of day
//! jumps back over midnight, and back from the first date for what stands before it. Sentences of one moment make one
//! point: the place of GGA where there is one, its altitude, and speed and course of RMC.

use super::{TrackFile, TrackFileFormat, TrackFilePoint, too_many_points};
use crate::error::MediaError;
use crate::limits::MAX_TRACK_POINTS;
use crate::nmea_sentence::{self, DAY_MS, Sentence, SentenceKind};

/// Whether a text has a sentence with a position in it.
pub(super) fn looks_like(text: &str) -> bool {
    sentences(text).any(nmea_sentence::has_position)
}

/// Every sentence of a text without its `$`. Loggers write their own times in front of it.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
        .filter_map(|line| Some(line.split_once('$')?.1.trim()))
}

/// Reads the sentences of a text.
///
/// Errors: `track_file_too_large`, `track_file_empty`, `track_without_date`.
pub(super) fn read(text: &str) -> Result<TrackFile, MediaError> {
    let mut moments: Vec<Moment> = Vec::new();
    let mut left_out_count = 0_u64;
    let mut calendar = Calendar::default();
    for sentence in sentences(text).filter(|sentence| nmea_sentence::has_position(sentence)) {
        let read = nmea_sentence::parse(sentence).and_then(|read| Some((read.of_day_ms?, read)));
        let Some((of_day_ms, read)) = read else {
            left_out_count = left_out_count.saturating_add(1);
            continue;
        };
        let moment = Moment::new(calendar.place(of_day_ms, read.date_ms), read);
        if let Some(last) = moments.last_mut()
            && last.at.is_same(&moment.at)
        {
            last.add(moment);
        } else if moments.len() < MAX_TRACK_POINTS {
            moments.push(moment);
        } else {
            return Err(too_many_points());
        }
    }
    let Some(first_base_ms) = calendar.first_base_ms else {
        return Err(if moments.is_empty() {
            MediaError::TrackFileEmpty
        } else {
            MediaError::TrackWithoutDate
        });
    };
    let mut points = Vec::with_capacity(moments.len());
    for moment in moments {
        let point = moment.point(first_base_ms);
        if point.is_usable() {
            points.push(point);
        } else {
            left_out_count = left_out_count.saturating_add(1);
        }
    }
    if points.is_empty() {
        return Err(MediaError::TrackFileEmpty);
    }
    Ok(TrackFile {
        format: TrackFileFormat::Nmea,
        points,
        left_out_count,
        is_cut_off: false,
    })
}

/// Sentences this close in time tell of one moment: they carry the same text for it.
const SAME_MOMENT_MS: f64 = 0.5;

/// A time of day on a day that may only be known later.
#[derive(Clone, Copy)]
struct DayTime {
    /// Milliseconds since midnight of the day that is counted from.
    since_base_ms: f64,
    /// That midnight, milliseconds since 1970; `None` before the first date.
    base_ms: Option<f64>,
    /// Whether the sentence itself named the date.
    names_date: bool,
}

impl DayTime {
    fn is_same(&self, next: &Self) -> bool {
        let both_name_other_dates = self.names_date && next.names_date && self.base_ms != next.base_ms;
        (self.since_base_ms - next.since_base_ms).abs() < SAME_MOMENT_MS && !both_name_other_dates
    }
}

/// Which day it is.
#[derive(Default)]
struct Calendar {
    /// Midnight that the days are counted from, milliseconds since 1970.
    base_ms: Option<f64>,
    /// The first such midnight, for what stood before it.
    first_base_ms: Option<f64>,
    days: f64,
    last_of_day_ms: Option<f64>,
}

impl Calendar {
    /// The place of the next sentence's time of day.
    fn place(&mut self, of_day_ms: f64, date_ms: Option<f64>) -> DayTime {
        let step_ms = of_day_ms - self.last_of_day_ms.unwrap_or(of_day_ms);
        if step_ms < -DAY_MS / 2.0 {
            self.days += 1.0;
        } else if step_ms > DAY_MS / 2.0 {
            self.days -= 1.0;
        }
        self.last_of_day_ms = Some(of_day_ms);
        if let Some(date_ms) = date_ms {
            let base_ms = date_ms - self.days * DAY_MS;
            self.base_ms = Some(base_ms);
            self.first_base_ms.get_or_insert(base_ms);
        }
        DayTime {
            since_base_ms: self.days * DAY_MS + of_day_ms,
            base_ms: self.base_ms,
            names_date: date_ms.is_some(),
        }
    }
}

/// What the sentences of one moment say.
struct Moment {
    at: DayTime,
    place: Sentence,
    altitude_m: Option<f64>,
    heading_deg: Option<f64>,
    ground_speed_m_per_s: Option<f64>,
    precision_dop: Option<f64>,
}

impl Moment {
    fn new(at: DayTime, first: Sentence) -> Self {
        Self {
            at,
            altitude_m: first.point.altitude_m,
            heading_deg: first.point.heading_deg,
            ground_speed_m_per_s: first.point.ground_speed_m_per_s,
            precision_dop: first.precision_dop,
            place: first,
        }
    }

    fn add(&mut self, other: Self) {
        self.altitude_m = self.altitude_m.or(other.altitude_m);
        self.heading_deg = self.heading_deg.or(other.heading_deg);
        self.ground_speed_m_per_s = self.ground_speed_m_per_s.or(other.ground_speed_m_per_s);
        self.precision_dop = self.precision_dop.or(other.precision_dop);
        // After a pause of days the sentence before may still have been given the old date.
        if other.at.names_date {
            self.at = other.at;
        }
        if rank(other.place.kind) < rank(self.place.kind) {
            self.place = other.place;
        }
    }

    fn point(self, first_base_ms: f64) -> TrackFilePoint {
        TrackFilePoint {
            unix_ms: self.at.base_ms.unwrap_or(first_base_ms) + self.at.since_base_ms,
            lat_deg: self.place.point.lat_deg,
            lon_deg: self.place.point.lon_deg,
            altitude_m: self.altitude_m,
            heading_deg: self.heading_deg,
            ground_speed_m_per_s: self.ground_speed_m_per_s,
            fix: self.place.point.fix,
            precision_dop: self.precision_dop,
        }
    }
}

/// Whose place is taken: GGA has the most digits in most receivers, and is what mapillary_tools takes.
fn rank(kind: SentenceKind) -> u8 {
    match kind {
        SentenceKind::Gga => 0,
        SentenceKind::Rmc => 1,
        SentenceKind::Gll => 2,
    }
}
