//! The same videos through the real mapillary_tools 0.14.7 and through Waypost: every field of the description is
//! compared, and what differs has to be one of the differences in docs/differences.md. Skipped, visibly, where
//! mapillary_tools or the samples are not there.

mod pipeline_support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use pipeline_support::peer::{peer_description, peer_program};
use pipeline_support::{description, plan_of};
use serde_json::Value;
use waypost_core::describe::parse_description;
use waypost_core::source_video::SourceVideo;
use waypost_generator::{GpsStream, VideoSpec, write_gopro_video};

const VIDEOS: [&str; 2] = ["--filetypes", "video"];

/// What of two tracks differs, in words; equal but for the differences on purpose gives nothing. Times in the video are
/// cut to whole milliseconds, behind a product that binary numbers make a little smaller there; epochs of GPS5 points
/// are those of their payload there.
fn track_differences(theirs: &Value, ours: &Value, epochs_are_their_own: bool) -> Vec<String> {
    let (theirs, ours) = (theirs.as_array().unwrap(), ours.as_array().unwrap());
    let mut found = Vec::new();
    if theirs.len() != ours.len() {
        found.push(format!("{} and {} points", theirs.len(), ours.len()));
    }
    for (their, our) in theirs.iter().zip(ours) {
        let ms = our[0].as_i64().unwrap() - their[0].as_i64().unwrap();
        let epochs = match (their[5].as_f64(), our[5].as_f64()) {
            (Some(their), Some(our)) if epochs_are_their_own => (our - their).abs() < 1e-6,
            // A payload lasts a second; its points are at most that far from its time.
            (Some(their), Some(our)) => (our - their).abs() < 1.3,
            (None, None) => true,
            _ => false,
        };
        let same = (1..5).all(|index| their[index] == our[index]);
        if !((0..=1).contains(&ms) && same && epochs) {
            found.push(format!("{their} and {our}"));
        }
    }
    found.truncate(5);
    found
}

/// The entries by file name.
fn by_name(entries: Vec<Value>) -> BTreeMap<String, Value> {
    let name = |entry: &Value| {
        let path = Path::new(entry["filename"].as_str().unwrap());
        path.file_name().unwrap().to_str().unwrap().to_owned()
    };
    entries.into_iter().map(|entry| (name(&entry), entry)).collect()
}

/// Asserts that both describe the videos of a folder alike; `model` and `error` say which names and error types are
/// allowed to differ. Returns how many videos and points were compared.
fn assert_same(
    folder: &Path,
    program: &Path,
    model: impl Fn(&str, &str) -> bool,
    error: impl Fn(&str, &Value, &Value) -> bool,
) -> (usize, usize) {
    let theirs = by_name(peer_description(program, folder, "UTC", &VIDEOS));
    let ours = by_name(description(&plan_of(&[folder])));
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>());
    let mut compared = (0, 0);
    for (name, their) in &theirs {
        let our = &ours[name];
        if their["error"].is_object() || our["error"].is_object() {
            let (their_type, our_type) = (&their["error"]["type"], &our["error"]["type"]);
            let same = their_type == our_type && their["filetype"] == our["filetype"];
            assert!(same || error(name, their_type, our_type), "{name}: {their} and {our}");
            continue;
        }
        for field in ["filename", "filesize", "filetype", "md5sum", "MAPDeviceMake"] {
            assert_eq!(their[field], our[field], "{name}: {field}");
        }
        let (their_model, our_model) = (&their["MAPDeviceModel"], &our["MAPDeviceModel"]);
        assert!(
            their_model == our_model || model(their_model.as_str().unwrap(), our_model.as_str().unwrap()),
            "{name}: {their_model} and {our_model}"
        );
        assert!(their["MAPCameraUUID"].is_null(), "mapillary_tools does not read it");
        let own_epochs = name.contains("gps9");
        let found = track_differences(&their["MAPGPSTrack"], &our["MAPGPSTrack"], own_epochs);
        assert!(found.is_empty(), "{name}\n{}", found.join("\n"));
        compared.0 += 1;
        compared.1 += our["MAPGPSTrack"].as_array().unwrap().len();
    }
    compared
}

fn write_videos(folder: &Path) {
    type Change = fn(&mut VideoSpec);
    let kinds: [(&str, Change); 11] = [
        ("gps5.mp4", |_| {}),
        ("gps9.mp4", |spec| spec.gps = GpsStream::Gps9),
        ("both.MP4", |spec| spec.gps = GpsStream::Both),
        ("south.mov", |spec| {
            (spec.start_lat_deg, spec.start_lon_deg) = (-33.85, -70.6);
        }),
        ("front.mp4", |spec| spec.moov_first = true),
        ("wide.360", |spec| (spec.large_mdat, spec.audio_track) = (true, false)),
        ("nothing.mp4", |spec| spec.gps = GpsStream::Nothing),
        ("no_fix.mp4", |spec| spec.fix = 0),
        ("imprecise.mp4", |spec| spec.dilution_x100 = 1001),
        ("stands.mp4", |spec| spec.duration_s = 1),
        ("fast.mp4", |spec| spec.speed_m_per_s = 200.0),
    ];
    for (name, change) in kinds {
        let mut spec = VideoSpec {
            width_px: 64,
            height_px: 48,
            frames_per_second: 5,
            duration_s: 20,
            ..VideoSpec::default()
        };
        change(&mut spec);
        write_gopro_video(&folder.join(name), &spec).unwrap();
    }
    fs::write(folder.join("empty.mp4"), "").unwrap();
    fs::write(folder.join("text.avi"), "text").unwrap();
    let whole = fs::read(folder.join("gps5.mp4")).unwrap();
    fs::write(folder.join("died.mp4"), &whole[..whole.len() / 2]).unwrap();
}

#[test]
fn generated_videos_are_described_alike() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().canonicalize().unwrap();
    write_videos(&folder);
    let (videos, points) = assert_same(&folder, &program, |_, _| false, |_, _, _| false);
    assert_eq!((videos, points), (6, 6 * 20 * 18));
}

#[test]
fn each_reads_the_videos_that_the_other_described() {
    let (Some(program), Some(python)) = (peer_program("mapillary_tools"), peer_program("python")) else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().canonicalize().unwrap();
    write_videos(&folder);

    // Ours, read and written again by mapillary_tools' own code.
    let plan = plan_of(&[&folder]);
    let videos: Vec<Value> = description(&plan)
        .into_iter()
        .filter(|entry| entry["error"].is_null())
        .collect();
    let file = folder.join("ours.json");
    fs::write(&file, Value::from(videos.clone()).to_string()).unwrap();
    let script = "import sys\n\
        from mapillary_tools.serializer.description import DescriptionJSONSerializer as S\n\
        sys.stdout.buffer.write(S.serialize(S.deserialize(open(sys.argv[1], 'rb').read())))\n";
    let output = Command::new(python).args(["-c", script]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut again: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    // Whole milliseconds become seconds and milliseconds again there, which can cost one.
    for (again, video) in again.iter_mut().zip(&videos) {
        let points = again["MAPGPSTrack"].as_array_mut().unwrap();
        for (point, ours) in points.iter_mut().zip(video["MAPGPSTrack"].as_array().unwrap()) {
            let lost_ms = ours[0].as_i64().unwrap() - point[0].as_i64().unwrap();
            assert!((0..=1).contains(&lost_ms));
            point[0] = ours[0].clone();
        }
    }
    assert_eq!(again, videos);

    // Theirs, read by us.
    let theirs = peer_description(&program, &folder, "UTC", &VIDEOS);
    let described = parse_description(Path::new("-"), Value::from(theirs).to_string().as_bytes()).unwrap();
    let at_once: Vec<PathBuf> = plan.videos.iter().map(|video| SourceVideo::of(video).path).collect();
    let read: Vec<PathBuf> = described.videos.iter().map(|video| video.path.clone()).collect();
    assert_eq!(read, at_once);
    assert_eq!((described.refusals.len(), described.error_count), (0, 8));
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
fn videos_of_real_cameras_are_described_alike() {
    let (Some(program), Some(samples)) = (peer_program("mapillary_tools"), samples()) else {
        return;
    };
    // The settings of the file name the camera better than the device of the telemetry does.
    let model =
        |theirs: &str, ours: &str| theirs.eq_ignore_ascii_case(ours) || (theirs, ours) == ("Camera", "HERO5 Black");
    let error = |name: &str, _: &Value, ours: &Value| match name {
        // exiftool reads its 618 points.
        "hero5_stsz_count_huge.mp4" => ours.is_null(),
        // exiftool and ffprobe find no pictures, or not all of them: nothing that could be sent.
        "gpmf-sync__example.mp4" | "nom-exif__sony-a7-xavc.MP4" | "test-assets__future42603.mp4" => {
            ours == "MapillaryInvalidVideoError"
        }
        _ => false,
    };
    let mut compared = (0, 0);
    for folder in ["videos-gopro", "videos-malformed", "videos-other"] {
        let (videos, points) = assert_same(&samples.join(folder), &program, model, error);
        compared = (compared.0 + videos, compared.1 + points);
    }
    assert!(compared.0 >= 8 && compared.1 >= 4_000, "{compared:?}");
}
