//! A video with a CAMM track: at least one video track, one CAMM track whose samples lie inside the
//! file, and at least one position in it. The pictures are not decoded: practice has no frames.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::Refusal;
use super::boxes::{Numbers, child, children, read_moov, required};
use super::camm::{Position, read_sample};

/// Most CAMM samples that are read: a day at 18 positions and 200 gyroscope values a second.
const SAMPLES_MAX: u32 = 20_000_000;
/// Largest CAMM sample, in bytes; the longest known type has 60.
const SAMPLE_BYTES_MAX: u32 = 4_096;
/// Seconds between 1904-01-01, where MP4 counts from, and 1970-01-01.
const MP4_EPOCH_S: u64 = 2_082_844_800;

/// A position and when it was passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TrackPoint {
    pub position: Position,
    /// Milliseconds from the beginning of the video.
    pub offset_ms: u64,
}

/// What was found in an uploaded video.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CheckedVideo {
    pub points: Vec<TrackPoint>,
    pub video_tracks: usize,
    pub duration_ms: u64,
    /// When the video was recorded by its header, in seconds since 1970-01-01; `None` if unset.
    pub created_at_s: Option<u64>,
    pub make: Option<String>,
    pub model: Option<String>,
}

/// A sample of a track.
struct Sample {
    offset: u64,
    length: u32,
    /// In the time scale of the track.
    time: u64,
}

/// Checks the video at `path`.
pub(crate) fn check_video(path: &Path) -> Result<CheckedVideo, Refusal> {
    let mut file = File::open(path).map_err(|error| Refusal::new(format!("the video cannot be read: {error}")))?;
    let moov = read_moov(&mut file)?;
    let (created_at_s, movie_scale) = movie_header(required(&moov, *b"mvhd")?)?;
    let mut video_tracks = 0;
    let mut camm = None;
    for track in children(&moov)? {
        if &track.name != b"trak" {
            continue;
        }
        let media = required(track.payload, *b"mdia")?;
        let table = required(required(media, *b"minf")?, *b"stbl")?;
        let mut description = Numbers::new(required(table, *b"stsd")?);
        description.version()?;
        let entries = description.u32()?;
        let format = if entries == 0 {
            [0; 4]
        } else {
            description.u32()?;
            description.name()?
        };
        let mut handler = Numbers::new(required(media, *b"hdlr")?);
        handler.version()?;
        handler.u32()?;
        if &format == b"camm" {
            if camm.is_some() {
                return Err(Refusal::new("the video has two CAMM tracks"));
            }
            camm = Some((track.payload, media, table));
        } else if &handler.name()? == b"vide" {
            video_tracks += 1;
        }
    }
    let (track, media, table) = camm.ok_or_else(|| Refusal::new("the video has no CAMM track"))?;
    if video_tracks == 0 {
        return Err(Refusal::new("the video has no video track"));
    }
    let scale = media_scale(required(media, *b"mdhd")?)?;
    let delay_ms = empty_edit_ms(track, movie_scale)?;
    let mut points = Vec::new();
    let mut duration_ms = 0;
    let mut buffer = Vec::new();
    let file_length = file
        .seek(SeekFrom::End(0))
        .map_err(|error| Refusal::new(format!("the video cannot be read: {error}")))?;
    for sample in samples(table, file_length)? {
        buffer.clear();
        file.seek(SeekFrom::Start(sample.offset))
            .and_then(|_| (&mut file).take(u64::from(sample.length)).read_to_end(&mut buffer))
            .map_err(|error| Refusal::new(format!("the video cannot be read: {error}")))?;
        if buffer.len() as u64 != u64::from(sample.length) {
            return Err(Refusal::new("a CAMM sample lies beyond the end of the video"));
        }
        let offset_ms = to_ms(sample.time, scale).saturating_add(delay_ms);
        duration_ms = duration_ms.max(offset_ms);
        if let Some(position) = read_sample(&buffer)? {
            points.push(TrackPoint { position, offset_ms });
        }
    }
    if points.is_empty() {
        return Err(Refusal::new("the CAMM track has no position"));
    }
    let user_data = child(&moov, *b"udta")?.unwrap_or_default();
    Ok(CheckedVideo {
        points,
        video_tracks,
        duration_ms,
        created_at_s,
        make: text(child(user_data, *b"@mak")?),
        model: text(child(user_data, *b"@mod")?),
    })
}

fn text(payload: Option<&[u8]>) -> Option<String> {
    let text = String::from_utf8_lossy(payload?).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn to_ms(time: u64, scale: u32) -> u64 {
    let ms = u128::from(time) * 1_000 / u128::from(scale.max(1));
    u64::try_from(ms).unwrap_or(u64::MAX)
}

/// Creation time and time scale.
fn movie_header(payload: &[u8]) -> Result<(Option<u64>, u32), Refusal> {
    let mut numbers = Numbers::new(payload);
    let created = if numbers.version()? == 1 {
        let created = numbers.u64()?;
        numbers.u64()?;
        created
    } else {
        let created = u64::from(numbers.u32()?);
        numbers.u32()?;
        created
    };
    Ok((created.checked_sub(MP4_EPOCH_S), numbers.u32()?))
}

/// Time scale of a track.
fn media_scale(payload: &[u8]) -> Result<u32, Refusal> {
    let (_, scale) = movie_header(payload)?;
    if scale == 0 {
        return Err(Refusal::new("the CAMM track has the time scale 0"));
    }
    Ok(scale)
}

/// How long the track waits before its first sample (an edit list that begins with an empty edit).
fn empty_edit_ms(track: &[u8], movie_scale: u32) -> Result<u64, Refusal> {
    let Some(edits) = child(track, *b"edts")? else {
        return Ok(0);
    };
    let Some(list) = child(edits, *b"elst")? else {
        return Ok(0);
    };
    let mut numbers = Numbers::new(list);
    let version = numbers.version()?;
    if numbers.u32()? == 0 {
        return Ok(0);
    }
    let (duration, empty) = if version == 1 {
        (numbers.u64()?, numbers.u64()? == u64::MAX)
    } else {
        (u64::from(numbers.u32()?), numbers.u32()? == u32::MAX)
    };
    Ok(if empty { to_ms(duration, movie_scale) } else { 0 })
}

/// A table of `(count, value)` runs: `stts`.
fn runs(payload: &[u8]) -> Result<Vec<(u32, u32)>, Refusal> {
    let mut numbers = Numbers::new(payload);
    numbers.version()?;
    let count = numbers.u32()?;
    if !numbers.holds(count, 8) {
        return Err(Refusal::new("the table \"stts\" is longer than its box"));
    }
    (0..count).map(|_| Ok((numbers.u32()?, numbers.u32()?))).collect()
}

/// Where the chunks of a track begin, from `stco` or `co64`.
fn chunk_offsets(table: &[u8]) -> Result<Vec<u64>, Refusal> {
    let too_long = || Refusal::new("the table of chunks is longer than its box");
    if let Some(payload) = child(table, *b"co64")? {
        let mut numbers = Numbers::new(payload);
        numbers.version()?;
        let count = numbers.u32()?;
        if !numbers.holds(count, 8) {
            return Err(too_long());
        }
        return (0..count).map(|_| numbers.u64()).collect();
    }
    let mut numbers = Numbers::new(required(table, *b"stco")?);
    numbers.version()?;
    let count = numbers.u32()?;
    if !numbers.holds(count, 4) {
        return Err(too_long());
    }
    (0..count).map(|_| numbers.u32().map(u64::from)).collect()
}

/// Lengths of all samples, from `stsz`.
fn sample_lengths(payload: &[u8], file_length: u64) -> Result<Vec<u32>, Refusal> {
    let mut numbers = Numbers::new(payload);
    numbers.version()?;
    let fixed = numbers.u32()?;
    let count = numbers.u32()?;
    if count > SAMPLES_MAX || (fixed == 0 && !numbers.holds(count, 4)) {
        return Err(Refusal::new("the table \"stsz\" is longer than its box"));
    }
    // Equal lengths take no room in the table, so nothing else bounds their number.
    if u64::from(fixed) * u64::from(count) > file_length {
        return Err(Refusal::new("the CAMM samples are longer than the whole video"));
    }
    let lengths: Vec<u32> = if fixed == 0 {
        (0..count).map(|_| numbers.u32()).collect::<Result<_, _>>()?
    } else {
        (0..count).map(|_| fixed).collect()
    };
    if lengths.iter().any(|length| *length > SAMPLE_BYTES_MAX) {
        return Err(Refusal::new("a CAMM sample is larger than any known type"));
    }
    Ok(lengths)
}

/// Samples of each chunk, from `stsc`: `(first chunk, samples in a chunk)`, chunks counted from 1.
fn chunk_runs(payload: &[u8]) -> Result<Vec<(u32, u32)>, Refusal> {
    let mut numbers = Numbers::new(payload);
    numbers.version()?;
    let count = numbers.u32()?;
    if !numbers.holds(count, 12) {
        return Err(Refusal::new("the table \"stsc\" is longer than its box"));
    }
    (0..count)
        .map(|_| {
            let run = (numbers.u32()?, numbers.u32()?);
            numbers.u32()?;
            Ok(run)
        })
        .collect()
}

/// Every sample of a track, from its four tables.
fn samples(table: &[u8], file_length: u64) -> Result<Vec<Sample>, Refusal> {
    let lengths = sample_lengths(required(table, *b"stsz")?, file_length)?;
    let mut times = Vec::new();
    let mut time = 0_u64;
    'runs: for (count, delta) in runs(required(table, *b"stts")?)? {
        for _ in 0..count {
            if times.len() >= lengths.len() {
                break 'runs;
            }
            times.push(time);
            time = time.saturating_add(u64::from(delta));
        }
    }
    if times.len() < lengths.len() {
        return Err(Refusal::new("the table \"stts\" has no time for a CAMM sample"));
    }
    let chunk_runs = chunk_runs(required(table, *b"stsc")?)?;
    let offsets = chunk_offsets(table)?;
    let mut remaining = lengths.into_iter().zip(times);
    let mut found = Vec::new();
    let mut run = chunk_runs.iter().peekable();
    let mut samples_in_chunk = 0;
    'chunks: for (number, start) in (1_u32..).zip(&offsets) {
        while let Some((_, samples)) = run.next_if(|(first, _)| *first <= number) {
            samples_in_chunk = *samples;
        }
        let mut offset = *start;
        for _ in 0..samples_in_chunk {
            let Some((length, time)) = remaining.next() else {
                break 'chunks;
            };
            found.push(Sample { offset, length, time });
            offset = offset.saturating_add(u64::from(length));
        }
    }
    if remaining.next().is_some() {
        return Err(Refusal::new("a CAMM sample belongs to no chunk"));
    }
    Ok(found)
}
