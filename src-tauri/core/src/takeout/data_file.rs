//! Files that grow sequence by sequence and survive a kill at any byte: what was written after the last agreed length
//! is cut off again.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::CoreError;

/// What stands around the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A first line; rows are whole lines.
    Csv(String),
    /// A JSON array: what stands in front of it and behind it.
    Array {
        /// Up to and with the bracket.
        open: &'static str,
        /// From the bracket on.
        close: &'static str,
    },
}

/// A file under way. Until it is closed its name ends with `.part`.
pub(super) struct DataFile {
    /// Its name when it is done.
    pub(super) name: &'static str,
    frame: Frame,
    part: PathBuf,
    path: PathBuf,
    file: File,
    length_bytes: u64,
    is_empty: bool,
}

impl DataFile {
    /// Goes on after `agreed_bytes`; with 0 it begins anew.
    ///
    /// # Errors
    /// [`CoreError::Io`]; [`CoreError::TakeOutFolder`] when the file is shorter than agreed: somebody changed it.
    pub(super) fn open(folder: &Path, name: &'static str, frame: Frame, agreed_bytes: u64) -> Result<Self, CoreError> {
        let part = folder.join(format!("{name}.part"));
        let error = |source| CoreError::Io {
            path: part.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .read(true)
            .open(&part)
            .map_err(error)?;
        if file.metadata().map_err(error)?.len() < agreed_bytes {
            return Err(CoreError::TakeOutFolder {
                path: folder.to_path_buf(),
                reason: format!("{name}.part is shorter than it was written"),
            });
        }
        file.set_len(agreed_bytes).map_err(error)?;
        file.seek(SeekFrom::End(0)).map_err(error)?;
        let beginning = match &frame {
            Frame::Csv(header) => header.clone(),
            Frame::Array { open, .. } => (*open).to_owned(),
        };
        let mut data = Self {
            name,
            is_empty: agreed_bytes <= beginning.len() as u64,
            frame,
            path: folder.join(name),
            part,
            file,
            length_bytes: agreed_bytes,
        };
        if agreed_bytes == 0 {
            data.put(&beginning)?;
        }
        Ok(data)
    }

    /// Appends rows: whole lines of CSV, or values of JSON without commas.
    pub(super) fn rows(&mut self, rows: &[String]) -> Result<(), CoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let text = match &self.frame {
            Frame::Csv(_) => rows.concat(),
            Frame::Array { .. } => {
                let separator = if self.is_empty { "\n" } else { ",\n" };
                format!("{separator}{}", rows.join(",\n"))
            }
        };
        self.is_empty = false;
        self.put(&text)
    }

    /// Makes sure that what was written outlives a power cut, and says how long the file is.
    pub(super) fn settle(&mut self) -> Result<u64, CoreError> {
        self.file.sync_data().map_err(|source| self.error(source))?;
        Ok(self.length_bytes)
    }

    /// Closes the file and gives it its name.
    pub(super) fn close(mut self) -> Result<&'static str, CoreError> {
        if let Frame::Array { close, .. } = self.frame {
            self.put(close)?;
        }
        self.settle()?;
        std::fs::rename(&self.part, &self.path).map_err(|source| self.error(source))?;
        Ok(self.name)
    }

    fn put(&mut self, text: &str) -> Result<(), CoreError> {
        self.file
            .write_all(text.as_bytes())
            .map_err(|source| self.error(source))?;
        self.length_bytes = self.length_bytes.saturating_add(text.len() as u64);
        Ok(())
    }

    fn error(&self, source: std::io::Error) -> CoreError {
        CoreError::Io {
            path: self.part.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARRAY: Frame = Frame::Array {
        open: "[",
        close: "\n]\n",
    };

    #[test]
    fn what_was_written_after_the_last_agreement_is_cut_off_and_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut data = DataFile::open(folder.path(), "x.json", ARRAY, 0).unwrap();
        data.rows(&["1".into(), "2".into()]).unwrap();
        let agreed = data.settle().unwrap();
        data.rows(&["3".into()]).unwrap();
        drop(data);
        let mut data = DataFile::open(folder.path(), "x.json", ARRAY, agreed).unwrap();
        data.rows(&["4".into()]).unwrap();
        assert!(!folder.path().join("x.json").exists());
        assert_eq!(data.close().unwrap(), "x.json");
        let text = std::fs::read_to_string(folder.path().join("x.json")).unwrap();
        assert_eq!(text, "[\n1,\n2,\n4\n]\n");
    }

    #[test]
    fn an_empty_file_is_a_valid_one() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFile::open(folder.path(), "x.json", ARRAY, 0).unwrap();
        data.close().unwrap();
        let text = std::fs::read_to_string(folder.path().join("x.json")).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value, serde_json::json!([]));
    }

    #[test]
    fn a_file_that_somebody_shortened_is_not_continued() {
        let folder = tempfile::tempdir().unwrap();
        let error = DataFile::open(folder.path(), "x.csv", Frame::Csv("a\n".into()), 10)
            .err()
            .unwrap();
        assert_eq!(error.code(), "take_out_folder");
    }
}
