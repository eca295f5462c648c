//! Properties that hold for all photos, on random ones.

use std::io::Cursor;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use waypost_media::{HeadingSource, TimeReading, TimeSource, read_description, read_photo, splice_description};

use crate::builder::{
    DATE_TIME_ORIGINAL, MAKE, ORIENTATION, Tiff, Value, ascii, gps_position, gps_time, jpeg, segment, xmp, xmp_segment,
};
use crate::facts;
use crate::splice::{described, lasting, other_fields};

/// What a random photo says, and the photo.
#[derive(Clone, Debug)]
struct Said {
    lat: f64,
    lon: f64,
    heading_hundredths: u32,
    orientation: u16,
    day_ms: u32,
    make: String,
    tiff: Tiff,
    photo: Vec<u8>,
}

prop_compose! {
    fn photos()(
        lat in -90.0..=90.0_f64,
        lon in -180.0..=180.0_f64,
        heading_hundredths in 0..36_000_u32,
        orientation in 1..=8_u16,
        day_ms in 0..86_400_000_u32,
        make in "[A-Za-z][A-Za-z0-9 ]{0,20}[a-z]",
        little_endian: bool,
        maker_note in option::of(vec(any::<u8>(), 0..2_000)),
        thumbnail in option::of(vec(any::<u8>(), 0..2_000)),
        in_front in vec((0xe2..=0xef_u8, vec(any::<u8>(), 0..100)), 0..4),
        fill in 0..3_usize,
    ) -> Said {
        let (hour, minute) = (day_ms / 3_600_000, day_ms / 60_000 % 60);
        let mut exif = vec![(DATE_TIME_ORIGINAL, ascii("2001:01:01 00:00:00"))];
        exif.extend(maker_note.map(|bytes| (0x927c, Value::Undefined(bytes))));
        let tiff = Tiff {
            little_endian,
            first: vec![(MAKE, ascii(&make)), (ORIENTATION, Value::Short(vec![orientation]))],
            exif,
            gps: [
                gps_position(lat, lon),
                gps_time("2024:02:29", hour, minute, (day_ms % 60_000, 1_000)),
                vec![(17, Value::Rational(vec![(heading_hundredths, 100)]))],
            ]
            .concat(),
            thumbnail: thumbnail.map(|bytes| [b"\xff\xd8".as_slice(), &bytes].concat()),
            unnamed: vec![],
        };
        let mut segments: Vec<_> =
            in_front.iter().map(|(marker, bytes)| segment(*marker, bytes)).collect();
        segments.push(vec![0xff; fill]);
        segments.push(tiff.segment());
        let photo = jpeg(&segments);
        Said { lat, lon, heading_hundredths, orientation, day_ms, make, tiff, photo }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(said in photos()) {
        let facts = facts(&said.photo);
        let position = facts.position.unwrap();
        // A ten-thousandth of a second of arc is 3 mm.
        prop_assert!((position.lat_deg - said.lat).abs() < 3e-8);
        prop_assert!((position.lon_deg - said.lon).abs() < 3e-8);
        let midnight_ms = 1_709_164_800_000; // 2024-02-29T00:00:00Z
        let unix_ms = midnight_ms + i64::from(said.day_ms);
        prop_assert_eq!(facts.time, Some(TimeReading::Utc { unix_ms, source: TimeSource::GpsTime }));
        let heading = facts.heading.unwrap();
        prop_assert!((heading.heading_deg - f64::from(said.heading_hundredths) / 100.0).abs() < 1e-9);
        prop_assert_eq!(heading.source, HeadingSource::ImgDirection);
        prop_assert_eq!(u16::from(facts.orientation), said.orientation);
        prop_assert_eq!(facts.make.as_deref(), Some(said.make.as_str()));
        prop_assert_eq!(facts.thumbnail.is_some(), said.tiff.thumbnail.is_some());
        prop_assert!(facts.has_end);
        prop_assert_eq!(facts.flaws, []);
    }

    #[test]
    fn a_description_comes_back_and_nothing_else_changes(
        said in photos(),
        description in "[ -~]{1,2000}",
    ) {
        let spliced = splice_description(&mut Cursor::new(&said.photo), &description).unwrap();
        let new = described(&said.photo, &spliced);
        let back = read_description(&mut Cursor::new(&new)).unwrap();
        prop_assert_eq!(back.as_deref(), Some(description.as_str()));
        prop_assert_eq!(other_fields(&new), other_fields(&said.photo));
        prop_assert_eq!(lasting(&new), lasting(&said.photo));
        prop_assert_eq!(facts(&new).thumbnail, facts(&said.photo).thumbnail);
    }

    #[test]
    fn xmp_coordinates_are_read_in_every_notation(
        lat in -90.0..=90.0_f64,
        lon in -180.0..=180.0_f64,
        notation in 0..3_usize,
    ) {
        let text = |value: f64, letters: [char; 2]| {
            let letter = letters[usize::from(value < 0.0)];
            let size = value.abs();
            let (degrees, minutes) = (size.trunc(), size.fract() * 60.0);
            match notation {
                0 => format!("{degrees},{minutes:.8}{letter}"),
                1 => format!("{degrees},{},{:.6}{letter}", minutes.trunc(), minutes.fract() * 60.0),
                _ => format!("{value:.9}"),
            }
        };
        let packet = xmp(
            &format!(
                r#"exif:GPSLatitude="{}" exif:GPSLongitude="{}""#,
                text(lat, ['N', 'S']),
                text(lon, ['E', 'W']),
            ),
            "",
        );
        let position = facts(&jpeg(&[xmp_segment(packet.as_bytes())])).position.unwrap();
        prop_assert!((position.lat_deg - lat).abs() < 2e-8);
        prop_assert!((position.lon_deg - lon).abs() < 2e-8);
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in vec(any::<u8>(), 0..4_000)) {
        for file in [
            bytes.clone(),
            [b"\xff\xd8".as_slice(), &bytes].concat(),
            jpeg(&[segment(0xe1, &[b"Exif\0\0II*\0".as_slice(), &bytes].concat())]),
            jpeg(&[xmp_segment(&bytes)]),
        ] {
            let read = read_photo(&mut Cursor::new(&file));
            let spliced = splice_description(&mut Cursor::new(&file), "{\"a\":1}");
            if let (Ok(_), Ok(spliced)) = (&read, &spliced) {
                prop_assert_eq!(lasting(&described(&file, spliced)), lasting(&file));
            }
            // What cannot be read cannot be described either.
            prop_assert!(read.is_ok() || spliced.is_err());
        }
    }
}
