//! The content of a photo in a few bytes, for "already sent?".
//!
//! A photo is known again by its size, its beginning and its end: the beginning holds capture time, position and
//! preview, so two photos never share it, and reading it costs a tenth of reading the whole file. A photo that was
//! renamed, moved or copied keeps its fingerprint; one whose header was edited gets another, and then it is another
//! description that would be sent.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use waypost_md5::{LANES, md5_hex, md5_hexes};

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
    let bytes = read(path).map_err(|source| CoreError::Io {
        path: path.into(),
        source,
    })?;
    Ok(md5_hex(&bytes))
}

/// The fingerprints of files, lower-case hexadecimal; without those that cannot be read.
pub(super) fn fingerprints<T: Send>(files: Vec<(T, PathBuf)>, goes_on: impl Fn() -> bool + Sync) -> Vec<(T, String)> {
    let mut files: Vec<Option<(T, PathBuf)>> = files.into_iter().map(Some).collect();
    files
        .par_chunks_mut(LANES)
        .filter(|_| goes_on())
        .flat_map_iter(|files| {
            let taken = files.iter_mut().filter_map(Option::take);
            let (names, bytes): (Vec<T>, Vec<Vec<u8>>) =
                taken.filter_map(|(name, path)| Some((name, read(&path).ok()?))).unzip();
            let bytes: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
            names.into_iter().zip(md5_hexes(&bytes))
        })
        .collect()
}

/// What the fingerprint of a file is the MD5 of.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size_bytes = file.metadata()?.len();
    let mut bytes = size_bytes.to_le_bytes().to_vec();
    (&mut file).take(BEGINNING_BYTES).read_to_end(&mut bytes)?;
    if size_bytes > BEGINNING_BYTES {
        let end = size_bytes.saturating_sub(END_BYTES).max(BEGINNING_BYTES);
        file.seek(SeekFrom::Start(end))?;
        file.take(END_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
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
            let fingerprint = fingerprint(&path).unwrap();
            assert_eq!(fingerprints(vec![(name, path)], || true), [(name, fingerprint.clone())]);
            fingerprint
        };
        let original = print_of("a.jpg", &bytes);
        assert_eq!(print_of("copy.jpg", &bytes), original);
        for place in [0, 1_000, 262_143, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_ne!(print_of("changed.jpg", &changed), original, "byte {place}");
        }
        let several = ["a.jpg", "missing.jpg", "changed.jpg", "copy.jpg"];
        let paths = several.map(|name| (name, folder.path().join(name)));
        let prints: Vec<&str> = fingerprints(paths.to_vec(), || true)
            .iter()
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(
            prints,
            ["a.jpg", "changed.jpg", "copy.jpg"],
            "one that is missing costs the others nothing"
        );
        assert_ne!(print_of("shorter.jpg", &bytes[..bytes.len() - 1]), original);
        assert_ne!(print_of("empty.jpg", &[]), print_of("one.jpg", &[0]));
    }
}
