//! Videos hold what their specification says: tables that lead to the samples, telemetry with the
//! points of the walk.

mod support;

use std::fs;

use support::{box_at, boxes, samples, tracks};
use waypost_generator::{
    GpsStream, VideoSpec, gopro_video_bytes, video_points, write_gopro_video, write_hollow_gopro_video,
};

/// One entry of GPMF: key, type letter, size of a structure, content.
type Entry<'a> = ([u8; 4], u8, u8, &'a [u8]);

fn entries(mut bytes: &[u8]) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let count = u16::from_be_bytes([bytes[6], bytes[7]]);
        let length = usize::from(bytes[5]) * usize::from(count);
        found.push((
            bytes[..4].try_into().unwrap(),
            bytes[4],
            bytes[5],
            &bytes[8..8 + length],
        ));
        bytes = &bytes[8 + length.next_multiple_of(4)..];
    }
    found
}

fn entry<'a>(entries: &[Entry<'a>], key: [u8; 4]) -> Option<&'a [u8]> {
    entries.iter().find(|entry| entry.0 == key).map(|entry| entry.3)
}

/// The stream of a payload that holds `key`.
fn stream(payload: &[u8], key: [u8; 4]) -> Option<Vec<Entry<'_>>> {
    let device = entry(&entries(payload), *b"DEVC").expect("a device");
    entries(device)
        .iter()
        .filter(|found| &found.0 == b"STRM")
        .map(|found| entries(found.3))
        .find(|stream| entry(stream, key).is_some())
}

fn longs(bytes: &[u8]) -> Vec<i32> {
    bytes
        .chunks_exact(4)
        .map(|long| i32::from_be_bytes(long.try_into().unwrap()))
        .collect()
}

fn telemetry(file: &[u8]) -> Vec<Vec<u8>> {
    let of_gpmd = tracks(file).into_iter().map(|track| samples(file, track));
    of_gpmd
        .filter(|samples| &samples.format == b"gpmd")
        .flat_map(|samples| samples.data)
        .collect()
}

fn assert_near(read: f64, wanted: f64) {
    assert!(
        (read - wanted).abs() < 1e-9 * wanted.abs().max(1.0),
        "{read} for {wanted}"
    );
}

#[test]
fn gps5_holds_the_points_of_the_walk_one_payload_a_second() {
    let spec = VideoSpec::default();
    let payloads = telemetry(&gopro_video_bytes(&spec).unwrap());
    let points = video_points(&spec);
    assert_eq!((payloads.len(), points.len()), (12, 216));
    for (second, payload) in payloads.iter().enumerate() {
        let gps = stream(payload, *b"GPS5").expect("a GPS5 stream");
        assert!(stream(payload, *b"GPS9").is_none());
        let scale = longs(entry(&gps, *b"SCAL").unwrap());
        let values = longs(entry(&gps, *b"GPS5").unwrap());
        let of_second = &points[second * 18..(second + 1) * 18];
        assert_eq!(values.len(), 18 * 5);
        for (value, point) in values.chunks_exact(5).zip(of_second) {
            assert_near(f64::from(value[0]) / f64::from(scale[0]), point.lat_deg);
            assert_near(f64::from(value[1]) / f64::from(scale[1]), point.lon_deg);
            assert_near(f64::from(value[2]) / f64::from(scale[2]), point.altitude_m);
            assert_near(f64::from(value[3]) / f64::from(scale[3]), point.speed_m_per_s);
        }
        let clock = format!("2606140800{second:02}.000");
        assert_eq!(entry(&gps, *b"GPSU").unwrap(), clock.as_bytes());
        assert_eq!(entry(&gps, *b"GPSF").unwrap(), 3_u32.to_be_bytes());
        assert_eq!(entry(&gps, *b"GPSP").unwrap(), 150_u16.to_be_bytes());
    }
}

#[test]
fn gps9_gives_each_point_its_own_time_fix_and_precision() {
    let spec = VideoSpec {
        gps: GpsStream::Gps9,
        points_per_second: 10,
        ..VideoSpec::default()
    };
    let payloads = telemetry(&gopro_video_bytes(&spec).unwrap());
    let mut points = video_points(&spec).into_iter();
    for payload in &payloads {
        assert!(stream(payload, *b"GPS5").is_none());
        let gps = stream(payload, *b"GPS9").expect("a GPS9 stream");
        assert_eq!(entry(&gps, *b"TYPE").unwrap(), b"lllllllSS");
        assert_eq!(longs(entry(&gps, *b"SCAL").unwrap()).len(), 9);
        let records = entry(&gps, *b"GPS9").unwrap();
        assert_eq!(records.len(), 10 * 32);
        for record in records.chunks_exact(32) {
            let point = points.next().unwrap();
            let values = longs(&record[..28]);
            assert_near(f64::from(values[0]) / 1e7, point.lat_deg);
            let since_2000_ms = i64::from(values[5]) * 86_400_000 + i64::from(values[6]);
            assert_eq!(since_2000_ms + 946_684_800_000, point.at_ms);
            assert_eq!(record[28..], [0, 150, 0, 3]);
        }
    }
    assert!(points.next().is_none());
}

#[test]
fn both_streams_hold_the_same_points_and_none_holds_nothing() {
    let both = VideoSpec {
        gps: GpsStream::Both,
        ..VideoSpec::default()
    };
    for payload in telemetry(&gopro_video_bytes(&both).unwrap()) {
        let gps5 = longs(entry(&stream(&payload, *b"GPS5").unwrap(), *b"GPS5").unwrap());
        let gps9 = stream(&payload, *b"GPS9").unwrap();
        let gps9 = entry(&gps9, *b"GPS9").unwrap();
        for (five, nine) in gps5.chunks_exact(5).zip(gps9.chunks_exact(32)) {
            assert_eq!(five, &longs(nine)[..5]);
        }
    }
    let nothing = VideoSpec {
        gps: GpsStream::Nothing,
        ..VideoSpec::default()
    };
    assert!(video_points(&nothing).is_empty());
    for payload in telemetry(&gopro_video_bytes(&nothing).unwrap()) {
        assert!(stream(&payload, *b"ACCL").is_some());
        assert!(stream(&payload, *b"GPS5").is_none() && stream(&payload, *b"GPS9").is_none());
    }
}

#[test]
fn the_way_is_longer_than_ten_metres_and_without_jumps() {
    let points = video_points(&VideoSpec::default());
    let metres = |one: &waypost_generator::VideoPoint, other: &waypost_generator::VideoPoint| {
        let north = (other.lat_deg - one.lat_deg) * 111_195.0;
        north.hypot((other.lon_deg - one.lon_deg) * 111_195.0 * one.lat_deg.to_radians().cos())
    };
    assert!(metres(&points[0], points.last().unwrap()) > 10.0);
    assert!(points.windows(2).all(|pair| metres(&pair[0], &pair[1]) < 1.0));
}

#[test]
fn every_layout_leads_to_the_same_samples() {
    let base = VideoSpec {
        duration_s: 3,
        ..VideoSpec::default()
    };
    let wanted = telemetry(&gopro_video_bytes(&base).unwrap());
    for (moov_first, large_mdat) in [(false, true), (true, false), (true, true)] {
        let file = gopro_video_bytes(&VideoSpec {
            moov_first,
            large_mdat,
            ..base.clone()
        })
        .unwrap();
        let kinds: Vec<_> = boxes(&file).into_iter().map(|(kind, _)| kind).collect();
        let expected = if moov_first {
            [b"ftyp", b"moov", b"mdat"]
        } else {
            [b"ftyp", b"mdat", b"moov"]
        };
        assert_eq!(kinds.iter().collect::<Vec<_>>(), expected);
        assert_eq!(telemetry(&file), wanted);
        for track in tracks(&file) {
            let table = box_at(track, &[b"mdia", b"minf", b"stbl"]).unwrap();
            assert_eq!(box_at(table, &[b"co64"]).is_some(), large_mdat);
        }
    }
}

#[test]
fn tracks_are_laid_out_as_gopro_does() {
    let file = gopro_video_bytes(&VideoSpec::default()).unwrap();
    let tracks = tracks(&file);
    let formats: Vec<_> = tracks.iter().map(|track| samples(&file, track).format).collect();
    assert_eq!(formats, [*b"avc1", *b"mp4a", *b"gpmd"]);

    let handler = box_at(tracks[2], &[b"mdia", b"hdlr"]).unwrap();
    assert_eq!(&handler[8..12], b"meta");
    assert_eq!(&handler[24..], b"\x0bGoPro MET  ");

    let video = samples(&file, tracks[0]);
    assert_eq!(video.data.len(), 360);
    assert_eq!(
        video.keys.unwrap(),
        (0..12).map(|second| second * 30 + 1).collect::<Vec<_>>()
    );
    assert!((video.starts_s[359] - 359.0 / 30.0).abs() < 1e-9);
    let entry = &box_at(tracks[0], &[b"mdia", b"minf", b"stbl", b"stsd"]).unwrap()[16..];
    let children: Vec<_> = boxes(&entry[78..]).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        children,
        [*b"colr", *b"avcC"],
        "the order at which some parsers give up"
    );

    let sound = samples(&file, tracks[1]);
    assert_eq!(sound.data.len(), 12 * 48_000 / 1_024);
    let silent = VideoSpec {
        audio_track: false,
        ..VideoSpec::default()
    };
    assert_eq!(support::tracks(&gopro_video_bytes(&silent).unwrap()).len(), 2);
}

#[test]
fn frames_are_filled_up_to_the_size_asked_for() {
    let spec = VideoSpec {
        duration_s: 1,
        frame_bytes: 5_000,
        ..VideoSpec::default()
    };
    let file = gopro_video_bytes(&spec).unwrap();
    for frame in samples(&file, tracks(&file)[0]).data {
        assert_eq!(frame.len(), 5_000);
        let mut at = 0;
        while at < frame.len() {
            at += 4 + u32::from_be_bytes(frame[at..at + 4].try_into().unwrap()) as usize;
        }
        assert_eq!(at, frame.len(), "the units of a frame fill it");
    }
}

#[test]
fn the_same_specification_gives_the_same_file_in_memory_and_on_disk() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("DCIM/GX010001.MP4");
    let spec = VideoSpec {
        duration_s: 2,
        ..VideoSpec::default()
    };
    write_gopro_video(&path, &spec).unwrap();
    assert!(fs::read(&path).unwrap() == gopro_video_bytes(&spec).unwrap());
    let again = write_gopro_video(&path, &spec).unwrap_err();
    assert_eq!(again.code(), "target_exists");
    let other = VideoSpec {
        seed: 2,
        ..spec.clone()
    };
    assert!(gopro_video_bytes(&other).unwrap() != gopro_video_bytes(&spec).unwrap());
}

#[test]
fn what_no_video_can_hold_is_refused_by_name() {
    let base = VideoSpec::default;
    let cases = [
        ("video_not_possible", VideoSpec { width_px: 8, ..base() }),
        (
            "video_not_possible",
            VideoSpec {
                width_px: 9_000,
                height_px: 9_000,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                frames_per_second: 0,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                duration_s: 0,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                duration_s: u32::MAX,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                points_per_second: 0,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                frame_bytes: usize::MAX,
                ..base()
            },
        ),
        (
            "video_not_possible",
            VideoSpec {
                device_name: "x".repeat(256),
                ..base()
            },
        ),
        (
            "value_out_of_range",
            VideoSpec {
                start_lon_deg: f64::NAN,
                ..base()
            },
        ),
        (
            "value_out_of_range",
            VideoSpec {
                speed_m_per_s: f64::INFINITY,
                ..base()
            },
        ),
        (
            "time_out_of_range",
            VideoSpec {
                start_ms: i64::MIN,
                ..base()
            },
        ),
        (
            "time_out_of_range",
            VideoSpec {
                start_ms: i64::MAX,
                ..base()
            },
        ),
        ("time_out_of_range", VideoSpec { start_ms: 0, ..base() }),
    ];
    for (code, spec) in cases {
        match gopro_video_bytes(&spec) {
            Err(error) => assert_eq!(error.code(), code, "{error}"),
            Ok(_) => panic!("{code} was expected for {spec:?}"),
        }
    }
}

#[test]
fn a_360_video_has_a_track_for_each_lens_and_the_same_telemetry() {
    let one = VideoSpec {
        duration_s: 3,
        ..VideoSpec::default()
    };
    let two = VideoSpec {
        video_tracks: 2,
        ..one.clone()
    };
    let (file, plain) = (gopro_video_bytes(&two).unwrap(), gopro_video_bytes(&one).unwrap());
    let formats: Vec<[u8; 4]> = tracks(&file).iter().map(|track| samples(&file, track).format).collect();
    assert_eq!(formats, [*b"avc1", *b"avc1", *b"mp4a", *b"gpmd"]);
    let pictures = |track: usize| samples(&file, tracks(&file)[track]).data;
    assert_eq!(pictures(0), samples(&plain, tracks(&plain)[0]).data);
    assert_eq!(pictures(0), pictures(1));
    assert_eq!(telemetry(&file), telemetry(&plain));
    let many = VideoSpec { video_tracks: 3, ..two };
    assert_eq!(gopro_video_bytes(&many).unwrap_err().code(), "video_not_possible");
}

#[test]
fn a_hollow_video_has_everything_but_its_frames() {
    let spec = VideoSpec {
        frames_per_second: 2,
        duration_s: 4,
        frame_bytes: 100_000,
        video_tracks: 2,
        ..VideoSpec::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hollow.mp4");
    write_hollow_gopro_video(&path, &spec).unwrap();
    let (hollow, full) = (fs::read(&path).unwrap(), gopro_video_bytes(&spec).unwrap());
    assert_eq!(hollow.len(), full.len());
    assert_eq!(telemetry(&hollow), telemetry(&full));
    for track in tracks(&hollow).into_iter().take(2) {
        let frames = samples(&hollow, track).data;
        assert_eq!(frames.len(), 8);
        assert!(frames.iter().flatten().all(|byte| *byte == 0));
    }
    assert_eq!(
        write_hollow_gopro_video(&path, &spec).unwrap_err().code(),
        "target_exists"
    );
}
