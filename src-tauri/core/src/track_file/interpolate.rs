//! Where a track was at one moment.
//!
//! Between two points position and altitude change evenly and the heading is the direction from one to the other: the
//! rules of mapillary_tools 0.14.7. Three things are ours: the shorter way is taken over the date line; points that are
//! far apart, or near a pole, are joined by the great circle; and where the track stands still there is no heading.
//! Like mapillary_tools, any two neighbours are joined, however long nothing was recorded between them; how long and
//! how far that was is told ([`Gap`]), so that a long one can be pointed at.

use waypost_media::TrackFilePoint;

use super::{OutsideTrack, Track};
use crate::sequence::geometry::{bearing_between_deg, chord_m};

/// A capture this far outside the track still gets its first or last position. mapillary_tools 0.14.7 takes the same.
const TOLERANCE_MS: f64 = 1.0;

/// Up to this distance between two points degrees are interpolated as they are; beyond, the great circle is followed.
/// At 60° of latitude the two are then less than a metre apart.
const STRAIGHT_LIMIT_M: f64 = 5_000.0;

/// Beyond this latitude the great circle is followed for any distance.
const POLAR_LAT_DEG: f64 = 85.0;

/// Longer than this without a point, and …
const GAP_LIMIT_MS: f64 = 60_000.0;
/// … more than this apart: the position between is a guess. The limits are those that cut sequences.
const GAP_LIMIT_M: f64 = 100.0;

/// Where the track was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPosition {
    /// Latitude, degrees −90…90.
    pub lat_deg: f64,
    /// Longitude, degrees −180…180.
    pub lon_deg: f64,
    /// Altitude, metres; `None` where either neighbour has none.
    pub altitude_m: Option<f64>,
    /// Direction of movement, degrees 0…360 clockwise from true north; `None` where the track stands still.
    pub heading_deg: Option<f64>,
    /// The part of the track without a point that the moment lies in, if it is so long that the position is a guess.
    pub gap: Option<Gap>,
}

/// A part of a track in which nothing was recorded for more than a minute and more than 100 m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// How long, milliseconds.
    pub duration_ms: f64,
    /// How far, metres.
    pub distance_m: f64,
}

impl Gap {
    /// The gap in words: `12 min and 3.4 km`.
    pub fn words(&self) -> String {
        let duration = super::outside::duration_words(self.duration_ms);
        if self.distance_m < 1000.0 {
            format!("{duration} and {:.0} m", self.distance_m)
        } else {
            format!("{duration} and {:.1} km", self.distance_m / 1000.0)
        }
    }
}

/// The position at a moment, milliseconds since 1970 UTC.
///
/// # Errors
/// [`OutsideTrack`] for a moment more than a millisecond before the first or after the last point.
pub fn position_at(track: &Track, moment_ms: f64) -> Result<TrackPosition, OutsideTrack> {
    let points = track.points();
    let outside = OutsideTrack {
        moment_ms,
        track_start_ms: track.first_at_ms(),
        track_end_ms: track.last_at_ms(),
    };
    let is_inside = (outside.track_start_ms - TOLERANCE_MS..=outside.track_end_ms + TOLERANCE_MS).contains(&moment_ms);
    if !is_inside {
        return Err(outside);
    }
    // The point before the moment and the one at or after it; at the ends the nearest two.
    let after = points
        .partition_point(|point| point.unix_ms < moment_ms)
        .min(points.len().saturating_sub(1))
        .max(1);
    match (points.get(after - 1), points.get(after)) {
        (Some(start), Some(end)) => Ok(between(start, end, moment_ms)),
        (Some(only), None) => Ok(between(only, only, moment_ms)),
        _ => Err(outside),
    }
}

fn between(start: &TrackFilePoint, end: &TrackFilePoint, moment_ms: f64) -> TrackPosition {
    let duration_ms = end.unix_ms - start.unix_ms;
    let part = if duration_ms > 0.0 {
        (moment_ms - start.unix_ms) / duration_ms
    } else {
        0.0
    };
    let (from, to) = ((start.lat_deg, start.lon_deg), (end.lat_deg, end.lon_deg));
    let distance_m = chord_m(from, to);
    let is_polar = start.lat_deg.abs().max(end.lat_deg.abs()) > POLAR_LAT_DEG;
    let (lat_deg, lon_deg) = if is_polar || distance_m > STRAIGHT_LIMIT_M {
        on_great_circle(from, to, part)
    } else {
        let lon_step_deg = shorter_deg(end.lon_deg - start.lon_deg);
        let lon_deg = start.lon_deg + lon_step_deg * part;
        (
            start.lat_deg + (end.lat_deg - start.lat_deg) * part,
            on_map_deg(lon_deg),
        )
    };
    TrackPosition {
        // A millisecond beyond the end may lie beyond the pole.
        lat_deg: lat_deg.clamp(-90.0, 90.0),
        lon_deg,
        altitude_m: start
            .altitude_m
            .zip(end.altitude_m)
            .map(|(start_m, end_m)| start_m + (end_m - start_m) * part),
        heading_deg: (from != to).then(|| bearing_between_deg(from, to)),
        gap: (duration_ms > GAP_LIMIT_MS && distance_m > GAP_LIMIT_M).then_some(Gap {
            duration_ms,
            distance_m,
        }),
    }
}

/// A difference of longitudes the shorter way round.
fn shorter_deg(difference_deg: f64) -> f64 {
    if difference_deg.abs() > 180.0 {
        difference_deg - 360.0 * difference_deg.signum()
    } else {
        difference_deg
    }
}

/// A longitude within −180…180.
fn on_map_deg(lon_deg: f64) -> f64 {
    if lon_deg.abs() > 180.0 {
        lon_deg - 360.0 * lon_deg.signum()
    } else {
        lon_deg
    }
}

/// The point at a part of the way along the great circle of a sphere; points on opposite sides of the Earth, between
/// which every way is as short, give the nearer one of the two.
fn on_great_circle(from: (f64, f64), to: (f64, f64), part: f64) -> (f64, f64) {
    let (start, end) = (unit_vector(from), unit_vector(to));
    let cosine: f64 = start.iter().zip(end).map(|(a, b)| a * b).sum();
    let angle = cosine.clamp(-1.0, 1.0).acos();
    let sine = angle.sin();
    if sine.abs() < 1e-12 {
        return if part < 0.5 { from } else { to };
    }
    let (weight_start, weight_end) = (((1.0 - part) * angle).sin() / sine, (part * angle).sin() / sine);
    let mix = |a: f64, b: f64| weight_start * a + weight_end * b;
    let [x, y, z] = [mix(start[0], end[0]), mix(start[1], end[1]), mix(start[2], end[2])];
    (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees())
}

fn unit_vector((lat_deg, lon_deg): (f64, f64)) -> [f64; 3] {
    let (sin_lat, cos_lat) = lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = lon_deg.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}
