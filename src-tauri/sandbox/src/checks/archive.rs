//! The zip of one sequence: readable, entries stored or deflated with their sizes in front (no data
//! descriptors, which some readers refuse), plain names, every entry a described JPEG, and the
//! archive comment that names the sequence.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;
use zip::{CompressionMethod, ZipArchive};

use super::Refusal;
use super::jpeg::{CheckedImage, check_image, check_image_header};

/// Largest image that is read from a zip, in bytes: a GoPro MAX photo has about 10 MB.
const ENTRY_BYTES_MAX: u64 = 512 << 20;
/// Memory set aside for an image before it is read, at most, in bytes.
const ENTRY_BYTES_USUAL: u64 = 16 << 20;

/// Bit 3 of the general purpose flags (APPNOTE 4.4.4): sizes and CRC follow the data.
const DATA_DESCRIPTOR: u16 = 1 << 3;
/// Bit 11: the name is UTF-8, which changes nothing for a reader of ASCII names.
const UTF8_NAME: u16 = 1 << 11;

/// How much of each entry is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// All of it, which compares its CRC.
    Whole,
    /// What stands before the picture, as of an image that comes alone.
    Header,
}

/// An entry of a checked zip.
#[derive(Debug)]
pub(crate) struct Entry {
    pub name: String,
    pub image: CheckedImage,
}

#[derive(Deserialize)]
struct Comment {
    sequence_md5sum: String,
}

/// Checks the zip at `path`; its images in the order of the archive.
pub(crate) fn read_archive(path: &Path, depth: Depth) -> Result<Vec<Entry>, Refusal> {
    let mut archive = open(path)?;
    check_comment(archive.comment())?;
    if archive.is_empty() {
        return Err(Refusal::new("the zip has no entries"));
    }
    if archive.has_duplicate_names() {
        return Err(Refusal::new("two entries of the zip have the same name"));
    }
    let overlapping = archive.has_overlapping_entries().map_err(|error| unreadable(&error))?;
    if overlapping {
        return Err(Refusal::new("entries of the zip overlap"));
    }
    let mut raw = File::open(path).map_err(|error| unreadable(&error))?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let (name, header_start) = check_entry(&mut archive, index)?;
        check_local_flags(&mut raw, header_start).map_err(|refusal| refusal.about(&name))?;
        let checked = match depth {
            Depth::Whole => read_entry(&mut archive, index).and_then(|bytes| check_image(&bytes)),
            Depth::Header => {
                let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
                check_image_header(entry.take(ENTRY_BYTES_MAX + 1))
            }
        };
        let image = checked.map_err(|refusal| refusal.about(&name))?;
        entries.push(Entry { name, image });
    }
    Ok(entries)
}

/// The bytes of entry `index` of the zip at `path`.
pub(crate) fn entry_bytes(path: &Path, index: usize) -> Result<Vec<u8>, Refusal> {
    read_entry(&mut open(path)?, index)
}

/// Shows the bytes of every entry of the zip at `path`, in the order of the archive.
pub(crate) fn entries_bytes(path: &Path, mut show: impl FnMut(usize, Vec<u8>)) -> Result<(), Refusal> {
    let mut archive = open(path)?;
    for index in 0..archive.len() {
        show(index, read_entry(&mut archive, index)?);
    }
    Ok(())
}

fn unreadable(error: &dyn std::error::Error) -> Refusal {
    Refusal::new(format!("the zip cannot be read: {error}"))
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, Refusal> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(&error))
}

fn check_comment(comment: &[u8]) -> Result<(), Refusal> {
    let comment: Comment = serde_json::from_slice(comment).map_err(|error| {
        Refusal::new(format!(
            "the comment of the zip is not {{\"sequence_md5sum\": …}}: {error}"
        ))
    })?;
    let md5 = comment.sequence_md5sum;
    if md5.len() != 32 || !md5.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::new(format!(
            "sequence_md5sum {md5:?} in the comment of the zip is not an MD5"
        )));
    }
    Ok(())
}

/// Checks what the directory says about an entry; its name and the place of its local header.
fn check_entry(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<(String, u64), Refusal> {
    let entry = archive.by_index_raw(index).map_err(|error| unreadable(&error))?;
    let name = std::str::from_utf8(entry.name_raw())
        .map_err(|_| Refusal::new("the name of an entry of the zip is not UTF-8"))?
        .to_owned();
    let refuse = |reason: &str| Err(Refusal::new(reason).about(&name));
    if name.is_empty() || name.contains(['/', '\\', '\0']) || name == ".." {
        return refuse("the name is not a plain file name");
    }
    if entry.encrypted() {
        return refuse("the entry is encrypted");
    }
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return refuse("the entry is neither stored nor deflated");
    }
    Ok((name, entry.header_start()))
}

/// Checks the flags in front of the entry, where a streaming reader meets them.
fn check_local_flags(raw: &mut File, header_start: u64) -> Result<(), Refusal> {
    let mut header = [0_u8; 8];
    raw.seek(SeekFrom::Start(header_start))
        .and_then(|_| raw.read_exact(&mut header))
        .map_err(|error| unreadable(&error))?;
    let flags = u16::from_le_bytes([header[6], header[7]]);
    if flags & DATA_DESCRIPTOR != 0 {
        return Err(Refusal::new(
            "the entry has a data descriptor: its sizes do not stand in front",
        ));
    }
    if flags & !UTF8_NAME != 0 {
        return Err(Refusal::new(format!("the entry has flags {flags:#06x}")));
    }
    Ok(())
}

/// Reads an entry to its end, which also compares its CRC.
fn read_entry(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<Vec<u8>, Refusal> {
    let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
    // The size is only a promise, so no more than a usual photo is set aside for it.
    let mut bytes = Vec::with_capacity(usize::try_from(entry.size().min(ENTRY_BYTES_USUAL)).unwrap_or(0));
    entry
        .take(ENTRY_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > ENTRY_BYTES_MAX {
        return Err(Refusal::new("the entry is larger than any photo"));
    }
    Ok(bytes)
}
