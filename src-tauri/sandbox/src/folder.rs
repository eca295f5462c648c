//! The data folder: plain files, each written whole or not at all, so that a killed sandbox finds
//! a state it knows when it starts again.
//!
//! ```text
//! identity.json       who this practice service is, and its app
//! tokens.json         SHA-256 of the tokens given out; never a token itself
//! uploads/KEY         the bytes of a session; its offset is the length of the file
//! handles/HASH        the session key behind a file handle
//! packages/NAME       what a cluster was made from (hard links to uploads)
//! clusters/ID.json    finished uploads and their images
//! thumbs/NAME.jpg     scaled pictures, made when first asked for
//! violations.json     what a strict service would not have liked
//! lock                held while a sandbox works here
//! ```

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SandboxError;

/// The places of the sandbox's files, and the lock on them.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    _lock: File,
    /// Set when nobody named a folder; removes everything when dropped.
    _temporary: Option<tempfile::TempDir>,
}

/// An error about one file.
pub(crate) fn failed(path: &Path, source: std::io::Error) -> SandboxError {
    SandboxError::DataFolder {
        path: path.to_path_buf(),
        source,
    }
}

impl Folder {
    /// Opens the folder at `root`, or a temporary one when `root` is empty.
    pub(crate) fn open(root: &Path) -> Result<Self, SandboxError> {
        let temporary = if root.as_os_str().is_empty() {
            let made = tempfile::Builder::new().prefix("waypost-practice-").tempdir();
            Some(made.map_err(|source| failed(&std::env::temp_dir(), source))?)
        } else {
            None
        };
        let root = temporary
            .as_ref()
            .map_or_else(|| root.to_path_buf(), |made| made.path().to_path_buf());
        for name in ["uploads", "handles", "packages", "clusters", "thumbs"] {
            let path = root.join(name);
            std::fs::create_dir_all(&path).map_err(|source| failed(&path, source))?;
        }
        let lock_path = root.join("lock");
        let lock = File::create(&lock_path).map_err(|source| failed(&lock_path, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SandboxError::DataFolderInUse { path: root });
            }
            Err(TryLockError::Error(source)) => return Err(failed(&lock_path, source)),
        }
        Ok(Self {
            root,
            _lock: lock,
            _temporary: temporary,
        })
    }

    /// The path of `name` inside the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// Writes `bytes` to `path` so that readers see the old content or the new, never a part.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SandboxError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| failed(path, source))
}

/// Writes `value` as JSON, whole or not at all.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), SandboxError> {
    let bytes = serde_json::to_vec_pretty(value).map_err(|error| SandboxError::DamagedState {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    write_whole(path, &bytes)
}

/// Reads JSON written by [`write_json`]; a missing file is `None`.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, SandboxError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(path, source)),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| SandboxError::DamagedState {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })
}

/// Gives `from` a second name `to`; copies where the file system knows no hard links.
pub(crate) fn link_or_copy(from: &Path, to: &Path) -> Result<(), SandboxError> {
    if std::fs::hard_link(from, to).is_err() {
        std::fs::copy(from, to).map_err(|source| failed(to, source))?;
    }
    Ok(())
}
