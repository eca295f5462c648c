//! Generated GoPro videos: what is read equals what was written.

use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes, video_points};
use waypost_media::{GpsFix, RemovalReason, VideoFacts, VideoKind};

use crate::{assert_near, read};

/// Reads a generated video and compares every point with its specification.
fn assert_read_as_written(spec: &VideoSpec) -> VideoFacts {
    let facts = read(&gopro_video_bytes(spec).unwrap()).unwrap();
    let written = video_points(spec);
    assert_eq!(facts.kind, VideoKind::GoPro);
    assert_eq!(facts.make.as_deref(), Some("GoPro"));
    assert_eq!(facts.serial.as_deref(), Some(spec.serial.as_str()));
    assert_eq!(facts.removed, []);
    assert_eq!(facts.track.len(), written.len());
    assert_eq!(facts.video_tracks, 1);
    assert_near(
        facts.duration_ms.unwrap(),
        f64::from(spec.duration_s) * 1000.0,
        0.5,
        "duration",
    );
    assert_eq!(
        facts.creation_local_ms,
        Some(spec.start_ms + i64::from(spec.local_offset_minutes) * 60_000)
    );
    for (read, written) in facts.track.iter().zip(&written) {
        assert_near(read.time_ms, written.video_ms, 1e-6, "time in the video");
        // Values between the named moments are interpolated; the specification rounds them to
        // milliseconds.
        assert_near(
            read.epoch_ms.unwrap(),
            written.at_ms as f64,
            0.51,
            "time of measurement",
        );
        assert_near(read.lat_deg, written.lat_deg, 1e-9, "latitude");
        assert_near(read.lon_deg, written.lon_deg, 1e-9, "longitude");
        assert_near(read.altitude_m.unwrap(), written.altitude_m, 1e-6, "altitude");
        assert_near(read.ground_speed_m_per_s.unwrap(), written.speed_m_per_s, 1e-6, "speed");
        assert_eq!(read.fix, Some(GpsFix::Fix3d));
        assert_near(
            read.precision_dop.unwrap(),
            f64::from(written.dilution_x100) / 100.0,
            1e-9,
            "precision",
        );
        assert_eq!(read.heading_deg, None);
    }
    facts
}

#[test]
fn every_kind_of_stream_gives_the_points_of_its_specification() {
    for gps in [GpsStream::Gps5, GpsStream::Gps9, GpsStream::Both] {
        for points_per_second in [1, 10, 18] {
            let facts = assert_read_as_written(&VideoSpec {
                gps,
                points_per_second,
                ..VideoSpec::default()
            });
            assert_near(facts.time_lapse_factor.unwrap(), 1.0, 1e-3, "pace");
            assert!(!facts.is_time_lapse());
        }
    }
}

#[test]
fn the_index_may_stand_in_front_or_behind_and_sizes_may_have_64_bits() {
    for moov_first in [false, true] {
        for large_mdat in [false, true] {
            for audio_track in [false, true] {
                assert_read_as_written(&VideoSpec {
                    moov_first,
                    large_mdat,
                    audio_track,
                    duration_s: 3,
                    ..VideoSpec::default()
                });
            }
        }
    }
}

#[test]
fn telemetry_without_positions_is_a_gopro_with_an_empty_track() {
    let spec = VideoSpec {
        gps: GpsStream::Nothing,
        device_name: "HERO12 Black".to_owned(),
        ..VideoSpec::default()
    };
    let facts = read(&gopro_video_bytes(&spec).unwrap()).unwrap();
    assert_eq!(facts.kind, VideoKind::GoPro);
    assert_eq!(facts.track, []);
    assert_eq!(facts.model.as_deref(), Some("HERO12 Black"));
    assert_eq!(facts.time_lapse_factor, None);
}

#[test]
fn points_without_a_fix_are_removed_with_the_reason() {
    let spec = VideoSpec {
        fix: 0,
        ..VideoSpec::default()
    };
    for (change, reason) in [
        (spec, RemovalReason::NoFix),
        (
            VideoSpec {
                dilution_x100: 9999,
                ..VideoSpec::default()
            },
            RemovalReason::Imprecise,
        ),
    ] {
        let facts = read(&gopro_video_bytes(&change).unwrap()).unwrap();
        assert_eq!(facts.track, []);
        assert_eq!(facts.removed.len(), video_points(&change).len());
        assert!(facts.removed.iter().all(|(_, why)| *why == reason));
    }
}

#[test]
fn cameras_are_called_by_the_makers_names() {
    for (device_name, model, expected) in [
        ("Camera", "HERO5 Black", "HERO5 Black"),
        ("Hero7 Black", "HERO7 Black", "HERO7 Black"),
        ("Hero7 Black", "", "HERO7 Black"),
        ("Camera", "", "HERO5 Black"),
        ("GoPro Max", "GoPro Max", "GoPro Max"),
    ] {
        let spec = VideoSpec {
            device_name: device_name.to_owned(),
            model: model.to_owned(),
            duration_s: 1,
            ..VideoSpec::default()
        };
        let facts = read(&gopro_video_bytes(&spec).unwrap()).unwrap();
        assert_eq!(facts.model.as_deref(), Some(expected), "{device_name}");
    }
}
