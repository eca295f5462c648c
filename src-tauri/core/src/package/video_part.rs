//! A video as it is sent: its tracks with pictures, and a CAMM track with the positions.
//!
//! The bytes are made while they are read, from the file and a plan of a few megabytes. The first pass keeps a checksum
//! of every block; later passes compare a block with it before the first of its bytes leaves. Where the MD5 of the
//! original is wanted too, the first pass hashes both in turn.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use waypost_md5::Md5;
use waypost_media::{CammLayout, MediaError, TrackPoint, camm_mux};

use super::failure::{core_error_named, into_io_error};
use super::md5::PIECE_BYTES;
use super::original_bytes::{OriginalBytes, OriginalReader};
use super::read_ahead::read_ahead;
use super::source_file::SourceFile;
use super::{Measured, Part};
use crate::error::CoreError;
use crate::observe::{MeasureObserver, Unobserved};
use crate::path_text::printable_name;
use crate::source_video::{DescribedPoint, SourceVideo};

/// A video with its positions.
pub struct VideoPart {
    video: Arc<SourceVideo>,
    known: OnceLock<Arc<Known>>,
}

/// What a whole pass over the video told.
struct Known {
    layout: CammLayout,
    /// CRC-32 of every block of [`PIECE_BYTES`], the last one shorter.
    block_crcs: Vec<u32>,
}

/// The video with the positions of its description.
pub fn video_part(video: SourceVideo) -> VideoPart {
    VideoPart {
        video: Arc::new(video),
        known: OnceLock::new(),
    }
}

impl VideoPart {
    fn pass(&self, observer: &dyn MeasureObserver) -> Result<(Arc<Known>, Measured), CoreError> {
        let source = source_of(&self.video);
        let mut file = source.open()?;
        let layout = plan(&self.video, &mut file)?;
        // One that cannot be read now is read when its MD5 is asked for.
        let original = source.open().ok().filter(|_| observer.wants_originals());
        let mut original = original.map(|file| OriginalReader::new(file, &layout));
        let (mut md5, mut original_md5) = (Md5::new(), Md5::new());
        let mut block_crcs = Vec::new();
        let mut blocks = 0..;
        let read = |piece: &mut Piece| {
            if observer.cancelled() {
                return Err(CoreError::Stopped);
            }
            let number = blocks.next().unwrap_or(u64::MAX);
            read_block(&self.video, &layout, &mut file, number, &mut piece.block)
                .map_err(|error| core_error_named(error, &self.name()))?;
            piece.crc32 = crc32fast::hash(&piece.block);
            piece.read_original(&mut original, number);
            Ok(!piece.block.is_empty() || !piece.original.is_empty())
        };
        read_ahead([Piece::default(), Piece::default()], read, |ahead| {
            while let Some(piece) = ahead.next()? {
                piece.hash([&mut md5, &mut original_md5]);
                if !piece.block.is_empty() {
                    block_crcs.push(piece.crc32);
                }
                observer.bytes(piece.block.len() as u64);
                ahead.give_back(piece);
            }
            Ok(())
        })?;
        if !source.is_unchanged(&file) {
            return Err(source.changed());
        }
        if original.is_some() {
            observer.original(&self.video.path, &original_md5.hex());
        }
        let measured = Measured {
            md5_hex: md5.hex(),
            length_bytes: layout.length_bytes(),
        };
        let now = Arc::new(Known { layout, block_crcs });
        let known = self.known.get_or_init(|| Arc::clone(&now));
        if known.block_crcs != now.block_crcs || known.layout != now.layout {
            // Measured before, and something else now, though size and time are the same.
            return Err(source.changed());
        }
        Ok((Arc::clone(known), measured))
    }
}

/// As much of what is sent and of the original as is hashed at once.
#[derive(Default)]
struct Piece {
    block: Vec<u8>,
    /// Of `block`.
    crc32: u32,
    original: OriginalBytes,
}

impl Piece {
    /// Reads the bytes of the original that go with block `number`; after an error it is none any more.
    fn read_original(&mut self, original: &mut Option<OriginalReader>, number: u64) {
        self.original.clear();
        if let Some(reader) = original {
            let sent_place = number.saturating_mul(PIECE_BYTES as u64);
            if reader.read(sent_place, self.block.len(), &mut self.original).is_err() {
                *original = None;
                self.original.clear();
            }
        }
    }

    /// Works in both, as much as possible of it in turn.
    fn hash(&self, [md5, original_md5]: [&mut Md5; 2]) {
        let mut sent = &self.block[..];
        for slice in self.original.slices(&self.block) {
            let (now, later) = sent.split_at(slice.len().min(sent.len()));
            Md5::update_two([md5, original_md5], [now, slice]);
            sent = later;
        }
        md5.update(sent);
    }
}

impl Part for VideoPart {
    fn suffix(&self) -> &'static str {
        "mp4"
    }

    fn name(&self) -> String {
        printable_name(&self.video.path)
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        self.pass(observer).map(|(_, measured)| measured)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        let known = match self.known.get() {
            Some(known) => Arc::clone(known),
            None => self.pass(&Unobserved)?.0,
        };
        let file = source_of(&self.video).open()?;
        Ok(Box::new(VideoReader {
            video: Arc::clone(&self.video),
            known,
            file,
            block: Vec::new(),
            place: offset_bytes,
        }))
    }
}

fn source_of(video: &SourceVideo) -> SourceFile<'_> {
    SourceFile {
        path: &video.path,
        size_bytes: video.size_bytes,
        modified_at_ms: video.modified_at_ms,
    }
}

/// Plans the upload from the index of the file.
fn plan(video: &SourceVideo, file: &mut File) -> Result<CammLayout, CoreError> {
    let track: Vec<TrackPoint> = video.track.iter().map(DescribedPoint::track_point).collect();
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    camm_mux(file, &track, &name(&video.make), &name(&video.model)).map_err(|error| match error {
        MediaError::Io { kind, message } => source_of(video).failed(io::Error::new(kind, message)),
        error => CoreError::VideoNotPackable {
            path: video.path.clone(),
            reason: error.to_string(),
        },
    })
}

/// Reads block `number` of the planned file whole; behind the last one there is nothing.
fn read_block(
    video: &SourceVideo,
    layout: &CammLayout,
    file: &mut File,
    number: u64,
    block: &mut Vec<u8>,
) -> io::Result<()> {
    block.resize(block_length(layout, number), 0);
    fill_block(video, layout, file, number, block)
}

/// How long block `number` is, bytes.
fn block_length(layout: &CammLayout, number: u64) -> usize {
    let start = number.saturating_mul(PIECE_BYTES as u64);
    let left = layout.length_bytes().saturating_sub(start);
    usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES)
}

/// Reads block `number` of the planned file into `block`, which is as long.
fn fill_block(
    video: &SourceVideo,
    layout: &CammLayout,
    file: &mut File,
    number: u64,
    block: &mut [u8],
) -> io::Result<()> {
    let start = number.saturating_mul(PIECE_BYTES as u64);
    let mut reader = layout.reader(file);
    reader
        .seek(SeekFrom::Start(start))
        .and_then(|_| reader.read_exact(block))
        .map_err(|error| match error.kind() {
            // The file became shorter.
            io::ErrorKind::UnexpectedEof => into_io_error(source_of(video).changed()),
            _ => source_of(video).failed_read(error),
        })
}

/// The bytes from a place on, no block of which leaves unless it is the one that was measured.
struct VideoReader {
    video: Arc<SourceVideo>,
    known: Arc<Known>,
    file: File,
    /// The block that holds `place`, where a part of it was asked for; otherwise empty.
    block: Vec<u8>,
    place: u64,
}

impl VideoReader {
    /// Reads block `number` into `block`, which is as long, and compares it.
    fn load(&mut self, number: u64, block: &mut [u8]) -> io::Result<()> {
        let (layout, source) = (&self.known.layout, source_of(&self.video));
        fill_block(&self.video, layout, &mut self.file, number, block)?;
        let expected = usize::try_from(number)
            .ok()
            .and_then(|number| self.known.block_crcs.get(number));
        let is_same = expected.is_some_and(|expected| *expected == crc32fast::hash(block));
        let is_last = number.saturating_add(1) >= self.known.block_crcs.len() as u64;
        if !is_same || (is_last && !source.is_unchanged(&self.file)) {
            return Err(into_io_error(source.changed()));
        }
        Ok(())
    }
}

impl Read for VideoReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.place >= self.known.layout.length_bytes() {
            return Ok(0);
        }
        let block_bytes = PIECE_BYTES as u64;
        let inside = usize::try_from(self.place % block_bytes).unwrap_or(usize::MAX);
        let number = self.place / block_bytes;
        let length = block_length(&self.known.layout, number);
        if inside == 0 {
            self.block.clear();
        }
        let count = match buffer.get_mut(..length) {
            // Where a whole block fits, it is read to where it is wanted.
            Some(buffer) if inside == 0 => {
                self.load(number, buffer)?;
                length
            }
            _ => {
                if self.block.is_empty() {
                    let mut block = std::mem::take(&mut self.block);
                    block.resize(length, 0);
                    self.load(number, &mut block)?;
                    self.block = block;
                }
                let rest = self.block.get(inside..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
                    to.copy_from_slice(from);
                }
                count
            }
        };
        self.place = self.place.saturating_add(count as u64);
        Ok(count)
    }
}
