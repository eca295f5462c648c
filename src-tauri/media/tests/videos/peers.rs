//! What other programs read from an upload: ffprobe, ffmpeg, exiftool and mapillary_tools.
//!
//! Each program that is not here is said to be skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::TrackPoint;

use crate::{assert_near, mux, read, whole};

/// The version whose uploads these are.
const VERSION: &str = "0.14.7";

/// Says, past the test's captured output, what was not run.
pub fn skipped(what: &str) {
    let line = format!("SKIPPED: {what}\n");
    std::io::stderr().lock().write_all(line.as_bytes()).unwrap();
}

/// Runs a program; `None`, said aloud, where there is none.
fn run(program: &Path, arguments: &[&str], file: &Path) -> Option<Output> {
    let answer = Command::new(program)
        .args(arguments)
        .arg(file)
        .env("TZ", "UTC")
        .output();
    if answer.is_err() {
        skipped(&format!("{} is not here", program.display()));
    }
    answer.ok()
}

pub fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Python in mapillary_tools' virtual environment (`WAYPOST_PEER_VENV`, else `peer-venv` beside
/// the other build results).
pub fn peer_python() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_PEER_VENV").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/peer-venv"),
        PathBuf::from,
    );
    // The tests of the practice service may be installing it right now.
    let lock = std::fs::File::open(folder.with_extension("lock")).ok();
    if let Some(lock) = &lock {
        lock.lock_shared().unwrap();
    }
    let python = folder.join("bin/python");
    let version = Command::new(folder.join("bin/mapillary_tools"))
        .arg("--version")
        .output();
    let right = version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(VERSION));
    if !right {
        skipped(&format!("no mapillary_tools {VERSION} in {}", folder.display()));
    }
    right.then_some(python)
}

/// A source, its track and its upload, in a folder.
struct Upload {
    folder: tempfile::TempDir,
    source: Vec<u8>,
    track: Vec<TrackPoint>,
}

impl Upload {
    fn new(source: Vec<u8>) -> Self {
        let track = read(&source).unwrap().track;
        let bytes = whole(&mux(&source, &track).unwrap(), &source);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("upload.mp4"), &bytes).unwrap();
        Self { folder, source, track }
    }

    fn generated(gps: GpsStream) -> Self {
        Self::new(
            gopro_video_bytes(&VideoSpec {
                gps,
                ..VideoSpec::default()
            })
            .unwrap(),
        )
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("upload.mp4")
    }
}

#[test]
fn ffprobe_sees_the_pictures_and_the_positions_and_nothing_to_complain_about() {
    let upload = Upload::generated(GpsStream::Gps5);
    let arguments = ["-v", "warning", "-show_streams", "-show_packets", "-of", "json"];
    let Some(output) = run(Path::new("ffprobe"), &arguments, &upload.file()) else {
        return;
    };
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    // ffprobe knows no decoder for any track of positions.
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaints.trim(), "Unsupported codec with id 0 for input stream 1");
    let streams = answer["streams"].as_array().unwrap();
    assert_eq!(streams.len(), 2);
    assert_eq!(streams[0]["codec_name"], "h264");
    assert_eq!(streams[0]["nb_frames"], "360");
    assert_eq!(streams[1]["codec_tag_string"], "camm");
    let packets = answer["packets"].as_array().unwrap();
    let positions = packets.iter().filter(|packet| packet["stream_index"] == 1);
    let times: Vec<f64> = positions
        .map(|packet| packet["pts_time"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(times.len(), upload.track.len());
    for (time_s, point) in times.iter().zip(&upload.track) {
        assert_near(time_s * 1000.0, point.time_ms, 1.001, "time of a position");
    }
}

/// The lines of `framemd5`: when each picture is shown, counted from the first (ffmpeg begins with the sound, which is
/// not in the upload), and its checksum.
fn pictures(lines: &str) -> Vec<(i64, String)> {
    let fields = lines.lines().filter(|line| !line.starts_with('#'));
    let pictures: Vec<(i64, String)> = fields
        .map(|line| {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            (fields[2].parse().unwrap(), fields[5].to_owned())
        })
        .collect();
    let first = pictures.first().map_or(0, |picture| picture.0);
    pictures.into_iter().map(|(shown, sum)| (shown - first, sum)).collect()
}

/// The real recordings, for files that both take.
pub fn recording(name: &str) -> Option<Vec<u8>> {
    let samples = crate::samples::folder()?;
    let bytes = std::fs::read(samples.join(name)).ok();
    if bytes.is_none() {
        skipped(&format!("the recording {name} is not here"));
    }
    bytes
}

#[test]
fn ffmpeg_decodes_the_same_pictures_at_the_same_times_from_the_upload() {
    let mut sources = vec![Upload::generated(GpsStream::Gps9).source];
    // The first has frames that are shown in another order than they are decoded in, with negative offsets.
    sources.extend(
        ["videos-other/nom-exif__meta.mov", "videos-other/nom-exif__meta.mp4"]
            .into_iter()
            .filter_map(recording),
    );
    for source in sources {
        let folder = tempfile::tempdir().unwrap();
        let point = [TrackPoint::new(0.0, 50.0, 8.0)];
        let upload = whole(&mux(&source, &point).unwrap(), &source);
        let sums = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            let output = Command::new("ffmpeg")
                .args(["-nostdin", "-v", "error", "-i"])
                .arg(file)
                .args(["-map", "0:v", "-f", "framemd5", "-"])
                .output();
            output.ok().map(|output| stdout(&output))
        };
        match (sums("original.mp4", &source), sums("upload.mp4", &upload)) {
            (Some(before), Some(after)) => {
                let (before, after) = (pictures(&before), pictures(&after));
                assert!(before.len() > 10, "{before:?}");
                assert_eq!(before, after);
            }
            _ => skipped("ffmpeg is not here"),
        }
    }
}

#[test]
fn exiftool_reads_the_positions_back() {
    let upload = Upload::generated(GpsStream::Gps5);
    let arguments = [
        "-ee",
        "-n",
        "-json",
        "-G3",
        "-Make",
        "-Model",
        "-Warning",
        "-GPSLatitude",
        "-GPSLongitude",
    ];
    let Some(output) = run(Path::new("exiftool"), &arguments, &upload.file()) else {
        return;
    };
    let answer: Vec<Value> = serde_json::from_str(&stdout(&output)).unwrap();
    let tags = answer[0].as_object().unwrap();
    assert!(tags.keys().all(|key| !key.contains("Warning")), "{tags:?}");
    for (index, point) in upload.track.iter().enumerate() {
        let read = |name: &str| {
            let key = format!("Doc{}:{name}", index + 1);
            tags.get(&key).and_then(Value::as_f64).unwrap_or(f64::NAN)
        };
        assert_near(read("GPSLatitude"), point.lat_deg, 1e-7, "latitude");
        assert_near(read("GPSLongitude"), point.lon_deg, 1e-7, "longitude");
    }
}

#[test]
fn mapillary_tools_reads_the_track_back() {
    let Some(python) = peer_python() else { return };
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        let upload = Upload::generated(gps);
        let description = upload.folder.path().join("description.json");
        let output = Command::new(python.with_file_name("mapillary_tools"))
            .args(["process", "--skip_process_errors", "--desc_path"])
            .arg(&description)
            .args(["--geotag_source", "native"])
            .arg(upload.folder.path())
            .env("TZ", "UTC")
            .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
            .env("MAPILLARY_CONFIG_PATH", upload.folder.path().join("config"))
            .output()
            .unwrap();
        stdout(&output);
        let text = std::fs::read(&description).unwrap();
        let entries: Vec<Value> = serde_json::from_slice(&text).unwrap();
        let entry = &entries[0];
        assert_eq!(entry["filetype"], "camm", "{entry}");
        assert_eq!(entry["MAPDeviceMake"], "GoPro");
        assert_eq!(entry["MAPDeviceModel"], "HERO9 Black");
        let track = entry["MAPGPSTrack"].as_array().unwrap();
        assert_eq!(track.len(), upload.track.len());
        for (read, point) in track.iter().zip(&upload.track) {
            let number = |index: usize| read[index].as_f64().unwrap();
            assert_near(number(0), point.time_ms, 2.0, "time");
            assert_near(number(1), point.lon_deg, 6e-8, "longitude");
            assert_near(number(2), point.lat_deg, 6e-8, "latitude");
            assert_near(number(3), point.altitude_m.unwrap(), 1e-3, "altitude");
            assert_near(number(5) * 1000.0, point.epoch_ms.unwrap(), 0.01, "epoch");
        }
    }
}
