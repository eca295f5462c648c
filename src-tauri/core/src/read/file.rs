//! Opening a file, and what the file system says of it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Opens the file, and says how large it is and when it was changed last (milliseconds since 1970 UTC; 0 where the
/// system does not know).
pub(crate) fn open(path: &Path) -> io::Result<(File, u64, i64)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    Ok((file, metadata.len(), modified_at_ms(&metadata)))
}

/// When a file was changed last, milliseconds since 1970 UTC; 0 where the system does not know.
pub(crate) fn modified_at_ms(metadata: &std::fs::Metadata) -> i64 {
    let as_ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    metadata
        .modified()
        .map_or(0, |modified| match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => as_ms(after),
            Err(before) => -as_ms(before.duration()),
        })
}
