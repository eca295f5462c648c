//! A photo as it is sent: the bytes of the file with the description in its header.
//!
//! What is kept of a photo is enough to make the same bytes again after a restart. The file is checked before it is
//! read and after: bytes of two states are never mixed in silence.

use std::fs::File;
use std::io::{self, Chain, Cursor, Read, Seek, SeekFrom};

use waypost_media::{MediaError, splice_description};

use super::failure::into_io_error;
use super::source_file::SourceFile;
use crate::describe::embedded_description;
use crate::error::CoreError;
use crate::plan::Sequence;
use crate::source_photo::SourcePhoto;

/// The photos of a sequence, ready to be packed.
///
/// # Errors
/// [`CoreError::DescriptionDoesNotFit`] for values that no description can hold.
pub fn source_photos(sequence: &Sequence) -> Result<Vec<SourcePhoto>, CoreError> {
    let source_photo = |photo: &crate::plan::Photo| {
        Ok(SourcePhoto {
            path: photo.path.clone(),
            size_bytes: photo.size_bytes,
            modified_at_ms: photo.modified_at_ms,
            description_json: embedded_description(photo)?,
            captured_at_ms: photo.captured_at_ms,
            lat_deg: photo.lat_deg,
            lon_deg: photo.lon_deg,
        })
    };
    sequence.photos.iter().map(source_photo).collect()
}

/// A photo's bytes as they are sent. Reads fail with an [`io::Error`] that carries a [`CoreError`]; the last bytes are
/// only handed out after the file was found unchanged.
pub(crate) struct PhotoReader {
    bytes: Chain<Cursor<Vec<u8>>, File>,
    source: SourcePhoto,
    length_bytes: u64,
    left_bytes: u64,
    header_length_bytes: u64,
    original_header: Vec<u8>,
    crc32: crc32fast::Hasher,
    expected_crc32: Option<u32>,
}

impl PhotoReader {
    /// Opens the file and puts the description into its header. With `expected_crc32` the bytes have to be the ones
    /// that had it.
    ///
    /// # Errors
    /// [`CoreError::SourceChanged`] if the file is gone or not as it was, [`CoreError::Io`],
    /// [`CoreError::DescriptionDoesNotFit`].
    pub(crate) fn open(source: &SourcePhoto, expected_crc32: Option<u32>) -> Result<Self, CoreError> {
        let file_state = file_of(source);
        let io_error = |error: io::Error| file_state.failed(error);
        let changed = || file_state.changed();
        let mut file = file_state.open()?;
        let splice = splice_description(&mut file, &source.description_json).map_err(|error| match error {
            MediaError::SegmentTooLong { .. } | MediaError::ExifDamaged | MediaError::DescriptionNotAscii => {
                CoreError::DescriptionDoesNotFit {
                    path: source.path.clone(),
                    reason: error.to_string(),
                }
            }
            MediaError::Io { kind, message } => io_error(io::Error::new(kind, message)),
            // It was a photo when it was read.
            _ => changed(),
        })?;

        file.seek(SeekFrom::Start(0)).map_err(io_error)?;
        let mut original_header = Vec::new();
        (&mut file)
            .take(splice.replaced_length_bytes)
            .read_to_end(&mut original_header)
            .map_err(io_error)?;
        let kept_bytes = source
            .size_bytes
            .checked_sub(original_header.len() as u64)
            .ok_or_else(changed)?;
        let header_length_bytes = splice.bytes.len() as u64;
        let length_bytes = header_length_bytes.saturating_add(kept_bytes);
        Ok(Self {
            bytes: Cursor::new(splice.bytes).chain(file),
            source: source.clone(),
            length_bytes,
            left_bytes: length_bytes,
            header_length_bytes,
            original_header,
            crc32: crc32fast::Hasher::new(),
            expected_crc32,
        })
    }

    /// How many bytes there are in all.
    pub(crate) fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// How many were not read yet.
    pub(crate) fn left_bytes(&self) -> u64 {
        self.left_bytes
    }

    /// How many of them are the new header.
    pub(crate) fn header_length_bytes(&self) -> u64 {
        self.header_length_bytes
    }

    /// What the original has in the place of the new header.
    pub(crate) fn original_header(&self) -> &[u8] {
        &self.original_header
    }

    /// CRC-32 of what was read so far.
    pub(crate) fn crc32(&self) -> u32 {
        self.crc32.clone().finalize()
    }

    /// Reads so many bytes and drops them: the way to a later place at which the CRC is still known.
    pub(crate) fn discard(&mut self, count_bytes: u64) -> io::Result<()> {
        io::copy(&mut self.take(count_bytes), &mut io::sink()).map(|_| ())
    }

    fn is_unchanged(&self) -> bool {
        let (_, file) = self.bytes.get_ref();
        file_of(&self.source).is_unchanged(file) && self.expected_crc32.is_none_or(|expected| expected == self.crc32())
    }

    fn changed(&self) -> io::Error {
        into_io_error(file_of(&self.source).changed())
    }
}

impl Read for PhotoReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.left_bytes == 0 {
            return Ok(0);
        }
        let most = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        let count = self
            .bytes
            .read(buffer.get_mut(..most).unwrap_or_default())
            .map_err(|error| file_of(&self.source).failed_read(error))?;
        if count == 0 {
            // The file became shorter.
            return Err(self.changed());
        }
        self.crc32.update(buffer.get(..count).unwrap_or_default());
        self.left_bytes = self.left_bytes.saturating_sub(count as u64);
        if self.left_bytes == 0 && !self.is_unchanged() {
            return Err(self.changed());
        }
        Ok(count)
    }
}

fn file_of(photo: &SourcePhoto) -> SourceFile<'_> {
    SourceFile {
        path: &photo.path,
        size_bytes: photo.size_bytes,
        modified_at_ms: photo.modified_at_ms,
    }
}
