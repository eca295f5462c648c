//! One photo in a session of its own.

use std::io::Read;
use std::sync::OnceLock;

use super::failure::core_error_named;
use super::md5::measure;
use super::source_photo::PhotoReader;
use super::{Measured, Part};
use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::path_text::printable_name;
use crate::source_photo::SourcePhoto;

/// A photo with its description.
pub struct ImagePart {
    photo: SourcePhoto,
    crc32: OnceLock<u32>,
}

/// The photo as it is sent by itself.
pub fn image_part(photo: SourcePhoto) -> ImagePart {
    ImagePart {
        photo,
        crc32: OnceLock::new(),
    }
}

impl ImagePart {
    /// Reads all of it into `bytes`. Returns what stands in the original instead of the first so many of them.
    ///
    /// # Errors
    /// As [`Part::reader`].
    pub(crate) fn read_into(&self, bytes: &mut Vec<u8>) -> Result<(Vec<u8>, usize), CoreError> {
        let mut reader = PhotoReader::open(&self.photo, self.crc32.get().copied())?;
        reader
            .read_to_end(bytes)
            .map_err(|error| core_error_named(error, &self.name()))?;
        let replaced = usize::try_from(reader.header_length_bytes()).unwrap_or(usize::MAX);
        Ok((reader.original_header().to_vec(), replaced))
    }
}

impl Part for ImagePart {
    fn suffix(&self) -> &'static str {
        "jpg"
    }

    fn name(&self) -> String {
        printable_name(&self.photo.path)
    }

    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        let mut reader = PhotoReader::open(&self.photo, self.crc32.get().copied())?;
        let measured = measure(&mut reader, &self.name(), observer)?;
        self.crc32.get_or_init(|| reader.crc32());
        Ok(measured)
    }

    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError> {
        let mut reader = PhotoReader::open(&self.photo, self.crc32.get().copied())?;
        reader
            .discard(offset_bytes)
            .map_err(|error| core_error_named(error, &self.name()))?;
        Ok(Box::new(reader))
    }
}
