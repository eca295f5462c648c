//! Damaged GPX and NMEA files: deterministic mutants of good ones, each read.
//!
//! Nothing may panic, hold more memory than the file's size allows, or give a point that no recording can have. Run more
//! with `WAYPOST_MUTANTS`.

#[allow(dead_code, reason = "the other tests use the rest of it")]
mod mutation;

use std::collections::BTreeMap;

use mutation::{Caps, Random, Seed, Seeds, Worst, mutant_count};
use waypost_media::{TrackFile, read_track_file};

const SEED: u64 = 0x5452_4143_4b53_2121;
/// Files of a few kilobytes cannot make the reader hold more than this.
const CAPS: Caps = Caps {
    memory_bytes: 1024 * 1024,
    bytes_read: 1,
    calls: 1,
};
const WORDS: [&[u8]; 8] = [
    b"<time>",
    b"<trkpt ",
    b"</trkpt>",
    b"$GPRMC,",
    b"1e308",
    b"<![CDATA[",
    b"&#x110000;",
    b"-9999-12-31",
];

fn gpx() -> String {
    let points: String = (10..22)
        .map(|second| {
            [
                "<trkpt lat=\"52.5\" lon=\"13.25\"><ele>35.5</ele><time>2025-03-14T07:00:",
                &second.to_string(),
                "Z</time><fix>3d</fix><extensions><x:speed>8.2</x:speed></extensions></trkpt>",
            ]
            .concat()
        })
        .collect();
    ["<gpx><trk><trkseg>", &points, "</trkseg></trk></gpx>"].concat()
}

fn nmea() -> String {
    let lines: Vec<String> = (20..35)
        .flat_map(|second| {
            [
                format!("$GPGGA,2359{second}.50,5230.00{second},N,01315.0000,E,1,09,0.9,35.5,M,44.9,M,,"),
                format!("$GPRMC,2359{second}.50,A,5230.00{second},N,01315.0000,E,1.0,90.5,140325,,,A"),
            ]
        })
        .collect();
    lines.join("\n")
}

fn assert_sound(track: &TrackFile) {
    assert!(!track.points.is_empty());
    assert!(track.points.is_sorted_by(|left, right| left.unix_ms <= right.unix_ms));
    for point in &track.points {
        assert!(point.unix_ms.is_finite() && point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 180.0);
        assert!(point.heading_deg.is_none_or(|deg| (0.0..360.0).contains(&deg)));
    }
}

fn seed(bytes: Vec<u8>) -> Seed {
    Seed::new(bytes, &[b"<time>", b"<trkpt", b"$GPRMC", b"$GPGGA"], [])
}

#[test]
fn no_damage_makes_the_reader_panic_or_give_impossible_points() {
    let utf16: Vec<u8> = ["\u{feff}", &gpx()]
        .concat()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let seeds = Seeds {
        reader: "track files",
        generated: vec![seed(gpx().into_bytes()), seed(utf16), seed(nmea().into_bytes())],
        real: Vec::new(),
        words: WORDS.map(<[u8]>::to_vec).to_vec(),
    };
    let mutants = mutant_count() / 5;
    let mut random = Random::new(SEED);
    let (mut read, mut refused) = (0_usize, BTreeMap::<&str, usize>::new());
    let mut worst = Worst::default();
    for _ in 0..mutants {
        let file = seeds.mutant(&mut random);
        match worst.watch(CAPS, &file, |_| read_track_file(&file)) {
            Ok(track) => {
                read += 1;
                assert_sound(&track);
            }
            Err(error) => *refused.entry(error.code()).or_default() += 1,
        }
    }
    println!(
        "{mutants} mutants of {}: {read} read, refusals {refused:?}, {worst:?}",
        seeds.reader
    );
    assert!(read > mutants / 2, "the mutants are too broken to test the reader");
}
