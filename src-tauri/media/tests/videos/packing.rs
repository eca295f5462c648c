//! The same upload made by mapillary_tools, compared byte by byte.

use std::path::Path;
use std::process::Command;

use waypost_generator::{VideoSpec, gopro_video_bytes};
use waypost_media::{TrackPoint, camm_mux};

use crate::builder::{boxes, kinds, unchanged, with_tracks};
use crate::peers::{peer_python, recording, stdout};
use crate::whole;

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
    for name in [
        "videos-gopro/real_max-heromode.mp4",
        "videos-gopro/real_karma.mp4",
        "videos-gopro/hero7_gps5_good.mp4",
        "videos-other/nom-exif__meta.mov",
        "videos-other/nom-exif__meta.mp4",
        "videos-other/nom-exif__sony-a7-xavc.b1f83df.MP4",
    ] {
        sources.extend(recording(name));
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
