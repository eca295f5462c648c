//! The plan of an upload, and a reader that follows it.

use std::io::{self, Read, Seek, SeekFrom};

/// One piece of a planned file.
#[derive(Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A range of the source.
    Source {
        /// Where it begins in the source.
        offset_bytes: u64,
        /// How long it is.
        length_bytes: u64,
    },
}

impl Segment {
    /// Bytes in this segment.
    pub fn length_bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Source { length_bytes, .. } => *length_bytes,
        }
    }
}

impl std::fmt::Debug for Segment {
    /// Without the bytes: a plan may hold megabytes.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "Bytes({} bytes)", bytes.len()),
            Self::Source {
                offset_bytes,
                length_bytes,
            } => write!(formatter, "Source({length_bytes} bytes at {offset_bytes})"),
        }
    }
}

/// The plan of a file to upload: segments, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CammLayout {
    segments: Vec<Segment>,
    /// Where each segment begins.
    starts: Vec<u64>,
    length_bytes: u64,
}

impl CammLayout {
    pub(super) fn new(segments: Vec<Segment>) -> Self {
        let mut starts = Vec::with_capacity(segments.len());
        let mut length_bytes = 0_u64;
        for segment in &segments {
            starts.push(length_bytes);
            length_bytes = length_bytes.saturating_add(segment.length_bytes());
        }
        Self {
            segments,
            starts,
            length_bytes,
        }
    }

    /// The segments in order. The first holds everything in front of the frames, the last the
    /// positions.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Length of the planned file in bytes.
    pub fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// The segment that holds the byte at `offset_bytes`, and where in it that byte is; `None`
    /// from the end of the file on.
    pub fn segment_at(&self, offset_bytes: u64) -> Option<(&Segment, u64)> {
        if offset_bytes >= self.length_bytes {
            return None;
        }
        // Empty segments begin where the next one begins; the last that begins here is not empty.
        let behind = self.starts.partition_point(|&start| start <= offset_bytes);
        let index = behind.checked_sub(1)?;
        let start = self.starts.get(index)?;
        Some((self.segments.get(index)?, offset_bytes.checked_sub(*start)?))
    }

    /// A reader of the planned file, over the video that the plan was made from.
    pub fn reader<R: Read + Seek>(&self, source: R) -> CammReader<'_, R> {
        CammReader {
            layout: self,
            source,
            offset_bytes: 0,
        }
    }
}

/// Reads a planned file, from any offset. See [`CammLayout::reader`].
///
/// A source that has become shorter is an `UnexpectedEof` error, never a shorter file.
#[derive(Debug)]
pub struct CammReader<'l, R> {
    layout: &'l CammLayout,
    source: R,
    offset_bytes: u64,
}

impl<R: Read + Seek> Read for CammReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((segment, inside)) = self.layout.segment_at(self.offset_bytes) else {
            return Ok(0);
        };
        let left = segment.length_bytes().saturating_sub(inside);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(target) = buffer.get_mut(..wanted).filter(|target| !target.is_empty()) else {
            return Ok(0);
        };
        let count = match segment {
            Segment::Bytes(bytes) => {
                let from = usize::try_from(inside).unwrap_or(usize::MAX);
                let rest = bytes.get(from..).unwrap_or_default();
                let count = rest.len().min(target.len());
                for (to, byte) in target.iter_mut().zip(rest) {
                    *to = *byte;
                }
                count
            }
            Segment::Source { offset_bytes, .. } => {
                let at = offset_bytes.saturating_add(inside);
                self.source.seek(SeekFrom::Start(at))?;
                match self.source.read(target)? {
                    0 => {
                        return Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the video has become shorter while it was read",
                        ));
                    }
                    count => count,
                }
            }
        };
        self.offset_bytes = self.offset_bytes.saturating_add(count as u64);
        Ok(count)
    }
}

impl<R> Seek for CammReader<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(by) => self.layout.length_bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.offset_bytes.checked_add_signed(by),
        };
        self.offset_bytes = target
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a seek to before the start of the file"))?;
        Ok(self.offset_bytes)
    }
}
