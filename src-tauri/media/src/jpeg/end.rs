//! Tells from a file's last bytes whether the picture in it is complete.

use std::io::{Read, Seek, SeekFrom};

use super::{EOI, MARKER_PREFIX};
use crate::error::MediaError;
use crate::limits::{END_SEARCH_FAR_BYTES, END_SEARCH_NEAR_BYTES};

/// The last four bytes of the trailer that Samsung phones append behind the picture.
const SAMSUNG_TRAILER_END: &[u8] = b"SEFT";

/// Whether the picture that starts at `picture_offset` has its end marker near the end of the file.
///
/// Inside a compressed picture 0xff is always followed by zero or a restart marker, so an end
/// marker in the tail can only be a real one: the picture's, or that of a complete smaller
/// picture behind it. `trailer_bytes` is what the file's metadata says to follow the picture,
/// such as the video of a motion photo.
pub(crate) fn ends_properly<R: Read + Seek>(
    reader: &mut R,
    picture_offset: u64,
    trailer_bytes: u64,
) -> Result<bool, MediaError> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut tail = Vec::new();
    for (end, search_bytes) in [
        (length, END_SEARCH_NEAR_BYTES),
        (
            length.saturating_sub(trailer_bytes),
            if trailer_bytes > 0 { END_SEARCH_NEAR_BYTES } else { 0 },
        ),
        (length, END_SEARCH_FAR_BYTES),
    ] {
        let start = end.saturating_sub(search_bytes).max(picture_offset);
        let wanted = end.saturating_sub(start);
        if wanted == 0 {
            continue;
        }
        reader.seek(SeekFrom::Start(start))?;
        tail.clear();
        reader.by_ref().take(wanted).read_to_end(&mut tail)?;
        if holds_end_marker(&tail) || (end == length && tail.ends_with(SAMSUNG_TRAILER_END)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn holds_end_marker(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == [MARKER_PREFIX, EOI])
}
