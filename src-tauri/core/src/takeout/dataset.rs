//! Reads the files of the chain back, line by line: memory holds what a stage asks for, never a whole file.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::csv;
use crate::error::CoreError;

/// The rows of a CSV file, cut down to some columns.
pub struct Dataset {
    path: PathBuf,
    lines: std::io::Lines<BufReader<File>>,
    /// Places of the wanted columns.
    places: Vec<usize>,
    line_number: u64,
}

impl Dataset {
    /// Opens a file that has these columns, wherever they stand; others are skipped.
    ///
    /// # Errors
    /// [`CoreError::Io`]; [`CoreError::DatasetFile`] when a column is missing.
    pub fn open(path: &Path, columns: &[&str]) -> Result<Self, CoreError> {
        let error = |source| CoreError::Io {
            path: path.to_path_buf(),
            source,
        };
        let mut lines = BufReader::new(File::open(path).map_err(error)?).lines();
        let header = match lines.next() {
            Some(line) => line.map_err(error)?,
            None => String::new(),
        };
        // Spreadsheets write a byte order mark.
        let names = csv::cells(header.trim_start_matches('\u{feff}')).unwrap_or_default();
        let places = columns
            .iter()
            .map(|wanted| {
                names
                    .iter()
                    .position(|name| name == wanted)
                    .ok_or_else(|| CoreError::DatasetFile {
                        path: path.to_path_buf(),
                        line_number: 1,
                        reason: format!("there is no column {wanted}"),
                    })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_path_buf(),
            lines,
            places,
            line_number: 1,
        })
    }
}

impl Iterator for Dataset {
    type Item = Result<Vec<String>, CoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.line_number += 1;
            let line = match self.lines.next()? {
                Ok(line) if line.is_empty() => continue,
                Ok(line) => line,
                Err(source) => {
                    return Some(Err(CoreError::Io {
                        path: self.path.clone(),
                        source,
                    }));
                }
            };
            let row = csv::cells(&line).and_then(|cells| {
                self.places
                    .iter()
                    .map(|place| cells.get(*place).cloned())
                    .collect::<Option<Vec<String>>>()
            });
            return Some(row.ok_or_else(|| CoreError::DatasetFile {
                path: self.path.clone(),
                line_number: self.line_number,
                reason: "a cell is missing, or a quote is not closed".into(),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, columns: &[&str]) -> Result<Vec<Vec<String>>, CoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        Dataset::open(&path, columns)?.collect()
    }

    #[test]
    fn columns_are_found_by_name_wherever_they_stand() {
        let rows = read(
            "\u{feff}a,img_id,seq_id\r\n1,2,3\r\n\r\n4,5,6\r\n",
            &["seq_id", "img_id"],
        )
        .unwrap();
        assert_eq!(rows, [["3", "2"], ["6", "5"]]);
    }

    #[test]
    fn a_file_of_another_stage_and_a_line_that_was_cut_off_are_named() {
        let error = read("org_id,seq_id\n,k\n", &["img_id"]).unwrap_err();
        assert_eq!(error.code(), "dataset_file");
        let error = read("seq_id,img_id\na,1\nb", &["img_id"]).unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
    }
}
