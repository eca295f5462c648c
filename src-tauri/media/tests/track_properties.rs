//! What holds for every track file, good or damaged.

use proptest::prelude::*;
use waypost_media::{TrackFile, read_track_file};

/// A GPX file of points: milliseconds, latitude, longitude, altitude.
fn gpx(points: &[(i64, f64, f64, Option<f64>)]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("<gpx><trk><trkseg>");
    for (unix_ms, lat_deg, lon_deg, altitude_m) in points {
        let time = jiff::Timestamp::from_millisecond(*unix_ms).unwrap();
        write!(text, r#"<trkpt lat="{lat_deg}" lon="{lon_deg}"><time>{time}</time>"#).unwrap();
        if let Some(altitude_m) = altitude_m {
            write!(text, "<ele>{altitude_m}</ele>").unwrap();
        }
        text.push_str("</trkpt>");
    }
    text + "</trkseg></trk></gpx>"
}

fn assert_sound(track: &TrackFile) {
    assert!(!track.points.is_empty());
    assert!(track.points.is_sorted_by(|left, right| left.unix_ms <= right.unix_ms));
    for point in &track.points {
        assert!(point.unix_ms.is_finite() && point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 180.0);
        assert!(point.heading_deg.is_none_or(|deg| (0.0..360.0).contains(&deg)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(points in prop::collection::vec(
        (0_i64..4_000_000_000_000, -90.0_f64..=90.0, -180.0_f64..=180.0, prop::option::of(-500.0_f64..9000.0)), 1..40,
    )) {
        let track = read_track_file(gpx(&points).as_bytes()).unwrap();
        let mut expected = points;
        expected.sort_by_key(|point| point.0);
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds were written")]
        let read: Vec<_> = track.points.iter()
            .map(|point| (point.unix_ms as i64, point.lat_deg, point.lon_deg, point.altitude_m))
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn any_text_has_an_answer(text in "[<>/a-z$,*0-9. \n\"=&;]{0,300}") {
        if let Ok(track) = read_track_file(text.as_bytes()) {
            assert_sound(&track);
        }
    }
}
