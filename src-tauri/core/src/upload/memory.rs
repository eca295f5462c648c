//! Memory for photos on their way: as much as is set aside and no more, used again and again. A photo has megabytes, and
//! a system that is asked for as many a hundred times a second spends its time on clearing pages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory that photos of all uploads share.
#[derive(Clone)]
pub(super) struct PhotoMemory {
    free_kib: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Buffer>>>,
    streams: Arc<Semaphore>,
    users: Arc<AtomicUsize>,
}

/// Somebody who uses the memory.
pub(super) struct User<'a>(&'a PhotoMemory);

impl Drop for User<'_> {
    fn drop(&mut self) {
        if self.0.users.fetch_sub(1, Ordering::Relaxed) == 1 {
            lock(&self.0.idle).clear();
        }
    }
}

/// Photos that find no room and are read in chunks while they are sent, at once. Chunks are memory too.
const STREAMS: usize = 2;

/// Buffers have a multiple of this: a photo fits the buffer of another one that was a little smaller.
const STEP_BYTES: usize = 256 * 1024;

/// A piece of it.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    /// As much as the capacity of `bytes`; free again once this is dropped.
    _share: OwnedSemaphorePermit,
}

/// What a buffer holds, on its way; the buffer is idle once nobody holds it any more.
struct Lent {
    buffer: Option<Buffer>,
    idle: Arc<Mutex<Vec<Buffer>>>,
}

impl PhotoMemory {
    /// So much altogether, kibibytes.
    pub(super) fn new(kib: usize) -> Self {
        Self {
            free_kib: Arc::new(Semaphore::new(kib)),
            idle: Arc::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            users: Arc::default(),
        }
    }

    /// Keeps idle buffers for who comes next; the last user who goes gives them back to the system.
    pub(super) fn user(&self) -> User<'_> {
        self.users.fetch_add(1, Ordering::Relaxed);
        User(self)
    }

    /// Lets one of a few photos be sent without a buffer, once there are few enough. They need no buffer of others to end.
    pub(super) async fn stream(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        Arc::clone(&self.streams).acquire_owned().await.ok()
    }

    /// An empty buffer with room for `length_bytes`; `None` while there is no such room.
    pub(super) fn take(&self, length_bytes: u64) -> Option<Buffer> {
        let length = usize::try_from(length_bytes)
            .ok()?
            .checked_next_multiple_of(STEP_BYTES)?;
        let mut idle = lock(&self.idle);
        if let Some(place) = idle.iter().position(|buffer| buffer.bytes.capacity() >= length) {
            return Some(idle.swap_remove(place));
        }
        let needed_kib = u32::try_from(length / 1_024).ok()?;
        let share = loop {
            match Arc::clone(&self.free_kib).try_acquire_many_owned(needed_kib) {
                Ok(share) => break share,
                // Those that are too small make room.
                Err(_) => drop(idle.pop()?),
            }
        };
        Some(Buffer {
            bytes: Vec::with_capacity(length),
            _share: share,
        })
    }

    /// The bytes of a buffer, which comes back when the last part of them is dropped.
    pub(super) fn lend(&self, buffer: Buffer) -> Bytes {
        Bytes::from_owner(Lent {
            buffer: Some(buffer),
            idle: Arc::clone(&self.idle),
        })
    }
}

impl Buffer {
    /// To be filled up to the room that was asked for; beyond that it would take memory that nobody counts.
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.buffer.as_ref().map_or(&[], |buffer| &buffer.bytes)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(mut buffer) = self.buffer.take() {
            buffer.bytes.clear();
            lock(&self.idle).push(buffer);
        }
    }
}

fn lock(idle: &Mutex<Vec<Buffer>>) -> MutexGuard<'_, Vec<Buffer>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: u64 = STEP_BYTES as u64;

    fn steps(count: usize) -> PhotoMemory {
        PhotoMemory::new(count * STEP_BYTES / 1_024)
    }

    #[test]
    fn a_buffer_is_used_again_when_the_last_part_of_its_bytes_is_gone() {
        let memory = steps(5);
        let mut buffer = memory.take(2 * STEP + 1).unwrap();
        buffer.bytes().extend_from_slice(b"a photo");
        let place = buffer.bytes().as_ptr();
        let mut bytes = memory.lend(buffer);
        assert_eq!(bytes, "a photo");
        let part = bytes.split_off(2);
        drop(bytes);
        assert!(memory.take(3 * STEP).is_none(), "a part of it is still under way");
        assert_eq!(part, "photo");
        drop(part);
        let mut again = memory.take(3 * STEP).unwrap();
        assert!(again.bytes().is_empty());
        assert_eq!(
            again.bytes().as_ptr(),
            place,
            "a photo that is a little larger fits too"
        );
    }

    #[tokio::test]
    async fn few_photos_are_sent_without_a_buffer_at_once() {
        let memory = PhotoMemory::new(0);
        let mut streams = Vec::new();
        for _ in 0..STREAMS {
            streams.push(memory.stream().await);
        }
        assert!(memory.streams.try_acquire().is_err());
        streams.pop();
        assert!(memory.stream().await.is_some());
    }

    #[test]
    fn idle_buffers_make_room_for_larger_ones_and_go_with_the_last_user() {
        let memory = steps(5);
        let users = [memory.user(), memory.user()];
        let two = [memory.take(2 * STEP).unwrap(), memory.take(2 * STEP).unwrap()];
        assert!(memory.take(4 * STEP).is_none());
        for buffer in two {
            drop(memory.lend(buffer));
        }
        drop(memory.lend(memory.take(4 * STEP).unwrap()));
        let free_kib = || memory.free_kib.available_permits();
        let [first, last] = users;
        drop(first);
        assert!(free_kib() < 5 * STEP_BYTES / 1_024);
        drop(last);
        assert_eq!(free_kib(), 5 * STEP_BYTES / 1_024);
        assert!(memory.take(5 * STEP + 1).is_none(), "more than there is");
    }
}
