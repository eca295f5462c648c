//! Puts a downloaded picture into the folder: checked, with its facts in its header, under its name only when it is
//! whole, and never over a file that is not ours.

use std::fs::{File, FileTimes};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use waypost_media::{PictureFacts, read_photo, restore_facts};
use waypost_wire::PictureSize;

use super::ledger::OWN_FOLDER;
use super::picture_book::PictureBook;
use crate::error::CoreError;

/// What is to be kept, and where.
pub(super) struct Picture<'a> {
    /// The folder of the take-out.
    pub(super) root: &'a Path,
    /// Path from there, with `/`.
    pub(super) file: &'a str,
    /// Mapillary's id.
    pub(super) image_id: &'a str,
    /// Size.
    pub(super) size: PictureSize,
    /// As it was downloaded.
    pub(super) bytes: &'a [u8],
    /// To be written into its header.
    pub(super) facts: &'a PictureFacts,
    /// Becomes the file's time, milliseconds since 1970 UTC.
    pub(super) captured_at_ms: Option<i64>,
}

/// What lies where a picture belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Present {
    /// Nothing, or what a power cut left of ours.
    No,
    /// Our picture, be it that somebody has edited it since.
    Yes,
}

/// Whether a picture that the book knows lies there.
pub(super) fn is_present(root: &Path, file: &str, bytes: u64) -> Present {
    let path = root.join(file);
    match std::fs::metadata(&path) {
        Ok(found) if found.is_file() && found.len() == bytes => Present::Yes,
        // Another length is an edit by somebody, if it still is a picture: theirs to keep.
        Ok(found) if found.is_file() && File::open(&path).is_ok_and(|mut file| is_whole(&mut file)) => Present::Yes,
        _ => Present::No,
    }
}

fn is_whole<R: std::io::Read + std::io::Seek>(reader: &mut R) -> bool {
    read_photo(reader).is_ok_and(|facts| facts.has_end)
}

/// Keeps a picture. Returns how many bytes the file has.
///
/// # Errors
/// [`CoreError::PictureDamaged`] when it is no whole JPEG, [`CoreError::FileInTheWay`] when a file that is not ours has
/// its name; both concern this picture alone. [`CoreError::Io`] concerns the disk.
pub(super) fn keep(picture: &Picture<'_>, book: &Mutex<PictureBook>) -> Result<u64, CoreError> {
    let mut reader = Cursor::new(picture.bytes);
    if !is_whole(&mut reader) {
        return Err(CoreError::PictureDamaged {
            image_id: picture.image_id.to_owned(),
        });
    }
    // Facts that do not fit in are left out: the picture is worth more than its header.
    let splice = restore_facts(&mut reader, picture.facts).ok().flatten();
    let (head, rest) = match &splice {
        Some(splice) => {
            let from = usize::try_from(splice.replaced_length_bytes).unwrap_or(usize::MAX);
            (splice.bytes.as_slice(), picture.bytes.get(from..).unwrap_or_default())
        }
        None => (&[][..], picture.bytes),
    };
    let length = (head.len() + rest.len()) as u64;
    let path = picture.root.join(picture.file);
    let book = || book.lock().unwrap_or_else(PoisonError::into_inner);
    let is_ours = book()
        .find(picture.image_id, picture.size)
        .is_some_and(|(file, _)| file == picture.file);
    if path.exists() && !is_ours {
        return Err(CoreError::FileInTheWay { path });
    }
    let part = part_of(picture);
    let error = |path: &Path| {
        let path = path.to_path_buf();
        move |source| CoreError::Io { path, source }
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(error(folder))?;
    }
    let write = || {
        let mut file = File::create(&part)?;
        file.write_all(head)?;
        file.write_all(rest)?;
        if let Some(at) = picture.captured_at_ms.and_then(|at_ms| u64::try_from(at_ms).ok()) {
            // A file system that keeps no such time keeps the picture all the same.
            let _kept = file.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_millis(at)));
        }
        Ok(())
    };
    if let Err(source) = write() {
        // What was begun takes room that may be missing now.
        let _removed = std::fs::remove_file(&part);
        return Err(CoreError::Io { path: part, source });
    }
    book().note(picture.image_id, picture.size, picture.file, length)?;
    if is_ours {
        std::fs::rename(&part, &path).map_err(error(&path))?;
    } else {
        give_name(&part, &path)?;
    }
    Ok(length)
}

/// Renames without replacing what came there in the meantime.
fn give_name(part: &Path, path: &Path) -> Result<(), CoreError> {
    match std::fs::hard_link(part, path) {
        Ok(()) => {
            // The second name of a picture that is kept; the next run clears it away if this fails.
            let _removed = std::fs::remove_file(part);
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let _removed = std::fs::remove_file(part);
            Err(CoreError::FileInTheWay {
                path: path.to_path_buf(),
            })
        }
        // File systems of cards know no second names.
        Err(_) => std::fs::rename(part, path).map_err(|source| CoreError::Io {
            path: path.to_path_buf(),
            source,
        }),
    }
}

fn part_of(picture: &Picture<'_>) -> PathBuf {
    let name = picture.file.rsplit('/').next().unwrap_or_default();
    picture.root.join(OWN_FOLDER).join("parts").join(format!("{name}.part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0]);
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9]);
        bytes
    }

    fn keep_in(root: &Path, bytes: &[u8]) -> Result<u64, CoreError> {
        for folder in ["pictures", "parts"] {
            std::fs::create_dir_all(root.join(OWN_FOLDER).join(folder)).unwrap();
        }
        let picture = Picture {
            root,
            file: "anna/key/00000_1_256.jpg",
            image_id: "1",
            size: PictureSize::Px256,
            bytes,
            facts: &PictureFacts {
                make: Some("GoPro".into()),
                ..PictureFacts::default()
            },
            captured_at_ms: Some(1_660_668_166_007),
        };
        keep(&picture, &Mutex::new(PictureBook::open(root, "key")?))
    }

    #[test]
    fn a_picture_gets_its_facts_its_time_and_no_leftovers() {
        let root = tempfile::tempdir().unwrap();
        let length = keep_in(root.path(), &jpeg()).unwrap();
        let path = root.path().join("anna/key/00000_1_256.jpg");
        let found = std::fs::metadata(&path).unwrap();
        assert_eq!(found.len(), length);
        assert_eq!(
            found.modified().unwrap(),
            UNIX_EPOCH + Duration::from_millis(1_660_668_166_007)
        );
        let facts = read_photo(&mut File::open(&path).unwrap()).unwrap();
        assert_eq!(facts.make.as_deref(), Some("GoPro"));
        assert_eq!(
            std::fs::read_dir(root.path().join(OWN_FOLDER).join("parts"))
                .unwrap()
                .count(),
            0
        );
        assert_eq!(
            is_present(root.path(), "anna/key/00000_1_256.jpg", length),
            Present::Yes
        );
    }

    #[test]
    fn a_file_of_somebody_else_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("anna/key/00000_1_256.jpg");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "mine").unwrap();
        assert_eq!(keep_in(root.path(), &jpeg()).unwrap_err().code(), "file_in_the_way");
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn half_a_picture_is_not_kept_and_an_edited_one_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let whole = jpeg();
        let error = keep_in(root.path(), &whole[..whole.len() - 2]).unwrap_err();
        assert_eq!(error.code(), "picture_damaged");
        let path = root.path().join("anna/key/00000_1_256.jpg");
        assert!(!path.exists());
        let length = keep_in(root.path(), &whole).unwrap();
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(
            is_present(root.path(), "anna/key/00000_1_256.jpg", length),
            Present::Yes
        );
        std::fs::write(&path, "").unwrap();
        assert_eq!(is_present(root.path(), "anna/key/00000_1_256.jpg", length), Present::No);
        assert_eq!(keep_in(root.path(), &whole).unwrap(), length);
    }
}
