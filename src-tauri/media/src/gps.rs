//! Degrees in every form that cameras and editors write them.

use exif::{Tag, Value};

use crate::exif::{ExifBlock, numbers};
use crate::facts::{Flaw, Heading, HeadingReference, HeadingSource};
use crate::limits::{MAX_ALTITUDE_M, MIN_ALTITUDE_M};
use crate::xmp::Xmp;

/// Which coordinate is read: its letters and its range.
#[derive(Clone, Copy)]
pub(crate) enum Axis {
    /// North and south.
    Latitude,
    /// East and west.
    Longitude,
}

impl Axis {
    fn limit_deg(self) -> f64 {
        match self {
            Self::Latitude => 90.0,
            Self::Longitude => 180.0,
        }
    }

    /// +1 or -1 for a hemisphere letter of this axis.
    fn sign(self, letter: char) -> Option<f64> {
        match (self, letter.to_ascii_uppercase()) {
            (Self::Latitude, 'N') | (Self::Longitude, 'E') => Some(1.0),
            (Self::Latitude, 'S') | (Self::Longitude, 'W') => Some(-1.0),
            _ => None,
        }
    }

    fn checked(self, degrees: f64) -> Result<f64, Flaw> {
        if degrees.abs() <= self.limit_deg() {
            // Adding zero turns the -0 of "0° W" into 0.
            Ok(degrees + 0.0)
        } else {
            Err(Flaw::GpsOutOfRange)
        }
    }
}

/// A coordinate of the EXIF GPS directory; `None` where the tag is absent.
pub(crate) fn exif_coordinate(
    block: &ExifBlock,
    axis: Axis,
    value_tag: Tag,
    reference_tag: Tag,
) -> Option<Result<f64, Flaw>> {
    let value = block.value(value_tag)?;
    let reference = block
        .text(reference_tag)
        .and_then(|text| text.chars().next())
        .and_then(|letter| axis.sign(letter));
    Some(exif_degrees(value).and_then(|degrees| {
        let sign = match reference {
            Some(sign) => sign,
            // Only negative numbers carry their own hemisphere.
            None if degrees < 0.0 => -1.0,
            None => return Err(Flaw::GpsReferenceMissing),
        };
        axis.checked(degrees.abs() * sign)
    }))
}

/// Degrees, minutes and seconds of an EXIF value, negative where the degrees are.
fn exif_degrees(value: &Value) -> Result<f64, Flaw> {
    let parts = match value {
        Value::Ascii(lines) => lines
            .first()
            .and_then(|line| std::str::from_utf8(line).ok())
            .and_then(ascii_triplet)
            .ok_or(Flaw::GpsUnreadable)?
            .into_iter()
            .map(Some)
            .collect(),
        other => numbers(other),
    };
    sexagesimal(&parts).ok_or(Flaw::GpsUnreadable)
}

/// Degrees of one to three parts: degrees, minutes, seconds.
fn sexagesimal(parts: &[Option<f64>]) -> Option<f64> {
    let (&degrees, smaller) = parts.split_first()?;
    let degrees = degrees?;
    let mut size = degrees.abs();
    for (part, unit) in smaller.iter().zip([60.0, 3600.0]) {
        size += (*part).filter(|part| *part >= 0.0)? / unit;
    }
    let signed = if degrees.is_sign_negative() { -size } else { size };
    signed.is_finite().then_some(signed)
}

/// Three numbers that a camera wrote as text where EXIF wants fractions.
///
/// Seen: `52,00000,50,00000,34,01180` (HTC One M8: decimal commas, so six groups make three
/// numbers). Read too: three numbers with decimal points, or fractions such as `52/1`,
/// separated by commas, colons or blanks.
pub(crate) fn ascii_triplet(text: &str) -> Option<Vec<f64>> {
    let groups: Vec<&str> = text
        .split([',', ';', ':', ' '])
        .filter(|group| !group.is_empty())
        .take(7)
        .collect();
    match groups.len() {
        1..=3 => groups.into_iter().map(decimal_or_fraction).collect(),
        6 if !text.contains(['.', '/']) => groups
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[whole, fraction]| decimal(&format!("{whole}.{fraction}")))
            .collect(),
        _ => None,
    }
}

/// A decimal number; never infinite, never "nan".
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'))
    {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A decimal number or a fraction such as `12345/100`, as XMP writes EXIF rationals.
pub(crate) fn decimal_or_fraction(text: &str) -> Option<f64> {
    match text.split_once('/') {
        None => decimal(text),
        Some((numerator, denominator)) => {
            let value = decimal(numerator)? / decimal(denominator)?;
            value.is_finite().then_some(value)
        }
    }
}

/// A coordinate of an XMP packet; `None` where the property is absent.
///
/// Forms: `51,30.5N` and `51,30,30N` (XMP specification part 2, "GPSCoordinate"), decimal
/// degrees with a separate reference, and signed decimal degrees. A bare decimal without any
/// letter is the common signed notation, in which no sign means north or east.
pub(crate) fn xmp_coordinate(xmp: &Xmp, axis: Axis, value_key: &str, reference_key: &str) -> Option<Result<f64, Flaw>> {
    let text = xmp.get(value_key)?.trim();
    let letter = text.chars().next_back().filter(|c| c.is_alphabetic());
    let body = match letter {
        Some(letter) => text.strip_suffix(letter).unwrap_or(text),
        None => text,
    };
    let reference = letter
        .or_else(|| xmp.get(reference_key)?.trim().chars().next())
        .map(|letter| axis.sign(letter));
    let parts: Vec<Option<f64>> = body.split(',').take(4).map(decimal_or_fraction).collect();
    if parts.len() > 3 {
        return Some(Err(Flaw::GpsUnreadable));
    }
    let is_plain = parts.len() == 1;
    let Some(degrees) = sexagesimal(&parts) else {
        return Some(Err(Flaw::GpsUnreadable));
    };
    let signed = match reference {
        Some(Some(sign)) => Ok(degrees.abs() * sign),
        None if is_plain || degrees < 0.0 => Ok(degrees),
        Some(None) | None => Err(Flaw::GpsReferenceMissing),
    };
    Some(signed.and_then(|degrees| axis.checked(degrees)))
}

/// Altitude of the EXIF GPS directory in metres.
pub(crate) fn exif_altitude_m(block: &ExifBlock) -> Option<f64> {
    let size = block.number(Tag::GPSAltitude)?;
    let reference = block.whole_number(Tag::GPSAltitudeRef).or_else(|| {
        let text = block.text(Tag::GPSAltitudeRef)?;
        text.chars().next()?.to_digit(10)
    });
    possible_altitude_m(signed_altitude_m(size, reference))
}

/// Altitude of an XMP packet in metres, decimal or fraction.
pub(crate) fn xmp_altitude_m(xmp: &Xmp) -> Option<f64> {
    let size = decimal_or_fraction(xmp.get("exif:GPSAltitude")?)?;
    let reference = xmp
        .get("exif:GPSAltitudeRef")
        .and_then(|text| text.trim().chars().next()?.to_digit(10));
    possible_altitude_m(signed_altitude_m(size, reference))
}

/// An altitude that a photo can have been taken at.
fn possible_altitude_m(altitude_m: f64) -> Option<f64> {
    (MIN_ALTITUDE_M..=MAX_ALTITUDE_M)
        .contains(&altitude_m)
        .then_some(altitude_m)
}

/// References 1 (EXIF 2.x) and 3 (EXIF 3.0, below sea level) mean "below". A number that is
/// negative already says so itself. Zero has no sign.
fn signed_altitude_m(size: f64, reference: Option<u32>) -> f64 {
    let below = matches!(reference, Some(1 | 3)) || size < 0.0;
    if below && size != 0.0 { -size.abs() } else { size.abs() }
}

/// The heading of the EXIF GPS directory: the lens first, then the way.
pub(crate) fn exif_heading(block: &ExifBlock, flaws: &mut Vec<Flaw>) -> Option<Heading> {
    [
        (
            Tag::GPSImgDirection,
            Tag::GPSImgDirectionRef,
            HeadingSource::ImgDirection,
        ),
        (Tag::GPSTrack, Tag::GPSTrackRef, HeadingSource::Track),
    ]
    .into_iter()
    .find_map(|(value, reference, source)| {
        let degrees = match block.value(value)? {
            Value::Ascii(_) => block.text(value).and_then(|text| decimal_or_fraction(&text)),
            _ => block.number(value),
        };
        checked_heading(degrees, block.text(reference).as_deref(), source, flaws)
    })
}

/// The heading of an XMP packet.
///
/// A panorama's pose comes last, and only when it is not zero: cameras without a compass (GoPro
/// MAX, Ricoh Theta) fill in zero, and a picture that does not know must not claim north.
pub(crate) fn xmp_heading(xmp: &Xmp, flaws: &mut Vec<Flaw>) -> Option<Heading> {
    [
        (
            "exif:GPSImgDirection",
            "exif:GPSImgDirectionRef",
            HeadingSource::XmpImgDirection,
        ),
        ("exif:GPSTrack", "exif:GPSTrackRef", HeadingSource::XmpTrack),
        ("GPano:PoseHeadingDegrees", "", HeadingSource::PanoramaPose),
    ]
    .into_iter()
    .find_map(|(value, reference, source)| {
        let degrees = decimal_or_fraction(xmp.get(value)?);
        if source == HeadingSource::PanoramaPose && degrees == Some(0.0) {
            return None;
        }
        checked_heading(degrees, xmp.get(reference), source, flaws)
    })
}

/// A heading in 0..360 from an angle within one turn either way; anything further out is no
/// angle but a placeholder or garbage.
fn checked_heading(
    degrees: Option<f64>,
    reference: Option<&str>,
    source: HeadingSource,
    flaws: &mut Vec<Flaw>,
) -> Option<Heading> {
    let Some(degrees) = degrees.filter(|degrees| (-360.0..=360.0).contains(degrees)) else {
        flaws.push(Flaw::HeadingInvalid);
        return None;
    };
    let turned = degrees.rem_euclid(360.0);
    Some(Heading {
        // Tiny negative angles round up to a full turn.
        heading_deg: if turned >= 360.0 { 0.0 } else { turned },
        reference: match reference.and_then(|text| text.trim().chars().next()) {
            Some('T' | 't') => HeadingReference::True,
            Some('M' | 'm') => HeadingReference::Magnetic,
            _ => HeadingReference::Unknown,
        },
        source,
    })
}
