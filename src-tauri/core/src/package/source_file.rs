//! A file as it was when it was read: opened only while it still is, and asked again before its last bytes leave.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::failure::into_io_error;
use crate::error::CoreError;
use crate::read::modified_at_ms;

/// Path, size and time of change of a file that was read.
#[derive(Clone, Copy)]
pub(super) struct SourceFile<'a> {
    /// Where it is.
    pub(super) path: &'a Path,
    /// Its size then, bytes.
    pub(super) size_bytes: u64,
    /// When it had been changed last, milliseconds since 1970 UTC.
    pub(super) modified_at_ms: i64,
}

impl SourceFile<'_> {
    /// Opens it.
    ///
    /// # Errors
    /// [`CoreError::SourceChanged`] if it is gone or not as it was, [`CoreError::Io`].
    pub(super) fn open(&self) -> Result<File, CoreError> {
        let file = File::open(self.path).map_err(|error| self.cannot_open(error))?;
        let metadata = file.metadata().map_err(|error| self.cannot_open(error))?;
        if self.is_as_it_was(&metadata) {
            Ok(file)
        } else {
            Err(self.changed())
        }
    }

    /// Whether the opened file, and the one that has its name now, are as they were.
    pub(super) fn is_unchanged(&self, opened: &File) -> bool {
        let opened = opened.metadata().is_ok_and(|metadata| self.is_as_it_was(&metadata));
        // The name may lead to another file by now.
        opened && fs::metadata(self.path).is_ok_and(|metadata| self.is_as_it_was(&metadata))
    }

    fn is_as_it_was(&self, metadata: &fs::Metadata) -> bool {
        metadata.is_file() && metadata.len() == self.size_bytes && modified_at_ms(metadata) == self.modified_at_ms
    }

    fn cannot_open(&self, error: io::Error) -> CoreError {
        match error.kind() {
            io::ErrorKind::NotFound => self.changed(),
            _ => self.failed(error),
        }
    }

    /// It is not what it was.
    pub(super) fn changed(&self) -> CoreError {
        CoreError::SourceChanged {
            path: self.path.to_path_buf(),
        }
    }

    /// It could not be read.
    pub(super) fn failed(&self, source: io::Error) -> CoreError {
        CoreError::Io {
            path: self.path.to_path_buf(),
            source,
        }
    }

    /// The same, through [`io::Read`].
    pub(super) fn failed_read(&self, source: io::Error) -> io::Error {
        into_io_error(self.failed(source))
    }
}
