//! Making the zip of a sequence: one pass over the photos that hands out the bytes and remembers what surrounds the
//! photos' own.
//!
//! The MD5s of the originals stand in the comment, so every pass reckons them; the MD5 of the zip comes with them for
//! little more, the two strings in turn on one processor, while a second thread reads the next photo.
//!
//! The zip is the one that mapillary_tools 0.14.7 makes (protocol notes §2): entries `0.jpg`, `1.jpg`, … in the order
//! of the sequence, stored, dated 1980-01-01, mode 0600, and the sequence's MD5 in the comment. Entries carry size and
//! CRC in front (flags 0, no data descriptors): that is what the service is known to take. Nothing in it depends on
//! when or where it is made, so the same photos give the same bytes.

use std::io::{Read, Write};
use std::path::PathBuf;

use waypost_md5::Md5;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Measured;
use super::failure::core_error_named;
use super::md5::{PIECE_BYTES, sequence_md5};
use super::read_ahead::read_ahead;
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

/// A photo as it is sent, whole.
#[derive(Default)]
struct ReadPhoto {
    bytes: Vec<u8>,
    crc32: u32,
    /// What the original has in the place of the first so many of `bytes`.
    original_header: Vec<u8>,
    new_header_bytes: usize,
}

impl ReadPhoto {
    /// Takes the place of the photo that was read before.
    fn read(&mut self, photo: &SourcePhoto, observer: &dyn MeasureObserver) -> Result<(), CoreError> {
        let mut reader = PhotoReader::open(photo, None)?;
        self.bytes.clear();
        self.bytes
            .reserve_exact(usize::try_from(reader.length_bytes()).unwrap_or_default());
        loop {
            if observer.cancelled() {
                return Err(CoreError::Stopped);
            }
            let read = (&mut reader).take(PIECE_BYTES as u64).read_to_end(&mut self.bytes);
            if read.map_err(|error| core_error_named(error, ZIP_NAME))? == 0 {
                break;
            }
        }
        self.crc32 = reader.crc32();
        self.original_header.clear();
        self.original_header.extend_from_slice(reader.original_header());
        self.new_header_bytes = usize::try_from(reader.header_length_bytes()).unwrap_or(usize::MAX);
        Ok(())
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
    /// The two pieces that the original is made of, where `data` is what is sent.
    fn original<'a>(&'a self, data: &'a [u8]) -> [&'a [u8]; 2] {
        [
            &self.original_header,
            data.get(self.new_header_bytes..).unwrap_or_default(),
        ]
    }

    fn header_bytes(&self) -> usize {
        usize::try_from(self.data_place.saturating_sub(self.place)).unwrap_or(usize::MAX)
    }
}

/// Makes the zip and gives its bytes to `take`, piece by piece and in order. No more than three photos are in memory:
/// the one that is hashed, the one behind it and the one that is being read.
///
/// # Errors
/// Those of the photos ([`CoreError::SourceChanged`], [`CoreError::Io`], [`CoreError::DescriptionDoesNotFit`]), those
/// of `take`, and [`CoreError::Stopped`].
pub(crate) fn make_zip(
    photos: &[SourcePhoto],
    observer: &dyn MeasureObserver,
    take: &mut dyn FnMut(&[u8]) -> Result<(), CoreError>,
) -> Result<(ZipLayout, Measured), CoreError> {
    Pass {
        window: Window::default(),
        observer,
        take,
        md5: Md5::new(),
        finished: Vec::new(),
        entries: Vec::with_capacity(photos.len()),
        original_md5s: Vec::with_capacity(photos.len()),
    }
    .run(photos)
}

struct Pass<'a> {
    window: Window,
    observer: &'a dyn MeasureObserver,
    take: &'a mut dyn FnMut(&[u8]) -> Result<(), CoreError>,
    /// Of all that was given to `take`.
    md5: Md5,
    /// Memory for what leaves the window.
    finished: Vec<u8>,
    entries: Vec<EntryLayout>,
    original_md5s: Vec<String>,
}

impl Pass<'_> {
    fn run(mut self, photos: &[SourcePhoto]) -> Result<(ZipLayout, Measured), CoreError> {
        let observer = self.observer;
        let mut waiting = photos.iter();
        let read = |read: &mut ReadPhoto| match waiting.next() {
            Some(photo) => read.read(photo, observer).map(|()| true),
            None => Ok(false),
        };
        let mut writer = ZipWriter::new(self.window.clone());
        let last = read_ahead([ReadPhoto::default()], read, |ahead| {
            let mut open: Option<OpenEntry> = None;
            for (number, photo) in photos.iter().enumerate() {
                let Some(read) = ahead.next()? else {
                    break;
                };
                let place = self.window.end();
                // This finishes the entry before.
                writer
                    .start_file(format!("{number}.jpg"), entry_options(read.bytes.len() as u64))
                    .map_err(zip_error)?;
                let finished = open.replace(OpenEntry {
                    path: photo.path.clone(),
                    place,
                    data_place: self.window.end(),
                    original_header: read.original_header.clone(),
                    new_header_bytes: read.new_header_bytes,
                    length_bytes: read.bytes.len() as u64,
                    crc32: read.crc32,
                });
                if let Some(before) = &finished {
                    self.leave_window(before, place)?;
                }
                writer
                    .write_all(&read.bytes)
                    .map_err(|error| core_error_named(error, ZIP_NAME))?;
                // From here on the next photo is read.
                ahead.give_back(read);
                if let Some(before) = &finished {
                    self.hand_out(Some(before))?;
                }
            }
            Ok(open)
        })?;

        // The comment is written before the last entry can be closed.
        if let Some(last) = &last {
            let md5_hex = self.window.with_bytes_from(last.data_place, |data| {
                let mut md5 = Md5::new();
                for piece in last.original(data) {
                    md5.update(piece);
                }
                md5.hex()
            });
            self.keep_original(last, md5_hex.map_err(|error| core_error_named(error, ZIP_NAME))?);
        }
        let tail_place = self.window.end();
        writer.set_comment(comment(&self.original_md5s)).map_err(zip_error)?;
        writer.finish().map_err(zip_error)?;
        if let Some(last) = &last {
            self.leave_window(last, tail_place)?;
            self.hand_out(None)?;
        }
        let end = self.window.end();
        self.take_until(end)?;
        self.hand_out(None)?;
        let measured = Measured {
            md5_hex: self.md5.hex(),
            length_bytes: end,
        };
        let layout = ZipLayout {
            entries: self.entries,
            tail_place,
            tail: self.finished,
        };
        Ok((layout, measured))
    }

    /// Hands out what is finished and hashes it, with `entry` the original of its photo too.
    fn hand_out(&mut self, entry: Option<&OpenEntry>) -> Result<(), CoreError> {
        let mut sent = &self.finished[..];
        if let Some(entry) = entry {
            let mut original_md5 = Md5::new();
            let data = sent.get(entry.header_bytes()..).unwrap_or_default();
            let pieces = entry.original(data);
            for piece in pieces.into_iter().flat_map(|piece| piece.chunks(PIECE_BYTES)) {
                let (now, later) = sent.split_at(piece.len().min(sent.len()));
                Md5::update_two([&mut self.md5, &mut original_md5], [now, piece]);
                self.observer.bytes(now.len() as u64);
                if self.observer.cancelled() {
                    return Err(CoreError::Stopped);
                }
                sent = later;
            }
            let md5_hex = original_md5.hex();
            self.observer.original(&entry.path, &md5_hex);
            self.original_md5s.push(md5_hex);
        }
        self.md5.update(sent);
        self.observer.bytes(sent.len() as u64);
        (self.take)(&self.finished)
    }

    fn keep_original(&mut self, entry: &OpenEntry, md5_hex: String) {
        self.observer.original(&entry.path, &md5_hex);
        self.original_md5s.push(md5_hex);
    }

    /// Moves an entry out of the window and notes its layout.
    fn leave_window(&mut self, entry: &OpenEntry, end: u64) -> Result<(), CoreError> {
        self.take_until(end)?;
        self.entries.push(EntryLayout {
            place: entry.place,
            header: self.finished.get(..entry.header_bytes()).unwrap_or_default().to_vec(),
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
