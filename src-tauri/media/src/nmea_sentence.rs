//! One sentence of NMEA 0183, as receivers, loggers and dash cameras write it: `$GPGGA,…*4F`.
//!
//! Three kinds say where and when: RMC (with date, speed and course), GGA (with altitude and quality) and GLL. The two
//! letters in front of the kind name the receiver's systems (GP, GN, GL, …) and change nothing.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::video_facts::{GpsFix, TrackPoint};

/// Milliseconds of a day.
pub(crate) const DAY_MS: f64 = 86_400_000.0;
const KNOT_M_PER_S: f64 = 1852.0 / 3600.0;

/// The kinds of sentences that have a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SentenceKind {
    /// Recommended minimum: position, speed, course, date.
    Rmc,
    /// Fix: position, altitude, quality.
    Gga,
    /// Position and time alone.
    Gll,
}

/// One valid sentence.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) kind: SentenceKind,
    /// Time of day in milliseconds.
    pub(crate) of_day_ms: Option<f64>,
    /// Midnight of the sentence's date in milliseconds since 1970 UTC; in RMC only.
    pub(crate) date_ms: Option<f64>,
    /// Dilution of precision; in GGA only.
    pub(crate) precision_dop: Option<f64>,
    /// The position; its times are the reader's to set.
    pub(crate) point: TrackPoint,
}

/// Whether a sentence, without its `$`, is of a kind that has a position, valid or not.
pub(crate) fn has_position(sentence: &str) -> bool {
    sentence
        .get(2..6)
        .is_some_and(|kind| matches!(kind, "RMC," | "GGA," | "GLL,"))
}

/// Reads a sentence, without its `$`; `None` for other kinds, wrong checksums, and a receiver that says that it does
/// not know where it is. A checksum may be missing.
pub(crate) fn parse(sentence: &str) -> Option<Sentence> {
    let body = match sentence.split_once('*') {
        Some((body, checksum)) => {
            let expected = u8::from_str_radix(checksum.trim().get(..2)?, 16).ok()?;
            let actual = body.bytes().fold(0, |sum, byte| sum ^ byte);
            (expected == actual).then_some(body)?
        }
        None => sentence,
    };
    let fields: Vec<&str> = body.split(',').collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    let mut read = Sentence {
        kind: SentenceKind::Rmc,
        of_day_ms: None,
        date_ms: None,
        precision_dop: None,
        point: TrackPoint::new(0.0, 0.0, 0.0),
    };
    let place_at = match field(0).get(2..)? {
        "RMC" if field(2) == "A" => {
            read.of_day_ms = of_day_ms(field(1));
            read.date_ms = date_ms(field(9));
            read.point.ground_speed_m_per_s = number(field(7)).map(|knots| knots * KNOT_M_PER_S);
            read.point.heading_deg = number(field(8)).filter(|deg| (0.0..360.0).contains(deg));
            3
        }
        "GGA" if !matches!(field(6), "" | "0") => {
            read.kind = SentenceKind::Gga;
            read.of_day_ms = of_day_ms(field(1));
            read.precision_dop = number(field(8));
            read.point.altitude_m = number(field(9));
            read.point.fix = Some(GpsFix::Fix3d);
            2
        }
        "GLL" if field(6) == "A" => {
            read.kind = SentenceKind::Gll;
            read.of_day_ms = of_day_ms(field(5));
            1
        }
        _ => return None,
    };
    let pair = |at: usize| (field(at), field(at.saturating_add(1)));
    read.point.lat_deg = angle_deg(pair(place_at), ["N", "S"])?;
    read.point.lon_deg = angle_deg(pair(place_at.saturating_add(2)), ["E", "W"])?;
    Some(read)
}

fn number(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(value)
}

/// `dddmm.mmmm` and its hemisphere.
fn angle_deg((text, hemisphere): (&str, &str), [plus, minus]: [&str; 2]) -> Option<f64> {
    let value = number(text).filter(|value| *value >= 0.0)?;
    let degrees = (value / 100.0).trunc();
    let angle_deg = degrees + (value - degrees * 100.0) / 60.0;
    if hemisphere == plus {
        Some(angle_deg)
    } else {
        (hemisphere == minus).then_some(-angle_deg)
    }
}

/// `hhmmss.sss`.
fn of_day_ms(text: &str) -> Option<f64> {
    let hours = number(text.get(..2)?)?;
    let minutes = number(text.get(2..4)?)?;
    let seconds = number(text.get(4..)?)?;
    (hours < 24.0 && minutes < 60.0 && (0.0..61.0).contains(&seconds))
        .then_some((hours * 3600.0 + minutes * 60.0 + seconds) * 1000.0)
}

/// `ddmmyy`, from 2000 on.
fn date_ms(text: &str) -> Option<f64> {
    let two = |at: usize| -> Option<i8> { text.get(at..at.checked_add(2)?)?.parse().ok() };
    let year = 2000_i16.checked_add(i16::from(two(4)?))?;
    let date = DateTime::new(year, two(2)?, two(0)?, 0, 0, 0, 0).ok()?;
    let date = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(date.as_millisecond() as f64)
}
