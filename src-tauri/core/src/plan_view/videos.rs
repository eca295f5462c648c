//! The videos of a plan in rows.

use std::collections::BTreeMap;

use waypost_media::TrackPoint;
use waypost_wire::{AppliedEdits, SequenceNotes, VideoRow, WayPoint};

use super::{Editing, make_and_model};
use crate::edit::Edits;
use crate::path_text::printable_name;
use crate::plan::{Plan, Video};
use crate::readings::Capture;
use crate::video_chapters::sort_videos;
use crate::video_checks::track_length_m;
use crate::video_words::noise_count;

/// Points of a way that are drawn at most: more than a screen has pixels for.
const MAX_ROW_POINTS: usize = 2_000;

/// A row for each video; with `editing` also for those that stay at home.
pub(super) fn video_rows(plan: &Plan, editing: Option<&Editing<'_>>) -> Vec<VideoRow> {
    let left_out: BTreeMap<u64, &Video> = editing.map(|editing| left_out(plan, editing)).unwrap_or_default();
    let at_home = left_out.iter().map(|(capture_id, video)| Video {
        capture_id: *capture_id,
        ..(*video).clone()
    });
    let mut videos: Vec<Video> = plan.videos.iter().cloned().chain(at_home).collect();
    if !left_out.is_empty() {
        sort_videos(&mut videos);
    }
    let edits = editing.map(|editing| editing.edits);
    videos
        .iter()
        .map(|video| VideoRow {
            excluded: left_out.contains_key(&video.capture_id),
            ..video_row(video, edits)
        })
        .collect()
}

/// The videos that stay at home, by number.
fn left_out<'a>(plan: &Plan, editing: &Editing<'a>) -> BTreeMap<u64, &'a Video> {
    plan.left_out
        .iter()
        .filter_map(|left_out| match editing.readings.capture(left_out.capture_id)? {
            Capture::Video(video) => Some((left_out.capture_id, &**video)),
            Capture::TracklessVideo(trackless) => Some((left_out.capture_id, &trackless.video)),
            _ => None,
        })
        .collect()
}

fn video_row(video: &Video, edits: Option<&Edits>) -> VideoRow {
    let chapter = video.chapter.as_ref();
    VideoRow {
        video_id: video.capture_id,
        file_name: printable_name(&video.path),
        folder: video.folder().display().to_string(),
        recording: chapter.map_or_else(String::new, |chapter| chapter.recording.clone()),
        chapter: chapter.map_or(0, |chapter| chapter.number),
        started_at_ms: video.started_at_ms(),
        duration_ms: video.duration_ms.unwrap_or_default(),
        distance_m: track_length_m(&video.track),
        size_bytes: video.size_bytes,
        camera: make_and_model(video.make.as_deref(), video.model.as_deref()),
        is_360: video.video_track_count > 1,
        time_lapse_factor: video.time_lapse_factor,
        removed_points: noise_count(&video.removed) as u64,
        excluded: false,
        notes: edits.map_or_else(SequenceNotes::default, |edits| {
            edits.notes.get(video.capture_id).clone()
        }),
        applied: edits.map_or_else(AppliedEdits::default, |edits| edits.applied_to(video.capture_id)),
        track: thinned(&video.track),
    }
}

/// Every so manieth point, the first and the last among them.
fn thinned(track: &[TrackPoint]) -> Vec<WayPoint> {
    let step = track.len().div_ceil(MAX_ROW_POINTS - 1).max(1);
    let mut way: Vec<WayPoint> = track.iter().step_by(step).map(way_point).collect();
    if track.len() % step != 1 && step > 1 {
        way.extend(track.last().map(way_point));
    }
    way
}

fn way_point(point: &TrackPoint) -> WayPoint {
    (point.lat_deg, point.lon_deg, point.time_ms.round(), point.altitude_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Chapter;
    use crate::video_checks::test_videos::{video, way};

    #[test]
    fn a_row_says_what_the_video_is() {
        let plan = Plan {
            videos: vec![Video {
                capture_id: 7,
                chapter: Some(Chapter {
                    recording: "GX0042".into(),
                    number: 2,
                }),
                video_track_count: 2,
                ..video("/card/GX020042.MP4")
            }],
            ..Plan::default()
        };
        let rows = video_rows(&plan, None);
        assert_eq!(
            (rows[0].video_id, rows[0].recording.as_str(), rows[0].chapter),
            (7, "GX0042", 2)
        );
        assert_eq!((rows[0].camera.as_str(), rows[0].is_360), ("GoPro HERO9 Black", true));
        assert_eq!((rows[0].folder.as_str(), rows[0].track.len()), ("/card", 60));
        assert_eq!((rows[0].track[0].2, rows[0].track[59].2), (0.0, 59_000.0));
        assert!((rows[0].distance_m - 295.0).abs() < 1.0, "{}", rows[0].distance_m);
    }

    #[test]
    fn a_long_way_is_thinned_and_keeps_its_ends() {
        for count in [0, 1, 2, 1_999, 2_000, 2_001, 3_998, 3_999, 4_001, 66_000] {
            let track = way(count, 0.001, 1.0);
            let thin = thinned(&track);
            assert!(thin.len() <= MAX_ROW_POINTS, "{count}: {}", thin.len());
            assert_eq!(thin.first(), track.first().map(way_point).as_ref(), "{count}");
            assert_eq!(thin.last(), track.last().map(way_point).as_ref(), "{count}");
        }
    }
}
