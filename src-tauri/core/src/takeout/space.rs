//! Whether it will fit: asked before the first byte, because a full disk troubles more than a take-out.

use std::path::Path;

use crate::error::CoreError;

/// Kept free in any case, bytes: a computer whose disk is full to the last byte cannot even say so.
pub(super) const RESERVE_BYTES: u64 = 256 * 1024 * 1024;

/// Free bytes at `folder`, or at the nearest folder above it that exists; nothing where the system does not say.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    // A name without a folder in front of it lies in the working folder.
    std::path::absolute(folder)
        .ok()?
        .ancestors()
        .find(|above| above.is_dir())
        .and_then(|above| fs4::available_space(above).ok())
}

/// Whether `needed_bytes` more fit into `folder`.
///
/// # Errors
/// [`CoreError::NotEnoughSpace`].
pub(super) fn check_space(folder: &Path, needed_bytes: u64, free: Option<u64>) -> Result<(), CoreError> {
    match free {
        Some(free_bytes) if free_bytes < needed_bytes.saturating_add(RESERVE_BYTES) => Err(CoreError::NotEnoughSpace {
            path: folder.to_path_buf(),
            needed_bytes,
            free_bytes,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_not_begun_and_what_nobody_knows_is_tried() {
        let folder = Path::new("x");
        assert_eq!(
            check_space(folder, 10, Some(RESERVE_BYTES)).unwrap_err().code(),
            "not_enough_space"
        );
        assert!(check_space(folder, 10, Some(RESERVE_BYTES + 10)).is_ok());
        assert!(check_space(folder, u64::MAX, None).is_ok());
    }

    #[test]
    fn the_free_space_of_a_folder_that_is_still_to_be_made_is_known() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_bytes(&folder.path().join("a/b/c")).unwrap() > 0);
        assert!(free_bytes(Path::new("to-be-made")).unwrap() > 0);
    }
}
