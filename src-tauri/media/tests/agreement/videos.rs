//! Videos: the answer, the camera, and every point of the track.

use std::io::{Cursor, Read};
use std::path::Path;

use serde_json::Value;
use waypost_media::{MediaError, RemovalReason, TrackPoint, VideoFacts, VideoKind, camm_mux, read_video};

use crate::peers::{Peers, holds, moment_ms, near};
use crate::table::{Difference, Table};

const GROUP: &str = "videos";

const SPREAD: Difference = "time of a GPS5 point within its payload";
const NAME_CAMERA: Difference = "camera called `Camera`";
const NAME_CASE: Difference = "camera called `Hero7 Black`";
const STATIONARY: Difference = "video that stands still";
const CLAMPED_COUNT: Difference = "table that counts more than the file holds";
const DRONE: Difference = "positions of a drone (Karma)";
const BOTH_STREAMS: Difference = "GPS5 and GPS9 of the same points";
const UNSCALED: Difference = "positions without a scale";
const IMPOSSIBLE_DATE: Difference = "impossible date in the telemetry";
const OTHER_SETTINGS: Difference = "settings and telemetry of two cameras";

pub fn compare_all(table: &mut Table, folder: &Path, peers: &Peers) {
    for entry in &peers.expected {
        let name = entry["file"].as_str().unwrap();
        if !name.starts_with("videos-") {
            continue;
        }
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let facts = read_video(&mut Cursor::new(&bytes));
        let video = Compared {
            name,
            bytes: &bytes,
            exiftool: &entry["exiftool"],
            peers,
        };
        video.answer(table, &facts, &entry["mapillary_tools_native"]);
        let Ok(facts) = facts else { continue };
        video.with_exiftool(table, &facts);
        let short = name.rsplit('/').next().unwrap();
        if let Some(peer) = peers
            .described_videos
            .get(short)
            .filter(|entry| entry["MAPGPSTrack"].is_array())
        {
            video.track(table, &facts, peer);
        }
        if !facts.track.is_empty() {
            video.upload(table, &facts);
        }
    }
}

/// One video, with what others say about it.
struct Compared<'a> {
    name: &'a str,
    bytes: &'a [u8],
    exiftool: &'a Value,
    peers: &'a Peers,
}

/// All positions of a video, by time.
fn all_points(facts: &VideoFacts) -> Vec<TrackPoint> {
    let removed = facts.removed.iter().map(|(point, _)| *point);
    let mut all: Vec<TrackPoint> = facts.track.iter().copied().chain(removed).collect();
    all.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
    all
}

/// Metres between two near places, well enough to tell ten metres.
fn distance_m(left: &TrackPoint, right: &TrackPoint) -> f64 {
    let north = (left.lat_deg - right.lat_deg) * 111_320.0;
    let east = (left.lon_deg - right.lon_deg) * 111_320.0 * left.lat_deg.to_radians().cos();
    north.hypot(east)
}

impl Compared<'_> {
    fn at(&self) -> (&'static str, &str) {
        (GROUP, self.name)
    }

    fn exiftool_points(&self) -> Option<usize> {
        self.exiftool["points"]
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
    }

    /// Whether exiftool names a camera in the file, or in another of the samples of the same camera.
    fn camera_known(&self, model: &str) -> bool {
        let said = |entry: &Value| entry["exiftool"]["model"] == model;
        self.exiftool["model"] == model || self.peers.expected.iter().any(said)
    }

    /// Whether both read the file, refuse it or find nothing in it.
    fn answer(&self, table: &mut Table, facts: &Result<VideoFacts, MediaError>, peer: &Value) {
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
        let witness = || {
            let facts = facts.as_ref().ok()?;
            let points = all_points(facts);
            match theirs {
                // A check that comes after reading.
                "MapillaryStationaryVideoError" => {
                    let first = facts.track.first()?;
                    let still = facts.track.iter().all(|point| distance_m(first, point) < 10.0);
                    still.then_some(STATIONARY)
                }
                "MapillaryVideoGPSNotFoundError" => {
                    let counts_too_much = holds(self.bytes, &0x7fff_ffff_u32.to_be_bytes());
                    (counts_too_much && self.exiftool_points() == Some(points.len())).then_some(CLAMPED_COUNT)
                }
                "MapillaryGPXEmptyError" => {
                    let of_drone = facts.removed.iter().all(|(_, why)| *why == RemovalReason::Drone);
                    let named = self.exiftool["device_name"].to_string().contains("Karma");
                    (of_drone && named && !holds(self.bytes, b"GPS5")).then_some(DRONE)
                }
                _ => None,
            }
        };
        table.add(self.at(), "answer", same, witness, || {
            format!("{ours}, mapillary_tools {theirs}")
        });
    }

    fn track(&self, table: &mut Table, facts: &VideoFacts, peer: &Value) {
        let theirs = peer["MAPGPSTrack"].as_array().unwrap();
        let at = self.at();
        let make = peer["MAPDeviceMake"].as_str();
        table.add(
            at,
            "make",
            facts.make.as_deref() == make,
            || None,
            || format!("{:?}", facts.make),
        );
        let model = peer["MAPDeviceModel"].as_str();
        let witness = || match model {
            Some("Camera") if holds(self.bytes, b"DVNMc\x01\0\x06Camera") => {
                (facts.model.as_deref() == Some("HERO5 Black") && self.camera_known("HERO5 Black"))
                    .then_some(NAME_CAMERA)
            }
            Some("Hero7 Black") => self.camera_known(facts.model.as_deref()?).then_some(NAME_CASE),
            _ => None,
        };
        table.add(at, "model", facts.model.as_deref() == model, witness, || {
            format!("{:?}, mapillary_tools {model:?}", facts.model)
        });
        let same_length = facts.track.len() == theirs.len();
        table.add(
            at,
            "points",
            same_length,
            || None,
            || format!("{}, mapillary_tools {}", facts.track.len(), theirs.len()),
        );
        for (point, their) in facts.track.iter().zip(theirs) {
            let number = |index: usize| their[index].as_f64();
            // Times are cut to milliseconds, places rounded to seven decimals, altitudes to three.
            let ours = format!("{point:?}");
            let time = near(Some(point.time_ms), number(0), 1.001);
            table.add(at, "point: time", time, || None, || ours.clone());
            let place = near(Some(point.lon_deg), number(1), 6e-8) && near(Some(point.lat_deg), number(2), 6e-8);
            table.add(at, "point: place", place, || None, || ours.clone());
            let altitude = near(point.altitude_m, number(3), 6e-4);
            table.add(at, "point: altitude", altitude, || None, || ours.clone());
            let their_epoch = number(5).map(|seconds| seconds * 1000.0);
            let witness = || self.spread(facts, theirs, point, their_epoch?);
            table.add(
                at,
                "point: epoch",
                near(point.epoch_ms, their_epoch, 1.0),
                witness,
                || ours.clone(),
            );
        }
    }

    /// mapillary_tools gives one moment to many points: the payload's. The first of them has it with us too, and the one
    /// in question lies no further behind it than the payload lasts.
    fn spread(&self, facts: &VideoFacts, theirs: &[Value], point: &TrackPoint, epoch_ms: f64) -> Option<Difference> {
        let mut shared = facts
            .track
            .iter()
            .zip(theirs)
            .filter(|(_, their)| near(their[5].as_f64().map(|seconds| seconds * 1000.0), Some(epoch_ms), 1e-3));
        let (first, _) = shared.clone().next()?;
        let one_moment = shared.clone().count() > 1;
        let in_payload = shared.all(|(point, _)| (0.0..1_700.0).contains(&(point.time_ms - first.time_ms)));
        // The first of the payload may have been removed as noise.
        let begins = first.epoch_ms? - epoch_ms;
        let holds_it = self.exiftool["n_gps_datetime"].as_u64()? < self.exiftool["points"].as_u64()?;
        let behind = (0.0..1_700.0).contains(&(point.epoch_ms? - epoch_ms));
        (one_moment && in_payload && (0.0..1_000.0).contains(&begins) && holds_it && behind).then_some(SPREAD)
    }

    fn with_exiftool(&self, table: &mut Table, facts: &VideoFacts) {
        let at = self.at();
        let all = all_points(facts);
        let Some(points) = self.exiftool_points() else {
            let witness = || (self.exiftool["error"].is_string() && holds(self.bytes, b"SCAL")).then_some(UNSCALED);
            table.add(at, "points (exiftool)", false, witness, || self.exiftool.to_string());
            return;
        };
        let witness = || {
            let both = holds(self.bytes, b"GPS5") && holds(self.bytes, b"GPS9") && points == 2 * all.len();
            both.then_some(BOTH_STREAMS)
        };
        table.add(at, "points (exiftool)", all.len() == points, witness, || {
            format!("{}, exiftool {points}", all.len())
        });
        if let (Some(first), Some(last)) = (all.first(), all.last()) {
            let place = |point: &TrackPoint, theirs: &Value| {
                near(Some(point.lat_deg), theirs[0].as_f64(), 1e-6)
                    && near(Some(point.lon_deg), theirs[1].as_f64(), 1e-6)
                    && near(point.altitude_m, theirs[2].as_f64(), 1e-3)
            };
            let same = place(first, &self.exiftool["first"]) && place(last, &self.exiftool["last"]);
            table.add(
                at,
                "first and last (exiftool)",
                same,
                || None,
                || format!("{first:?} to {last:?}"),
            );
            self.moments(table, &all);
        }
        if let (Some(ours), Some(theirs)) = (facts.duration_ms, self.exiftool["duration"].as_f64()) {
            let same = (ours - theirs * 1000.0).abs() < 1.0;
            table.add(
                at,
                "duration (exiftool)",
                same,
                || None,
                || format!("{ours} ms, exiftool {theirs} s"),
            );
        }
        if let Some(theirs) = self.exiftool["model"].as_str() {
            let witness = || {
                let device = self.exiftool["device_name"][0].as_str()?;
                let named = facts.model.as_deref() == Some(device) && holds(self.bytes, device.as_bytes());
                named.then_some(OTHER_SETTINGS)
            };
            table.add(
                at,
                "model (exiftool)",
                facts.model.as_deref() == Some(theirs),
                witness,
                || format!("{:?}, exiftool {theirs}", facts.model),
            );
        }
    }

    /// The moment of the last payload that exiftool names is one of ours.
    fn moments(&self, table: &mut Table, all: &[TrackPoint]) {
        for field in ["first_datetime", "last_datetime"] {
            let Some(text) = self.exiftool[field].as_str() else {
                continue;
            };
            if self.exiftool["device_name"].to_string().contains("Karma") {
                // The drone's clock is not read: its positions are not used.
                continue;
            }
            let theirs = moment_ms(text);
            let witness =
                || (theirs.is_none() && all.iter().all(|point| point.epoch_ms.is_none())).then_some(IMPOSSIBLE_DATE);
            let same = theirs.is_some_and(|theirs| {
                #[allow(clippy::cast_precision_loss, reason = "milliseconds of this century")]
                let theirs = theirs as f64;
                all.iter().any(|point| near(point.epoch_ms, Some(theirs), 1.0))
            });
            table.add(self.at(), "moments (exiftool)", same, witness, || {
                format!("{field} {text}")
            });
        }
    }

    fn upload(&self, table: &mut Table, facts: &VideoFacts) {
        let layout = camm_mux(&mut Cursor::new(self.bytes), &facts.track, "GoPro", "HERO9 Black").unwrap();
        let mut upload = Vec::new();
        layout.reader(Cursor::new(self.bytes)).read_to_end(&mut upload).unwrap();
        let back = read_video(&mut Cursor::new(&upload)).unwrap();
        let same = back.track.len() == facts.track.len() && back.kind == VideoKind::Camm;
        table.add(self.at(), "upload read back", same, || None, || format!("{back:?}"));
    }
}
