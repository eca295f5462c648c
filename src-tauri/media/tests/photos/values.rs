//! Heading, orientation, names, size and projection.

use waypost_media::{Flaw, Heading, HeadingReference, HeadingSource, Projection};

use crate::builder::{MAKE, MODEL, ORIENTATION, SIZE_PX, Tiff, Value, ascii, jpeg, segment, xmp, xmp_segment};
use crate::facts;

fn heading(gps: Vec<(u16, Value)>) -> Option<Heading> {
    let tiff = Tiff { gps, ..Tiff::default() };
    facts(&tiff.photo()).heading
}

fn degrees(numerator: u32, denominator: u32) -> Value {
    Value::Rational(vec![(numerator, denominator)])
}

fn with_xmp(attributes: &str, elements: &str) -> waypost_media::PhotoFacts {
    facts(&jpeg(&[xmp_segment(xmp(attributes, elements).as_bytes())]))
}

#[test]
fn where_the_lens_pointed_wins_over_where_the_camera_moved() {
    let both = vec![
        (14, ascii("T")),
        (15, degrees(27_089, 100)),
        (16, ascii("M")),
        (17, degrees(1_234, 10)),
    ];
    let expected = Heading {
        heading_deg: 123.4,
        reference: HeadingReference::Magnetic,
        source: HeadingSource::ImgDirection,
    };
    assert_eq!(heading(both.clone()), Some(expected));
    let expected = Heading {
        heading_deg: 270.89,
        reference: HeadingReference::True,
        source: HeadingSource::Track,
    };
    assert_eq!(heading(both[..2].to_vec()), Some(expected));
}

#[test]
fn a_heading_without_reference_says_so() {
    let found = heading(vec![(17, degrees(90, 1))]).unwrap();
    assert_eq!(found.reference, HeadingReference::Unknown);
}

#[test]
fn headings_lie_between_0_and_360() {
    let at = |n, d| heading(vec![(17, degrees(n, d))]).map(|heading| heading.heading_deg);
    assert_eq!(at(0, 1), Some(0.0));
    assert_eq!(at(360, 1), Some(0.0));
    let negative = vec![(17, Value::SRational(vec![(-90, 1)]))];
    assert!((heading(negative).unwrap().heading_deg - 270.0).abs() < 1e-9);
}

#[test]
fn what_is_no_angle_is_no_heading() {
    for value in [degrees(65_535, 1), degrees(0, 0), degrees(5, 0)] {
        let tiff = Tiff {
            gps: vec![(17, value)],
            ..Tiff::default()
        };
        let facts = facts(&tiff.photo());
        assert_eq!(facts.heading, None);
        assert_eq!(facts.flaws, [Flaw::HeadingInvalid]);
    }
}

#[test]
fn xmp_headings_help_out() {
    let attributes = r#"exif:GPSImgDirection="1763/10" exif:GPSImgDirectionRef="T""#;
    let expected = Heading {
        heading_deg: 176.3,
        reference: HeadingReference::True,
        source: HeadingSource::XmpImgDirection,
    };
    assert_eq!(with_xmp(attributes, "").heading, Some(expected));
    let pose = with_xmp(r#"GPano:PoseHeadingDegrees="176.3""#, "");
    assert_eq!(pose.heading.unwrap().source, HeadingSource::PanoramaPose);
}

#[test]
fn a_panorama_without_compass_does_not_claim_north() {
    let facts = with_xmp(r#"GPano:PoseHeadingDegrees="0.0""#, "");
    assert_eq!(facts.heading, None);
    assert_eq!(facts.flaws, []);
}

#[test]
fn orientation_is_1_unless_the_tag_is_valid() {
    let at = |value| {
        let tiff = Tiff {
            first: vec![(ORIENTATION, value)],
            ..Tiff::default()
        };
        facts(&tiff.photo()).orientation
    };
    assert_eq!(at(Value::Short(vec![6])), 6);
    assert_eq!(at(Value::Short(vec![0])), 1);
    assert_eq!(at(Value::Short(vec![9])), 1);
    assert_eq!(at(Value::Short(vec![262])), 1);
    assert_eq!(at(ascii("6")), 1);
}

#[test]
fn names_lose_their_padding_and_fall_back_to_xmp() {
    let tiff = Tiff {
        first: vec![
            (MAKE, Value::Ascii(b"GoPro\0\0\0\0\0".to_vec())),
            (MODEL, ascii("HERO6 Black   ")),
        ],
        ..Tiff::default()
    };
    let packet = xmp(r#"tiff:Make="Other" tiff:Model="Other""#, "");
    let facts = facts(&jpeg(&[xmp_segment(packet.as_bytes()), tiff.segment()]));
    assert_eq!(facts.make.as_deref(), Some("GoPro"));
    assert_eq!(facts.model.as_deref(), Some("HERO6 Black"));

    let facts = with_xmp(r#"tiff:Make="Ricoh &amp; Co""#, "<tiff:Model>Theta&#32;S</tiff:Model>");
    assert_eq!(facts.make.as_deref(), Some("Ricoh & Co"));
    assert_eq!(facts.model.as_deref(), Some("Theta S"));
}

#[test]
fn the_camera_is_known_by_its_serial_numbers() {
    let uuid = |exif| {
        let tiff = Tiff {
            exif,
            ..Tiff::default()
        };
        facts(&tiff.photo()).camera_uuid
    };
    let body = || (0xa431, ascii("C335-3424 686268"));
    let lens = || (0xa435, ascii("00/12"));
    assert_eq!(uuid(vec![body()]).as_deref(), Some("C3353424686268"));
    assert_eq!(uuid(vec![body(), lens()]).as_deref(), Some("C3353424686268_0012"));
    assert_eq!(uuid(vec![]), None);
    let facts = with_xmp(r#"aux:SerialNumber="5059083""#, "");
    assert_eq!(facts.camera_uuid.as_deref(), Some("5059083"));
}

#[test]
fn the_size_is_that_of_the_picture_whatever_exif_says() {
    let tiff = Tiff {
        exif: vec![(0xa002, Value::Long(vec![4000])), (0xa003, Value::Short(vec![3000]))],
        ..Tiff::default()
    };
    let photo = tiff.photo();
    let read = facts(&photo);
    assert_eq!(read.width_px, Some(SIZE_PX.0));
    assert_eq!(read.height_px, Some(SIZE_PX.1));

    // Without a frame header EXIF has to do.
    let no_frame = [&[0xff, 0xd8], tiff.segment().as_slice(), &[0xff, 0xd9]].concat();
    let read = facts(&no_frame);
    assert_eq!((read.width_px, read.height_px), (Some(4000), Some(3000)));
    assert_eq!(read.flaws, [Flaw::PictureMissing]);
}

#[test]
fn progressive_pictures_have_a_size_too() {
    let photo = [
        vec![0xff, 0xd8],
        segment(0xc4, &[0; 17]),
        segment(0xc2, &[8, 0x0b, 0xb8, 0x0f, 0xa0, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![1, 2, 3, 0xff, 0xd9],
    ]
    .concat();
    let facts = facts(&[&photo[..2], &Tiff::default().segment(), &photo[2..]].concat());
    assert_eq!((facts.width_px, facts.height_px), (Some(4000), Some(3000)));
}

#[test]
fn projections_are_told_apart() {
    let projection = |name: &str| with_xmp(&format!(r#"GPano:ProjectionType="{name}""#), "").projection;
    assert_eq!(projection("equirectangular"), Projection::Equirectangular);
    assert_eq!(projection("Equirectangular"), Projection::Equirectangular);
    assert_eq!(projection("Cylindrical"), Projection::Other("cylindrical".to_owned()));
    assert_eq!(with_xmp("", "").projection, Projection::Flat);
}

#[test]
fn xmp_is_read_from_elements_and_in_utf16() {
    let packet = xmp("", "<GPano:ProjectionType>equirectangular</GPano:ProjectionType>");
    let units: Vec<u16> = packet.encode_utf16().collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    for bytes in [
        packet.clone().into_bytes(),
        [b"\xef\xbb\xbf", packet.as_bytes()].concat(),
        [packet.as_bytes(), &[0; 64]].concat(),
        big.clone(),
        little.clone(),
        [[0xfe, 0xff].as_slice(), &big].concat(),
        [[0xff, 0xfe].as_slice(), &little].concat(),
    ] {
        let facts = facts(&jpeg(&[xmp_segment(&bytes)]));
        assert_eq!(facts.projection, Projection::Equirectangular);
        assert_eq!(facts.flaws, []);
    }
}

#[test]
fn damaged_xmp_gives_what_stands_before_the_damage() {
    let packet = xmp(r#"tiff:Make="GoPro""#, "<tiff:Model>HERO</tiff:Model>");
    let model_at = packet.find("<tiff:Model>").unwrap();
    for damaged in [
        packet[..model_at].to_owned(),
        packet[..model_at + 5].to_owned(),
        packet.replace("<tiff:Model>", "<!-- "),
    ] {
        let facts = facts(&jpeg(&[xmp_segment(damaged.as_bytes())]));
        assert_eq!(facts.make.as_deref(), Some("GoPro"));
        assert_eq!(facts.model, None);
        assert_eq!(facts.flaws, [Flaw::XmpDamaged]);
    }
}

#[test]
fn the_preview_is_found_in_the_file() {
    let thumbnail = b"\xff\xd8preview\xff\xd9".to_vec();
    let tiff = Tiff {
        first: vec![(MAKE, ascii("GoPro"))],
        thumbnail: Some(thumbnail.clone()),
        ..Tiff::default()
    };
    let photo = jpeg(&[segment(0xe0, b"JFIF\0"), tiff.segment()]);
    let place = facts(&photo).thumbnail.unwrap();
    let start = usize::try_from(place.offset_bytes).unwrap();
    let length = usize::try_from(place.length_bytes).unwrap();
    assert_eq!(photo[start..start + length], thumbnail);
}

#[test]
fn the_maker_of_the_lens_is_not_taken_for_that_of_the_camera() {
    let photo = Tiff {
        exif: vec![(0xa433, ascii("Sigma")), (0xa434, ascii("35mm F1.4"))],
        ..Tiff::default()
    };
    let facts = facts(&photo.photo());
    assert_eq!((facts.make, facts.model), (None, None));
}

#[test]
fn the_tags_that_windows_adds_say_nothing_about_the_camera() {
    // XPTitle and XPAuthor in UTF-16, and a padding tag whose length is the rest of the block.
    let utf16 = |text: &str| Value::Bytes(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let photo = Tiff {
        little_endian: true,
        first: vec![
            (MAKE, ascii("SONY")),
            (0x9c9b, utf16("title")),
            (0x9c9d, utf16("author")),
            (0xea1c, Value::Undefined(vec![0; 4_000])),
        ],
        exif: vec![(0xea1c, Value::Undefined(vec![0; 4_000]))],
        ..Tiff::default()
    };
    let facts = facts(&photo.photo());
    assert_eq!(facts.make.as_deref(), Some("SONY"));
    assert_eq!(facts.model, None);
    assert_eq!(facts.flaws, []);
}
