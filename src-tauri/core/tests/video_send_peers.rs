//! What other programs read from a video that is sent: ffprobe, exiftool and mapillary_tools.
//!
//! Each program that is not here is said to be skipped.

mod pipeline_support;
mod upload_support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pipeline_support::peer::peer_program;
use serde_json::Value;
use upload_support::video::{small, upload_of, video_at};
use waypost_core::describe::parse_description;
use waypost_core::package::SourceVideo;
use waypost_generator::{GpsStream, VideoSpec};

/// A `.360` and what is sent of it, as a file.
struct Sent {
    folder: tempfile::TempDir,
    video: SourceVideo,
}

impl Sent {
    fn new(gps: GpsStream) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spec = VideoSpec {
            gps,
            duration_s: 4,
            video_tracks: 2,
            // An eighth of a second is whole in milliseconds and in binary, so that no program has to round it.
            points_per_second: 8,
            speed_m_per_s: 9.0,
            ..small()
        };
        let video = video_at(&folder.path().join("source/GS010042.360"), &spec);
        fs::create_dir(folder.path().join("sent")).unwrap();
        fs::write(folder.path().join("sent/upload.mp4"), upload_of(&video)).unwrap();
        Self { folder, video }
    }

    fn upload(&self) -> PathBuf {
        self.folder.path().join("sent/upload.mp4")
    }
}

fn stdout(output: &Output) -> &[u8] {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    &output.stdout
}

/// Runs a program; `None`, said past the test harness, where there is none.
fn run(program: &str, arguments: &[&str], file: &Path) -> Option<Value> {
    let Ok(output) = Command::new(program).args(arguments).arg(file).output() else {
        let said = format!("SKIPPED: {program} is not here\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return None;
    };
    Some(serde_json::from_slice(stdout(&output)).unwrap())
}

#[test]
fn ffprobe_finds_both_lenses_and_the_positions() {
    let sent = Sent::new(GpsStream::Gps5);
    let arguments = ["-v", "error", "-show_streams", "-of", "json"];
    let Some(answer) = run("ffprobe", &arguments, &sent.upload()) else {
        return;
    };
    let streams = answer["streams"].as_array().unwrap();
    let tags: Vec<&str> = streams
        .iter()
        .map(|stream| stream["codec_tag_string"].as_str().unwrap())
        .collect();
    assert_eq!(tags, ["avc1", "avc1", "camm"]);
    let frames = |place: usize| streams[place]["nb_frames"].as_str().unwrap().to_owned();
    assert_eq!([frames(0), frames(1)], ["40", "40"]);
    assert_eq!(frames(2), sent.video.track.len().to_string());
}

#[test]
fn exiftool_reads_the_described_positions() {
    let sent = Sent::new(GpsStream::Gps9);
    let arguments = ["-ee", "-n", "-json", "-G3", "-GPSLatitude", "-GPSLongitude", "-Warning"];
    let Some(answer) = run("exiftool", &arguments, &sent.upload()) else {
        return;
    };
    let tags = answer[0].as_object().unwrap();
    assert!(tags.keys().all(|key| !key.contains("Warning")), "{tags:?}");
    for (number, point) in (1..).zip(&sent.video.track) {
        let read = |name: &str| tags[&format!("Doc{number}:{name}")].as_f64().unwrap();
        assert!((read("GPSLatitude") - point.lat_deg).abs() < 5e-8, "{point:?}");
        assert!((read("GPSLongitude") - point.lon_deg).abs() < 5e-8, "{point:?}");
    }
}

/// mapillary_tools in an empty home, with somebody signed in and its uploads going into a folder.
fn peer(program: &Path, scratch: &Path, arguments: &[&str], path: &Path) {
    let config = scratch.join("config");
    fs::write(&config, "[ann]\nuser_upload_token = t\nMAPSettingsUserKey = 1\n").unwrap();
    let output = Command::new(program)
        .args(arguments)
        .arg(path)
        .env("HOME", scratch)
        .env("TZ", "UTC")
        .env("MAPILLARY_CONFIG_PATH", config)
        .env("MAPILLARY_UPLOAD_ENDPOINT", scratch.join("dry"))
        .env("MAPILLARY_UPLOAD_HISTORY_PATH", "")
        .env("MAPILLARY_TOOLS__AUTH_VERIFICATION_DISABLED", "YES")
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
        .output()
        .unwrap();
    stdout(&output);
}

#[test]
fn mapillary_tools_reads_the_track_back() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        let sent = Sent::new(gps);
        let description = sent.folder.path().join("description.json");
        let place = description.to_str().unwrap();
        let options = ["process", "--geotag_source", "native", "--desc_path", place];
        peer(&program, sent.folder.path(), &options, &sent.folder.path().join("sent"));
        let entries: Vec<Value> = serde_json::from_slice(&fs::read(&description).unwrap()).unwrap();
        assert_eq!(entries[0]["filetype"], "camm", "{entries:?}");
        assert_eq!(entries[0]["MAPDeviceModel"], "HERO9 Black");
        let read = parse_description(&description, &fs::read(&description).unwrap()).unwrap();
        let track = &read.videos[0].track;
        assert_eq!(track.len(), sent.video.track.len());
        for (read, point) in track.iter().zip(&sent.video.track) {
            assert_eq!(
                (read.time_ms, read.lon_deg, read.lat_deg),
                (point.time_ms, point.lon_deg, point.lat_deg)
            );
            assert_eq!(read.epoch_s, point.epoch_s);
            assert!(
                (read.altitude_m.unwrap() - point.altitude_m.unwrap()).abs() <= 0.001,
                "{point:?}"
            );
        }
    }
}

#[test]
fn a_video_that_mapillary_tools_described_becomes_the_same_upload() {
    let Some(program) = peer_program("mapillary_tools") else {
        return;
    };
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        let sent = Sent::new(gps);
        let scratch = sent.folder.path();
        let source = scratch.join("source");
        let description = scratch.join("description.json");
        let place = description.to_str().unwrap();
        let process = ["process", "--geotag_source", "native", "--desc_path", place];
        peer(&program, scratch, &process, &source);
        let upload = ["upload", "--user_name", "ann", "--dry_run", "--desc_path", place];
        peer(&program, scratch, &upload, &source);

        let described = parse_description(&description, &fs::read(&description).unwrap()).unwrap();
        assert_eq!(described.videos.len(), 1);
        let ours = upload_of(&described.videos[0]);
        let key = format!(
            "mly_tools_{}.mp4",
            hex::encode(<md5::Md5 as md5::Digest>::digest(&ours))
        );
        let theirs: Vec<_> = fs::read_dir(scratch.join("dry"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(
            theirs.contains(&scratch.join("dry").join(&key)),
            "{key} is not among {theirs:?}"
        );
        assert!(fs::read(scratch.join("dry").join(key)).unwrap() == ours);
        // What Waypost reads itself differs in nothing but the unit in which a time is rounded.
        assert_eq!(described.videos[0].track.len(), sent.video.track.len());
    }
}
