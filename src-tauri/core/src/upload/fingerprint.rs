//! The content of a photo in a few bytes, for "already sent?".
//!
//! A photo is known again by its size, its beginning and its end: the beginning holds capture time, position and
//! preview, so two photos never share it, and reading it costs a tenth of reading the whole file. A photo that was
//! renamed, moved or copied keeps its fingerprint; one whose header was edited gets another, and then it is another
//! description that would be sent.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use md5::{Digest, Md5};

use crate::error::CoreError;

/// Bytes from the beginning: the header of a camera's photo with its previews.
const BEGINNING_BYTES: u64 = 256 * 1024;
/// Bytes from the end.
const END_BYTES: u64 = 64 * 1024;

/// The fingerprint of a file, lower-case hexadecimal.
///
/// # Errors
/// [`CoreError::Io`].
pub(crate) fn fingerprint(path: &Path) -> Result<String, CoreError> {
    read(path).map_err(|source| CoreError::Io {
        path: path.into(),
        source,
    })
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let size_bytes = file.metadata()?.len();
    let mut md5 = Md5::new_with_prefix(size_bytes.to_le_bytes());
    let mut bytes = Vec::new();
    (&mut file).take(BEGINNING_BYTES).read_to_end(&mut bytes)?;
    md5.update(&bytes);
    if size_bytes > BEGINNING_BYTES {
        let end = size_bytes.saturating_sub(END_BYTES).max(BEGINNING_BYTES);
        file.seek(SeekFrom::Start(end))?;
        bytes.clear();
        file.take(END_BYTES).read_to_end(&mut bytes)?;
        md5.update(&bytes);
    }
    Ok(hex::encode(md5.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_same_fingerprint_and_any_change_of_header_end_or_size_another() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..500_000_u32).flat_map(u32::to_le_bytes).collect();
        let print_of = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            fingerprint(&path).unwrap()
        };
        let original = print_of("a.jpg", &bytes);
        assert_eq!(print_of("copy.jpg", &bytes), original);
        for place in [0, 1_000, 262_143, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_ne!(print_of("changed.jpg", &changed), original, "byte {place}");
        }
        assert_ne!(print_of("shorter.jpg", &bytes[..bytes.len() - 1]), original);
        assert_ne!(print_of("empty.jpg", &[]), print_of("one.jpg", &[0]));
    }
}
