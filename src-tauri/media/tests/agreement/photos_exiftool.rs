//! Photos beside exiftool 13.58.

use waypost_media::{Flaw, HeadingReference, HeadingSource, PositionSource, Projection, TimeReading, TimeSource};

use crate::peers::{fraction_ms, holds, moment_ms, near};
use crate::photo::{Compared, EXIFTOOL_STOPS, GROUP};
use crate::table::{Difference, Table};

const OUT_OF_RANGE: Difference = "latitude beyond 90 degrees";
const EPOCH: Difference = "GPS date 1970-01-01";
const XMP_POSITION: Difference = "position in XMP alone";
const ALTITUDE_REFERENCE: Difference = "altitude without its reference";

/// Compares a photo with exiftool's answer.
pub fn with_exiftool(table: &mut Table, photo: &Compared<'_>) {
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
                .or_else(|| photo.empty_make(tag.trim_start_matches("EXIF:"), ours.as_deref()))
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
