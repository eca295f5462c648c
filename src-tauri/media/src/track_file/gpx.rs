//! GPX (<https://www.topografix.com/GPX/1/1/>) to points.
//!
//! All tracks and segments are read as one, as mapillary_tools does. Names are compared without their namespace, which
//! many writers leave out or get wrong. Times are UTC unless they carry an offset. Speed and course are taken where
//! GPX 1.0 has them, and from the extensions that Garmin's and other devices write.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{TrackFile, TrackFileFormat, TrackFilePoint, too_many_points};
use crate::error::MediaError;
use crate::limits::{MAX_GPX_DEPTH, MAX_GPX_VALUE_CHARS, MAX_TRACK_POINTS, TRACK_FILE_PROBE_BYTES};
use crate::video_facts::GpsFix;

/// Whether a text is XML whose first element is `gpx`.
pub(super) fn looks_like(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => return element.local_name().as_ref() == "gpx",
            Ok(Event::Text(text)) if !text.xml10_content().trim().is_empty() => return false,
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) if reader.buffer_position() > TRACK_FILE_PROBE_BYTES as u64 => return false,
            Ok(_) => {}
        }
    }
}

/// Reads the tracks of a GPX file.
///
/// Errors: `track_file_too_large`, `track_file_damaged`, `track_file_empty`, `track_is_route`, `track_without_times`.
pub(super) fn read(text: &str) -> Result<TrackFile, MediaError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut found = Found::default();
    let mut damaged_at = None;
    loop {
        let event = reader.read_event();
        let goes_on = match event {
            Ok(Event::Eof) => {
                if found.depth > 0 {
                    damaged_at = Some(reader.buffer_position());
                }
                break;
            }
            Ok(event) => found.take(&event)?,
            Err(_) => false,
        };
        if !goes_on {
            damaged_at = Some(reader.buffer_position());
            break;
        }
    }
    if found.points.is_empty() {
        return Err(if found.without_time_count > 0 {
            MediaError::TrackWithoutTimes {
                point_count: found.without_time_count,
            }
        } else if found.has_route {
            MediaError::TrackIsRoute
        } else if let Some(offset_bytes) = damaged_at {
            MediaError::TrackFileDamaged { offset_bytes }
        } else {
            MediaError::TrackFileEmpty
        });
    }
    Ok(TrackFile {
        format: TrackFileFormat::Gpx,
        points: found.points,
        left_out_count: found.left_out_count.saturating_add(found.without_time_count),
        is_cut_off: damaged_at.is_some(),
    })
}

/// The values of a point that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Time,
    Altitude,
    Course,
    Speed,
    Fix,
    HorizontalDop,
}

impl Value {
    /// The value behind an element; `level` counts from the point, whose children have 1.
    fn of(name: &str, level: u32) -> Option<Self> {
        match name {
            // Deeper ones are about something else, such as the time of a heart beat's measurement.
            "time" if level == 1 => Some(Self::Time),
            "ele" if level == 1 => Some(Self::Altitude),
            "fix" if level == 1 => Some(Self::Fix),
            "hdop" if level == 1 => Some(Self::HorizontalDop),
            "course" => Some(Self::Course),
            "speed" => Some(Self::Speed),
            _ => None,
        }
    }
}

/// A point that is being read.
#[derive(Default)]
struct OpenPoint {
    depth: u32,
    lat_deg: Option<f64>,
    lon_deg: Option<f64>,
    unix_ms: Option<f64>,
    altitude_m: Option<f64>,
    heading_deg: Option<f64>,
    ground_speed_m_per_s: Option<f64>,
    fix: Option<GpsFix>,
    precision_dop: Option<f64>,
}

#[derive(Default)]
struct Found {
    points: Vec<TrackFilePoint>,
    without_time_count: u64,
    left_out_count: u64,
    has_route: bool,
    depth: u32,
    point: Option<OpenPoint>,
    /// The value whose text is being collected, and the depth of its element.
    value: Option<(Value, u32, String)>,
}

impl Found {
    /// Takes the next piece; `false` where the file is damaged.
    ///
    /// Errors: `track_file_too_large`.
    fn take(&mut self, event: &Event<'_>) -> Result<bool, MediaError> {
        match event {
            Event::Start(element) => {
                self.depth = self.depth.saturating_add(1);
                if self.depth > MAX_GPX_DEPTH {
                    return Ok(false);
                }
                self.start(element);
            }
            Event::Empty(element) => {
                self.depth = self.depth.saturating_add(1);
                self.start(element);
                self.end()?;
            }
            Event::End(_) => self.end()?,
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                if let Ok(Some(character)) = reference.resolve_char_ref() {
                    self.text(character.encode_utf8(&mut [0; 4]));
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
        Ok(true)
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name();
        let name: &str = name.as_ref();
        if let Some(point) = &self.point {
            let level = self.depth.saturating_sub(point.depth);
            if self.value.is_none()
                && let Some(value) = Value::of(name, level)
            {
                self.value = Some((value, self.depth, String::new()));
            }
        } else if name == "trkpt" {
            let place = |key| {
                let attribute = element.try_get_attribute(key).ok().flatten()?;
                number(&attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).ok()?)
            };
            self.point = Some(OpenPoint {
                depth: self.depth,
                lat_deg: place("lat"),
                lon_deg: place("lon"),
                ..OpenPoint::default()
            });
        } else if name == "rtept" {
            self.has_route = true;
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, _, value)) = &mut self.value
            && value.len() < MAX_GPX_VALUE_CHARS
        {
            value.extend(text.chars().take(MAX_GPX_VALUE_CHARS));
        }
    }

    fn end(&mut self) -> Result<(), MediaError> {
        if let Some((value, _, text)) = self.value.take_if(|(_, depth, _)| *depth == self.depth)
            && let Some(point) = &mut self.point
        {
            point.keep(value, text.trim());
        }
        if let Some(point) = self.point.take_if(|point| point.depth == self.depth) {
            self.finish(&point)?;
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn finish(&mut self, point: &OpenPoint) -> Result<(), MediaError> {
        let Some(unix_ms) = point.unix_ms else {
            self.without_time_count = self.without_time_count.saturating_add(1);
            return Ok(());
        };
        let point = TrackFilePoint {
            unix_ms,
            lat_deg: point.lat_deg.unwrap_or(f64::NAN),
            lon_deg: point.lon_deg.unwrap_or(f64::NAN),
            altitude_m: point.altitude_m,
            heading_deg: point.heading_deg,
            ground_speed_m_per_s: point.ground_speed_m_per_s,
            fix: point.fix,
            precision_dop: point.precision_dop,
        };
        if !point.is_usable() {
            self.left_out_count = self.left_out_count.saturating_add(1);
        } else if self.points.len() >= MAX_TRACK_POINTS {
            return Err(too_many_points());
        } else {
            self.points.push(point);
        }
        Ok(())
    }
}

impl OpenPoint {
    /// Keeps a value; the first of each kind wins.
    fn keep(&mut self, value: Value, text: &str) {
        match value {
            Value::Time => self.unix_ms = self.unix_ms.or_else(|| unix_ms(text)),
            Value::Altitude => self.altitude_m = self.altitude_m.or_else(|| number(text)),
            Value::Course => {
                let heading_deg = number(text).filter(|deg| (0.0..=360.0).contains(deg));
                self.heading_deg = self.heading_deg.or(heading_deg.map(|deg| deg % 360.0));
            }
            Value::Speed => {
                let speed = number(text).filter(|speed| *speed >= 0.0);
                self.ground_speed_m_per_s = self.ground_speed_m_per_s.or(speed);
            }
            Value::Fix => {
                self.fix = self.fix.or(match text {
                    "none" => Some(GpsFix::NoFix),
                    "2d" => Some(GpsFix::Fix2d),
                    "3d" | "dgps" | "pps" => Some(GpsFix::Fix3d),
                    _ => None,
                });
            }
            Value::HorizontalDop => self.precision_dop = self.precision_dop.or_else(|| number(text)),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let value: f64 = text.trim().parse().ok()?;
    value.is_finite().then_some(value)
}

/// A time of ISO 8601, with fractions and offset or without.
fn unix_ms(text: &str) -> Option<f64> {
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let reading: DateTime = text.parse().ok()?;
        Some(reading.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    // A double holds today's milliseconds to a quarter of a microsecond.
    Some(moment.as_microsecond() as f64 / 1000.0)
}
