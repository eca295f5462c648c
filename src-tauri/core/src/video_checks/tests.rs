//! Each check of a video at its limit, and which comes first.

use waypost_media::{RemovalReason, TrackPoint};

use super::test_videos::{video, way};
use super::*;

fn check(video: Video) -> CheckedVideos {
    check_videos(vec![video], &SequenceSettings::default(), |_, _| false)
}

fn code(video: Video) -> Option<&'static str> {
    let checked = check(video);
    assert_eq!(checked.videos.len() + checked.refusals.len(), 1);
    checked.refusals.first().map(|refusal| refusal.code.code())
}

fn with_track(track: Vec<TrackPoint>) -> Video {
    Video {
        track,
        ..video("/card/GX010042.MP4")
    }
}

#[test]
fn a_sound_video_passes_without_a_word() {
    let checked = check(video("/card/GX010042.MP4"));
    assert_eq!(
        (checked.videos.len(), checked.refusals.len(), checked.warnings.len()),
        (1, 0, 0)
    );
}

#[test]
fn ten_metres_around_the_first_point_are_one_place() {
    assert_eq!(code(with_track(way(3, 4.99, 1.0))), Some("stationary_video"));
    assert_eq!(code(with_track(way(3, 5.01, 1.0))), None);
    assert_eq!(code(with_track(way(1, 0.0, 1.0))), Some("stationary_video"));
}

#[test]
fn a_check_can_be_overruled_for_a_video() {
    let ignored = check_videos(
        vec![with_track(way(3, 1.0, 1.0))],
        &SequenceSettings::default(),
        |video, opinion| video.file_name() == "GX010042.MP4" && opinion == Opinion::StationaryVideo,
    );
    assert_eq!(ignored.videos.len(), 1);
}

#[test]
fn a_hundred_and_ten_gibibytes_are_the_limit() {
    let sized = |size_bytes| Video {
        size_bytes,
        ..video("/card/GX010042.MP4")
    };
    let limit = 110 * (1 << 30);
    assert_eq!(code(sized(limit)), None);
    assert_eq!(code(sized(limit + 1)), Some("file_too_large"));
    let message = check(sized(2 * limit)).refusals.remove(0).message;
    assert_eq!(message, "GX010042.MP4 has 220.0 GiB; Mapillary takes up to 110.0 GiB.");
}

#[test]
fn positions_at_nowhere_are_taken_out_and_told() {
    let mut track = way(60, 5.0, 1.0);
    for point in track.iter_mut().take(2) {
        (point.lat_deg, point.lon_deg) = (0.0, -0.0);
    }
    let checked = check(with_track(track));
    assert_eq!(checked.videos[0].track.len(), 58);
    assert!(
        checked.videos[0]
            .removed
            .iter()
            .all(|(_, reason)| *reason == RemovalReason::NullIsland)
    );
    assert_eq!(
        checked.warnings[0].message,
        "GX010042.MP4: 2 of 60 positions were left out: 2 at 0° N 0° E."
    );
    assert_eq!(checked.warnings[0].code.code(), "positions_left_out");
}

#[test]
fn a_video_that_is_nowhere_all_the_time_is_refused() {
    let track = vec![TrackPoint::new(0.0, 0.0, 0.0), TrackPoint::new(1000.0, 0.0, 0.0)];
    assert_eq!(code(with_track(track)), Some("video_null_island"));
}

#[test]
fn four_hundred_kilometres_an_hour_are_the_limit_by_the_receivers_clock() {
    let step_m = 400.0 / 3.6;
    assert_eq!(code(with_track(way(9, step_m * 0.999, 1.0))), None);
    assert_eq!(code(with_track(way(9, step_m * 1.001, 1.0))), Some("video_too_fast"));
    // A time-lapse: fast in the video, slow in the world.
    assert_eq!(code(with_track(way(9, step_m * 14.0, 15.0))), None);
    // Without the receiver's clock at both ends the time in the video counts.
    let mut track = way(9, step_m * 1.001, 15.0);
    track[8].epoch_ms = None;
    assert_eq!(code(with_track(track)), Some("video_too_fast"));
}

#[test]
fn no_time_between_first_and_last_is_no_speed() {
    assert_eq!(code(with_track(way(9, 1000.0, 0.0))), None);
    assert_eq!(average_speed_kmh(&[]), None);
}

#[test]
fn standing_still_is_said_before_anything_else() {
    let huge = Video {
        size_bytes: u64::MAX,
        ..with_track(way(3, 0.1, 1.0))
    };
    assert_eq!(code(huge), Some("stationary_video"));
    let fast_and_huge = Video {
        size_bytes: u64::MAX,
        ..with_track(way(9, 1000.0, 1.0))
    };
    assert_eq!(code(fast_and_huge), Some("file_too_large"));
}

#[test]
fn a_time_lapse_is_said_to_be_one() {
    let lapse = Video {
        time_lapse_factor: Some(15.0),
        ..video("/card/GX010042.MP4")
    };
    let checked = check(lapse);
    assert_eq!(checked.warnings[0].code.code(), "time_lapse");
    assert_eq!(
        checked.warnings[0].message,
        "GX010042.MP4: a time-lapse: 15.0 seconds pass in each second of the video."
    );
}

#[test]
fn another_camera_name_takes_the_place_of_the_one_in_the_video() {
    let settings = SequenceSettings {
        device_model: Some("HERO10 Black".into()),
        ..SequenceSettings::default()
    };
    let checked = check_videos(vec![video("/a.mp4")], &settings, |_, _| false);
    assert_eq!(checked.videos[0].make.as_deref(), Some("GoPro"));
    assert_eq!(checked.videos[0].model.as_deref(), Some("HERO10 Black"));
}
