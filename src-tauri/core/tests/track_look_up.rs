//! Tracks from GPX and NMEA files: loading, positions at a moment, offsets, and tracks of videos.

use std::path::Path;

use proptest::prelude::*;
use waypost_core::error::CoreError;
use waypost_core::track_file::{
    LookUp, OffsetReason, Track, TrackPosition, VideoStart, position_at, suggest_offset, video_track,
};
use waypost_media::TrackPoint;

/// 2025-03-14T07:00:00Z.
const SEVEN_MS: i64 = 1_741_935_600_000;
const HOUR_MS: i64 = 3_600_000;

/// A track of points: seconds after seven, latitude, longitude.
fn track(points: &[(f64, f64, f64)]) -> Track {
    use std::fmt::Write as _;
    let mut text = String::from("<gpx><trk><trkseg>");
    for (at_s, lat_deg, lon_deg) in points {
        #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
        let time = jiff::Timestamp::from_millisecond(SEVEN_MS + (at_s * 1000.0) as i64).unwrap();
        write!(
            text,
            r#"<trkpt lat="{lat_deg}" lon="{lon_deg}"><ele>{at_s}</ele><time>{time}</time></trkpt>"#
        )
        .unwrap();
    }
    text.push_str("</trkseg></trk></gpx>");
    Track::from_bytes(Path::new("way.gpx"), text.as_bytes()).unwrap()
}

fn at(track: &Track, at_s: f64) -> TrackPosition {
    position_at(track, SEVEN_MS as f64 + at_s * 1000.0).unwrap()
}

fn assert_at(position: &TrackPosition, lat_deg: f64, lon_deg: f64) {
    assert!(
        (position.lat_deg - lat_deg).abs() < 1e-7 && (position.lon_deg - lon_deg).abs() < 1e-7,
        "{position:?} is not at {lat_deg} {lon_deg}"
    );
}

#[test]
fn between_two_points_everything_changes_evenly_and_the_heading_is_the_way() {
    let track = track(&[(0.0, 52.0, 13.0), (10.0, 52.001, 13.0), (20.0, 52.001, 13.002)]);
    let position = at(&track, 2.5);
    assert_at(&position, 52.000_25, 13.0);
    assert_eq!((position.altitude_m, position.heading_deg), (Some(2.5), Some(0.0)));
    // At a point the heading is the one that led there.
    assert_eq!(at(&track, 10.0).heading_deg, Some(0.0));
    assert_at(&at(&track, 20.0), 52.001, 13.002);
    assert!((at(&track, 15.0).heading_deg.unwrap() - 90.0).abs() < 0.01);
    assert_eq!(at(&track, 15.0).gap, None);
}

#[test]
fn outside_by_more_than_a_millisecond_there_is_no_position() {
    let track = track(&[(0.0, 52.0, 13.0), (10.0, 52.001, 13.0)]);
    assert_at(&at(&track, -0.001), 52.0 - 1e-7, 13.0);
    assert!(position_at(&track, SEVEN_MS as f64 - 1.1).is_err());
    let outside = position_at(&track, SEVEN_MS as f64 + 10_000.0 + 7_500_000.0).unwrap_err();
    assert_eq!(outside.what(), "was taken 2 h 5 min after the track ends");
    let before = position_at(&track, SEVEN_MS as f64 - 4_200.0).unwrap_err();
    assert_eq!(before.what(), "was taken 4.2 s before the track begins");
}

#[test]
fn one_point_alone_and_points_of_one_moment_have_a_position_without_heading() {
    let alone = track(&[(0.0, 52.0, 13.0)]);
    assert_at(&at(&alone, 0.0), 52.0, 13.0);
    assert_eq!(at(&alone, 0.0).heading_deg, None);
    let twice = track(&[
        (0.0, 52.0, 13.0),
        (5.0, 52.1, 13.0),
        (5.0, 52.2, 13.0),
        (6.0, 52.2, 13.0),
    ]);
    assert_at(&at(&twice, 5.0), 52.1, 13.0);
    assert_at(&at(&twice, 5.5), 52.2, 13.0);
    assert_eq!(at(&twice, 5.5).heading_deg, None, "standing still has no direction");
}

#[test]
fn the_date_line_is_crossed_the_short_way() {
    let track = track(&[(0.0, -17.0, 179.999), (10.0, -17.0, -179.999)]);
    assert_at(&at(&track, 2.5), -17.0, 179.9995);
    assert_at(&at(&track, 7.5), -17.0, -179.9995);
    assert!((at(&track, 5.0).heading_deg.unwrap() - 90.0).abs() < 0.01);
    assert!((at(&track, 5.0).lon_deg.abs() - 180.0).abs() < 1e-7);
}

#[test]
fn a_pole_is_crossed_and_not_circled() {
    let track = track(&[(0.0, 89.999, 0.0), (10.0, 89.999, 180.0)]);
    assert!(at(&track, 5.0).lat_deg > 89.999_99, "{:?}", at(&track, 5.0));
    assert!((at(&track, 2.5).lat_deg - 89.9995).abs() < 1e-6);
    assert!(at(&track, 2.5).lon_deg.abs() < 1e-6);
}

#[test]
fn a_long_way_without_points_follows_the_great_circle_and_is_called_a_gap() {
    // Berlin to Vancouver: half-way is far in the north.
    let track = track(&[(0.0, 52.5, 13.4), (36_000.0, 49.2, -123.1)]);
    let half_way = at(&track, 18_000.0);
    assert!(half_way.lat_deg > 70.0, "{half_way:?}");
    let gap = half_way.gap.unwrap();
    assert!(gap.words().starts_with("10 h and "), "{}", gap.words());
    // Standing still is no gap, however long.
    let still = self::track(&[(0.0, 52.5, 13.4), (36_000.0, 52.5, 13.400_1)]);
    assert_eq!(at(&still, 18_000.0).gap, None);
}

#[test]
fn the_look_up_is_shifted_and_may_begin_with_the_track() {
    let track = track(&[(0.0, 52.0, 13.0), (100.0, 52.01, 13.0)]);
    let captured = SEVEN_MS + 2 * HOUR_MS;
    let shifted = LookUp {
        offset_ms: -2 * HOUR_MS,
        align_start: false,
    }
    .shift(&track, captured);
    assert_at(
        &position_at(&track, shifted.moment_ms(captured + 50_000)).unwrap(),
        52.005,
        13.0,
    );
    let aligned = LookUp {
        offset_ms: 10_000,
        align_start: true,
    }
    .shift(&track, captured);
    assert_at(&position_at(&track, aligned.moment_ms(captured)).unwrap(), 52.001, 13.0);
}

#[test]
fn a_suggestion_is_a_time_zone_first_and_the_start_else() {
    let track = track(&[(0.0, 52.0, 13.0), (1_200.0, 52.01, 13.0)]);
    let photos = |from_ms: i64| [from_ms + 600_000, from_ms, from_ms + 30_000];
    let now = SEVEN_MS + 60_000;
    assert_eq!(suggest_offset(&photos(now), &track), None, "they overlap");
    assert_eq!(suggest_offset(&[], &track), None);

    let summer = suggest_offset(&photos(now + 2 * HOUR_MS), &track).unwrap();
    assert_eq!(
        (summer.offset_ms, summer.reason, summer.covered_count),
        (-2 * HOUR_MS, OffsetReason::TimeZone, 3)
    );
    assert!(summer.sentence().contains("2 h earlier"), "{}", summer.sentence());

    let kathmandu_ms = 5 * HOUR_MS + 45 * 60_000;
    let nepal = suggest_offset(&photos(now - kathmandu_ms), &track).unwrap();
    assert_eq!((nepal.offset_ms, nepal.reason), (kathmandu_ms, OffsetReason::TimeZone));

    // A clock that was never set.
    let unset = suggest_offset(&photos(SEVEN_MS - 5_000 * HOUR_MS - 1_234), &track).unwrap();
    assert_eq!(
        (unset.offset_ms, unset.reason),
        (5_000 * HOUR_MS + 1_234, OffsetReason::AlignedStart)
    );
    assert_eq!(unset.covered_count, 3);
    assert!(unset.sentence().contains("later"));
}

#[test]
fn a_video_takes_its_own_part_of_the_track() {
    let track = track(&[
        (0.0, 52.0, 13.0),
        (10.0, 52.001, 13.0),
        (20.0, 52.002, 13.0),
        (30.0, 52.003, 13.0),
    ]);
    // Not knowing the time it begins with the track.
    let points = video_track(&track, VideoStart::WithTrack, 0, Some(15_000.0)).unwrap();
    let times: Vec<f64> = points.iter().map(|point| point.time_ms).collect();
    assert_eq!(times, [0.0, 10_000.0, 15_000.0]);
    assert!((points[2].lat_deg - 52.0015).abs() < 1e-9);
    assert_eq!(points[0].epoch_ms, Some(SEVEN_MS as f64));
    // Knowing it, from there.
    let own = [
        TrackPoint::new(0.0, 0.0, 0.0),
        TrackPoint {
            epoch_ms: Some(SEVEN_MS as f64 + 6_000.0),
            ..TrackPoint::new(1_000.0, 0.0, 0.0)
        },
    ];
    let start = VideoStart::of_track(&own);
    assert_eq!(start, VideoStart::At(SEVEN_MS as f64 + 5_000.0));
    let points = video_track(&track, start, 0, Some(20_000.0)).unwrap();
    let times: Vec<f64> = points.iter().map(|point| point.time_ms).collect();
    assert_eq!(times, [0.0, 5_000.0, 15_000.0, 20_000.0]);
    // An offset moves the video on the track; without a length it goes to the end.
    let points = video_track(&track, start, 15_000, None).unwrap();
    assert_eq!(
        points.iter().map(|point| point.time_ms).collect::<Vec<_>>(),
        [0.0, 10_000.0]
    );
    assert_eq!(points[0].epoch_ms, Some(SEVEN_MS as f64 + 20_000.0));
    // Between two points there are two positions worked out.
    let points = video_track(&track, VideoStart::At(SEVEN_MS as f64 + 12_000.0), 0, Some(3_000.0)).unwrap();
    assert_eq!(
        points.iter().map(|point| point.time_ms).collect::<Vec<_>>(),
        [0.0, 3_000.0]
    );
    // And nothing is made up outside.
    let outside = video_track(&track, VideoStart::At(SEVEN_MS as f64 + 31_000.0), 0, None).unwrap_err();
    assert_eq!(outside.what(), "was taken 1 s after the track ends");
    assert!(video_track(&track, VideoStart::At(SEVEN_MS as f64 - 9_000.0), 0, Some(8_000.0)).is_err());
}

#[test]
fn a_file_that_is_no_track_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Track::load(&folder.path().join("missing.gpx")).unwrap_err();
    assert_eq!(missing.code(), "path_not_found");
    assert_eq!(Track::load(folder.path()).unwrap_err().code(), "file_error");
    let route = r#"<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>"#;
    for (name, content, code, said) in [
        ("empty.gpx", "", "empty_file", "Copy it"),
        ("letter.txt", "Dear all,", "not_a_track_file", "Choose a GPX file"),
        ("route.gpx", route, "track_is_route", "recorded track"),
        ("none.gpx", "<gpx/>", "track_file_empty", "holds the recorded track"),
        ("cut.gpx", "<gpx><trk", "track_file_damaged", "Copy it"),
        (
            "times.gpx",
            r#"<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>"#,
            "track_without_times",
            "with its times",
        ),
        (
            "date.nmea",
            "$GPGGA,070000,5230.0000,N,01315.0000,E,1,09,0.9,35.5,M,44.9,M,,\n",
            "track_without_date",
            "RMC",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = Track::load(&path).unwrap_err();
        assert!(matches!(error, CoreError::TrackFile { .. }));
        assert_eq!(error.code(), code);
        assert!(
            error.to_string().contains(name) && error.action().contains(said),
            "{error} {}",
            error.action()
        );
    }
    let large = std::fs::File::create(folder.path().join("large.gpx")).unwrap();
    large.set_len(65 * 1024 * 1024).unwrap();
    assert_eq!(
        Track::load(&folder.path().join("large.gpx")).unwrap_err().code(),
        "track_file_too_large"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_position_on_a_track_is_on_earth_and_between_its_neighbours(
        points in prop::collection::vec((0_u32..600, -90.0_f64..=90.0, -180.0_f64..=180.0), 1..12),
        moment_s in -10.0_f64..620.0,
    ) {
        let points: Vec<_> = points.into_iter().map(|(s, lat, lon)| (f64::from(s), lat, lon)).collect();
        let track = track(&points);
        let moment_ms = SEVEN_MS as f64 + moment_s * 1000.0;
        let inside = (track.first_at_ms() - 1.0..=track.last_at_ms() + 1.0).contains(&moment_ms);
        match position_at(&track, moment_ms) {
            Ok(position) => {
                prop_assert!(inside);
                prop_assert!(position.lat_deg.abs() <= 90.0 && position.lon_deg.abs() <= 180.0);
                prop_assert!(position.heading_deg.is_none_or(|deg| (0.0..360.0).contains(&deg)));
            }
            Err(outside) => {
                prop_assert!(!inside);
                prop_assert!(outside.what().contains("track"));
            }
        }
    }
}
