//! Real photos of many cameras, compared with what mapillary_tools and exiftool say about them.
//!
//! The photos are not part of the repository: their licences do not allow it. Where they are
//! missing the tests say so and pass. A difference passes only with a reason, and each reason
//! has a witness: the bytes of the file, or the other of the two tools.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

use serde_json::Value;
use waypost_media::{
    Flaw, HeadingSource, MediaError, PhotoFacts, PositionSource, SpliceMethod, TimeReading, TimeSource,
    splice_description,
};

use crate::read;
use crate::splice::{described, description, lasting, other_fields};

/// What stands behind a difference that is meant.
type Reason = &'static str;

const INVENTED_SUBSECONDS: Reason =
    "mapillary_tools spreads photos of one second over it; the file has other sub-seconds or none";
const NO_HEMISPHERE: Reason = "N/S/E/W is missing and mapillary_tools assumes N and E";
const NO_CHECK_OF_RANGE: Reason = "exiftool prints latitudes beyond 90 degrees";
const ZEROED_DATE: Reason = "DateTimeOriginal is zero; mapillary_tools takes the date of the edit";
const GPS_HOUR_104: Reason = "the file says hour 104; mapillary_tools adds four days";
const EPOCH: Reason = "GPS date 1970-01-01 comes from a receiver without a fix";
const XMP_ALTITUDE: Reason = "mapillary_tools reads no fraction in XMP altitude";
const XMP_HEADING: Reason = "mapillary_tools reads no heading from XMP";
const XMP_COMPOSITE: Reason = "exiftool makes no Composite position from XMP alone";
const ALTITUDE_REFERENCE: Reason =
    "exiftool's Composite wants GPSAltitudeRef, whose default in EXIF is above sea level";
const EXIFTOOL_STOPS: Reason = "exiftool lists no EXIF of a file that is damaged or has no picture";
const BEHIND_OTHERS: Reason = "EXIF stands behind other segments, where mapillary_tools stops";
const DEGREES_AS_TEXT: Reason = "degrees are text with decimal commas (52,00000,50,00000,…); both tools misread it";
const UTF16_XMP: Reason = "mapillary_tools stops at UTF-16 in XMP";

/// Differences of single files, each looked at in its bytes.
const SINGLE: [(&str, &str, Reason); 4] = [
    ("photoprism__digikam.jpg", "position", BEHIND_OTHERS),
    ("goexif__geodegrees_as_string.jpg", "position", DEGREES_AS_TEXT),
    (
        "goexif__geodegrees_as_string.jpg",
        "make",
        "the first directory has an empty make, the EXIF directory has HTC",
    ),
    ("goexif__geodegrees_as_string.jpg", "altitude", DEGREES_AS_TEXT),
];

/// The tally of one run.
#[derive(Default)]
struct Table {
    equal: BTreeMap<&'static str, usize>,
    meant: BTreeMap<(&'static str, Reason), Vec<String>>,
    unexplained: Vec<String>,
}

impl Table {
    fn add(
        &mut self,
        file: &str,
        field: &'static str,
        equal: bool,
        reason: Option<Reason>,
        detail: impl FnOnce() -> String,
    ) {
        let single = SINGLE
            .iter()
            .find(|(name, of, _)| *of == field && file.ends_with(name))
            .map(|(_, _, reason)| *reason);
        if equal {
            *self.equal.entry(field).or_default() += 1;
        } else if let Some(reason) = reason.or(single) {
            self.meant.entry((field, reason)).or_default().push(file.to_owned());
        } else {
            self.unexplained.push(format!("{file} {field}: {}", detail()));
        }
    }

    fn print(&self) {
        println!("{:<12} {:>6} {:>6}", "field", "agree", "differ");
        for (field, agree) in &self.equal {
            let meant = self.meant.iter().filter(|((of, _), _)| of == field);
            let differ: usize = meant.map(|(_, files)| files.len()).sum();
            println!("{field:<12} {agree:>6} {differ:>6}");
        }
        for ((field, reason), files) in &self.meant {
            println!("{field}: {} x {reason}", files.len());
            println!("    {}", files.join(", "));
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
    eprintln!("SKIPPED: no samples in {}", folder.display());
    None
}

/// Every photo with what the peers say about it.
fn photos(folder: &std::path::Path) -> Vec<(String, Vec<u8>, Value)> {
    let text = std::fs::read(folder.join("expected.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let photos: Vec<_> = entries
        .into_iter()
        .filter_map(|entry| {
            let file = entry["file"].as_str()?.to_owned();
            let bytes = file
                .starts_with("photos-")
                .then(|| std::fs::read(folder.join(&file)).unwrap())?;
            Some((file, bytes, entry))
        })
        .collect();
    assert!(photos.len() > 400, "{} photos", photos.len());
    photos
}

fn near(left: Option<f64>, right: Option<f64>, tolerance: f64) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => (left - right).abs() <= tolerance,
        (None, None) => true,
        _ => false,
    }
}

/// The digits of a date and time in any notation, down to the second.
fn second(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(14).collect();
    (digits.len() == 14 && !digits.starts_with("0000")).then_some(digits)
}

/// A moment in the same digits.
fn second_of(unix_ms: i64) -> String {
    let days = unix_ms.div_euclid(86_400_000);
    let rest = unix_ms.rem_euclid(86_400_000) / 1_000;
    // Days since 0000-03-01 in the proleptic calendar (H. Hinnant, "chrono-compatible low-level
    // date algorithms"), written here so that the test does not trust the library it tests.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let (month, add) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!(
        "{:04}{month:02}{day:02}{:02}{:02}{:02}",
        year + era * 400 + add,
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

/// The time in milliseconds; a wall clock's reading counts as UTC, as the peers ran in UTC.
fn time_ms(facts: &PhotoFacts) -> Option<i64> {
    facts.time.map(|time| match time {
        TimeReading::Utc { unix_ms, .. } => unix_ms,
        TimeReading::Naive { local_ms, .. } => local_ms,
    })
}

fn compare_with_mapillary_tools(table: &mut Table, file: &str, facts: &PhotoFacts, peer: &Value) {
    let has = |flaw| facts.flaws.contains(&flaw);
    let error = peer["error"].as_str();
    let from_xmp = facts.position.map(|position| position.source) == Some(PositionSource::Xmp);
    if error == Some("UnicodeDecodeError") {
        table.add(file, "readable", false, Some(UTF16_XMP), String::new);
        return;
    }
    if error.is_some_and(|error| error != "MapillaryGeoTaggingError")
        || peer["message"].as_str().is_some_and(|text| text.contains("timestamp"))
    {
        // Refused for what comes after reading; exiftool is asked instead.
        return;
    }
    let lat = facts.position.map(|position| position.lat_deg);
    let lon = facts.position.map(|position| position.lon_deg);
    let reason = has(Flaw::GpsReferenceMissing).then_some(NO_HEMISPHERE);
    let equal = near(lat, peer["MAPLatitude"].as_f64(), 1e-7) && near(lon, peer["MAPLongitude"].as_f64(), 1e-7);
    table.add(file, "position", equal, reason, || {
        format!(
            "{lat:?} {lon:?}, mapillary_tools {} {}",
            peer["MAPLatitude"], peer["MAPLongitude"]
        )
    });
    if error.is_some() || facts.position.is_none() {
        return;
    }
    let altitude = facts.position.and_then(|position| position.altitude_m);
    let equal = near(altitude, peer["MAPAltitude"].as_f64(), 1e-3);
    let reason = from_xmp.then_some(XMP_ALTITUDE);
    table.add(file, "altitude", equal, reason, || {
        format!("{altitude:?}, mapillary_tools {}", peer["MAPAltitude"])
    });

    let theirs = peer["MAPCaptureTime"].as_str().unwrap();
    let their_ms: i64 = theirs[20..].parse().unwrap();
    let ours = time_ms(facts);
    let same_second = ours.map(second_of) == second(theirs);
    let our_ms = ours.map(|ms| ms.rem_euclid(1_000));
    let reason = if same_second && our_ms.is_some_and(|ms| ms < their_ms) {
        Some(INVENTED_SUBSECONDS)
    } else if ours.is_none() && has(Flaw::DateZeroed) {
        Some(ZEROED_DATE)
    } else {
        has(Flaw::GpsTimeInvalid).then_some(GPS_HOUR_104)
    };
    let equal = same_second && our_ms == Some(their_ms);
    table.add(file, "time", equal, reason, || {
        format!("{ours:?}, mapillary_tools {theirs}")
    });

    if let Some(heading) = facts.heading {
        let theirs = peer["MAPCompassHeading"]["TrueHeading"].as_f64();
        let from_exif = matches!(heading.source, HeadingSource::ImgDirection | HeadingSource::Track);
        let reason = (!from_exif).then_some(XMP_HEADING);
        let equal = near(Some(heading.heading_deg), theirs, 1e-2);
        table.add(file, "heading", equal, reason, || format!("{heading:?}, {theirs:?}"));
    }
    for (field, ours, theirs) in [
        ("make", &facts.make, &peer["MAPDeviceMake"]),
        ("model", &facts.model, &peer["MAPDeviceModel"]),
        ("camera", &facts.camera_uuid, &peer["MAPCameraUUID"]),
    ] {
        let equal = ours.as_deref() == theirs.as_str();
        table.add(file, field, equal, None, || {
            format!("{ours:?}, mapillary_tools {theirs}")
        });
    }
    let equal = Some(u64::from(facts.orientation)) == peer["MAPOrientation"].as_u64();
    table.add(file, "orientation", equal, None, || peer["MAPOrientation"].to_string());
}

fn compare_with_exiftool(table: &mut Table, file: &str, facts: &PhotoFacts, entry: &Value) {
    let peer = &entry["exiftool"];
    let has = |flaw| facts.flaws.contains(&flaw);
    let stops = (!peer.as_object().unwrap().keys().any(|key| key.starts_with("EXIF:"))
        && (has(Flaw::PictureMissing) || peer["ExifTool:Warning"] == "JPEG format error"))
        .then_some(EXIFTOOL_STOPS);
    let from_xmp = facts.position.map(|position| position.source) == Some(PositionSource::Xmp);

    let lat = facts.position.map(|position| position.lat_deg);
    let lon = facts.position.map(|position| position.lon_deg);
    let reason = if has(Flaw::GpsOutOfRange) {
        Some(NO_CHECK_OF_RANGE)
    } else {
        from_xmp.then_some(XMP_COMPOSITE).or(stops)
    };
    let equal = near(lat, peer["Composite:GPSLatitude"].as_f64(), 1e-9)
        && near(lon, peer["Composite:GPSLongitude"].as_f64(), 1e-9);
    table.add(file, "position", equal, reason, || {
        let theirs = (&peer["Composite:GPSLatitude"], &peer["Composite:GPSLongitude"]);
        format!("{lat:?} {lon:?}, exiftool {theirs:?}")
    });
    if let Some(position) = facts.position {
        let theirs = peer["Composite:GPSAltitude"].as_f64();
        let other = entry["mapillary_tools_loose"]["MAPAltitude"].as_f64();
        let backed = other.is_none() || near(position.altitude_m, other, 1e-3);
        let reason = (theirs.is_none() && backed).then_some(ALTITUDE_REFERENCE);
        let equal = near(position.altitude_m, theirs, 1e-6);
        table.add(file, "altitude", equal, reason, || {
            format!("{:?}, exiftool {theirs:?}", position.altitude_m)
        });
    }

    let clock = facts.camera_clock_ms.map(second_of);
    let theirs = peer["EXIF:DateTimeOriginal"].as_str().and_then(second);
    table.add(file, "clock", clock == theirs, stops, || {
        format!("{clock:?}, exiftool {theirs:?}")
    });

    let theirs = peer["Composite:GPSDateTime"].as_str();
    if let Some(theirs) = theirs {
        let ours = match facts.time {
            Some(TimeReading::Utc {
                unix_ms,
                source: TimeSource::GpsTime,
            }) => Some(second_of(unix_ms)),
            _ => None,
        };
        let reason = theirs.starts_with("1970:01:01").then_some(EPOCH);
        table.add(file, "gps time", ours == second(theirs), reason, || {
            format!("{ours:?}, exiftool {theirs}")
        });
    }

    let ours = facts
        .heading
        .filter(|heading| heading.source == HeadingSource::ImgDirection)
        .map(|heading| heading.heading_deg);
    let theirs = peer["EXIF:GPSImgDirection"].as_f64();
    table.add(file, "heading", near(ours, theirs, 1e-6), None, || {
        format!("{ours:?}, exiftool {theirs:?}")
    });

    let in_words = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (!value.is_null() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    for (field, ours, theirs) in [
        ("make", &facts.make, in_words(&peer["EXIF:Make"])),
        ("model", &facts.model, in_words(&peer["EXIF:Model"])),
    ] {
        table.add(file, field, *ours == theirs, stops, || {
            format!("{ours:?}, exiftool {theirs:?}")
        });
    }
    let theirs = peer["EXIF:Orientation"]
        .as_u64()
        .filter(|number| (1..=8).contains(number));
    let equal = u64::from(facts.orientation) == theirs.unwrap_or(1);
    table.add(file, "orientation", equal, stops, || format!("{theirs:?}"));
}

#[test]
fn real_photos_are_read_as_the_peers_read_them_or_better() {
    let Some(folder) = samples() else { return };
    let mut table = Table::default();
    let photos = photos(&folder);
    for (file, bytes, entry) in &photos {
        let peer = &entry["mapillary_tools_loose"];
        match read(bytes) {
            Ok(facts) => {
                compare_with_mapillary_tools(&mut table, file, &facts, peer);
                compare_with_exiftool(&mut table, file, &facts, entry);
            }
            Err(error) => {
                let both = peer["error"].is_string() && entry["exiftool"]["Composite:GPSLatitude"].is_null();
                table.add(file, "refused", both, None, || error.to_string());
            }
        }
    }
    println!("{} photos", photos.len());
    table.print();
    assert_eq!(table.unexplained, Vec::<String>::new());
}

#[test]
fn real_photos_take_a_description_and_lose_nothing() {
    let text = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPFilename":"a.jpg"}"#;
    let Some(folder) = samples() else { return };
    let mut methods = BTreeMap::<String, usize>::new();
    for (file, bytes, _) in photos(&folder) {
        let spliced = match splice_description(&mut Cursor::new(&bytes), text) {
            Ok(spliced) => spliced,
            Err(MediaError::HeaderTruncated { .. } | MediaError::NotAJpeg { .. }) => {
                assert!(read(&bytes).is_err(), "{file}");
                *methods.entry("refused".to_owned()).or_default() += 1;
                continue;
            }
            Err(error) => panic!("{file}: {error}"),
        };
        *methods.entry(format!("{:?}", spliced.method)).or_default() += 1;
        let new = described(&bytes, &spliced);
        assert_eq!(description(&new).as_deref(), Some(text), "{file}");
        assert_eq!(lasting(&new), lasting(&bytes), "{file}");
        let kept = usize::try_from(spliced.replaced_length_bytes).unwrap();
        assert_eq!(new[spliced.bytes.len()..], bytes[kept..], "{file}");
        if spliced.method == SpliceMethod::Created {
            continue;
        }
        let fields = |photo: &[u8]| {
            let mut fields = other_fields(photo);
            fields.retain(|field| field.starts_with("primary"));
            fields
        };
        let (old_fields, new_fields) = (fields(&bytes), fields(&new));
        for field in &old_fields {
            assert!(new_fields.contains(field), "{file} lost {field}");
        }
        let old_thumbnail = read(&bytes).unwrap().thumbnail;
        if spliced.method == SpliceMethod::Appended && old_thumbnail.is_some() {
            assert_eq!(read(&new).unwrap().thumbnail, old_thumbnail, "{file}");
        }
        // A damaged block can point behind its end, and finds bytes there now.
        if !read(&bytes).unwrap().flaws.contains(&Flaw::ExifDamaged) {
            assert_eq!(new_fields.len(), old_fields.len(), "{file}");
        }
    }
    println!("{methods:?}");
}
