//! Reading a description file back: what `upload` sends, whoever wrote the file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::ascii::ascii_json;
use super::image_entry::{EmbeddedEntry, ImageEntry};
use super::video_entry::DescribedVideo;
use super::write::DescriptionPlace;
use crate::error::CoreError;
use crate::plan::{Refusal, RefusalCode};
use crate::read::modified_at_ms;
use crate::source_photo::SourcePhoto;
use crate::source_video::SourceVideo;

/// What a description file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedUpload {
    /// What can be sent: the entries of each `MAPSequenceUUID`, by capture time and file name, in the order in which
    /// the file names the sequences. Entries without one are one sequence.
    pub sequences: Vec<DescribedSequence>,
    /// Videos that can be sent, by path.
    pub videos: Vec<SourceVideo>,
    /// Entries that cannot be sent: files that are no longer there.
    pub refusals: Vec<Refusal>,
    /// Entries about files that were refused when the description was made.
    pub error_count: u64,
}

/// One sequence of a description file.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedSequence {
    /// `MAPSequenceUUID`.
    pub id: Option<String>,
    /// The photos, at least one, in order.
    pub photos: Vec<SourcePhoto>,
}

/// Reads a description file, or the standard input.
///
/// # Errors
/// [`CoreError::PathNotFound`] and [`CoreError::Io`]; [`CoreError::DescriptionFile`] if it is not a JSON array, or
/// [`CoreError::DescriptionEntry`] if one of its entries breaks the schema (protocol notes §3).
pub fn read_description(place: &DescriptionPlace) -> Result<DescribedUpload, CoreError> {
    let (path, bytes) = match place {
        DescriptionPlace::File(path) => (path.clone(), fs::read(path)),
        DescriptionPlace::StandardStream => {
            let mut bytes = Vec::new();
            (
                PathBuf::from("-"),
                io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
            )
        }
    };
    let bytes = bytes.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => CoreError::PathNotFound { path: path.clone() },
        _ => CoreError::Io {
            path: path.clone(),
            source,
        },
    })?;
    parse_description(&path, &bytes)
}

/// Reads the bytes of a description; `path` names it in errors.
///
/// # Errors
/// As [`read_description`].
pub fn parse_description(path: &Path, bytes: &[u8]) -> Result<DescribedUpload, CoreError> {
    let entries: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| CoreError::DescriptionFile {
        path: path.to_path_buf(),
        reason: format!("it is no JSON array ({error})"),
    })?;
    let mut sequences = Sequences::default();
    let mut videos = BTreeMap::new();
    let mut described = DescribedUpload::default();
    for (index, entry) in entries.into_iter().enumerate() {
        let broken = |error: serde_json::Error| CoreError::DescriptionEntry {
            path: path.to_path_buf(),
            entry_number: index as u64 + 1,
            reason: error.to_string(),
        };
        let kind: EntryKind = serde_json::from_str(entry.get()).map_err(broken)?;
        if kind.error.is_some() {
            described.error_count += 1;
            continue;
        }
        if let Some("camm" | "gopro" | "blackvue" | "video") = kind.filetype.as_deref() {
            let video: DescribedVideo = serde_json::from_str(entry.get()).map_err(broken)?;
            match video.source_video() {
                Ok(video) => {
                    // Of two entries for one file the later one counts, as in mapillary_tools.
                    videos.insert(video.path.clone(), video);
                }
                Err(refusal) => described.refusals.push(refusal),
            }
            continue;
        }
        let image: ImageEntry = serde_json::from_str(entry.get()).map_err(broken)?;
        match source_photo(&image).map_err(broken)? {
            Ok(photo) => sequences.add(image.sequence_id, photo),
            Err(refusal) => described.refusals.push(refusal),
        }
    }
    described.sequences = sequences.finish();
    described.videos = videos.into_values().collect();
    Ok(described)
}

/// What kind of entry it is.
#[derive(Deserialize)]
struct EntryKind {
    error: Option<IgnoredAny>,
    filetype: Option<String>,
}

/// The photo as it is now, or why it cannot be sent. The error is one of writing JSON, which a valid entry never is.
fn source_photo(image: &ImageEntry) -> Result<Result<SourcePhoto, Refusal>, serde_json::Error> {
    let description_json = ascii_json(&EmbeddedEntry(image)).map_err(serde_json::Error::io)?;
    let found = dunce::canonicalize(&image.path).and_then(|path| Ok((fs::metadata(&path)?, path)));
    Ok(match found {
        Ok((metadata, path)) if metadata.is_file() => Ok(SourcePhoto {
            path,
            size_bytes: metadata.len(),
            modified_at_ms: modified_at_ms(&metadata),
            description_json,
            captured_at_ms: image.captured_at_ms,
            lat_deg: image.lat_deg,
            lon_deg: image.lon_deg,
        }),
        Ok(_) => Err(Refusal::of(
            image.path.clone(),
            RefusalCode::Unreadable,
            "is in the description but is no file",
        )),
        Err(error) => {
            let what = format!("is in the description but cannot be opened ({error})");
            Err(Refusal::of(image.path.clone(), RefusalCode::Unreadable, &what))
        }
    })
}

/// The photo of an entry whether or not its file is still there; `None` for an entry that cannot be written again.
pub(crate) fn photo_of_entry(image: &ImageEntry) -> Option<SourcePhoto> {
    match source_photo(image).ok()? {
        Ok(photo) => Some(photo),
        Err(_) => Some(SourcePhoto {
            path: image.path.clone(),
            size_bytes: image
                .size_bytes
                .as_ref()
                .and_then(serde_json::Number::as_u64)
                .unwrap_or(0),
            modified_at_ms: 0,
            description_json: ascii_json(&EmbeddedEntry(image)).ok()?,
            captured_at_ms: image.captured_at_ms,
            lat_deg: image.lat_deg,
            lon_deg: image.lon_deg,
        }),
    }
}

#[derive(Default)]
struct Sequences {
    numbers: HashMap<Option<String>, usize>,
    sequences: Vec<(Option<String>, Vec<SourcePhoto>)>,
}

impl Sequences {
    fn add(&mut self, id: Option<String>, photo: SourcePhoto) {
        let number = *self.numbers.entry(id.clone()).or_insert_with(|| {
            self.sequences.push((id, Vec::new()));
            self.sequences.len() - 1
        });
        if let Some((_, photos)) = self.sequences.get_mut(number) {
            photos.push(photo);
        }
    }

    fn finish(self) -> Vec<DescribedSequence> {
        self.sequences
            .into_iter()
            .map(|(id, mut photos)| {
                let mut known = HashSet::new();
                // Of two entries for one file the later one counts, as in mapillary_tools.
                photos.reverse();
                photos.retain(|photo| known.insert(photo.path.clone()));
                let name = |photo: &SourcePhoto| photo.path.file_name().map(OsString::from);
                photos.sort_by_cached_key(|photo| (photo.captured_at_ms, name(photo)));
                DescribedSequence { id, photos }
            })
            .collect()
    }
}
