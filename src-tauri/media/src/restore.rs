//! Gives a picture that Mapillary delivers its facts back: where, when, whither and by whom it was taken.
//!
//! Mapillary strips the EXIF block from the pictures it hands out. Only the header is made anew; no pixel is touched. A
//! block that is there keeps every tag that is not among those set here. One with a maker note is left as it is: its
//! offsets are the maker's secret, and a new layout would break them.

use std::io::{Read, Seek};

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};

use crate::error::MediaError;
use crate::exif::ExifBlock;
use crate::jpeg::read_header;
use crate::limits::MAX_SEGMENT_PAYLOAD_BYTES;
use crate::splice::{HeaderSplice, SpliceMethod, header_with};

/// The name in front of a TIFF block.
const EXIF_NAME: [u8; 6] = *b"Exif\0\0";
/// The name in front of an XMP packet (XMP specification part 3, 1.1.3).
const XMP_NAME: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What says that the picture is a sphere (Photo Sphere XMP, namespace GPano).
const SPHERE: &str = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\" GPano:UsePanoramaViewer=\"True\" \
GPano:ProjectionType=\"equirectangular\"/></rdf:RDF></x:xmpmeta>";
/// Seconds of arc are written in ten millionths: three millimetres, as GoPro does.
const ARC_SECOND_PARTS: f64 = 1e7;

/// What is known of a picture. What is not known is not written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureFacts {
    /// Latitude, degrees, −90…90, with [`Self::lon_deg`].
    pub lat_deg: Option<f64>,
    /// Longitude, degrees, −180…180.
    pub lon_deg: Option<f64>,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
    /// Degrees clockwise from true north.
    pub heading_deg: Option<f64>,
    /// Capture, UTC: year, month, day, hour, minute, second, millisecond.
    pub captured_at_utc: Option<[u16; 7]>,
    /// The camera's maker.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// Who made it.
    pub artist: Option<String>,
    /// Under which licence it may be used.
    pub copyright: Option<String>,
    /// What it is, in one line.
    pub description: Option<String>,
    /// Whether it shows a whole sphere.
    pub is_sphere: bool,
}

/// Makes the header of a copy of the JPEG in `reader` that says `facts`. `None` when there is nothing to say, or when
/// the picture has a maker note and is better left alone.
///
/// # Errors
/// As [`crate::read_photo`]; `segment_too_long` when the block would not fit; `header_too_long`.
pub fn restore_facts<R: Read + Seek>(reader: &mut R, facts: &PictureFacts) -> Result<Option<HeaderSplice>, MediaError> {
    let header = read_header(reader)?;
    let mut fields = new_fields(facts);
    if fields.is_empty() {
        return Ok(None);
    }
    let mut little_endian = false;
    if let Some(segment) = &header.exif
        && let Some(block) = ExifBlock::read(&segment.tiff)?
    {
        if block.survey.maker_note.is_some() {
            return Ok(None);
        }
        little_endian = segment.tiff.starts_with(b"II");
        let kept: Vec<Field> = block
            .fields()
            .filter(|field| field.ifd_num == In::PRIMARY && !fields.iter().any(|new| new.tag == field.tag))
            .cloned()
            .collect();
        fields.extend(kept);
    }
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut tiff = std::io::Cursor::new(Vec::new());
    writer
        .write(&mut tiff, little_endian)
        .map_err(|_| MediaError::ExifDamaged)?;
    let tiff = tiff.into_inner();
    let payload_bytes = EXIF_NAME.len().saturating_add(tiff.len());
    if payload_bytes > MAX_SEGMENT_PAYLOAD_BYTES {
        return Err(MediaError::SegmentTooLong {
            needed_bytes: payload_bytes as u64,
            limit_bytes: MAX_SEGMENT_PAYLOAD_BYTES as u64,
        });
    }
    let (kept_bytes, replaced_bytes, method) = match &header.exif {
        Some(segment) => (segment.marker_offset, segment.end_offset, SpliceMethod::Compacted),
        None => (2, 2, SpliceMethod::Created),
    };
    let mut splice = header_with(reader, kept_bytes, replaced_bytes, &EXIF_NAME, &tiff, method)?;
    if facts.is_sphere && header.xmp_packets.is_empty() {
        let xmp = [XMP_NAME, SPHERE.as_bytes()].concat();
        let declared = u16::try_from(xmp.len().saturating_add(2)).unwrap_or(u16::MAX);
        splice.bytes.extend([0xff, crate::jpeg::APP1]);
        splice.bytes.extend(declared.to_be_bytes());
        splice.bytes.extend(xmp);
    }
    Ok(Some(splice))
}

/// The tags of the facts, types and forms as in CIPA DC-008 (Exif 2.32).
fn new_fields(facts: &PictureFacts) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut add = |tag, value| {
        fields.push(Field {
            tag,
            ifd_num: In::PRIMARY,
            value,
        });
    };
    for (tag, text) in [
        (Tag::ImageDescription, &facts.description),
        (Tag::Make, &facts.make),
        (Tag::Model, &facts.model),
        (Tag::Artist, &facts.artist),
        (Tag::Copyright, &facts.copyright),
    ] {
        if let Some(bytes) = text.as_deref().and_then(one_line) {
            add(tag, Value::Ascii(vec![bytes]));
        }
    }
    if let Some([year, month, day, hour, minute, second, milli]) = facts.captured_at_utc {
        let text = format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}");
        for (tag, offset_tag) in [
            (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
            (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
        ] {
            add(tag, Value::Ascii(vec![text.clone().into_bytes()]));
            add(offset_tag, Value::Ascii(vec![b"+00:00".to_vec()]));
        }
        let millis = format!("{milli:03}").into_bytes();
        add(Tag::SubSecTimeOriginal, Value::Ascii(vec![millis.clone()]));
        add(Tag::SubSecTimeDigitized, Value::Ascii(vec![millis]));
        let date = format!("{year:04}:{month:02}:{day:02}").into_bytes();
        add(Tag::GPSDateStamp, Value::Ascii(vec![date]));
        let seconds = u32::from(second).saturating_mul(1_000).saturating_add(u32::from(milli));
        add(
            Tag::GPSTimeStamp,
            Value::Rational(vec![
                whole(u32::from(hour)),
                whole(u32::from(minute)),
                Rational {
                    num: seconds,
                    denom: 1_000,
                },
            ]),
        );
    }
    let place = facts
        .lat_deg
        .zip(facts.lon_deg)
        .filter(|(lat, lon)| (-90.0..=90.0).contains(lat) && (-180.0..=180.0).contains(lon));
    if let Some((lat_deg, lon_deg)) = place {
        add(Tag::GPSLatitudeRef, letter(lat_deg < 0.0, b"S", b"N"));
        add(Tag::GPSLatitude, arc(lat_deg));
        add(Tag::GPSLongitudeRef, letter(lon_deg < 0.0, b"W", b"E"));
        add(Tag::GPSLongitude, arc(lon_deg));
        add(Tag::GPSMapDatum, Value::Ascii(vec![b"WGS-84".to_vec()]));
    }
    if let Some(altitude_m) = facts.altitude_m.filter(|metres| metres.abs() < 100_000.0) {
        add(Tag::GPSAltitudeRef, Value::Byte(vec![u8::from(altitude_m < 0.0)]));
        add(Tag::GPSAltitude, Value::Rational(vec![thousandths(altitude_m.abs())]));
    }
    if let Some(heading_deg) = facts.heading_deg.filter(|degrees| degrees.is_finite()) {
        add(Tag::GPSImgDirectionRef, Value::Ascii(vec![b"T".to_vec()]));
        add(
            Tag::GPSImgDirection,
            Value::Rational(vec![thousandths(heading_deg.rem_euclid(360.0))]),
        );
    }
    if fields.iter().any(|field| field.tag.context() == exif::Context::Gps) {
        fields.push(Field {
            tag: Tag::GPSVersionID,
            ifd_num: In::PRIMARY,
            value: Value::Byte(vec![2, 3, 0, 0]),
        });
    }
    if fields.iter().any(|field| field.tag.context() == exif::Context::Exif) {
        fields.push(Field {
            tag: Tag::ExifVersion,
            ifd_num: In::PRIMARY,
            value: Value::Undefined(b"0232".to_vec(), 0),
        });
    }
    fields
}

/// A text without what would end a line or the value; letters outside ASCII are written in UTF-8, as everybody does.
fn one_line(text: &str) -> Option<Vec<u8>> {
    let line: String = text.chars().filter(|letter| !letter.is_control()).take(500).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.as_bytes().to_vec())
}

fn letter(is_first: bool, first: &[u8], second: &[u8]) -> Value {
    Value::Ascii(vec![if is_first { first } else { second }.to_vec()])
}

fn whole(number: u32) -> Rational {
    Rational { num: number, denom: 1 }
}

/// Degrees, minutes and seconds of an angle within ±180.
fn arc(angle_deg: f64) -> Value {
    let parts = (angle_deg.abs() * 3_600.0 * ARC_SECOND_PARTS).round();
    let minute_parts = 60.0 * ARC_SECOND_PARTS;
    let minutes = (parts / minute_parts).floor();
    Value::Rational(vec![
        whole(to_u32((minutes / 60.0).floor())),
        whole(to_u32(minutes % 60.0)),
        Rational {
            num: to_u32(parts - minutes * minute_parts),
            denom: to_u32(ARC_SECOND_PARTS),
        },
    ])
}

fn thousandths(number: f64) -> Rational {
    Rational {
        num: to_u32((number * 1_000.0).round()),
        denom: 1_000,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
fn to_u32(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::read_photo;

    /// The smallest thing that reads as a JPEG: a frame header, a scan and the end.
    fn picture() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0]);
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9]);
        bytes
    }

    fn restored(original: &[u8], facts: &PictureFacts) -> Vec<u8> {
        let splice = restore_facts(&mut Cursor::new(original), facts).unwrap().unwrap();
        let rest = usize::try_from(splice.replaced_length_bytes).unwrap();
        [splice.bytes.as_slice(), &original[rest..]].concat()
    }

    fn walk() -> PictureFacts {
        PictureFacts {
            lat_deg: Some(-33.856_784),
            lon_deg: Some(151.215_297),
            altitude_m: Some(-4.25),
            heading_deg: Some(359.5),
            captured_at_utc: Some([2022, 8, 16, 16, 42, 46, 7]),
            make: Some("GoPro".into()),
            model: Some("GoPro Max".into()),
            artist: Some("Zoë".into()),
            copyright: Some("CC BY-SA 4.0".into()),
            description: Some("Mapillary image 1".into()),
            is_sphere: true,
        }
    }

    #[test]
    fn what_was_restored_is_read_back_the_same_and_no_pixel_changes() {
        let original = picture();
        let bytes = restored(&original, &walk());
        assert!(bytes.ends_with(&original[2..]));
        let facts = read_photo(&mut Cursor::new(&bytes)).unwrap();
        let at = facts.position.unwrap();
        assert!((at.lat_deg + 33.856_784).abs() < 1e-9 && (at.lon_deg - 151.215_297).abs() < 1e-9);
        assert!((at.altitude_m.unwrap() + 4.25).abs() < 1e-9);
        assert!((facts.heading.unwrap().heading_deg - 359.5).abs() < 1e-9);
        assert_eq!(facts.make.as_deref(), Some("GoPro"));
        assert!(bytes.windows(15).any(|window| window == b"equirectangular"));
        assert!(bytes.windows(4).any(|window| window == "Zoë".as_bytes()));
    }

    #[test]
    fn a_second_restoring_replaces_the_first_and_keeps_other_tags() {
        let once = restored(&picture(), &walk());
        let later = PictureFacts {
            make: Some("Other".into()),
            ..PictureFacts::default()
        };
        let twice = restored(&once, &later);
        let facts = read_photo(&mut Cursor::new(&twice)).unwrap();
        assert_eq!(facts.make.as_deref(), Some("Other"));
        assert_eq!(facts.model.as_deref(), Some("GoPro Max"));
        assert!(facts.position.is_some());
    }

    #[test]
    fn nothing_to_say_leaves_the_picture_alone() {
        assert_eq!(
            restore_facts(&mut Cursor::new(picture()), &PictureFacts::default()),
            Ok(None)
        );
    }

    proptest! {
        #[test]
        fn every_place_on_the_globe_is_read_back_within_a_centimetre(
            lat in -90.0..=90.0_f64, lon in -180.0..=180.0_f64, heading in -1_000.0..1_000.0_f64,
        ) {
            let facts = PictureFacts {
                lat_deg: Some(lat), lon_deg: Some(lon), heading_deg: Some(heading), ..PictureFacts::default()
            };
            let read = read_photo(&mut Cursor::new(restored(&picture(), &facts))).unwrap();
            if let Some(at) = read.position {
                prop_assert!((at.lat_deg - lat).abs() < 1e-7 && (at.lon_deg - lon).abs() < 1e-7);
            } else {
                // Mapillary takes no photo from there, and the reader says so.
                prop_assert!(lat.abs() < 1e-3 && lon.abs() < 1e-3);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let jpeg = [&[0xff, 0xd8][..], &bytes].concat();
            let _outcome = restore_facts(&mut Cursor::new(jpeg), &walk());
        }
    }
}
