//! Photos beside mapillary_tools 0.14.7.

use serde_json::Value;
use waypost_media::{Flaw, TimeSource};

use crate::peers::{description_ms, fraction_ms, holds, near};
use crate::photo::{Compared, GROUP};
use crate::table::{Difference, Table};

const INVENTED_SUBSECONDS: Difference = "sub-seconds that are in no tag";
const NO_HEMISPHERE: Difference = "coordinates without N/S/E/W";
const ZEROED_DATE: Difference = "zeroed DateTimeOriginal beside a date of change";
const HOUR_104: Difference = "GPS time with hour 104";
const XMP_ALTITUDE: Difference = "altitude as a fraction in XMP";
const XMP_HEADING: Difference = "heading in XMP alone";
const BEHIND_OTHERS: Difference = "EXIF behind other segments";
const UTF16_XMP: Difference = "XMP in UTF-16";

/// Compares a photo with mapillary_tools' answer.
pub fn with_mapillary_tools(table: &mut Table, photo: &Compared<'_>, peer: &Value) {
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
        let witness = || photo.empty_make(field, ours.as_deref());
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
