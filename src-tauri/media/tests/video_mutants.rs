//! Damaged videos: thousands of deterministic mutants of good ones, each read, repacked, and read again.
//!
//! Nothing may panic, run on, read the file many times over, or hold more memory than the caps allow. Run more with
//! `WAYPOST_MUTANTS=200000`; the short ones of the real recordings in the folder `WAYPOST_MUTANT_SEEDS` are then seeds
//! as well.

#[path = "videos/builder.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod builder;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use builder::{boxed, edit_list, kinds, unchanged, with_tracks};
use peak_alloc::PeakAlloc;
use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::{TrackPoint, camm_mux, limits, read_video};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MUTANTS: usize = 24_000;
const SEED: u64 = 0x5749_4445_4f53_2121;
/// What one call may hold beyond the file itself.
const MEMORY_CAP_BYTES: usize = 16 * 1024 * 1024;
/// Reads and seeks of one call.
const CALL_CAP: usize = 100_000;

/// The xorshift64* generator: the same mutants on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 32).unwrap() % bound.max(1)
    }
}

/// A reader that counts.
struct Counted<'b> {
    inner: Cursor<&'b [u8]>,
    calls: usize,
    bytes_read: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.calls += 1;
        let count = self.inner.read(buffer)?;
        self.bytes_read += count;
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.calls += 1;
        self.inner.seek(to)
    }
}

#[derive(Debug, Default)]
struct Worst {
    bytes_read: usize,
    calls: usize,
    memory_bytes: usize,
    time: Duration,
}

/// Runs `call` on `file` and holds it to the caps.
fn watched<T>(file: &[u8], worst: &mut Worst, call: impl FnOnce(&mut Counted<'_>) -> T) -> T {
    let mut reader = Counted {
        inner: Cursor::new(file),
        calls: 0,
        bytes_read: 0,
    };
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let result = call(&mut reader);
    worst.time = worst.time.max(start.elapsed());
    let held = MEMORY.peak_usage().saturating_sub(before);
    worst.memory_bytes = worst.memory_bytes.max(held);
    worst.bytes_read = worst.bytes_read.max(reader.bytes_read);
    worst.calls = worst.calls.max(reader.calls);
    let allowance = usize::try_from(limits::VIDEO_READ_ALLOWANCE_BYTES).unwrap();
    assert!(worst.memory_bytes < MEMORY_CAP_BYTES, "{worst:?}");
    assert!(worst.bytes_read < allowance + 2 * file.len(), "{worst:?}");
    assert!(worst.calls < CALL_CAP, "{worst:?}");
    result
}

fn video(spec: VideoSpec) -> Vec<u8> {
    let small = VideoSpec {
        duration_s: 2,
        width_px: 64,
        height_px: 64,
        ..spec
    };
    gopro_video_bytes(&small).unwrap()
}

/// Good videos, of the kinds that different code reads.
fn seeds() -> Vec<Vec<u8>> {
    let spec = VideoSpec::default;
    let gps5 = video(spec());
    let both = video(VideoSpec {
        gps: GpsStream::Both,
        points_per_second: 3,
        moov_first: true,
        ..spec()
    });
    let gps9 = video(VideoSpec {
        gps: GpsStream::Gps9,
        points_per_second: 5,
        large_mdat: true,
        audio_track: false,
        ..spec()
    });
    let edited = with_tracks(&gps5, |track| {
        let edits = edit_list(&[(300, -1), (1000, 200), (500, 1500)]);
        vec![boxed(*b"trak", &[track, &edits].concat())]
    });
    let track: Vec<TrackPoint> = (0..30_u32)
        .map(|index| TrackPoint {
            epoch_ms: (index % 3 != 0).then_some(1.7e12),
            ..TrackPoint::new(f64::from(index) * 50.0 + 20.0, 50.0, 8.0)
        })
        .collect();
    let layout = camm_mux(&mut Cursor::new(&gps5), &track, "Make", "Model").unwrap();
    let mut camm = Vec::new();
    layout.reader(Cursor::new(&gps5)).read_to_end(&mut camm).unwrap();
    let text = "[1484010000000]$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A\n".repeat(20);
    let free = boxed(
        *b"free",
        &[
            boxed(*b"cprt", b"{\"model\":\"DR900X\"}"),
            boxed(*b"gps ", text.as_bytes()),
        ]
        .concat(),
    );
    let pictures = with_tracks(&gps5, |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    });
    let mut seeds = vec![gps5, both, gps9, edited, camm, [pictures, free].concat()];
    seeds.extend(real_recordings());
    seeds
}

/// The recordings of up to 200 kB in the folder `WAYPOST_MUTANT_SEEDS`.
fn real_recordings() -> Vec<Vec<u8>> {
    let Some(folder) = std::env::var_os("WAYPOST_MUTANT_SEEDS") else {
        return Vec::new();
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let files = paths.iter().map(|path| std::fs::read(path).unwrap());
    files.filter(|bytes| bytes.len() <= 200_000).collect()
}

/// Where the interesting bytes are: the index, and telemetry.
fn hot_spots(file: &[u8]) -> Vec<usize> {
    let mut spots: Vec<usize> = (0..file.len().saturating_sub(4))
        .filter(|&start| {
            [
                b"moov", b"trak", b"mdia", b"stbl", b"stsz", b"stsc", b"stts", b"stco", b"co64", b"elst", b"mdhd",
                b"mvhd", b"tkhd", b"hdlr", b"stsd", b"mdat", b"DEVC", b"STRM", b"GPS5", b"GPS9", b"SCAL", b"TYPE",
                b"GPSU", b"GPSF", b"DVNM", b"ctts", b"stss", b"udta", b"free", b"gps ",
            ]
            .iter()
            .any(|name| file[start..].starts_with(*name))
        })
        .collect();
    spots.push(0);
    spots
}

/// Damages a file in one to four places, mostly beside the names of boxes.
fn mutate(random: &mut Random, seeds: &[(Vec<u8>, Vec<usize>)]) -> Vec<u8> {
    const INTERESTING: [u32; 14] = [
        0,
        1,
        2,
        7,
        8,
        16,
        0xff,
        0xffff,
        0x00ff_ffff,
        0x0100_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fffe,
        0xffff_ffff,
    ];
    let (seed, spots) = &seeds[random.below(seeds.len())];
    let mut file = seed.clone();
    for _ in 0..=random.below(4) {
        let near = random.below(5) != 0;
        let position = if near {
            // From the size in front of a name to the first values behind it.
            let spot = spots[random.below(spots.len())];
            (spot + random.below(36)).saturating_sub(4)
        } else {
            random.below(file.len())
        };
        let position = position.min(file.len() - 1);
        let end = (position + 1 + random.below(64)).min(file.len());
        match random.below(10) {
            0 => file[position] ^= 1 << random.below(8),
            1 => file[position] = u8::try_from(random.below(256)).unwrap(),
            2 if random.below(4) == 0 => file.truncate(position),
            3 if random.below(3) == 0 => {
                file.drain(position..end);
            }
            4 if random.below(3) == 0 => {
                let copy = file[position..end].to_vec();
                let to = random.below(file.len());
                file.splice(to..to, copy);
            }
            5 => {
                let (other, _) = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let until = (from + end - position).min(other.len());
                let piece = other[from..until].to_vec();
                file[position..position + piece.len()].copy_from_slice(&piece);
            }
            9 => file[position..end].fill(0xff),
            _ => {
                let value = INTERESTING[random.below(INTERESTING.len())].to_be_bytes();
                let length = (file.len() - position).min(1 << random.below(3));
                file[position..position + length].copy_from_slice(&value[4 - length..]);
            }
        }
        if file.is_empty() {
            break;
        }
    }
    file
}

#[test]
fn no_damage_makes_the_reader_panic_hang_or_grow() {
    let mutants = std::env::var("WAYPOST_MUTANTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(MUTANTS);
    let seeds: Vec<_> = seeds()
        .into_iter()
        .map(|seed| {
            let spots = hot_spots(&seed);
            (seed, spots)
        })
        .collect();
    let mut random = Random(SEED);
    let mut worst = Worst::default();
    let mut codes = BTreeMap::<&str, usize>::new();
    let mut kinds = BTreeMap::<&str, usize>::new();
    let (mut read, mut repacked) = (0_usize, 0_usize);
    let fallback = [TrackPoint::new(0.0, 50.0, 8.0)];
    for number in 0..mutants {
        let file = mutate(&mut random, &seeds);
        let facts = watched(&file, &mut worst, |reader| read_video(reader));
        let track = match &facts {
            Ok(facts) => {
                read += 1;
                *kinds.entry(facts.kind.filetype()).or_default() += 1;
                assert!(facts.track.iter().all(|point| point.lat_deg.abs() <= 90.0));
                facts.track.as_slice()
            }
            Err(error) => {
                *codes.entry(error.code()).or_default() += 1;
                &[]
            }
        };
        let track = if track.is_empty() { &fallback[..] } else { track };
        let layout = match watched(&file, &mut worst, |reader| camm_mux(reader, track, "M", "N")) {
            Ok(layout) => layout,
            Err(error) => {
                *codes.entry(error.code()).or_default() += 1;
                continue;
            }
        };
        repacked += 1;
        // The upload is whole, and its track is the one that went in.
        let mut upload = Vec::new();
        layout.reader(Cursor::new(&file)).read_to_end(&mut upload).unwrap();
        assert_eq!(upload.len() as u64, layout.length_bytes(), "mutant {number}");
        let back = watched(&upload, &mut worst, |reader| read_video(reader));
        let back = back.unwrap_or_else(|error| panic!("mutant {number}: {error}"));
        let with_time = track.iter().filter(|point| point.epoch_ms.is_some()).count();
        let expected = if with_time == 0 { track.len() } else { with_time };
        assert_eq!(back.track.len() + back.removed.len(), expected, "mutant {number}");
    }
    println!("{mutants} mutants: {read} read as {kinds:?}, {repacked} repacked, refusals {codes:?}");
    println!("worst call: {worst:?}");
    if std::env::var_os("WAYPOST_MUTANT_SEEDS").is_some() {
        // Some real recordings are broken from the start.
        return;
    }
    assert!(read > mutants / 2, "the mutants are too broken to test the readers");
    assert!(repacked > mutants / 3);
    assert!(kinds.len() == 4, "{kinds:?}");
}
