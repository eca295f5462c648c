//! Where a photo was taken.

use waypost_media::{Flaw, PositionSource};

use crate::builder::{Tiff, Value, ascii, dms, gps_position, jpeg, xmp, xmp_segment};
use crate::facts;

fn exif(gps: Vec<(u16, Value)>) -> Vec<u8> {
    Tiff { gps, ..Tiff::default() }.photo()
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-8
}

#[track_caller]
fn assert_place(bytes: &[u8], lat: f64, lon: f64, source: PositionSource) {
    let facts = facts(bytes);
    let position = facts.position.unwrap_or_else(|| panic!("{facts:?}"));
    assert!(near(position.lat_deg, lat), "{position:?}");
    assert!(near(position.lon_deg, lon), "{position:?}");
    assert_eq!(position.source, source);
}

#[test]
fn each_quarter_of_the_world_keeps_its_signs_in_both_byte_orders() {
    for (lat, lon) in [(52.5, 13.25), (-33.5, -70.1), (-33.5, 151.2), (64.1, -21.9)] {
        for little_endian in [false, true] {
            let photo = Tiff {
                little_endian,
                gps: gps_position(lat, lon),
                ..Tiff::default()
            }
            .photo();
            assert_place(&photo, lat, lon, PositionSource::Exif);
        }
    }
}

#[test]
fn coordinates_without_hemisphere_are_not_taken_for_north_and_east() {
    for missing in [1, 3] {
        let mut gps = gps_position(-33.5, -70.1);
        gps.retain(|(tag, _)| *tag != missing);
        let facts = facts(&exif(gps));
        assert_eq!(facts.position, None);
        assert_eq!(facts.flaws, [Flaw::GpsReferenceMissing]);
    }
    let mut blank = gps_position(10.0, 10.0);
    blank[0].1 = ascii(" ");
    assert_eq!(facts(&exif(blank)).flaws, [Flaw::GpsReferenceMissing]);
}

#[test]
fn a_negative_coordinate_needs_no_hemisphere() {
    let gps = vec![
        (2, Value::SRational(vec![(-33, 1), (30, 1), (0, 1)])),
        (4, Value::SRational(vec![(-70, 1), (6, 1), (0, 1)])),
    ];
    assert_place(&exif(gps), -33.5, -70.1, PositionSource::Exif);
}

#[test]
fn hemispheres_are_read_in_lower_case_in_words_and_as_bytes() {
    for (south, west) in [("s", "w"), ("South", "West"), (" S", " W")] {
        let mut gps = gps_position(33.5, 70.1);
        gps[0].1 = ascii(south);
        gps[2].1 = ascii(west);
        assert_place(&exif(gps), -33.5, -70.1, PositionSource::Exif);
    }
    let mut gps = gps_position(33.5, 70.1);
    gps[0].1 = Value::Bytes(b"S".to_vec());
    gps[2].1 = Value::Undefined(b"W\0".to_vec());
    assert_place(&exif(gps), -33.5, -70.1, PositionSource::Exif);
}

#[test]
fn degrees_may_come_as_one_two_or_three_numbers() {
    let mut gps = gps_position(0.0, 0.0);
    gps[1].1 = Value::Rational(vec![(52_500_000, 1_000_000)]);
    gps[3].1 = Value::Rational(vec![(13, 1), (1_500, 100)]);
    assert_place(&exif(gps), 52.5, 13.25, PositionSource::Exif);
}

#[test]
fn fractions_over_zero_are_no_position() {
    let mut gps = gps_position(52.5, 13.25);
    gps[1].1 = Value::Rational(vec![(0, 0), (0, 0), (0, 0)]);
    let facts = facts(&exif(gps));
    assert_eq!(facts.position, None);
    assert_eq!(facts.flaws, [Flaw::GpsUnreadable]);
}

#[test]
fn a_lone_latitude_is_no_position() {
    let mut gps = gps_position(52.5, 13.25);
    gps.truncate(2);
    let facts = facts(&exif(gps));
    assert_eq!(facts.position, None);
    assert_eq!(facts.flaws, [Flaw::GpsUnreadable]);
}

#[test]
fn places_off_the_globe_are_refused_with_their_reason() {
    for (lat, lon) in [(95.5, 0.5), (10.0, 180.5)] {
        let facts = facts(&exif(gps_position(lat, lon)));
        assert_eq!(facts.position, None);
        assert_eq!(facts.flaws, [Flaw::GpsOutOfRange]);
    }
    assert_place(&exif(gps_position(-90.0, 180.0)), -90.0, 180.0, PositionSource::Exif);
}

#[test]
fn degrees_written_as_text_are_read_with_decimal_commas_too() {
    for (lat, lon) in [
        ("52,00000,30,00000,36,00000", "13,00000,15,00000,0,90000"),
        ("52,30,36", "13,15,0.9"),
        ("52/1,30/1,36/1", "13/1,15/1,9/10"),
        ("52:30:36", "13:15:0.9"),
    ] {
        let mut gps = gps_position(0.0, 0.0);
        // No NUL at the end: HTC wrote none.
        gps[1].1 = Value::Ascii(lat.as_bytes().to_vec());
        gps[3].1 = Value::Ascii(lon.as_bytes().to_vec());
        assert_place(&exif(gps), 52.51, 13.250_25, PositionSource::Exif);
    }
}

#[test]
fn altitude_has_the_sign_of_its_reference() {
    let altitude = |entries: Vec<(u16, Value)>| {
        let gps = [gps_position(52.5, 13.25), entries].concat();
        facts(&exif(gps)).position.unwrap().altitude_m
    };
    let size = || (6, Value::Rational(vec![(25_004, 1_000)]));
    assert_eq!(altitude(vec![]), None);
    assert_eq!(altitude(vec![size()]), Some(25.004));
    for (reference, expected) in [(0, 25.004), (1, -25.004), (2, 25.004), (3, -25.004)] {
        let entries = vec![(5, Value::Bytes(vec![reference])), size()];
        assert_eq!(altitude(entries), Some(expected));
    }
    let unknown = vec![(6, Value::Rational(vec![(25, 0)]))];
    assert_eq!(altitude(unknown), None);
    let sea = vec![(5, Value::Bytes(vec![1])), (6, Value::Rational(vec![(0, 1)]))];
    assert!(altitude(sea).unwrap().is_sign_positive());
}

#[test]
fn xmp_gives_the_position_where_exif_has_none() {
    for (attributes, lat, lon) in [
        (
            r#"exif:GPSLatitude="51,30.0N" exif:GPSLongitude="0,7.5W""#,
            51.5,
            -0.125,
        ),
        (
            r#"exif:GPSLatitude="33,30,36S" exif:GPSLongitude="151,12,0E""#,
            -33.51,
            151.2,
        ),
        (
            r#"exif:GPSLatitude="-38.405" exif:GPSLongitude="144.189""#,
            -38.405,
            144.189,
        ),
        (
            r#"exif:GPSLatitude="38.405" exif:GPSLatitudeRef="S"
               exif:GPSLongitude="144.189" exif:GPSLongitudeRef="E""#,
            -38.405,
            144.189,
        ),
        (
            r#"exif:GPSLatitude="38/1,24/1,18/1" exif:GPSLatitudeRef="S"
               exif:GPSLongitude="144/1,11/1,2040/100" exif:GPSLongitudeRef="E""#,
            -38.405,
            144.189,
        ),
    ] {
        let photo = jpeg(&[xmp_segment(xmp(attributes, "").as_bytes())]);
        let facts = facts(&photo);
        let position = facts.position.unwrap_or_else(|| panic!("{attributes}"));
        assert!(
            near(position.lat_deg, lat) && near(position.lon_deg, lon),
            "{position:?}"
        );
        assert_eq!(position.source, PositionSource::Xmp);
    }
}

#[test]
fn xmp_parts_without_hemisphere_are_not_guessed() {
    let packet = xmp(r#"exif:GPSLatitude="51,30.0" exif:GPSLongitude="0,7.5""#, "");
    let facts = facts(&jpeg(&[xmp_segment(packet.as_bytes())]));
    assert_eq!(facts.position, None);
    assert_eq!(facts.flaws, [Flaw::GpsReferenceMissing]);
}

#[test]
fn xmp_altitude_is_read_as_fraction_with_its_sign() {
    let packet = xmp(
        r#"exif:GPSLatitude="51,30N" exif:GPSLongitude="0,7.5W"
           exif:GPSAltitude="12345/100" exif:GPSAltitudeRef="1""#,
        "",
    );
    let facts = facts(&jpeg(&[xmp_segment(packet.as_bytes())]));
    assert_eq!(facts.position.unwrap().altitude_m, Some(-123.45));
}

#[test]
fn exif_wins_over_xmp_and_xmp_helps_out_where_exif_is_broken() {
    let packet = xmp(
        r#"exif:GPSLatitude="51,30N" exif:GPSLongitude="0,7.5W" exif:GPSAltitude="35/1""#,
        "",
    );
    let both = |gps| {
        let tiff = Tiff { gps, ..Tiff::default() };
        jpeg(&[tiff.segment(), xmp_segment(packet.as_bytes())])
    };
    let good = both(gps_position(10.0, 20.0));
    assert_place(&good, 10.0, 20.0, PositionSource::Exif);
    assert_eq!(facts(&good).position.unwrap().altitude_m, Some(35.0));

    let without_reference = both(vec![(2, dms(10.0)), (4, dms(20.0))]);
    assert_place(&without_reference, 51.5, -0.125, PositionSource::Xmp);
    assert_eq!(facts(&without_reference).flaws, [Flaw::GpsReferenceMissing]);
}

#[test]
fn the_place_a_picture_shows_is_not_the_place_it_was_taken() {
    let shown = r#"<Iptc4xmpExt:LocationShown
        xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><rdf:Bag>
        <rdf:li rdf:parseType="Resource"><exif:GPSLatitude>48,16.5N</exif:GPSLatitude>
        <exif:GPSLongitude>16,20.28E</exif:GPSLongitude></rdf:li>
        <rdf:li><rdf:Description exif:GPSLatitude="1,1N" exif:GPSLongitude="1,1E"/></rdf:li>
        </rdf:Bag></Iptc4xmpExt:LocationShown>"#;
    let photo = jpeg(&[xmp_segment(xmp("", shown).as_bytes())]);
    assert_eq!(facts(&photo).position, None);
}

#[test]
fn accuracy_is_read_in_metres() {
    let mut gps = gps_position(52.5, 13.25);
    gps.push((31, Value::Rational(vec![(475, 100)])));
    assert_eq!(facts(&exif(gps)).gps_accuracy_m, Some(4.75));
    let packet = xmp(r#"exif:GPSHPositioningError="13/2""#, "");
    let from_xmp = jpeg(&[xmp_segment(packet.as_bytes())]);
    assert_eq!(facts(&from_xmp).gps_accuracy_m, Some(6.5));
}

#[test]
fn a_gps_directory_behind_an_oddly_typed_pointer_is_found() {
    for kind in [9, 13] {
        let tiff = Tiff {
            gps: gps_position(52.5, 13.25),
            ..Tiff::default()
        };
        let mut block = tiff.bytes();
        // Big-endian entry: tag 0x8825, type LONG.
        let at = block.windows(4).position(|bytes| bytes == [0x88, 0x25, 0, 4]).unwrap();
        block[at + 3] = kind;
        let name_and_block = [b"Exif\0\0".as_slice(), &block].concat();
        let photo = jpeg(&[crate::builder::segment(0xe1, &name_and_block)]);
        assert_place(&photo, 52.5, 13.25, PositionSource::Exif);
    }
}

#[test]
fn placeholders_are_no_altitude_and_no_accuracy() {
    // All bits set, over one and over a thousand; -1 in a signed fraction is a true altitude.
    for (value, expected) in [
        (Value::Rational(vec![(u32::MAX, 1)]), None),
        (Value::Rational(vec![(u32::MAX, 1000)]), None),
        (Value::Rational(vec![(u32::MAX, u32::MAX)]), Some(1.0)),
        (Value::Rational(vec![(0, 0)]), None),
        (Value::SRational(vec![(-1, 1)]), Some(-1.0)),
    ] {
        let photo = Tiff {
            gps: [gps_position(52.5, 13.25), vec![(6, value.clone()), (31, value.clone())]].concat(),
            ..Tiff::default()
        };
        let facts = facts(&photo.photo());
        assert_eq!(facts.position.unwrap().altitude_m, expected, "{value:?}");
        let accuracy = expected.filter(|metres| *metres >= 0.0);
        assert_eq!(facts.gps_accuracy_m, accuracy, "{value:?}");
    }
}

#[test]
fn fractions_with_odd_denominators_keep_their_value() {
    let photo = Tiff {
        gps: vec![
            (1, ascii("N")),
            (2, Value::Rational(vec![(157, 3), (7, 11), (1, 7)])),
            (3, ascii("W")),
            (4, Value::Rational(vec![(0, 13), (0, 1), (u32::MAX, u32::MAX)])),
        ],
        ..Tiff::default()
    };
    let position = facts(&photo.photo()).position.unwrap();
    let expected = 157.0 / 3.0 + 7.0 / 11.0 / 60.0 + 1.0 / 7.0 / 3600.0;
    assert!((position.lat_deg - expected).abs() < 1e-12);
    assert!((position.lon_deg + 1.0 / 3600.0).abs() < 1e-12);
}

#[test]
fn the_equator_and_greenwich_have_no_sign() {
    let mut gps = gps_position(0.0, 0.0);
    gps[0].1 = ascii("S");
    gps[2].1 = ascii("W");
    let photo = Tiff { gps, ..Tiff::default() };
    let position = facts(&photo.photo()).position.unwrap();
    assert!(position.lat_deg.is_sign_positive() && position.lon_deg.is_sign_positive());
    assert_eq!((position.lat_deg, position.lon_deg), (0.0, 0.0));
}
