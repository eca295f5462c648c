//! Files that are made where the person asked for one: always new, never in the place of another.

use std::io::Write as _;
use std::path::Path;

use crate::error::CoreError;

/// Writes `bytes` to a new file.
///
/// # Errors
/// [`CoreError::FileInTheWay`] when there is a file of that name already; [`CoreError::Io`].
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CoreError> {
    let error = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => CoreError::FileInTheWay {
            path: path.to_path_buf(),
        },
        _ => CoreError::Io {
            path: path.to_path_buf(),
            source,
        },
    };
    let mut file = std::fs::File::create_new(path).map_err(error)?;
    file.write_all(bytes).map_err(error)
}
