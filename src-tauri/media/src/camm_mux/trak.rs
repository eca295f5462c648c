//! A track with pictures, as it goes into the upload: everything as it was but for its number and
//! the places of its samples.

use std::io::{Read, Seek};

use super::builder::{Runs, boxed, chunk_offsets, set_u32, sizes, table};
use crate::error::MediaError;
use crate::limits::{MAX_COPIED_INDEX_BYTES, MAX_UPLOAD_RANGES};
use crate::mp4::{BoxAt, MediaSource, SampleTables, Track, children};

/// A track of the source and where its samples lie.
pub(super) struct VideoTrack {
    header: Vec<u8>,
    parts: Vec<Part>,
    descriptions: Vec<u8>,
    durations: Runs,
    composition_offsets: Runs,
    any_negative_offset: bool,
    sync_samples: Option<Vec<[u32; 1]>>,
    sizes: Vec<u32>,
    /// Runs of samples with the same description: number of samples, bytes, description.
    chunks: Vec<Chunk>,
    /// Ranges of the source: offset, length.
    ranges: Vec<(u64, u64)>,
    total_bytes: u64,
}

/// What a track's boxes become.
enum Part {
    /// A box as it was.
    Kept(Vec<u8>),
    /// The track's header, with its new number.
    Header,
    /// A box with other parts inside.
    Holds([u8; 4], Vec<Part>),
    /// The sample tables, made anew.
    Tables,
}

struct Chunk {
    samples: u32,
    bytes: u64,
    description: u32,
}

impl VideoTrack {
    /// Reads a track. `budget` is how many bytes of boxes may still be copied.
    ///
    /// Errors: `video_cut_off` if samples lie behind the end of the file, `video_too_large`,
    /// `video_damaged`, `io`.
    pub(super) fn read<R: Read + Seek>(
        source: &mut MediaSource<'_, R>,
        track: &Track,
        budget: &mut u64,
    ) -> Result<Self, MediaError> {
        let mut header = Vec::new();
        let parts = parts(source, &track.at, &mut header, budget)?;
        let descriptions = match track.table_boxes.iter().find(|found| &found.kind == b"stsd") {
            Some(found) => copied(source, found, budget)?,
            None => Vec::new(),
        };
        let tables = track.tables(source)?;
        let mut new = Self {
            header,
            parts,
            descriptions,
            durations: Runs::default(),
            composition_offsets: Runs::default(),
            any_negative_offset: false,
            sync_samples: None,
            sizes: Vec::new(),
            chunks: Vec::new(),
            ranges: Vec::new(),
            total_bytes: 0,
        };
        new.place_samples(&tables, source.length_bytes())?;
        new.copy_order(&tables);
        Ok(new)
    }

    fn place_samples(&mut self, tables: &SampleTables, file_bytes: u64) -> Result<(), MediaError> {
        for sample in tables.samples() {
            let size = u64::from(sample.size);
            let end = sample.offset.checked_add(size);
            if end.is_none_or(|end| end > file_bytes) {
                return Err(MediaError::VideoCutOff {
                    length_bytes: file_bytes,
                });
            }
            self.durations.add(1, sample.duration);
            self.sizes.push(sample.size);
            self.total_bytes = self.total_bytes.saturating_add(size);
            match self.chunks.last_mut() {
                Some(chunk) if chunk.description == sample.description => {
                    chunk.samples = chunk.samples.saturating_add(1);
                    chunk.bytes = chunk.bytes.saturating_add(size);
                }
                _ => self.chunks.push(Chunk {
                    samples: 1,
                    bytes: size,
                    description: sample.description,
                }),
            }
            let is_full = self.ranges.len() >= MAX_UPLOAD_RANGES;
            match self.ranges.last_mut() {
                Some((offset, length)) if offset.checked_add(*length) == Some(sample.offset) => {
                    *length = length.saturating_add(size);
                }
                _ if size > 0 && is_full => {
                    return Err(MediaError::VideoTooLarge {
                        what: "separate places with frames",
                        limit: MAX_UPLOAD_RANGES as u64,
                    });
                }
                _ if size > 0 => self.ranges.push((sample.offset, size)),
                _ => {}
            }
        }
        if u64::from(tables.sample_count()) > self.sizes.len() as u64 {
            return Err(MediaError::VideoDamaged {
                what: "its tables do not say where all frames lie",
            });
        }
        // Overlapping samples would make an upload larger than its source, without end.
        if self.total_bytes > file_bytes {
            return Err(MediaError::VideoDamaged {
                what: "its frames have more bytes than the file",
            });
        }
        Ok(())
    }

    /// Takes over the order of display and the key frames; entries behind the last sample go.
    fn copy_order(&mut self, tables: &SampleTables) {
        let count = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        let mut left = count;
        let mut any_offset = false;
        for (number, offset) in tables.composition_offsets() {
            let number = number.min(left);
            left = left.saturating_sub(number);
            any_offset |= number > 0 && offset != 0;
            self.any_negative_offset |= number > 0 && offset < 0;
            self.composition_offsets.add(number, offset.cast_unsigned());
        }
        self.composition_offsets.add(left, 0);
        if !any_offset {
            self.composition_offsets = Runs::default();
        }
        self.sync_samples = tables.sync_samples().and_then(|sync| {
            let sync: Vec<[u32; 1]> = sync
                .iter()
                .filter(|&&number| (1..=count).contains(&number))
                .map(|&number| [number])
                .collect();
            (sync.len() < self.sizes.len()).then_some(sync)
        });
    }

    /// Bytes of all samples.
    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Where the samples lie in the source, in their order: offset and length in bytes.
    pub(super) fn into_ranges(self) -> Vec<(u64, u64)> {
        self.ranges
    }

    /// The `trak` box, as number `number`, its samples from `offset` on.
    pub(super) fn trak(&self, number: u32, offset: u64) -> Vec<u8> {
        boxed(*b"trak", &[&self.write(&self.parts, number, offset)])
    }

    fn write(&self, parts: &[Part], number: u32, offset: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                Part::Kept(kept) => bytes.extend_from_slice(kept),
                Part::Header => bytes.extend(self.numbered_header(number)),
                Part::Holds(kind, inside) => {
                    bytes.extend(boxed(*kind, &[&self.write(inside, number, offset)]));
                }
                Part::Tables => bytes.extend(self.tables(offset)),
            }
        }
        bytes
    }

    fn numbered_header(&self, number: u32) -> Vec<u8> {
        let mut content = self.header.clone();
        let at = if content.first() == Some(&1) { 20 } else { 12 };
        set_u32(&mut content, at, number);
        boxed(*b"tkhd", &[&content])
    }

    fn tables(&self, offset: u64) -> Vec<u8> {
        let mut runs = Vec::new();
        let mut offsets = Vec::new();
        let mut at = offset;
        for (chunk, number) in self.chunks.iter().zip(1_u32..) {
            runs.push([number, chunk.samples, chunk.description]);
            offsets.push(at);
            at = at.saturating_add(chunk.bytes);
        }
        let mut content = self.descriptions.clone();
        content.extend(table(*b"stts", self.durations.entries()));
        content.extend(table(*b"stsc", &runs));
        content.extend(sizes(&self.sizes));
        content.extend(chunk_offsets(&offsets));
        if !self.composition_offsets.entries().is_empty() {
            let mut offsets = table(*b"ctts", self.composition_offsets.entries());
            if self.any_negative_offset {
                // Version 1, in which offsets have a sign.
                set_u32(&mut offsets, 8, 0x0100_0000);
            }
            content.extend(offsets);
        }
        if let Some(sync) = &self.sync_samples {
            content.extend(table(*b"stss", sync));
        }
        boxed(*b"stbl", &[&content])
    }
}

/// The parts of a `trak`; its header's content goes to `header`.
fn parts<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    trak: &BoxAt,
    header: &mut Vec<u8>,
    budget: &mut u64,
) -> Result<Vec<Part>, MediaError> {
    let mut parts = Vec::new();
    for found in children(source, trak.start, trak.end, true)? {
        parts.push(match &found.kind {
            b"tkhd" => {
                *header = content(source, &found, budget)?;
                Part::Header
            }
            b"mdia" => Part::Holds(found.kind, in_media(source, &found, budget)?),
            _ => Part::Kept(copied(source, &found, budget)?),
        });
    }
    Ok(parts)
}

/// The parts of `mdia` and of `minf`, down to the tables.
fn in_media<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    parent: &BoxAt,
    budget: &mut u64,
) -> Result<Vec<Part>, MediaError> {
    let mut parts = Vec::new();
    for found in children(source, parent.start, parent.end, true)? {
        parts.push(match (&parent.kind, &found.kind) {
            (b"mdia", b"minf") => Part::Holds(found.kind, in_media(source, &found, budget)?),
            (b"minf", b"stbl") => Part::Tables,
            _ => Part::Kept(copied(source, &found, budget)?),
        });
    }
    Ok(parts)
}

fn copied<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    found: &BoxAt,
    budget: &mut u64,
) -> Result<Vec<u8>, MediaError> {
    Ok(boxed(found.kind, &[&content(source, found, budget)?]))
}

fn content<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    found: &BoxAt,
    budget: &mut u64,
) -> Result<Vec<u8>, MediaError> {
    let Some(left) = budget.checked_sub(found.length()) else {
        return Err(MediaError::VideoTooLarge {
            what: "bytes in boxes that are no sample tables",
            limit: MAX_COPIED_INDEX_BYTES,
        });
    };
    *budget = left;
    let bytes = found.content(source, found.length())?;
    bytes.ok_or(MediaError::VideoDamaged {
        what: "a box of a track with pictures goes on behind the end of the track",
    })
}
