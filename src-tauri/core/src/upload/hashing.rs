//! Photos that are to be hashed at the same time are hashed together: eight strings in not much more than the time of
//! one (see `waypost_md5`). Nobody waits for company: whoever comes while others are being hashed is in the next batch.

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use waypost_md5::{LANES, md5_hexes_of_two};

use crate::error::CoreError;
use crate::observe::MeasureObserver;
use crate::package::Measured;

/// Those who want something hashed.
#[derive(Default)]
pub(super) struct Hashing {
    waiting: Mutex<VecDeque<Job>>,
    /// Held by the one who hashes, for himself and others.
    working: Mutex<()>,
}

struct Job {
    bytes: Bytes,
    /// What stands in the original instead of the first so many bytes, where its MD5 is asked for too.
    original: Option<(Vec<u8>, usize)>,
    told: SyncSender<Md5s>,
}

impl Job {
    fn string_count(&self) -> usize {
        1 + usize::from(self.original.is_some())
    }
}

/// The MD5 of a photo as it is sent, and of its original where that was asked for; lowercase hex.
type Md5s = (String, Option<String>);

impl Hashing {
    /// The measure of `bytes`, and with `original`, the header that stands in the original instead of the first so many
    /// of them, the MD5 of the original. Blocks: call it off the async threads.
    ///
    /// # Errors
    /// [`CoreError::Stopped`].
    pub(super) fn measure(
        &self,
        bytes: &Bytes,
        original: Option<(Vec<u8>, usize)>,
        observer: &dyn MeasureObserver,
    ) -> Result<(Measured, Option<String>), CoreError> {
        if observer.cancelled() {
            return Err(CoreError::Stopped);
        }
        let (told, done) = sync_channel(1);
        lock(&self.waiting).push_back(Job {
            bytes: bytes.clone(),
            original,
            told,
        });
        loop {
            let working = lock(&self.working);
            if let Ok((md5_hex, original_md5_hex)) = done.try_recv() {
                drop(working);
                observer.bytes(bytes.len() as u64);
                let measured = Measured {
                    md5_hex,
                    length_bytes: bytes.len() as u64,
                };
                return Ok((measured, original_md5_hex));
            }
            hash(&self.next());
        }
    }

    /// Those who wait longest, as many as are hashed at once.
    fn next(&self) -> Vec<Job> {
        let mut waiting = lock(&self.waiting);
        let mut jobs = Vec::new();
        let mut count = 0;
        while count < LANES
            && let Some(job) = waiting.pop_front()
        {
            count += job.string_count();
            jobs.push(job);
        }
        jobs
    }
}

fn hash(jobs: &[Job]) {
    let mut strings: Vec<[&[u8]; 2]> = Vec::with_capacity(LANES);
    for job in jobs {
        strings.push([&[], &job.bytes]);
        if let Some((header, replaced)) = &job.original {
            strings.push([header, job.bytes.get(*replaced..).unwrap_or_default()]);
        }
    }
    let mut hexes = md5_hexes_of_two(&strings).into_iter();
    for job in jobs {
        let md5s = (
            hexes.next().unwrap_or_default(),
            job.original.as_ref().and_then(|_| hexes.next()),
        );
        // Who was stopped meanwhile does not listen any more.
        let _ = job.told.try_send(md5s);
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
                    let original = (number % 3 > 0).then(|| (vec![1, 2, 3], 70));
                    let (measured, original_md5) = hashing.measure(&bytes, original, &Unobserved).unwrap();
                    assert_eq!(measured.md5_hex, hex::encode(Md5::digest(&bytes)));
                    assert_eq!(measured.length_bytes, bytes.len() as u64);
                    let expected = hex::encode(Md5::digest([&[1, 2, 3], &bytes[70..]].concat()));
                    assert_eq!(original_md5, (number % 3 > 0).then_some(expected));
                });
            }
        });
        assert!(lock(&hashing.waiting).is_empty());
    }

    #[test]
    fn who_is_stopped_hashes_nothing_any_more() {
        let hashing = Hashing::default();
        let bytes = Bytes::from_static(b"a photo");
        assert!(matches!(
            hashing.measure(&bytes, None, &Stopped),
            Err(CoreError::Stopped)
        ));
        assert!(lock(&hashing.waiting).is_empty());
    }
}
