//! Small pictures that were made, in memory within a bound: scrolling back through a plan reads and decodes nothing anew.
//!
//! A picture belongs to a state of a file: its path, size and time. A file that changed has another picture.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::Semaphore;

use super::picture::picture;

/// Most that pictures may take, bytes: some 10,000 previews as cameras write them.
const MAX_BYTES: usize = 64 << 20;
/// What an entry takes beside its picture and path, bytes, generously.
const ENTRY_BYTES: usize = 256;

/// A file as it was when its picture was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FileState {
    path: PathBuf,
    length_bytes: u64,
    modified_at: Option<SystemTime>,
}

impl FileState {
    /// As the file is now; `None` for none.
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            path: path.to_path_buf(),
            length_bytes: metadata.len(),
            modified_at: metadata.modified().ok(),
        })
    }
}

/// Pictures by the state of their file; the one that was not looked at for the longest goes first.
#[derive(Debug, Default)]
struct Pictures {
    kept: HashMap<FileState, (Arc<[u8]>, u64)>,
    by_turn: BTreeMap<u64, FileState>,
    turn: u64,
    used_bytes: usize,
}

impl Pictures {
    fn get(&mut self, file: &FileState) -> Option<Arc<[u8]>> {
        let turn = self.next_turn();
        let (picture, looked_at) = self.kept.get_mut(file)?;
        if let Some(file) = self.by_turn.remove(looked_at) {
            self.by_turn.insert(turn, file);
        }
        *looked_at = turn;
        Some(Arc::clone(picture))
    }

    fn put(&mut self, file: FileState, picture: Arc<[u8]>, max_bytes: usize) {
        let around = around_bytes(&file);
        self.used_bytes = self.used_bytes.saturating_add(around + picture.len());
        let turn = self.next_turn();
        self.by_turn.insert(turn, file.clone());
        if let Some((earlier, looked_at)) = self.kept.insert(file, (picture, turn)) {
            self.by_turn.remove(&looked_at);
            self.used_bytes = self.used_bytes.saturating_sub(around + earlier.len());
        }
        while self.used_bytes > max_bytes
            && let Some((_, oldest)) = self.by_turn.pop_first()
        {
            if let Some((gone, _)) = self.kept.remove(&oldest) {
                self.used_bytes = self.used_bytes.saturating_sub(around_bytes(&oldest) + gone.len());
            }
        }
    }

    fn next_turn(&mut self) -> u64 {
        self.turn = self.turn.saturating_add(1);
        self.turn
    }
}

/// What an entry takes beside its picture, bytes.
fn around_bytes(file: &FileState) -> usize {
    // The path stands in it twice.
    2 * file.path.as_os_str().len() + ENTRY_BYTES
}

/// The pictures of a window.
#[derive(Debug)]
pub(super) struct PictureCache {
    pictures: Arc<Mutex<Pictures>>,
    /// One decoder for each processor: each may take as much memory as a photo.
    decoders: Semaphore,
    max_bytes: usize,
}

impl Default for PictureCache {
    fn default() -> Self {
        Self::within(MAX_BYTES)
    }
}

impl PictureCache {
    fn within(max_bytes: usize) -> Self {
        Self {
            pictures: Arc::default(),
            decoders: Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)),
            max_bytes,
        }
    }

    /// The picture of the file at `path`, made off the async threads where it is not there; `None` where it has none.
    pub(super) async fn of_file(&self, path: PathBuf) -> Option<Vec<u8>> {
        let _decoder = self.decoders.acquire().await.ok()?;
        let (pictures, max_bytes) = (Arc::clone(&self.pictures), self.max_bytes);
        let made = tokio::task::spawn_blocking(move || {
            let file = FileState::of(&path)?;
            if let Some(kept) = lock(&pictures).get(&file) {
                return Some(kept.to_vec());
            }
            let made = picture(&path)?;
            lock(&pictures).put(file, made.as_slice().into(), max_bytes);
            Some(made)
        });
        made.await.ok().flatten()
    }
}

fn lock(pictures: &Mutex<Pictures>) -> MutexGuard<'_, Pictures> {
    pictures.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waypost_generator::{PhotoSpec, photo_bytes};

    fn file(number: u64) -> FileState {
        FileState {
            path: "G0010001.JPG".into(),
            length_bytes: number,
            modified_at: None,
        }
    }

    #[test]
    fn pictures_stay_within_their_bound_and_the_one_not_looked_at_goes_first() {
        let mut pictures = Pictures::default();
        let max_bytes = 100_000;
        for number in 0..1_000 {
            pictures.put(file(number), vec![0; 4_000].into(), max_bytes);
            assert!(pictures.get(&file(0)).is_some(), "looked at again and again");
            assert!(pictures.used_bytes <= max_bytes);
            assert_eq!(pictures.kept.len(), pictures.by_turn.len());
        }
        assert!(pictures.get(&file(999)).is_some() && pictures.get(&file(1)).is_none());
        let counted: usize = pictures
            .kept
            .iter()
            .map(|(file, (picture, _))| around_bytes(file) + picture.len())
            .sum();
        assert_eq!(pictures.used_bytes, counted);
        // A picture in the place of another counts once, and one that is too large for all of it is not kept.
        pictures.put(file(999), vec![0; 10].into(), max_bytes);
        pictures.put(file(5), vec![0; 200_000].into(), max_bytes);
        assert_eq!((pictures.used_bytes, pictures.kept.len()), (0, 0));
    }

    #[tokio::test]
    async fn a_picture_is_made_once_and_anew_for_a_file_that_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("G0010001.JPG");
        std::fs::write(&path, photo_bytes(&PhotoSpec::default()).unwrap()).unwrap();
        let cache = PictureCache::default();
        let first = cache.of_file(path.clone()).await.unwrap();
        assert_eq!(cache.of_file(path.clone()).await.as_ref(), Some(&first));
        assert_eq!(lock(&cache.pictures).kept.len(), 1);
        let other = PhotoSpec {
            write_thumbnail: false,
            ..PhotoSpec::default()
        };
        std::fs::write(&path, photo_bytes(&other).unwrap()).unwrap();
        assert_ne!(cache.of_file(path.clone()).await.unwrap(), first);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(cache.of_file(path).await, None, "what is gone is not shown");
    }
}
