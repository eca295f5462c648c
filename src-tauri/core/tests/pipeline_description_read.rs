//! Reading a description file back, whoever wrote it: nothing is lost, and what breaks the rules is named.

mod pipeline_support;

use std::fs;
use std::path::Path;

use pipeline_support::{description, description_text, mutated, plan_of, write_photo, write_walk};
use serde_json::{Value, json};
use waypost_core::describe::{DescriptionPlace, parse_description, read_description, write_description};
use waypost_core::package::source_photos;

#[test]
fn a_description_reads_back_as_what_would_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    write_walk(&folder.path().join("one"), 4);
    write_walk(&folder.path().join("two"), 3);
    fs::write(folder.path().join("one/empty.jpg"), "").unwrap();
    let plan = plan_of(&[folder.path()]);
    let file = folder.path().join("description.json");
    write_description(&plan, &DescriptionPlace::File(file.clone())).unwrap();
    let described = read_description(&DescriptionPlace::File(file)).unwrap();
    assert_eq!((described.error_count, described.refusals.len()), (1, 0));
    assert_eq!(described.sequences.len(), plan.sequences.len());
    for (read, written) in described.sequences.iter().zip(&plan.sequences) {
        assert_eq!(read.id.as_ref(), Some(&written.id));
        let mut expected = source_photos(written).unwrap();
        for (photo, expected) in read.photos.iter().zip(&mut expected) {
            // The description has seven digits of the position.
            assert!((photo.lat_deg - expected.lat_deg).abs() < 1e-7 && (photo.lon_deg - expected.lon_deg).abs() < 1e-7);
            (expected.lat_deg, expected.lon_deg) = (photo.lat_deg, photo.lon_deg);
        }
        assert_eq!(read.photos, expected);
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"not-\xff\xfe\x80-utf8 \xe2\x82\xac.jpg");
    let path = write_photo(&folder.path().join(name), |_| {});
    let plan = plan_of(&[folder.path()]);
    let text = description_text(&plan);
    assert!(
        text.contains(r#"not-\udcff\udcfe\udc80-utf8 \u20ac.jpg","filesize""#),
        "{text}"
    );
    let described = parse_description(Path::new("-"), text.as_bytes()).unwrap();
    assert_eq!(described.sequences[0].photos[0].path, path.canonicalize().unwrap());
}

/// A description of one photo, as a value to change.
fn entry_of_a_photo(folder: &Path) -> Value {
    write_photo(&folder.join("a.jpg"), |_| {});
    description(&plan_of(&[folder])).remove(0)
}

#[test]
fn fields_that_only_mapillary_tools_knows_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = entry_of_a_photo(folder.path());
    let fields = entry.as_object_mut().unwrap();
    fields.remove("MAPSequenceUUID");
    fields.remove("MAPOrientation");
    fields.insert("MAPMetaTags".into(), json!({"strings": [{"key": "k", "value": "v"}]}));
    fields.insert("MAPCaptureTime".into(), "2024_05_06_07_08_09_5".into());
    fields.insert("md5sum".into(), "d41d8cd98f00b204e9800998ecf8427e".into());
    fields.insert("filesize".into(), json!(12.5));
    let described = parse_description(Path::new("-"), json!([entry]).to_string().as_bytes()).unwrap();
    assert_eq!(described.sequences[0].id, None);
    let text = &described.sequences[0].photos[0].description_json;
    assert!(
        text.contains(r#""MAPMetaTags":{"strings":[{"key":"k","value":"v"}]}"#),
        "{text}"
    );
    assert!(text.contains(r#""MAPCaptureTime":"2024_05_06_07_08_09_500""#));
    assert!(!text.contains("MAPOrientation") && !text.contains("filesize"));
}

#[test]
fn sequences_are_ordered_by_time_and_name_and_hold_each_file_once() {
    let folder = tempfile::tempdir().unwrap();
    write_walk(folder.path(), 3);
    let mut entries = description(&plan_of(&[folder.path()]));
    entries.reverse();
    entries.push(entries[0].clone());
    for entry in &mut entries {
        entry["MAPSequenceUUID"] = "any-name".into();
    }
    let described = parse_description(Path::new("-"), Value::from(entries).to_string().as_bytes()).unwrap();
    let times: Vec<i64> = described.sequences[0]
        .photos
        .iter()
        .map(|photo| photo.captured_at_ms)
        .collect();
    assert_eq!(times.len(), 3);
    assert!(times.is_sorted());
}

#[test]
fn photos_and_videos_that_are_gone_are_reported_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let good = entry_of_a_photo(folder.path());
    let mut gone = good.clone();
    gone["filename"] = folder.path().join("gone.jpg").to_str().unwrap().into();
    let track = json!([[0, 13.35, 52.51, null, null]]);
    let video = json!({"filename": "/v/GX01.MP4", "filetype": "gopro", "MAPGPSTrack": track});
    let error = json!({"filename": "/v/bad.jpg", "error": {"type": "X", "message": "y"}});
    let text = json!([gone, video, error, good]).to_string();
    let described = parse_description(Path::new("-"), text.as_bytes()).unwrap();
    assert_eq!(described.sequences.len(), 1);
    assert_eq!(described.error_count, 1);
    let codes: Vec<&str> = described.refusals.iter().map(|refusal| refusal.code.code()).collect();
    assert_eq!(codes, ["unreadable", "unreadable"]);
}

#[test]
fn an_entry_that_breaks_the_schema_is_named_by_its_number_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    let good = entry_of_a_photo(folder.path());
    let broken: [(&str, Value); 13] = [
        ("MAPLatitude", json!(90.5)),
        ("MAPLatitude", json!("52")),
        ("MAPLongitude", Value::Null),
        ("MAPAltitude", Value::Null),
        ("MAPCaptureTime", json!("2024-05-06")),
        ("MAPCaptureTime", json!("2024_13_06_07_08_09_500")),
        ("MAPCompassHeading", json!({"TrueHeading": 1})),
        (
            "MAPCompassHeading",
            json!({"TrueHeading": 1, "MagneticHeading": 1, "More": 1}),
        ),
        ("MAPOrientation", json!(1.5)),
        ("MAPSequenceUUID", json!("§")),
        ("filetype", json!("picture")),
        ("filename", json!(7)),
        ("surprise", json!(1)),
    ];
    for (field, value) in broken {
        let mut entry = good.clone();
        entry[field] = value;
        let text = json!([good, entry]).to_string();
        let error = parse_description(Path::new("d.json"), text.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "description_entry", "{field}");
        assert!(
            error.to_string().starts_with("entry 2 of d.json is not valid: "),
            "{error}"
        );
    }
    for field in ["MAPLatitude", "MAPLongitude", "MAPCaptureTime", "filename", "filetype"] {
        let mut entry = good.clone();
        entry.as_object_mut().unwrap().remove(field);
        let error = parse_description(Path::new("-"), json!([entry]).to_string().as_bytes()).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn what_is_no_description_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let gone = read_description(&DescriptionPlace::File(folder.path().join("gone.json"))).unwrap_err();
    assert_eq!(gone.code(), "path_not_found");
    for text in ["", "{}", "[", "null", "[1] x", "\u{feff}[]"] {
        let error = parse_description(Path::new("d.json"), text.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "description_file", "{text}");
        assert!(error.to_string().contains("d.json"));
    }
    assert_eq!(parse_description(Path::new("d.json"), b" [ ] ").unwrap().sequences, []);
    assert_eq!(
        parse_description(Path::new("d.json"), b"[1]").unwrap_err().code(),
        "description_entry"
    );
}

#[test]
fn damaged_descriptions_are_read_or_refused_and_never_more() {
    let folder = tempfile::tempdir().unwrap();
    write_walk(folder.path(), 2);
    fs::write(folder.path().join("bad.jpg"), "").unwrap();
    let text = description_text(&plan_of(&[folder.path()]));
    let mut read_count = 0;
    for seed in 0..20_000 {
        match parse_description(Path::new("d.json"), &mutated(text.as_bytes(), seed)) {
            Ok(_) => read_count += 1,
            Err(error) => assert!(
                matches!(error.code(), "description_file" | "description_entry"),
                "{error}"
            ),
        }
    }
    assert!((1..20_000).contains(&read_count), "{read_count} were still readable");
}
