//! Recordings of phones: the index says in words what took them, when and where. One place is no track.

use waypost_generator::{VideoSpec, gopro_video_bytes};
use waypost_media::{VideoFacts, VideoKind, VideoPlace};

use crate::builder::{at, boxed, boxes, kinds, unchanged, with_tracks};
use crate::read;

/// QuickTime's list of keys and values.
fn metadata(versioned: bool, pairs: &[(&str, &str)]) -> Vec<u8> {
    let handler = boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let count = u32::try_from(pairs.len()).unwrap().to_be_bytes();
    let keys: Vec<u8> = pairs
        .iter()
        .flat_map(|(key, _)| boxed(*b"mdta", key.as_bytes()))
        .collect();
    let values: Vec<u8> = (1_u32..)
        .zip(pairs)
        .flat_map(|(number, (_, value))| {
            let data = boxed(*b"data", &[b"\0\0\0\x01\0\0\0\0", value.as_bytes()].concat());
            boxed(number.to_be_bytes(), &data)
        })
        .collect();
    let inside = [
        handler,
        boxed(*b"keys", &[&[0; 4], &count[..], &keys].concat()),
        boxed(*b"ilst", &values),
    ]
    .concat();
    let version: &[u8] = if versioned { &[0; 4] } else { &[] };
    boxed(*b"meta", &[version, &inside].concat())
}

fn user_text(kind: [u8; 4], text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    boxed(kind, &[&length[..], &[0x15, 0xc7], text.as_bytes()].concat())
}

/// A video with pictures alone, and `added` to its index.
fn recording(added: &[u8]) -> VideoFacts {
    let spec = VideoSpec {
        duration_s: 1,
        ..VideoSpec::default()
    };
    let pictures = with_tracks(&gopro_video_bytes(&spec).unwrap(), |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    });
    let moov: Vec<u8> = boxes(at(&pictures, &[b"moov"]).unwrap())
        .into_iter()
        .filter(|(kind, _)| kind != b"udta")
        .flat_map(|(kind, content)| boxed(kind, content))
        .collect();
    let others = boxes(&pictures).into_iter().filter(|(kind, _)| kind != b"moov");
    let mut file: Vec<u8> = others.flat_map(|(kind, content)| boxed(kind, content)).collect();
    file.extend(boxed(*b"moov", &[&moov, added].concat()));
    read(&file).unwrap()
}

#[test]
fn an_iphones_recording_names_camera_moment_and_place() {
    for versioned in [false, true] {
        let facts = recording(&metadata(
            versioned,
            &[
                ("com.apple.quicktime.location.accuracy.horizontal", "4.7"),
                ("com.apple.quicktime.location.ISO6709", "+27.1281+100.2508+000.000/"),
                ("com.apple.quicktime.make", "Apple"),
                ("com.apple.quicktime.model", "iPhone X"),
                ("com.apple.quicktime.creationdate", "2019-02-12T15:27:12+08:00"),
            ],
        ));
        assert_eq!(facts.kind, VideoKind::Plain);
        assert_eq!(facts.track, []);
        assert_eq!(facts.make.as_deref(), Some("Apple"));
        assert_eq!(facts.model.as_deref(), Some("iPhone X"));
        assert_eq!(facts.created_unix_ms, Some(1_549_956_432_000));
        let place = VideoPlace {
            lat_deg: 27.1281,
            lon_deg: 100.2508,
            altitude_m: Some(0.0),
        };
        assert_eq!(facts.place, Some(place));
    }
}

#[test]
fn an_android_recording_names_camera_and_place() {
    let keys = metadata(
        true,
        &[
            ("com.android.version", "14"),
            ("com.android.manufacturer", "Google"),
            ("com.android.model", "Pixel 8"),
        ],
    );
    let place = boxed(*b"udta", &user_text(*b"\xa9xyz", "+51.5074-000.1278/"));
    let facts = recording(&[place, keys].concat());
    assert_eq!(facts.make.as_deref(), Some("Google"));
    assert_eq!(facts.model.as_deref(), Some("Pixel 8"));
    let place = facts.place.unwrap();
    assert_eq!(
        (place.lat_deg, place.lon_deg, place.altitude_m),
        (51.5074, -0.1278, None)
    );
    assert_eq!(facts.created_unix_ms, None, "no text with an offset");
}

#[test]
fn keys_are_read_where_ffmpeg_puts_them() {
    let keys = metadata(
        true,
        &[
            ("com.apple.quicktime.make", "Apple"),
            ("com.apple.quicktime.location.ISO6709", "+48.1234+011.5678+520.000/"),
        ],
    );
    let facts = recording(&boxed(*b"udta", &keys));
    assert_eq!(facts.make.as_deref(), Some("Apple"));
    assert_eq!(facts.place.unwrap().altitude_m, Some(520.0));
}

#[test]
fn the_place_of_3gpp_recordings_is_read() {
    let loci = |lon: i32, lat: i32, name: &[u8]| {
        let numbers = [lon, lat, 520].map(|number| (number << 16).to_be_bytes()).concat();
        boxed(
            *b"loci",
            &[&[0, 0, 0, 0, 0x15, 0xc7], name, &[0], &numbers, b"earth\0\0"].concat(),
        )
    };
    let place = recording(&boxed(*b"udta", &loci(11, -48, b"home\0"))).place.unwrap();
    assert_eq!(
        (place.lat_deg, place.lon_deg, place.altitude_m),
        (-48.0, 11.0, Some(520.0))
    );
    for odd in [
        loci(11, 99, b"\0"),
        loci(200, 1, b"\0"),
        boxed(*b"loci", b"\0\0\0\0\x15\xc7name"),
    ] {
        assert_eq!(recording(&boxed(*b"udta", &odd)).place, None);
    }
}

#[test]
fn user_data_comes_before_keys_and_an_empty_text_is_none() {
    let user_data = [
        user_text(*b"\xa9mak", ""),
        user_text(*b"\xa9mod", "X3"),
        user_text(*b"\xa9day", "2024-05-06T07:08:09-0300"),
    ]
    .concat();
    let keys = metadata(
        false,
        &[
            ("com.apple.quicktime.make", "Insta360"),
            ("com.apple.quicktime.model", "other"),
        ],
    );
    let facts = recording(&[boxed(*b"udta", &user_data), keys].concat());
    assert_eq!(facts.make.as_deref(), Some("Insta360"));
    assert_eq!(facts.model.as_deref(), Some("X3"));
    assert_eq!(facts.created_unix_ms, Some(1_714_990_089_000));
}

#[test]
fn damaged_lists_of_keys_leave_the_rest_as_it_is() {
    let whole = metadata(false, &[("com.apple.quicktime.make", "Apple")]);
    for length in 8..whole.len() {
        let mut cut = whole[..length].to_vec();
        let size = u32::try_from(length).unwrap().to_be_bytes();
        cut[..4].copy_from_slice(&size);
        let facts = recording(&cut);
        assert_eq!(
            (facts.kind, facts.video_tracks),
            (VideoKind::Plain, 1),
            "cut at {length}"
        );
    }
    // A value without a key, and one whose number is zero.
    for number in [0_u32, 9, u32::MAX] {
        let mut odd = whole.clone();
        let at = odd.windows(4).position(|four| four == b"ilst").unwrap() + 8;
        odd[at..at + 4].copy_from_slice(&number.to_be_bytes());
        assert_eq!(recording(&odd).make, None);
    }
}
