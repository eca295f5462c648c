//! Small files that replace themselves whole, readable by their owner alone.
//!
//! A file is written beside its final place, brought to the disk and renamed: whoever looks sees the old content or
//! the new one, and a crash leaves one of the two.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::CoreError;

/// Tells the temporary files of one process apart.
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

/// Replaces `path` by `content`, mode 0600 on Unix. A link is followed, so that what it points to is replaced.
/// Missing folders are made. [`CoreError::Io`] names the file.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), CoreError> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    replace(&target, content).map_err(|source| CoreError::Io {
        path: path.to_path_buf(),
        source,
    })
}

/// Makes an empty file that only its owner can read, unless it is there. What SQLite lays beside a database takes the
/// database's mode. [`CoreError::Io`] names the file.
pub(crate) fn create_private(path: &Path) -> Result<(), CoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|source| CoreError::Io {
        path: path.to_path_buf(),
        source,
    })
}

fn replace(target: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let temporary = temporary_beside(target);
    let written = write_whole(&temporary, content).and_then(|()| std::fs::rename(&temporary, target));
    if written.is_err() {
        // The error that matters is the first one; a leftover is only litter.
        let _ = std::fs::remove_file(&temporary);
        return written;
    }
    // The new name itself reaches the disk with its folder, where the system can do that.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn temporary_beside(target: &Path) -> PathBuf {
    let number = NEXT_NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}-{number}.tmp", std::process::id()));
    target.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.json");
        write_private(&path, b"long old content").unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it_and_a_link_stays_a_link() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_private(&link, b"new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = write_private(&file.join("b"), b"").unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
