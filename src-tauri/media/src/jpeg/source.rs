//! A buffered reader that knows where it is, and tells an early end from a failing disk.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use crate::error::MediaError;
use crate::limits::HEADER_BUFFER_BYTES;

/// Reading went wrong, or the file was over.
pub(super) enum ReadFailure {
    /// The file ends here.
    End,
    /// The reader failed.
    Failed(MediaError),
}

/// A reader over the header, positioned at its own [`position`](Self::position).
pub(super) struct Source<'r, R> {
    inner: BufReader<&'r mut R>,
    position: u64,
}

impl<'r, R: Read + Seek> Source<'r, R> {
    /// Starts at the beginning of the file, wherever the reader stood before.
    pub(super) fn from_start(reader: &'r mut R) -> Result<Self, MediaError> {
        reader.seek(SeekFrom::Start(0))?;
        Ok(Self {
            inner: BufReader::with_capacity(HEADER_BUFFER_BYTES, reader),
            position: 0,
        })
    }

    /// Bytes from the start of the file to the next byte read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Fills `buffer` completely.
    pub(super) fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ReadFailure> {
        match self.inner.read_exact(buffer) {
            Ok(()) => {
                self.position = self.position.saturating_add(buffer.len() as u64);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ReadFailure::End),
            Err(error) => Err(ReadFailure::Failed(error.into())),
        }
    }

    /// Reads `N` bytes.
    pub(super) fn read_array<const N: usize>(&mut self) -> Result<[u8; N], ReadFailure> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads as many bytes as there are, up to the length of `buffer`; returns how many.
    pub(super) fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, MediaError> {
        let mut filled = 0_usize;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.inner.read(rest) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.position = self.position.saturating_add(filled as u64);
        Ok(filled)
    }

    /// Steps over `count` bytes without reading them. Stepping past the end shows at the next
    /// read.
    pub(super) fn skip(&mut self, count: u32) -> Result<(), MediaError> {
        self.inner.seek_relative(i64::from(count))?;
        self.position = self.position.saturating_add(u64::from(count));
        Ok(())
    }
}
