//! What is no JPEG: each kind is refused with an answer of its own, and exiftool says the same about what it is.

use std::io::Cursor;
use std::path::Path;

use waypost_media::{FileKind, MediaError, read_photo};

use crate::peers::Peers;
use crate::table::Table;

const GROUP: &str = "no JPEG";
const DAMAGED_TIFF: &str = "kind of a file that exiftool cannot read";

pub fn compare_all(table: &mut Table, folder: &Path, peers: &Peers) {
    for entry in &peers.expected {
        let file = entry["file"].as_str().unwrap();
        if !file.starts_with("non-jpeg/") {
            continue;
        }
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let answer = read_photo(&mut Cursor::new(&bytes));
        let ours = match &answer {
            Err(MediaError::HeicNotSupported) => "heic",
            Err(MediaError::NotAJpeg { looks_like }) => match looks_like {
                FileKind::TiffOrRaw | FileKind::Dng | FileKind::Gpr => "tiff",
                FileKind::WebP => "webp",
                _ => "other",
            },
            _ => "read",
        };
        let theirs = match peers.exiftool(file)["File:MIMEType"].as_str() {
            Some("image/heic" | "image/heif") => "heic",
            Some("image/tiff" | "image/x-tiff-big") => "tiff",
            Some("image/webp") => "webp",
            _ => "",
        };
        let witness = || {
            (theirs.is_empty() && (bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*"))).then_some(DAMAGED_TIFF)
        };
        table.add((GROUP, file), "kind", ours == theirs, witness, || {
            format!("{answer:?}, exiftool {theirs:?}")
        });
    }
}
