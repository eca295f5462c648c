//! Small pictures of published images, kept on the disk so that a list is drawn without asking anybody, and offline too.
//!
//! A cache: it is bounded, the oldest pictures make room for new ones, and losing all of it loses nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Most bytes on the shelf: about six thousand pictures of 320 pixels.
pub const SHELF_BYTES: u64 = 96 * 1024 * 1024;

/// Longest number of an image, digits. Real ones have 15 to 18.
const MAX_ID_DIGITS: usize = 32;

/// A folder of pictures by the number of their image.
#[derive(Debug)]
pub struct PictureShelf {
    folder: PathBuf,
    limit_bytes: u64,
    /// Bytes on it; `None` while nobody counted.
    held_bytes: Mutex<Option<u64>>,
}

impl PictureShelf {
    /// The shelf in `folder`, which is made when the first picture comes.
    pub fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self {
            folder,
            limit_bytes,
            held_bytes: Mutex::new(None),
        }
    }

    /// The picture of an image. Blocking.
    pub fn get(&self, image_id: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(image_id)?).ok()
    }

    /// Puts a picture there; of what is no number of an image nothing is kept. Blocking.
    ///
    /// # Errors
    /// Whatever the disk says; the picture is not there then.
    pub fn keep(&self, image_id: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(path) = self.path(image_id) else {
            return Ok(());
        };
        // One at a time: two that count would both be wrong.
        let mut held_bytes = self.held_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        std::fs::create_dir_all(&self.folder)?;
        let held = match *held_bytes {
            Some(held) => held,
            None => pictures_in(&self.folder)?.iter().map(|picture| picture.1).sum(),
        };
        let before = std::fs::metadata(&path).map_or(0, |found| found.len());
        let part = path.with_extension("part");
        std::fs::write(&part, bytes)?;
        std::fs::rename(&part, &path)?;
        let held = (held + bytes.len() as u64).saturating_sub(before);
        *held_bytes = Some(if held > self.limit_bytes {
            self.clear_oldest()?
        } else {
            held
        });
        Ok(())
    }

    /// Takes the oldest away until a quarter is free, so that this is seldom; returns the bytes that stay.
    fn clear_oldest(&self) -> io::Result<u64> {
        let mut pictures = pictures_in(&self.folder)?;
        pictures.sort();
        let mut held: u64 = pictures.iter().map(|picture| picture.1).sum();
        let wanted = self.limit_bytes - self.limit_bytes / 4;
        for (_, bytes, path) in pictures {
            if held <= wanted {
                break;
            }
            std::fs::remove_file(path)?;
            held = held.saturating_sub(bytes);
        }
        Ok(held)
    }

    /// Numbers only: nothing that comes from elsewhere becomes a path.
    fn path(&self, image_id: &str) -> Option<PathBuf> {
        let is_number = (1..=MAX_ID_DIGITS).contains(&image_id.len()) && image_id.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| self.folder.join(format!("{image_id}.jpg")))
    }
}

/// When each file was written, its bytes and its path.
fn pictures_in(folder: &Path) -> io::Result<Vec<(SystemTime, u64, PathBuf)>> {
    std::fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            let found = entry.metadata()?;
            Ok((found.modified()?, found.len(), entry.path()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_oldest_pictures_make_room_and_the_shelf_never_holds_more_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = PictureShelf::new(folder.path().join("shelf"), 1_000);
        for number in 1..=30_u64 {
            shelf.keep(&number.to_string(), &[7; 100]).unwrap();
            if number < 30 {
                let file = std::fs::File::options()
                    .write(true)
                    .open(folder.path().join(format!("shelf/{number}.jpg")))
                    .unwrap();
                let at = SystemTime::UNIX_EPOCH + Duration::from_secs(number);
                file.set_modified(at).unwrap();
            }
            let held: u64 = pictures_in(&folder.path().join("shelf"))
                .unwrap()
                .iter()
                .map(|picture| picture.1)
                .sum();
            assert!(held <= 1_000, "{held}");
        }
        assert_eq!(shelf.get("30").unwrap(), [7; 100]);
        assert_eq!(shelf.get("1"), None);
    }

    #[test]
    fn a_picture_that_comes_again_takes_its_own_place() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = PictureShelf::new(folder.path().to_path_buf(), 1_000);
        for _ in 0..50 {
            shelf.keep("5", &[1; 400]).unwrap();
        }
        shelf.keep("6", &[2; 400]).unwrap();
        assert!(shelf.get("5").is_some() && shelf.get("6").is_some());
        let again = PictureShelf::new(folder.path().to_path_buf(), 1_000);
        again.keep("7", &[3; 400]).unwrap();
        assert!(again.get("7").is_some());
        assert_eq!(
            pictures_in(folder.path()).unwrap().len(),
            1,
            "what an earlier run kept was counted"
        );
    }

    #[test]
    fn only_numbers_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = PictureShelf::new(folder.path().join("shelf"), 1_000);
        for image_id in ["", "../x", "12a", "1/2", "123456789012345678901234567890123"] {
            shelf.keep(image_id, &[1]).unwrap();
            assert_eq!(shelf.get(image_id), None);
        }
        assert!(!folder.path().join("shelf").exists());
    }
}
