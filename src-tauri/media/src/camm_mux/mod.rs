//! Plans the file that is uploaded for a video: its tracks with pictures as they are, and a CAMM
//! track with the positions. Sound, the camera's own telemetry and user data stay at home.
//!
//! Nothing is copied here. The plan is a list of segments: new bytes (index and positions) and
//! ranges of the source. Whoever sends it can begin at any offset.
//!
//! The layout is the one that mapillary_tools 0.14.7 uploads: `ftyp`, `moov`, one `mdat`, each
//! track's samples in one chunk. The bytes are the same but for the durations of CAMM samples,
//! which are rounded so that they do not add up to a drift.

mod builder;
mod layout;
mod positions;
mod trak;

use std::io::{Read, Seek};

pub use layout::{CammLayout, CammReader, Segment};

use crate::error::MediaError;
use crate::limits::{MAX_COPIED_INDEX_BYTES, MAX_HEADER_BOX_BYTES};
use crate::mp4::{MediaSource, Movie};
use crate::video_facts::TrackPoint;
use builder::{boxed, set_u32};
use positions::Positions;
use trak::VideoTrack;

/// What a QuickTime file without `ftyp` is.
const QUICKTIME: &[u8] = b"qt  \0\0\0\0qt  ";

/// Plans the upload of the video in `reader` with the positions of `track`.
///
/// Points before the start of the video are left out; the others need not be sorted. A point with
/// a positive [`epoch_ms`](TrackPoint::epoch_ms) becomes a CAMM sample of type 6, any other one
/// of type 5. `make` and `model` name the camera; empty names are left out.
///
/// Only the index of the video is read. The plan holds about as much memory as that index.
///
/// Errors: `empty_file`, `not_a_video`, `video_index_missing`, `video_cut_off`, `video_damaged`,
/// `video_too_large`, `video_fragmented`, `video_without_pictures`, `track_empty`,
/// `track_point_invalid`, `io`.
pub fn camm_mux<R: Read + Seek>(
    reader: &mut R,
    track: &[TrackPoint],
    make: &str,
    model: &str,
) -> Result<CammLayout, MediaError> {
    let mut source = MediaSource::new(reader)?;
    let movie = Movie::read(&mut source)?;
    if movie.timescale == 0 {
        return Err(MediaError::VideoDamaged {
            what: "its header (mvhd) is missing or unreadable",
        });
    }
    let positions = Positions::new(track, movie.timescale)?;
    let mut budget = MAX_COPIED_INDEX_BYTES;
    let mut tracks = Vec::new();
    for video in movie.video_tracks() {
        tracks.push(VideoTrack::read(&mut source, video, &mut budget)?);
    }
    if tracks.iter().all(|track| track.total_bytes() == 0) {
        return Err(if movie.fragmented {
            MediaError::VideoFragmented
        } else {
            MediaError::VideoWithoutPictures
        });
    }
    let ftyp = match movie.top.iter().find(|found| &found.kind == b"ftyp") {
        Some(found) => found.content(&mut source, MAX_HEADER_BOX_BYTES)?,
        None => None,
    };
    let ftyp = boxed(*b"ftyp", &[ftyp.as_deref().unwrap_or(QUICKTIME)]);

    let video_bytes = tracks
        .iter()
        .fold(0_u64, |sum, track| sum.saturating_add(track.total_bytes()));
    let data_bytes = video_bytes.saturating_add(positions.total_bytes());
    let data_header = data_header(data_bytes)?;
    let index = |data_start: u64| {
        let mut offset = data_start;
        let mut number = 1_u32;
        let mut traks = Vec::new();
        for track in &tracks {
            traks.extend(track.trak(number, offset));
            offset = offset.saturating_add(track.total_bytes());
            number = number.saturating_add(1);
        }
        traks.extend(positions.trak(number, offset, &movie));
        let header = movie_header(&movie, number.saturating_add(1));
        let user_data = user_data(make, model);
        boxed(*b"moov", &[&header, &traks, &user_data])
    };
    // All offsets are written with 64 bits, so that the length does not depend on them.
    let index_bytes = index(0).len();
    let front_bytes = [ftyp.len(), index_bytes, data_header.len()]
        .iter()
        .fold(0_u64, |sum, &length| sum.saturating_add(length as u64));
    let front = [ftyp, index(front_bytes), data_header].concat();

    let mut segments = vec![Segment::Bytes(front)];
    for track in tracks {
        let ranges = track.into_ranges().into_iter();
        segments.extend(ranges.map(|(offset_bytes, length_bytes)| Segment::Source {
            offset_bytes,
            length_bytes,
        }));
    }
    segments.push(Segment::Bytes(positions.into_samples()));
    Ok(CammLayout::new(segments))
}

/// The header of the one `mdat` box: 64 bits for the size only where 32 do not do.
fn data_header(data_bytes: u64) -> Result<Vec<u8>, MediaError> {
    let short = data_bytes.checked_add(8).and_then(|size| u32::try_from(size).ok());
    if let Some(size) = short {
        return Ok([&size.to_be_bytes()[..], b"mdat"].concat());
    }
    let size = data_bytes.checked_add(16).ok_or(MediaError::VideoDamaged {
        what: "its frames have no possible length",
    })?;
    Ok([&1_u32.to_be_bytes()[..], b"mdat", &size.to_be_bytes()[..]].concat())
}

/// `mvhd` as it was, but for the number of the next track.
fn movie_header(movie: &Movie, next_track: u32) -> Vec<u8> {
    let mut content = movie.header.clone();
    let at = if content.first() == Some(&1) { 108 } else { 96 };
    set_u32(&mut content, at, next_track);
    boxed(*b"mvhd", &[&content])
}

fn user_data(make: &str, model: &str) -> Vec<u8> {
    let name = |kind: [u8; 4], name: &str| match name {
        "" => Vec::new(),
        name => boxed(kind, &[name.as_bytes()]),
    };
    let names = [name(*b"@mak", make), name(*b"@mod", model)].concat();
    if names.is_empty() {
        names
    } else {
        boxed(*b"udta", &[&names])
    }
}
