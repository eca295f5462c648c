//! Carries a [`CoreError`] through `std::io::Read`, and takes it out again.

use std::io;
use std::path::PathBuf;

use crate::error::CoreError;

/// Puts the error inside an [`io::Error`].
pub(crate) fn into_io_error(error: CoreError) -> io::Error {
    io::Error::other(error)
}

/// The error behind a failed read of a part's bytes.
///
/// # Errors
/// The [`io::Error`] itself if it carries none.
pub fn core_error_of(error: io::Error) -> Result<CoreError, io::Error> {
    error.downcast::<CoreError>()
}

/// The same, and where the error carries none, one that names `name`.
pub(crate) fn core_error_named(error: io::Error, name: &str) -> CoreError {
    core_error_of(error).unwrap_or_else(|source| CoreError::Io {
        path: PathBuf::from(name),
        source,
    })
}
