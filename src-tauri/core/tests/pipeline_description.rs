//! The description file: its exact text, and where it is written to.

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};

use pipeline_support::{description, description_text, plan_of, write_photo, write_walk};
use waypost_core::describe::{DESCRIPTION_FILE_NAME, DescriptionPlace, check, embedded_description, write_description};
use waypost_core::plan::{Photo, Plan};

/// A plan of one photo with a value in every field.
fn full_plan(folder: &Path) -> Plan {
    write_photo(&folder.join("Straße 1.jpg"), |spec| {
        spec.lat_deg = Some(-12.345_678_912);
        spec.lon_deg = Some(-77.123_456_789);
        spec.altitude_m = Some(-4.25);
        spec.heading_deg = Some(270.125);
        spec.captured_at_ms = Some(1_528_489_451_250);
        spec.orientation = 6;
    });
    let mut plan = plan_of(&[folder]);
    let photo = &mut plan.sequences[0].photos[0];
    photo.lat_deg = -12.345_678_912;
    photo.lon_deg = -77.123_456_789;
    photo.altitude_m = Some(-4.250_49);
    photo.heading_deg = Some(270.123_45);
    photo.gps_accuracy_m = Some(3.5);
    photo.camera_uuid = Some("C347_L1".into());
    plan
}

#[test]
fn an_image_entry_has_every_field_sorted_rounded_and_in_ascii() {
    let folder = tempfile::tempdir().unwrap();
    let plan = full_plan(folder.path());
    let photo = &plan.sequences[0].photos[0];
    let path = photo.path.to_str().unwrap().replace('ß', "\\u00df");
    let expected = format!(
        r#"[{{"MAPAltitude":-4.25,"MAPCameraUUID":"C347_L1","MAPCaptureTime":"2018_06_08_20_24_11_250","MAPCompassHeading":{{"MagneticHeading":270.123,"TrueHeading":270.123}},"MAPDeviceMake":"GoPro","MAPDeviceModel":"HERO11 Black","MAPFilename":"Stra\u00dfe 1.jpg","MAPGPSAccuracyMeters":3.5,"MAPLatitude":-12.3456789,"MAPLongitude":-77.1234568,"MAPOrientation":6,"MAPSequenceUUID":"0","filename":"{path}","filesize":{},"filetype":"image","md5sum":null}}]"#,
        photo.size_bytes
    );
    assert_eq!(description_text(&plan), expected);
}

#[test]
fn the_text_in_the_photo_has_the_map_fields_but_the_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let plan = full_plan(folder.path());
    let text = embedded_description(&plan.sequences[0].photos[0]).unwrap();
    let expected = r#"{"MAPAltitude":-4.25,"MAPCameraUUID":"C347_L1","MAPCaptureTime":"2018_06_08_20_24_11_250","MAPCompassHeading":{"MagneticHeading":270.123,"TrueHeading":270.123},"MAPDeviceMake":"GoPro","MAPDeviceModel":"HERO11 Black","MAPFilename":"Stra\u00dfe 1.jpg","MAPGPSAccuracyMeters":3.5,"MAPLatitude":-12.3456789,"MAPLongitude":-77.1234568,"MAPOrientation":6}"#;
    assert_eq!(text, expected);
}

#[test]
fn what_is_unknown_has_no_field() {
    let folder = tempfile::tempdir().unwrap();
    write_photo(&folder.path().join("a.jpg"), |spec| {
        spec.altitude_m = None;
        spec.heading_deg = None;
        spec.make = String::new();
        spec.model = String::new();
        spec.serial = None;
    });
    let entries = description(&plan_of(&[folder.path()]));
    let names: Vec<&String> = entries[0].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "MAPCaptureTime",
            "MAPFilename",
            "MAPLatitude",
            "MAPLongitude",
            "MAPOrientation",
            "MAPSequenceUUID",
            "filename",
            "filesize",
            "filetype",
            "md5sum"
        ]
    );
}

#[test]
fn every_refused_file_has_an_error_entry_behind_the_photos() {
    let folder = tempfile::tempdir().unwrap();
    write_walk(folder.path(), 3);
    write_photo(&folder.path().join("no_position.jpg"), |spec| {
        (spec.lat_deg, spec.lon_deg) = (None, None);
    });
    write_photo(&folder.path().join("null.jpg"), |spec| {
        (spec.lat_deg, spec.lon_deg) = (Some(0.0), Some(0.0));
    });
    fs::write(folder.path().join("video.mp4"), "").unwrap();
    let entries = description(&plan_of(&[folder.path()]));
    assert_eq!(entries.len(), 6);
    assert!(entries[..3].iter().all(|entry| entry["error"].is_null()));
    let errors: Vec<(&str, &str)> = entries[3..]
        .iter()
        .map(|entry| {
            (
                entry["error"]["type"].as_str().unwrap(),
                entry["filetype"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            ("MapillaryGeoTaggingError", "image"),
            ("MapillaryInvalidVideoError", "video"),
            ("MapillaryNullIslandError", "image")
        ]
    );
    assert_eq!(entries[3]["error"]["message"], "no_position.jpg has no GPS position.");
    assert!(entries[3]["filename"].as_str().unwrap().ends_with("no_position.jpg"));
    assert_eq!(entries[3]["error"].as_object().unwrap().len(), 2);
}

#[test]
fn a_duplicate_carries_its_own_description_and_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in [(0_i32, "a.jpg"), (1, "b.jpg")] {
        write_photo(&folder.path().join(name), |spec| {
            spec.captured_at_ms = Some(1_700_000_000_000 + i64::from(number) * 2000);
            spec.heading_deg = Some(10.0 + f64::from(number));
        });
    }
    let entries = description(&plan_of(&[folder.path()]));
    let error = &entries[1]["error"];
    assert_eq!(error["type"], "MapillaryDuplicationError");
    assert_eq!(error["vars"]["angle_diff"], 1.0);
    assert_eq!(error["vars"]["distance"], 0.0);
    let desc = error["vars"]["desc"].as_object().unwrap();
    assert_eq!(desc["MAPCompassHeading"]["TrueHeading"], 11.0);
    assert_eq!(desc["filename"], entries[1]["filename"]);
    assert!(!desc.contains_key("MAPSequenceUUID") && !desc.contains_key("MAPFilename"));
}

#[test]
fn impossible_values_are_refused_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let plan = full_plan(folder.path());
    let good = &plan.sequences[0].photos[0];
    assert!(check(good).is_ok());
    let changes: [fn(&mut Photo); 6] = [
        |photo| photo.lat_deg = 90.001,
        |photo| photo.lon_deg = f64::NAN,
        |photo| photo.altitude_m = Some(f64::INFINITY),
        |photo| photo.heading_deg = Some(f64::NAN),
        |photo| photo.gps_accuracy_m = Some(f64::NAN),
        |photo| photo.captured_at_ms = i64::MAX,
    ];
    for change in changes {
        let mut photo = good.clone();
        change(&mut photo);
        let refusal = check(&photo).unwrap_err();
        assert_eq!(refusal.code.code(), "description_invalid");
        assert!(refusal.message.starts_with("Straße 1.jpg has "));
    }
}

#[test]
fn the_file_goes_where_mapillary_tools_puts_it() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().to_path_buf();
    let file = folder.path().join("a.jpg");
    let choose = |desc_path: Option<&str>, given: &[PathBuf]| {
        DescriptionPlace::choose(desc_path.map(Path::new), given, DESCRIPTION_FILE_NAME)
    };
    let beside = DescriptionPlace::File(one.join(DESCRIPTION_FILE_NAME));
    assert_eq!(choose(None, std::slice::from_ref(&one)), beside);
    assert_eq!(
        choose(None, std::slice::from_ref(&file)),
        DescriptionPlace::StandardStream
    );
    assert_eq!(
        choose(None, &[one.clone(), one.clone()]),
        DescriptionPlace::StandardStream
    );
    assert_eq!(
        choose(Some("-"), std::slice::from_ref(&one)),
        DescriptionPlace::StandardStream
    );
    assert_eq!(choose(Some("x.json"), &[one]), DescriptionPlace::File("x.json".into()));
}

#[test]
fn an_earlier_description_is_replaced_and_nothing_else_ever_is() {
    let folder = tempfile::tempdir().unwrap();
    let photos = write_walk(folder.path(), 2);
    let plan = plan_of(&[folder.path()]);
    let place = DescriptionPlace::File(folder.path().join(DESCRIPTION_FILE_NAME));
    write_description(&plan, &place).unwrap();
    write_description(&plan, &place).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join(DESCRIPTION_FILE_NAME)).unwrap(),
        description_text(&plan)
    );

    let original = fs::read(&photos[0]).unwrap();
    let error = write_description(&plan, &DescriptionPlace::File(photos[0].clone())).unwrap_err();
    assert_eq!(error.code(), "description_file");
    assert_eq!(fs::read(&photos[0]).unwrap(), original);

    let track = DescriptionPlace::File(folder.path().join("track.gpx"));
    write_description(&plan, &track).unwrap();
    write_description(&plan, &track).unwrap();
    let text = fs::read_to_string(folder.path().join("track.gpx")).unwrap();
    assert_eq!(text.matches("<trkpt").count(), 2);

    let nowhere = DescriptionPlace::File(folder.path().join("no/such/folder.json"));
    assert_eq!(write_description(&plan, &nowhere).unwrap_err().code(), "file_error");
    let as_folder = DescriptionPlace::File(folder.path().to_path_buf());
    assert_eq!(write_description(&plan, &as_folder).unwrap_err().code(), "file_error");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "nothing is left over");
}
