//! What a strict service would look at before it accepts an upload. Every reader here takes foreign
//! bytes: it answers with a sentence, never with a panic, and never trusts a length it has not
//! compared with what is there.

mod archive;
mod boxes;
mod camm;
mod description;
mod jpeg;
mod manifest;
mod video;

pub use jpeg::pixels_sha256;

pub(crate) use archive::{Depth, entries_bytes, entry_bytes, read_archive};
pub(crate) use jpeg::{CheckedImage, check_image_file};
pub(crate) use manifest::{MANIFEST_BYTES_MAX, read_manifest};
pub(crate) use video::{CheckedVideo, check_video};

/// Why a package is refused; the text goes into the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(String);

impl Refusal {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The same refusal, told about `what`.
    pub(crate) fn about(self, what: &str) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}
