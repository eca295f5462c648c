//! Photos hold what their specification says, read by a library that had no part in drawing them.

mod support;

use exif::{In, Tag, Value};
use support::{angle, exif, numbers, segments, text};
use waypost_generator::{GeneratorError, PhotoSpec, photo_bytes};

fn small() -> PhotoSpec {
    PhotoSpec {
        width_px: 64,
        height_px: 48,
        ..PhotoSpec::default()
    }
}

#[test]
fn a_photo_holds_the_position_and_heading_of_its_specification() {
    for (lat_deg, lon_deg) in [
        (52.514_512_3, 13.350_123_4),
        (-33.856_789_1, 151.215_297_2),
        (40.689_247, -74.044_502),
        (-0.000_000_1, -179.999_999_9),
        (59.999_999_999_9, 0.0),
    ] {
        let spec = PhotoSpec {
            lat_deg: Some(lat_deg),
            lon_deg: Some(lon_deg),
            altitude_m: Some(-3.25),
            heading_deg: Some(359.123),
            ..small()
        };
        let exif = exif(&photo_bytes(&spec).unwrap());
        let lat_read = angle(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef).unwrap();
        let lon_read = angle(&exif, Tag::GPSLongitude, Tag::GPSLongitudeRef).unwrap();
        assert!((lat_read - lat_deg).abs() < 1e-9, "{lat_read} for {lat_deg}");
        assert!((lon_read - lon_deg).abs() < 1e-9, "{lon_read} for {lon_deg}");
        assert_eq!(numbers(&exif, Tag::GPSAltitude), Some(vec![3.25]));
        let below_sea = &exif.get_field(Tag::GPSAltitudeRef, In::PRIMARY).unwrap().value;
        assert!(matches!(below_sea, Value::Byte(bytes) if bytes == &[1]));
        assert_eq!(numbers(&exif, Tag::GPSImgDirection), Some(vec![359.123]));
        assert_eq!(text(&exif, Tag::GPSImgDirectionRef).as_deref(), Some("T"));
    }
}

#[test]
fn minutes_and_seconds_stay_below_sixty() {
    let spec = PhotoSpec {
        lat_deg: Some(59.999_999_999_999),
        ..small()
    };
    let parts = numbers(&exif(&photo_bytes(&spec).unwrap()), Tag::GPSLatitude).unwrap();
    assert_eq!(parts, [60.0, 0.0, 0.0]);
}

#[test]
fn the_time_is_written_in_utc_for_gps_and_as_local_time_without_a_zone() {
    // 2026-06-13T23:30:05.042Z is in the next day in Berlin.
    let spec = PhotoSpec {
        captured_at_ms: Some(1_781_393_405_042),
        ..small()
    };
    let exif = exif(&photo_bytes(&spec).unwrap());
    assert_eq!(text(&exif, Tag::GPSDateStamp).as_deref(), Some("2026:06:13"));
    assert_eq!(numbers(&exif, Tag::GPSTimeStamp), Some(vec![23.0, 30.0, 5.042]));
    assert_eq!(
        text(&exif, Tag::DateTimeOriginal).as_deref(),
        Some("2026:06:14 01:30:05")
    );
    assert_eq!(text(&exif, Tag::SubSecTimeOriginal).as_deref(), Some("042"));
    assert_eq!(text(&exif, Tag::OffsetTimeOriginal), None);
}

#[test]
fn the_zone_is_written_when_asked_for() {
    for (local_offset_minutes, offset, local) in [
        (-570, "-09:30", "2026:06:13 22:30:00"),
        (0, "+00:00", "2026:06:14 08:00:00"),
        (345, "+05:45", "2026:06:14 13:45:00"),
    ] {
        let spec = PhotoSpec {
            captured_at_ms: Some(1_781_424_000_000),
            local_offset_minutes,
            write_offset_tag: true,
            write_gps_time: false,
            ..small()
        };
        let exif = exif(&photo_bytes(&spec).unwrap());
        assert_eq!(text(&exif, Tag::OffsetTimeOriginal).as_deref(), Some(offset));
        assert_eq!(text(&exif, Tag::DateTimeOriginal).as_deref(), Some(local));
        assert_eq!(text(&exif, Tag::GPSDateStamp), None);
        assert_eq!(numbers(&exif, Tag::GPSTimeStamp), None);
    }
}

#[test]
fn what_is_left_out_of_a_specification_is_left_out_of_the_photo() {
    let spec = PhotoSpec {
        lat_deg: None,
        lon_deg: None,
        altitude_m: None,
        heading_deg: None,
        captured_at_ms: None,
        make: String::new(),
        model: String::new(),
        orientation: 0,
        serial: None,
        image_description: None,
        write_thumbnail: false,
        ..small()
    };
    let exif = exif(&photo_bytes(&spec).unwrap());
    let unwanted = exif.fields().find(|field| {
        field.tag.context() == exif::Context::Gps
            || field.ifd_num == In::THUMBNAIL
            || [
                Tag::DateTime,
                Tag::DateTimeOriginal,
                Tag::DateTimeDigitized,
                Tag::SubSecTimeOriginal,
                Tag::Make,
                Tag::Model,
                Tag::Orientation,
                Tag::BodySerialNumber,
                Tag::ImageDescription,
            ]
            .contains(&field.tag)
    });
    assert!(unwanted.is_none(), "{unwanted:?}");
}

#[test]
fn camera_names_are_filled_with_nul_as_gopro_does() {
    let exif = exif(&photo_bytes(&small()).unwrap());
    for (tag, name) in [
        (Tag::Make, "GoPro"),
        (Tag::Model, "HERO11 Black"),
        (Tag::BodySerialNumber, "C3470000000001"),
    ] {
        assert_eq!(text(&exif, tag).as_deref(), Some(name));
        let Value::Ascii(strings) = &exif.get_field(tag, In::PRIMARY).unwrap().value else {
            panic!("{tag} is a text");
        };
        let bytes = strings.iter().map(|string| string.len() + 1).sum::<usize>();
        assert_eq!(bytes, 30, "{tag} takes as many bytes as in a GoPro's photo");
    }
}

#[test]
fn the_picture_has_the_size_that_both_headers_say() {
    for (width_px, height_px) in [(640, 480), (641, 359), (1, 1), (17, 300)] {
        let photo = photo_bytes(&PhotoSpec {
            width_px,
            height_px,
            ..small()
        })
        .unwrap();
        let (found, _) = segments(&photo);
        let frame = &found
            .iter()
            .find(|(marker, _)| *marker == 0xC0)
            .expect("a baseline frame")
            .1;
        assert_eq!(u16::from_be_bytes([frame[1], frame[2]]), height_px);
        assert_eq!(u16::from_be_bytes([frame[3], frame[4]]), width_px);
        let exif = exif(&photo);
        for (tag, value) in [(Tag::PixelXDimension, width_px), (Tag::PixelYDimension, height_px)] {
            let read = exif.get_field(tag, In::PRIMARY).unwrap().value.get_uint(0);
            assert_eq!(read, Some(value.into()));
        }
    }
}

#[test]
fn a_photo_is_a_whole_jpeg_with_a_thumbnail_that_is_one_too() {
    let photo = photo_bytes(&PhotoSpec::default()).unwrap();
    assert!(photo.ends_with(&[0xFF, 0xD9]));
    let (found, _) = segments(&photo);
    assert!(
        !found.iter().any(|(marker, _)| *marker == 0xE0),
        "a GoPro writes no JFIF segment"
    );
    let exif = exif(&photo);
    let number = |tag| exif.get_field(tag, In::THUMBNAIL).unwrap().value.get_uint(0).unwrap() as usize;
    let start = number(Tag::JPEGInterchangeFormat);
    let thumbnail = &exif.buf()[start..start + number(Tag::JPEGInterchangeFormatLength)];
    assert!(thumbnail.ends_with(&[0xFF, 0xD9]));
    let (found, _) = segments(thumbnail);
    let frame = &found.iter().find(|(marker, _)| *marker == 0xC0).unwrap().1;
    assert_eq!(frame[1..5], [0, 120, 0, 160], "160 x 120");
}

#[test]
fn the_same_specification_gives_the_same_bytes() {
    let spec = PhotoSpec {
        padding_bytes: 100_000,
        ..small()
    };
    assert_eq!(photo_bytes(&spec).unwrap(), photo_bytes(&spec.clone()).unwrap());
}

#[test]
fn each_frame_and_each_seed_shows_another_picture() {
    let scan = |seed, frame_number| {
        let spec = PhotoSpec {
            seed,
            frame_number,
            ..PhotoSpec::default()
        };
        segments(&photo_bytes(&spec).unwrap()).1
    };
    let mut pictures: Vec<Vec<u8>> = (1..=20).map(|frame| scan(1, frame)).collect();
    pictures.push(scan(2, 1));
    let all = pictures.len();
    pictures.sort();
    pictures.dedup();
    assert_eq!(pictures.len(), all);
}

/// How long the comments in front of the end of the image are.
fn comments_bytes(bytes: &[u8]) -> usize {
    let mut at = 0;
    while bytes[at..at + 2] == [0xFF, 0xFE] {
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    assert_eq!(bytes[at..], [0xFF, 0xD9]);
    at
}

#[test]
fn padding_makes_the_file_longer_by_exactly_that_much_and_leaves_the_picture() {
    let plain = photo_bytes(&small()).unwrap();
    for padding_bytes in [4, 5, 65_536, 65_537, 65_538, 65_540, 65_541, 131_075, 2_800_000] {
        let padded = photo_bytes(&PhotoSpec {
            padding_bytes,
            ..small()
        })
        .unwrap();
        assert_eq!(padded.len(), plain.len() + padding_bytes);
        let before_end = plain.len() - 2;
        assert_eq!(
            padded[..before_end],
            plain[..before_end],
            "the padding stands behind the picture"
        );
        assert!(padded.ends_with(&[0xFF, 0xD9]));
        assert_eq!(comments_bytes(&padded[before_end..]), padding_bytes);
        assert!(exif(&padded).get_field(Tag::GPSLatitude, In::PRIMARY).is_some());
    }
    for padding_bytes in 1..4 {
        let padded = photo_bytes(&PhotoSpec {
            padding_bytes,
            ..small()
        })
        .unwrap();
        assert_eq!(padded.len(), plain.len() + 4);
    }
}

#[test]
fn an_xmp_packet_stands_in_front_of_the_exif_block() {
    let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    let photo = photo_bytes(&PhotoSpec {
        xmp: Some(packet.to_owned()),
        ..small()
    })
    .unwrap();
    let (found, _) = segments(&photo);
    let expected = format!("http://ns.adobe.com/xap/1.0/\0{packet}");
    assert_eq!(found[0], (0xE1, expected.into_bytes()));
    assert!(found[1].1.starts_with(b"Exif\0\0"));
    assert_eq!(text(&exif(&photo), Tag::Make).as_deref(), Some("GoPro"));
}

#[test]
fn what_no_photo_can_hold_is_refused_by_name() {
    let cases: [(&str, PhotoSpec); 12] = [
        ("picture_size", PhotoSpec { width_px: 0, ..small() }),
        (
            "picture_size",
            PhotoSpec {
                width_px: 65_535,
                height_px: 65_535,
                ..small()
            },
        ),
        (
            "value_out_of_range",
            PhotoSpec {
                lat_deg: Some(f64::NAN),
                ..small()
            },
        ),
        (
            "value_out_of_range",
            PhotoSpec {
                lon_deg: Some(f64::NEG_INFINITY),
                ..small()
            },
        ),
        (
            "value_out_of_range",
            PhotoSpec {
                altitude_m: Some(1e12),
                ..small()
            },
        ),
        (
            "value_out_of_range",
            PhotoSpec {
                heading_deg: Some(-1.0),
                ..small()
            },
        ),
        (
            "value_out_of_range",
            PhotoSpec {
                heading_deg: Some(f64::NAN),
                ..small()
            },
        ),
        (
            "time_out_of_range",
            PhotoSpec {
                captured_at_ms: Some(i64::MAX),
                ..small()
            },
        ),
        (
            "time_out_of_range",
            PhotoSpec {
                captured_at_ms: Some(i64::MIN),
                ..small()
            },
        ),
        (
            "time_out_of_range",
            PhotoSpec {
                captured_at_ms: Some(-62_200_000_000_000),
                ..small()
            },
        ),
        (
            "segment_too_long",
            PhotoSpec {
                xmp: Some(" ".repeat(70_000)),
                ..small()
            },
        ),
        (
            "segment_too_long",
            PhotoSpec {
                make: "x".repeat(70_000),
                ..small()
            },
        ),
    ];
    for (code, spec) in cases {
        match photo_bytes(&spec) {
            Err(error) => {
                assert_eq!(error.code(), code, "{error}");
                assert!(!error.to_string().is_empty());
            }
            Ok(_) => panic!("{code} was expected for {spec:?}"),
        }
    }
}

#[test]
fn positions_outside_the_globe_can_be_written_for_tests_of_readers() {
    let spec = PhotoSpec {
        lat_deg: Some(95.5),
        lon_deg: Some(-720.25),
        ..small()
    };
    let exif = exif(&photo_bytes(&spec).unwrap());
    assert_eq!(angle(&exif, Tag::GPSLatitude, Tag::GPSLatitudeRef), Some(95.5));
    assert_eq!(angle(&exif, Tag::GPSLongitude, Tag::GPSLongitudeRef), Some(-720.25));
    let error = photo_bytes(&PhotoSpec {
        lat_deg: Some(1e7),
        ..small()
    });
    assert!(matches!(
        error,
        Err(GeneratorError::ValueOutOfRange { field: "lat_deg", .. })
    ));
}
