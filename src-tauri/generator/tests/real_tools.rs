//! What others read from generated files: `mapillary_tools` 0.14.7 and `exiftool`.
//!
//! Not part of an ordinary run, because both tools have to be there:
//! `WAYPOST_MAPILLARY_TOOLS=/path/to/mapillary_tools cargo test -p waypost-generator --test
//! real_tools -- --ignored`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use waypost_generator::{
    BadKind, GpsStream, PhotoSpec, PracticeOptions, VideoPoint, VideoSpec, WalkSpec, video_points, walk,
    write_gopro_video, write_photo_folder, write_practice_folder,
};

const WHY_IGNORED: &str = "set WAYPOST_MAPILLARY_TOOLS to the program mapillary_tools 0.14.7";

/// Runs `mapillary_tools process` and returns its description, by file name.
fn describe(folder: &Path) -> BTreeMap<String, Value> {
    let program: OsString = std::env::var_os("WAYPOST_MAPILLARY_TOOLS").expect(WHY_IGNORED);
    let output = Command::new(program)
        .args(["process", "--skip_process_errors", "--desc_path"])
        .arg(folder.join("description.json"))
        .arg(folder)
        .env("TZ", "UTC")
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
        .env("MAPILLARY_CONFIG_PATH", folder.join("config"))
        .output()
        .expect("mapillary_tools starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read(folder.join("description.json")).expect("a description");
    let entries: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    let name = |entry: &Value| {
        let path = Path::new(entry["filename"].as_str().expect("a path"));
        path.file_name().expect("a name").to_string_lossy().into_owned()
    };
    entries.into_iter().map(|entry| (name(&entry), entry)).collect()
}

fn assert_near(read: &Value, wanted: f64, tolerance: f64, what: &str) {
    let number = read
        .as_f64()
        .unwrap_or_else(|| panic!("{what} is {read}, not {wanted}"));
    assert!((number - wanted).abs() <= tolerance, "{what} is {number}, not {wanted}");
}

/// `YYYY_MM_DD_HH_MM_SS_mmm`.
fn capture_time(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC);
    format!("{}_{:03}", at.strftime("%Y_%m_%d_%H_%M_%S"), at.millisecond())
}

fn assert_described(entry: &Value, spec: &PhotoSpec, time_ms: i64) {
    let half = |decimals: i32| 0.51 * 10_f64.powi(-decimals);
    assert_near(&entry["MAPLatitude"], spec.lat_deg.unwrap(), half(7), "latitude");
    assert_near(&entry["MAPLongitude"], spec.lon_deg.unwrap(), half(7), "longitude");
    assert_near(&entry["MAPAltitude"], spec.altitude_m.unwrap(), half(3), "altitude");
    let heading = &entry["MAPCompassHeading"]["TrueHeading"];
    assert_near(heading, spec.heading_deg.unwrap(), half(3), "heading");
    assert_eq!(entry["MAPCaptureTime"], capture_time(time_ms));
    assert_eq!(entry["MAPDeviceMake"], spec.make);
    assert_eq!(entry["MAPDeviceModel"], spec.model);
    assert_eq!(entry["MAPCameraUUID"], spec.serial.clone().unwrap());
    assert_eq!(entry["MAPOrientation"], spec.orientation);
}

#[test]
#[ignore = "needs mapillary_tools 0.14.7, see the head of this file"]
fn mapillary_tools_reads_from_photos_what_their_specifications_say() {
    let place = tempfile::tempdir().unwrap();
    let start_ms = 1_781_424_000_042;
    let photos = walk(&WalkSpec {
        count: 150,
        start_ms,
        interval_ms: 1_500,
        ..WalkSpec::default()
    });
    write_photo_folder(place.path(), &photos).unwrap();
    let described = describe(place.path());
    assert_eq!(described.len(), photos.len());
    for photo in &photos {
        assert_described(&described[&photo.file_name], photo, photo.captured_at_ms.unwrap());
        assert_eq!(described[&photo.file_name]["MAPSequenceUUID"], "0");
    }
}

#[test]
#[ignore = "needs mapillary_tools 0.14.7, see the head of this file"]
fn mapillary_tools_reads_every_variant_of_a_photo() {
    let place = tempfile::tempdir().unwrap();
    let base = PhotoSpec {
        captured_at_ms: Some(1_781_424_000_042),
        ..PhotoSpec::default()
    };
    let variants = [
        PhotoSpec {
            lat_deg: Some(-33.856_789_1),
            lon_deg: Some(-151.215_297_2),
            ..base.clone()
        },
        PhotoSpec {
            altitude_m: Some(-3.25),
            orientation: 6,
            ..base.clone()
        },
        PhotoSpec {
            write_gps_time: false,
            write_offset_tag: true,
            ..base.clone()
        },
        PhotoSpec {
            local_offset_minutes: -570,
            write_offset_tag: true,
            write_gps_time: false,
            ..base.clone()
        },
        PhotoSpec {
            padding_bytes: 2_800_000,
            ..base.clone()
        },
        PhotoSpec {
            xmp: Some("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".to_owned()),
            ..base.clone()
        },
        PhotoSpec {
            make: "Waypost".to_owned(),
            model: "Camera X".to_owned(),
            serial: Some("A1".to_owned()),
            ..base.clone()
        },
        // No zone anywhere: read in the computer's zone, which is UTC here.
        PhotoSpec {
            write_gps_time: false,
            ..base.clone()
        },
    ];
    let photos: Vec<PhotoSpec> = (0..)
        .zip(variants)
        .map(|(index, variant)| PhotoSpec {
            file_name: format!("V{index}.JPG"),
            ..variant
        })
        .collect();
    for photo in &photos {
        // One folder each, or they would be compared with one another.
        write_photo_folder(&place.path().join(&photo.file_name), std::slice::from_ref(photo)).unwrap();
    }
    let described = describe(place.path());
    for photo in &photos {
        let naive = !photo.write_gps_time && !photo.write_offset_tag;
        let shift_ms = if naive {
            i64::from(photo.local_offset_minutes) * 60_000
        } else {
            0
        };
        assert_described(
            &described[&photo.file_name],
            photo,
            photo.captured_at_ms.unwrap() + shift_ms,
        );
    }
}

#[test]
#[ignore = "needs mapillary_tools 0.14.7, see the head of this file"]
fn mapillary_tools_sorts_a_practice_folder_as_it_is_meant() {
    let place = tempfile::tempdir().unwrap();
    let folder = write_practice_folder(place.path(), &PracticeOptions::default()).unwrap();
    let described = describe(place.path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    // Which of the two is number 0 is not settled.
    let sequence = |path: &PathBuf| described[&name(path)]["MAPSequenceUUID"].clone();
    let (first, second) = folder.good.split_at(folder.good.len() / 2);
    for (photos, other) in [(first, second), (second, first)] {
        assert!(photos.iter().all(|path| sequence(path) == sequence(&photos[0])));
        assert_ne!(sequence(&photos[0]), sequence(&other[0]));
    }
    for photo in &folder.bad {
        let wanted = match photo.why {
            BadKind::NullIsland => "MapillaryNullIslandError",
            BadKind::Duplicate => "MapillaryDuplicationError",
            _ => "MapillaryGeoTaggingError",
        };
        assert_eq!(
            described[&name(&photo.path)]["error"]["type"],
            wanted,
            "{:?}",
            photo.why
        );
    }
    assert_eq!(described.len(), folder.good.len() + folder.bad.len());
}

#[test]
#[ignore = "needs mapillary_tools 0.14.7, see the head of this file"]
fn mapillary_tools_reads_from_videos_the_points_of_their_walks() {
    let place = tempfile::tempdir().unwrap();
    let base = VideoSpec::default;
    let videos = [
        ("GPS5.MP4", base()),
        (
            "GPS9.MP4",
            VideoSpec {
                gps: GpsStream::Gps9,
                points_per_second: 10,
                ..base()
            },
        ),
        (
            "BOTH.MP4",
            VideoSpec {
                gps: GpsStream::Both,
                ..base()
            },
        ),
        (
            "FIRST.MP4",
            VideoSpec {
                moov_first: true,
                ..base()
            },
        ),
        (
            "LARGE.MP4",
            VideoSpec {
                large_mdat: true,
                audio_track: false,
                ..base()
            },
        ),
        (
            "WALK.MP4",
            VideoSpec {
                speed_m_per_s: 1.4,
                duration_s: 60,
                seed: 9,
                ..base()
            },
        ),
        (
            "LONG.MP4",
            VideoSpec {
                speed_m_per_s: 9.0,
                duration_s: 900,
                seed: 4,
                ..base()
            },
        ),
        (
            "NONE.MP4",
            VideoSpec {
                gps: GpsStream::Nothing,
                ..base()
            },
        ),
        (
            "STILL.MP4",
            VideoSpec {
                speed_m_per_s: 0.0,
                ..base()
            },
        ),
        (
            "NOFIX.MP4",
            VideoSpec {
                fix: 0,
                dilution_x100: 9_999,
                ..base()
            },
        ),
    ];
    for (name, spec) in &videos {
        write_gopro_video(&place.path().join(name), spec).unwrap();
    }
    let described = describe(place.path());
    for (name, spec) in &videos {
        let entry = &described[*name];
        let error = match *name {
            "NONE.MP4" => Some("MapillaryGPXEmptyError"),
            "STILL.MP4" => Some("MapillaryStationaryVideoError"),
            "NOFIX.MP4" => Some("MapillaryGPSNoiseError"),
            _ => None,
        };
        if let Some(error) = error {
            assert_eq!(entry["error"]["type"], error, "{name}: {entry}");
            continue;
        }
        assert_eq!(entry["filetype"], "gopro");
        assert_eq!(entry["MAPDeviceMake"], "GoPro");
        assert_eq!(entry["MAPDeviceModel"], spec.device_name);
        let track = entry["MAPGPSTrack"].as_array().expect("a track");
        let points = video_points(spec);
        assert_eq!(track.len(), points.len(), "{name}");
        for (read, point) in track.iter().zip(&points) {
            assert_point(read, point, spec);
        }
    }
}

fn assert_point(read: &Value, point: &VideoPoint, spec: &VideoSpec) {
    // It cuts off what is less than a millisecond.
    assert_near(&read[0], point.video_ms - 0.5, 0.51, "time in the video");
    assert_near(&read[1], point.lon_deg, 1e-9, "longitude");
    assert_near(&read[2], point.lat_deg, 1e-9, "latitude");
    assert_near(&read[3], point.altitude_m, 1e-6, "altitude");
    // It takes the first stream that has points: with both, GPS5, which has one time a second.
    let at_ms = match spec.gps {
        GpsStream::Gps9 => point.at_ms,
        _ => point.at_ms.div_euclid(1000) * 1000,
    };
    assert_near(&read[5], at_ms as f64 / 1000.0, 0.000_6, "time of the satellites");
}

#[test]
#[ignore = "needs exiftool"]
fn exiftool_finds_nothing_wrong_with_photos_and_videos() {
    let place = tempfile::tempdir().unwrap();
    let photos = walk(&WalkSpec {
        count: 5,
        padding_bytes: 70_000,
        ..WalkSpec::default()
    });
    write_photo_folder(place.path(), &photos).unwrap();
    for (name, moov_first) in [("LAST.MP4", false), ("FIRST.MP4", true)] {
        let spec = VideoSpec {
            moov_first,
            gps: GpsStream::Both,
            ..VideoSpec::default()
        };
        write_gopro_video(&place.path().join(name), &spec).unwrap();
    }
    let output = Command::new("exiftool")
        .args([
            "-json",
            "-n",
            "-validate",
            "-warning",
            "-error",
            "-GPSLatitude",
            "-GPSLongitude",
        ])
        .args(["-GPSAltitude", "-GPSImgDirection", "-GPSDateTime", "-FileName", "-r"])
        .arg(place.path())
        .output()
        .expect("exiftool starts");
    let entries: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(entries.len(), 7);
    for entry in &entries {
        assert_eq!(entry["Validate"], "0 0 0", "{entry}");
        let Some(photo) = photos.iter().find(|photo| entry["FileName"] == photo.file_name) else {
            continue;
        };
        assert_near(&entry["GPSLatitude"], photo.lat_deg.unwrap(), 1e-8, "latitude");
        assert_near(&entry["GPSLongitude"], photo.lon_deg.unwrap(), 1e-8, "longitude");
        assert_near(&entry["GPSAltitude"], photo.altitude_m.unwrap(), 5.1e-4, "altitude");
        assert_near(&entry["GPSImgDirection"], photo.heading_deg.unwrap(), 5.1e-4, "heading");
    }
}
