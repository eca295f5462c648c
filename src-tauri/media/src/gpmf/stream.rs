//! The positions in one stream: `GPS9`, or `GPS5` where that is not there.

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

/// The positions of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct StreamPoints {
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
    let mut points = Vec::new();
    if let Some(entry) = get(b"GPS9") {
        let types = get(b"TYPE").map(|entry| entry.data).unwrap_or_default();
        let types = types.strip_suffix(b"\0").unwrap_or(types);
        points.extend(entry.rows(types).filter_map(|row| gps9(&row, &scales)));
    }
    if points.is_empty()
        && let Some(entry) = get(b"GPS5")
    {
        let shared = Shared::read(&get);
        let rows = entry.rows(b"lllll");
        points.extend(
            rows.enumerate()
                .filter_map(|(index, row)| shared.gps5(&row, &scales, index == 0)),
        );
    }
    StreamPoints { points, stamp_us }
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
