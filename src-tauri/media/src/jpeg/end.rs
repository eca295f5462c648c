//! Tells from a file's last bytes whether the picture in it is complete.

use std::io::{Read, Seek, SeekFrom};

use super::{EOI, MARKER_PREFIX};
use crate::error::MediaError;
use crate::limits::{END_SEARCH_NEAR_BYTES, END_SEARCH_STEP_BYTES, MAX_END_SEARCH_BYTES};

/// The last four bytes of the trailer that Samsung phones append behind the picture.
const SAMSUNG_TRAILER_END: &[u8] = b"SEFT";

/// Whether the picture that starts at `picture_offset` has its end marker in the file.
///
/// Inside a compressed picture 0xff is always followed by zero or a restart marker, so an end marker behind the
/// header can only be a real one: the picture's, or that of a complete smaller picture behind it. It is looked for in
/// the last bytes first, where nearly every photo has it, then in front of `trailer_bytes`, what the file's metadata
/// says to follow the picture (the video of a motion photo). Only a file that shows it in neither place is read back
/// to the start of its picture: either it is cut off, or something unknown was appended, such as zeros up to the end
/// of the disk's cluster, a maker's own block or a second large picture (MPF).
pub(crate) fn ends_properly<R: Read + Seek>(
    reader: &mut R,
    picture_offset: u64,
    trailer_bytes: u64,
) -> Result<bool, MediaError> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut buffer = Vec::new();
    let before_trailer = length.saturating_sub(trailer_bytes);
    for end in [length, before_trailer] {
        let start = end.saturating_sub(END_SEARCH_NEAR_BYTES).max(picture_offset);
        read_range(reader, start, end, &mut buffer)?;
        if holds_end_marker(&buffer) || (end == length && buffer.ends_with(SAMSUNG_TRAILER_END)) {
            return Ok(true);
        }
    }
    let stop = length.saturating_sub(MAX_END_SEARCH_BYTES).max(picture_offset);
    let mut end = length;
    while end > stop {
        let start = end.saturating_sub(END_SEARCH_STEP_BYTES).max(stop);
        // One byte more, for a marker across the border.
        read_range(reader, start, end.saturating_add(1).min(length), &mut buffer)?;
        if holds_end_marker(&buffer) {
            return Ok(true);
        }
        end = start;
    }
    Ok(false)
}

/// Fills `buffer` with the bytes from `start` up to `end`, or to the end of a file that has become shorter.
fn read_range<R: Read + Seek>(reader: &mut R, start: u64, end: u64, buffer: &mut Vec<u8>) -> Result<(), MediaError> {
    buffer.clear();
    reader.seek(SeekFrom::Start(start))?;
    reader.by_ref().take(end.saturating_sub(start)).read_to_end(buffer)?;
    Ok(())
}

fn holds_end_marker(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == [MARKER_PREFIX, EOI])
}
