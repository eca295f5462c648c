//! From a folder to a plan: the practice folder with its bad photos, times without a zone, and the plan's rows.

mod pipeline_support;

use std::collections::BTreeMap;
use std::fs;

use pipeline_support::{plan_of, refusals, sent_names, write_photo, write_walk};
use waypost_core::observe::Unobserved;
use waypost_core::plan_view::plan_view;
use waypost_core::process::process;
use waypost_core::settings::{NaiveTimeZone, ReadSettings, SequenceSettings};
use waypost_generator::{BadKind, PracticeOptions, write_practice_folder};

#[test]
fn the_practice_folder_gives_its_two_sequences_and_an_answer_for_every_bad_photo() {
    let root = tempfile::tempdir().unwrap();
    let options = PracticeOptions {
        photos_per_sequence: 8,
        width_px: 64,
        height_px: 48,
        ..PracticeOptions::default()
    };
    let folder = write_practice_folder(&root.path().join("card"), &options).unwrap();
    let plan = plan_of(&[&folder.root]);
    assert_eq!(plan.sequences.len(), folder.sequences);
    let sent: Vec<_> = plan
        .sequences
        .iter()
        .flat_map(|sequence| &sequence.photos)
        .map(|photo| &photo.path)
        .collect();
    let root = folder.root.canonicalize().unwrap();
    let expected: Vec<_> = folder
        .good
        .iter()
        .map(|path| root.join(path.strip_prefix(&folder.root).unwrap()))
        .collect();
    assert_eq!(sent, expected.iter().collect::<Vec<_>>());

    let codes: BTreeMap<_, _> = plan
        .refusals
        .iter()
        .map(|refusal| (&refusal.path, refusal.code.code()))
        .collect();
    assert_eq!(codes.len(), folder.bad.len());
    for bad in &folder.bad {
        let path = root.join(bad.path.strip_prefix(&folder.root).unwrap());
        let expected = match bad.why {
            BadKind::NoPosition => "no_position",
            BadKind::Empty => "empty_file",
            BadKind::TruncatedHeader => "header_truncated",
            BadKind::NotAJpeg => "not_a_jpeg",
            BadKind::NullIsland => "null_island",
            BadKind::Duplicate => "duplicate",
            other => panic!("no expectation for {other:?}"),
        };
        assert_eq!(codes.get(&path), Some(&expected), "{}", path.display());
    }
    assert_eq!(
        usize::try_from(plan.file_count).unwrap(),
        folder.good.len() + folder.bad.len()
    );
    let summary = plan.summary();
    assert_eq!(
        (summary.ready_count, summary.refused_count, summary.sequence_count),
        (16, 6, 2)
    );
    assert_eq!(summary.refused.len(), 6);
    assert_eq!(
        summary.size_bytes,
        folder
            .good
            .iter()
            .map(|path| fs::metadata(path).unwrap().len())
            .sum::<u64>()
    );
}

#[test]
fn the_facts_of_a_photo_are_those_the_camera_wrote() {
    let root = tempfile::tempdir().unwrap();
    write_photo(&root.path().join("a.jpg"), |spec| {
        spec.lat_deg = Some(-33.5);
        spec.lon_deg = Some(-70.25);
        spec.altitude_m = Some(-4.5);
        spec.heading_deg = Some(270.5);
        spec.captured_at_ms = Some(1_700_000_000_000);
        spec.orientation = 8;
        spec.serial = Some("C1-2".into());
    });
    let plan = plan_of(&[root.path()]);
    let photo = &plan.sequences[0].photos[0];
    assert!((photo.lat_deg + 33.5).abs() < 1e-7 && (photo.lon_deg + 70.25).abs() < 1e-7);
    assert_eq!(photo.altitude_m, Some(-4.5));
    assert_eq!(photo.heading_deg, Some(270.5));
    assert_eq!(photo.captured_at_ms, 1_700_000_000_000);
    assert_eq!(photo.orientation, 8);
    assert_eq!(photo.camera_uuid.as_deref(), Some("C12"));
    assert_eq!((photo.width_px, photo.height_px), (Some(64), Some(48)));
    assert_eq!(photo.size_bytes, fs::metadata(&photo.path).unwrap().len());
}

#[test]
fn a_time_without_a_zone_is_asked_about_and_never_read_in_the_computers_own() {
    let root = tempfile::tempdir().unwrap();
    let captured_at_ms = 1_720_000_000_000;
    write_photo(&root.path().join("a.jpg"), |spec| {
        spec.captured_at_ms = Some(captured_at_ms);
        spec.write_gps_time = false;
        spec.local_offset_minutes = 120;
    });
    let captured = |naive_time_zone| {
        let settings = ReadSettings {
            naive_time_zone,
            ..ReadSettings::default()
        };
        process(
            &[root.path().into()],
            &settings,
            &SequenceSettings::default(),
            &Unobserved,
        )
    };
    let unanswered = captured(NaiveTimeZone::Ask).unwrap();
    assert_eq!(
        refusals(&unanswered),
        [(
            "time_zone_unknown",
            "a.jpg says when it was taken, but not in which time zone.".to_string()
        )]
    );
    for zone in [
        NaiveTimeZone::OffsetMinutes(120),
        NaiveTimeZone::Named("Europe/Berlin".into()),
    ] {
        assert_eq!(
            captured(zone).unwrap().sequences[0].photos[0].captured_at_ms,
            captured_at_ms
        );
    }
    let unknown = captured(NaiveTimeZone::Named("Nowhere/Nothing".into())).unwrap_err();
    assert_eq!(unknown.code(), "invalid_setting");
    assert!(unknown.to_string().contains("Nowhere/Nothing"));
}

#[test]
fn an_offset_in_the_photo_answers_the_question() {
    let root = tempfile::tempdir().unwrap();
    write_photo(&root.path().join("a.jpg"), |spec| {
        spec.captured_at_ms = Some(1_720_000_000_000);
        spec.write_gps_time = false;
        spec.write_offset_tag = true;
        spec.local_offset_minutes = -210;
    });
    assert_eq!(
        plan_of(&[root.path()]).sequences[0].photos[0].captured_at_ms,
        1_720_000_000_000
    );
}

#[test]
fn a_photo_without_its_end_is_sent_with_a_warning() {
    let root = tempfile::tempdir().unwrap();
    let path = write_photo(&root.path().join("a.jpg"), |_| {});
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 200]).unwrap();
    let plan = plan_of(&[root.path()]);
    assert_eq!(sent_names(&plan), ["a.jpg"]);
    assert_eq!(plan.warnings.len(), 1);
    assert_eq!(plan.warnings[0].code.code(), "cut_off");
    assert!(plan.warnings[0].message.contains("a.jpg"));
}

#[test]
fn a_photo_without_room_for_its_description_is_refused_before_it_is_sent() {
    let root = tempfile::tempdir().unwrap();
    // A serial number that fills the block, in a photo without a preview that could give up its place.
    write_photo(&root.path().join("full.jpg"), |spec| {
        spec.image_description = None;
        spec.serial = Some("1".repeat(64_600));
    });
    write_photo(&root.path().join("good.jpg"), |spec| {
        spec.lat_deg = Some(52.6);
    });
    let plan = plan_of(&[root.path()]);
    assert_eq!(sent_names(&plan), ["good.jpg"]);
    let (code, message) = &refusals(&plan)[0];
    assert_eq!(*code, "description_does_not_fit");
    assert!(message.starts_with("full.jpg cannot take its description"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_refused_by_name() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let path = write_photo(&root.path().join("a.jpg"), |_| {});
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        eprintln!("SKIPPED: this user may read everything");
        return;
    }
    let plan = plan_of(&[root.path()]);
    assert_eq!(plan.refusals[0].code.code(), "unreadable");
    assert!(plan.refusals[0].message.starts_with("a.jpg cannot be opened"));
}

#[test]
fn the_view_shows_every_photo_once_and_groups_findings_by_reason() {
    let root = tempfile::tempdir().unwrap();
    write_walk(&root.path().join("100GOPRO"), 4);
    write_walk(&root.path().join("101GOPRO"), 3);
    for name in ["x.jpg", "y.jpg"] {
        fs::write(root.path().join(name), "").unwrap();
    }
    fs::write(root.path().join("z.heic"), "bytes").unwrap();
    let plan = plan_of(&[root.path()]);
    let view = plan_view(&plan);
    assert_eq!((view.image_count, view.file_count), (7, 10));
    assert_eq!(
        view.size_bytes,
        view.sequences.iter().map(|sequence| sequence.size_bytes).sum::<u64>()
    );
    let ids: Vec<u64> = view
        .sequences
        .iter()
        .flat_map(|sequence| &sequence.points)
        .map(|point| point.photo_id)
        .collect();
    assert_eq!(ids, (0..7).collect::<Vec<_>>());
    let first = &view.sequences[0];
    assert!(first.folder.ends_with("100GOPRO"));
    assert_eq!(first.camera, "GoPro HERO11 Black");
    assert_eq!(first.first_captured_at_ms, first.points[0].captured_at_ms);
    assert_eq!(first.last_captured_at_ms, first.points[3].captured_at_ms);
    assert!(first.distance_m > 1.0 && first.distance_m < 50.0);
    let findings: Vec<_> = view
        .findings
        .iter()
        .map(|row| (row.code.as_str(), row.refused, row.files.len()))
        .collect();
    assert_eq!(findings, [("empty_file", true, 2), ("format_not_supported", true, 1)]);
    assert!(
        view.findings
            .iter()
            .all(|row| !row.title.is_empty() && !row.action.is_empty())
    );
}

#[test]
fn an_empty_folder_is_an_empty_plan() {
    let root = tempfile::tempdir().unwrap();
    let plan = plan_of(&[root.path()]);
    assert_eq!((plan.sequences.len(), plan.refusals.len(), plan.file_count), (0, 0, 0));
    assert_eq!(plan_view(&plan).image_count, 0);
}

#[test]
fn kinds_of_files_that_were_not_asked_for_are_not_looked_at() {
    let root = tempfile::tempdir().unwrap();
    write_photo(&root.path().join("a.jpg"), |_| {});
    fs::write(root.path().join("b.mp4"), b"x").unwrap();
    let summary = |skip_photos, skip_videos| {
        let settings = ReadSettings {
            skip_photos,
            skip_videos,
            ..ReadSettings::default()
        };
        let plan = process(
            &[root.path().into()],
            &settings,
            &SequenceSettings::default(),
            &Unobserved,
        )
        .unwrap();
        let summary = plan.summary();
        (summary.file_count, summary.ready_count, summary.refused_count)
    };
    assert_eq!(summary(false, false), (2, 1, 1));
    assert_eq!(summary(false, true), (1, 1, 0));
    assert_eq!(summary(true, false), (1, 0, 1));
    assert_eq!(summary(true, true), (0, 0, 0));
}
