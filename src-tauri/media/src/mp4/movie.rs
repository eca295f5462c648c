//! The movie and its tracks: what they are and where their parts lie, tables not yet read.

use std::io::{Read, Seek};

use super::boxes::{BoxAt, children, first_child};
use super::edits::EditList;
use super::source::MediaSource;
use super::tables::{SampleTables, header_times};
use crate::error::MediaError;
use crate::limits::{MAX_HEADER_BOX_BYTES, MAX_TRACKS};

/// Seconds from 1904, where these files count from, to 1970.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;

/// The index of a file.
#[derive(Debug)]
pub(crate) struct Movie {
    /// Boxes at the top of the file.
    pub(crate) top: Vec<BoxAt>,
    /// The content of `mvhd`.
    pub(crate) header: Vec<u8>,
    /// Units of the movie's time in a second; 0 if the header is damaged.
    pub(crate) timescale: u32,
    /// In milliseconds; `None` where the header does not say.
    pub(crate) duration_ms: Option<f64>,
    /// What `mvhd` calls the time of creation, in milliseconds since 1970; `None` where it is 0.
    pub(crate) created_ms: Option<i64>,
    /// The tracks whose headers can be read.
    pub(crate) tracks: Vec<Track>,
    /// The box with the user's and the maker's data.
    pub(crate) user_data: Option<BoxAt>,
    /// The box with QuickTime's keys and values.
    pub(crate) metadata: Option<BoxAt>,
    /// Whether the samples lie in fragments (`moof`) that the index does not know.
    pub(crate) fragmented: bool,
}

/// One track of a movie.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    /// The `trak` box.
    pub(crate) at: BoxAt,
    /// Its handler: `vide`, `soun`, `meta`, `camm`…
    pub(crate) handler: [u8; 4],
    /// The type of its first sample description: `gpmd`, `camm`, `avc1`, `hvc1`…
    pub(crate) format: [u8; 4],
    /// Units of its time in a second, never 0.
    pub(crate) timescale: u32,
    /// What is shown of it.
    pub(crate) edits: EditList,
    /// The boxes in its `stbl`.
    pub(crate) table_boxes: Vec<BoxAt>,
}

impl Movie {
    /// Finds the index of a file, wherever it stands.
    ///
    /// Errors: `empty_file`, `not_a_video`, `video_index_missing`, `video_cut_off`, `io`.
    pub(crate) fn read<R: Read + Seek>(source: &mut MediaSource<'_, R>) -> Result<Self, MediaError> {
        let top = children(source, 0, source.length_bytes(), false)?;
        let Some(moov) = top.iter().find(|found| &found.kind == b"moov").copied() else {
            return Err(without_index(&top));
        };
        if moov.cut_off {
            return Err(MediaError::VideoCutOff {
                length_bytes: source.length_bytes(),
            });
        }
        let inside = children(source, moov.start, moov.end, true)?;
        let get = |kind: &[u8; 4]| inside.iter().find(|child| child.kind == *kind).copied();
        let header = match get(b"mvhd") {
            Some(found) => found.content(source, MAX_HEADER_BOX_BYTES)?,
            None => None,
        }
        .unwrap_or_default();
        let (times, _) = header_times(&header, &[]);
        let times = times.filter(|_| !header.is_empty()).unwrap_or_default();
        let mut tracks = Vec::new();
        let boxes = inside.iter().filter(|child| &child.kind == b"trak");
        for at in boxes.take(MAX_TRACKS) {
            tracks.extend(Track::read(source, *at, times.timescale)?);
        }
        let created_s = i64::try_from(times.created_s).unwrap_or_default();
        Ok(Self {
            header,
            timescale: times.timescale,
            duration_ms: (times.timescale > 0 && times.duration > 0)
                .then(|| times.duration as f64 * 1000.0 / f64::from(times.timescale)),
            created_ms: (created_s > 0)
                .then(|| created_s.saturating_sub(SECONDS_1904_TO_1970))
                .and_then(|seconds| seconds.checked_mul(1000)),
            tracks,
            user_data: get(b"udta"),
            metadata: get(b"meta"),
            fragmented: get(b"mvex").is_some() && top.iter().any(|found| &found.kind == b"moof"),
            top,
        })
    }

    /// The first track whose samples are of `format`.
    pub(crate) fn track_of(&self, format: [u8; 4]) -> Option<&Track> {
        self.tracks.iter().find(|track| track.format == format)
    }

    /// The tracks with pictures, in order.
    pub(crate) fn video_tracks(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter(|track| &track.handler == b"vide")
    }
}

impl Track {
    /// Reads a track's headers; `None` if the track is of no use.
    fn read<R: Read + Seek>(
        source: &mut MediaSource<'_, R>,
        at: BoxAt,
        movie_timescale: u32,
    ) -> Result<Option<Self>, MediaError> {
        let inside = children(source, at.start, at.end, true)?;
        let Some(media) = inside.iter().find(|child| &child.kind == b"mdia") else {
            return Ok(None);
        };
        let in_media = children(source, media.start, media.end, true)?;
        let get = |kind: &[u8; 4]| in_media.iter().find(|child| child.kind == *kind).copied();
        let (Some(mdhd), Some(hdlr), Some(minf)) = (get(b"mdhd"), get(b"hdlr"), get(b"minf")) else {
            return Ok(None);
        };
        let mdhd = mdhd.content(source, MAX_HEADER_BOX_BYTES)?;
        let (_, times) = header_times(&[], &mdhd.unwrap_or_default());
        let timescale = times.unwrap_or_default().timescale;
        let mut handler = [0; 12];
        let handler_there = source.read_at(hdlr.start, &mut handler, hdlr.end)?;
        let table = first_child(source, &minf, *b"stbl")?;
        let (true, true, Some(table)) = (timescale > 0, handler_there, table) else {
            return Ok(None);
        };
        let [_, _, _, _, _, _, _, _, handler @ ..] = handler;
        let table_boxes = children(source, table.start, table.end, true)?;
        let mut edits = EditList::default();
        if let Some(list) = inside.iter().find(|child| &child.kind == b"edts") {
            let list = first_child(source, list, *b"elst")?;
            if let Some(list) = list {
                let content = list.content(source, MAX_HEADER_BOX_BYTES)?;
                edits = EditList::parse(&content.unwrap_or_default(), movie_timescale, timescale);
            }
        }
        let format = match table_boxes.iter().find(|child| &child.kind == b"stsd") {
            Some(descriptions) => first_format(source, descriptions)?,
            None => None,
        };
        Ok(Some(Self {
            at,
            handler,
            format: format.unwrap_or_default(),
            timescale,
            edits,
            table_boxes,
        }))
    }

    /// The track's sample tables. Errors: `video_too_large`, `video_damaged`, `io`.
    pub(crate) fn tables<R: Read + Seek>(&self, source: &mut MediaSource<'_, R>) -> Result<SampleTables, MediaError> {
        SampleTables::read(source, &self.table_boxes)
    }

    /// `units` of the track's time in milliseconds.
    pub(crate) fn to_ms(&self, units: u64) -> f64 {
        units as f64 * 1000.0 / f64::from(self.timescale)
    }
}

/// The type of the first entry in an `stsd` box: version, count, size, type.
fn first_format<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    descriptions: &BoxAt,
) -> Result<Option<[u8; 4]>, MediaError> {
    let mut head = [0; 16];
    if descriptions.length() < 16 || !source.read_at(descriptions.start, &mut head, descriptions.end)? {
        return Ok(None);
    }
    let [.., a, b, c, d] = head;
    Ok(Some([a, b, c, d]))
}

/// Why a file without an index has none.
fn without_index(top: &[BoxAt]) -> MediaError {
    let known = |found: &BoxAt| {
        matches!(
            &found.kind,
            b"ftyp" | b"mdat" | b"wide" | b"free" | b"skip" | b"moof" | b"pnot"
        )
    };
    if top.first().is_some_and(known) {
        MediaError::VideoIndexMissing
    } else {
        MediaError::NotAVideo
    }
}
