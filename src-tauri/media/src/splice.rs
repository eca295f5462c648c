//! Writes the description into a photo's header without touching anything else in it.
//!
//! The EXIF block stays as it is, byte for byte; the description and a copy of the first
//! directory that knows it are appended, and only the header's pointer to that directory and the
//! segment's length change. Every offset in the block stays valid, also those inside maker notes
//! that only the maker understands. Rewriting the block, as EXIF libraries do, breaks those.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use exif::experimental::Writer;
use exif::{Field, In, Tag, Value};

use crate::error::MediaError;
use crate::exif::ExifBlock;
use crate::facts::PhotoFacts;
use crate::jpeg::{APP1, ExifSegment, read_header};
use crate::limits::{MAX_SEGMENT_PAYLOAD_BYTES, MAX_SPLICE_PREFIX_BYTES};
use crate::photo::{describe, description_of};
use crate::tiff::{ENTRY_BYTES, IMAGE_DESCRIPTION, Tiff};
use crate::xmp::Xmp;

/// The name in front of a TIFF block in a segment that this crate makes.
const EXIF_NAME: [u8; 6] = *b"Exif\0\0";
/// TIFF type of text.
const ASCII: u16 = 2;
/// Bytes a value may have to stand inside its directory entry.
const INLINE_BYTES: usize = 4;
/// A block that holds nothing yet: big-endian header, no directory.
const EMPTY_BLOCK: &[u8] = b"MM\0*\0\0\0\0";

/// A photo's new header.
///
/// The photo with the description is `bytes` followed by everything in the original from
/// `replaced_length_bytes` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderSplice {
    /// What the new file starts with.
    pub bytes: Vec<u8>,
    /// How many bytes of the original it stands for.
    pub replaced_length_bytes: u64,
    /// How room was made for the description.
    pub method: SpliceMethod,
}

/// How room was made for a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpliceMethod {
    /// Appended to the EXIF block; nothing else changed.
    Appended,
    /// The photo had no EXIF block and got one.
    Created,
    /// The segment was full: the description took the place of the preview picture.
    ThumbnailReplaced,
    /// The segment was full and had no preview: its unused bytes were left out.
    Compacted,
}

/// Makes the header of a copy of the photo in `reader` whose EXIF ImageDescription (0x010E) is
/// `description_json`. An ImageDescription that is there is replaced; every other tag stays.
///
/// A segment holds 65,533 bytes. Where a full one has no room, the preview picture in it gives up
/// its place; where there is none and no maker note, unused bytes do.
///
/// Before a result is returned it is read back: it has to hold the description, and position,
/// time, heading and the rest have to be the same as before.
///
/// # Errors
/// As [`crate::read_photo`], and `description_not_ascii`; `segment_too_long` where no room can
/// be made; `exif_damaged` where the block would say something else afterwards;
/// `header_too_long` where more than [`MAX_SPLICE_PREFIX_BYTES`] stand in front of the block.
pub fn splice_description<R: Read + Seek>(reader: &mut R, description_json: &str) -> Result<HeaderSplice, MediaError> {
    if description_json.is_empty() || !description_json.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        return Err(MediaError::DescriptionNotAscii);
    }
    let header = read_header(reader)?;
    let Some(segment) = header.exif else {
        let tiff = appended(EMPTY_BLOCK, description_json).ok_or(MediaError::ExifDamaged)?;
        // Behind the start marker, where the EXIF standard wants it.
        return header_with(reader, 2, 2, &EXIF_NAME, &tiff, SpliceMethod::Created);
    };
    let before = Content::read(&segment.tiff)?.ok_or(MediaError::ExifDamaged)?;
    let mut needed_bytes = None;
    let mut changed = false;
    for method in [
        SpliceMethod::Appended,
        SpliceMethod::ThumbnailReplaced,
        SpliceMethod::Compacted,
    ] {
        let Some(tiff) = make_room(method, &segment, &before.block, description_json) else {
            continue;
        };
        let payload_bytes = segment.name.len().saturating_add(tiff.len());
        if payload_bytes > MAX_SEGMENT_PAYLOAD_BYTES {
            needed_bytes = needed_bytes.or(Some(payload_bytes));
            continue;
        }
        // A damaged block can point behind its own end, to where the description now stands.
        let is_same = Content::read(&tiff)?.is_some_and(|after| {
            after.facts == before.facts && description_of(&after.block).as_deref() == Some(description_json)
        });
        if !is_same {
            changed = true;
            continue;
        }
        return header_with(
            reader,
            segment.marker_offset,
            segment.end_offset,
            &segment.name,
            &tiff,
            method,
        );
    }
    Err(match needed_bytes {
        Some(needed_bytes) if !changed => MediaError::SegmentTooLong {
            needed_bytes: needed_bytes as u64,
            limit_bytes: MAX_SEGMENT_PAYLOAD_BYTES as u64,
        },
        _ => MediaError::ExifDamaged,
    })
}

/// A block and what it says, without what a splice may change.
struct Content {
    block: ExifBlock,
    facts: PhotoFacts,
}

impl Content {
    fn read(tiff: &[u8]) -> Result<Option<Self>, MediaError> {
        Ok(ExifBlock::read(tiff)?.map(|block| {
            let mut facts = describe(Some(&block), &Xmp::default());
            facts.flaws.clear();
            Self { block, facts }
        }))
    }
}

fn make_room(method: SpliceMethod, segment: &ExifSegment, block: &ExifBlock, description: &str) -> Option<Vec<u8>> {
    match method {
        SpliceMethod::Appended => appended(&segment.tiff, description),
        SpliceMethod::ThumbnailReplaced => in_place_of_thumbnail(&segment.tiff, block, description),
        SpliceMethod::Compacted => compacted(&segment.tiff, block, description),
        SpliceMethod::Created => None,
    }
}

/// The new file's start: the original up to the segment, then the segment with `tiff`.
pub(crate) fn header_with<R: Read + Seek>(
    reader: &mut R,
    kept_bytes: u64,
    replaced_length_bytes: u64,
    name: &[u8],
    tiff: &[u8],
    method: SpliceMethod,
) -> Result<HeaderSplice, MediaError> {
    if kept_bytes > MAX_SPLICE_PREFIX_BYTES {
        return Err(MediaError::HeaderTooLong {
            limit: MAX_SPLICE_PREFIX_BYTES,
            unit: "bytes",
        });
    }
    let payload_bytes = name.len().saturating_add(tiff.len());
    let declared = u16::try_from(payload_bytes.saturating_add(2)).map_err(|_| MediaError::SegmentTooLong {
        needed_bytes: payload_bytes as u64,
        limit_bytes: MAX_SEGMENT_PAYLOAD_BYTES as u64,
    })?;
    reader.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    reader.by_ref().take(kept_bytes).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != kept_bytes {
        // The file was longer a moment ago.
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    bytes.extend([0xff, APP1]);
    bytes.extend(declared.to_be_bytes());
    bytes.extend(name);
    bytes.extend(tiff);
    Ok(HeaderSplice {
        bytes,
        replaced_length_bytes,
        method,
    })
}

/// The block with the description and a new first directory behind it.
fn appended(tiff_bytes: &[u8], description: &str) -> Option<Vec<u8>> {
    let tiff = Tiff::parse(tiff_bytes)?;
    let addition = Addition::new(&tiff, description, KeepNext::Yes);
    let mut block = tiff_bytes.to_vec();
    addition.append_to(&mut block)?;
    Some(block)
}

/// The block with description and directory in the bytes of the preview picture, when nothing
/// else lies there.
fn in_place_of_thumbnail(tiff_bytes: &[u8], block: &ExifBlock, description: &str) -> Option<Vec<u8>> {
    let survey = &block.survey;
    let room = survey.thumbnail.clone()?;
    let overlaps = |range: &Range<usize>| range.start < room.end && room.start < range.end;
    if survey.has_third_directory || survey.primary.iter().any(overlaps) {
        return None;
    }
    let tiff = Tiff::parse(tiff_bytes)?;
    let addition = Addition::new(&tiff, description, KeepNext::No);
    let mut new = tiff_bytes.get(..room.start)?.to_vec();
    addition.append_to(&mut new)?;
    let rest = tiff_bytes.get(room.end..)?;
    if rest.iter().any(|byte| *byte != 0) {
        // What lies behind the preview has to stay where it is.
        let padding = room.end.checked_sub(new.len())?;
        new.extend(std::iter::repeat_n(0, padding));
        new.extend(rest);
    }
    Some(new)
}

/// The block written anew without the bytes that no directory names.
///
/// Only for blocks without a maker note, whose offsets a new layout would break.
fn compacted(tiff_bytes: &[u8], block: &ExifBlock, description: &str) -> Option<Vec<u8>> {
    let named_bytes: usize = block
        .survey
        .primary
        .iter()
        .fold(0, |sum, range| sum.saturating_add(range.len()));
    if block.survey.maker_note.is_some() || named_bytes > MAX_SEGMENT_PAYLOAD_BYTES {
        return None;
    }
    let little_endian = Tiff::parse(tiff_bytes)?.little_endian();
    let new_field = Field {
        tag: Tag::ImageDescription,
        ifd_num: In::PRIMARY,
        value: Value::Ascii(vec![description.as_bytes().to_vec()]),
    };
    let mut writer = Writer::new();
    writer.push_field(&new_field);
    for field in block.fields() {
        if field.ifd_num != In::PRIMARY || field.tag == Tag::ImageDescription {
            continue;
        }
        writer.push_field(field);
    }
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, little_endian).ok()?;
    Some(block.into_inner())
}

/// Whether the new first directory still leads to the preview's directory.
#[derive(Clone, Copy, PartialEq)]
enum KeepNext {
    Yes,
    No,
}

/// A description and a first directory that knows it, ready to be appended to a block.
struct Addition<'a> {
    tiff: &'a Tiff<'a>,
    text: Vec<u8>,
    entries: Vec<(u16, [u8; ENTRY_BYTES])>,
    next: u32,
}

impl<'a> Addition<'a> {
    fn new(tiff: &'a Tiff<'a>, description: &str, keep_next: KeepNext) -> Self {
        let old = tiff.directory(tiff.first_directory_offset());
        // Entries that point out of the block hold nothing, and would hold a piece of the
        // description afterwards.
        let entries = old
            .entries
            .iter()
            .filter(|entry| entry.tag != IMAGE_DESCRIPTION && tiff.holds_value(entry))
            .map(|entry| (entry.tag, entry.raw))
            .collect();
        let mut text = description.as_bytes().to_vec();
        text.push(0);
        let next = match keep_next {
            KeepNext::Yes => old.next,
            KeepNext::No => 0,
        };
        Self {
            tiff,
            text,
            entries,
            next,
        }
    }

    /// Appends everything to `block`, which starts like the block this was made from, and makes
    /// its header point to the new directory.
    fn append_to(mut self, block: &mut Vec<u8>) -> Option<()> {
        let tiff = self.tiff;
        let count = tiff.u32_bytes(u32::try_from(self.text.len()).ok()?);
        let word = if self.text.len() <= INLINE_BYTES {
            self.text.resize(INLINE_BYTES, 0);
            *self.text.first_chunk()?
        } else {
            pad_to_even(block);
            let offset = u32::try_from(block.len()).ok()?;
            block.append(&mut self.text);
            tiff.u32_bytes(offset)
        };
        let mut entry = [0; ENTRY_BYTES];
        let fields = tiff
            .u16_bytes(IMAGE_DESCRIPTION)
            .into_iter()
            .chain(tiff.u16_bytes(ASCII))
            .chain(count)
            .chain(word);
        for (byte, value) in entry.iter_mut().zip(fields) {
            *byte = value;
        }
        // Directories are sorted (TIFF 6.0, section 2). One that is not keeps its order: readers
        // that stop at a damaged entry then still see those that stood in front of it.
        let place = self
            .entries
            .iter()
            .position(|(tag, _)| *tag > IMAGE_DESCRIPTION)
            .unwrap_or(self.entries.len());
        self.entries.insert(place, (IMAGE_DESCRIPTION, entry));

        pad_to_even(block);
        let directory_offset = u32::try_from(block.len()).ok()?;
        block.extend(tiff.u16_bytes(u16::try_from(self.entries.len()).ok()?));
        for (_, raw) in &self.entries {
            block.extend(raw);
        }
        block.extend(tiff.u32_bytes(self.next));
        let pointer: &mut [u8; 4] = block.get_mut(4..)?.first_chunk_mut()?;
        *pointer = tiff.u32_bytes(directory_offset);
        Some(())
    }
}

/// Values and directories start at even offsets (TIFF 6.0, section 2).
fn pad_to_even(block: &mut Vec<u8>) {
    if !block.len().is_multiple_of(2) {
        block.push(0);
    }
}
