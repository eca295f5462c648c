//! Sequences to bytes: what is sent, behind one trait.
//!
//! Every part is made from the files while it is read, without scratch disk, and can be read again from any place on; the
//! same files give the same bytes. A few photos, or a few blocks of a video, are held in memory, however long it is.

mod failure;
mod file_part;
mod image_part;
mod keys;
mod manifest_part;
mod md5;
mod original_bytes;
mod read_ahead;
mod source_file;
mod source_photo;
mod video_part;
mod window;
mod zip_layout;
mod zip_part;
mod zip_reader;

use std::io::Read;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use failure::core_error_of;
pub use file_part::{FilePart, file_part};
pub use image_part::{ImagePart, image_part};
pub use keys::{fresh_session_key, manifest_session_key, session_key};
pub use manifest_part::{ManifestPart, manifest_part};
pub(crate) use md5::measure;
pub use md5::sequence_md5;
pub use source_photo::source_photos;

pub use crate::source_photo::SourcePhoto;
pub use crate::source_video::SourceVideo;
pub use video_part::{VideoPart, video_part};
pub use zip_part::{ZipPart, write_zip, write_zip_file, zip_part};

use crate::error::CoreError;
pub use crate::observe::MeasureObserver;

/// What is known of a part's bytes once they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// MD5 of all bytes, lowercase hex.
    pub md5_hex: String,
    /// How many bytes there are.
    pub length_bytes: u64,
}

/// Something that is sent in a session of its own.
pub trait Part: Send + Sync {
    /// The suffix of its session key, without the dot.
    fn suffix(&self) -> &'static str;

    /// What it is called in messages.
    fn name(&self) -> String;

    /// Reads it all. What is learnt makes later reads faster and lets them notice any change of the files.
    ///
    /// # Errors
    /// [`CoreError::SourceChanged`] if a file is gone or not what it was, [`CoreError::Io`],
    /// [`CoreError::DescriptionDoesNotFit`] for photos, [`CoreError::VideoNotPackable`] for videos,
    /// [`CoreError::Stopped`].
    fn measure(&self, observer: &dyn MeasureObserver) -> Result<Measured, CoreError>;

    /// The bytes from `offset_bytes` on; none from the end on. A failed read carries a [`CoreError`], see
    /// [`core_error_of`]; [`CoreError::SourceChanged`] comes before the last bytes of the changed file.
    ///
    /// A zip or a video that was not measured is measured here first.
    ///
    /// # Errors
    /// As [`measure`](Self::measure).
    fn reader(&self, offset_bytes: u64) -> Result<Box<dyn Read + Send>, CoreError>;

    /// Memory that measuring takes, bytes, beside a few blocks.
    fn measuring_bytes(&self) -> u64 {
        0
    }

    /// All bytes, where they are in memory anyway.
    fn in_memory(&self) -> Option<Bytes> {
        None
    }
}
