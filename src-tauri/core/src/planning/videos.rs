//! A video with all that the person said about it.

use waypost_media::{TrackPoint, VideoKind};
use waypost_wire::LeftOutBy;

use super::scene::Scene;
use crate::path_text::printable_name;
use crate::plan::{Refusal, RefusalCode, Video, Warning, WarningCode};
use crate::readings::Capture;
use crate::sequence::geometry::chord_m;
use crate::track_file::{VideoStart, video_track};

/// What became of a video.
pub(super) enum Edited {
    /// It stays at home.
    LeftOut(LeftOutBy),
    /// It is sent if the checks agree.
    Goes {
        /// The video.
        video: Box<Video>,
        /// Whether positions were taken out of its track so that nobody sees them.
        is_cut: bool,
    },
}

/// The video with its track as the person wants it.
///
/// # Errors
/// The refusal of a video that has no track, or none at its time.
pub(super) fn edited(scene: &Scene<'_>, capture_id: u64, capture: &Capture) -> Result<Edited, Refusal> {
    let edits = scene.edits;
    if *edits.excluded.get(capture_id) {
        return Ok(Edited::LeftOut(LeftOutBy::Person));
    }
    let (own, refusal) = match capture {
        Capture::TracklessVideo(trackless) => (&trackless.video, Some(&trackless.refusal)),
        Capture::Video(video) => (&**video, None),
        Capture::Photo(_) => return Ok(Edited::LeftOut(LeftOutBy::Person)),
        Capture::Refused(refusal) => return Err(refusal.clone()),
    };
    let mut video = Video {
        capture_id,
        ..own.clone()
    };
    let shift_ms = *edits.shift_ms.get(capture_id);
    for point in &mut video.track {
        point.epoch_ms = point.epoch_ms.map(|epoch_ms| epoch_ms + shift_ms as f64);
    }
    if let (false, Some(refusal)) = (take_track(scene, &mut video)?, refusal) {
        return Err(refusal.clone());
    }
    let turn_deg = *edits.turn_deg.get(capture_id);
    let along_track = *edits.along_track.get(capture_id);
    for point in &mut video.track {
        point.heading_deg = point
            .heading_deg
            .filter(|_| !along_track)
            .map(|heading_deg| (heading_deg + turn_deg).rem_euclid(360.0));
    }
    Ok(cut(scene, video))
}

/// Puts the track of the chosen file in the place of the video's own; `false` where none was chosen.
fn take_track(scene: &Scene<'_>, video: &mut Video) -> Result<bool, Refusal> {
    let Some(chosen) = scene.edits.track.get(video.capture_id) else {
        return Ok(false);
    };
    let Some(track) = scene.readings.track(chosen.track_id) else {
        return Ok(false);
    };
    let start = match chosen.alignment {
        Some(_) => VideoStart::WithTrack,
        None => VideoStart::of_track(&video.track),
    };
    let points = video_track(track, start, chosen.lookup_offset_ms, video.duration_ms).map_err(|outside| {
        Refusal::of_video(
            video.path.clone(),
            video.kind,
            RefusalCode::OutsideTrack,
            &outside.what(),
        )
    })?;
    video.track = points;
    video.track_file = Some(track.path().to_path_buf());
    video.removed = Vec::new();
    video.kind = VideoKind::Plain;
    Ok(true)
}

/// Takes out of the track what lies in a privacy zone or within the trims.
fn cut(scene: &Scene<'_>, mut video: Video) -> Edited {
    let edits = scene.edits;
    let before = video.track.len();
    let trim = edits.trim.get(video.capture_id);
    if trim.start_m > 0.0 || trim.end_m > 0.0 {
        video.track = trimmed(&video.track, trim.start_m, trim.end_m);
        if video.track.is_empty() && before > 0 {
            return Edited::LeftOut(LeftOutBy::Trim);
        }
    }
    video
        .track
        .retain(|point| edits.zone_around(point.lat_deg, point.lon_deg).is_none());
    if video.track.is_empty() && before > 0 {
        return Edited::LeftOut(LeftOutBy::PrivacyZone);
    }
    Edited::Goes {
        is_cut: video.track.len() < before,
        video: Box::new(video),
    }
}

fn trimmed(track: &[TrackPoint], start_m: f64, end_m: f64) -> Vec<TrackPoint> {
    let place = |point: &TrackPoint| (point.lat_deg, point.lon_deg);
    let mut from_start_m = vec![0.0];
    let mut length_m = 0.0;
    for (one, next) in track.iter().zip(track.iter().skip(1)) {
        length_m += chord_m(place(one), place(next));
        from_start_m.push(length_m);
    }
    track
        .iter()
        .zip(from_start_m)
        .filter(|(_, at_m)| *at_m >= start_m && length_m - at_m >= end_m)
        .map(|(point, _)| *point)
        .collect()
}

/// A track can be cut and pictures cannot: the person has to know.
pub(super) fn frames_go(video: &Video) -> Warning {
    Warning {
        path: video.path.clone(),
        code: WarningCode::VideoFramesGo,
        message: format!(
            "{} has positions cut from its track; all its pictures are sent all the same.",
            printable_name(&video.path)
        ),
        action: "Leave the video out, or cut it with a video editor, if its pictures show what nobody should see."
            .into(),
    }
}
