//! Videos for unit tests.

use waypost_media::{TrackPoint, VideoKind};

use crate::video::Video;

/// A sound video that moves north at 5 m/s for a minute, a point a second.
pub(crate) fn video(path: &str) -> Video {
    Video {
        capture_id: 0,
        path: path.into(),
        link_target: None,
        size_bytes: 1_000_000,
        modified_at_ms: 0,
        kind: VideoKind::GoPro,
        track: way(60, 5.0, 1.0),
        track_file: None,
        removed: Vec::new(),
        duration_ms: Some(60_000.0),
        video_track_count: 1,
        make: Some("GoPro".into()),
        model: Some("HERO9 Black".into()),
        camera_uuid: None,
        time_lapse_factor: Some(1.0),
        chapter: None,
    }
}

/// `count` points to the north, one a second of the video and `step_m` metres apart, `factor` seconds of the world in
/// each second of the video.
pub(crate) fn way(count: u32, step_m: f64, factor: f64) -> Vec<TrackPoint> {
    (0..count)
        .map(|index| {
            let at_s = f64::from(index);
            let mut point = TrackPoint::new(at_s * 1000.0, 50.0 + at_s * step_m / 111_229.0, 10.0);
            point.epoch_ms = Some(1_700_000_000_000.0 + at_s * factor * 1000.0);
            point
        })
        .collect()
}
