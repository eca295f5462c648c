//! Real recordings, compared with what mapillary_tools and exiftool say about them.
//!
//! The recordings are not part of the repository. Where they are missing the test says so and
//! passes. A difference passes only with a reason, and each reason has a witness.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use waypost_media::{MediaError, RemovalReason, TrackPoint, VideoFacts, VideoKind};

use crate::{mux, read, whole};

const EPOCH: &str = "mapillary_tools gives all points of a payload one time; here they are spread between two";
const NAME_CAMERA: &str = "HERO5 calls itself Camera; exiftool's settings say HERO5 Black";
const NAME_CASE: &str = "the telemetry's Hero7 is HERO7 in the settings and in every photo";
const STATIONARY: &str = "mapillary_tools refuses it later because it stands still; that check is the core's";
const CLAMPED_COUNT: &str = "the table counts too much; exiftool reads the 618 points that are there";
const KARMA: &str =
    "the positions are a drone's: both tools agree that the camera has none, exiftool lists the drone's";
const BOTH_STREAMS: &str = "exiftool lists GPS5 and GPS9 of the same points";
const UNSCALED: &str = "without a scale there are no positions; exiftool fails on the file";

/// The tally of one run.
#[derive(Default)]
struct Table {
    equal: BTreeMap<&'static str, usize>,
    meant: BTreeMap<(&'static str, &'static str), Vec<String>>,
    unexplained: Vec<String>,
}

impl Table {
    fn add(
        &mut self,
        file: &str,
        field: &'static str,
        equal: bool,
        reason: Option<&'static str>,
        detail: impl FnOnce() -> String,
    ) {
        if equal {
            *self.equal.entry(field).or_default() += 1;
        } else if let Some(reason) = reason {
            let files = self.meant.entry((field, reason)).or_default();
            files.push(file.to_owned());
        } else {
            self.unexplained.push(format!("{file} {field}: {}", detail()));
        }
    }

    fn print(&self) {
        println!("{:<28} {:>6} {:>6}", "field", "agree", "differ");
        let mut fields: Vec<_> = self.equal.keys().copied().collect();
        fields.extend(self.meant.keys().map(|(field, _)| *field));
        fields.sort_unstable();
        fields.dedup();
        for field in fields {
            let meant = self.meant.iter().filter(|((of, _), _)| *of == field);
            let differ: usize = meant.map(|(_, files)| files.len()).sum();
            let agree = self.equal.get(field).copied().unwrap_or_default();
            println!("{field:<28} {agree:>6} {differ:>6}");
        }
        for ((field, reason), files) in &self.meant {
            println!("{field}: {} x {reason}\n    {}", files.len(), files.join(", "));
        }
        for line in &self.unexplained {
            println!("UNEXPLAINED {line}");
        }
    }
}

/// The folder with the samples: `WAYPOST_SAMPLES`, or `../shared/samples` beside the checkout.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    if folder.join("expected.json").is_file() {
        return Some(folder);
    }
    crate::peers::skipped(&format!("no samples in {}", folder.display()));
    None
}

fn json(path: &Path) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The tracks that mapillary_tools wrote, by file name.
fn described(folder: &Path) -> BTreeMap<String, Value> {
    ["videos-gopro", "videos-malformed", "videos-other"]
        .iter()
        .flat_map(|group| json(&folder.join(format!("reference/{group}.mt-native.json"))))
        .filter_map(|entry| {
            let name = entry["filename"].as_str()?.rsplit('/').next()?.to_owned();
            Some((name, entry))
        })
        .collect()
}

fn near(left: f64, right: Option<f64>, tolerance: f64) -> bool {
    right.is_some_and(|right| (left - right).abs() <= tolerance)
}

#[test]
fn real_recordings_agree_with_mapillary_tools_and_exiftool() {
    let Some(folder) = samples() else { return };
    let described = described(&folder);
    let mut table = Table::default();
    let mut files = 0;
    for entry in json(&folder.join("expected.json")) {
        let name = entry["file"].as_str().unwrap();
        if !name.starts_with("videos-") {
            continue;
        }
        files += 1;
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let short = name.rsplit('/').next().unwrap();
        let facts = read(&bytes);
        compare_answer(&mut table, short, &facts, &entry["mapillary_tools_native"]);
        let Ok(facts) = facts else { continue };
        compare_exiftool(&mut table, short, &facts, &entry["exiftool"]);
        if let Some(track) = described.get(short).filter(|entry| entry["MAPGPSTrack"].is_array()) {
            compare_track(&mut table, short, &facts, track);
        }
        if !facts.track.is_empty() {
            let upload = whole(&mux(&bytes, &facts.track).unwrap(), &bytes);
            let back = read(&upload).unwrap();
            let same = back.track.len() == facts.track.len() && back.kind == VideoKind::Camm;
            table.add(short, "upload read back", same, None, || format!("{back:?}"));
        }
    }
    println!("{files} recordings");
    table.print();
    assert!(files >= 37, "{files} recordings");
    assert_eq!(table.unexplained, [] as [String; 0]);
}

/// Whether both read the file, refuse it or find nothing in it.
fn compare_answer(table: &mut Table, name: &str, facts: &Result<VideoFacts, MediaError>, peer: &Value) {
    let theirs = peer["error"].as_str().unwrap_or("read");
    let (ours, same) = match facts {
        Err(error) => (error.code(), theirs == "MapillaryInvalidVideoError"),
        Ok(facts) => {
            let ours = match (facts.kind, facts.track.is_empty(), facts.removed.is_empty()) {
                (VideoKind::Plain, ..) => "MapillaryVideoGPSNotFoundError",
                (_, true, true) => "MapillaryGPXEmptyError",
                (_, true, false) => "MapillaryGPSNoiseError",
                (_, false, _) => "read",
            };
            (ours, ours == theirs)
        }
    };
    let of_drone = |facts: &VideoFacts| facts.removed.iter().all(|(_, why)| *why == RemovalReason::Drone);
    let reason = match (ours, theirs) {
        ("MapillaryGPSNoiseError", "MapillaryGPXEmptyError") if facts.as_ref().is_ok_and(of_drone) => Some(KARMA),
        ("read", "MapillaryStationaryVideoError") => Some(STATIONARY),
        ("read", "MapillaryVideoGPSNotFoundError") if name == "hero5_stsz_count_huge.mp4" => Some(CLAMPED_COUNT),
        _ => None,
    };
    table.add(name, "answer", same, reason, || {
        format!("{ours}, mapillary_tools {theirs}")
    });
}

fn compare_track(table: &mut Table, name: &str, facts: &VideoFacts, peer: &Value) {
    let theirs = peer["MAPGPSTrack"].as_array().unwrap();
    let model = peer["MAPDeviceModel"].as_str();
    let model_reason = match model {
        Some("Camera") => Some(NAME_CAMERA),
        Some("Hero7 Black") => Some(NAME_CASE),
        _ => None,
    };
    table.add(
        name,
        "make",
        facts.make.as_deref() == peer["MAPDeviceMake"].as_str(),
        None,
        || format!("{:?}", facts.make),
    );
    table.add(name, "model", facts.model.as_deref() == model, model_reason, || {
        format!("{:?}, mapillary_tools {model:?}", facts.model)
    });
    let same_length = facts.track.len() == theirs.len();
    table.add(name, "points", same_length, None, || {
        format!("{}, mapillary_tools {}", facts.track.len(), theirs.len())
    });
    let all = |test: &dyn Fn(&TrackPoint, &Value) -> bool| {
        facts.track.iter().zip(theirs).all(|(our, their)| test(our, their))
    };
    // Times are cut to milliseconds, places rounded to seven decimals, altitudes to three.
    table.add(
        name,
        "point times",
        all(&|our, their| near(our.time_ms, their[0].as_f64(), 1.001)),
        None,
        || "differ".to_owned(),
    );
    table.add(
        name,
        "places",
        all(&|our, their| near(our.lon_deg, their[1].as_f64(), 6e-8) && near(our.lat_deg, their[2].as_f64(), 6e-8)),
        None,
        || "differ".to_owned(),
    );
    table.add(
        name,
        "altitudes",
        all(&|our, their| near(our.altitude_m.unwrap(), their[3].as_f64(), 6e-4)),
        None,
        || "differ".to_owned(),
    );
    let epoch_near = |tolerance_ms: f64| {
        all(&|our, their| match (our.epoch_ms, their[5].as_f64()) {
            (Some(our), Some(their)) => (our - their * 1000.0).abs() <= tolerance_ms,
            (our, their) => our.is_none() && their.is_none(),
        })
    };
    // A payload lasts about a second, so a spread point is no further from its payload's time.
    let reason = epoch_near(1600.0).then_some(EPOCH);
    table.add(name, "point epochs", epoch_near(1.0), reason, || {
        "differ by more than a payload".to_owned()
    });
}

fn compare_exiftool(table: &mut Table, name: &str, facts: &VideoFacts, exiftool: &Value) {
    let all: Vec<&TrackPoint> = facts
        .track
        .iter()
        .chain(facts.removed.iter().map(|(point, _)| point))
        .collect();
    let Some(points) = exiftool["points"].as_u64() else {
        table.add(name, "exiftool points", all.is_empty(), Some(UNSCALED), String::new);
        return;
    };
    let ours = all.len() as u64;
    let reason = if points == 2 * ours && name.contains("gps5_gps9") {
        Some(BOTH_STREAMS)
    } else {
        None
    };
    table.add(name, "exiftool points", ours == points, reason, || {
        format!("{ours}, exiftool {points}")
    });
    if ours == points && ours > 0 {
        let place = |point: Option<&&TrackPoint>, theirs: &Value| {
            point.is_some_and(|point| {
                near(point.lat_deg, theirs[0].as_f64(), 1e-6) && near(point.lon_deg, theirs[1].as_f64(), 1e-6)
            })
        };
        let by_time = |one: &&&TrackPoint, other: &&&TrackPoint| one.time_ms.total_cmp(&other.time_ms);
        let same = place(all.iter().min_by(by_time), &exiftool["first"])
            && place(all.iter().max_by(by_time), &exiftool["last"]);
        table.add(name, "exiftool first and last", same, None, || {
            format!("exiftool {} to {}", exiftool["first"], exiftool["last"])
        });
    }
    if let (Some(ours), Some(theirs)) = (facts.duration_ms, exiftool["duration"].as_f64()) {
        let same = (ours - theirs * 1000.0).abs() < 1.0;
        table.add(name, "duration", same, None, || {
            format!("{ours} ms, exiftool {theirs} s")
        });
    }
}
