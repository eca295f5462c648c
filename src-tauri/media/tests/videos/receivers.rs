//! Several receivers and streams in one recording: which of them is used.

use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes, video_points};
use waypost_media::{RemovalReason, VideoKind};

use crate::builder::{boxed, boxes, kinds, with_tracks};
use crate::{assert_near, read};

/// An entry of GPMF: key, type, bytes of a structure, count, values.
fn klv(key: &[u8], kind: u8, structure_bytes: u8, data: &[u8]) -> Vec<u8> {
    let count = if kind == 0 {
        data.len()
    } else {
        data.len() / usize::from(structure_bytes)
    };
    let count = u16::try_from(count).unwrap().to_be_bytes();
    let mut entry = [key, &[kind, if kind == 0 { 1 } else { structure_bytes }], &count, data].concat();
    entry.resize(entry.len().next_multiple_of(4), 0);
    entry
}

fn words(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

const SCALES: [i32; 5] = [10_000_000, 10_000_000, 1000, 1000, 100];

/// A stream of GPS5 with `count` points from this latitude on.
fn gps5(lat_deg: i32, count: i32) -> Vec<u8> {
    let rows: Vec<u8> = (0..count)
        .flat_map(|index| words(&[lat_deg * 10_000_000 + index * 100, 80_000_000, 34_000, 5_000, 500]))
        .collect();
    let inside = [
        klv(b"GPSF", b'L', 4, &3_u32.to_be_bytes()),
        klv(b"GPSU", b'U', 16, b"220920132938.299"),
        klv(b"GPSP", b'S', 2, &179_u16.to_be_bytes()),
        klv(b"SCAL", b'l', 4, &words(&SCALES)),
        klv(b"GPS5", b'l', 20, &rows),
    ];
    klv(b"STRM", 0, 1, &inside.concat())
}

/// The same points as HERO11 and later write them, each with its time: 8298 days and 48577.923 seconds after 2000.
fn gps9(lat_deg: i32, count: i32) -> Vec<u8> {
    let rows: Vec<u8> = (0..count)
        .flat_map(|index| {
            let mut row = words(&[
                lat_deg * 10_000_000 + index * 100,
                80_000_000,
                34_000,
                5_000,
                500,
                8298,
                48_577_923 + index * 100,
            ]);
            row.extend([0, 179, 0, 3]);
            row
        })
        .collect();
    let scales = [&SCALES[..], &[1, 1000, 100, 1]].concat();
    let inside = [
        klv(b"TYPE", b'c', 9, b"lllllllSS"),
        klv(b"SCAL", b'l', 4, &words(&scales)),
        klv(b"GPS9", b'?', 32, &rows),
    ];
    klv(b"STRM", 0, 1, &inside.concat())
}

/// A drone's raw positions, as GoPro Karma writes them.
fn gpri(lat_deg: i32, count: i32) -> Vec<u8> {
    let rows: Vec<u8> = (0..count)
        .flat_map(|index| {
            let mut row = 145_911_705_u64.to_be_bytes().to_vec();
            row.extend(words(&[lat_deg * 10_000_000 + index, -1_173_310_668, 15_711]));
            row.extend([0, 25, 0, 42, 0, 59, 130, 155, 3, 20]);
            row
        })
        .collect();
    let scales = [1_000_000, 10_000_000, 10_000_000, 1000, 100, 100, 100, 100, 1, 1];
    let inside = [
        klv(b"STNM", b'c', 1, b"GPS RAW"),
        klv(b"TYPE", b'c', 10, b"JlllSSSSBB"),
        klv(b"SCAL", b'l', 4, &words(&scales)),
        klv(b"GPRI", b'?', 30, &rows),
    ];
    klv(b"STRM", 0, 1, &inside.concat())
}

/// A drone's corrected positions.
fn glpi(lat_deg: i32, count: i32) -> Vec<u8> {
    let rows: Vec<u8> = (0..count)
        .flat_map(|index| {
            let mut row = words(&[145_047, lat_deg * 10_000_000 + index, -1_173_310_668, 15_711, 2_003]);
            row.extend([0, 88, 255, 181, 255, 248, 129, 132]);
            row
        })
        .collect();
    let scales = [1000, 10_000_000, 10_000_000, 1000, 1000, 100, 100, 100, 100];
    let inside = [
        klv(b"STNM", b'c', 1, b"Position"),
        klv(b"TYPE", b'c', 9, b"LllllsssS"),
        klv(b"SCAL", b'l', 4, &words(&scales)),
        klv(b"GLPI", b'?', 28, &rows),
    ];
    klv(b"STRM", 0, 1, &inside.concat())
}

fn device(id: u32, name: &str, streams: &[Vec<u8>]) -> Vec<u8> {
    let inside = [
        klv(b"DVID", b'L', 4, &id.to_be_bytes()),
        klv(b"DVNM", b'c', 1, name.as_bytes()),
        streams.concat(),
    ];
    klv(b"DEVC", 0, 1, &inside.concat())
}

/// A recording of one payload.
fn recording(payload: &[u8]) -> Vec<u8> {
    let spec = VideoSpec {
        duration_s: 1,
        ..VideoSpec::default()
    };
    let base = gopro_video_bytes(&spec).unwrap();
    let mut start = 0_u32;
    let mut front = Vec::new();
    for (kind, content) in boxes(&base) {
        if &kind == b"moov" {
            // The payload gets a box of its own in front of the index.
            start = u32::try_from(front.len() + 8).unwrap();
            front.extend(boxed(*b"mdat", payload));
        }
        front.extend(boxed(kind, content));
    }
    let size = u32::try_from(payload.len()).unwrap();
    let table = |kind: [u8; 4], words: &[u32]| {
        let content: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        boxed(kind, &content)
    };
    with_tracks(&front, |track| {
        if kinds(track).1 != b"gpmd" {
            return vec![boxed(*b"trak", track)];
        }
        let tables = [
            (*b"stts", table(*b"stts", &[0, 1, 1, 1000])),
            (*b"stsc", table(*b"stsc", &[0, 1, 1, 1, 1])),
            (*b"stsz", table(*b"stsz", &[0, 0, 1, size])),
            (*b"stco", table(*b"stco", &[0, 1, start])),
        ];
        vec![boxed(*b"trak", &with_tables(track, &tables))]
    })
}

/// The boxes of a track, its tables replaced.
fn with_tables(content: &[u8], tables: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    boxes(content)
        .into_iter()
        .flat_map(|(kind, content)| match &kind {
            b"mdia" | b"minf" | b"stbl" => boxed(kind, &with_tables(content, tables)),
            _ => match tables.iter().find(|(name, _)| *name == kind) {
                Some((_, table)) => table.clone(),
                None => boxed(kind, content),
            },
        })
        .collect()
}

#[test]
fn gps9_is_used_wherever_in_the_device_it_stands_and_never_beside_gps5() {
    for streams in [[gps5(50, 10), gps9(50, 10)], [gps9(50, 10), gps5(50, 10)]] {
        let facts = read(&recording(&device(1, "HERO11 Black", &streams))).unwrap();
        assert_eq!(facts.track.len(), 10);
        let epochs: Vec<f64> = facts.track.iter().map(|point| point.epoch_ms.unwrap()).collect();
        // 2022-09-20T13:29:37.923Z: the point's own time, not the payload's.
        assert_near(epochs[0], 1_663_680_577_923.0, 0.5, "first");
        assert_near(epochs[9], 1_663_680_578_823.0, 0.5, "last");
    }
}

#[test]
fn gps5_is_used_where_gps9_is_empty() {
    let facts = read(&recording(&device(1, "HERO11 Black", &[gps9(50, 0), gps5(50, 10)]))).unwrap();
    assert_eq!(facts.track.len(), 10);
    assert_near(
        facts.track[0].epoch_ms.unwrap(),
        1_663_680_578_299.0,
        0.5,
        "payload's time",
    );
}

#[test]
fn of_two_cameras_receivers_only_the_first_is_used() {
    let payload = [
        device(1, "HERO7 Black", &[gps5(50, 4)]),
        device(2, "remote", &[gps5(10, 7)]),
    ]
    .concat();
    let facts = read(&recording(&payload)).unwrap();
    assert_eq!(facts.track.len(), 4);
    assert_near(facts.track[0].lat_deg, 50.0, 1e-9, "latitude");
    assert_eq!(facts.model.as_deref(), Some("HERO7 Black"));
}

#[test]
fn a_device_inside_another_is_found() {
    let inner = device(2, "HERO6 Black", &[gps5(50, 3)]);
    let hub = klv(b"DEVC", 0, 1, &[klv(b"DVNM", b'c', 1, b"Hub"), inner].concat());
    let facts = read(&recording(&hub)).unwrap();
    assert_eq!(facts.track.len(), 3);
    assert_eq!(facts.model.as_deref(), Some("HERO6 Black"));
}

#[test]
fn a_drones_positions_are_kept_apart_with_their_reason() {
    for streams in [
        vec![gpri(33, 4)],
        vec![gpri(34, 7), glpi(33, 4)],
        vec![glpi(33, 4), gpri(34, 7)],
    ] {
        assert_of_drone(&streams);
    }
}

/// Four positions, with their reason, and no track.
fn assert_of_drone(streams: &[Vec<u8>]) {
    let payload = [
        device(1, "Camera", &[]),
        device(0x0100_e511, "GoPro Karma v1.0", streams),
    ]
    .concat();
    let facts = read(&recording(&payload)).unwrap();
    assert_eq!(facts.kind, VideoKind::GoPro);
    assert_eq!(facts.track, []);
    let reasons: Vec<_> = facts.removed.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reasons, [RemovalReason::Drone; 4]);
    assert_eq!(reasons[0].code(), "point_of_drone");
    let (first, _) = facts.removed[0];
    assert_near(first.lat_deg, 33.0, 1e-9, "latitude");
    assert_near(first.lon_deg, -117.331_066_8, 1e-9, "longitude");
    assert_near(first.altitude_m.unwrap(), 15.711, 1e-9, "altitude");
}

#[test]
fn the_cameras_own_positions_come_before_a_drones() {
    let payload = [
        device(2, "GoPro Karma v1.0", &[gpri(33, 4)]),
        device(1, "Camera", &[gps5(33, 18)]),
    ]
    .concat();
    let facts = read(&recording(&payload)).unwrap();
    assert_eq!(facts.track.len(), 18);
    assert_eq!(facts.removed, []);
}

#[test]
fn generated_recordings_with_both_streams_have_each_point_once() {
    let spec = VideoSpec {
        gps: GpsStream::Both,
        duration_s: 3,
        ..VideoSpec::default()
    };
    let facts = read(&gopro_video_bytes(&spec).unwrap()).unwrap();
    assert_eq!(facts.track.len(), video_points(&spec).len());
}
