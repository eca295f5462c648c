//! Puts the facts of one photo together: which source wins for each of them.

use std::io::{Read, Seek};

use exif::{Tag, Value};

use crate::error::MediaError;
use crate::exif::{DNG_CAMERA_SERIAL_NUMBER, ExifBlock, numbers};
use crate::facts::{Flaw, PhotoFacts, Position, PositionSource, Projection, Thumbnail, TimeReading, TimeSource};
use crate::gps::{self, Axis};
use crate::jpeg::{ends_properly, read_header};
use crate::limits::MAX_ACCURACY_M;
use crate::stamp::{self, Reading, Stamp};
use crate::text;
use crate::xmp::Xmp;

/// GPS times before this moment (1980-01-07T00:00:00Z, in milliseconds since 1970) were made up:
/// GPS time starts on 1980-01-06, and receivers count from there, or from 1970, without a fix.
const FIRST_GPS_MS: i64 = 316_051_200_000;

/// Reads the facts of the JPEG photo in `reader`, from its start.
///
/// Only the header is read, and the last bytes of the file for
/// [`has_end`](PhotoFacts::has_end); the compressed picture is not.
///
/// The order of sources, where several speak, is that of `mapillary_tools` 0.14.7 with its known
/// errors left out:
///
/// * position: EXIF, then XMP; altitude likewise, on its own. Coordinates without N/S/E/W are
///   not used ([`Flaw::GpsReferenceMissing`]).
/// * time: EXIF GPS date and time; DateTimeOriginal, DateTimeDigitized, DateTime, each with its
///   sub-seconds and offset; then the same from XMP. DateTime, which changes with every edit, is
///   not used where the camera wrote one of the others as zero, "unknown".
/// * heading: where the lens pointed, then where the camera moved; EXIF, then XMP.
/// * size: the picture's own frame header, then EXIF.
///
/// # Errors
/// `empty_file`, `not_a_jpeg`, `heic_not_supported` for other files; `header_truncated`,
/// `header_too_long` and `exif_too_large` for headers that cannot be used; `io`.
pub fn read_photo<R: Read + Seek>(reader: &mut R) -> Result<PhotoFacts, MediaError> {
    let header = read_header(reader)?;
    let block = match &header.exif {
        Some(segment) => ExifBlock::read(&segment.tiff)?,
        None => None,
    };
    let xmp = Xmp::read(&header.xmp_packets);

    let mut facts = describe(block.as_ref(), &xmp);
    if header.damaged {
        note(&mut facts.flaws, Flaw::HeaderDamaged);
    }
    if header.exif_unreadable && block.is_none() {
        note(&mut facts.flaws, Flaw::ExifDamaged);
    }
    if let Some((width, height)) = header.frame_px {
        facts.width_px = Some(u32::from(width));
        facts.height_px = Some(u32::from(height));
    }
    if let (Some(segment), Some(block)) = (&header.exif, &block) {
        facts.thumbnail = block.survey.thumbnail.as_ref().map(|range| Thumbnail {
            offset_bytes: segment.tiff_offset().saturating_add(range.start as u64),
            length_bytes: range.len() as u64,
        });
    }
    match header.picture_offset {
        Some(picture_offset) => {
            facts.has_end = ends_properly(reader, picture_offset, xmp.trailer_bytes())?;
        }
        None => note(&mut facts.flaws, Flaw::PictureMissing),
    }
    Ok(facts)
}

/// Reads the text of the EXIF tag ImageDescription (0x010E, first directory), where Mapillary
/// looks for the description of an uploaded photo. `None` where the file has none.
///
/// # Errors
/// As [`read_photo`].
pub fn read_description<R: Read + Seek>(reader: &mut R) -> Result<Option<String>, MediaError> {
    let header = read_header(reader)?;
    let block = match &header.exif {
        Some(segment) => ExifBlock::read(&segment.tiff)?,
        None => None,
    };
    Ok(block.as_ref().and_then(description_of))
}

/// The text of ImageDescription in an EXIF block.
pub(crate) fn description_of(block: &ExifBlock) -> Option<String> {
    let bytes = block.bytes(Tag::ImageDescription)?;
    let text = bytes.split(|&byte| byte == 0).next()?;
    (!text.is_empty()).then(|| String::from_utf8_lossy(text).into_owned())
}

/// Everything that EXIF and XMP say; what the container says is left at its default.
pub(crate) fn describe(block: Option<&ExifBlock>, xmp: &Xmp) -> PhotoFacts {
    let mut flaws = Vec::new();
    if block.is_some_and(|block| block.survey.damaged) {
        note(&mut flaws, Flaw::ExifDamaged);
    }
    if xmp.damaged {
        note(&mut flaws, Flaw::XmpDamaged);
    }
    let text = |tag: Tag| block?.text(tag);
    let (time, camera_clock_ms) = time(block, xmp, &mut flaws);
    let mut found = Vec::new();
    let heading = block
        .and_then(|block| gps::exif_heading(block, &mut found))
        .or_else(|| gps::xmp_heading(xmp, &mut found));
    let position = position(block, xmp, &mut found);
    for flaw in found {
        note(&mut flaws, flaw);
    }
    let (width_px, height_px) = declared_size(block);
    PhotoFacts {
        position,
        time,
        camera_clock_ms,
        heading,
        orientation: block
            .and_then(|block| block.whole_number(Tag::Orientation))
            .and_then(|number| u8::try_from(number).ok())
            .filter(|number| (1..=8).contains(number))
            .unwrap_or(1),
        make: text(Tag::Make).or_else(|| text::tidy(xmp.get("tiff:Make")?)),
        model: text(Tag::Model).or_else(|| text::tidy(xmp.get("tiff:Model")?)),
        camera_uuid: camera_uuid(block, xmp),
        width_px,
        height_px,
        gps_accuracy_m: block
            .and_then(|block| block.number(Tag::GPSHPositioningError))
            .or_else(|| gps::decimal_or_fraction(xmp.get("exif:GPSHPositioningError")?))
            .filter(|metres| (0.0..=MAX_ACCURACY_M).contains(metres)),
        projection: projection(xmp),
        flaws,
        ..PhotoFacts::default()
    }
}

fn note(flaws: &mut Vec<Flaw>, flaw: Flaw) {
    if !flaws.contains(&flaw) {
        flaws.push(flaw);
    }
}

fn position(block: Option<&ExifBlock>, xmp: &Xmp, flaws: &mut Vec<Flaw>) -> Option<Position> {
    let exif = block.and_then(|block| {
        both(
            gps::exif_coordinate(block, Axis::Latitude, Tag::GPSLatitude, Tag::GPSLatitudeRef),
            gps::exif_coordinate(block, Axis::Longitude, Tag::GPSLongitude, Tag::GPSLongitudeRef),
            flaws,
        )
    });
    let from_exif = exif.map(|place| (place, PositionSource::Exif));
    let ((lat_deg, lon_deg), source) = from_exif.or_else(|| {
        both(
            gps::xmp_coordinate(xmp, Axis::Latitude, "exif:GPSLatitude", "exif:GPSLatitudeRef"),
            gps::xmp_coordinate(xmp, Axis::Longitude, "exif:GPSLongitude", "exif:GPSLongitudeRef"),
            flaws,
        )
        .map(|place| (place, PositionSource::Xmp))
    })?;
    Some(Position {
        lat_deg,
        lon_deg,
        altitude_m: block
            .and_then(gps::exif_altitude_m)
            .or_else(|| gps::xmp_altitude_m(xmp)),
        source,
    })
}

type Coordinate = Option<Result<f64, Flaw>>;

/// Latitude and longitude, when both are there and sound; what is wrong with them otherwise.
fn both(lat: Coordinate, lon: Coordinate, flaws: &mut Vec<Flaw>) -> Option<(f64, f64)> {
    match (lat, lon) {
        (Some(Ok(lat)), Some(Ok(lon))) => Some((lat, lon)),
        (None, None) => None,
        (Some(Err(flaw)), _) | (_, Some(Err(flaw))) => {
            flaws.push(flaw);
            None
        }
        (Some(Ok(_)), None) | (None, Some(Ok(_))) => {
            flaws.push(Flaw::GpsUnreadable);
            None
        }
    }
}

/// The time of capture, and what the camera's own clock showed.
fn time(block: Option<&ExifBlock>, xmp: &Xmp, flaws: &mut Vec<Flaw>) -> (Option<TimeReading>, Option<i64>) {
    let from_gps = block.and_then(|block| exif_gps_time(block, flaws));
    let mut camera_clock_ms = None;
    let mut from_camera = None;
    let mut camera_knew_no_time = false;
    for (source, date, subsec, offset) in [
        (
            TimeSource::DateTimeOriginal,
            Tag::DateTimeOriginal,
            Tag::SubSecTimeOriginal,
            Tag::OffsetTimeOriginal,
        ),
        (
            TimeSource::DateTimeDigitized,
            Tag::DateTimeDigitized,
            Tag::SubSecTimeDigitized,
            Tag::OffsetTimeDigitized,
        ),
        (TimeSource::DateTime, Tag::DateTime, Tag::SubSecTime, Tag::OffsetTime),
    ] {
        if source == TimeSource::DateTime && camera_knew_no_time {
            break;
        }
        match block.and_then(|block| exif_stamp(block, date, subsec, offset)) {
            Some(Reading::Valid(stamp)) => {
                if source == TimeSource::DateTimeOriginal {
                    camera_clock_ms = Some(stamp.local_ms);
                }
                from_camera = from_camera.or_else(|| reading(stamp, source));
            }
            Some(Reading::Zeroed) => {
                camera_knew_no_time = true;
                note(flaws, Flaw::DateZeroed);
            }
            Some(Reading::Unreadable) => note(flaws, Flaw::DateUnreadable),
            None => {}
        }
    }
    let time = from_gps.or(from_camera).or_else(|| xmp_time(xmp, flaws));
    (time, camera_clock_ms)
}

/// The reading of a stamp: a moment where the offset is known, else a wall clock.
fn reading(stamp: Stamp, source: TimeSource) -> Option<TimeReading> {
    if stamp.offset_s.is_some() {
        let unix_ms = stamp.unix_ms()?;
        return Some(TimeReading::Utc { unix_ms, source });
    }
    Some(TimeReading::Naive {
        local_ms: stamp.local_ms,
        source,
    })
}

fn exif_stamp(block: &ExifBlock, date: Tag, subsec: Tag, offset: Tag) -> Option<Reading> {
    let text = String::from_utf8_lossy(block.bytes(date)?);
    let Reading::Valid(stamp) = stamp::read(&text) else {
        return Some(stamp::read(&text));
    };
    let subsec_text = block.bytes(subsec).map(String::from_utf8_lossy);
    let offset_text = block.bytes(offset).map(String::from_utf8_lossy);
    Some(Reading::Valid(completed(
        stamp,
        subsec_text.as_deref(),
        offset_text.as_deref(),
    )))
}

/// A stamp with the sub-seconds and the offset that stand in tags of their own.
fn completed(stamp: Stamp, subsec: Option<&str>, offset: Option<&str>) -> Stamp {
    let stamp = match subsec.and_then(stamp::read_subsec_ms) {
        Some(subsec_ms) => stamp.with_subsec_ms(subsec_ms),
        None => stamp,
    };
    Stamp {
        offset_s: stamp.offset_s.or_else(|| offset.and_then(stamp::read_offset_s)),
        ..stamp
    }
}

fn exif_gps_time(block: &ExifBlock, flaws: &mut Vec<Flaw>) -> Option<TimeReading> {
    let date = block.text(Tag::GPSDateStamp)?;
    let parts = match block.value(Tag::GPSTimeStamp)? {
        Value::Ascii(_) => gps::ascii_triplet(&block.text(Tag::GPSTimeStamp)?)
            .map_or_else(Vec::new, |parts| parts.into_iter().map(Some).collect()),
        other => numbers(other),
    };
    let moment = match parts.as_slice() {
        [Some(hours), Some(minutes), Some(seconds)] => stamp::gps_time_of_day_ms(*hours, *minutes, *seconds),
        _ => None,
    }
    .zip(stamp::read_gps_date_ms(&date))
    .and_then(|(time_ms, date_ms)| date_ms.checked_add(time_ms));
    gps_moment(moment, TimeSource::GpsTime, flaws)
}

/// A GPS moment that a receiver with a fix can have written.
fn gps_moment(unix_ms: Option<i64>, source: TimeSource, flaws: &mut Vec<Flaw>) -> Option<TimeReading> {
    let Some(unix_ms) = unix_ms.filter(|unix_ms| *unix_ms >= FIRST_GPS_MS) else {
        note(flaws, Flaw::GpsTimeInvalid);
        return None;
    };
    Some(TimeReading::Utc { unix_ms, source })
}

fn xmp_time(xmp: &Xmp, flaws: &mut Vec<Flaw>) -> Option<TimeReading> {
    if let Some(text) = xmp.get("exif:GPSTimeStamp") {
        // Either a whole date, or a time of day next to a date of its own.
        let joined = match xmp.get("exif:GPSDateStamp") {
            Some(date) => format!("{} {text}", date.chars().take(10).collect::<String>()),
            None => String::new(),
        };
        let moment = [text, joined.as_str()]
            .into_iter()
            .find_map(|text| match stamp::read(text) {
                Reading::Valid(stamp) => stamp.unix_ms().or(Some(stamp.local_ms)),
                Reading::Zeroed | Reading::Unreadable => None,
            });
        let moment = gps_moment(moment, TimeSource::XmpGpsTime, flaws);
        if moment.is_some() {
            return moment;
        }
    }
    [
        (
            TimeSource::XmpDateTimeOriginal,
            "exif:DateTimeOriginal",
            "exif:SubSecTimeOriginal",
            "exif:OffsetTimeOriginal",
        ),
        (
            TimeSource::XmpDateTimeDigitized,
            "exif:DateTimeDigitized",
            "exif:SubSecTimeDigitized",
            "exif:OffsetTimeDigitized",
        ),
    ]
    .into_iter()
    .find_map(|(source, date, subsec, offset)| match stamp::read(xmp.get(date)?) {
        Reading::Valid(stamp) => reading(completed(stamp, xmp.get(subsec), xmp.get(offset)), source),
        Reading::Zeroed => {
            note(flaws, Flaw::DateZeroed);
            None
        }
        Reading::Unreadable => {
            note(flaws, Flaw::DateUnreadable);
            None
        }
    })
}

fn camera_uuid(block: Option<&ExifBlock>, xmp: &Xmp) -> Option<String> {
    let from_exif = |tag: Tag| text::alphanumeric(&block?.text(tag)?);
    let from_xmp = |key: &str| text::alphanumeric(&text::tidy(xmp.get(key)?)?);
    let body = from_exif(Tag::BodySerialNumber)
        .or_else(|| from_exif(DNG_CAMERA_SERIAL_NUMBER))
        .or_else(|| from_xmp("exifEX:BodySerialNumber"))
        .or_else(|| from_xmp("aux:SerialNumber"));
    let lens = from_exif(Tag::LensSerialNumber)
        .or_else(|| from_xmp("exifEX:LensSerialNumber"))
        .or_else(|| from_xmp("aux:LensSerialNumber"));
    match (body, lens) {
        (Some(body), Some(lens)) => Some(format!("{body}_{lens}")),
        (one, other) => one.or(other),
    }
}

/// Width and height as EXIF declares them; both or none.
fn declared_size(block: Option<&ExifBlock>) -> (Option<u32>, Option<u32>) {
    let pair = |width: Tag, height: Tag| {
        let block = block?;
        let width = block.whole_number(width).filter(|pixels| *pixels > 0)?;
        let height = block.whole_number(height).filter(|pixels| *pixels > 0)?;
        Some((width, height))
    };
    pair(Tag::PixelXDimension, Tag::PixelYDimension)
        .or_else(|| pair(Tag::ImageWidth, Tag::ImageLength))
        .unzip()
}

fn projection(xmp: &Xmp) -> Projection {
    match xmp.get("GPano:ProjectionType").and_then(text::tidy) {
        None => Projection::Flat,
        Some(name) if name.eq_ignore_ascii_case("equirectangular") => Projection::Equirectangular,
        Some(name) => Projection::Other(name.to_lowercase()),
    }
}
