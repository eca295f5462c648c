//! The differences to mapillary_tools 0.14.7 that docs/differences.md calls "on purpose": each is made here by both, so
//! that none is on the list that does not exist, and the samples show no other. Skipped, visibly, where
//! mapillary_tools or the samples are not there.

mod pipeline_support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use pipeline_support::peer::{peer_description, peer_description_with, peer_program};
use pipeline_support::{description, plan_of, sent_names, write_photo};
use serde_json::Value;
use waypost_core::observe::Unobserved;
use waypost_core::process::process;
use waypost_core::settings::{NaiveTimeZone, ReadSettings, SequenceSettings};

const START_MS: i64 = 1_718_442_000_000;

/// Photos ten metres apart at these seconds.
fn write_seconds(folder: &Path, times_s: &[i64]) {
    for (number, at_s) in (0_i32..).zip(times_s) {
        write_photo(&folder.join(format!("{number}.jpg")), |spec| {
            spec.captured_at_ms = Some(START_MS + at_s * 1000);
            spec.lat_deg = Some(48.0 + f64::from(number) * 9e-5);
        });
    }
}

/// File names of each sequence of a description, in order.
fn sequences(entries: &[Value]) -> Vec<Vec<String>> {
    let mut sequences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry["error"].is_null()) {
        let name = entry["MAPFilename"].as_str().unwrap().to_string();
        sequences
            .entry(entry["MAPSequenceUUID"].as_str().unwrap().to_string())
            .or_default()
            .push(name);
    }
    sequences.into_values().collect()
}

fn lengths(entries: &[Value]) -> Vec<usize> {
    sequences(entries).iter().map(Vec::len).collect()
}

#[test]
fn a_pause_starts_the_count_of_photos_anew() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_seconds(root.path(), &[0, 1, 100, 101, 102, 103]);
    let limit = [("MAPILLARY_TOOLS_MAX_SEQUENCE_LENGTH", "3")];
    assert_eq!(
        lengths(&peer_description_with(&program, root.path(), &limit, &[])),
        [2, 1, 3]
    );
    let settings = SequenceSettings {
        max_photos: Some(3),
        ..SequenceSettings::default()
    };
    let plan = process(&[root.path().into()], &ReadSettings::default(), &settings, &Unobserved).unwrap();
    assert_eq!(lengths(&description(&plan)), [2, 3, 1]);
}

#[test]
fn a_lone_photo_is_given_no_heading() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_photo(&root.path().join("a.jpg"), |spec| spec.heading_deg = None);
    let theirs = peer_description(&program, root.path(), "UTC", &[]);
    assert_eq!(theirs[0]["MAPCompassHeading"]["TrueHeading"], 0.0);
    assert!(description(&plan_of(&[root.path()]))[0]["MAPCompassHeading"].is_null());
}

#[test]
fn a_time_without_a_zone_is_not_read_in_the_zone_of_the_computer() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_photo(&root.path().join("a.jpg"), |spec| {
        spec.write_gps_time = false;
    });
    let time = |zone| peer_description(&program, root.path(), zone, &[])[0]["MAPCaptureTime"].clone();
    assert_ne!(time("America/New_York"), time("Asia/Kolkata"));
    let ours = description(&plan_of(&[root.path()]));
    assert_eq!(ours[0]["error"]["type"], "WaypostTimeZoneUnknownError");
}

#[test]
fn pictures_that_cannot_be_sent_are_answered() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    write_seconds(root.path(), &[0, 1]);
    fs::write(root.path().join("a.heic"), "bytes").unwrap();
    assert_eq!(peer_description(&program, root.path(), "UTC", &[]).len(), 2);
    let ours = description(&plan_of(&[root.path()]));
    assert_eq!(ours[2]["error"]["type"], "WaypostFormatNotSupportedError");
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_followed() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let card = tempfile::tempdir().unwrap();
    write_seconds(card.path(), &[0, 1]);
    write_seconds(root.path(), &[0, 1]);
    std::os::unix::fs::symlink(card.path(), root.path().join("card")).unwrap();
    assert_eq!(peer_description(&program, root.path(), "UTC", &[]).len(), 2);
    assert_eq!(sent_names(&plan_of(&[root.path()])).len(), 4);
}

/// The samples: `WAYPOST_SAMPLES`, else `shared/samples` beside the repository; `None`, said aloud, without them.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_SAMPLES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return folder.canonicalize().ok();
    }
    std::io::stderr()
        .write_all(b"SKIPPED: the samples are not here\n")
        .unwrap();
    None
}

#[test]
fn photos_of_real_cameras_are_read_alike() {
    let (Some(program), Some(samples)) = (peer_program("mapillary_tools"), samples()) else {
        return;
    };
    // Headings and sequences depend on the sizes of the pictures, see docs/differences.md; the rest is each photo's own.
    let own = |entry: &Value| {
        let mut entry = entry.clone();
        let fields = entry.as_object_mut().unwrap();
        for field in ["MAPCompassHeading", "MAPGPSAccuracyMeters", "MAPSequenceUUID"] {
            fields.remove(field);
        }
        if let Some(error) = fields.get_mut("error") {
            *error = error["type"].clone();
        }
        entry
    };
    let read = ReadSettings {
        naive_time_zone: NaiveTimeZone::OffsetMinutes(0),
        ..ReadSettings::default()
    };
    for folder in [
        "timelapse-tiny",
        "photos-gopro-gps",
        "photos-gopro-nogps",
        "photos-seq-opensfm-lund",
    ] {
        let folder = samples.join(folder);
        let theirs = peer_description(&program, &folder, "UTC", &[]);
        let plan = process(
            std::slice::from_ref(&folder),
            &read,
            &SequenceSettings::default(),
            &Unobserved,
        )
        .unwrap();
        let ours: BTreeMap<String, Value> = description(&plan)
            .iter()
            .map(|entry| (entry["filename"].as_str().unwrap().to_string(), own(entry)))
            .collect();
        assert_eq!(ours.len(), theirs.len());
        for entry in &theirs {
            assert_eq!(ours[entry["filename"].as_str().unwrap()], own(entry));
        }
    }
}
