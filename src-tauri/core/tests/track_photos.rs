//! Photos that take their position from a GPX or NMEA file, beside the real mapillary_tools 0.14.7 where it is
//! installed.

mod pipeline_support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use pipeline_support::peer::{differences, peer_description, peer_program};
use pipeline_support::{description, write_photo};
use serde_json::Value;
use waypost_core::error::CoreError;
use waypost_core::observe::Unobserved;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings, TrackSettings};
use waypost_generator::PhotoSpec;
use waypost_media::{HeadingSource, PositionSource};

const START_MS: i64 = 1_718_442_000_000;

/// A photo every 1.7 seconds, from three seconds before the track; every third has a position of its own, on the other
/// side of the world.
fn write_photos(folder: &Path, count: u16) {
    for number in 0..count {
        write_photo(&folder.join(format!("p{number:03}.jpg")), |spec: &mut PhotoSpec| {
            spec.captured_at_ms = Some(START_MS - 3_000 + i64::from(number) * 1_700);
            if number % 3 == 0 {
                (spec.lat_deg, spec.lon_deg) = (Some(-33.9), Some(151.2));
                spec.heading_deg = Some(12.5);
            } else {
                (spec.lat_deg, spec.lon_deg, spec.altitude_m, spec.heading_deg) = (None, None, None, None);
            }
        });
    }
}

/// A winding walk of 40 points, one a second, in two tracks that are out of order; some have no altitude.
fn write_track(path: &Path, change: impl Fn(usize, i64) -> i64) {
    let point = |second: usize| {
        let at_ms = change(second, START_MS + i64::try_from(second).unwrap() * 1000);
        let time = jiff::Timestamp::from_millisecond(at_ms).unwrap();
        let angle = second as f64 / 6.0;
        let (lat_deg, lon_deg) = (
            48.1 + angle.sin() * 1e-4 + second as f64 * 1e-5,
            11.5 + angle.cos() * 1e-4,
        );
        let altitude = if second.is_multiple_of(7) {
            String::new()
        } else {
            format!("<ele>{}.25</ele>", 500 + second)
        };
        format!(r#"<trkpt lat="{lat_deg}" lon="{lon_deg}">{altitude}<time>{time}</time></trkpt>"#)
    };
    let mut text = String::from(r#"<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">"#);
    for range in [20..40, 0..20] {
        let points: String = range.map(point).collect();
        write!(text, "<trk><trkseg>{points}</trkseg></trk>").unwrap();
    }
    fs::write(path, text + "</gpx>").unwrap();
}

fn plan(folder: &Path, track: TrackSettings) -> Result<Plan, CoreError> {
    let settings = ReadSettings {
        track: Some(track),
        ..ReadSettings::default()
    };
    process(&[folder.into()], &settings, &SequenceSettings::default(), &Unobserved)
}

/// A folder of photos and a track beside it.
struct World {
    _scratch: tempfile::TempDir,
    photos: PathBuf,
    track: PathBuf,
}

impl World {
    fn new(count: u16) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let (photos, track) = (root.join("photos"), root.join("way.gpx"));
        write_photos(&photos, count);
        write_track(&track, |_, at_ms| at_ms);
        Self {
            _scratch: scratch,
            photos,
            track,
        }
    }

    fn settings(&self) -> TrackSettings {
        TrackSettings {
            path: self.track.clone(),
            ..TrackSettings::default()
        }
    }

    fn peer(&self, program: &Path, options: &[&str]) -> Vec<Value> {
        let path = self.track.to_str().unwrap();
        let all = [&["--geotag_source", "gpx", "--geotag_source_path", path], options].concat();
        peer_description(program, &self.photos, "America/New_York", &all)
    }
}

#[test]
fn every_photo_within_the_track_is_put_onto_it_and_the_others_are_told_how_far_off_they_are() {
    let world = World::new(30);
    let plan = plan(&world.photos, world.settings()).unwrap();
    assert_eq!((plan.photo_count(), plan.refusals.len()), (23, 7));
    for photo in plan.sequences.iter().flat_map(|sequence| &sequence.photos) {
        assert_eq!(photo.position_source, PositionSource::TrackFile);
        assert_eq!(photo.heading_source, Some(HeadingSource::TrackFile));
        assert!((photo.lat_deg - 48.1).abs() < 0.01, "{photo:?}");
    }
    assert!(
        plan.refusals
            .iter()
            .all(|refusal| refusal.code.code() == "outside_track")
    );
    assert_eq!(
        plan.refusals[0].message,
        "p000.jpg was taken 3 s before the track begins."
    );
    let entries = description(&plan);
    let outside = entries.iter().find(|entry| !entry["error"].is_null()).unwrap();
    assert_eq!(outside["error"]["type"], "MapillaryOutsideGPXTrackError");
    assert_eq!(outside["error"]["vars"]["image_time"], "2024_06_15_08_59_57_000");
    assert_eq!(outside["error"]["vars"]["gpx_start_time"], "2024_06_15_09_00_00_000");
    assert_eq!(outside["error"]["vars"]["gpx_end_time"], "2024_06_15_09_00_39_000");
}

#[test]
fn an_offset_is_for_the_look_up_alone_and_alignment_brings_the_first_photo_to_the_first_point() {
    let world = World::new(20);
    let aligned = plan(
        &world.photos,
        TrackSettings {
            align_start: true,
            ..world.settings()
        },
    )
    .unwrap();
    let offset = plan(
        &world.photos,
        TrackSettings {
            lookup_offset_ms: 3_000,
            ..world.settings()
        },
    )
    .unwrap();
    assert_eq!(aligned, offset, "the first photo is three seconds early");
    let photos = &aligned.sequences[0].photos;
    assert_eq!(photos[0].captured_at_ms, START_MS - 3_000);
    assert!((photos[0].lat_deg - 48.1).abs() < 1e-9);
}

#[test]
fn where_the_times_do_not_meet_the_refusals_say_which_offset_would_help() {
    let world = World::new(3);
    write_track(&world.track, |_, at_ms| at_ms - 2 * 3_600_000 - 5_000);
    let plan = plan(&world.photos, world.settings()).unwrap();
    assert_eq!(plan.refusals.len(), 3);
    for refusal in &plan.refusals {
        assert!(refusal.action.contains("2 h earlier"), "{}", refusal.action);
    }
}

#[test]
fn a_photo_in_a_long_gap_is_put_between_and_pointed_at() {
    let world = World::new(4);
    let far = r#"<gpx><trk><trkseg><trkpt lat="48" lon="11"><time>2024-06-15T08:00:00Z</time></trkpt>
        <trkpt lat="48.1" lon="11"><time>2024-06-15T10:00:00Z</time></trkpt></trkseg></trk></gpx>"#;
    fs::write(&world.track, far).unwrap();
    let plan = plan(&world.photos, world.settings()).unwrap();
    assert_eq!(plan.photo_count(), 4);
    assert_eq!(plan.warnings.len(), 4);
    let warning = &plan.warnings[0];
    assert_eq!(warning.code.code(), "track_gap");
    assert!(
        warning.message.contains("2 h and 11.1 km without a point"),
        "{}",
        warning.message
    );
}

#[test]
fn a_track_that_cannot_be_used_is_said_before_anything_is_read() {
    let world = World::new(1);
    fs::write(&world.track, "<gpx><rte><rtept lat='1' lon='2'/></rte></gpx>").unwrap();
    assert_eq!(
        plan(&world.photos, world.settings()).unwrap_err().code(),
        "track_is_route"
    );
    fs::remove_file(&world.track).unwrap();
    assert_eq!(
        plan(&world.photos, world.settings()).unwrap_err().code(),
        "path_not_found"
    );
}

#[test]
fn an_nmea_log_gives_the_same_positions_as_the_gpx_of_it() {
    let world = World::new(5);
    let sentence = |second: i64| {
        let body = format!("GNGGA,0900{second:02}.00,4806.{second:02}00,N,01130.0000,E,1,09,0.9,500.0,M,44.9,M,,");
        let date = format!("GNRMC,0900{second:02}.00,A,4806.{second:02}00,N,01130.0000,E,1.0,,150624,,,A");
        format!("${body}\n${date}\n")
    };
    let log: String = (0..10).map(sentence).collect();
    fs::write(&world.track, log).unwrap();
    let plan = plan(&world.photos, world.settings()).unwrap();
    let photo = &plan.sequences[0].photos[0];
    assert_eq!(photo.captured_at_ms, START_MS + 400);
    assert!(
        (photo.lat_deg - (48.1 + 0.004 / 60.0)).abs() < 1e-9,
        "{}",
        photo.lat_deg
    );
    assert_eq!(photo.altitude_m, Some(500.0));
}

#[test]
fn positions_headings_and_errors_are_those_of_mapillary_tools() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let world = World::new(30);
    let ours = description(&plan(&world.photos, world.settings()).unwrap());
    let found = differences(&world.peer(&program, &[]), &ours);
    assert!(found.is_empty(), "{}", found.join("\n"));

    // mapillary_tools stores the shifted time as the capture time: put back, everything else is the same.
    for (options, shift_ms, settings) in [
        (
            &["--interpolation_offset_time", "5"][..],
            5_000,
            TrackSettings {
                lookup_offset_ms: 5_000,
                ..world.settings()
            },
        ),
        (
            &["--interpolation_use_gpx_start_time"][..],
            3_000,
            TrackSettings {
                align_start: true,
                ..world.settings()
            },
        ),
        (
            &[
                "--interpolation_use_gpx_start_time",
                "--interpolation_offset_time",
                "-0.5",
            ][..],
            2_500,
            TrackSettings {
                align_start: true,
                lookup_offset_ms: -500,
                ..world.settings()
            },
        ),
    ] {
        let mut theirs = world.peer(&program, options);
        for entry in &mut theirs {
            if let Some(time) = entry["MAPCaptureTime"].as_str() {
                entry["MAPCaptureTime"] = shifted(time, -shift_ms).into();
            }
        }
        let ours = description(&plan(&world.photos, settings).unwrap());
        let found = differences(&theirs, &ours);
        assert!(found.is_empty(), "{options:?}\n{}", found.join("\n"));
    }
}

#[test]
fn mapillary_tools_goes_round_the_world_at_the_date_line() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let world = World::new(1);
    let line = r#"<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
        <trkpt lat="-17" lon="179.9999"><time>2024-06-15T08:59:50Z</time></trkpt>
        <trkpt lat="-17" lon="-179.9999"><time>2024-06-15T09:00:10Z</time></trkpt></trkseg></trk></gpx>"#;
    fs::write(&world.track, line).unwrap();
    let ours = description(&plan(&world.photos, world.settings()).unwrap());
    let lon_deg = |entries: &[Value]| {
        entries
            .iter()
            .filter_map(|entry| entry["MAPLongitude"].as_f64())
            .collect::<Vec<_>>()
    };
    assert!(!lon_deg(&ours).is_empty() && lon_deg(&ours).iter().all(|deg| deg.abs() > 179.9));
    assert!(lon_deg(&world.peer(&program, &[])).iter().any(|deg| deg.abs() < 100.0));
}

/// A capture time of a description, moved.
fn shifted(time: &str, by_ms: i64) -> String {
    let (seconds, milliseconds) = time.rsplit_once('_').unwrap();
    let reading = jiff::civil::DateTime::strptime("%Y_%m_%d_%H_%M_%S", seconds).unwrap();
    let moved = reading + jiff::SignedDuration::from_millis(milliseconds.parse::<i64>().unwrap() + by_ms);
    format!(
        "{}_{:03}",
        moved.strftime("%Y_%m_%d_%H_%M_%S"),
        moved.subsec_nanosecond() / 1_000_000
    )
}
