//! The boxes of an MP4 (ISO/IEC 14496-12 §4.2), read with every length checked. The `mp4` crate is
//! not used here: it loops for ever on a box of size 0 inside another and allocates by declared
//! sizes, and a service meets such files sooner or later.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::Refusal;

/// Largest `moov` that is read, in bytes: hours of video have a few MB.
const MOOV_BYTES_MAX: u64 = 128 << 20;
/// Most boxes at the top of a file; ordinary files have fewer than ten.
const TOP_BOXES_MAX: usize = 4_096;

/// The four letters of a box.
pub(crate) type Name = [u8; 4];

/// A box that lies in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boxed<'a> {
    pub name: Name,
    pub payload: &'a [u8],
}

fn shown(name: Name) -> String {
    String::from_utf8_lossy(&name).into_owned()
}

/// The header of a box: its whole size, `None` for "to the end", and the length of the header.
fn header(bytes: &[u8]) -> Option<(Name, Option<u64>, usize)> {
    let [a, b, c, d, n0, n1, n2, n3, rest @ ..] = bytes else {
        return None;
    };
    let name = [*n0, *n1, *n2, *n3];
    match u32::from_be_bytes([*a, *b, *c, *d]) {
        0 => Some((name, None, 8)),
        1 => {
            let large: [u8; 8] = rest.get(..8)?.try_into().ok()?;
            Some((name, Some(u64::from_be_bytes(large)), 16))
        }
        size => Some((name, Some(u64::from(size)), 8)),
    }
}

/// The boxes inside `payload`. Fewer than eight bytes at the end are ignored, as the terminator
/// that QuickTime writes into `udta`.
pub(crate) fn children(payload: &[u8]) -> Result<Vec<Boxed<'_>>, Refusal> {
    let mut found = Vec::new();
    let mut rest = payload;
    while rest.len() >= 8 {
        let broken = || Refusal::new("a box of the MP4 is longer than the box around it");
        let (name, size, header_length) = header(rest).ok_or_else(broken)?;
        let size = match size {
            None => rest.len(),
            Some(size) => usize::try_from(size).map_err(|_| broken())?,
        };
        if size < header_length {
            return Err(Refusal::new(format!(
                "the box {:?} of the MP4 is shorter than its own header",
                shown(name)
            )));
        }
        let payload = rest.get(header_length..size).ok_or_else(broken)?;
        found.push(Boxed { name, payload });
        rest = rest.get(size..).ok_or_else(broken)?;
    }
    Ok(found)
}

/// The first box of that name.
pub(crate) fn child(payload: &[u8], name: Name) -> Result<Option<&[u8]>, Refusal> {
    Ok(children(payload)?
        .into_iter()
        .find(|boxed| boxed.name == name)
        .map(|boxed| boxed.payload))
}

/// The first box of that name, which must be there.
pub(crate) fn required(payload: &[u8], name: Name) -> Result<&[u8], Refusal> {
    child(payload, name)?.ok_or_else(|| Refusal::new(format!("the MP4 has no box {:?}", shown(name))))
}

/// The file type and `moov` of an MP4, without reading its media.
pub(crate) fn read_moov(file: &mut File) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::new(format!("the video cannot be read: {error}"));
    let end = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let mut at = 0_u64;
    let mut moov = None;
    let mut media = false;
    for count in 0..TOP_BOXES_MAX {
        if at == end {
            break;
        }
        let mut bytes = [0_u8; 16];
        let available = usize::try_from((end - at).min(16)).unwrap_or(16);
        let bytes = bytes.get_mut(..available).unwrap_or_default();
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        file.read_exact(bytes).map_err(unreadable)?;
        let (name, size, header_length) = header(bytes).ok_or_else(|| Refusal::new("the video ends inside a box"))?;
        let size = size.unwrap_or(end - at);
        if count == 0 && &name != b"ftyp" {
            return Err(Refusal::new("the video does not begin with a box \"ftyp\""));
        }
        let next = at.checked_add(size).filter(|next| *next <= end);
        let header_length = header_length as u64;
        let (Some(next), Some(payload)) = (next, size.checked_sub(header_length)) else {
            return Err(Refusal::new(format!(
                "the box {:?} of the video is longer than the file",
                shown(name)
            )));
        };
        match &name {
            b"moov" if payload > MOOV_BYTES_MAX => {
                return Err(Refusal::new("the box \"moov\" of the video is too large"));
            }
            b"moov" => {
                let mut read = Vec::new();
                file.seek(SeekFrom::Start(at + header_length))
                    .and_then(|_| file.take(payload).read_to_end(&mut read))
                    .map_err(unreadable)?;
                moov = Some(read);
            }
            b"mdat" => media = true,
            _ => {}
        }
        at = next;
    }
    if !media {
        return Err(Refusal::new("the video has no box \"mdat\""));
    }
    moov.ok_or_else(|| Refusal::new("the video has no box \"moov\""))
}

/// A reader of big-endian numbers that stops at the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers<'a> {
    rest: &'a [u8],
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| Refusal::new("a box of the MP4 ends too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Refusal> {
        self.take().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Refusal> {
        self.take().map(u64::from_be_bytes)
    }

    pub(crate) fn name(&mut self) -> Result<Name, Refusal> {
        self.take()
    }

    /// A full box begins with a version (8 bits) and flags (24 bits); the version.
    pub(crate) fn version(&mut self) -> Result<u32, Refusal> {
        Ok(self.u32()? >> 24)
    }

    /// Whether `count` items of `size` bytes can still come.
    pub(crate) fn holds(&self, count: u32, size: usize) -> bool {
        usize::try_from(count)
            .ok()
            .and_then(|count| count.checked_mul(size))
            .is_some_and(|bytes| bytes <= self.rest.len())
    }
}
