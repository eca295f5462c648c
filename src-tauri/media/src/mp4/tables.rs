//! The headers and sample tables of one track, typed by the `mp4` crate.
//!
//! What the crate is given is a `moov` made here: the track's own `mvhd`, `mdhd` and tables, each
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

/// A table: its type and the bytes of one entry.
const TABLES: [([u8; 4], usize); 6] = [
    (*b"stts", 8),
    (*b"stsc", 12),
    (*b"stco", 4),
    (*b"co64", 8),
    (*b"ctts", 8),
    (*b"stss", 4),
];

impl SampleTables {
    /// Reads the tables among `boxes`, the content of a track's `stbl`.
    ///
    /// Errors: `video_too_large` for tables that no recording needs, `video_damaged` if the
    /// `mp4` crate refuses what is left after cleaning, `io`.
    pub(crate) fn read<R: Read + Seek>(source: &mut MediaSource<'_, R>, boxes: &[BoxAt]) -> Result<Self, MediaError> {
        let mut tables = vec![make_box(*b"stsd", &stand_in_for_descriptions())];
        for (kind, entry_bytes) in TABLES {
            let content = content_of(source, boxes, kind)?;
            let required = matches!(&kind, b"stts" | b"stsc" | b"stco");
            if content.is_some() || required {
                let content = content.unwrap_or_default();
                let mut table = with_true_count(&content, 4, entry_bytes);
                if kind == *b"stsc" {
                    keep_rising_runs(&mut table);
                }
                tables.push(make_box(kind, &table));
            }
        }
        let sizes = content_of(source, boxes, *b"stsz")?.unwrap_or_default();
        let fixed = be_u32(&sizes, 4).unwrap_or_default() != 0;
        tables.push(make_box(
            *b"stsz",
            &with_true_count(&sizes, 8, if fixed { 0 } else { 4 }),
        ));
        let header = |lengths: [usize; 2]| padded(&[], lengths);
        let moov = one_track_movie(
            &header(MOVIE_HEADER_BYTES).unwrap_or_default(),
            &header(MEDIA_HEADER_BYTES).unwrap_or_default(),
            &tables,
        )?;
        let track = moov.traks.into_iter().next();
        let track = track.ok_or(MediaError::VideoDamaged {
            what: "a track has no sample tables",
        })?;
        let table = track.mdia.minf.stbl;
        let wide = table.co64.map(|wide| wide.entries);
        let narrow = table.stco.map(|narrow| narrow.entries).unwrap_or_default();
        Ok(Self {
            fixed_size: table.stsz.sample_size,
            count: if fixed {
                table.stsz.sample_count
            } else {
                u32::try_from(table.stsz.sample_sizes.len()).unwrap_or(u32::MAX)
            },
            sizes: table.stsz.sample_sizes,
            chunk_offsets: wide.unwrap_or_else(|| narrow.into_iter().map(u64::from).collect()),
            chunk_runs: (table.stsc.entries.iter())
                .map(|run| [run.first_chunk, run.samples_per_chunk, run.sample_description_index])
                .collect(),
            durations: (table.stts.entries.iter())
                .map(|run| [run.sample_count, run.sample_delta])
                .collect(),
            composition_offsets: (table.ctts.iter())
                .flat_map(|offsets| &offsets.entries)
                .map(|run| (run.sample_count, run.sample_offset))
                .collect(),
            sync_samples: table.stss.map(|sync| sync.entries),
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
    let parsed = one_track_movie(
        &movie.clone().unwrap_or(vec![0; 100]),
        &media.clone().unwrap_or(vec![0; 24]),
        &[
            make_box(*b"stsd", &stand_in_for_descriptions()),
            make_box(*b"stts", &[0; 8]),
            make_box(*b"stsc", &[0; 8]),
            make_box(*b"stsz", &[0; 12]),
            make_box(*b"stco", &[0; 8]),
        ],
    );
    let Ok(moov) = parsed else {
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

fn one_track_movie(mvhd: &[u8], mdhd: &[u8], tables: &[Vec<u8>]) -> Result<MoovBox, MediaError> {
    // 84 bytes: version 0; 25: the shortest handler that the crate takes.
    let media = [
        make_box(*b"mdhd", mdhd),
        make_box(*b"hdlr", &[0; 25]),
        make_box(
            *b"minf",
            &[
                make_box(*b"dinf", &make_box(*b"dref", &[0; 8])),
                make_box(*b"stbl", &tables.concat()),
            ]
            .concat(),
        ),
    ]
    .concat();
    let track = [make_box(*b"tkhd", &[0; 84]), make_box(*b"mdia", &media)].concat();
    let movie = [make_box(*b"mvhd", mvhd), make_box(*b"trak", &track)].concat();
    let movie = make_box(*b"moov", &movie);
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
pub(super) fn make_box(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX).saturating_add(8);
    [&size.to_be_bytes()[..], &kind, content].concat()
}

fn content_of<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    boxes: &[BoxAt],
    kind: [u8; 4],
) -> Result<Option<Vec<u8>>, MediaError> {
    let Some(found) = boxes.iter().find(|child| child.kind == kind) else {
        return Ok(None);
    };
    if found.length() > MAX_SAMPLE_TABLE_BYTES {
        return Err(MediaError::VideoTooLarge {
            what: "bytes in a sample table",
            limit: MAX_SAMPLE_TABLE_BYTES,
        });
    }
    // A table that is cut off is good as far as it goes.
    source.read_vec(found.start, found.length(), found.end)
}

/// `content` with the count at `count_at` lowered to the entries that are there.
fn with_true_count(content: &[u8], count_at: usize, entry_bytes: usize) -> Vec<u8> {
    let entries_at = count_at.saturating_add(4);
    let mut table = content.to_vec();
    if table.len() < entries_at {
        return vec![0; entries_at];
    }
    let declared = be_u32(&table, count_at).unwrap_or_default();
    let there = table
        .len()
        .saturating_sub(entries_at)
        .checked_div(entry_bytes)
        .map_or(MAX_TRACK_SAMPLES, |count| u32::try_from(count).unwrap_or(u32::MAX));
    set_u32(&mut table, count_at, declared.min(there));
    table
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

pub(super) fn set_u32(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(word) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<4>) {
        *word = value.to_be_bytes();
    }
}
