//! Walks the segments of a JPEG up to the picture and keeps what describes it.
//!
//! Only EXIF and XMP segments are read; all others are stepped over. Damage between segments is
//! stepped over too, as picture decoders do, within a cap. The walk goes on behind the frame
//! header, because editors have put XMP there.

use std::io::{Read, Seek};

use super::source::{ReadFailure, Source};
use super::{APP1, EOI, MARKER_PREFIX, SOI, SOS, sniff};
use crate::error::MediaError;
use crate::limits::{MAX_HEADER_SEGMENTS, MAX_RESYNC_BYTES, MAX_XMP_PACKETS, SNIFF_BYTES};

/// Start of an EXIF segment's payload (CIPA DC-008, 4.7.2). A sixth byte follows that should be
/// zero and is not in every file.
const EXIF_NAME: &[u8] = b"Exif\0";
/// Length of the name with that sixth byte.
pub(crate) const EXIF_NAME_BYTES: usize = 6;
/// Start of an XMP segment's payload (XMP specification part 3, 1.1.3).
const XMP_NAME: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// What stands in front of the picture.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// The first EXIF segment that starts like a TIFF block.
    pub(crate) exif: Option<ExifSegment>,
    /// An EXIF segment that does not start like a TIFF block was seen.
    pub(crate) exif_unreadable: bool,
    /// The XMP packets, without the segment's name, in file order.
    pub(crate) xmp_packets: Vec<Vec<u8>>,
    /// Width and height of the first frame, in pixels.
    pub(crate) frame_px: Option<(u16, u16)>,
    /// Where the picture starts: the marker of its frame header, or of its first scan.
    pub(crate) picture_offset: Option<u64>,
    /// Bytes had to be stepped over that belong to no segment.
    pub(crate) damaged: bool,
}

/// An EXIF segment and where it stands.
#[derive(Debug)]
pub(crate) struct ExifSegment {
    /// File offset of the segment's marker.
    pub(crate) marker_offset: u64,
    /// File offset of the first byte behind the segment.
    pub(crate) end_offset: u64,
    /// The name in front of the TIFF block, as the file has it.
    pub(crate) name: [u8; EXIF_NAME_BYTES],
    /// The TIFF block.
    pub(crate) tiff: Vec<u8>,
}

impl ExifSegment {
    /// File offset of the TIFF block, to which all offsets in it are relative.
    pub(crate) fn tiff_offset(&self) -> u64 {
        self.end_offset.saturating_sub(self.tiff.len() as u64)
    }
}

/// How a walk through the header ended.
enum Stop {
    /// At the picture, or at the end marker of a file without one.
    Complete,
    /// At the end of the file.
    FileOver,
    /// In bytes that are no segment, too many of them.
    Lost,
}

/// Reads the header of the JPEG in `reader`.
///
/// A file that ends before its picture starts still has a header as long as an EXIF segment or
/// XMP packet was complete; [`Header::picture_offset`] is `None` then.
pub(crate) fn read_header<R: Read + Seek>(reader: &mut R) -> Result<Header, MediaError> {
    let mut source = Source::from_start(reader)?;
    let mut first_bytes = [0; 2];
    let count = source.read_some(&mut first_bytes)?;
    if first_bytes != [MARKER_PREFIX, SOI] {
        let mut more = vec![0; SNIFF_BYTES];
        let more_count = source.read_some(&mut more)?;
        let all = [
            first_bytes.get(..count).unwrap_or_default(),
            more.get(..more_count).unwrap_or_default(),
        ];
        return Err(sniff::not_a_jpeg(&all.concat()));
    }

    let mut header = Header::default();
    let stop = match walk(&mut source, &mut header) {
        Ok(stop) => stop,
        Err(ReadFailure::End) => Stop::FileOver,
        Err(ReadFailure::Failed(error)) => return Err(error),
    };
    header.damaged |= matches!(stop, Stop::Lost);
    if header.picture_offset.is_none() && header.exif.is_none() && header.xmp_packets.is_empty() {
        let length_bytes = reader.seek(std::io::SeekFrom::End(0))?;
        return Err(MediaError::HeaderTruncated { length_bytes });
    }
    Ok(header)
}

fn walk<R: Read + Seek>(source: &mut Source<'_, R>, header: &mut Header) -> Result<Stop, ReadFailure> {
    let mut resync_budget = MAX_RESYNC_BYTES;
    for _ in 0..MAX_HEADER_SEGMENTS {
        let Some((marker, marker_offset)) = next_marker(source, header, &mut resync_budget)? else {
            return Ok(Stop::Lost);
        };
        if marker == EOI {
            return Ok(Stop::Complete);
        }
        if is_frame(marker) || marker == SOS {
            header.picture_offset.get_or_insert(marker_offset);
        }
        if marker == SOS {
            return Ok(Stop::Complete);
        }
        let declared = u16::from_be_bytes(source.read_array()?);
        let Some(payload_bytes) = declared.checked_sub(2) else {
            // A segment cannot be shorter than its own length field: go on behind it.
            header.damaged = true;
            continue;
        };
        match marker {
            APP1 => read_app1(source, header, marker_offset, payload_bytes)?,
            _ if is_frame(marker) && payload_bytes >= 5 && header.frame_px.is_none() => {
                let [_precision, h1, h2, w1, w2] = source.read_array()?;
                let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
                if width > 0 && height > 0 {
                    header.frame_px = Some((width, height));
                }
                skip(source, u32::from(payload_bytes).saturating_sub(5))?;
            }
            _ => skip(source, u32::from(payload_bytes))?,
        }
    }
    Err(ReadFailure::Failed(MediaError::HeaderTooLong {
        limit: u64::from(MAX_HEADER_SEGMENTS),
        unit: "segments",
    }))
}

/// Start of frame, all coding processes: 0xc0..=0xcf but for the tables and the extension in it.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Markers that may start a segment of a header; what a search through damage stops at.
fn is_header_marker(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf | 0xd9..=0xdf | 0xe0..=0xef | 0xfe)
}

fn skip<R: Read + Seek>(source: &mut Source<'_, R>, count: u32) -> Result<(), ReadFailure> {
    source.skip(count).map_err(ReadFailure::Failed)
}

/// The next marker and its file offset; `None` when the search budget is used up.
fn next_marker<R: Read + Seek>(
    source: &mut Source<'_, R>,
    header: &mut Header,
    resync_budget: &mut u64,
) -> Result<Option<(u8, u64)>, ReadFailure> {
    let [mut first, mut second] = source.read_array()?;
    // Any number of 0xff may stand in front of a marker (T.81, B.1.1.2); that is no damage.
    while first != MARKER_PREFIX || !is_header_marker(second) {
        if first != MARKER_PREFIX || second != MARKER_PREFIX {
            header.damaged = true;
        }
        *resync_budget = match resync_budget.checked_sub(1) {
            Some(rest) => rest,
            None => return Ok(None),
        };
        first = second;
        [second] = source.read_array()?;
    }
    Ok(Some((second, source.position().saturating_sub(2))))
}

fn read_app1<R: Read + Seek>(
    source: &mut Source<'_, R>,
    header: &mut Header,
    marker_offset: u64,
    payload_bytes: u16,
) -> Result<(), ReadFailure> {
    // The name first: extended XMP comes in many long segments that nobody here needs.
    let mut name = [0; XMP_NAME.len()];
    let name_bytes = usize::from(payload_bytes).min(name.len());
    let Some(name) = name.get_mut(..name_bytes) else {
        return Ok(());
    };
    source.read_exact(name)?;
    let name = &*name;
    let rest_bytes = usize::from(payload_bytes).saturating_sub(name_bytes);
    let is_exif = name.starts_with(EXIF_NAME) && header.exif.is_none();
    let is_xmp = name == XMP_NAME && header.xmp_packets.len() < MAX_XMP_PACKETS;
    if !is_exif && !is_xmp {
        return skip(source, u32::try_from(rest_bytes).unwrap_or(u32::MAX));
    }
    let mut rest = vec![0; rest_bytes];
    source.read_exact(&mut rest)?;
    if is_xmp {
        header.xmp_packets.push(rest);
        return Ok(());
    }
    let Some((exif_name, tiff_start)) = name.split_first_chunk::<EXIF_NAME_BYTES>() else {
        header.exif_unreadable = true;
        return Ok(());
    };
    let mut tiff = Vec::with_capacity(tiff_start.len().saturating_add(rest.len()));
    tiff.extend_from_slice(tiff_start);
    tiff.append(&mut rest);
    if crate::tiff::Tiff::parse(&tiff).is_none() {
        header.exif_unreadable = true;
        return Ok(());
    }
    header.exif = Some(ExifSegment {
        marker_offset,
        end_offset: source.position(),
        name: *exif_name,
        tiff,
    });
    Ok(())
}
