//! The MD5s of originals, for mapillary_tools' history: its key is made of them, and they are not the MD5s of what is
//! sent. They are reckoned while the files are read anyway, so that no card is read a second time for them.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use waypost_md5::{LANES, md5_hexes_of};

use crate::error::CoreError;

/// What was reckoned in this run, lowercase hex.
#[derive(Debug, Default)]
pub struct Originals(Mutex<HashMap<PathBuf, String>>);

impl Originals {
    /// Remembers one.
    pub fn note(&self, path: &Path, md5_hex: String) {
        self.known().insert(path.to_path_buf(), md5_hex);
    }

    /// What is known of a file.
    pub fn get(&self, path: &Path) -> Option<String> {
        self.known().get(path).cloned()
    }

    /// The MD5s of all these files, in their order; those that are not known yet are read whole. Blocking.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub fn all<'a>(&self, paths: impl IntoIterator<Item = &'a Path>) -> Result<Vec<String>, CoreError> {
        let paths: Vec<&Path> = paths.into_iter().collect();
        let unknown: Vec<&Path> = {
            let known = self.known();
            paths
                .iter()
                .copied()
                .filter(|path| !known.contains_key(*path))
                .collect()
        };
        unknown.par_chunks(LANES).try_for_each(|paths| {
            for (path, md5_hex) in paths.iter().zip(read(paths)?) {
                self.note(path, md5_hex);
            }
            Ok::<(), CoreError>(())
        })?;
        let known = self.known();
        Ok(paths.iter().filter_map(|path| known.get(*path).cloned()).collect())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<PathBuf, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The MD5s of up to [`LANES`] files, read side by side.
fn read(paths: &[&Path]) -> Result<Vec<String>, CoreError> {
    let io_error = |number: usize, source| CoreError::Io {
        path: paths.get(number).copied().unwrap_or(Path::new("")).to_path_buf(),
        source,
    };
    let files: Result<Vec<File>, CoreError> = paths
        .iter()
        .enumerate()
        .map(|(number, path)| File::open(path).map_err(|error| io_error(number, error)))
        .collect();
    md5_hexes_of(&mut files?).map_err(|(number, error)| io_error(number, error))
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};

    use super::*;

    #[test]
    fn what_is_known_is_not_read_again_and_a_file_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..6).map(|number| folder.path().join(number.to_string())).collect();
        for (number, path) in paths.iter().enumerate().skip(1) {
            std::fs::write(path, number.to_string()).unwrap();
        }
        let originals = Originals::default();
        originals.note(&paths[0], "known".into());
        let md5s = originals.all(paths.iter().map(PathBuf::as_path)).unwrap();
        assert_eq!(md5s[0], "known");
        assert_eq!(md5s[5], hex::encode(Md5::digest("5")));
        assert_eq!(originals.get(&paths[5]), Some(md5s[5].clone()));
        let missing = folder.path().join("missing");
        let error = originals.all([missing.as_path()]).unwrap_err();
        assert!(matches!(error, CoreError::Io { path, .. } if path == missing));
    }
}
