//! MD5, as the service and mapillary_tools use it: to name content, not to protect it.

use std::io::Read;

use waypost_md5::Md5;

use super::{Measured, failure};
use crate::error::CoreError;
use crate::observe::MeasureObserver;

/// Bytes read at once. MD5 is the bottleneck; larger pieces gain nothing (crates notes §4).
pub(crate) const PIECE_BYTES: usize = 1024 * 1024;

/// MD5 over the lowercase hex MD5s of the original files, in their order: the identity of a sequence in
/// mapillary_tools 0.14.7 (protocol notes §1.9).
pub fn sequence_md5<S: AsRef<str>>(file_md5_hexes: impl IntoIterator<Item = S>) -> String {
    let mut md5 = Md5::new();
    for file_md5_hex in file_md5_hexes {
        md5.update(file_md5_hex.as_ref().as_bytes());
    }
    md5.hex()
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
        md5_hex: md5.hex(),
        length_bytes,
    })
}

#[cfg(test)]
mod tests {
    use md5::Digest;

    use super::*;

    fn by_another_program(text: &str) -> String {
        hex::encode(md5::Md5::digest(text))
    }

    #[test]
    fn the_sequence_md5_is_the_one_of_the_joined_hex_texts() {
        let md5s = ["one", "two"].map(by_another_program);
        assert_eq!(sequence_md5(&md5s), by_another_program(&md5s.concat()));
        assert_eq!(sequence_md5(Vec::<String>::new()), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
