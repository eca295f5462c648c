//! Boxes side by side: sizes checked, 64-bit sizes and "to the end" understood.

use std::io::{Read, Seek};

use super::source::MediaSource;
use crate::error::MediaError;
use crate::limits::MAX_BOXES_PER_LEVEL;

/// Where the content of a box lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoxAt {
    /// The type, four characters.
    pub(crate) kind: [u8; 4],
    /// First byte of the content, from the start of the file.
    pub(crate) start: u64,
    /// First byte behind the content.
    pub(crate) end: u64,
    /// Whether the content goes on behind the end of what holds the box, so that only its
    /// beginning is there.
    pub(crate) cut_off: bool,
}

impl BoxAt {
    /// Bytes of the content.
    pub(crate) fn length(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// The content, if it is all there and no longer than `cap`.
    pub(crate) fn content<R: Read + Seek>(
        &self,
        source: &mut MediaSource<'_, R>,
        cap: u64,
    ) -> Result<Option<Vec<u8>>, MediaError> {
        if self.cut_off || self.length() > cap {
            return Ok(None);
        }
        source.read_vec(self.start, self.length(), self.end)
    }
}

/// The boxes between `start` and `end`, in order, up to the first one that makes no sense.
///
/// `read_ahead` is for boxes that hold boxes; between media data only the headers are read.
pub(crate) fn children<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    start: u64,
    end: u64,
    read_ahead: bool,
) -> Result<Vec<BoxAt>, MediaError> {
    let mut found = Vec::new();
    let mut at = start;
    while found.len() < MAX_BOXES_PER_LEVEL {
        let Some(child) = header(source, at, end, read_ahead)? else {
            break;
        };
        found.push(child);
        at = child.end;
        if child.cut_off {
            break;
        }
    }
    Ok(found)
}

/// The first box of type `kind` inside `parent`.
pub(crate) fn first_child<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    parent: &BoxAt,
    kind: [u8; 4],
) -> Result<Option<BoxAt>, MediaError> {
    let inside = children(source, parent.start, parent.end, true)?;
    Ok(inside.into_iter().find(|child| child.kind == kind))
}

fn header<R: Read + Seek>(
    source: &mut MediaSource<'_, R>,
    at: u64,
    end: u64,
    read_ahead: bool,
) -> Result<Option<BoxAt>, MediaError> {
    let room = end.saturating_sub(at);
    let Some(content) = at.checked_add(8).filter(|_| room >= 8) else {
        return Ok(None);
    };
    let region_end = if read_ahead { end } else { at };
    let mut short = [0; 8];
    if !source.read_at(at, &mut short, region_end)? {
        return Ok(None);
    }
    let [s0, s1, s2, s3, kind @ ..] = short;
    let (size, start) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        // The last box may say "to the end" instead of a size.
        0 => (room, content),
        1 => {
            let mut long = [0; 8];
            let Some(start) = at.checked_add(16).filter(|_| room >= 16) else {
                return Ok(None);
            };
            if !source.read_at(content, &mut long, region_end)? {
                return Ok(None);
            }
            (u64::from_be_bytes(long), start)
        }
        size => (u64::from(size), content),
    };
    let Some(box_end) = at.checked_add(size).filter(|&box_end| box_end >= start) else {
        return Ok(None);
    };
    Ok(Some(BoxAt {
        kind,
        start,
        end: box_end.min(end),
        cut_off: box_end > end,
    }))
}
