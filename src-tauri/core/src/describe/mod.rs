//! The description: what Mapillary is told about each photo, as a file for people and scripts and inside the photo.
//!
//! The format is that of mapillary_tools 0.14.7 (protocol notes §3), so that either tool can upload what the other
//! described.

mod ascii;
mod error_entry;
mod gpx;
mod image_entry;
mod number;
mod read_back;
mod video_entry;
mod write;

pub use error_entry::error_type;
pub use image_entry::{CompassHeading, ImageEntry, ImageFileType};
pub use read_back::{DescribedSequence, DescribedUpload, parse_description, read_description};
pub use write::{DESCRIPTION_FILE_NAME, DescriptionPlace, write_description, write_description_to};

pub(crate) use ascii::ascii_json;
pub(crate) use read_back::photo_of_entry;

use crate::error::CoreError;
use crate::plan::{Photo, Refusal, RefusalCode};

/// The JSON text that goes into the photo's EXIF ImageDescription: printable ASCII, compact, keys sorted.
///
/// # Errors
/// [`CoreError::DescriptionDoesNotFit`] for values that no description can hold; a photo that went through
/// [`check`] has none.
pub fn embedded_description(photo: &Photo) -> Result<String, CoreError> {
    let entry = ImageEntry {
        file_name: Some(photo.file_name()),
        ..ImageEntry::of_photo(photo)
    };
    ascii_json(&image_entry::EmbeddedEntry(&entry)).map_err(|error| CoreError::DescriptionDoesNotFit {
        path: photo.path.clone(),
        reason: error.to_string(),
    })
}

/// Whether the photo's values make a valid description.
///
/// # Errors
/// The refusal that says what is wrong.
pub fn check(photo: &Photo) -> Result<(), Refusal> {
    match ImageEntry::of_photo(photo).flaw() {
        Some(what) => Err(Refusal::of(photo.path.clone(), RefusalCode::DescriptionInvalid, &what)),
        None => Ok(()),
    }
}
