//! What other programs read from an upload: ffprobe, ffmpeg, exiftool and mapillary_tools; and
//! the same upload made by mapillary_tools, byte by byte.
//!
//! Each program that is not here is said to be skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::{TrackPoint, camm_mux};

use crate::builder::{boxes, kinds, unchanged, with_tracks};
use crate::{assert_near, mux, read, whole};

/// The version whose uploads these are.
const VERSION: &str = "0.14.7";

/// Says, past the test's captured output, what was not run.
fn skipped(what: &str) {
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

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Python in mapillary_tools' virtual environment (`WAYPOST_PEER_VENV`, else `peer-venv` beside
/// the other build results).
fn peer_python() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_PEER_VENV").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/peer-venv"),
        PathBuf::from,
    );
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

#[test]
fn ffmpeg_decodes_the_same_pictures_from_the_upload() {
    let upload = Upload::generated(GpsStream::Gps9);
    let original = upload.folder.path().join("original.mp4");
    std::fs::write(&original, &upload.source).unwrap();
    let sums = |file: &Path| {
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-i"])
            .arg(file)
            .args(["-map", "0:v", "-f", "framemd5", "-"])
            .output();
        output.ok().map(|output| stdout(&output))
    };
    match (sums(&original), sums(&upload.file())) {
        (Some(before), Some(after)) => {
            assert!(before.lines().count() > 300, "{before}");
            assert_eq!(before, after);
        }
        _ => skipped("ffmpeg is not here"),
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

/// Makes mapillary_tools pack `source` with the points given as lines of seconds, latitude,
/// longitude, altitude or "-", epoch or "-".
const PACK: &str = r#"
import io, sys
from mapillary_tools import telemetry
from mapillary_tools.camm import camm_builder, camm_parser
from mapillary_tools.mp4 import simple_mp4_builder

source, points, target = sys.argv[1:]
with_time, without_time = [], []
for line in open(points):
    time, lat, lon, alt, epoch = [None if word == "-" else float(word) for word in line.split()]
    if epoch is None:
        without_time.append(telemetry.GPSPoint(time=time, lat=lat, lon=lon, alt=alt, angle=None,
            epoch_time=None, fix=None, precision=None, ground_speed=None))
    else:
        with_time.append(telemetry.CAMMGPSPoint(time=time, lat=lat, lon=lon, alt=alt, angle=None,
            time_gps_epoch=epoch, gps_fix_type=3 if alt is not None else 2, horizontal_accuracy=0,
            vertical_accuracy=0, velocity_east=0, velocity_north=0, velocity_up=0, speed_accuracy=0))
info = camm_parser.CAMMInfo(gps=with_time, mini_gps=without_time, make="GoPro", model="HERO9 Black")
with open(source, "rb") as opened:
    made = simple_mp4_builder.transform_mp4(opened, camm_builder.camm_sample_generator2(info))
    with open(target, "wb") as out:
        out.write(made.read())
"#;

/// What mapillary_tools makes of the same video and the same points; `None` where it fails, as it does at frames
/// that are shown before they are decoded (negative composition offsets).
fn packed_by_peer(python: &Path, source: &[u8], track: &[TrackPoint]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let word = |value: Option<f64>| value.map_or("-".to_owned(), |value| value.to_string());
    let lines: Vec<String> = track
        .iter()
        .map(|point| {
            [
                Some(point.time_ms / 1000.0),
                Some(point.lat_deg),
                Some(point.lon_deg),
                point.altitude_m,
                point.epoch_ms.map(|ms| ms / 1000.0),
            ]
            .map(word)
            .join(" ")
        })
        .collect();
    std::fs::write(path("points"), lines.join("\n")).unwrap();
    std::fs::write(path("source.mp4"), source).unwrap();
    let output = Command::new(python)
        .args(["-c", PACK])
        .args([path("source.mp4"), path("points"), path("target.mp4")])
        .output()
        .unwrap();
    if String::from_utf8_lossy(&output.stderr).contains("sample_offset") {
        return None;
    }
    stdout(&output);
    Some(std::fs::read(path("target.mp4")).unwrap())
}

#[test]
fn the_upload_is_the_one_that_mapillary_tools_makes_byte_by_byte() {
    let Some(python) = peer_python() else { return };
    let video = |spec: VideoSpec| gopro_video_bytes(&spec).unwrap();
    let spec = VideoSpec::default;
    let mut sources = vec![
        video(spec()),
        video(VideoSpec {
            moov_first: true,
            large_mdat: true,
            ..spec()
        }),
    ];
    // Both strips of a `.360` file.
    sources.push(with_tracks(&sources[0], |track| {
        if kinds(track).0 == b"vide" {
            [unchanged(track), unchanged(track)].concat()
        } else {
            unchanged(track)
        }
    }));
    // The real recordings, where they are.
    let samples = std::env::var_os("WAYPOST_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    for name in [
        "videos-gopro/real_max-heromode.mp4",
        "videos-gopro/real_karma.mp4",
        "videos-gopro/hero7_gps5_good.mp4",
        "videos-other/nom-exif__meta.mov",
        "videos-other/nom-exif__meta.mp4",
        "videos-other/nom-exif__sony-a7-xavc.b1f83df.MP4",
    ] {
        match std::fs::read(samples.join(name)) {
            Ok(bytes) => sources.push(bytes),
            Err(_) => skipped(&format!("the recording {name} is not here")),
        }
    }
    // Eighths of a second, in which neither program has to round: mapillary_tools cuts each step down to the unit
    // below, which adds up to a drift; see `times_do_not_drift_in_a_long_recording`.
    let with_time: Vec<TrackPoint> = (0..40_u32)
        .map(|index| TrackPoint {
            altitude_m: (index % 5 != 0).then_some(35.5),
            epoch_ms: Some(1_781_424_000_000.0 + f64::from(index) * 125.0),
            ..TrackPoint::new(f64::from(index) * 125.0, 52.5, 13.25)
        })
        .collect();
    let mut later = with_time.clone();
    for point in &mut later {
        point.epoch_ms = None;
        point.time_ms += 750.0;
    }
    let mut failed = 0;
    for (index, source) in sources.iter().enumerate() {
        for track in [&with_time, &later] {
            let layout = camm_mux(&mut std::io::Cursor::new(source), track, "GoPro", "HERO9 Black").unwrap();
            let ours = whole(&layout, source);
            match packed_by_peer(&python, source, track) {
                Some(theirs) => assert_same_boxes(&ours, &theirs, index),
                None => failed += 1,
            }
        }
    }
    println!(
        "{} sources packed by both; mapillary_tools failed {failed} times",
        sources.len()
    );
    assert!(failed <= 2, "mapillary_tools packs all but one of them");
}

/// Compares two files box by box, so that a difference is found and not only seen.
fn assert_same_boxes(ours: &[u8], theirs: &[u8], number: usize) {
    if ours == theirs {
        return;
    }
    // Offsets are last: they depend on the length of all the rest.
    for offsets in [false, true] {
        let (our, their) = (flat(ours, ""), flat(theirs, ""));
        let paths =
            |boxes: &[(String, Vec<u8>)]| -> Vec<String> { boxes.iter().map(|(path, _)| path.clone()).collect() };
        assert_eq!(paths(&our), paths(&their), "source {number}");
        for ((path, our), (_, their)) in our.iter().zip(&their) {
            if offsets || !path.ends_with("co64") {
                assert!(our == their, "source {number}: {path}\n{our:?}\n{their:?}");
            }
        }
    }
    panic!("source {number} differs in the headers of boxes");
}

/// All boxes that hold no boxes, with their paths.
fn flat(bytes: &[u8], path: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for (kind, content) in boxes(bytes) {
        let path = format!("{path}/{}", kind.escape_ascii());
        if matches!(
            &kind,
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"edts" | b"dinf"
        ) {
            found.extend(flat(content, &path));
        } else {
            found.push((path, content.to_vec()));
        }
    }
    found
}
