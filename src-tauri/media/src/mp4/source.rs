//! Positional reads from a file of known length, with a small window for neighbouring boxes.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::MediaError;
use crate::limits::{BOX_WINDOW_BYTES, VIDEO_READ_ALLOWANCE_BYTES, VIDEO_READ_FACTOR};

/// A file that is read in pieces, none of which can pass its end.
pub(crate) struct MediaSource<'r, R> {
    inner: &'r mut R,
    length_bytes: u64,
    window: Vec<u8>,
    window_offset: u64,
    left_bytes: u64,
}

impl<'r, R: Read + Seek> MediaSource<'r, R> {
    /// Learns the length of the file. Errors: `empty_file`, `io`.
    pub(crate) fn new(reader: &'r mut R) -> Result<Self, MediaError> {
        let length_bytes = reader.seek(SeekFrom::End(0))?;
        if length_bytes == 0 {
            return Err(MediaError::EmptyFile);
        }
        Ok(Self {
            inner: reader,
            length_bytes,
            window: Vec::new(),
            window_offset: 0,
            left_bytes: length_bytes
                .saturating_mul(VIDEO_READ_FACTOR)
                .saturating_add(VIDEO_READ_ALLOWANCE_BYTES),
        })
    }

    /// Length of the file in bytes.
    pub(crate) fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// Fills `buffer` from `offset`; `false` if the file ends before. Bytes up to `region_end`
    /// may be read ahead, and none behind it.
    pub(crate) fn read_at(&mut self, offset: u64, buffer: &mut [u8], region_end: u64) -> Result<bool, MediaError> {
        let wanted = buffer.len() as u64;
        let Some(end) = offset.checked_add(wanted).filter(|&end| end <= self.length_bytes) else {
            return Ok(false);
        };
        if self.copy_from_window(offset, buffer) {
            return Ok(true);
        }
        let ahead = region_end
            .min(self.length_bytes)
            .max(end)
            .saturating_sub(offset)
            .min(BOX_WINDOW_BYTES);
        if wanted >= ahead {
            return self.read_directly(offset, buffer);
        }
        let mut window = std::mem::take(&mut self.window);
        window.resize(usize::try_from(ahead).unwrap_or_default(), 0);
        let whole = self.read_directly(offset, &mut window)?;
        self.window = window;
        self.window_offset = offset;
        if !whole {
            self.window.clear();
            return Ok(false);
        }
        Ok(self.copy_from_window(offset, buffer))
    }

    /// `length` bytes from `offset`, `None` if the file ends before. The caller has checked the
    /// length against a cap.
    pub(crate) fn read_vec(
        &mut self,
        offset: u64,
        length: u64,
        region_end: u64,
    ) -> Result<Option<Vec<u8>>, MediaError> {
        // Checked first, so that a length that is not there is not asked for in memory either.
        let end = offset.checked_add(length);
        let Ok(size) = usize::try_from(length) else {
            return Ok(None);
        };
        if end.is_none_or(|end| end > self.length_bytes) {
            return Ok(None);
        }
        let mut bytes = vec![0; size];
        Ok(self.read_at(offset, &mut bytes, region_end)?.then_some(bytes))
    }

    fn copy_from_window(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let inside = offset
            .checked_sub(self.window_offset)
            .and_then(|skip| usize::try_from(skip).ok())
            .and_then(|skip| self.window.get(skip..))
            .and_then(|rest| rest.get(..buffer.len()));
        match inside {
            Some(bytes) => {
                buffer.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }

    fn read_directly(&mut self, offset: u64, buffer: &mut [u8]) -> Result<bool, MediaError> {
        self.left_bytes = self
            .left_bytes
            .checked_sub(buffer.len() as u64)
            .ok_or(MediaError::VideoDamaged {
                what: "its tables point to the same bytes again and again",
            })?;
        self.inner.seek(SeekFrom::Start(offset))?;
        match self.inner.read_exact(buffer) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
