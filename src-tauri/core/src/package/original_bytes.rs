//! The original of a video, while the bytes that are sent of it are read: most of both are the same bytes, so they are
//! read once and hashed twice, and only what stays at home is read besides.
//!
//! Where the same bytes come in another order (each lens of a `.360` video is sent for itself), the original is read
//! whole beside what is sent.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use waypost_media::{CammLayout, Segment};

use super::md5::PIECE_BYTES;

/// The next bytes of an original, of which some are in the block that is sent.
#[derive(Default)]
pub(super) struct OriginalBytes {
    /// What was read besides the block.
    read: Vec<u8>,
    slices: Vec<Slice>,
}

/// A slice of the original.
enum Slice {
    /// Of the block.
    Sent(Range<usize>),
    /// Of what was read besides it.
    Read(Range<usize>),
}

impl OriginalBytes {
    pub(super) fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.read.clear();
        self.slices.clear();
    }

    /// The bytes in their order, where `block` is what is sent.
    pub(super) fn slices<'a>(&'a self, block: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.slices.iter().map(move |slice| {
            let (bytes, range) = match slice {
                Slice::Sent(range) => (block, range),
                Slice::Read(range) => (&self.read[..], range),
            };
            bytes.get(range.clone()).unwrap_or_default()
        })
    }

    /// Reads up to `count` bytes more; how many there were.
    fn read(&mut self, file: &mut File, count: u64) -> io::Result<u64> {
        let start = self.read.len();
        let read = file.take(count).read_to_end(&mut self.read)?;
        if read > 0 {
            self.slices.push(Slice::Read(start..self.read.len()));
        }
        Ok(read as u64)
    }
}

/// A range of the original that is sent.
#[derive(Clone, Copy)]
struct SentRange {
    /// Where it begins in what is sent.
    sent_place: u64,
    /// Where it begins in the original.
    original_place: u64,
    length_bytes: u64,
}

/// Reads an original from its start to its end, block by block of what is sent.
pub(super) struct OriginalReader {
    file: File,
    /// `None` where all of it is read.
    sent: Option<SentRanges>,
}

struct SentRanges {
    ranges: Vec<SentRange>,
    /// The first that is not behind `place`.
    next: usize,
    /// So many bytes of the original were given out.
    place: u64,
}

impl OriginalReader {
    /// `file` is the original, `layout` what is sent of it in blocks of [`PIECE_BYTES`].
    pub(super) fn new(file: File, layout: &CammLayout) -> Self {
        let ranges = ranges_in_order(layout);
        Self {
            file,
            sent: ranges.map(|ranges| SentRanges {
                ranges,
                next: 0,
                place: 0,
            }),
        }
    }

    /// The bytes of the original that go with the block of `block_bytes` at `sent_place`; behind the last block, what is
    /// left, until there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or became shorter.
    pub(super) fn read(&mut self, sent_place: u64, block_bytes: usize, into: &mut OriginalBytes) -> io::Result<()> {
        into.clear();
        match &mut self.sent {
            Some(sent) if block_bytes > 0 => sent.read(&mut self.file, sent_place, block_bytes, into),
            Some(sent) => {
                self.file.seek(SeekFrom::Start(sent.place))?;
                sent.place += into.read(&mut self.file, PIECE_BYTES as u64)?;
                Ok(())
            }
            None => into.read(&mut self.file, PIECE_BYTES as u64).map(drop),
        }
    }
}

impl SentRanges {
    fn read(&mut self, file: &mut File, start: u64, block_bytes: usize, into: &mut OriginalBytes) -> io::Result<()> {
        let end = start.saturating_add(block_bytes as u64);
        while let Some(range) = self.ranges.get(self.next).filter(|range| range.sent_place < end) {
            let range_end = range.sent_place.saturating_add(range.length_bytes);
            let (from, to) = (range.sent_place.max(start), range_end.min(end));
            let original_place = range.original_place.saturating_add(from - range.sent_place);
            let missing = original_place.saturating_sub(self.place);
            if missing > 0 {
                file.seek(SeekFrom::Start(self.place))?;
                if into.read(file, missing)? < missing {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            let inside = |place: u64| usize::try_from(place - start).unwrap_or(usize::MAX);
            into.slices.push(Slice::Sent(inside(from)..inside(to)));
            self.place = original_place.saturating_add(to - from);
            if range_end > end {
                break;
            }
            self.next += 1;
        }
        Ok(())
    }
}

/// The ranges that are sent, where they come in the order of the original and no more has to be read between those of a
/// block than a block is long.
fn ranges_in_order(layout: &CammLayout) -> Option<Vec<SentRange>> {
    let mut ranges = Vec::new();
    let (mut sent_place, mut original_place) = (0_u64, 0_u64);
    let (mut block, mut missing) = (0, 0_u64);
    for segment in layout.segments() {
        let length_bytes = segment.length_bytes();
        if let Segment::Source { offset_bytes, .. } = *segment
            && length_bytes > 0
        {
            let here = sent_place / PIECE_BYTES as u64;
            if here != block {
                (block, missing) = (here, 0);
            }
            missing = missing.saturating_add(offset_bytes.checked_sub(original_place)?);
            if missing > PIECE_BYTES as u64 {
                return None;
            }
            ranges.push(SentRange {
                sent_place,
                original_place: offset_bytes,
                length_bytes,
            });
            original_place = offset_bytes.saturating_add(length_bytes);
        }
        sent_place = sent_place.saturating_add(length_bytes);
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use waypost_generator::{VideoSpec, write_gopro_video};
    use waypost_media::{camm_mux, read_video};

    use super::*;

    /// Seven megabytes, so several blocks.
    fn spec() -> VideoSpec {
        VideoSpec {
            width_px: 64,
            height_px: 48,
            frames_per_second: 10,
            duration_s: 7,
            frame_bytes: 100_000,
            ..VideoSpec::default()
        }
    }

    /// The original in slices, the bytes that were read besides what is sent, and those that are sent of it.
    fn followed(path: &Path) -> (Vec<u8>, u64, u64) {
        let mut file = File::open(path).unwrap();
        let track = read_video(&mut file).unwrap().track;
        let layout = camm_mux(&mut file, &track, "GoPro", "HERO11 Black").unwrap();
        let mut original = OriginalReader::new(File::open(path).unwrap(), &layout);
        let (mut whole, mut besides) = (Vec::new(), 0);
        let (mut block, mut bytes) = (Vec::new(), OriginalBytes::default());
        let mut sent = layout.reader(&mut file);
        for number in 0.. {
            block.clear();
            (&mut sent).take(PIECE_BYTES as u64).read_to_end(&mut block).unwrap();
            let place = number * PIECE_BYTES as u64;
            original.read(place, block.len(), &mut bytes).unwrap();
            if block.is_empty() && bytes.is_empty() {
                break;
            }
            assert!(bytes.read.len() <= PIECE_BYTES, "memory is bounded by a block");
            besides += bytes.read.len() as u64;
            bytes.slices(&block).for_each(|slice| whole.extend_from_slice(slice));
        }
        let of_source = |segment: &Segment| match segment {
            Segment::Source { length_bytes, .. } => *length_bytes,
            Segment::Bytes(_) => 0,
        };
        (whole, besides, layout.segments().iter().map(of_source).sum())
    }

    #[test]
    fn every_byte_of_the_original_comes_in_order_and_what_is_sent_of_it_is_not_read_again() {
        for moov_first in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("GX010042.MP4");
            write_gopro_video(&path, &VideoSpec { moov_first, ..spec() }).unwrap();
            let original = fs::read(&path).unwrap();
            let (whole, besides, sent) = followed(&path);
            assert!(whole == original, "moov first: {moov_first}");
            assert!(sent > 6_000_000);
            assert_eq!(besides, original.len() as u64 - sent);
        }
    }

    #[test]
    fn where_the_order_is_another_one_the_original_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("GS010042.360");
        let spec = VideoSpec {
            video_tracks: 2,
            ..spec()
        };
        write_gopro_video(&path, &spec).unwrap();
        let original = fs::read(&path).unwrap();
        let (whole, besides, _) = followed(&path);
        assert!(whole == original);
        assert_eq!(besides, original.len() as u64);
    }

    #[test]
    fn an_original_that_became_shorter_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("GX010042.MP4");
        write_gopro_video(&path, &spec()).unwrap();
        let mut file = File::open(&path).unwrap();
        let track = read_video(&mut file).unwrap().track;
        let layout = camm_mux(&mut file, &track, "", "").unwrap();
        File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
        let mut original = OriginalReader::new(file, &layout);
        let error = original
            .read(0, PIECE_BYTES, &mut OriginalBytes::default())
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
