//! Folders for tests. `cargo xtask test` names a place where all of them are kept until it has searched them for secrets;
//! otherwise each goes away with its test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Names the place where scratch folders are kept.
pub const VARIABLE: &str = "WAYPOST_TEST_SCRATCH";

/// The place where scratch folders are kept, where one is named.
pub fn kept() -> Option<PathBuf> {
    std::env::var_os(VARIABLE)
        .filter(|place| !place.is_empty())
        .map(PathBuf::from)
}

/// A folder for one test.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    is_kept: bool,
}

impl Scratch {
    /// A new folder of this suite.
    pub fn new(suite: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let kept = kept();
        let is_kept = kept.is_some();
        let place = kept.unwrap_or_else(|| std::env::temp_dir().join("waypost-tests"));
        std::fs::create_dir_all(&place).expect("a place for scratch folders");
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = place.join(format!("{suite}-{}-{count}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self { path, is_kept },
                // Left by an earlier process of the same number.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{} cannot be made: {error}", path.display()),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.is_kept {
            // A process that was killed may still be writing; what stays is in the temporary folder.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
