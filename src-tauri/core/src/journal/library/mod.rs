//! The library: a line for each sequence that was sent or found published, kept beside the uploads.
//!
//! What a line says of an upload follows from the upload and is never written by anybody but [`lines`]: triggers note
//! which uploads changed, and every commit brings their lines up to date, so that the two cannot drift apart. Only the
//! notes are the line's own. What the account published by other means comes through [`imports`].

mod imports;
mod lines;
mod notes;
mod query;
mod read;

pub use imports::{FoundImage, ImportOf, ImportSpan, ImportTotals};
pub(super) use lines::refresh_stale;
pub(super) use notes::keep_first_notes;
pub use query::MAX_ROWS;

#[cfg(test)]
mod tests;
