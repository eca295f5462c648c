//! The same folders through the real mapillary_tools 0.14.7 and through Waypost: every field of the description is
//! compared. Skipped, visibly, where mapillary_tools is not installed.

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pipeline_support::peer::{differences, peer_description, peer_program};
use pipeline_support::{description, write_photo};
use serde_json::Value;
use waypost_core::describe::{DescriptionPlace, parse_description, write_description};
use waypost_core::observe::Unobserved;
use waypost_core::package::source_photos;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{NaiveTimeZone, ReadSettings, SequenceSettings};
use waypost_generator::{PhotoSpec, PracticeOptions, write_practice_folder};

const START_MS: i64 = 1_718_442_000_000;

fn plan(folder: &Path, settings: &SequenceSettings) -> Plan {
    process(&[folder.into()], &ReadSettings::default(), settings, &Unobserved).unwrap()
}

/// Asserts that both describe the folder alike.
fn assert_same(program: &Path, folder: &Path, options: &[&str], settings: &SequenceSettings) {
    let folder = folder.canonicalize().unwrap();
    let theirs = peer_description(program, &folder, "America/New_York", options);
    let ours = description(&plan(&folder, settings));
    assert!(ours.len() > 3, "there is something to compare");
    let found = differences(&theirs, &ours);
    assert!(found.is_empty(), "{options:?}\n{}", found.join("\n"));
}

/// Writes the photos of one folder: time in seconds, metres to the north and to the east, and changes.
fn write_track(folder: &Path, name: &str, points: &[(f64, f64, f64)], change: impl Fn(usize, &mut PhotoSpec)) {
    for (number, (at_s, north_m, east_m)) in points.iter().enumerate() {
        write_photo(&folder.join(format!("{name}{number:04}.jpg")), |spec| {
            #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
            let at_ms = (at_s * 1000.0).round() as i64;
            spec.captured_at_ms = Some(START_MS + at_ms);
            spec.lat_deg = Some(48.1 + north_m / 111_200.0);
            spec.lon_deg = Some(11.5 + east_m / 74_300.0);
            spec.heading_deg = None;
            change(number, spec);
        });
    }
}

fn steps(count: usize, step_s: f64, step_m: f64) -> Vec<(f64, f64, f64)> {
    (0..count)
        .map(|number| (number as f64 * step_s, number as f64 * step_m, 0.0))
        .collect()
}

/// A folder in which every rule of the sequence processing has something to do.
fn write_every_rule(root: &Path) {
    let unchanged = |_: usize, _: &mut PhotoSpec| {};
    // Pauses around the cut-off time, steps around the cut-off distance.
    let mut pauses = steps(4, 60.0, 5.0);
    pauses.extend([
        (241.0, 30.0, 0.0),
        (301.5, 35.0, 0.0),
        (303.0, 134.0, 0.0),
        (305.0, 236.0, 3.0),
    ]);
    write_track(&root.join("pauses"), "p", &pauses, unchanged);
    // Several photos of the same moment.
    let burst: Vec<_> = (0..17)
        .map(|n| (f64::from(n / 5), f64::from(n) * 3.0, f64::from(n % 3)))
        .collect();
    write_track(&root.join("bursts"), "b", &burst, unchanged);
    // Standing still, with and without headings that differ.
    let still: Vec<_> = (0..12).map(|n| (f64::from(n), f64::from(n) * 0.06, 0.0)).collect();
    write_track(&root.join("still"), "s", &still, unchanged);
    write_track(&root.join("turning"), "t", &still, |number, spec| {
        spec.heading_deg = (number % 4 != 3).then_some(number as f64 * 3.5);
    });
    // Jumps out of the track: one photo, three in a row, and one too small to count.
    let mut jumps = steps(40, 2.0, 8.0);
    for number in [9, 20, 21, 22] {
        jumps[number].1 += 150.0;
    }
    jumps[30].2 += 25.0;
    write_track(&root.join("jumps"), "j", &jumps, unchanged);
    // Faster than anything, and a receiver without a fix.
    write_track(&root.join("fast"), "f", &steps(5, 1.0, 120.0), unchanged);
    write_track(&root.join("null"), "n", &steps(6, 2.0, 5.0), |number, spec| {
        if number % 2 == 1 {
            (spec.lat_deg, spec.lon_deg) = (Some(0.0), Some(0.0));
        }
    });
    // Two cameras in one folder, and one that says little of itself.
    write_track(
        &root.join("cameras"),
        "c",
        &steps(12, 2.0, 5.0),
        |number, spec| match number % 3 {
            0 => spec.serial = Some("C1 23-4".into()),
            1 => spec.serial = Some("C5678".into()),
            _ => {
                (spec.make, spec.model, spec.serial) = (String::new(), String::new(), None);
                spec.altitude_m = None;
            }
        },
    );
    // The other side of the world, below the sea, every orientation, names that are no ASCII.
    write_track(
        &root.join("south/Straße 東京"),
        "ä ",
        &steps(10, 2.0, 5.0),
        |number, spec| {
            spec.lat_deg = spec.lat_deg.map(|deg| -deg);
            spec.lon_deg = Some(-179.999_98 + number as f64 * 1e-5);
            spec.altitude_m = Some(-12.345 + number as f64);
            spec.orientation = u16::try_from(number).unwrap();
            spec.heading_deg = (number % 2 == 0).then_some(359.999);
        },
    );
    // A photo alone, one without a time, and files that are none.
    write_track(&root.join("alone"), "a", &steps(1, 1.0, 1.0), unchanged);
    write_track(&root.join("bad"), "x", &steps(3, 2.0, 5.0), |number, spec| {
        if number == 1 {
            (spec.captured_at_ms, spec.write_gps_time) = (None, false);
        }
    });
    fs::write(root.join("bad/empty.jpg"), "").unwrap();
    fs::write(root.join("bad/text.jpeg"), "text").unwrap();
    fs::create_dir_all(root.join(".hidden")).unwrap();
    fs::copy(root.join("bad/x0000.jpg"), root.join(".hidden/x.jpg")).unwrap();
}

#[test]
fn the_practice_folder_is_described_alike() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let options = PracticeOptions {
        width_px: 64,
        height_px: 48,
        ..PracticeOptions::default()
    };
    let folder = write_practice_folder(&root.path().join("card"), &options).unwrap();
    assert_same(&program, &folder.root, &[], &SequenceSettings::default());
}

#[test]
fn every_rule_of_the_sequences_gives_the_same_with_the_usual_settings_and_with_others() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_every_rule(root.path());
    let usual = SequenceSettings::default();
    assert_same(&program, root.path(), &[], &usual);
    assert_same(
        &program,
        root.path(),
        &[
            "--cutoff_time",
            "1.5",
            "--cutoff_distance",
            "7",
            "--skip_zigzag_check",
            "--duplicate_distance",
            "-1",
        ],
        &SequenceSettings {
            cutoff_time_s: 1.5,
            cutoff_distance_m: 7.0,
            zigzag_check: false,
            duplicate_distance_m: -1.0,
            ..usual.clone()
        },
    );
    assert_same(
        &program,
        root.path(),
        &[
            "--interpolate_directions",
            "--duplicate_distance",
            "4",
            "--duplicate_angle",
            "360",
            "--offset_time",
            "-3.25",
        ],
        &SequenceSettings {
            interpolate_directions: true,
            duplicate_distance_m: 4.0,
            duplicate_angle_deg: 360.0,
            offset_time_ms: -3250,
            ..usual
        },
    );
}

#[test]
fn offsets_and_another_camera_name_give_the_same() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_track(root.path(), "a", &steps(8, 2.0, 5.0), |number, spec| {
        spec.heading_deg = (number % 2 == 0).then_some(number as f64 * 45.0);
    });
    let settings = SequenceSettings {
        offset_angle_deg: -90.5,
        offset_time_ms: 1_500,
        device_make: Some("Máker".into()),
        device_model: Some("Model 1".into()),
        ..SequenceSettings::default()
    };
    let options = [
        "--offset_angle",
        "-90.5",
        "--offset_time",
        "1.5",
        "--device_make",
        "Máker",
        "--device_model",
        "Model 1",
    ];
    assert_same(&program, root.path(), &options, &settings);
}

#[test]
fn a_named_zone_gives_what_mapillary_tools_gives_on_a_computer_in_it() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    // Around both changes of the clock in 2024: 10 March and 3 November.
    for (folder, start_ms) in [("spring", 1_710_050_400_000), ("autumn", 1_730_608_200_000)] {
        write_track(
            &root.path().join(folder),
            "a",
            &steps(10, 900.0, 5.0),
            |number, spec| {
                spec.captured_at_ms = Some(start_ms + i64::try_from(number).unwrap() * 900_000);
                (spec.write_gps_time, spec.local_offset_minutes) = (false, 0);
            },
        );
    }
    let folder = root.path().canonicalize().unwrap();
    for zone in ["America/New_York", "Europe/Berlin", "Asia/Kolkata"] {
        let read = ReadSettings {
            naive_time_zone: NaiveTimeZone::Named(zone.into()),
            ..ReadSettings::default()
        };
        let plan = process(
            std::slice::from_ref(&folder),
            &read,
            &SequenceSettings::default(),
            &Unobserved,
        )
        .unwrap();
        let found = differences(&peer_description(&program, &folder, zone, &[]), &description(&plan));
        assert!(found.is_empty(), "{zone}\n{}", found.join("\n"));
    }
}

#[test]
fn each_reads_what_the_other_described() {
    let (Some(program), Some(python)) = (peer_program("mapillary_tools"), peer_program("python")) else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_every_rule(&root.path().join("photos"));
    let folder = root.path().join("photos").canonicalize().unwrap();
    let plan = plan(&folder, &SequenceSettings::default());

    // Ours, read and written again by mapillary_tools' own code.
    let file = root.path().join("ours.json");
    write_description(&plan, &DescriptionPlace::File(file.clone())).unwrap();
    let script = "import sys\n\
        from mapillary_tools.serializer.description import DescriptionJSONSerializer as S\n\
        sys.stdout.buffer.write(S.serialize(S.deserialize(open(sys.argv[1], 'rb').read())))\n";
    let output = Command::new(python).args(["-c", script]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let again: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let images: Vec<Value> = description(&plan)
        .into_iter()
        .filter(|entry| entry["error"].is_null())
        .collect();
    assert_eq!(again, images);

    // Theirs, read by us: the same photos in the same sequences, with the same text for the photo.
    let theirs = peer_description(&program, &folder, "UTC", &[]);
    let text = Value::from(theirs.clone()).to_string();
    let described = parse_description(Path::new("theirs.json"), text.as_bytes()).unwrap();
    assert_eq!(described.refusals, []);
    let errors = theirs.iter().filter(|entry| !entry["error"].is_null()).count();
    assert_eq!(described.error_count, errors as u64);
    let mut read: Vec<Vec<PathBuf>> = Vec::new();
    for sequence in &described.sequences {
        for photo in &sequence.photos {
            let fields: Value = serde_json::from_str(&photo.description_json).unwrap();
            let entry = theirs
                .iter()
                .find(|entry| entry["filename"] == photo.path.to_str().unwrap())
                .unwrap();
            let mut expected = entry.clone();
            expected
                .as_object_mut()
                .unwrap()
                .retain(|name, _| name.starts_with("MAP") && name != "MAPSequenceUUID");
            assert_eq!(fields, expected);
        }
        read.push(sequence.photos.iter().map(|photo| photo.path.clone()).collect());
    }
    let mut ours: Vec<Vec<PathBuf>> = plan
        .sequences
        .iter()
        .map(|sequence| {
            source_photos(sequence)
                .unwrap()
                .into_iter()
                .map(|photo| photo.path)
                .collect()
        })
        .collect();
    read.sort();
    ours.sort();
    assert_eq!(read, ours);
}
