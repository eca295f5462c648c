//! Photos that are read without trouble and still not sent: each reason is provoked, and names the right photo.

use std::path::Path;

use waypost_core::observe::Unobserved;
use waypost_core::plan::Plan;
use waypost_core::process::process;
use waypost_core::settings::{ReadSettings, SequenceSettings};
use waypost_generator::{DEFAULT_START_MS, PhotoSpec, photo_bytes};

/// One degree of latitude, metres.
const DEGREE_M: f64 = 111_320.0;

/// A photo a minute's walk further north for every metre of `north_m`, taken `after_s` seconds after the first.
fn photo(folder: &Path, number: u32, north_m: f64, after_s: i64, xmp: Option<&str>) {
    let name = format!("G{number:07}.JPG");
    let spec = PhotoSpec {
        file_name: name.clone(),
        frame_number: number,
        lat_deg: Some(52.5 + north_m / DEGREE_M),
        lon_deg: Some(13.35),
        captured_at_ms: Some(DEFAULT_START_MS + after_s * 1000),
        xmp: xmp.map(str::to_owned),
        ..PhotoSpec::default()
    };
    std::fs::write(folder.join(name), photo_bytes(&spec).unwrap()).unwrap();
}

fn plan_of(folder: &Path) -> Plan {
    let paths = [folder.to_path_buf()];
    process(
        &paths,
        &ReadSettings::default(),
        &SequenceSettings::default(),
        &Unobserved,
    )
    .unwrap()
}

fn refused(plan: &Plan) -> Vec<(String, &'static str)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    plan.refusals
        .iter()
        .map(|refusal| (name(&refusal.path), refusal.code.code()))
        .collect()
}

#[test]
fn a_sequence_faster_than_any_vehicle_is_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..4 {
        photo(
            folder.path(),
            number,
            f64::from(number) * 2_000.0,
            i64::from(number) * 10,
            None,
        );
    }
    let plan = plan_of(folder.path());
    assert_eq!(plan.photo_count(), 0);
    assert!(
        refused(&plan).iter().all(|(_, code)| *code == "too_fast"),
        "{:?}",
        refused(&plan)
    );
    assert_eq!(plan.refusals.len(), 4);
}

#[test]
fn the_photo_that_jumps_out_of_the_track_is_named_and_the_others_are_sent() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let jump_m = if number == 7 { 60.0 } else { 0.0 };
        photo(
            folder.path(),
            number,
            f64::from(number) * 3.0 + jump_m,
            i64::from(number) * 2,
            None,
        );
    }
    let plan = plan_of(folder.path());
    assert_eq!(refused(&plan), [("G0000007.JPG".to_owned(), "zig_zag")]);
    assert_eq!(plan.photo_count(), 11);
}

#[test]
fn a_projection_that_mapillary_does_not_know_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let xmp = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
               <rdf:Description xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\" \
               GPano:ProjectionType=\"cylindrical\"/></rdf:RDF></x:xmpmeta>";
    photo(folder.path(), 1, 0.0, 0, Some(xmp));
    let plan = plan_of(folder.path());
    assert_eq!(
        refused(&plan),
        [("G0000001.JPG".to_owned(), "projection_not_supported")]
    );
    assert!(
        plan.refusals[0].message.contains("cylindrical"),
        "{}",
        plan.refusals[0].message
    );
}
