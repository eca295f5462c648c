//! The directories of a TIFF block (TIFF 6.0, section 2), as far as copying and counting needs.
//!
//! Values are read by the EXIF library. This walk answers what the library does not: how many
//! tags a block claims to hold before it is handed over, and which bytes belong to what.

use std::ops::Range;

use crate::limits::{MAX_EXIF_DIRECTORIES, MAX_EXIF_ENTRIES};

/// Bytes of one directory entry.
pub(crate) const ENTRY_BYTES: usize = 12;
/// TIFF types of whole numbers.
const BYTE: u16 = 1;
const SHORT: u16 = 3;
pub(crate) const LONG: u16 = 4;
const SLONG: u16 = 9;
/// TIFF type of a pointer to a directory (TIFF technical note 1).
const IFD: u16 = 13;
/// Directory entry that points to the EXIF directory.
const EXIF_POINTER: u16 = 0x8769;
/// Directory entry that points to the GPS directory.
const GPS_POINTER: u16 = 0x8825;
/// Directory entry that points to the interoperability directory.
const INTEROP_POINTER: u16 = 0xa005;
/// Place of the preview JPEG.
const THUMBNAIL_OFFSET: u16 = 0x0201;
/// Length of the preview JPEG.
const THUMBNAIL_LENGTH: u16 = 0x0202;
/// Data that only the camera's maker understands.
const MAKER_NOTE: u16 = 0x927c;
/// Directory entry that holds the description.
pub(crate) const IMAGE_DESCRIPTION: u16 = 0x010e;

/// A TIFF block with a valid header.
#[derive(Clone, Copy)]
pub(crate) struct Tiff<'a> {
    bytes: &'a [u8],
    little_endian: bool,
}

/// One directory entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Where it stands in the block.
    offset: usize,
    /// Tag number.
    pub(crate) tag: u16,
    /// The entry's own twelve bytes.
    pub(crate) raw: [u8; ENTRY_BYTES],
    /// The four bytes of value or offset, as a number.
    word: u32,
    /// Type of the value.
    kind: u16,
    /// Number of values.
    count: u32,
}

/// A directory, as far as it lies within the block.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// The complete entries, in file order.
    pub(crate) entries: Vec<Entry>,
    /// Offset of the next directory; 0 for none, or where it cannot be read.
    pub(crate) next: u32,
    /// Bytes of the block the directory itself takes.
    range: Range<usize>,
    /// The directory declares more entries than the block holds.
    truncated: bool,
}

/// What a walk over all directories found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Ranges that belong to the picture's own directories and values.
    pub(crate) primary: Vec<Range<usize>>,
    /// The preview JPEG named by the second directory, where it lies within the block and
    /// starts like a JPEG.
    pub(crate) thumbnail: Option<Range<usize>>,
    /// The bytes of the maker note.
    pub(crate) maker_note: Option<Range<usize>>,
    /// More directories follow the second one.
    pub(crate) has_third_directory: bool,
    /// A directory or a value of the picture's own does not lie within the block.
    pub(crate) damaged: bool,
    /// Where pointers to directories have a type that is not LONG but as long as it.
    pub(crate) oddly_typed_pointers: Vec<usize>,
}

impl<'a> Tiff<'a> {
    /// Accepts `bytes` when they start with a TIFF header.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let little_endian = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        bytes.get(4..8)?;
        Some(Self { bytes, little_endian })
    }

    /// Whether numbers have their least significant byte first.
    pub(crate) fn little_endian(&self) -> bool {
        self.little_endian
    }

    /// `value` in the block's byte order.
    pub(crate) fn u16_bytes(&self, value: u16) -> [u8; 2] {
        if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    /// `value` in the block's byte order.
    pub(crate) fn u32_bytes(&self, value: u32) -> [u8; 4] {
        if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    }

    fn to_u16(self, bytes: [u8; 2]) -> u16 {
        if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    fn to_u32(self, bytes: [u8; 4]) -> u32 {
        if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    }

    fn u16_at(&self, offset: usize) -> Option<u16> {
        let bytes = self.bytes.get(offset..)?.first_chunk()?;
        Some(self.to_u16(*bytes))
    }

    fn u32_at(&self, offset: usize) -> Option<u32> {
        let bytes = self.bytes.get(offset..)?.first_chunk()?;
        Some(self.to_u32(*bytes))
    }

    /// Offset of the first directory.
    pub(crate) fn first_directory_offset(&self) -> u32 {
        self.u32_at(4).unwrap_or(0)
    }

    /// The directory at `offset`; empty where there is none.
    pub(crate) fn directory(&self, offset: u32) -> Directory {
        let mut directory = Directory::default();
        let Ok(start) = usize::try_from(offset) else {
            return directory;
        };
        let Some(declared) = self.u16_at(start) else {
            directory.truncated = true;
            return directory;
        };
        let table_start = start.saturating_add(2);
        let body = self.bytes.get(table_start..).unwrap_or_default();
        let (chunks, _) = body.as_chunks::<ENTRY_BYTES>();
        directory.entries = chunks
            .iter()
            .zip((table_start..).step_by(ENTRY_BYTES))
            .take(usize::from(declared))
            .map(|(raw, offset)| self.entry(*raw, offset))
            .collect();
        let table_end = table_start.saturating_add(directory.entries.len().saturating_mul(ENTRY_BYTES));
        if directory.entries.len() == usize::from(declared) {
            directory.next = self.u32_at(table_end).unwrap_or(0);
        } else {
            directory.truncated = true;
        }
        directory.range = start..table_end.saturating_add(4).min(self.bytes.len());
        directory
    }

    fn entry(&self, raw: [u8; ENTRY_BYTES], offset: usize) -> Entry {
        let [t1, t2, k1, k2, c1, c2, c3, c4, w1, w2, w3, w4] = raw;
        Entry {
            offset,
            tag: self.to_u16([t1, t2]),
            raw,
            word: self.to_u32([w1, w2, w3, w4]),
            kind: self.to_u16([k1, k2]),
            count: self.to_u32([c1, c2, c3, c4]),
        }
    }

    /// Walks all directories; `None` when the block claims more tags than the caps allow.
    pub(crate) fn survey(&self) -> Option<Survey> {
        let mut walk = Walk {
            tiff: self,
            survey: Survey::default(),
            budget: MAX_EXIF_ENTRIES,
        };
        let mut next = self.first_directory_offset();
        walk.survey.damaged = next == 0;
        for number in 0..MAX_EXIF_DIRECTORIES {
            if next == 0 {
                break;
            }
            walk.survey.has_third_directory = number >= 2;
            next = walk.main_directory(next, number == 1)?;
        }
        Some(walk.survey)
    }

    /// The first of an entry's whole numbers, wherever it stands.
    fn first_number(&self, entry: &Entry) -> Option<u32> {
        let [.., w1, w2, w3, w4] = entry.raw;
        let inline = [w1, w2, w3, w4];
        let value = match entry.value_range() {
            _ if entry.count == 0 => return None,
            None => &inline,
            Some(range) => self.bytes.get(range)?.first_chunk()?,
        };
        let [v1, v2, _, _] = *value;
        match entry.kind {
            BYTE => Some(u32::from(v1)),
            SHORT => Some(u32::from(self.to_u16([v1, v2]))),
            LONG | SLONG | IFD => Some(self.to_u32(*value)),
            _ => None,
        }
    }

    /// The bytes of an entry's values, as far as they stand outside the entry and within the block.
    pub(crate) fn value_bytes(&self, entry: &Entry) -> Option<&'a [u8]> {
        self.bytes.get(entry.value_range()?)
    }

    /// Whether what `entry` points to lies within the block.
    pub(crate) fn holds_value(&self, entry: &Entry) -> bool {
        if entry.value_range().is_some_and(|range| range.end > self.bytes.len()) {
            return false;
        }
        if matches!(entry.tag, EXIF_POINTER | GPS_POINTER | INTEROP_POINTER) {
            return self
                .first_number(entry)
                .and_then(|offset| usize::try_from(offset).ok())
                .is_some_and(|offset| self.u16_at(offset).is_some());
        }
        true
    }
}

impl Entry {
    /// Where the values lie, when they do not fit into the entry itself.
    fn value_range(&self) -> Option<Range<usize>> {
        let start = usize::try_from(self.word).ok()?;
        let length = size_of_one(self.kind).saturating_mul(usize::try_from(self.count).ok()?);
        (length > 4).then(|| start..start.saturating_add(length))
    }
}

/// Bytes of one value of a TIFF type; 0 for types that no specification knows.
fn size_of_one(kind: u16) -> usize {
    match kind {
        BYTE | 2 | 6 | 7 => 1,
        SHORT | 8 => 2,
        LONG | SLONG | 11 | IFD => 4,
        5 | 10 | 12 => 8,
        _ => 0,
    }
}

/// Which pointers a directory may hold, as the EXIF library follows them.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    /// A directory of the main chain.
    Main,
    /// The EXIF directory.
    Exif,
    /// GPS and interoperability directories, which point nowhere.
    Leaf,
}

struct Walk<'w, 'a> {
    tiff: &'w Tiff<'a>,
    survey: Survey,
    /// Entries that may still be visited.
    budget: u32,
}

impl Walk<'_, '_> {
    /// Walks a directory of the main chain and returns the offset of the next one.
    fn main_directory(&mut self, offset: u32, is_second: bool) -> Option<u32> {
        let directory = self.directory(offset, Level::Main, is_second)?;
        if is_second {
            self.survey.thumbnail = self.thumbnail(&directory);
        }
        Some(directory.next)
    }

    fn directory(&mut self, offset: u32, level: Level, is_second: bool) -> Option<Directory> {
        let directory = self.tiff.directory(offset);
        let count = u32::try_from(directory.entries.len()).ok()?;
        // An empty directory costs a visit too.
        self.budget = self.budget.checked_sub(count.saturating_add(1))?;
        self.survey.damaged |= directory.truncated && !is_second;
        self.keep(directory.range.clone(), is_second);
        for entry in &directory.entries {
            let child = match (level, entry.tag) {
                (Level::Main, EXIF_POINTER) => Some(Level::Exif),
                (Level::Main, GPS_POINTER) | (Level::Exif, INTEROP_POINTER) => Some(Level::Leaf),
                _ => None,
            };
            if !self.tiff.holds_value(entry) {
                self.survey.damaged |= !is_second;
            } else if let Some(child) = child {
                if matches!(entry.kind, SLONG | IFD) {
                    self.survey.oddly_typed_pointers.push(entry.offset.saturating_add(2));
                }
                if let Some(offset) = self.tiff.first_number(entry) {
                    self.directory(offset, child, is_second)?;
                }
            } else if let Some(range) = entry.value_range() {
                if level == Level::Exif && entry.tag == MAKER_NOTE {
                    self.survey.maker_note = Some(range.clone());
                }
                self.keep(range, is_second);
            }
        }
        Some(directory)
    }

    fn keep(&mut self, range: Range<usize>, is_second: bool) {
        if !is_second {
            self.survey.primary.push(range);
        }
    }

    fn thumbnail(&self, directory: &Directory) -> Option<Range<usize>> {
        let value = |tag| {
            let entry = directory.entries.iter().find(|entry| entry.tag == tag)?;
            usize::try_from(self.tiff.first_number(entry)?).ok()
        };
        let start = value(THUMBNAIL_OFFSET)?;
        let range = start..start.checked_add(value(THUMBNAIL_LENGTH)?)?;
        let bytes = self.tiff.bytes.get(range.clone())?;
        bytes.starts_with(&[0xff, 0xd8]).then_some(range)
    }
}
