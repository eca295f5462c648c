//! Videos from the folder to the plan: each refusal provoked, chapters, what is left out of a track, and the
//! description, on generated videos.

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};

use pipeline_support::{description, plan_of, write_walk};
use waypost_core::describe::parse_description;
use waypost_core::observe::Unobserved;
use waypost_core::plan::{Plan, RefusalCode};
use waypost_core::process::process;
use waypost_core::readings::{Capture, readings};
use waypost_core::settings::{ReadSettings, SequenceSettings};
use waypost_core::source_video::SourceVideo;
use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::{NoiseLimits, VideoKind};

fn bytes(change: impl FnOnce(&mut VideoSpec)) -> Vec<u8> {
    let mut spec = VideoSpec {
        width_px: 64,
        height_px: 48,
        frames_per_second: 5,
        ..VideoSpec::default()
    };
    change(&mut spec);
    gopro_video_bytes(&spec).unwrap()
}

/// The file with `from` replaced by `to` wherever it stands.
fn with(mut file: Vec<u8>, from: [u8; 4], to: [u8; 4]) -> Vec<u8> {
    for at in places(&file, from) {
        file[at..at + 4].copy_from_slice(&to);
    }
    file
}

fn places(file: &[u8], what: [u8; 4]) -> Vec<usize> {
    let found = |(at, bytes): (usize, &[u8])| (bytes == what).then_some(at);
    file.windows(4).enumerate().filter_map(found).collect()
}

/// The file with the fix of its first `seconds` seconds set to none.
fn without_fix(mut file: Vec<u8>, seconds: usize) -> Vec<u8> {
    for at in places(&file, *b"GPSF").into_iter().take(seconds) {
        file[at + 8..at + 12].copy_from_slice(&[0; 4]);
    }
    file
}

/// As streaming programs write them: the index knows no sample, and fragments follow.
fn fragmented() -> Vec<u8> {
    let mut file = with(bytes(|_| {}), *b"udta", *b"mvex");
    let sizes = places(&file, *b"stsz")[0];
    file[sizes + 8..sizes + 16].copy_from_slice(&[0; 8]);
    file.extend(b"\0\0\0\x08moof");
    file
}

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn plan_with(folder: &Path, read: &ReadSettings, sequence: &SequenceSettings) -> Plan {
    process(&[folder.into()], read, sequence, &Unobserved).unwrap()
}

#[test]
fn every_reason_not_to_send_a_video_has_its_code_a_sentence_and_an_action() {
    let sound = bytes(|_| {});
    let in_front = bytes(|spec| spec.moov_first = true);
    let avi = [&b"RIFF\x10\0\0\0AVI "[..], &[0; 64]].concat();
    let mut stream = vec![0; 4 * 188];
    (0..4).for_each(|packet| stream[packet * 188] = 0x47);
    let expected: Vec<(&str, Vec<u8>, &str, &str, &str)> = vec![
        (
            "empty.mp4",
            vec![],
            "empty_file",
            "MapillaryInvalidVideoError",
            "is empty",
        ),
        (
            "text.mp4",
            b"text".into(),
            "not_a_video",
            "MapillaryInvalidVideoError",
            "is not a video",
        ),
        (
            "a.avi",
            avi,
            "video_format_not_supported",
            "MapillaryInvalidVideoError",
            "is an AVI video",
        ),
        (
            "a.MTS",
            stream,
            "video_format_not_supported",
            "MapillaryInvalidVideoError",
            "transport stream",
        ),
        (
            "died.mp4",
            sound[..sound.len() / 2].into(),
            "video_index_missing",
            "MapillaryInvalidVideoError",
            "has no index",
        ),
        (
            "half.mp4",
            in_front[..in_front.len() * 3 / 4].into(),
            "video_cut_off",
            "MapillaryInvalidVideoError",
            "half copied",
        ),
        (
            "damaged.mp4",
            with(sound.clone(), *b"mvhd", *b"mvxx"),
            "video_damaged",
            "MapillaryInvalidVideoError",
            "damaged index",
        ),
        (
            "stream.mp4",
            fragmented(),
            "video_fragmented",
            "MapillaryInvalidVideoError",
            "in fragments",
        ),
        (
            "dark.mp4",
            with(sound.clone(), *b"vide", *b"xxxx"),
            "video_without_pictures",
            "MapillaryInvalidVideoError",
            "no track with pictures",
        ),
        (
            "phone.mov",
            with(sound.clone(), *b"gpmd", *b"xxxx"),
            "video_without_track",
            "MapillaryVideoGPSNotFoundError",
            "has no GPS track",
        ),
        (
            "hero12.mp4",
            bytes(|spec| spec.gps = GpsStream::Nothing),
            "video_track_empty",
            "MapillaryGPXEmptyError",
            "has no GPS position in its telemetry",
        ),
        (
            "cellar.mp4",
            bytes(|spec| spec.fix = 0),
            "video_track_noise",
            "MapillaryGPSNoiseError",
            "216 without a fix",
        ),
        (
            "fog.mp4",
            bytes(|spec| spec.dilution_x100 = 1001),
            "video_track_noise",
            "MapillaryGPSNoiseError",
            "216 too imprecise",
        ),
        (
            "stands.mp4",
            bytes(|spec| spec.duration_s = 1),
            "stationary_video",
            "MapillaryStationaryVideoError",
            "was taken at one place",
        ),
        (
            "flies.mp4",
            bytes(|spec| spec.speed_m_per_s = 200.0),
            "video_too_fast",
            "MapillaryCaptureSpeedTooFastError",
            "km/h; the limit is 400 km/h",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, content, ..) in &expected {
        write(folder.path(), name, content);
    }
    let plan = plan_of(&[folder.path()]);
    let entries = description(&plan);
    assert_eq!((plan.videos.len(), plan.refusals.len()), (0, expected.len()));
    for (name, _, code, error_type, words) in &expected {
        let is_this = |path: &Path| path.file_name().unwrap() == *name;
        let refusal = plan.refusals.iter().find(|refusal| is_this(&refusal.path)).unwrap();
        assert_eq!(refusal.code.code(), *code, "{name}");
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert!(!refusal.action.is_empty(), "{name}");
        let entry = entries
            .iter()
            .find(|entry| is_this(Path::new(entry["filename"].as_str().unwrap())))
            .unwrap();
        assert_eq!(entry["error"]["type"], *error_type, "{name}");
        let was_read = matches!(refusal.code, RefusalCode::VideoStationary | RefusalCode::VideoTooFast);
        assert_eq!(entry["filetype"], if was_read { "gopro" } else { "video" }, "{name}");
    }
}

#[test]
fn a_video_larger_than_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.mp4", &bytes(|_| {}));
    let settings = SequenceSettings {
        max_bytes: Some(1000),
        ..SequenceSettings::default()
    };
    let plan = plan_with(folder.path(), &ReadSettings::default(), &settings);
    assert_eq!(plan.refusals[0].code.code(), "file_too_large");
    assert_eq!(description(&plan)[0]["error"]["type"], "MapillaryFileTooLargeError");
}

#[test]
fn the_chapters_of_a_recording_stand_together_and_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in ["GX010042.MP4", "GX010043.MP4", "GX020042.MP4", "GX030042.MP4"]
        .iter()
        .enumerate()
    {
        write(folder.path(), name, &bytes(|spec| spec.seed = number as u64));
    }
    let plan = plan_of(&[folder.path()]);
    let told: Vec<(String, Option<(&str, u32)>)> = plan
        .videos
        .iter()
        .map(|video| {
            let chapter = video.chapter.as_ref();
            (
                video.file_name(),
                chapter.map(|chapter| (chapter.recording.as_str(), chapter.number)),
            )
        })
        .collect();
    let expected = [
        ("GX010042.MP4", Some(("GX0042", 1))),
        ("GX020042.MP4", Some(("GX0042", 2))),
        ("GX030042.MP4", Some(("GX0042", 3))),
        ("GX010043.MP4", None),
    ]
    .map(|(name, chapter)| (name.to_owned(), chapter));
    assert_eq!(told, expected);
}

#[test]
fn positions_that_are_left_out_are_kept_counted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.mp4", &without_fix(bytes(|_| {}), 2));
    let plan = plan_of(&[folder.path()]);
    assert_eq!((plan.videos[0].track.len(), plan.videos[0].removed.len()), (180, 36));
    assert_eq!(
        plan.warnings[0].message,
        "a.mp4: 36 of 216 positions were left out: 36 without a fix."
    );
    assert_eq!(plan.warnings[0].code.code(), "positions_left_out");
    let everything = ReadSettings {
        noise_limits: NoiseLimits {
            keep_no_fix: true,
            ..NoiseLimits::default()
        },
        ..ReadSettings::default()
    };
    let plan = plan_with(folder.path(), &everything, &SequenceSettings::default());
    assert_eq!((plan.videos[0].track.len(), plan.warnings.len()), (216, 0));
}

#[test]
fn a_sound_video_without_a_track_stays_among_what_was_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "GX010001.MP4", &bytes(|spec| spec.fix = 0));
    write(folder.path(), "GX020001.MP4", &with(bytes(|_| {}), *b"gpmd", *b"xxxx"));
    let read = readings(&[folder.path().into()], &ReadSettings::default(), &Unobserved).unwrap();
    for capture in &read.captures {
        let Capture::TracklessVideo(trackless) = capture else {
            panic!("{capture:?}");
        };
        let video = &trackless.video;
        assert_eq!(
            (video.track.len(), video.duration_ms, video.video_track_count),
            (0, Some(12_000.0), 1)
        );
        assert_eq!(video.chapter.as_ref().unwrap().recording, "GX0001");
        assert_eq!(trackless.refusal.path, video.path);
    }
    let Capture::TracklessVideo(noise) = &read.captures[0] else {
        panic!();
    };
    assert_eq!((noise.video.kind, noise.video.removed.len()), (VideoKind::GoPro, 216));
    assert_eq!(noise.video.model.as_deref(), Some("HERO9 Black"));
}

#[test]
fn only_the_kinds_of_tracks_that_are_asked_for_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.mp4", &bytes(|_| {}));
    write_walk(folder.path(), 3);
    let ready = |video_kinds: &[VideoKind]| {
        let read = ReadSettings {
            video_kinds: video_kinds.into(),
            ..ReadSettings::default()
        };
        let plan = plan_with(folder.path(), &read, &SequenceSettings::default());
        assert_eq!(plan.photo_count(), 3);
        let codes: Vec<&str> = plan.refusals.iter().map(|refusal| refusal.code.code()).collect();
        (plan.videos.len(), codes)
    };
    assert_eq!(ready(&[VideoKind::GoPro, VideoKind::Camm]), (1, vec![]));
    assert_eq!(ready(&[VideoKind::Plain]), (1, vec![]));
    assert_eq!(ready(&[VideoKind::Camm]), (0, vec!["video_without_track"]));
}

#[test]
fn a_described_video_reads_back_as_what_would_be_sent_at_once() {
    let folder = tempfile::tempdir().unwrap();
    write_walk(folder.path(), 2);
    write(folder.path(), "b.mp4", &bytes(|spec| spec.gps = GpsStream::Gps9));
    write(folder.path(), "a.mp4", &bytes(|_| {}));
    let plan = plan_of(&[folder.path()]);
    let entries = description(&plan);
    let video = entries[2].as_object().unwrap();
    let fields: Vec<&str> = video.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "MAPCameraUUID",
            "MAPDeviceMake",
            "MAPDeviceModel",
            "MAPGPSTrack",
            "filename",
            "filesize",
            "filetype",
            "md5sum"
        ]
    );
    assert!(video["md5sum"].is_null());
    assert_eq!(
        (&video["filetype"], &video["MAPDeviceModel"]),
        (&"gopro".into(), &"HERO9 Black".into())
    );
    let text = serde_json::to_string(&entries).unwrap();
    let described = parse_description(Path::new("-"), text.as_bytes()).unwrap();
    let at_once: Vec<SourceVideo> = plan.videos.iter().map(SourceVideo::of).collect();
    assert_eq!(described.videos, at_once);
    assert_eq!((described.sequences.len(), described.refusals.len()), (1, 0));
}

#[test]
fn descriptions_of_videos_that_break_the_schema_are_named_and_old_points_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.mp4", b"video").canonicalize().unwrap();
    let entry = |track: &str, more: &str| {
        format!(
            r#"[{{"filename":{path:?},"filetype":"camm","MAPGPSTrack":{track}{more}}}]"#,
            path = path.to_str().unwrap()
        )
    };
    let parse = |text: &str| parse_description(Path::new("-"), text.as_bytes());
    let described = parse(&entry("[[0,13.35,52.51,null,null],[1000,13.36,52.51,3.5,1,null]]", "")).unwrap();
    assert_eq!(described.videos[0].filetype, VideoKind::Camm);
    assert_eq!(
        (described.videos[0].track.len(), described.videos[0].track[0].epoch_s),
        (2, None)
    );
    for text in [
        entry("[[0,13.35,52.51]]", ""),
        entry("[[0,13.35,95,null,null]]", ""),
        entry("null", ""),
        entry("[]", r#","MAPLatitude":1"#),
    ] {
        assert_eq!(parse(&text).unwrap_err().code(), "description_entry", "{text}");
    }
    let described = parse(&entry("[]", "")).unwrap();
    assert_eq!(described.refusals[0].code.code(), "video_track_empty");
}
