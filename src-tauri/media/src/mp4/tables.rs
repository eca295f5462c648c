//! The headers and sample tables of one track, typed by the `mp4` crate.
//!
//! What the crate is given is a `moov` made here: the movie's and the track's own header, or one of the track's tables,
//! cut to what is there with its count made true, and harmless stand-ins for all the rest.

use std::io::{Cursor, Read, Seek};

use ::mp4::{MoovBox, ReadBox};

use super::boxes::BoxAt;
use super::edits::be_u32;
use super::source::MediaSource;
use crate::error::MediaError;
use crate::limits::{MAX_SAMPLE_TABLE_BYTES, MAX_TRACK_SAMPLES};

/// Bytes of `mvhd` behind its type, in versions 0 and 1.
const MOVIE_HEADER_BYTES: [usize; 2] = [100, 112];
/// Bytes of `mdhd` behind its type, in versions 0 and 1.
const MEDIA_HEADER_BYTES: [usize; 2] = [24, 36];

/// The tables of one track.
#[derive(Debug)]
pub(crate) struct SampleTables {
    /// Bytes of every sample, or 0 if they differ.
    pub(super) fixed_size: u32,
    /// Bytes of each sample, if they differ.
    pub(super) sizes: Vec<u32>,
    /// How many samples there are.
    pub(super) count: u32,
    /// Where each chunk begins.
    pub(super) chunk_offsets: Vec<u64>,
    /// Runs of chunks: number of the first one, samples in each, description.
    pub(super) chunk_runs: Vec<[u32; 3]>,
    /// Runs of samples: how many, duration of each.
    pub(super) durations: Vec<[u32; 2]>,
    /// Runs of samples: how many, composition offset of each.
    pub(super) composition_offsets: Vec<(u32, i32)>,
    /// Numbers of the samples at which decoding can begin, from 1; `None` if at each.
    pub(super) sync_samples: Option<Vec<u32>>,
}

impl SampleTables {
    /// Reads the tables among `boxes`, the content of a track's `stbl`.
    ///
    /// Errors: `video_too_large` for tables that no recording needs, `video_damaged` if the `mp4` crate refuses what
    /// is left after cleaning, `io`.
    pub(crate) fn read<R: Read + Seek>(source: &mut MediaSource<'_, R>, boxes: &[BoxAt]) -> Result<Self, MediaError> {
        let compact = compact_sizes(source, boxes)?;
        // One table after the other, so that only one is in memory twice.
        let mut typed = |kind: &[u8; 4]| -> Result<_, MediaError> {
            let Some(movie) = movie_with_table(source, boxes, *kind)? else {
                return Ok(None);
            };
            let track = parse(movie)?.traks.into_iter().next();
            Ok(track.map(|track| track.mdia.minf.stbl))
        };
        let sizes = typed(b"stsz")?.map(|table| table.stsz);
        let (fixed_size, count, sizes) = match sizes {
            Some(table) if table.sample_size != 0 => (table.sample_size, table.sample_count, Vec::new()),
            Some(table) => {
                let count = u32::try_from(table.sample_sizes.len()).unwrap_or(u32::MAX);
                (0, count, table.sample_sizes)
            }
            None => (0, u32::try_from(compact.len()).unwrap_or(u32::MAX), compact),
        };
        let wide = typed(b"co64")?.and_then(|table| table.co64);
        let chunk_offsets = match wide {
            Some(wide) => wide.entries,
            None => typed(b"stco")?
                .and_then(|table| table.stco)
                .map(|narrow| narrow.entries.into_iter().map(u64::from).collect())
                .unwrap_or_default(),
        };
        let chunk_runs = typed(b"stsc")?.map(|table| table.stsc.entries).unwrap_or_default();
        let durations = typed(b"stts")?.map(|table| table.stts.entries).unwrap_or_default();
        let offsets = typed(b"ctts")?.and_then(|table| table.ctts);
        let offsets = offsets.map(|table| table.entries).unwrap_or_default();
        Ok(Self {
            fixed_size,
            sizes,
            count,
            chunk_offsets,
            chunk_runs: chunk_runs
                .iter()
                .map(|run| [run.first_chunk, run.samples_per_chunk, run.sample_description_index])
                .collect(),
            durations: durations
                .iter()
                .map(|run| [run.sample_count, run.sample_delta])
                .collect(),
            composition_offsets: offsets
                .iter()
                .map(|run| (run.sample_count, run.sample_offset))
                .collect(),
            sync_samples: typed(b"stss")?.and_then(|table| table.stss).map(|table| table.entries),
        })
    }
}

/// The timescale, duration and creation time that `mvhd` and `mdhd` name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// Units a second; 0 is invalid.
    pub(super) timescale: u32,
    /// In units of the timescale; all ones for "unknown".
    pub(super) duration: u64,
    /// Seconds since 1904.
    pub(super) created_s: u64,
}

/// Reads the times of a movie's and a track's header; `None` where they cannot be read.
pub(super) fn header_times(mvhd: &[u8], mdhd: &[u8]) -> (Option<Times>, Option<Times>) {
    let movie = padded(mvhd, MOVIE_HEADER_BYTES);
    let media = padded(mdhd, MEDIA_HEADER_BYTES);
    let (mvhd, mdhd) = (
        movie.clone().unwrap_or(vec![0; 100]),
        media.clone().unwrap_or(vec![0; 24]),
    );
    let Ok(moov) = parse(one_track_movie(&mvhd, &mdhd, *b"none", 0)) else {
        return (None, None);
    };
    let movie = movie.map(|_| Times {
        timescale: moov.mvhd.timescale,
        duration: known(moov.mvhd.duration, moov.mvhd.version),
        created_s: moov.mvhd.creation_time,
    });
    let media = media.and_then(|_| {
        let mdhd = &moov.traks.first()?.mdia.mdhd;
        Some(Times {
            timescale: mdhd.timescale,
            duration: known(mdhd.duration, mdhd.version),
            created_s: mdhd.creation_time,
        })
    });
    (movie, media)
}

/// A duration, or 0 where all bits are set, which stands for "unknown".
fn known(duration: u64, version: u8) -> u64 {
    let unknown = if version == 1 { u64::MAX } else { u64::from(u32::MAX) };
    if duration == unknown { 0 } else { duration }
}

/// `content` in the length of its version; `None` for other versions and headers cut short.
/// Empty content becomes a header of zeros.
fn padded(content: &[u8], lengths: [usize; 2]) -> Option<Vec<u8>> {
    let [short, long] = lengths;
    let length = match content.first() {
        None => return Some(vec![0; short]),
        Some(0) => short,
        Some(1) => long,
        Some(_) => return None,
    };
    content.get(..length).map(<[u8]>::to_vec)
}

/// The beginning of a `moov` with one track, up to where `table_bytes` of content of the table `kind` belong. They are
/// the last thing in each of the boxes around them.
fn one_track_movie(mvhd: &[u8], mdhd: &[u8], kind: [u8; 4], table_bytes: usize) -> Vec<u8> {
    let mut tables = make_box(*b"stsd", &stand_in_for_descriptions());
    for (required, length) in [(*b"stts", 8), (*b"stsc", 8), (*b"stsz", 12), (*b"stco", 8)] {
        if required != kind {
            tables.extend(make_box(required, &vec![0; length]));
        }
    }
    let open = |kind: [u8; 4], before: &[u8], inside: &[u8]| {
        let size = inside.len().saturating_add(table_bytes).saturating_add(8);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        [before, &size.to_be_bytes(), &kind, inside].concat()
    };
    let table = open(kind, &tables, &[]);
    let references = make_box(*b"dinf", &make_box(*b"dref", &[0; 8]));
    let tables = open(*b"stbl", &references, &table);
    // 25 bytes: the shortest handler that the crate takes; 84: a track header of version 0.
    let headers = [make_box(*b"mdhd", mdhd), make_box(*b"hdlr", &[0; 25])].concat();
    let media = open(*b"minf", &headers, &tables);
    let track = open(*b"mdia", &make_box(*b"tkhd", &[0; 84]), &media);
    let movie = open(*b"trak", &make_box(*b"mvhd", mvhd), &track);
    open(*b"moov", &[], &movie)
}

/// The sizes of a `stz2` table, which the `mp4` crate does not know: version, field size in bits (4, 8 or 16), count,
/// then the fields (ISO/IEC 14496-12, 8.7.3.3). Empty where there is none.
fn compact_sizes<R: Read + Seek>(source: &mut MediaSource<'_, R>, boxes: &[BoxAt]) -> Result<Vec<u32>, MediaError> {
    let Some(found) = boxes.iter().find(|child| &child.kind == b"stz2") else {
        return Ok(Vec::new());
    };
    check_length(found)?;
    // As with the other tables: what is there of one that is cut off is good.
    let Some(table) = source.read_vec(found.start, found.length(), found.end)? else {
        return Ok(Vec::new());
    };
    let fields = table.get(12..).unwrap_or_default();
    let count = be_u32(&table, 8).unwrap_or_default().min(MAX_TRACK_SAMPLES);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(match table.get(7) {
        Some(4) => {
            let halves = fields.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            halves.take(count).map(u32::from).collect()
        }
        Some(8) => fields.iter().take(count).copied().map(u32::from).collect(),
        Some(16) => {
            let words = fields.as_chunks().0.iter().take(count);
            words.map(|word| u32::from(u16::from_be_bytes(*word))).collect()
        }
        _ => Vec::new(),
    })
}

/// Errors: `video_too_large` for a table that no recording needs.
fn check_length(table: &BoxAt) -> Result<(), MediaError> {
    if table.length() > MAX_SAMPLE_TABLE_BYTES {
        return Err(MediaError::VideoTooLarge {
            what: "bytes in a sample table",
            limit: MAX_SAMPLE_TABLE_BYTES,
        });
    }
    Ok(())
}

/// A movie whose one track holds the table `kind` of `boxes`, cleaned; `None` if there is none.
fn movie_with_table<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    boxes: &[BoxAt],
    kind: [u8; 4],
) -> Result<Option<Vec<u8>>, MediaError> {
    let Some(found) = boxes.iter().find(|child| child.kind == kind) else {
        return Ok(None);
    };
    check_length(found)?;
    let length = usize::try_from(found.length()).unwrap_or_default();
    let shortest = if &kind == b"stsz" { 12 } else { 8 };
    if length < shortest {
        return Ok(None);
    }
    let mut movie = one_track_movie(&[0; 100], &[0; 24], kind, length);
    let start = movie.len();
    movie.resize(start.saturating_add(length), 0);
    let table = movie.get_mut(start..).unwrap_or_default();
    // A table that is cut off is good as far as it goes; what is not there stays zero.
    if !source.read_at(found.start, table, found.end)? {
        return Ok(None);
    }
    clean(kind, table);
    Ok(Some(movie))
}

fn parse(movie: Vec<u8>) -> Result<MoovBox, MediaError> {
    let size = movie.len() as u64;
    let mut reader = Cursor::new(movie);
    reader.set_position(8);
    MoovBox::read_box(&mut reader, size).map_err(|_| MediaError::VideoDamaged {
        what: "a track's tables cannot be read",
    })
}

/// One description of a kind that nobody knows, so that the crate looks into none.
fn stand_in_for_descriptions() -> Vec<u8> {
    [&[0, 0, 0, 0, 0, 0, 0, 1][..], &make_box(*b"none", &[])].concat()
}

/// A box around `content`. Contents are capped far below 4 GiB.
fn make_box(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX).saturating_add(8);
    [&size.to_be_bytes()[..], &kind, content].concat()
}

/// Makes the count of a table true: no more entries than are there, and of chunk runs only those that rise.
fn clean(kind: [u8; 4], table: &mut [u8]) {
    let (count_at, entry_bytes) = match &kind {
        b"stsz" if be_u32(table, 4) == Some(0) => (8, 4),
        // One size for all: the count has no entries to be compared with.
        b"stsz" => return,
        b"stsc" => (4, 12),
        b"stts" | b"ctts" | b"co64" => (4, 8),
        _ => (4, 4),
    };
    let declared = be_u32(table, count_at).unwrap_or_default();
    let entries = table.get(count_at..).and_then(|rest| rest.get(4..)).unwrap_or_default();
    let there = entries.chunks_exact(entry_bytes).len();
    set_u32(table, count_at, declared.min(u32::try_from(there).unwrap_or(u32::MAX)));
    if &kind == b"stsc" {
        keep_rising_runs(table);
    }
}

/// Ends the table of chunk runs before the first one that does not rise, is empty or counts more
/// samples than a table can hold.
fn keep_rising_runs(table: &mut [u8]) {
    let count = be_u32(table, 4).unwrap_or_default();
    let mut kept = 0_u32;
    let mut before: Option<(u32, u32)> = None;
    let mut first_sample = 1_u32;
    for entry in table.get(8..).unwrap_or_default().chunks_exact(12) {
        let (Some(first_chunk), Some(samples)) = (be_u32(entry, 0), be_u32(entry, 4)) else {
            break;
        };
        if kept >= count || first_chunk == 0 || samples == 0 {
            break;
        }
        if let Some((chunk_before, samples_before)) = before {
            let risen = first_chunk
                .checked_sub(chunk_before)
                .filter(|&chunks| chunks > 0)
                .and_then(|chunks| chunks.checked_mul(samples_before))
                .and_then(|samples| samples.checked_add(first_sample));
            match risen {
                Some(sample) => first_sample = sample,
                None => break,
            }
        }
        before = Some((first_chunk, samples));
        kept = kept.saturating_add(1);
    }
    set_u32(table, 4, kept);
}

fn set_u32(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(word) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
        *word = value.to_be_bytes();
    }
}
