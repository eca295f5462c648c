//! The positions in one stream: `GPS9`, or `GPS5` where that is not there, or a drone's `GLPI` or `GPRI`.

use super::klv::{Entry, entries};
use super::time;
use crate::video_facts::GpsFix;

/// One position, its place in the video not yet known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StreamPoint {
    pub(super) lat_deg: f64,
    pub(super) lon_deg: f64,
    pub(super) altitude_m: f64,
    pub(super) ground_speed_m_per_s: f64,
    /// The point's own time; with GPS5 only the first point of a payload has one.
    pub(super) epoch_ms: Option<f64>,
    pub(super) fix: Option<GpsFix>,
    pub(super) precision_dop: Option<f64>,
}

/// Whose positions a stream holds, the best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Receiver {
    /// The camera's, each point with its own time and quality (`GPS9`).
    Gps9,
    /// The camera's, with one time and quality for a payload (`GPS5`).
    #[default]
    Gps5,
    /// That of the drone which carries the camera, after its own corrections (`GLPI`, GoPro Karma).
    Drone,
    /// The same without corrections (`GPRI`).
    DroneRaw,
}

/// The positions of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StreamPoints {
    pub(super) receiver: Receiver,
    pub(super) points: Vec<StreamPoint>,
    /// When the stream's first value was taken, in microseconds since the camera started to
    /// record (`STMP`).
    pub(super) stamp_us: Option<f64>,
}

/// The positions in the content of a `STRM` entry; none if it is a stream of something else, or
/// one whose values cannot be scaled.
pub(super) fn read(stream: &[u8]) -> StreamPoints {
    let get = |key: &[u8; 4]| entries(stream).find(|entry| entry.key == *key);
    let stamp_us = get(b"STMP").and_then(|entry| entry.first_number());
    let Some(scales) = get(b"SCAL").map(|entry| entry.numbers()) else {
        return StreamPoints::default();
    };
    if scales.is_empty() || scales.iter().any(|&scale| scale == 0.0 || !scale.is_finite()) {
        return StreamPoints::default();
    }
    let types = get(b"TYPE").map(|entry| entry.data).unwrap_or_default();
    let types = types.strip_suffix(b"\0").unwrap_or(types);
    let found = |receiver, points: Vec<StreamPoint>| {
        (!points.is_empty()).then_some(StreamPoints {
            receiver,
            points,
            stamp_us,
        })
    };
    let gps9 = || {
        let entry = get(b"GPS9")?;
        let points = entry.rows(types).filter_map(|row| gps9(&row, &scales));
        found(Receiver::Gps9, points.collect())
    };
    let gps5 = || {
        let entry = get(b"GPS5")?;
        let shared = Shared::read(&get);
        let points = entry.rows(b"lllll").enumerate();
        let points = points.filter_map(|(index, row)| shared.gps5(&row, &scales, index == 0));
        found(Receiver::Gps5, points.collect())
    };
    let drone = |key: &[u8; 4], receiver| {
        let entry = get(key)?;
        let points = entry.rows(types).filter_map(|row| drone(&row, &scales));
        found(receiver, points.collect())
    };
    gps9()
        .or_else(gps5)
        .or_else(|| drone(b"GLPI", Receiver::Drone))
        .or_else(|| drone(b"GPRI", Receiver::DroneRaw))
        .unwrap_or_default()
}

/// `row` divided by its scales: one scale for each column, or one for all.
fn scaled<const N: usize>(row: &[f64], scales: &[f64]) -> Option<[f64; N]> {
    let row: [f64; N] = row.try_into().ok()?;
    let all = match scales {
        [one] => Some(*one),
        _ if scales.len() >= N => None,
        _ => return None,
    };
    let mut values = [0.0; N];
    for (index, (target, value)) in values.iter_mut().zip(row).enumerate() {
        *target = value / all.or_else(|| scales.get(index).copied())?;
    }
    Some(values)
}

fn gps9(row: &[f64], scales: &[f64]) -> Option<StreamPoint> {
    let [
        lat_deg,
        lon_deg,
        altitude_m,
        ground_speed_m_per_s,
        _,
        days,
        seconds,
        dilution,
        fix,
    ] = scaled::<9>(row, scales)?;
    Some(StreamPoint {
        lat_deg,
        lon_deg,
        altitude_m,
        ground_speed_m_per_s,
        epoch_ms: time::from_days(days, seconds),
        fix: GpsFix::from_number(fix),
        precision_dop: Some(dilution),
    })
}

/// Seconds since the drone was switched on and place, in front of what the two streams do not share. The columns' meanings
/// are in the streams' own units (`UNIT`) and names (`STNM`: "Position", "GPS RAW").
fn drone(row: &[f64], scales: &[f64]) -> Option<StreamPoint> {
    let [_, lat_deg, lon_deg, altitude_m] = scaled::<4>(row.get(..4)?, scales)?;
    Some(StreamPoint {
        lat_deg,
        lon_deg,
        altitude_m,
        ground_speed_m_per_s: f64::NAN,
        epoch_ms: None,
        fix: None,
        precision_dop: None,
    })
}

/// What a GPS5 stream says once for all its points.
struct Shared {
    epoch_ms: Option<f64>,
    fix: Option<GpsFix>,
    precision_dop: Option<f64>,
}

impl Shared {
    fn read<'b>(get: &impl Fn(&[u8; 4]) -> Option<Entry<'b>>) -> Self {
        let number = |key| get(key).and_then(|entry| entry.first_number());
        Self {
            epoch_ms: get(b"GPSU").and_then(|entry| time::from_text(entry.data)),
            fix: number(b"GPSF").and_then(GpsFix::from_number),
            // Written as a hundredfold.
            precision_dop: number(b"GPSP").map(|precision| precision / 100.0),
        }
    }

    fn gps5(&self, row: &[f64], scales: &[f64], is_first: bool) -> Option<StreamPoint> {
        let [lat_deg, lon_deg, altitude_m, ground_speed_m_per_s, _] = scaled::<5>(row, scales)?;
        Some(StreamPoint {
            lat_deg,
            lon_deg,
            altitude_m,
            ground_speed_m_per_s,
            epoch_ms: self.epoch_ms.filter(|_| is_first),
            fix: self.fix,
            precision_dop: self.precision_dop,
        })
    }
}
