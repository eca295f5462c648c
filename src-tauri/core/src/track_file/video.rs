//! A track file as the track of a video.
//!
//! A video shows a span of time: what the track has of it is taken, with a position worked out for its first and its
//! last moment. The rest of the track is not sent. mapillary_tools 0.14.7 puts all points of the file into the
//! description, also those from before and after the video.

use waypost_media::{TrackFilePoint, TrackPoint};

use super::{OutsideTrack, Track, position_at};

/// When a video began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VideoStart {
    /// Together with the track: its first moment is the track's first point. For videos that do not know the time.
    WithTrack,
    /// At this moment, milliseconds since 1970 UTC with fractions: the video's own GPS time, or what the person says.
    At(f64),
}

impl VideoStart {
    /// When a video began whose own track has these points; [`VideoStart::WithTrack`] where none knows the time.
    pub fn of_track(own_track: &[TrackPoint]) -> Self {
        own_track
            .iter()
            .find_map(|point| Some(point.epoch_ms? - point.time_ms))
            .map_or(Self::WithTrack, Self::At)
    }
}

/// The track of a video: points by time from its start, with the track's times as their moments.
///
/// `offset_ms` is added to the video's moments for the look-up. `duration_ms` is the length of the video; without it the
/// track is taken to its end.
///
/// # Errors
/// [`OutsideTrack`] when nothing of the video lies on the track.
pub fn video_track(
    track: &Track,
    start: VideoStart,
    offset_ms: i64,
    duration_ms: Option<f64>,
) -> Result<Vec<TrackPoint>, OutsideTrack> {
    let start_ms = offset_ms as f64
        + match start {
            VideoStart::WithTrack => track.first_at_ms(),
            VideoStart::At(start_ms) => start_ms,
        };
    let end_ms = duration_ms.map_or(track.last_at_ms(), |duration_ms| start_ms + duration_ms.max(0.0));
    if start_ms > track.last_at_ms() || end_ms < track.first_at_ms() {
        return Err(OutsideTrack {
            moment_ms: if start_ms > track.last_at_ms() {
                start_ms
            } else {
                end_ms
            },
            track_start_ms: track.first_at_ms(),
            track_end_ms: track.last_at_ms(),
        });
    }
    let shown: Vec<&TrackFilePoint> = track
        .points()
        .iter()
        .filter(|point| (start_ms..=end_ms).contains(&point.unix_ms))
        .collect();
    let is_at = |point: Option<&&TrackFilePoint>, moment_ms: f64| {
        point.is_some_and(|point| (point.unix_ms - moment_ms).abs() < 1.0)
    };
    let mut points = Vec::with_capacity(shown.len().saturating_add(2));
    if start_ms > track.first_at_ms() && !is_at(shown.first(), start_ms) {
        points.extend(worked_out(track, start_ms, start_ms));
    }
    points.extend(shown.iter().map(|point| recorded(point, start_ms)));
    if end_ms < track.last_at_ms() && !is_at(shown.last(), end_ms) {
        points.extend(worked_out(track, end_ms, start_ms));
    }
    Ok(points)
}

fn recorded(point: &TrackFilePoint, start_ms: f64) -> TrackPoint {
    TrackPoint {
        altitude_m: point.altitude_m,
        heading_deg: point.heading_deg,
        epoch_ms: Some(point.unix_ms),
        fix: point.fix,
        precision_dop: point.precision_dop,
        ground_speed_m_per_s: point.ground_speed_m_per_s,
        ..TrackPoint::new(point.unix_ms - start_ms, point.lat_deg, point.lon_deg)
    }
}

fn worked_out(track: &Track, moment_ms: f64, start_ms: f64) -> Option<TrackPoint> {
    let position = position_at(track, moment_ms).ok()?;
    Some(TrackPoint {
        altitude_m: position.altitude_m,
        epoch_ms: Some(moment_ms),
        ..TrackPoint::new(moment_ms - start_ms, position.lat_deg, position.lon_deg)
    })
}
