//! Damaged photos: thousands of deterministic mutants of good ones, each read and described.
//!
//! Nothing may panic, run on, read more than a header's worth, or hold more memory than the caps
//! allow. Run more with `WAYPOST_MUTANTS=200000`.

#[path = "photos/builder.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod builder;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use builder::{
    DATE_TIME_ORIGINAL, MAKE, MAKER_NOTE, Tiff, Value, ascii, gps_position, gps_time, jpeg, segment, xmp, xmp_segment,
};
use peak_alloc::PeakAlloc;
use waypost_generator::{PhotoSpec, photo_bytes};
use waypost_media::{PhotoFacts, limits, read_description, read_photo, splice_description};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MUTANTS: usize = 24_000;
const SEED: u64 = 0x5741_5950_4f53_5421;
/// What one call may hold beyond the file itself.
const MEMORY_CAP_BYTES: usize = 16 * 1024 * 1024;
/// What one call may read: all segments' starts, the longest metadata, and the tail, twice.
const READ_CAP_BYTES: usize = 4 * 1024 * 1024;
/// Reads and seeks of one call.
const CALL_CAP: usize = 2 * limits::MAX_HEADER_SEGMENTS as usize;
const DESCRIPTION: &str = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPLatitude":52.5}"#;

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
    assert!(worst.memory_bytes < MEMORY_CAP_BYTES, "{worst:?}");
    assert!(worst.bytes_read < READ_CAP_BYTES, "{worst:?}");
    assert!(worst.calls < CALL_CAP, "{worst:?}");
    result
}

/// Good photos, of the kinds that different code reads.
fn seeds() -> Vec<Vec<u8>> {
    let small = Tiff {
        little_endian: true,
        first: vec![(MAKE, ascii("GoPro"))],
        exif: vec![
            (DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11")),
            (MAKER_NOTE, Value::Undefined(vec![7; 90])),
        ],
        gps: [
            gps_position(52.5, 13.25),
            gps_time("2018:06:08", 20, 24, (11, 1)),
            vec![(17, Value::Rational(vec![(90, 1)]))],
        ]
        .concat(),
        thumbnail: Some(vec![0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]),
        unnamed: vec![],
    };
    let packet = xmp(
        r#"exif:GPSLatitude="51,30.0N" exif:GPSLongitude="0,7.5W" exif:GPSAltitude="35/1"
           exif:GPSTimeStamp="2018-06-08T20:24:11.5Z" GPano:PoseHeadingDegrees="12.5""#,
        "<GPano:ProjectionType>equirectangular</GPano:ProjectionType><tiff:Make>a&amp;b</tiff:Make>",
    );
    let utf16: Vec<u8> = packet.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let full = Tiff {
        thumbnail: Some([b"\xff\xd8".as_slice(), &vec![9; 64_900]].concat()),
        ..small.clone()
    };
    let unnamed = Tiff {
        exif: vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))],
        thumbnail: None,
        unnamed: vec![3; 65_000],
        ..small.clone()
    };
    // Many entries, each able to become a pointer or a long value.
    let crowded = Tiff {
        first: (0..5_000)
            .map(|number| (0x8000 + number, Value::Long(vec![8])))
            .collect(),
        ..Tiff::default()
    };
    vec![
        photo_bytes(&PhotoSpec::default()).unwrap(),
        small.photo(),
        jpeg(&[xmp_segment(packet.as_bytes()), small.segment()]),
        jpeg(&[segment(0xe0, b"JFIF\0"), xmp_segment(&utf16)]),
        full.photo(),
        unnamed.photo(),
        crowded.photo(),
    ]
}

/// Damages a file in one to four places, mostly in its header.
fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    const INTERESTING: [u32; 12] = [
        0,
        1,
        2,
        7,
        8,
        13,
        0xff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fffe,
        0xffff_ffff,
    ];
    const TAGS: [u16; 8] = [0x8769, 0x8825, 0xa005, 0x010e, 0x0201, 0x0202, 0x927c, 0x9003];
    let mut file = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let header = file.len().clamp(1, 3_000);
        let near = random.below(4) != 0;
        let at = random.below(if near { header } else { file.len() });
        let end = (at + 1 + random.below(64)).min(file.len());
        match random.below(9) {
            0 => file[at] ^= 1 << random.below(8),
            1 => file[at] = u8::try_from(random.below(256)).unwrap(),
            2 => file.truncate(at),
            3 => {
                file.drain(at..end);
            }
            4 => {
                let copy = file[at..end].to_vec();
                let to = random.below(file.len());
                file.splice(to..to, copy);
            }
            5 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let until = (from + random.below(400)).min(other.len());
                file.splice(at..end, other[from..until].iter().copied());
            }
            6 => {
                let value = INTERESTING[random.below(INTERESTING.len())];
                let bytes = if random.below(2) == 0 {
                    value.to_be_bytes()
                } else {
                    value.to_le_bytes()
                };
                let length = (file.len() - at).min(1 << random.below(3));
                file[at..at + length].copy_from_slice(&bytes[..length]);
            }
            7 => {
                let tag = TAGS[random.below(TAGS.len())];
                let bytes = if random.below(2) == 0 {
                    tag.to_be_bytes()
                } else {
                    tag.to_le_bytes()
                };
                let length = (file.len() - at).min(2);
                file[at..at + length].copy_from_slice(&bytes[..length]);
            }
            _ => file[at..end].fill(0xff),
        }
        if file.is_empty() {
            break;
        }
    }
    file
}

/// The facts that a description must not change.
fn lasting(facts: &PhotoFacts) -> PhotoFacts {
    PhotoFacts {
        thumbnail: None,
        flaws: Vec::new(),
        ..facts.clone()
    }
}

#[test]
fn no_damage_makes_the_reader_panic_hang_or_grow() {
    let mutants = std::env::var("WAYPOST_MUTANTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(MUTANTS);
    let seeds = seeds();
    let mut random = Random(SEED);
    let mut worst = Worst::default();
    let mut codes = std::collections::BTreeMap::<&str, usize>::new();
    let (mut read, mut described) = (0_usize, 0_usize);
    for number in 0..mutants {
        let file = mutate(&mut random, &seeds);
        let facts = watched(&file, &mut worst, |reader| read_photo(reader));
        let spliced = watched(&file, &mut worst, |reader| splice_description(reader, DESCRIPTION));
        match &facts {
            Ok(_) => read += 1,
            Err(error) => *codes.entry(error.code()).or_default() += 1,
        }
        let splice = match spliced {
            Ok(splice) => splice,
            Err(error) => {
                *codes.entry(error.code()).or_default() += 1;
                continue;
            }
        };
        described += 1;
        let kept = usize::try_from(splice.replaced_length_bytes).unwrap();
        let new = [splice.bytes.as_slice(), &file[kept..]].concat();
        let back = watched(&new, &mut worst, |reader| read_description(reader));
        assert_eq!(back.unwrap().as_deref(), Some(DESCRIPTION), "mutant {number}");
        let facts = facts.unwrap_or_else(|error| panic!("mutant {number}: {error}"));
        let facts_after = read_photo(&mut Cursor::new(&new)).unwrap();
        assert_eq!(lasting(&facts_after), lasting(&facts), "mutant {number}");
    }
    println!("{mutants} mutants: {read} read, {described} described, refusals {codes:?}");
    println!("worst call: {worst:?}");
    assert!(read > mutants / 2, "the mutants are too broken to test the readers");
    assert!(described > mutants / 2);
}
