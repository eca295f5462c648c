//! Writing the description without losing anything.

use std::io::Cursor;

use exif::{In, Tag};
use waypost_media::{
    Flaw, HeaderSplice, MediaError, PhotoFacts, SpliceMethod, limits, read_description, splice_description,
};

use crate::builder::{
    IMAGE_DESCRIPTION, MAKE, MAKER_NOTE, MODEL, Tiff, Value, ascii, gps_position, gps_time, jpeg, segment, xmp,
    xmp_segment,
};
use crate::facts;

const DESCRIPTION: &str = r#"{"MAPAltitude":70.3,"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPLatitude":45.5169031,"MAPLongitude":-122.572765,"MAPOrientation":1}"#;

fn splice(photo: &[u8], description: &str) -> Result<HeaderSplice, MediaError> {
    splice_description(&mut Cursor::new(photo), description)
}

/// The photo with its new header.
pub fn described(photo: &[u8], splice: &HeaderSplice) -> Vec<u8> {
    let replaced = usize::try_from(splice.replaced_length_bytes).unwrap();
    [splice.bytes.as_slice(), &photo[replaced..]].concat()
}

pub fn description(photo: &[u8]) -> Option<String> {
    read_description(&mut Cursor::new(photo)).unwrap()
}

/// All EXIF fields but the description, as the EXIF library reads them.
pub fn other_fields(photo: &[u8]) -> Vec<String> {
    let result = exif::Reader::new()
        .continue_on_error(true)
        .read_from_container(&mut Cursor::new(photo))
        .or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(block) = result else {
        return Vec::new();
    };
    let mut fields: Vec<String> = block
        .fields()
        .filter(|field| (field.tag, field.ifd_num) != (Tag::ImageDescription, In::PRIMARY))
        .map(|field| match &field.value {
            // Values of up to four bytes stand in the directory, which moves.
            exif::Value::Undefined(bytes, _) if bytes.len() <= 4 => {
                format!("{} {} {bytes:?}", field.ifd_num, field.tag)
            }
            exif::Value::Unknown(kind, count, _) => {
                format!("{} {} {kind} {count}", field.ifd_num, field.tag)
            }
            value => format!("{} {} {value:?}", field.ifd_num, field.tag),
        })
        .collect();
    fields.sort();
    fields
}

/// The facts that a splice must not change.
pub fn lasting(photo: &[u8]) -> PhotoFacts {
    let mut facts = facts(photo);
    facts.thumbnail = None;
    // Repairs of the first directory may mend it.
    facts.flaws.retain(|flaw| *flaw != Flaw::ExifDamaged);
    facts
}

fn camera(little_endian: bool) -> Tiff {
    Tiff {
        little_endian,
        first: vec![
            (IMAGE_DESCRIPTION, ascii("DCIM\\100GOPRO\\GOPR0001.JPG")),
            (MAKE, Value::Ascii(b"GoPro\0\0\0".to_vec())),
            (MODEL, ascii("HERO6 Black")),
            (0x0112, Value::Short(vec![6])),
        ],
        exif: vec![
            (0x9003, ascii("2018:06:08 20:24:11")),
            (MAKER_NOTE, Value::Undefined((0..=255).collect())),
        ],
        gps: [gps_position(45.5, -122.5), gps_time("2018:06:08", 20, 24, (11, 1))].concat(),
        thumbnail: Some([b"\xff\xd8".as_slice(), &[9; 500], b"\xff\xd9"].concat()),
        unnamed: vec![],
    }
}

#[test]
fn no_tag_is_lost_and_the_picture_is_untouched() {
    for little_endian in [false, true] {
        let segments = [
            segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            xmp_segment(xmp("", "").as_bytes()),
            camera(little_endian).segment(),
            segment(0xe2, b"MPF\0 and offsets"),
        ];
        let photo = jpeg(&segments);
        let splice = splice(&photo, DESCRIPTION).unwrap();
        let new = described(&photo, &splice);

        assert_eq!(splice.method, SpliceMethod::Appended);
        assert_eq!(
            splice.replaced_length_bytes,
            2 + segments[..3].concat().len() as u64,
            "exactly up to the end of the EXIF segment"
        );
        assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
        assert_eq!(other_fields(&new), other_fields(&photo));
        assert_eq!(lasting(&new), lasting(&photo));

        let old_thumbnail = facts(&photo).thumbnail.unwrap();
        assert_eq!(facts(&new).thumbnail, Some(old_thumbnail));
    }
}

#[test]
fn the_old_block_stays_byte_for_byte() {
    let tiff = camera(false);
    let photo = tiff.photo();
    let splice = splice(&photo, DESCRIPTION).unwrap();
    let old = tiff.bytes();
    // Start marker, segment marker and length, name.
    let new = &splice.bytes[2 + 4 + 6..];
    assert_eq!(new[..4], old[..4]);
    assert_ne!(new[4..8], old[4..8], "points to the new directory");
    assert_eq!(new[8..old.len()], old[8..]);
    let length = u16::from_be_bytes([splice.bytes[4], splice.bytes[5]]);
    assert_eq!(usize::from(length), splice.bytes.len() - 4);
}

#[test]
fn a_description_that_is_there_is_replaced_however_often() {
    let mut photo = camera(true).photo();
    for number in 0..5 {
        let text = format!(r#"{{"number":{number}}}"#);
        let splice = splice(&photo, &text).unwrap();
        photo = described(&photo, &splice);
        assert_eq!(description(&photo), Some(text));
    }
    let result = exif::Reader::new().read_from_container(&mut Cursor::new(&photo));
    let block = result.unwrap();
    let count = block
        .fields()
        .filter(|field| field.tag == Tag::ImageDescription)
        .count();
    assert_eq!(count, 1);
}

#[test]
fn a_description_short_enough_for_its_entry_is_stored_there() {
    let photo = camera(false).photo();
    let new = described(&photo, &splice(&photo, "{}").unwrap());
    assert_eq!(description(&new).as_deref(), Some("{}"));
    assert_eq!(other_fields(&new), other_fields(&photo));
}

#[test]
fn a_photo_without_exif_gets_a_block_behind_its_start() {
    let photo = jpeg(&[segment(0xe0, b"JFIF\0"), xmp_segment(xmp("", "").as_bytes())]);
    let splice = splice(&photo, DESCRIPTION).unwrap();
    assert_eq!(splice.method, SpliceMethod::Created);
    assert_eq!(splice.replaced_length_bytes, 2);
    let new = described(&photo, &splice);
    assert_eq!(new[..4], [0xff, 0xd8, 0xff, 0xe1]);
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
    assert_eq!(lasting(&new), lasting(&photo));
    assert!(new.ends_with(&photo[2..]));
}

#[test]
fn an_unreadable_exif_segment_stays_behind_a_new_one() {
    let photo = jpeg(&[segment(0xe1, b"Exif\0\0garbage")]);
    let splice = splice(&photo, DESCRIPTION).unwrap();
    assert_eq!(splice.method, SpliceMethod::Created);
    let new = described(&photo, &splice);
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
    assert!(new.ends_with(&photo[2..]));
}

/// A block of 65,500 bytes, filled up with a preview that is followed by `behind` other bytes.
fn full(mut tiff: Tiff, behind: usize) -> Tiff {
    tiff.unnamed = vec![0xab; behind];
    tiff.thumbnail = Some(b"\xff\xd8".to_vec());
    let missing = 65_500 - tiff.bytes().len();
    tiff.thumbnail = Some([b"\xff\xd8".as_slice(), &vec![9; missing]].concat());
    tiff
}

#[test]
fn a_full_segment_gives_up_its_preview_at_the_end() {
    let photo = full(camera(false), 0).photo();
    let splice = splice(&photo, DESCRIPTION).unwrap();
    assert_eq!(splice.method, SpliceMethod::ThumbnailReplaced);
    let new = described(&photo, &splice);
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
    assert_eq!(facts(&new).thumbnail, None);
    assert_eq!(lasting(&new), lasting(&photo));
    assert!(new.len() < photo.len());
    let kept: Vec<String> = other_fields(&photo)
        .into_iter()
        .filter(|field| !field.starts_with("thumbnail"))
        .collect();
    assert_eq!(other_fields(&new), kept);
}

#[test]
fn a_preview_in_the_middle_gives_up_its_place_and_nothing_behind_it_moves() {
    let tiff = full(camera(true), 24_500);
    let photo = tiff.photo();
    let splice = splice(&photo, DESCRIPTION).unwrap();
    assert_eq!(splice.method, SpliceMethod::ThumbnailReplaced);
    let new = described(&photo, &splice);
    assert_eq!(new.len(), photo.len());
    assert!(splice.bytes.ends_with(&tiff.unnamed));
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
    assert_eq!(lasting(&new), lasting(&photo));
}

#[test]
fn a_full_segment_without_preview_gives_up_bytes_that_nothing_names() {
    let mut tiff = camera(false);
    tiff.thumbnail = None;
    tiff.exif.retain(|(tag, _)| *tag != MAKER_NOTE);
    tiff.unnamed = vec![0xab; 65_000];
    let photo = tiff.photo();
    let splice = splice(&photo, DESCRIPTION).unwrap();
    assert_eq!(splice.method, SpliceMethod::Compacted);
    let new = described(&photo, &splice);
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
    assert_eq!(lasting(&new), lasting(&photo));
    assert_eq!(other_fields(&new).len(), other_fields(&photo).len());
}

#[test]
fn a_full_segment_with_a_maker_note_and_no_preview_is_an_error_with_both_sizes() {
    let mut tiff = camera(false);
    tiff.thumbnail = None;
    tiff.unnamed = vec![0xab; 64_900];
    let error = splice(&tiff.photo(), DESCRIPTION).unwrap_err();
    let MediaError::SegmentTooLong {
        needed_bytes,
        limit_bytes,
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(limit_bytes, 65_533);
    assert!(needed_bytes > limit_bytes);
}

#[test]
fn a_description_too_long_for_any_segment_is_refused() {
    let text = format!(r#"{{"a":"{}"}}"#, "x".repeat(66_000));
    for photo in [camera(false).photo(), jpeg(&[])] {
        assert_eq!(splice(&photo, &text).unwrap_err().code(), "segment_too_long");
    }
}

#[test]
fn only_printable_ascii_is_written() {
    for text in ["", "{\"a\":\"ö\"}", "{\n}", "{\0}", "\u{7f}"] {
        let error = splice(&camera(false).photo(), text).unwrap_err();
        assert_eq!(error, MediaError::DescriptionNotAscii, "{text:?}");
    }
}

#[test]
fn a_dangling_pointer_does_not_read_the_description_as_a_directory() {
    // The pointer leads behind the block, to where the description is about to stand.
    for distance in 0..64 {
        let mut tiff = Tiff {
            first: vec![(MAKE, ascii("GoPro"))],
            ..Tiff::default()
        };
        let end = u32::try_from(tiff.bytes().len() + 12).unwrap();
        tiff.first.push((0x8825, Value::Long(vec![end + distance])));
        let photo = tiff.photo();
        let new = described(&photo, &splice(&photo, DESCRIPTION).unwrap());
        assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));
        assert_eq!(other_fields(&new), other_fields(&photo));
    }
}

#[test]
fn a_directory_out_of_order_keeps_its_order() {
    let tiff = Tiff {
        first: vec![(0x0100, Value::Short(vec![1])), (MAKE, ascii("GoPro"))],
        ..Tiff::default()
    };
    let mut block = tiff.bytes();
    // Swap the two entries behind the count.
    let (left, right) = block[10..34].split_at_mut(12);
    left.swap_with_slice(right);
    let photo = jpeg(&[segment(0xe1, &[b"Exif\0\0".as_slice(), &block].concat())]);
    let new = splice(&photo, DESCRIPTION).unwrap().bytes;
    let directory = &new[new.len() - (2 + 3 * 12 + 4)..];
    let tag = |number: usize| &directory[2 + number * 12..4 + number * 12];
    assert_eq!(tag(0), [0x01, 0x0e]);
    assert_eq!(tag(1), [0x01, 0x0f]);
    assert_eq!(tag(2), [0x01, 0x00]);
}

#[test]
fn what_stands_in_front_of_the_block_is_kept_up_to_a_cap() {
    let megabyte = segment(0xe2, &vec![7; 65_533]).repeat(16);
    let photo = jpeg(&[megabyte.clone(), camera(false).segment()]);
    let spliced = splice(&photo, DESCRIPTION).unwrap();
    assert!(spliced.bytes.starts_with(&photo[..2 + megabyte.len()]));
    let new = described(&photo, &spliced);
    assert_eq!(description(&new).as_deref(), Some(DESCRIPTION));

    let far = jpeg(&[megabyte.repeat(9), camera(false).segment()]);
    let error = splice(&far, DESCRIPTION).unwrap_err();
    assert_eq!(
        error,
        MediaError::HeaderTooLong {
            limit: limits::MAX_SPLICE_PREFIX_BYTES,
            unit: "bytes"
        }
    );
}

#[test]
fn a_photo_without_description_has_none() {
    let tiff = Tiff {
        first: vec![(MAKE, ascii("GoPro"))],
        ..Tiff::default()
    };
    assert_eq!(description(&tiff.photo()), None);
    assert_eq!(description(&jpeg(&[])), None);
    let tiff = Tiff {
        first: vec![(IMAGE_DESCRIPTION, Value::Ascii(vec![0; 32]))],
        ..Tiff::default()
    };
    assert_eq!(description(&tiff.photo()), None);
}
