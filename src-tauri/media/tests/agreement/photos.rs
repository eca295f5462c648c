//! All photos of the samples, and the time-lapse.

use std::io::Cursor;
use std::path::Path;

use waypost_media::{TimeReading, read_photo};

use crate::peers::{Peers, description_ms, near};
use crate::photo::{Compared, GROUP};
use crate::photos_exiftool::with_exiftool;
use crate::photos_mapillary_tools::with_mapillary_tools;
use crate::table::Table;

const TIME_LAPSE: &str = "time-lapse photos";

pub fn compare_all(table: &mut Table, folder: &Path, peers: &Peers) {
    for entry in &peers.expected {
        let file = entry["file"].as_str().unwrap();
        if !file.starts_with("photos-") {
            continue;
        }
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let peer = &entry["mapillary_tools_loose"];
        match read_photo(&mut Cursor::new(&bytes)) {
            Ok(facts) => {
                let photo = Compared {
                    file,
                    bytes: &bytes,
                    facts: &facts,
                    exiftool: peers.exiftool(file),
                };
                with_mapillary_tools(table, &photo, peer);
                with_exiftool(table, &photo);
            }
            Err(error) => {
                let both = peer["error"].is_string() && entry["exiftool"]["Composite:GPSLatitude"].is_null();
                table.add((GROUP, file), "refused", both, || None, || error.to_string());
            }
        }
    }
}

/// The time-lapse of the samples: photos without anything wrong in them.
pub fn compare_time_lapse(table: &mut Table, folder: &Path, peers: &Peers) {
    for peer in &peers.described_time_lapse {
        let file = peer["filename"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let facts = read_photo(&mut Cursor::new(&bytes)).unwrap();
        let at = (TIME_LAPSE, file);
        let place = facts.position.unwrap();
        let equal = near(Some(place.lat_deg), peer["MAPLatitude"].as_f64(), 1e-7)
            && near(Some(place.lon_deg), peer["MAPLongitude"].as_f64(), 1e-7)
            && near(place.altitude_m, peer["MAPAltitude"].as_f64(), 1e-3);
        table.add(at, "position", equal, || None, || format!("{place:?}"));
        let time = facts.time.map(|time| match time {
            TimeReading::Utc { unix_ms, .. } => unix_ms,
            TimeReading::Naive { local_ms, .. } => local_ms,
        });
        let theirs = description_ms(peer["MAPCaptureTime"].as_str().unwrap());
        table.add(at, "time", time == theirs, || None, || format!("{time:?} {theirs:?}"));
        // mapillary_tools derives a heading from the neighbours where the photo has none; the photo's own facts count here.
        if let Some(heading) = facts.heading {
            let theirs = peer["MAPCompassHeading"]["TrueHeading"].as_f64();
            let equal = near(Some(heading.heading_deg), theirs, 1e-3);
            table.add(at, "heading", equal, || None, || format!("{heading:?}"));
        }
        let names = [
            (&facts.make, "MAPDeviceMake"),
            (&facts.model, "MAPDeviceModel"),
            (&facts.camera_uuid, "MAPCameraUUID"),
        ];
        let equal = names
            .iter()
            .all(|(ours, field)| ours.as_deref() == peer[*field].as_str());
        table.add(at, "camera", equal, || None, || format!("{names:?}"));
    }
}
