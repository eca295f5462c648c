//! The bytes of a zip from any place on, once its layout is known: headers from memory, photos from their files.

use std::io::{self, Read};
use std::sync::Arc;

use super::failure::into_io_error;
use super::source_photo::PhotoReader;
use super::zip_layout::{EntryLayout, ZipLayout};
use crate::error::CoreError;
use crate::source_photo::SourcePhoto;

/// Reads a zip. Every photo is compared with its CRC: if a file is no longer what it was when the layout was made,
/// the read fails with [`CoreError::SourceChanged`] before the photo's last bytes are handed out.
pub(crate) struct ZipReader {
    photos: Arc<[SourcePhoto]>,
    layout: Arc<ZipLayout>,
    place: u64,
    /// The photo that is being read, and its number.
    current: Option<(usize, PhotoReader)>,
}

impl ZipReader {
    /// Reads from `place` on; behind the end there is nothing.
    pub(crate) fn new(photos: Arc<[SourcePhoto]>, layout: Arc<ZipLayout>, place: u64) -> Self {
        Self {
            photos,
            layout,
            place,
            current: None,
        }
    }

    /// The reader of photo `number`, standing `data_offset` bytes behind its start.
    fn photo(&mut self, number: usize, entry: &EntryLayout, data_offset: u64) -> io::Result<&mut PhotoReader> {
        if self.current.as_ref().is_none_or(|(current, _)| *current != number) {
            let photo = self
                .photos
                .get(number)
                .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
            let mut reader = PhotoReader::open(photo, Some(entry.crc32)).map_err(into_io_error)?;
            if reader.length_bytes() != entry.length_bytes {
                return Err(into_io_error(CoreError::SourceChanged {
                    path: photo.path.clone(),
                }));
            }
            reader.discard(data_offset)?;
            self.current = Some((number, reader));
        }
        match &mut self.current {
            Some((_, reader)) => Ok(reader),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }
}

impl Read for ZipReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let layout = Arc::clone(&self.layout);
        let count = if let Some(tail_offset) = self.place.checked_sub(layout.tail_place) {
            copy_from(&layout.tail, tail_offset, buffer)
        } else {
            let number = layout
                .entries
                .partition_point(|entry| entry.place <= self.place)
                .saturating_sub(1);
            let entry = layout
                .entries
                .get(number)
                .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
            let offset = self.place.saturating_sub(entry.place);
            match offset.checked_sub(entry.header.len() as u64) {
                None => copy_from(&entry.header, offset, buffer),
                Some(data_offset) => match self.photo(number, entry, data_offset)?.read(buffer)? {
                    0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                    count => count,
                },
            }
        };
        self.place = self.place.saturating_add(count as u64);
        Ok(count)
    }
}

/// Copies what there is from `offset` on.
fn copy_from(bytes: &[u8], offset: u64, buffer: &mut [u8]) -> usize {
    let rest = usize::try_from(offset)
        .ok()
        .and_then(|offset| bytes.get(offset..))
        .unwrap_or_default();
    let count = rest.len().min(buffer.len());
    if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
        to.copy_from_slice(from);
    }
    count
}
