//! Videos made to cost as much as they can: tables full to their caps. What one call may hold and read is bounded.

#[path = "videos/builder.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod builder;

use std::io::Cursor;
use std::time::Instant;

use builder::{boxed, boxes, kinds, with_tracks};
use peak_alloc::PeakAlloc;
use waypost_generator::{VideoSpec, gopro_video_bytes};
use waypost_media::{MediaError, TrackPoint, camm_mux, read_video};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one call may hold: three times the largest table and the plan of a million ranges.
const MEMORY_CAP_BYTES: usize = 112 * 1024 * 1024;
/// As many entries as a table of 16 MiB has.
const MOST: u32 = 4 * 1024 * 1024 - 4;

/// A table of the words in `head` and `MOST` times the word `all`.
fn full_table(kind: [u8; 4], head: &[u32], all: u32) -> Vec<u8> {
    let head: Vec<u8> = head.iter().copied().flat_map(u32::to_be_bytes).collect();
    boxed(kind, &[head, all.to_be_bytes().repeat(MOST as usize)].concat())
}

fn table(kind: [u8; 4], words: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let content: Vec<u8> = words.into_iter().flat_map(u32::to_be_bytes).collect();
    boxed(kind, &content)
}

/// The boxes in `content`, each as `inner` makes it.
fn rebuilt(content: &[u8], inner: impl Fn([u8; 4], &[u8]) -> Vec<u8>) -> Vec<u8> {
    boxes(content)
        .into_iter()
        .flat_map(|(kind, content)| inner(kind, content))
        .collect()
}

/// A generated video in which the track with samples of `format` has other tables, and 32 MiB of zeros behind.
fn with_tables(format: [u8; 4], tables: &[Vec<u8>]) -> Vec<u8> {
    let spec = VideoSpec {
        duration_s: 1,
        ..VideoSpec::default()
    };
    let mut file = with_tracks(&gopro_video_bytes(&spec).unwrap(), |track| {
        if kinds(track).1 != b"gpmd" && kinds(track).1 != format {
            return vec![];
        }
        let table = |kind: [u8; 4], content: &[u8]| {
            if &kind == b"stsd" {
                let mut description = content.to_vec();
                description[12..16].copy_from_slice(&format);
                return boxed(kind, &description);
            }
            Vec::new()
        };
        let new = rebuilt(track, |kind, content| match &kind {
            b"mdia" => boxed(
                kind,
                &rebuilt(content, |kind, content| match &kind {
                    b"minf" => boxed(
                        kind,
                        &rebuilt(content, |kind, content| match &kind {
                            b"stbl" => boxed(kind, &[rebuilt(content, table), tables.concat()].concat()),
                            _ => boxed(kind, content),
                        }),
                    ),
                    _ => boxed(kind, content),
                }),
            ),
            _ => boxed(kind, content),
        });
        vec![boxed(*b"trak", &new)]
    });
    file.extend(boxed(*b"mdat", &vec![0; 32 << 20]));
    file
}

/// Runs `call` and returns what it held beyond the file.
fn held_bytes<T>(what: &str, call: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let result = call();
    let held = MEMORY.peak_usage().saturating_sub(before);
    println!("{what}: held {} KiB, took {:?}", held / 1024, start.elapsed());
    assert!(held < MEMORY_CAP_BYTES, "{what}: {held} bytes");
    (result, held)
}

#[test]
fn tables_full_to_their_caps_cost_a_bounded_amount() {
    let one_chunk = |samples: u32| {
        [
            table(*b"stts", [0, 1, u32::MAX, 1]),
            table(*b"stsc", [0, 1, 1, samples, 1]),
            table(*b"stco", [0, 1, 4_000]),
        ]
    };
    let point = [TrackPoint::new(0.0, 50.0, 8.0)];

    // Telemetry: four million payloads of eight bytes; a fixed size and a count of two thousand million.
    for sizes in [
        full_table(*b"stsz", &[0, 0, MOST], 8),
        table(*b"stsz", [0, 8, 0x7fff_ffff]),
    ] {
        let file = with_tables(*b"gpmd", &[&one_chunk(u32::MAX)[..], &[sizes]].concat());
        let (facts, _) = held_bytes("payloads", || read_video(&mut Cursor::new(&file)));
        assert!(facts.unwrap().track.is_empty());
    }

    // CAMM: all samples at one place, so that little is read often.
    let file = with_tables(
        *b"camm",
        &[
            table(*b"stts", [0, 1, u32::MAX, 1]),
            table(*b"stsc", [0, 1, 1, 1, 1]),
            full_table(*b"stco", &[0, MOST], 4_000),
            table(*b"stsz", [0, 60, 0x7fff_ffff]),
        ],
    );
    let (result, _) = held_bytes("positions at one place", || read_video(&mut Cursor::new(&file)));
    assert!(matches!(result, Err(MediaError::VideoDamaged { .. })), "{result:?}");

    // Pictures: four million, each at a place of its own.
    let file = with_tables(
        *b"avc1",
        &[
            table(*b"stts", [0, 1, u32::MAX, 1]),
            table(*b"stsc", [0, 1, 1, 1, 1]),
            table(
                *b"stco",
                [0, MOST].into_iter().chain((0..MOST).map(|index| 4_000 + 5 * index)),
            ),
            table(*b"stsz", [0, 3, MOST]),
        ],
    );
    let (result, _) = held_bytes("scattered pictures", || {
        camm_mux(&mut Cursor::new(&file), &point, "", "")
    });
    assert!(matches!(result, Err(MediaError::VideoTooLarge { .. })), "{result:?}");
}
