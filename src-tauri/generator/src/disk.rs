//! Writing files without ever touching one that exists.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

use crate::{GeneratorError, PhotoSpec, photo_bytes};

/// Writes photos into `folder` under their names, several at a time, and returns their paths in
/// the same order. Folders are made as needed; nothing is overwritten.
///
/// Errors: `target_exists` before anything is written, `not_written`, and those of
/// [`photo_bytes`].
pub fn write_photo_folder(folder: &Path, photos: &[PhotoSpec]) -> Result<Vec<PathBuf>, GeneratorError> {
    let photos: Vec<_> = photos
        .iter()
        .map(|photo| (folder.join(&photo.file_name), photo.clone()))
        .collect();
    refuse_existing(photos.iter().map(|(path, _)| path))?;
    write_photos(&photos)?;
    Ok(photos.into_iter().map(|(path, _)| path).collect())
}

/// Fails with `target_exists` for the first path at which there is something.
pub(crate) fn refuse_existing<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Result<(), GeneratorError> {
    for path in paths {
        // A link that leads nowhere is in the way as well.
        if fs::symlink_metadata(path).is_ok() {
            return Err(GeneratorError::TargetExists { path: path.clone() });
        }
    }
    Ok(())
}

/// Makes and writes photos on all cores; of several errors the first in order is returned.
pub(crate) fn write_photos(photos: &[(PathBuf, PhotoSpec)]) -> Result<(), GeneratorError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = photos.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = photos
            .chunks(share)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .try_for_each(|(path, spec)| write_new(path, &photo_bytes(spec)?))
                })
            })
            .collect();
        running
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Writes a file that must not exist yet, and the folders above it.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), GeneratorError> {
    create_new(path)?
        .write_all(bytes)
        .map_err(|source| not_written(path, source))
}

/// Makes a file that must not exist yet, and the folders above it.
pub(crate) fn create_new(path: &Path) -> Result<fs::File, GeneratorError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| not_written(folder, source))?;
    }
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    opened.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => GeneratorError::TargetExists {
            path: path.to_path_buf(),
        },
        _ => not_written(path, source),
    })
}

/// The error for a path that the system refused.
pub(crate) fn not_written(path: &Path, source: io::Error) -> GeneratorError {
    GeneratorError::NotWritten {
        path: path.to_path_buf(),
        source,
    }
}
