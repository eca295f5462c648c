//! Takes the noise out of a receiver's track: points without a fix, imprecise points, and pieces
//! that lie apart from the rest. Nothing is smoothed, and every point that goes is kept with its
//! reason.
//!
//! The rules and the usual limits are those of mapillary_tools 0.14.7 for GoPro, so that both
//! choose the same points.

use crate::limits::MAX_PIECE_COMPARISONS;
use crate::video_facts::{GpsFix, RemovalReason, TrackPoint};

/// What counts as noise. The default is that of mapillary_tools 0.14.7.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseLimits {
    /// Whether points stay that the receiver gave without a fix.
    pub keep_no_fix: bool,
    /// Whether points stay whose fix has no altitude.
    pub keep_fix_2d: bool,
    /// Whether points stay whose fix has an altitude.
    pub keep_fix_3d: bool,
    /// Dilution of precision above which a point is not used.
    pub max_precision_dop: f64,
    /// The receiver's usual error in metres. Two neighbouring points are never too far from each
    /// other if they are not farther than twice this.
    pub receiver_error_m: f64,
}

impl Default for NoiseLimits {
    fn default() -> Self {
        Self {
            keep_no_fix: false,
            keep_fix_2d: true,
            keep_fix_3d: true,
            max_precision_dop: 10.0,
            receiver_error_m: 15.0,
        }
    }
}

impl NoiseLimits {
    fn keeps(&self, fix: Option<GpsFix>) -> bool {
        match fix {
            None => true,
            Some(GpsFix::NoFix) => self.keep_no_fix,
            Some(GpsFix::Fix2d) => self.keep_fix_2d,
            Some(GpsFix::Fix3d) => self.keep_fix_3d,
        }
    }
}

/// WGS 84: semi-axes in metres.
const EQUATOR_RADIUS_M: f64 = 6_378_137.0;
const POLAR_RADIUS_M: f64 = 6_356_752.314_245;

/// A track cleaned of noise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CleanTrack {
    /// The points that stay, in their order.
    pub kept: Vec<TrackPoint>,
    /// The points that go, in their order, with the reason.
    pub removed: Vec<(TrackPoint, RemovalReason)>,
}

/// Removes the noise from `points`, which are sorted by time.
pub fn remove_noise(points: Vec<TrackPoint>, limits: &NoiseLimits) -> CleanTrack {
    let mut track = CleanTrack::default();
    for point in points {
        let reason = if !point.is_possible() {
            Some(RemovalReason::Impossible)
        } else if !limits.keeps(point.fix) {
            Some(RemovalReason::NoFix)
        } else if point.precision_dop.is_some_and(|dop| dop > limits.max_precision_dop) {
            Some(RemovalReason::Imprecise)
        } else {
            None
        };
        match reason {
            Some(reason) => track.removed.push((point, reason)),
            None => track.kept.push(point),
        }
    }
    let Some(majority) = majority(&track.kept, 2.0 * limits.receiver_error_m) else {
        return track;
    };
    let mut stays = majority.into_iter();
    for point in std::mem::take(&mut track.kept) {
        if stays.next().unwrap_or(true) {
            track.kept.push(point);
        } else {
            track.removed.push((point, RemovalReason::Outlier));
        }
    }
    track
        .removed
        .sort_by(|left, right| left.0.time_ms.total_cmp(&right.0.time_ms));
    track
}

/// Consecutive points without a leap between them.
struct Piece {
    points: usize,
    first: Spot,
    last: Spot,
    /// Which cluster it belongs to; pieces are clusters of their own until they are joined.
    cluster: Option<usize>,
}

/// A place and a moment.
#[derive(Clone, Copy)]
struct Spot {
    time_ms: f64,
    at_m: [f64; 3],
}

impl Spot {
    fn new(point: &TrackPoint) -> Self {
        Self {
            time_ms: point.time_ms,
            at_m: earth_centred_m(point.lat_deg, point.lon_deg),
        }
    }

    fn distance_m(&self, other: &Self) -> f64 {
        let squares = self.at_m.iter().zip(other.at_m);
        squares.map(|(here, there)| (here - there).powi(2)).sum::<f64>().sqrt()
    }

    /// Infinite where no time passes.
    fn speed_m_per_s(&self, other: &Self) -> f64 {
        let seconds = (other.time_ms - self.time_ms).abs() / 1000.0;
        if seconds > 0.0 {
            self.distance_m(other) / seconds
        } else {
            f64::INFINITY
        }
    }
}

/// Which points belong to the biggest cluster; `None` where there are too few to tell. Neighbours
/// up to `near_enough_m` from each other are never apart.
fn majority(points: &[TrackPoint], near_enough_m: f64) -> Option<Vec<bool>> {
    let spots: Vec<Spot> = points.iter().map(Spot::new).collect();
    let distances_m: Vec<f64> = spots
        .iter()
        .zip(spots.iter().skip(1))
        .map(|(left, right)| left.distance_m(right))
        .collect();
    let max_distance_m = upper_whisker(distances_m.clone())?.max(near_enough_m);
    let speeds = points.iter().filter_map(|point| point.ground_speed_m_per_s).collect();
    let max_speed_m_per_s = upper_whisker(speeds)?;
    let mut pieces = split(&spots, &distances_m, max_distance_m);
    join(&mut pieces, max_speed_m_per_s);

    let mut sizes = vec![0_usize; pieces.len()];
    for (index, piece) in pieces.iter().enumerate() {
        if let Some(size) = sizes.get_mut(piece.cluster.unwrap_or(index)) {
            *size = size.saturating_add(piece.points);
        }
    }
    let most = sizes.iter().copied().max()?;
    let biggest = sizes.iter().position(|&size| size == most)?;
    let stays = pieces.iter().enumerate().flat_map(|(index, piece)| {
        let stays = piece.cluster.unwrap_or(index) == biggest;
        std::iter::repeat_n(stays, piece.points)
    });
    Some(stays.collect())
}

/// Cuts the track where a step exceeds the limit.
fn split(spots: &[Spot], distances_m: &[f64], max_distance_m: f64) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let steps = std::iter::once(f64::INFINITY).chain(distances_m.iter().copied());
    for (spot, step_m) in spots.iter().zip(steps) {
        match pieces.last_mut() {
            Some(piece) if step_m <= max_distance_m => {
                piece.last = *spot;
                piece.points = piece.points.saturating_add(1);
            }
            _ => pieces.push(Piece {
                points: 1,
                first: *spot,
                last: *spot,
                cluster: None,
            }),
        }
    }
    pieces
}

/// Each piece takes the first later one that can be reached from it at the usual speed and that
/// no earlier piece has taken.
fn join(pieces: &mut [Piece], max_speed_m_per_s: f64) {
    let mut comparisons = 0_u32;
    for index in 0..pieces.len() {
        let Some((left, later)) = pieces.get_mut(index..).and_then(<[Piece]>::split_first_mut) else {
            return;
        };
        let cluster = *left.cluster.get_or_insert(index);
        for right in later {
            comparisons = comparisons.saturating_add(1);
            if comparisons > MAX_PIECE_COMPARISONS {
                return;
            }
            if right.cluster.is_none() && left.last.speed_m_per_s(&right.first) <= max_speed_m_per_s {
                right.cluster = Some(cluster);
                break;
            }
        }
    }
}

/// Tukey's upper fence: the third quartile and one and a half times the distance of the quartiles.
/// The quartiles are the medians of the lower and upper half, without the middle value where
/// there is one. `None` for fewer than two values.
fn upper_whisker(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len().checked_div(2)?;
    let lower = median(values.get(..half)?)?;
    let upper = median(values.get(values.len().checked_sub(half)?..)?)?;
    Some(upper + (upper - lower) * 1.5)
}

/// The median of sorted values.
fn median(values: &[f64]) -> Option<f64> {
    let middle = values.len().checked_div(2)?;
    let above = *values.get(middle)?;
    if values.len() & 1 == 1 {
        return Some(above);
    }
    let below = *values.get(middle.checked_sub(1)?)?;
    Some(f64::midpoint(below, above))
}

/// A place on the ellipsoid in metres from the middle of the earth.
fn earth_centred_m(lat_deg: f64, lon_deg: f64) -> [f64; 3] {
    let (sin_lat, cos_lat) = lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = lon_deg.to_radians().sin_cos();
    let a2 = EQUATOR_RADIUS_M * EQUATOR_RADIUS_M;
    let b2 = POLAR_RADIUS_M * POLAR_RADIUS_M;
    let length = (a2 * cos_lat * cos_lat + b2 * sin_lat * sin_lat).sqrt();
    [
        a2 / length * cos_lat * cos_lon,
        a2 / length * cos_lat * sin_lon,
        b2 / length * sin_lat,
    ]
}

#[cfg(test)]
#[path = "noise_filter_tests.rs"]
mod tests;
