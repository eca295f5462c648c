//! What was made of a sequence's pictures: one line for each, written before the picture gets its name, so that a later
//! run knows its own pictures from what somebody else put there.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use waypost_wire::PictureSize;

use super::ledger::OWN_FOLDER;
use crate::error::CoreError;

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    image: String,
    size: PictureSize,
    /// Path from the folder, with `/`.
    file: String,
    bytes: u64,
}

/// The lines of one sequence.
pub(super) struct PictureBook {
    path: PathBuf,
    file: File,
    made: HashMap<(String, PictureSize), (String, u64)>,
}

impl PictureBook {
    /// Reads what there is. A last line that a kill cut off is dropped.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub(super) fn open(folder: &Path, sequence_key: &str) -> Result<Self, CoreError> {
        let path = folder
            .join(OWN_FOLDER)
            .join("pictures")
            .join(format!("{sequence_key}.jsonl"));
        let error = |source| CoreError::Io {
            path: path.clone(),
            source,
        };
        let mut made = HashMap::new();
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(reason) => return Err(error(reason)),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text.get(..whole).unwrap_or_default().lines() {
            if let Ok(entry) = serde_json::from_str::<Entry>(line) {
                made.insert((entry.image, entry.size), (entry.file, entry.bytes));
            }
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(error)?;
        if whole != text.len() {
            // The cut-off line is ended, so that the next one begins on its own.
            file.write_all(b"\n").map_err(error)?;
        }
        Ok(Self { path, file, made })
    }

    /// Where a picture lies by this book, and how long it is.
    pub(super) fn find(&self, image_id: &str, size: PictureSize) -> Option<&(String, u64)> {
        // The key is built anew: a pair of borrowed parts is not one that a map can be asked for.
        self.made.get(&(image_id.to_owned(), size))
    }

    /// Writes down that a picture is about to get its name.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub(super) fn note(&mut self, image_id: &str, size: PictureSize, file: &str, bytes: u64) -> Result<(), CoreError> {
        let entry = Entry {
            image: image_id.to_owned(),
            size,
            file: file.to_owned(),
            bytes,
        };
        let io = |source| CoreError::Io {
            path: self.path.clone(),
            source,
        };
        let mut line = serde_json::to_vec(&entry).map_err(|source| io(source.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(io)?;
        self.made.insert((entry.image, size), (entry.file, bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_forgotten_and_the_next_one_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(OWN_FOLDER).join("pictures")).unwrap();
        let size = PictureSize::Original;
        let mut book = PictureBook::open(folder.path(), "key").unwrap();
        book.note("1", size, "a/1.jpg", 10).unwrap();
        let path = folder.path().join(OWN_FOLDER).join("pictures/key.jsonl");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"image\":\"2\",\"si");
        std::fs::write(&path, text).unwrap();
        let mut book = PictureBook::open(folder.path(), "key").unwrap();
        book.note("3", size, "a/3.jpg", 30).unwrap();
        let book = PictureBook::open(folder.path(), "key").unwrap();
        assert_eq!(book.find("1", size), Some(&("a/1.jpg".to_owned(), 10)));
        assert_eq!(book.find("2", size), None);
        assert_eq!(book.find("3", size), Some(&("a/3.jpg".to_owned(), 30)));
        assert_eq!(book.find("1", PictureSize::Px256), None);
    }
}
