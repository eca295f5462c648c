//! The machinery of the mutation tests: a fixed sequence of random numbers, damage in files, and a watch on what a call
//! costs. Which files are damaged, and what must hold for each, stands in the tests.

#[path = "../samples/mod.rs"]
mod samples;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

/// Counts the memory of the whole test program, which is why each of them has one test only.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Mutants of one test, unless `WAYPOST_MUTANTS` says otherwise.
const MUTANTS: usize = 120_000;
/// Bytes behind a hot spot that are hit.
const REACH_BYTES: usize = 64;
/// Values that have broken parsers before.
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

/// How many mutants one test makes.
pub fn mutant_count() -> usize {
    let asked = std::env::var("WAYPOST_MUTANTS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(MUTANTS)
}

/// The xorshift64* generator: the same mutants on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`, or 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 32).unwrap() % bound.max(1)
    }
}

/// A reader that counts.
pub struct Counted<'b> {
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

/// What one call may cost: a bounded number of steps is what "no hang" means here, because time depends on the machine.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Bytes held beyond the file itself.
    pub memory_bytes: usize,
    /// Bytes read, beyond twice the file's length.
    pub bytes_read: u64,
    /// Reads and seeks.
    pub calls: usize,
}

/// The dearest calls so far.
#[derive(Debug, Default)]
pub struct Worst {
    bytes_read: usize,
    calls: usize,
    memory_bytes: usize,
    time: Duration,
}

impl Worst {
    /// Runs `call` on `file` and holds it to the caps.
    pub fn watch<T>(&mut self, caps: Caps, file: &[u8], call: impl FnOnce(&mut Counted<'_>) -> T) -> T {
        let mut reader = Counted {
            inner: Cursor::new(file),
            calls: 0,
            bytes_read: 0,
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        let result = call(&mut reader);
        self.time = self.time.max(start.elapsed());
        let held = MEMORY.peak_usage().saturating_sub(before);
        self.memory_bytes = self.memory_bytes.max(held);
        self.bytes_read = self.bytes_read.max(reader.bytes_read);
        self.calls = self.calls.max(reader.calls);
        assert!(held < caps.memory_bytes, "{held} bytes held");
        assert!(
            reader.bytes_read as u64 <= caps.bytes_read + 2 * file.len() as u64,
            "{} bytes read of {}",
            reader.bytes_read,
            file.len()
        );
        assert!(reader.calls < caps.calls, "{} calls", reader.calls);
        result
    }
}

/// A good file, and the places in it where damage tells most.
#[derive(Clone)]
pub struct Seed {
    bytes: Vec<u8>,
    spots: Vec<usize>,
}

impl Seed {
    /// The hot spots are where one of `names` stands, and `more`.
    pub fn new(bytes: Vec<u8>, names: &[&[u8]], more: impl IntoIterator<Item = usize>) -> Self {
        let named = (0..bytes.len()).filter(|&at| names.iter().any(|name| bytes[at..].starts_with(name)));
        let mut spots: Vec<usize> = named.collect();
        spots.extend(more.into_iter().filter(|&at| at < bytes.len()));
        spots.push(0);
        Self { bytes, spots }
    }
}

/// Files of one kind. Where there are real ones, every second mutant is of such a one.
pub struct Seeds {
    pub reader: &'static str,
    pub generated: Vec<Seed>,
    pub real: Vec<Seed>,
    /// Words that mean something to the reader, as bytes.
    pub words: Vec<Vec<u8>>,
}

impl Seeds {
    /// One of the good files, damaged in one to five places, mostly at a hot spot.
    pub fn mutant(&self, random: &mut Random) -> Vec<u8> {
        let real = !self.real.is_empty() && random.below(2) == 0;
        let from = if real { &self.real } else { &self.generated };
        let seed = &from[random.below(from.len())];
        let mut file = seed.bytes.clone();
        for _ in 0..=random.below(5) {
            if file.is_empty() {
                break;
            }
            let at = if random.below(5) == 0 {
                random.below(file.len())
            } else {
                // From the size in front of a name to the values behind it.
                (seed.spots[random.below(seed.spots.len())] + random.below(REACH_BYTES)).saturating_sub(8)
            };
            self.damage(random, &mut file, at);
        }
        file
    }

    fn damage(&self, random: &mut Random, file: &mut Vec<u8>, at: usize) {
        let at = at.min(file.len() - 1);
        let end = (at + 1 + random.below(64)).min(file.len());
        match random.below(12) {
            0 | 1 => file[at] ^= 1 << random.below(8),
            2 => file[at] = u8::try_from(random.below(256)).unwrap(),
            3 if random.below(3) == 0 => file.truncate(at),
            4 if random.below(2) == 0 => drop(file.drain(at..end)),
            5 if random.below(2) == 0 => {
                let copy = file[at..end].to_vec();
                let to = random.below(file.len());
                file.splice(to..to, copy);
            }
            6 => {
                // A piece of another file, in place of what was there or pushed between.
                let other = &self.generated[random.below(self.generated.len())].bytes;
                let from = random.below(other.len());
                let until = (from + random.below(300)).min(other.len());
                let until_here = if random.below(2) == 0 {
                    at
                } else {
                    (at + until - from).min(file.len())
                };
                file.splice(at..until_here, other[from..until].iter().copied());
            }
            7 if !self.words.is_empty() => {
                let word = &self.words[random.below(self.words.len())];
                let length = word.len().min(file.len() - at);
                file[at..at + length].copy_from_slice(&word[..length]);
            }
            8 => file[at..end].fill(if random.below(2) == 0 { 0xff } else { 0 }),
            _ => {
                let value = INTERESTING[random.below(INTERESTING.len())];
                let length = (file.len() - at).min(1 << random.below(3));
                let bytes = if random.below(2) == 0 {
                    value.to_be_bytes()[4 - length..].to_vec()
                } else {
                    value.to_le_bytes()[..length].to_vec()
                };
                file[at..at + length].copy_from_slice(&bytes);
            }
        }
    }
}

/// The real files in these folders of the samples, by name; of long ones the first and the last part.
pub fn real_files(folders: &[&str], head_bytes: usize, tail_bytes: usize) -> Vec<Vec<u8>> {
    let Some(samples) = samples::folder() else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(samples.join(folder)).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let files = paths.iter().map(|path| std::fs::read(path).unwrap());
    let files = files.filter(|bytes| !bytes.is_empty()).map(|mut bytes| {
        if bytes.len() > head_bytes + tail_bytes {
            let tail = bytes.split_off(bytes.len() - tail_bytes);
            bytes.truncate(head_bytes);
            bytes.extend(tail);
        }
        bytes
    });
    files.collect()
}
