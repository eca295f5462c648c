//! Making the zip of a sequence: one pass over the photos that hands out the bytes and remembers what surrounds the
//! photos' own.
//!
//! The zip is the one that mapillary_tools 0.14.7 makes (protocol notes §2): entries `0.jpg`, `1.jpg`, … in the order
//! of the sequence, stored, dated 1980-01-01, mode 0600, and the sequence's MD5 in the comment. Entries carry size and
//! CRC in front (flags 0, no data descriptors): that is what the service is known to take. Nothing in it depends on
//! when or where it is made, so the same photos give the same bytes.

use std::io::{Read, Write};
use std::path::PathBuf;

use md5::{Digest, Md5};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::failure::core_error_named;
use super::md5::{PIECE_BYTES, hex_of, sequence_md5};
use super::source_photo::PhotoReader;
use super::window::Window;
use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::source_photo::SourcePhoto;

/// Names the zip in errors that name no file.
pub(crate) const ZIP_NAME: &str = "the zip of the sequence";
/// Read and write for the owner only, as mapillary_tools sets it.
const ENTRY_MODE: u32 = 0o600;
/// Larger entries need the zip64 fields, for which room has to be made before they are written.
const LARGEST_PLAIN_ENTRY_BYTES: u64 = u32::MAX as u64 - 1;

/// What a zip consists of besides the photos, and where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZipLayout {
    /// One for each photo, in order.
    pub(crate) entries: Vec<EntryLayout>,
    /// Where the central directory starts.
    pub(crate) tail_place: u64,
    /// Central directory, end records and comment.
    pub(crate) tail: Vec<u8>,
}

/// Where a photo is in the zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryLayout {
    /// Where its local header starts.
    pub(crate) place: u64,
    /// The local header.
    pub(crate) header: Vec<u8>,
    /// Length of the photo's bytes.
    pub(crate) length_bytes: u64,
    /// Their CRC-32.
    pub(crate) crc32: u32,
}

impl ZipLayout {
    /// Length of the whole zip.
    pub(crate) fn length_bytes(&self) -> u64 {
        self.tail_place.saturating_add(self.tail.len() as u64)
    }
}

/// An entry whose header is not final yet.
struct OpenEntry {
    path: PathBuf,
    place: u64,
    data_place: u64,
    original_header: Vec<u8>,
    new_header_bytes: usize,
    length_bytes: u64,
    crc32: u32,
}

impl OpenEntry {
    fn original_md5(&self, data: &[u8]) -> String {
        let mut md5 = Md5::new_with_prefix(&self.original_header);
        md5.update(data.get(self.new_header_bytes..).unwrap_or_default());
        hex_of(md5)
    }
}

/// Makes the zip and gives its bytes to `take`, piece by piece and in order. No more than one photo is in memory.
///
/// # Errors
/// Those of the photos ([`CoreError::SourceChanged`], [`CoreError::Io`], [`CoreError::DescriptionDoesNotFit`]), those
/// of `take`, and [`CoreError::Stopped`].
pub(crate) fn make_zip(
    photos: &[SourcePhoto],
    observer: &dyn MeasureObserver,
    take: &mut (dyn FnMut(&[u8]) -> Result<(), CoreError> + Send),
) -> Result<ZipLayout, CoreError> {
    Pass {
        window: Window::default(),
        observer,
        take,
        finished: Vec::new(),
        entries: Vec::with_capacity(photos.len()),
        original_md5s: Vec::with_capacity(photos.len()),
    }
    .run(photos)
}

struct Pass<'a> {
    window: Window,
    observer: &'a dyn MeasureObserver,
    take: &'a mut (dyn FnMut(&[u8]) -> Result<(), CoreError> + Send),
    /// Memory for what leaves the window.
    finished: Vec<u8>,
    entries: Vec<EntryLayout>,
    original_md5s: Vec<String>,
}

impl Pass<'_> {
    fn run(mut self, photos: &[SourcePhoto]) -> Result<ZipLayout, CoreError> {
        let mut writer = ZipWriter::new(self.window.clone());
        let mut open: Option<OpenEntry> = None;
        for (number, photo) in photos.iter().enumerate() {
            let mut reader = PhotoReader::open(photo, None)?;
            let place = self.window.end();
            // This finishes the entry before.
            writer
                .start_file(format!("{number}.jpg"), entry_options(reader.length_bytes()))
                .map_err(zip_error)?;
            if let Some(before) = open.take() {
                self.close(&before, place)?;
            }
            let data_place = self.window.end();
            self.copy(&mut reader, &mut writer)?;
            open = Some(OpenEntry {
                path: photo.path.clone(),
                place,
                data_place,
                original_header: reader.original_header().to_vec(),
                new_header_bytes: usize::try_from(reader.header_length_bytes()).unwrap_or(usize::MAX),
                length_bytes: reader.length_bytes(),
                crc32: reader.crc32(),
            });
        }

        // The comment is written before the last entry can be closed.
        if let Some(last) = &open {
            let md5 = self
                .window
                .with_bytes_from(last.data_place, |data| last.original_md5(data));
            self.keep_original(last, md5.map_err(|error| core_error_named(error, ZIP_NAME))?);
        }
        let tail_place = self.window.end();
        writer.set_comment(comment(&self.original_md5s)).map_err(zip_error)?;
        writer.finish().map_err(zip_error)?;
        if let Some(last) = &open {
            self.leave_window(last, tail_place)?;
            (self.take)(&self.finished)?;
        }
        let end = self.window.end();
        self.take_until(end)?;
        self.observer.bytes(self.finished.len() as u64);
        (self.take)(&self.finished)?;
        Ok(ZipLayout {
            entries: self.entries,
            tail_place,
            tail: self.finished,
        })
    }

    /// Copies a photo into the current entry.
    fn copy(&self, reader: &mut PhotoReader, writer: &mut ZipWriter<Window>) -> Result<(), CoreError> {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            if self.observer.cancelled() {
                return Err(CoreError::Stopped);
            }
            let count = reader
                .read(&mut piece)
                .map_err(|error| core_error_named(error, ZIP_NAME))?;
            if count == 0 {
                return Ok(());
            }
            let bytes = piece.get(..count).unwrap_or_default();
            writer
                .write_all(bytes)
                .map_err(|error| core_error_named(error, ZIP_NAME))?;
            self.observer.bytes(count as u64);
        }
    }

    /// Hands out an entry whose header is final, and measures the original at the same time.
    fn close(&mut self, entry: &OpenEntry, end: u64) -> Result<(), CoreError> {
        self.leave_window(entry, end)?;
        let header_bytes = usize::try_from(entry.data_place.saturating_sub(entry.place)).unwrap_or(usize::MAX);
        let (take, finished) = (&mut self.take, &self.finished);
        let data = finished.get(header_bytes..).unwrap_or_default();
        let (taken, original_md5) = rayon::join(|| take(finished), || entry.original_md5(data));
        self.keep_original(entry, original_md5);
        taken
    }

    fn keep_original(&mut self, entry: &OpenEntry, md5_hex: String) {
        self.observer.original(&entry.path, &md5_hex);
        self.original_md5s.push(md5_hex);
    }

    /// Moves an entry out of the window and notes its layout.
    fn leave_window(&mut self, entry: &OpenEntry, end: u64) -> Result<(), CoreError> {
        self.take_until(end)?;
        let header_bytes = usize::try_from(entry.data_place.saturating_sub(entry.place)).unwrap_or(usize::MAX);
        let header = self.finished.get(..header_bytes).unwrap_or_default().to_vec();
        self.observer.bytes(header.len() as u64);
        self.entries.push(EntryLayout {
            place: entry.place,
            header,
            length_bytes: entry.length_bytes,
            crc32: entry.crc32,
        });
        Ok(())
    }

    fn take_until(&mut self, place: u64) -> Result<(), CoreError> {
        self.window
            .take_until(place, &mut self.finished)
            .map_err(|error| core_error_named(error, ZIP_NAME))
    }
}

fn entry_options(length_bytes: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(ENTRY_MODE)
        .large_file(length_bytes > LARGEST_PLAIN_ENTRY_BYTES)
}

/// `{"sequence_md5sum":"…"}`; the text needs no escaping.
fn comment(original_md5s: &[String]) -> String {
    format!(r#"{{"sequence_md5sum":"{}"}}"#, sequence_md5(original_md5s))
}

fn zip_error(error: zip::result::ZipError) -> CoreError {
    core_error_named(std::io::Error::from(error), ZIP_NAME)
}
