//! Photos, field by field, with the witnesses of what differs.

use std::io::Cursor;
use std::path::Path;

use serde_json::Value;
use waypost_media::{
    Flaw, HeadingReference, HeadingSource, PhotoFacts, PositionSource, Projection, TimeReading, TimeSource, read_photo,
};

use crate::peers::{Peers, fraction_ms, holds, moment_ms, near};
use crate::table::{Difference, Table};

const GROUP: &str = "photos";
const TIME_LAPSE: &str = "time-lapse photos";

const INVENTED_SUBSECONDS: Difference = "sub-seconds that are in no tag";
const NO_HEMISPHERE: Difference = "coordinates without N/S/E/W";
const OUT_OF_RANGE: Difference = "latitude beyond 90 degrees";
const ZEROED_DATE: Difference = "zeroed DateTimeOriginal beside a date of change";
const HOUR_104: Difference = "GPS time with hour 104";
const EPOCH: Difference = "GPS date 1970-01-01";
const XMP_ALTITUDE: Difference = "altitude as a fraction in XMP";
const XMP_HEADING: Difference = "heading in XMP alone";
const XMP_POSITION: Difference = "position in XMP alone";
const ALTITUDE_REFERENCE: Difference = "altitude without its reference";
const EXIFTOOL_STOPS: Difference = "EXIF of a damaged file, or of one without a picture";
const BEHIND_OTHERS: Difference = "EXIF behind other segments";
const DEGREES_AS_TEXT: Difference = "degrees as text with decimal commas";
const UTF16_XMP: Difference = "XMP in UTF-16";
const EMPTY_MAKE: Difference = "empty make in the first directory, another in the EXIF directory";

/// One photo, with what others say about it.
struct Compared<'a> {
    file: &'a str,
    bytes: &'a [u8],
    facts: &'a PhotoFacts,
    /// exiftool's full answer.
    exiftool: &'a Value,
}

impl Compared<'_> {
    fn has(&self, flaw: Flaw) -> bool {
        self.facts.flaws.contains(&flaw)
    }

    fn place(&self) -> (Option<f64>, Option<f64>) {
        let position = self.facts.position;
        (position.map(|place| place.lat_deg), position.map(|place| place.lon_deg))
    }

    fn altitude(&self) -> Option<f64> {
        self.facts.position?.altitude_m
    }

    /// The time in milliseconds; a wall clock's reading counts as UTC, as the peers ran in UTC.
    fn time_ms(&self) -> Option<i64> {
        self.facts.time.map(|time| match time {
            TimeReading::Utc { unix_ms, .. } => unix_ms,
            TimeReading::Naive { local_ms, .. } => local_ms,
        })
    }

    fn number(&self, tag: &str) -> Option<f64> {
        self.exiftool[tag].as_f64()
    }

    /// A tag's text, also where exiftool took it for a number.
    fn text(&self, tag: &str) -> Option<String> {
        let value = &self.exiftool[tag];
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (!value.is_null() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    }

    /// The degrees that the HTC One M8 writes as text are in the bytes, and our place is what they say.
    fn degrees_as_text(&self) -> Option<Difference> {
        let found = holds(self.bytes, b"52,00000,50,00000,34,01180") || holds(self.bytes, b"52,00000,50,00000,34,0118");
        let same = near(self.place().0, Some(52.0 + 50.0 / 60.0 + 34.0118 / 3600.0), 1e-6);
        (found && same).then_some(DEGREES_AS_TEXT)
    }

    /// exiftool gave up on the file, and what we read is in its bytes.
    fn exiftool_stops(&self, ours: Option<&str>) -> Option<Difference> {
        let keys = self.exiftool.as_object()?;
        let gave_up = !keys.keys().any(|key| key.starts_with("EXIF:"))
            && (keys.contains_key("ExifTool:Warning")
                || keys.contains_key("ExifTool:Error")
                || self.has(Flaw::PictureMissing));
        (gave_up && holds(self.bytes, ours?.as_bytes())).then_some(EXIFTOOL_STOPS)
    }
}

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

/// A capture time of a description, `YYYY_MM_DD_hh_mm_ss_mmm`.
fn description_ms(text: &str) -> Option<i64> {
    Some(moment_ms(text.get(..19)?)? + fraction_ms(text.get(20..)?))
}

fn with_mapillary_tools(table: &mut Table, photo: &Compared<'_>, peer: &Value) {
    let at = (GROUP, photo.file);
    let error = peer["error"].as_str();
    if error == Some("UnicodeDecodeError") {
        let witness =
            || (holds(photo.bytes, b"<\0x\0:\0x\0") || holds(photo.bytes, b"\0<\0x\0:\0x")).then_some(UTF16_XMP);
        table.add(at, "readable", false, witness, || "UnicodeDecodeError".to_owned());
        return;
    }
    if error.is_some_and(|error| error != "MapillaryGeoTaggingError")
        || peer["message"].as_str().is_some_and(|text| text.contains("timestamp"))
    {
        // Refused for what comes after reading; exiftool is asked instead.
        return;
    }
    let (lat, lon) = photo.place();
    let equal = near(lat, peer["MAPLatitude"].as_f64(), 1e-7) && near(lon, peer["MAPLongitude"].as_f64(), 1e-7);
    let witness = || {
        let (their_lat, their_lon) = ("Composite:GPSLatitude", "Composite:GPSLongitude");
        let no_letters = photo.text("EXIF:GPSLatitudeRef").is_none() && photo.text("EXIF:GPSLongitudeRef").is_none();
        if photo.has(Flaw::GpsReferenceMissing) && no_letters {
            Some(NO_HEMISPHERE)
        } else if error.is_some() && lat.is_some() && near(lat, photo.number(their_lat), 1e-9) {
            near(lon, photo.number(their_lon), 1e-9).then_some(BEHIND_OTHERS)
        } else {
            photo.degrees_as_text()
        }
    };
    table.add(at, "position", equal, witness, || {
        format!(
            "{lat:?} {lon:?}, mapillary_tools {} {}",
            peer["MAPLatitude"], peer["MAPLongitude"]
        )
    });
    if error.is_some() || photo.facts.position.is_none() {
        return;
    }
    let altitude = photo.altitude();
    let equal = near(altitude, peer["MAPAltitude"].as_f64(), 1e-3);
    let witness = || {
        let theirs = photo.number("XMP:GPSAltitude")?;
        near(altitude.map(f64::abs), Some(theirs.abs()), 1e-3).then_some(XMP_ALTITUDE)
    };
    table.add(at, "altitude", equal, witness, || {
        format!("{altitude:?}, mapillary_tools {}", peer["MAPAltitude"])
    });
    time_with_mapillary_tools(table, photo, peer["MAPCaptureTime"].as_str().unwrap());
    if let Some(heading) = photo.facts.heading {
        let theirs = peer["MAPCompassHeading"]["TrueHeading"].as_f64();
        let equal = near(Some(heading.heading_deg), theirs, 1e-2);
        let witness = || {
            let tags = ["XMP:GPSImgDirection", "XMP:GPSTrack", "XMP:PoseHeadingDegrees"];
            let seen = tags
                .iter()
                .any(|tag| near(Some(heading.heading_deg), photo.number(tag), 1e-6));
            seen.then_some(XMP_HEADING)
        };
        table.add(at, "heading", equal, witness, || format!("{heading:?}, {theirs:?}"));
    }
    for (field, ours, theirs) in [
        ("make", &photo.facts.make, &peer["MAPDeviceMake"]),
        ("model", &photo.facts.model, &peer["MAPDeviceModel"]),
        ("camera", &photo.facts.camera_uuid, &peer["MAPCameraUUID"]),
    ] {
        let witness = || empty_make(photo, field, ours.as_deref());
        table.add(at, field, ours.as_deref() == theirs.as_str(), witness, || {
            format!("{ours:?}, mapillary_tools {theirs}")
        });
    }
    let equal = Some(u64::from(photo.facts.orientation)) == peer["MAPOrientation"].as_u64();
    table.add(at, "orientation", equal, || None, || peer["MAPOrientation"].to_string());
}

fn time_with_mapillary_tools(table: &mut Table, photo: &Compared<'_>, theirs: &str) {
    let their_ms = description_ms(theirs);
    let ours = photo.time_ms();
    let witness = || {
        let Some(ours) = ours else {
            let zeroed = photo.text("EXIF:DateTimeOriginal")?.starts_with("0000");
            return (zeroed && photo.has(Flaw::DateZeroed)).then_some(ZEROED_DATE);
        };
        // exiftool stops at this file; the rational is in the bytes.
        if photo.has(Flaw::GpsTimeInvalid) && holds(photo.bytes, &[0, 0, 0, 104, 0, 0, 0, 1]) {
            return Some(HOUR_104);
        }
        // The same second, and our fraction is the one in the tag that was chosen.
        let decimals = |tag: &str| {
            photo
                .text(tag)
                .and_then(|text| Some(fraction_ms(text.split_once('.')?.1)))
        };
        let in_file = match photo.facts.time?.source() {
            TimeSource::GpsTime => decimals("Composite:GPSDateTime"),
            TimeSource::DateTimeOriginal => photo.text("EXIF:SubSecTimeOriginal").map(|text| fraction_ms(&text)),
            TimeSource::XmpGpsTime => decimals("XMP:GPSDateTime"),
            _ => None,
        };
        let same_second = ours.div_euclid(1_000) == their_ms?.div_euclid(1_000);
        (same_second && ours.rem_euclid(1_000) == in_file.unwrap_or(0)).then_some(INVENTED_SUBSECONDS)
    };
    table.add((GROUP, photo.file), "time", ours == their_ms, witness, || {
        format!("{ours:?}, mapillary_tools {theirs}")
    });
}

fn empty_make(photo: &Compared<'_>, field: &str, ours: Option<&str>) -> Option<Difference> {
    let named =
        field.eq_ignore_ascii_case("make") && photo.text("EXIF:Make").is_none_or(|make| Some(make.as_str()) == ours);
    (named && holds(photo.bytes, format!("{}\0", ours?).as_bytes())).then_some(EMPTY_MAKE)
}

fn with_exiftool(table: &mut Table, photo: &Compared<'_>) {
    let at = (GROUP, photo.file);
    let facts = photo.facts;
    let (lat, lon) = photo.place();
    let (their_lat, their_lon) = (
        photo.number("Composite:GPSLatitude"),
        photo.number("Composite:GPSLongitude"),
    );
    let witness = || {
        if photo.has(Flaw::GpsOutOfRange) {
            return their_lat.filter(|lat| lat.abs() > 90.0).map(|_| OUT_OF_RANGE);
        }
        let source = facts.position?.source;
        let in_xmp =
            near(lat, photo.number("XMP:GPSLatitude"), 1e-9) && near(lon, photo.number("XMP:GPSLongitude"), 1e-9);
        if source == PositionSource::Xmp {
            return in_xmp.then_some(XMP_POSITION);
        }
        photo
            .degrees_as_text()
            .or_else(|| photo.exiftool_stops(facts.make.as_deref()))
    };
    let equal = near(lat, their_lat, 1e-9) && near(lon, their_lon, 1e-9);
    table.add(at, "position (exiftool)", equal, witness, || {
        format!("{lat:?} {lon:?}, exiftool {their_lat:?} {their_lon:?}")
    });
    if facts.position.is_some() {
        let altitude = photo.altitude();
        let witness = || {
            let size = photo
                .number("EXIF:GPSAltitude")
                .or_else(|| photo.number("XMP:GPSAltitude"));
            let composite = photo.number("Composite:GPSAltitude");
            let same = near(altitude.map(f64::abs), size.map(f64::abs), 1e-6);
            (composite.is_none() && same)
                .then_some(ALTITUDE_REFERENCE)
                .or_else(|| photo.degrees_as_text())
                .or_else(|| photo.exiftool_stops(facts.make.as_deref()))
        };
        let equal = near(altitude, photo.number("Composite:GPSAltitude"), 1e-6);
        table.add(at, "altitude (exiftool)", equal, witness, || {
            format!("{altitude:?}, exiftool {:?}", photo.number("Composite:GPSAltitude"))
        });
    }
    times_with_exiftool(table, photo);

    let from_exif = |source| facts.heading.filter(|heading| heading.source == source);
    for (field, tag, heading) in [
        (
            "lens direction (exiftool)",
            "EXIF:GPSImgDirection",
            from_exif(HeadingSource::ImgDirection),
        ),
        ("movement (exiftool)", "EXIF:GPSTrack", from_exif(HeadingSource::Track)),
    ] {
        let ours = heading.map(|heading| heading.heading_deg);
        // What moves and looks has the direction of the lens.
        let other = field.starts_with("movement") && facts.heading.is_some() && ours.is_none();
        let equal = other || near(ours, photo.number(tag), 1e-6);
        table.add(
            at,
            field,
            equal,
            || None,
            || format!("{ours:?}, exiftool {:?}", photo.number(tag)),
        );
        if let Some(heading) = heading {
            let theirs = match photo.text(&format!("{tag}Ref")).as_deref() {
                Some("T") => HeadingReference::True,
                Some("M") => HeadingReference::Magnetic,
                _ => HeadingReference::Unknown,
            };
            let equal = heading.reference == theirs;
            table.add(
                at,
                "which north (exiftool)",
                equal,
                || None,
                || format!("{heading:?}, exiftool {theirs:?}"),
            );
        }
    }
    let accuracy = (facts.gps_accuracy_m, photo.number("EXIF:GPSHPositioningError"));
    let equal = near(accuracy.0, accuracy.1, 1e-6);
    table.add(at, "accuracy (exiftool)", equal, || None, || format!("{accuracy:?}"));
    for (field, ours, tag) in [
        ("make (exiftool)", &facts.make, "EXIF:Make"),
        ("model (exiftool)", &facts.model, "EXIF:Model"),
    ] {
        let theirs = photo.text(tag);
        let witness = || {
            let in_xmp = photo.text(&tag.replace("EXIF", "XMP"));
            (in_xmp.is_some() && in_xmp == *ours)
                .then_some(EXIFTOOL_STOPS)
                .or_else(|| photo.exiftool_stops(ours.as_deref()))
                .or_else(|| empty_make(photo, tag.trim_start_matches("EXIF:"), ours.as_deref()))
        };
        table.add(at, field, *ours == theirs, witness, || {
            format!("{ours:?}, exiftool {theirs:?}")
        });
    }
    let orientation = photo
        .number("EXIF:Orientation")
        .filter(|number| (1.0..=8.0).contains(number));
    let equal = near(
        Some(f64::from(facts.orientation)),
        Some(orientation.unwrap_or(1.0)),
        0.0,
    );
    let witness = || photo.exiftool_stops(facts.make.as_deref());
    table.add(at, "orientation (exiftool)", equal, witness, || {
        format!("{orientation:?}")
    });
    let size = (facts.width_px.map(f64::from), facts.height_px.map(f64::from));
    let theirs = (photo.number("File:ImageWidth"), photo.number("File:ImageHeight"));
    if theirs.0.is_some() {
        table.add(
            at,
            "size (exiftool)",
            size == theirs,
            || None,
            || format!("{size:?}, exiftool {theirs:?}"),
        );
    }
    let panorama = photo.text("XMP:ProjectionType").map(|name| name.to_lowercase());
    let ours = match &facts.projection {
        Projection::Flat => None,
        Projection::Equirectangular => Some("equirectangular".to_owned()),
        Projection::Other(name) => Some(name.clone()),
    };
    table.add(
        at,
        "projection (exiftool)",
        ours == panorama,
        || None,
        || format!("{ours:?}, exiftool {panorama:?}"),
    );
}

fn times_with_exiftool(table: &mut Table, photo: &Compared<'_>) {
    let at = (GROUP, photo.file);
    let clock_text = photo.text("EXIF:DateTimeOriginal");
    let subsec = photo
        .text("EXIF:SubSecTimeOriginal")
        .map_or(0, |text| fraction_ms(&text));
    let second = |ms: i64| ms.div_euclid(1_000);
    let theirs = clock_text.as_deref().and_then(moment_ms);
    let ours = photo.facts.camera_clock_ms;
    // exiftool drops the blanks in front of GoPro's sub-seconds where it takes them for a number.
    let equal = ours.map(second) == theirs.map(second)
        && (subsec == 0 || ours.is_none_or(|ms| ms.rem_euclid(1_000) == subsec || photo_pads(photo)));
    let witness = || photo.exiftool_stops(photo.facts.make.as_deref().or(photo.facts.model.as_deref()));
    table.add(at, "clock (exiftool)", equal, witness, || {
        format!("{ours:?}, exiftool {clock_text:?} {subsec}")
    });

    if let Some(theirs) = photo.text("Composite:GPSDateTime") {
        let ours = match photo.facts.time {
            Some(TimeReading::Utc {
                unix_ms,
                source: TimeSource::GpsTime,
            }) => Some(unix_ms),
            _ => None,
        };
        let witness = || theirs.starts_with("1970:01:01").then_some(EPOCH);
        table.add(at, "GPS time (exiftool)", ours == moment_ms(&theirs), witness, || {
            format!("{ours:?}, exiftool {theirs}")
        });
    }
}

/// Whether the sub-seconds begin with a blank in the bytes of the file.
fn photo_pads(photo: &Compared<'_>) -> bool {
    let digits = photo.exiftool["EXIF:SubSecTimeOriginal"].to_string();
    let digits = digits.trim_matches('"').trim();
    holds(photo.bytes, format!(" {digits}\0").as_bytes())
}
