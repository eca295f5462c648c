//! MD5, as the service and mapillary_tools use it: to name content, not to protect it.

use std::io::Read;

use md5::{Digest, Md5};

use super::{Measured, failure};
use crate::error::CoreError;
use crate::observe::MeasureObserver;

/// Bytes read at once. MD5 is the bottleneck; larger pieces gain nothing (crates notes §4).
pub(crate) const PIECE_BYTES: usize = 1024 * 1024;

/// Lowercase hex of a digest.
pub(crate) fn hex_of(md5: Md5) -> String {
    hex::encode(md5.finalize())
}

/// MD5 over the lowercase hex MD5s of the original files, in their order: the identity of a sequence in
/// mapillary_tools 0.14.7 (protocol notes §1.9).
pub fn sequence_md5<S: AsRef<str>>(file_md5_hexes: impl IntoIterator<Item = S>) -> String {
    let mut md5 = Md5::new();
    for file_md5_hex in file_md5_hexes {
        md5.update(file_md5_hex.as_ref().as_bytes());
    }
    hex_of(md5)
}

/// Reads everything and measures it.
///
/// # Errors
/// What `reader` says, with `name` where it says nothing better; [`CoreError::Stopped`].
pub(crate) fn measure(
    mut reader: impl Read,
    name: &str,
    observer: &dyn MeasureObserver,
) -> Result<Measured, CoreError> {
    let mut md5 = Md5::new();
    let mut length_bytes = 0_u64;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        if observer.cancelled() {
            return Err(CoreError::Stopped);
        }
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failure::core_error_named(error, name)),
        };
        md5.update(piece.get(..count).unwrap_or_default());
        length_bytes = length_bytes.saturating_add(count as u64);
        observer.bytes(count as u64);
    }
    Ok(Measured {
        md5_hex: hex_of(md5),
        length_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_md5_is_the_one_of_the_joined_hex_texts() {
        // md5("a…" + "b…") by any other program.
        let joined = format!(
            "{}{}",
            hex_of(Md5::new_with_prefix(b"one")),
            hex_of(Md5::new_with_prefix(b"two"))
        );
        let one = [
            hex_of(Md5::new_with_prefix(b"one")),
            hex_of(Md5::new_with_prefix(b"two")),
        ];
        assert_eq!(sequence_md5(one), hex_of(Md5::new_with_prefix(joined.as_bytes())));
        assert_eq!(sequence_md5(Vec::<String>::new()), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
