//! The EXIF block of a photo, laid out as GoPro cameras lay it out: big-endian, text padded with
//! NUL to the camera's fixed field widths, positions as degrees, minutes and seconds.
//!
//! Tag numbers and types are those of CIPA DC-008 (Exif 2.32); `kamadak-exif` writes the TIFF
//! structure, which is code that the readers of this project do not share.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::GeneratorError;
use crate::photo_spec::PhotoSpec;

/// Bytes that GoPro cameras reserve for make, model and serial number, the last NUL included.
const CAMERA_TEXT_WIDTH: usize = 30;
/// Bytes that GoPro cameras reserve for the image description.
const DESCRIPTION_WIDTH: usize = 32;
/// GoPro cameras write seconds of arc in ten millionths.
const ARC_SECOND_PARTS: u32 = 10_000_000;

/// Writes the TIFF structure that stands in the `Exif` segment, with `thumbnail` (a JPEG) in it.
pub(crate) fn tiff_block(spec: &PhotoSpec, thumbnail: Option<&[u8]>) -> Result<Vec<u8>, GeneratorError> {
    let mut fields = Fields(Vec::with_capacity(48));
    add_camera(&mut fields, spec);
    add_capture(&mut fields, spec)?;
    add_position(&mut fields, spec)?;
    if thumbnail.is_some() {
        let jpeg_compression = 6;
        fields.add_to(In::THUMBNAIL, Tag::Compression, Value::Short(vec![jpeg_compression]));
        for tag in [Tag::XResolution, Tag::YResolution] {
            fields.add_to(In::THUMBNAIL, tag, ratio(72, 1));
        }
        fields.add_to(In::THUMBNAIL, Tag::ResolutionUnit, Value::Short(vec![2]));
    }
    let mut writer = Writer::new();
    for field in &fields.0 {
        writer.push_field(field);
    }
    if let Some(jpeg) = thumbnail {
        writer.set_jpeg(jpeg, In::THUMBNAIL);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false)?;
    Ok(block.into_inner())
}

struct Fields(Vec<Field>);

impl Fields {
    fn add(&mut self, tag: Tag, value: Value) {
        self.add_to(In::PRIMARY, tag, value);
    }

    fn add_to(&mut self, ifd_num: In, tag: Tag, value: Value) {
        self.0.push(Field { tag, ifd_num, value });
    }

    /// Adds a text unless it is empty, filled with NUL to `width` bytes.
    fn add_text(&mut self, tag: Tag, text: &str, width: usize) {
        if text.is_empty() {
            return;
        }
        // The writer puts one NUL behind each string; empty strings are the padding.
        let mut strings = vec![text.as_bytes().to_vec()];
        strings.resize(width.saturating_sub(text.len()).max(1), Vec::new());
        self.add(tag, Value::Ascii(strings));
    }
}

fn ratio(num: u32, denom: u32) -> Value {
    Value::Rational(vec![Rational { num, denom }])
}

fn add_camera(fields: &mut Fields, spec: &PhotoSpec) {
    if let Some(description) = &spec.image_description {
        fields.add_text(Tag::ImageDescription, description, DESCRIPTION_WIDTH);
    }
    fields.add_text(Tag::Make, &spec.make, CAMERA_TEXT_WIDTH);
    fields.add_text(Tag::Model, &spec.model, CAMERA_TEXT_WIDTH);
    if spec.orientation != 0 {
        fields.add(Tag::Orientation, Value::Short(vec![spec.orientation]));
    }
    fields.add(Tag::XResolution, ratio(72, 1));
    fields.add(Tag::YResolution, ratio(72, 1));
    fields.add(Tag::ResolutionUnit, Value::Short(vec![2]));
    fields.add_text(Tag::Software, "WAYPOST PRACTICE", 24);
    fields.add(Tag::YCbCrPositioning, Value::Short(vec![1]));
    if let Some(serial) = &spec.serial {
        fields.add_text(Tag::BodySerialNumber, serial, CAMERA_TEXT_WIDTH);
    }
    fields.add(Tag::ExifVersion, Value::Undefined(b"0232".to_vec(), 0));
    fields.add(Tag::ExposureTime, ratio(1, 480));
    fields.add(Tag::FNumber, ratio(28, 10));
    fields.add(Tag::PhotographicSensitivity, Value::Short(vec![100]));
    fields.add(Tag::FocalLength, ratio(3, 1));
    fields.add(Tag::FocalLengthIn35mmFilm, Value::Short(vec![15]));
    fields.add(Tag::ComponentsConfiguration, Value::Undefined(vec![1, 2, 3, 0], 0));
    fields.add(Tag::FlashpixVersion, Value::Undefined(b"0100".to_vec(), 0));
    fields.add(Tag::ColorSpace, Value::Short(vec![1]));
    fields.add(Tag::PixelXDimension, Value::Long(vec![spec.width_px.into()]));
    fields.add(Tag::PixelYDimension, Value::Long(vec![spec.height_px.into()]));
}

/// The calendar form of a time, when EXIF can write it.
fn civil(at_ms: i64) -> Result<DateTime, GeneratorError> {
    Timestamp::from_millisecond(at_ms)
        .ok()
        .map(|at| at.to_zoned(TimeZone::UTC).datetime())
        .filter(|at| at.year() >= 0)
        .ok_or(GeneratorError::TimeOutOfRange { at_ms })
}

fn add_capture(fields: &mut Fields, spec: &PhotoSpec) -> Result<(), GeneratorError> {
    let Some(captured_at_ms) = spec.captured_at_ms else {
        return Ok(());
    };
    let offset_ms = i64::from(spec.local_offset_minutes) * 60_000;
    let local = civil(captured_at_ms.saturating_add(offset_ms))?;
    let text = format!(
        "{:04}:{:02}:{:02} {:02}:{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    );
    for tag in [Tag::DateTime, Tag::DateTimeOriginal, Tag::DateTimeDigitized] {
        fields.add_text(tag, &text, 0);
    }
    let fraction = format!("{:03}", local.millisecond());
    for tag in [Tag::SubSecTime, Tag::SubSecTimeOriginal, Tag::SubSecTimeDigitized] {
        fields.add_text(tag, &fraction, 0);
    }
    if spec.write_offset_tag {
        let minutes = spec.local_offset_minutes.unsigned_abs();
        let sign = if spec.local_offset_minutes < 0 { '-' } else { '+' };
        let offset = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        for tag in [Tag::OffsetTime, Tag::OffsetTimeOriginal, Tag::OffsetTimeDigitized] {
            fields.add_text(tag, &offset, 0);
        }
    }
    if spec.write_gps_time {
        let utc = civil(captured_at_ms)?;
        let date = format!("{:04}:{:02}:{:02}", utc.year(), utc.month(), utc.day());
        fields.add_text(Tag::GPSDateStamp, &date, 0);
        let milliseconds = u32::from(utc.second().unsigned_abs()) * 1000 + u32::from(utc.millisecond().unsigned_abs());
        let whole = |value: i8| Rational {
            num: value.unsigned_abs().into(),
            denom: 1,
        };
        let seconds = if milliseconds.is_multiple_of(1000) {
            whole(utc.second())
        } else {
            Rational {
                num: milliseconds,
                denom: 1000,
            }
        };
        let time = vec![whole(utc.hour()), whole(utc.minute()), seconds];
        fields.add(Tag::GPSTimeStamp, Value::Rational(time));
    }
    Ok(())
}

fn add_position(fields: &mut Fields, spec: &PhotoSpec) -> Result<(), GeneratorError> {
    let has_gps = spec.lat_deg.is_some()
        || spec.lon_deg.is_some()
        || spec.altitude_m.is_some()
        || spec.heading_deg.is_some()
        || (spec.write_gps_time && spec.captured_at_ms.is_some());
    if has_gps {
        fields.add(Tag::GPSVersionID, Value::Byte(vec![2, 3, 0, 0]));
    }
    let refs = [
        (
            "lat_deg",
            spec.lat_deg,
            Tag::GPSLatitudeRef,
            Tag::GPSLatitude,
            ["N", "S"],
        ),
        (
            "lon_deg",
            spec.lon_deg,
            Tag::GPSLongitudeRef,
            Tag::GPSLongitude,
            ["E", "W"],
        ),
    ];
    for (name, angle, ref_tag, tag, [positive, negative]) in refs {
        let Some(angle_deg) = angle else { continue };
        let reference = if angle_deg.is_sign_negative() {
            negative
        } else {
            positive
        };
        fields.add_text(ref_tag, reference, 0);
        fields.add(tag, Value::Rational(degrees_minutes_seconds(name, angle_deg)?));
    }
    if let Some(altitude_m) = spec.altitude_m {
        let below_sea = u8::from(altitude_m.is_sign_negative());
        fields.add(Tag::GPSAltitudeRef, Value::Byte(vec![below_sea]));
        fields.add(Tag::GPSAltitude, thousandths("altitude_m", altitude_m.abs())?);
    }
    if let Some(heading_deg) = spec.heading_deg {
        fields.add_text(Tag::GPSImgDirectionRef, "T", 0);
        fields.add(Tag::GPSImgDirection, thousandths("heading_deg", heading_deg)?);
    }
    Ok(())
}

fn thousandths(field: &'static str, value: f64) -> Result<Value, GeneratorError> {
    let scaled = (value * 1000.0).round();
    if !(0.0..=f64::from(u32::MAX)).contains(&scaled) {
        return Err(GeneratorError::ValueOutOfRange { field, value });
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked above
    Ok(ratio(scaled as u32, 1000))
}

fn degrees_minutes_seconds(field: &'static str, angle_deg: f64) -> Result<Vec<Rational>, GeneratorError> {
    if !(0.0..1.0e6).contains(&angle_deg.abs()) {
        return Err(GeneratorError::ValueOutOfRange {
            field,
            value: angle_deg,
        });
    }
    let per_minute = 60 * u64::from(ARC_SECOND_PARTS);
    let per_degree = 60 * per_minute;
    // Rounded once, as a whole, so that 59.99999999 seconds become a minute.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked above
    let parts = (angle_deg.abs() * per_degree as f64).round() as u64;
    let number = |value: u64, denom: u32| match u32::try_from(value) {
        Ok(num) => Ok(Rational { num, denom }),
        Err(_) => Err(GeneratorError::ValueOutOfRange {
            field,
            value: angle_deg,
        }),
    };
    Ok(vec![
        number(parts / per_degree, 1)?,
        number(parts % per_degree / per_minute, 1)?,
        number(parts % per_minute, ARC_SECOND_PARTS)?,
    ])
}
