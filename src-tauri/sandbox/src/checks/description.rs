//! The description of an image: the JSON text in its EXIF `ImageDescription`. Which fields exist
//! and what they may hold is what `mapillary_tools` 0.14.7 writes into images: every key that
//! begins with `MAP` except `MAPSequenceUUID`, nothing else.

use serde_json::{Map, Value};

use super::Refusal;

/// The facts of a valid description.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Description {
    pub longitude: f64,
    pub latitude: f64,
    pub altitude_m: Option<f64>,
    pub heading_deg: Option<f64>,
    pub captured_at_ms: i64,
    pub file_name: Option<String>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub orientation: Option<u16>,
    /// The JSON as it was found.
    pub json: Value,
}

/// Reads and checks a description.
pub(crate) fn read_description(text: &str) -> Result<Description, Refusal> {
    let json: Value =
        serde_json::from_str(text).map_err(|error| Refusal::new(format!("ImageDescription is not JSON: {error}")))?;
    let Value::Object(fields) = &json else {
        return Err(Refusal::new("ImageDescription is not a JSON object"));
    };
    check_names(fields)?;
    let latitude = degrees(fields, "MAPLatitude", 90.0)?;
    let longitude = degrees(fields, "MAPLongitude", 180.0)?;
    let captured_at_ms = match fields.get("MAPCaptureTime") {
        None => return Err(Refusal::new("MAPCaptureTime is missing")),
        Some(Value::String(time)) => capture_time_ms(time)?,
        Some(_) => return Err(Refusal::new("MAPCaptureTime is not a string")),
    };
    Ok(Description {
        longitude,
        latitude,
        altitude_m: optional_number(fields, "MAPAltitude")?,
        heading_deg: heading(fields)?,
        captured_at_ms,
        file_name: optional_text(fields, "MAPFilename")?,
        make: optional_text(fields, "MAPDeviceMake")?,
        model: optional_text(fields, "MAPDeviceModel")?,
        orientation: orientation(fields)?,
        json,
    })
}

fn check_names(fields: &Map<String, Value>) -> Result<(), Refusal> {
    const KNOWN: [&str; 12] = [
        "MAPAltitude",
        "MAPCameraUUID",
        "MAPCaptureTime",
        "MAPCompassHeading",
        "MAPDeviceMake",
        "MAPDeviceModel",
        "MAPFilename",
        "MAPGPSAccuracyMeters",
        "MAPLatitude",
        "MAPLongitude",
        "MAPMetaTags",
        "MAPOrientation",
    ];
    for name in fields.keys() {
        if name == "MAPSequenceUUID" {
            return Err(Refusal::new("MAPSequenceUUID must not be sent"));
        }
        if !KNOWN.contains(&name.as_str()) {
            return Err(Refusal::new(format!("{name:?} is not a field of a description")));
        }
    }
    optional_text(fields, "MAPCameraUUID")?;
    optional_number(fields, "MAPGPSAccuracyMeters")?;
    match fields.get("MAPMetaTags") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(Refusal::new("MAPMetaTags is not an object")),
    }
}

fn degrees(fields: &Map<String, Value>, name: &str, limit: f64) -> Result<f64, Refusal> {
    let value = optional_number(fields, name)?.ok_or_else(|| Refusal::new(format!("{name} is missing")))?;
    if value.abs() > limit {
        return Err(Refusal::new(format!("{name} {value} is beyond ±{limit}")));
    }
    Ok(value)
}

fn optional_number(fields: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .filter(|number| number.is_finite())
            .map(Some)
            .ok_or_else(|| Refusal::new(format!("{name} is not a number"))),
    }
}

fn optional_text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::new(format!("{name} is not a string"))),
    }
}

fn orientation(fields: &Map<String, Value>) -> Result<Option<u16>, Refusal> {
    match fields.get("MAPOrientation") {
        None => Ok(None),
        Some(value) => value
            .as_u64()
            .filter(|number| (1..=8).contains(number))
            .and_then(|number| u16::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| Refusal::new("MAPOrientation is not a whole number from 1 to 8")),
    }
}

fn heading(fields: &Map<String, Value>) -> Result<Option<f64>, Refusal> {
    let heading = match fields.get("MAPCompassHeading") {
        None => return Ok(None),
        Some(Value::Object(heading)) => heading,
        Some(_) => return Err(Refusal::new("MAPCompassHeading is not an object")),
    };
    let known = ["MagneticHeading", "TrueHeading"];
    if let Some(name) = heading.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::new(format!("{name:?} is not a field of MAPCompassHeading")));
    }
    let read = |name: &str| {
        optional_number(heading, name)?.ok_or_else(|| Refusal::new(format!("MAPCompassHeading has no {name}")))
    };
    let (angle, magnetic) = (read("TrueHeading")?, read("MagneticHeading")?);
    // Bit for bit: both must be the same number as written.
    if angle.to_bits() != magnetic.to_bits() {
        return Err(Refusal::new("TrueHeading and MagneticHeading are not the same value"));
    }
    if !(0.0..=360.0).contains(&angle) {
        return Err(Refusal::new(format!("heading {angle} is beyond 0 to 360")));
    }
    Ok(Some(angle))
}

/// Reads `YYYY_MM_DD_HH_MM_SS_mmm` (UTC) as milliseconds since 1970-01-01.
pub(crate) fn capture_time_ms(text: &str) -> Result<i64, Refusal> {
    let wrong = || Refusal::new(format!("MAPCaptureTime {text:?} is not a time"));
    let parts: Vec<&str> = text.split('_').collect();
    let [year, month, day, hour, minute, second, fraction] = parts.as_slice() else {
        return Err(wrong());
    };
    let well_formed = year.len() == 4
        && [month, day, hour, minute, second].iter().all(|part| part.len() == 2)
        && (1..=9).contains(&fraction.len())
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !well_formed {
        return Err(wrong());
    }
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction}Z")
        .parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_millisecond)
        .map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"MAPAltitude":70.3,"MAPCaptureTime":"2018_06_08_20_24_11_005","MAPCompassHeading":{"MagneticHeading":270.89,"TrueHeading":270.89},"MAPDeviceMake":"GoPro","MAPFilename":"a.JPG","MAPLatitude":45.5,"MAPLongitude":-122.5,"MAPOrientation":1}"#;

    #[test]
    fn a_description_as_the_reference_client_writes_it_is_read_whole() {
        let description = read_description(GOOD).unwrap();
        assert_eq!(description.captured_at_ms, 1_528_489_451_005);
        assert_eq!(description.heading_deg, Some(270.89));
        assert_eq!(description.file_name.as_deref(), Some("a.JPG"));
        assert_eq!(description.orientation, Some(1));
    }

    #[test]
    fn each_breach_of_the_rules_is_refused_with_its_field() {
        for (from, to, about) in [
            ("\"MAPLatitude\":45.5,", "", "MAPLatitude"),
            ("45.5", "90.1", "MAPLatitude"),
            ("-122.5", "\"-122.5\"", "MAPLongitude"),
            ("2018_06_08", "2018_02_30", "MAPCaptureTime"),
            ("2018_06_08", "2018-06-08", "MAPCaptureTime"),
            ("_005", "", "MAPCaptureTime"),
            ("\"TrueHeading\":270.89", "\"TrueHeading\":1", "TrueHeading"),
            (",\"TrueHeading\":270.89", "", "TrueHeading"),
            ("\"MAPOrientation\":1", "\"MAPOrientation\":9", "MAPOrientation"),
            ("\"MAPFilename\"", "\"filename\"", "filename"),
            ("\"MAPFilename\"", "\"MAPSequenceUUID\"", "MAPSequenceUUID"),
            ("\"MAPDeviceMake\":\"GoPro\"", "\"MAPDeviceMake\":7", "MAPDeviceMake"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            let refusal = read_description(&text).unwrap_err().to_string();
            assert!(refusal.contains(about), "{refusal} does not name {about}");
        }
        assert!(read_description("[]").is_err());
        assert!(read_description("").is_err());
    }
}
