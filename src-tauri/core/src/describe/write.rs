//! Writing the description file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::ascii::write_ascii_json;
use super::error_entry::{ErrorEntry, resolved_path};
use super::gpx::{is_gpx, write_gpx};
use super::image_entry::ImageEntry;
use super::video_entry::VideoEntry;
use crate::error::CoreError;
use crate::plan::Plan;

/// The name of the description file in the folder that was read (mapillary_tools 0.14.7).
pub const DESCRIPTION_FILE_NAME: &str = "mapillary_image_description.json";

/// Where a description goes to or comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescriptionPlace {
    /// A file.
    File(PathBuf),
    /// Standard output, or input.
    StandardStream,
}

impl DescriptionPlace {
    /// The place that mapillary_tools would take: what `--desc_path` says (`-` is the standard stream); without it
    /// `file_name` in the folder that was given, and the standard stream if that was a file or there are several.
    pub fn choose(desc_path: Option<&Path>, given_paths: &[PathBuf], file_name: &str) -> Self {
        match (desc_path, given_paths) {
            (Some(path), _) if path == Path::new("-") => Self::StandardStream,
            (Some(path), _) => Self::File(path.to_path_buf()),
            (None, [folder]) if folder.is_dir() => Self::File(folder.join(file_name)),
            (None, _) => Self::StandardStream,
        }
    }
}

/// Writes the plan as a description: all photos in the order of their sequences, then all videos, then all
/// refusals.
///
/// # Errors
/// The writer's.
pub fn write_description_to(plan: &Plan, writer: &mut dyn Write) -> io::Result<()> {
    write_ascii_json(writer, &Description(plan))
}

/// Writes the plan's description to its place; as GPX if the file's name ends in `.gpx`. A file is written beside its place first and takes it when complete;
/// a file that is there is replaced only if it looks like a description.
///
/// # Errors
/// [`CoreError::DescriptionFile`] for a file that is something else, [`CoreError::Io`].
pub fn write_description(plan: &Plan, place: &DescriptionPlace) -> Result<(), CoreError> {
    match place {
        DescriptionPlace::StandardStream => {
            let mut output = BufWriter::new(io::stdout().lock());
            write_description_to(plan, &mut output)
                .and_then(|()| output.write_all(b"\n"))
                .and_then(|()| output.flush())
                .map_err(|source| CoreError::Io {
                    path: "-".into(),
                    source,
                })
        }
        DescriptionPlace::File(path) => write_file(plan, path),
    }
}

fn write_file(plan: &Plan, path: &Path) -> Result<(), CoreError> {
    let io_error = |source| CoreError::Io {
        path: path.to_path_buf(),
        source,
    };
    let write: WriteText = if is_gpx(path) { write_gpx } else { write_description_to };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            if !looks_like_a_description(path).map_err(io_error)? {
                return Err(CoreError::DescriptionFile {
                    path: path.to_path_buf(),
                    reason: "it is something else, so it is not overwritten".into(),
                });
            }
        }
        // A pipe or a device is written to as it is.
        Ok(metadata) if !metadata.is_dir() => {
            let file = File::options().write(true).open(path).map_err(io_error)?;
            let mut output = BufWriter::new(file);
            return write(plan, &mut output).and_then(|()| output.flush()).map_err(io_error);
        }
        Ok(_) => return Err(io_error(io::Error::from(io::ErrorKind::IsADirectory))),
        Err(_) => {}
    }
    let beside = beside(path);
    let written = write_new_file(plan, &beside, write).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Nothing more can be done about it; the error of writing is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(io_error)
}

/// Writes a plan in one of the formats.
type WriteText = fn(&Plan, &mut dyn Write) -> io::Result<()>;

fn write_new_file(plan: &Plan, path: &Path, write: WriteText) -> io::Result<()> {
    let mut output = BufWriter::new(File::create_new(path)?);
    write(plan, &mut output)?;
    output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// A hidden name in the same folder that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    path.with_file_name(format!(".waypost-{}.part", uuid::Uuid::new_v4().simple()))
}

/// Whether a file is empty or starts like a description: a JSON array, or a track file.
fn looks_like_a_description(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(1024).read_to_end(&mut beginning)?;
    let beginning = beginning.trim_ascii_start();
    let is_gpx = beginning.starts_with(b"<?xml") && beginning.windows(4).any(|bytes| bytes == b"<gpx");
    Ok(beginning.is_empty() || beginning.starts_with(b"[") || is_gpx)
}

/// The plan as one JSON array, entry by entry, so that nothing but one entry is held in memory.
struct Description<'a>(&'a Plan);

impl Serialize for Description<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_seq(None)?;
        for sequence in &self.0.sequences {
            for photo in &sequence.photos {
                entries.serialize_element(&ImageEntry::of_sequence_photo(photo, &sequence.id))?;
            }
        }
        for video in &self.0.videos {
            entries.serialize_element(&VideoEntry::of(video))?;
        }
        for refusal in &self.0.refusals {
            entries.serialize_element(&ErrorEntry::of(refusal, &resolved_path(refusal)))?;
        }
        entries.end()
    }
}
