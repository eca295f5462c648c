//! A video as it is sent: its tracks with pictures, and a CAMM track with the positions.
//!
//! The bytes are made while they are read, from the file and a plan of a few megabytes. The first pass keeps a checksum
//! of every block; later passes compare a block with it before the first of its bytes leaves.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use md5::{Digest, Md5};
use waypost_media::{CammLayout, MediaError, TrackPoint, camm_mux};

use super::failure::{core_error_named, into_io_error};
use super::md5::{PIECE_BYTES, hex_of, measure};
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
        let mut blocks = Blocks {
            video: &self.video,
            layout: &layout,
            file,
        };
        let mut md5 = Md5::new();
        let mut block_crcs = Vec::new();
        let (mut block, mut next) = (Vec::new(), Vec::new());
        blocks.read(0, &mut block)?;
        while !block.is_empty() {
            if observer.cancelled() {
                return Err(CoreError::Stopped);
            }
            block_crcs.push(crc32fast::hash(&block));
            // The disk works while the processor does.
            let number = block_crcs.len() as u64;
            let ((), read) = rayon::join(|| md5.update(&block), || blocks.read(number, &mut next));
            observer.bytes(block.len() as u64);
            read?;
            std::mem::swap(&mut block, &mut next);
        }
        if !source.is_unchanged(&blocks.file) {
            return Err(source.changed());
        }
        let measured = Measured {
            md5_hex: hex_of(md5),
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

impl VideoPart {
    fn original_md5(&self, observer: &dyn MeasureObserver) -> Result<String, CoreError> {
        let file = source_of(&self.video).open()?;
        Ok(measure(file, &self.name(), &Stopping(observer))?.md5_hex)
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
        if !observer.wants_originals() {
            return self.pass(observer).map(|(_, measured)| measured);
        }
        // Its bytes are other ones, in another order; a second thread reads them at about the same time.
        let (measured, original) = rayon::join(|| self.pass(observer), || self.original_md5(observer));
        let (_, measured) = measured?;
        // One that cannot be read now is read when its MD5 is asked for.
        if let Ok(md5_hex) = original {
            observer.original(&self.video.path, &md5_hex);
        }
        Ok(measured)
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

/// Hands on whether to stop, and nothing else.
struct Stopping<'a>(&'a dyn MeasureObserver);

impl MeasureObserver for Stopping<'_> {
    fn bytes(&self, _count: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
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

/// Reads the planned file block by block.
struct Blocks<'a> {
    video: &'a SourceVideo,
    layout: &'a CammLayout,
    file: File,
}

impl Blocks<'_> {
    /// Reads block `number` whole; behind the last one there is nothing.
    fn read(&mut self, number: u64, block: &mut Vec<u8>) -> Result<(), CoreError> {
        read_block(self.video, self.layout, &mut self.file, number, block)
            .map_err(|error| core_error_named(error, &printable_name(&self.video.path)))
    }
}

fn read_block(
    video: &SourceVideo,
    layout: &CammLayout,
    file: &mut File,
    number: u64,
    block: &mut Vec<u8>,
) -> io::Result<()> {
    let start = number.saturating_mul(PIECE_BYTES as u64);
    let left = layout.length_bytes().saturating_sub(start);
    block.resize(usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES), 0);
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
    /// The block that holds `place`; empty before the first is read.
    block: Vec<u8>,
    place: u64,
}

impl VideoReader {
    fn load(&mut self, number: u64) -> io::Result<()> {
        let (layout, source) = (&self.known.layout, source_of(&self.video));
        read_block(&self.video, layout, &mut self.file, number, &mut self.block)?;
        let expected = usize::try_from(number)
            .ok()
            .and_then(|number| self.known.block_crcs.get(number));
        let is_same = expected.is_some_and(|expected| *expected == crc32fast::hash(&self.block));
        let is_last = number.saturating_add(1) >= self.known.block_crcs.len() as u64;
        if !is_same || (is_last && !source.is_unchanged(&self.file)) {
            self.block.clear();
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
        if inside == 0 || self.block.is_empty() {
            self.load(self.place / block_bytes)?;
        }
        let rest = self.block.get(inside..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.place = self.place.saturating_add(count as u64);
        Ok(count)
    }
}
