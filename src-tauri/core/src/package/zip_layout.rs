//! Making the zip of a sequence: one pass over the photos that hands out the bytes and remembers what surrounds the
//! photos' own.
//!
//! The MD5s of the originals stand in the comment, so every pass reckons them; the MD5 of the zip comes with them for
//! little more, the two strings in turn on one processor. All a pass takes is that one chain of MD5, so everything else
//! is done by a second thread meanwhile: reading, the CRC, putting the zip together.
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
/// Photos that a pass has in memory at most.
pub(crate) const PHOTOS_IN_MEMORY: u64 = 3;
/// Set aside for what an entry is longer than its photo: the description in its header, and the header of the entry.
const HEADER_ROOM_BYTES: u64 = 128 * 1024;
/// The least that is set aside for an entry. Only what is used of it becomes memory, and so much glibc takes from the
/// system by itself and gives back at once, where it would keep less for each thread (mallopt(3): `M_MMAP_THRESHOLD` is at
/// most 32 MiB).
const LEAST_ROOM_BYTES: u64 = 33 * 1024 * 1024;
/// More is not set aside beforehand; no camera's photo is as large.
const MOST_ROOM_BYTES: u64 = 64 * 1024 * 1024;
/// Read at once: little enough to stay in the processor's own memory on the way into the zip.
const COPIED_BYTES: usize = 256 * 1024;
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

/// A photo in the zip, whose header is not final before the entry behind it is begun.
struct OpenEntry {
    path: PathBuf,
    place: u64,
    data_place: u64,
    length_bytes: u64,
    crc32: u32,
    /// What the original has in the place of the first `new_header_bytes` of the data.
    original_header: Vec<u8>,
    new_header_bytes: usize,
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

/// An entry as it is in the zip, header and data; nothing before the first one.
struct Finished {
    bytes: Vec<u8>,
    entry: Option<OpenEntry>,
}

impl Finished {
    fn with_room(entry_bytes: u64) -> Self {
        let room = usize::try_from(entry_bytes).unwrap_or_default();
        Self {
            bytes: Vec::with_capacity(room),
            entry: None,
        }
    }
}

/// Room for any entry of the zip. The three places that entries go through are made as large at once: a place that grows
/// photo by photo leaves holes behind that the system does not get back.
fn room_for_entries(photos: &[SourcePhoto]) -> u64 {
    let largest_bytes = photos.iter().map(|photo| photo.size_bytes).max();
    let entry_bytes = largest_bytes.unwrap_or_default().saturating_add(HEADER_ROOM_BYTES);
    entry_bytes.clamp(LEAST_ROOM_BYTES, MOST_ROOM_BYTES)
}

/// Makes the zip and gives its bytes to `take`, piece by piece and in order. No more than [`PHOTOS_IN_MEMORY`] photos
/// are in memory: the one that is hashed, the one that waits for it, and the one that is being read.
///
/// # Errors
/// Those of the photos ([`CoreError::SourceChanged`], [`CoreError::Io`], [`CoreError::DescriptionDoesNotFit`]), those
/// of `take`, and [`CoreError::Stopped`].
pub(crate) fn make_zip(
    photos: &[SourcePhoto],
    observer: &dyn MeasureObserver,
    take: &mut dyn FnMut(&[u8]) -> Result<(), CoreError>,
) -> Result<(ZipLayout, Measured), CoreError> {
    let entry_bytes = room_for_entries(photos);
    let window = Window::default();
    window.make_room(entry_bytes);
    let mut making = Making {
        writer: ZipWriter::new(window.clone()),
        window,
        observer,
        buffer: vec![0; COPIED_BYTES],
        open: None,
        begun: 0,
    };
    let mut pass = Pass {
        observer,
        take,
        md5: Md5::new(),
        entries: Vec::with_capacity(photos.len()),
        original_md5s: Vec::with_capacity(photos.len()),
    };
    let mut waiting = photos.iter();
    let make = |finished: &mut Finished| match waiting.next() {
        Some(photo) => making.add(photo, finished).map(|()| true),
        None => Ok(false),
    };
    // One is hashed, one waits; the third photo is in the window.
    let pieces = [Finished::with_room(entry_bytes), Finished::with_room(entry_bytes)];
    read_ahead(pieces, make, |ahead| {
        while let Some(finished) = ahead.next()? {
            pass.hand_out(&finished)?;
            ahead.give_back(finished);
        }
        Ok(())
    })?;
    pass.end(making)
}

/// The zip on its way: what the second thread works at.
struct Making<'a> {
    writer: ZipWriter<Window>,
    /// What `writer` writes to.
    window: Window,
    observer: &'a dyn MeasureObserver,
    buffer: Vec<u8>,
    /// The last photo that was added.
    open: Option<OpenEntry>,
    /// Photos that were begun.
    begun: u64,
}

impl Making<'_> {
    /// Adds a photo; the one before it is finished by that and leaves.
    fn add(&mut self, photo: &SourcePhoto, finished: &mut Finished) -> Result<(), CoreError> {
        let mut reader = PhotoReader::open(photo, None)?;
        let place = self.window.end();
        self.writer
            .start_file(format!("{}.jpg", self.begun), entry_options(reader.length_bytes()))
            .map_err(zip_error)?;
        self.begun += 1;
        finished.entry = self.open.take();
        self.leave_window(place, finished)?;

        let data_place = self.window.end();
        // Hardly ever needed: only where a header grows beyond what was set aside.
        self.window.make_room(reader.length_bytes());
        while reader.left_bytes() > 0 {
            if self.observer.cancelled() {
                return Err(CoreError::Stopped);
            }
            let read = reader.read(&mut self.buffer);
            let count = read.map_err(|error| core_error_named(error, ZIP_NAME))?;
            self.writer
                .write_all(self.buffer.get(..count).unwrap_or_default())
                .map_err(|error| core_error_named(error, ZIP_NAME))?;
        }
        self.open = Some(OpenEntry {
            path: photo.path.clone(),
            place,
            data_place,
            length_bytes: reader.length_bytes(),
            crc32: reader.crc32(),
            original_header: reader.original_header().to_vec(),
            new_header_bytes: usize::try_from(reader.header_length_bytes()).unwrap_or(usize::MAX),
        });
        Ok(())
    }

    /// Takes everything before `place` out of the window.
    fn leave_window(&mut self, place: u64, finished: &mut Finished) -> Result<(), CoreError> {
        self.window
            .take_until(place, &mut finished.bytes)
            .map_err(|error| core_error_named(error, ZIP_NAME))
    }

    /// The MD5 of the last photo's original, which stands in the comment and so has to be known before the entry can be
    /// closed.
    fn last_original_md5(&self) -> Result<Option<String>, CoreError> {
        let Some(last) = &self.open else {
            return Ok(None);
        };
        let md5_hex = self.window.with_bytes_from(last.data_place, |data| {
            let mut md5 = Md5::new();
            for piece in last.original(data) {
                md5.update(piece);
            }
            md5.hex()
        });
        md5_hex.map(Some).map_err(|error| core_error_named(error, ZIP_NAME))
    }
}

/// What is reckoned of the zip: what the first thread works at.
struct Pass<'a> {
    observer: &'a dyn MeasureObserver,
    take: &'a mut dyn FnMut(&[u8]) -> Result<(), CoreError>,
    /// Of all that was given to `take`.
    md5: Md5,
    entries: Vec<EntryLayout>,
    original_md5s: Vec<String>,
}

impl Pass<'_> {
    /// Hands out an entry and hashes it, and the original of its photo.
    fn hand_out(&mut self, finished: &Finished) -> Result<(), CoreError> {
        let Some(entry) = &finished.entry else {
            return Ok(());
        };
        let mut original_md5 = Md5::new();
        let (header, data) = finished.bytes.split_at(entry.header_bytes().min(finished.bytes.len()));
        let mut sent = &finished.bytes[..];
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
        self.keep_original(entry, original_md5.hex());
        self.keep_layout(entry, header);
        self.hash(sent);
        (self.take)(&finished.bytes)
    }

    /// Closes the zip: the last entry, the comment, the directory.
    fn end(mut self, making: Making<'_>) -> Result<(ZipLayout, Measured), CoreError> {
        let last_md5 = making.last_original_md5()?;
        let Making {
            mut writer,
            window,
            open: last,
            ..
        } = making;
        if let (Some(last), Some(md5_hex)) = (&last, last_md5) {
            self.keep_original(last, md5_hex);
        }
        let tail_place = window.end();
        writer.set_comment(comment(&self.original_md5s)).map_err(zip_error)?;
        writer.finish().map_err(zip_error)?;
        let mut bytes = Vec::new();
        let leave = |place: u64, bytes: &mut Vec<u8>| {
            let left = window.take_until(place, bytes);
            left.map_err(|error| core_error_named(error, ZIP_NAME))
        };
        leave(tail_place, &mut bytes)?;
        if let Some(last) = &last {
            self.keep_layout(last, bytes.get(..last.header_bytes()).unwrap_or_default());
        }
        self.hash(&bytes);
        (self.take)(&bytes)?;
        let end = window.end();
        leave(end, &mut bytes)?;
        self.hash(&bytes);
        (self.take)(&bytes)?;
        let measured = Measured {
            md5_hex: self.md5.hex(),
            length_bytes: end,
        };
        let layout = ZipLayout {
            entries: self.entries,
            tail_place,
            tail: bytes,
        };
        Ok((layout, measured))
    }

    fn hash(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.observer.bytes(bytes.len() as u64);
    }

    fn keep_original(&mut self, entry: &OpenEntry, md5_hex: String) {
        self.observer.original(&entry.path, &md5_hex);
        self.original_md5s.push(md5_hex);
    }

    fn keep_layout(&mut self, entry: &OpenEntry, header: &[u8]) {
        self.entries.push(EntryLayout {
            place: entry.place,
            header: header.to_vec(),
            length_bytes: entry.length_bytes,
            crc32: entry.crc32,
        });
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
