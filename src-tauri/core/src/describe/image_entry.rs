//! The description of one image: the fields of mapillary_tools 0.14.7 (protocol notes §3.1), with the same rules for
//! writing and reading.

use std::path::{Path, PathBuf};

use serde::de::{Deserializer, Error as _};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::number::{COORDINATE_DIGITS, MEASURE_DIGITS, capture_time_ms, capture_time_text, rounded};
use crate::path_text::{path_from_wtf8, path_to_json, string_from_wtf8};
use crate::plan::Photo;

/// One entry of a description file with `"filetype":"image"`. No other field is allowed in one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageEntry {
    /// Altitude, metres, 3 digits.
    #[serde(default, rename = "MAPAltitude", deserialize_with = "present")]
    pub altitude_m: Option<f64>,
    /// Serial numbers of body and lens.
    #[serde(default, rename = "MAPCameraUUID", deserialize_with = "present_text")]
    pub camera_uuid: Option<String>,
    /// Capture time, milliseconds since 1970 UTC; `YYYY_MM_DD_HH_MM_SS_mmm` in the file.
    #[serde(rename = "MAPCaptureTime", deserialize_with = "capture_time")]
    pub captured_at_ms: i64,
    /// Heading, twice.
    #[serde(default, rename = "MAPCompassHeading", deserialize_with = "present")]
    pub heading: Option<CompassHeading>,
    /// Maker of the camera.
    #[serde(default, rename = "MAPDeviceMake", deserialize_with = "present_text")]
    pub make: Option<String>,
    /// Model of the camera.
    #[serde(default, rename = "MAPDeviceModel", deserialize_with = "present_text")]
    pub model: Option<String>,
    /// Base name of the file.
    #[serde(default, rename = "MAPFilename", deserialize_with = "present_text")]
    pub file_name: Option<String>,
    /// Horizontal GPS error, metres, 3 digits.
    #[serde(default, rename = "MAPGPSAccuracyMeters", deserialize_with = "present")]
    pub gps_accuracy_m: Option<f64>,
    /// Latitude, degrees −90…90, 7 digits.
    #[serde(rename = "MAPLatitude", deserialize_with = "latitude")]
    pub lat_deg: f64,
    /// Longitude, degrees −180…180, 7 digits.
    #[serde(rename = "MAPLongitude", deserialize_with = "longitude")]
    pub lon_deg: f64,
    /// Free tags of old versions; kept as they are.
    #[serde(default, rename = "MAPMetaTags", deserialize_with = "present")]
    pub meta_tags: Option<Map<String, Value>>,
    /// EXIF orientation.
    #[serde(default, rename = "MAPOrientation", deserialize_with = "whole_number")]
    pub orientation: Option<i64>,
    /// Which entries belong together.
    #[serde(default, rename = "MAPSequenceUUID", deserialize_with = "sequence_id")]
    pub sequence_id: Option<String>,
    /// The image: absolute path, links resolved.
    #[serde(rename = "filename", deserialize_with = "path")]
    pub path: PathBuf,
    /// Size of the file, bytes.
    #[serde(default, rename = "filesize")]
    pub size_bytes: Option<Number>,
    /// Always `image`.
    #[serde(rename = "filetype")]
    pub file_type: ImageFileType,
    /// MD5 of the file; `null` as long as nobody has read it to the end.
    #[serde(default, rename = "md5sum")]
    pub md5_hex: Option<String>,
}

/// The only file type of an [`ImageEntry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageFileType {
    /// An image.
    #[serde(rename = "image")]
    Image,
}

/// A heading as Mapillary takes it: the same number under both names.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompassHeading {
    /// Degrees, 3 digits.
    #[serde(rename = "MagneticHeading")]
    pub magnetic_deg: f64,
    /// Degrees, 3 digits.
    #[serde(rename = "TrueHeading")]
    pub true_deg: f64,
}

impl ImageEntry {
    /// The entry of a photo in no sequence; that is how it stands in the error entry of a duplicate.
    pub fn of_photo(photo: &Photo) -> Self {
        Self {
            altitude_m: photo.altitude_m,
            camera_uuid: photo.camera_uuid.clone(),
            captured_at_ms: photo.captured_at_ms,
            heading: photo.heading_deg.map(|deg| CompassHeading {
                magnetic_deg: deg,
                true_deg: deg,
            }),
            make: photo.make.clone(),
            model: photo.model.clone(),
            file_name: None,
            gps_accuracy_m: photo.gps_accuracy_m,
            lat_deg: photo.lat_deg,
            lon_deg: photo.lon_deg,
            meta_tags: None,
            orientation: Some(i64::from(photo.orientation)),
            sequence_id: None,
            path: photo.resolved_path().to_path_buf(),
            size_bytes: Some(photo.size_bytes.into()),
            file_type: ImageFileType::Image,
            md5_hex: None,
        }
    }

    /// The entry of a photo that is sent.
    pub fn of_sequence_photo(photo: &Photo, sequence_id: &str) -> Self {
        Self {
            file_name: Some(photo.file_name()),
            sequence_id: Some(sequence_id.into()),
            ..Self::of_photo(photo)
        }
    }

    /// What keeps the entry from being valid; `None` if it is.
    pub fn flaw(&self) -> Option<String> {
        let heading_deg = self.heading.map(|heading| heading.true_deg);
        let measures = [
            ("altitude", self.altitude_m),
            ("heading", heading_deg),
            ("accuracy", self.gps_accuracy_m),
        ];
        if !(-90.0..=90.0).contains(&self.lat_deg) {
            Some(format!("has the latitude {}°", self.lat_deg))
        } else if !(-180.0..=180.0).contains(&self.lon_deg) {
            Some(format!("has the longitude {}°", self.lon_deg))
        } else if let Some((name, _)) = measures
            .iter()
            .find(|(_, value)| value.is_some_and(|value| !value.is_finite()))
        {
            Some(format!("has no number for its {name}"))
        } else if capture_time_text(self.captured_at_ms).is_none() {
            Some("has a capture time beyond the years 1 to 9999".into())
        } else {
            None
        }
    }

    /// Writes the `MAP…` fields in the order of their names, which is that of Python's `sort_keys`.
    fn write_map_fields<M: SerializeMap>(&self, map: &mut M, with_sequence_id: bool) -> Result<(), M::Error> {
        let measure = |value: Option<f64>| value.map(|value| rounded(value, MEASURE_DIGITS));
        let captured_at = capture_time_text(self.captured_at_ms)
            .ok_or_else(|| serde::ser::Error::custom("the capture time cannot be written"))?;
        let heading = self.heading.map(|heading| CompassHeading {
            magnetic_deg: rounded(heading.magnetic_deg, MEASURE_DIGITS),
            true_deg: rounded(heading.true_deg, MEASURE_DIGITS),
        });
        optional(map, "MAPAltitude", measure(self.altitude_m))?;
        optional(map, "MAPCameraUUID", self.camera_uuid.as_ref())?;
        map.serialize_entry("MAPCaptureTime", &captured_at)?;
        optional(map, "MAPCompassHeading", heading)?;
        optional(map, "MAPDeviceMake", self.make.as_ref())?;
        optional(map, "MAPDeviceModel", self.model.as_ref())?;
        optional(map, "MAPFilename", self.file_name.as_ref())?;
        optional(map, "MAPGPSAccuracyMeters", measure(self.gps_accuracy_m))?;
        map.serialize_entry("MAPLatitude", &rounded(self.lat_deg, COORDINATE_DIGITS))?;
        map.serialize_entry("MAPLongitude", &rounded(self.lon_deg, COORDINATE_DIGITS))?;
        optional(map, "MAPMetaTags", self.meta_tags.as_ref())?;
        optional(map, "MAPOrientation", self.orientation)?;
        optional(
            map,
            "MAPSequenceUUID",
            self.sequence_id.as_ref().filter(|_| with_sequence_id),
        )
    }
}

pub(super) fn optional<M: SerializeMap, T: Serialize>(
    map: &mut M,
    name: &str,
    value: Option<T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, &value))
}

impl Serialize for ImageEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write_map_fields(&mut map, true)?;
        map.serialize_entry("filename", &PathJson(&self.path))?;
        map.serialize_entry("filesize", &self.size_bytes)?;
        map.serialize_entry("filetype", &self.file_type)?;
        map.serialize_entry("md5sum", &self.md5_hex)?;
        map.end()
    }
}

/// What goes into the image itself: the `MAP…` fields but the sequence, which the package tells.
pub(crate) struct EmbeddedEntry<'a>(pub(crate) &'a ImageEntry);

impl Serialize for EmbeddedEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.write_map_fields(&mut map, false)?;
        map.end()
    }
}

/// A path as JSON, without losing a byte; for serde_json only.
pub(crate) struct PathJson<'a>(pub(crate) &'a Path);

impl Serialize for PathJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(path_to_json(self.0))
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

/// A field that may be absent but not `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub(super) fn present_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    wtf8(deserializer).map(|bytes| Some(string_from_wtf8(&bytes)))
}

/// The pattern `[a-zA-Z0-9_-]+` of the field is not anchored: one such character anywhere is enough.
fn sequence_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = String::deserialize(deserializer)?;
    if id.contains(|character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-')) {
        Ok(Some(id))
    } else {
        Err(D::Error::custom(format!(
            "MAPSequenceUUID {id:?} has no letter or digit"
        )))
    }
}

/// JSON Schema's integer: 6 and 6.0 are the same.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = Number::deserialize(deserializer)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be a whole number of moderate size"
    )]
    let from_float = |value: f64| (value.fract() == 0.0 && value.abs() < 1e15).then_some(value as i64);
    number
        .as_i64()
        .or_else(|| number.as_f64().and_then(from_float))
        .map(Some)
        .ok_or_else(|| D::Error::custom(format!("MAPOrientation {number} is no whole number")))
}

fn capture_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    capture_time_ms(&text).ok_or_else(|| D::Error::custom(format!("MAPCaptureTime {text:?} is no capture time")))
}

fn latitude<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within("MAPLatitude", 90.0, f64::deserialize(deserializer)?)
}

fn longitude<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within("MAPLongitude", 180.0, f64::deserialize(deserializer)?)
}

fn within<E: serde::de::Error>(name: &str, limit_deg: f64, value: f64) -> Result<f64, E> {
    if value.abs() <= limit_deg {
        Ok(value)
    } else {
        Err(E::custom(format!("{name} {value} is out of range")))
    }
}

pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    wtf8(deserializer).map(|bytes| path_from_wtf8(&bytes))
}

/// A JSON string as bytes: serde_json then keeps lone surrogates instead of refusing them.
fn wtf8<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    struct Bytes;
    impl serde::de::Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a string")
        }

        fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
            Ok(text.as_bytes().to_vec())
        }
    }
    deserializer.deserialize_bytes(Bytes)
}
