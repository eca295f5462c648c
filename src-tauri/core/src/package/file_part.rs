//! A zip that was made before, by Waypost or by mapillary_tools.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::failure::into_io_error;
use super::md5::measure;
use super::source_file::SourceFile;
use super::{Measured, Part};
use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::path_text::printable_name;
use crate::read::open;

/// A file that is sent as it is.
#[derive(Clone, Debug)]
pub struct FilePart {
    path: PathBuf,
    size_bytes: u64,
    modified_at_ms: i64,
    image_count: u64,
    sequence_md5: String,
}

/// The comment of a zip that can be uploaded.
#[derive(Deserialize)]
struct ZipComment {
    sequence_md5sum: String,
}

/// A zip of a sequence, checked as mapillary_tools 0.14.7 does: at least one entry, and a comment that names the
/// sequence's MD5.
///
/// # Errors
/// [`CoreError::PathNotFound`], [`CoreError::Io`]; [`CoreError::InvalidZip`].
pub fn file_part(path: &Path) -> Result<FilePart, CoreError> {
    let (file, size_bytes, modified_at_ms) = open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => CoreError::PathNotFound {
            path: path.to_path_buf(),
        },
        _ => CoreError::Io {
            path: path.to_path_buf(),
            source,
        },
    })?;
    let invalid = |reason: String| CoreError::InvalidZip {
        path: path.to_path_buf(),
        reason,
    };
    let archive = zip::ZipArchive::new(file).map_err(|error| invalid(format!("it is no zip ({error})")))?;
    if archive.is_empty() {
        return Err(invalid("it is empty".into()));
    }
    let comment: ZipComment = serde_json::from_slice(archive.comment())
        .map_err(|_| invalid("its comment names no sequence_md5sum, so no uploader made it".into()))?;
    Ok(FilePart {
        path: path.to_path_buf(),
        size_bytes,
        modified_at_ms,
        image_count: archive.len() as u64,
        sequence_md5: comment.sequence_md5sum,
    })
}

impl FilePart {
    /// How many images are in it.
    pub fn image_count(&self) -> u64 {
        self.image_count
    }

    /// The MD5 of its sequence, as its comment says.
    pub fn sequence_md5(&self) -> &str {
        &self.sequence_md5
    }

    fn source(&self) -> SourceFile<'_> {
        SourceFile {
            path: &self.path,
            size_bytes: self.size_bytes,
            modified_at_ms: self.modified_at_ms,
        }
    }
}

impl Part for FilePart {
    fn suffix(&self) -> &'static str {
        "zip"
    }

    fn name(&self) -> String {
        printable_name(&self.path)
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        measure(self.reader(0)?, &self.name(), observer)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        let mut file = self.source().open()?;
        file.seek(SeekFrom::Start(offset_bytes))
            .map_err(|error| self.source().failed(error))?;
        let left_bytes = self.size_bytes.saturating_sub(offset_bytes);
        Ok(Box::new(FileReader {
            part: self.clone(),
            file,
            left_bytes,
        }))
    }
}

/// The file's bytes; the last ones only after the file was found unchanged.
struct FileReader {
    part: FilePart,
    file: File,
    left_bytes: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.left_bytes == 0 {
            return Ok(0);
        }
        let most = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        let count = self
            .file
            .read(buffer.get_mut(..most).unwrap_or_default())
            .map_err(|error| self.part.source().failed_read(error))?;
        self.left_bytes = self.left_bytes.saturating_sub(count as u64);
        if count == 0 || (self.left_bytes == 0 && !self.part.source().is_unchanged(&self.file)) {
            return Err(into_io_error(self.part.source().changed()));
        }
        Ok(count)
    }
}
