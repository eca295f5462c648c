//! Photos that are to be hashed at the same time are hashed together: four in not much more than the time of one (see
//! `package::md5_lanes`). Nobody waits for company: whoever comes while others are being hashed is in the next batch.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::package::{MD5_LANES, Measured, md5_hexes};

/// Those who want something hashed.
#[derive(Default)]
pub(super) struct Hashing {
    waiting: Mutex<Vec<Job>>,
    /// Held by the one who hashes, for himself and others.
    working: Mutex<()>,
}

struct Job {
    bytes: Bytes,
    told: SyncSender<String>,
}

impl Hashing {
    /// The measure of `bytes`. Blocks: call it off the async threads.
    ///
    /// # Errors
    /// [`CoreError::Stopped`].
    pub(super) fn measure(&self, bytes: &Bytes, observer: &dyn MeasureObserver) -> Result<Measured, CoreError> {
        if observer.cancelled() {
            return Err(CoreError::Stopped);
        }
        let (told, done) = sync_channel(1);
        lock(&self.waiting).push(Job {
            bytes: bytes.clone(),
            told,
        });
        loop {
            let working = lock(&self.working);
            if let Ok(md5_hex) = done.try_recv() {
                drop(working);
                observer.bytes(bytes.len() as u64);
                return Ok(Measured {
                    md5_hex,
                    length_bytes: bytes.len() as u64,
                });
            }
            hash(&self.next());
        }
    }

    /// Those who wait longest.
    fn next(&self) -> Vec<Job> {
        let mut waiting = lock(&self.waiting);
        let count = waiting.len().min(MD5_LANES);
        waiting.drain(..count).collect()
    }
}

fn hash(jobs: &[Job]) {
    let strings: Vec<&[u8]> = jobs.iter().map(|job| &job.bytes[..]).collect();
    let hexes = md5_hexes(&strings, || true).unwrap_or_default();
    for (job, hex) in jobs.iter().zip(hexes) {
        // Who was stopped meanwhile does not listen any more.
        let _ = job.told.try_send(hex);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};

    use super::*;
    use crate::observe::Unobserved;

    struct Stopped;

    impl MeasureObserver for Stopped {
        fn bytes(&self, _count: u64) {}

        fn cancelled(&self) -> bool {
            true
        }
    }

    #[test]
    fn everyone_gets_the_md5_of_his_own_bytes_however_many_come_at_once() {
        let hashing = Hashing::default();
        std::thread::scope(|scope| {
            for number in 0..20_u8 {
                let hashing = &hashing;
                scope.spawn(move || {
                    let bytes = Bytes::from(vec![number; 1_000 + usize::from(number) * 997]);
                    let measured = hashing.measure(&bytes, &Unobserved).unwrap();
                    assert_eq!(measured.md5_hex, hex::encode(Md5::digest(&bytes)));
                    assert_eq!(measured.length_bytes, bytes.len() as u64);
                });
            }
        });
        assert!(lock(&hashing.waiting).is_empty());
    }

    #[test]
    fn who_is_stopped_hashes_nothing_any_more() {
        let hashing = Hashing::default();
        let bytes = Bytes::from_static(b"a photo");
        assert!(matches!(hashing.measure(&bytes, &Stopped), Err(CoreError::Stopped)));
        assert!(lock(&hashing.waiting).is_empty());
    }
}
