//! From a blocking reader to the stream of a request: one thread reads ahead by two chunks and stops as soon as nobody
//! takes any more.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream::{iter, poll_fn};
use tokio::sync::mpsc;

use super::transport::ByteStream;

/// Chunks that are read but not yet taken. Two keep disk and network busy at the same time; more would only cost memory.
const READ_AHEAD: usize = 2;

/// Opens a reader at an offset.
pub(super) type OpenReader = Box<dyn FnOnce() -> io::Result<Box<dyn Read + Send>> + Send>;

/// Told of every piece as the network takes it.
pub(super) type ChunkTaken = Arc<dyn Fn(u64) + Send + Sync>;

/// The bytes of the reader that `open` gives, in chunks of `chunk_bytes` of the memory in `chunks`.
pub(super) fn stream_of(open: OpenReader, chunk_bytes: usize, chunks: Chunks) -> ByteStream {
    let (sender, mut receiver) = mpsc::channel::<io::Result<Bytes>>(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let result = open().and_then(|reader| pump(reader, chunk_bytes.max(1), &chunks, &sender));
        if let Err(error) = result {
            // Nobody listens any more when the request has ended: then nobody wants to know either.
            let _ = sender.blocking_send(Err(error));
        }
    });
    Box::pin(poll_fn(move |context| receiver.poll_recv(context)))
}

/// Bytes in memory from `offset` on, without a copy.
pub(super) fn rest_of(mut bytes: Bytes, offset: u64) -> ByteStream {
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let rest = bytes.split_off(skipped);
    Box::pin(iter([Ok(rest)]))
}

/// Memory of chunks, used again and again by all uploads: asking the system for megabytes a thousand times costs as much
/// as reading them, and what many threads have asked for it gets back late.
#[derive(Clone, Default)]
pub(super) struct Chunks(Arc<Mutex<Vec<Vec<u8>>>>);

/// Idle chunks that are kept.
const KEPT_CHUNKS: usize = 8;

impl Chunks {
    fn take(&self, chunk_bytes: usize) -> Vec<u8> {
        let idle = lock(&self.0).pop();
        idle.filter(|bytes| bytes.len() == chunk_bytes)
            .unwrap_or_else(|| vec![0; chunk_bytes])
    }

    fn give_back(&self, bytes: Vec<u8>) {
        let mut idle = lock(&self.0);
        if idle.len() < KEPT_CHUNKS {
            idle.push(bytes);
        }
    }
}

fn lock(idle: &Mutex<Vec<Vec<u8>>>) -> MutexGuard<'_, Vec<Vec<u8>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A chunk on its way, whose memory comes back when the last of its bytes are gone.
struct Chunk {
    bytes: Vec<u8>,
    filled: usize,
    home: Chunks,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.home.give_back(std::mem::take(&mut self.bytes));
    }
}

fn pump(
    mut reader: Box<dyn Read + Send>,
    chunk_bytes: usize,
    chunks: &Chunks,
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    loop {
        let mut chunk = Chunk {
            bytes: chunks.take(chunk_bytes),
            filled: 0,
            home: chunks.clone(),
        };
        while let Some(rest) = chunk.bytes.get_mut(chunk.filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest) {
                Ok(0) => break,
                Ok(count) => chunk.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let is_last = chunk.filled < chunk_bytes;
        if chunk.filled > 0 && sender.blocking_send(Ok(Bytes::from_owner(chunk))).is_err() {
            return Ok(());
        }
        if is_last {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn chunks_are_whole_and_their_memory_is_used_again() {
        let bytes: Vec<u8> = (0..1_000_003_u32).map(|place| (place % 251) as u8).collect();
        let source = bytes.clone();
        let open: OpenReader = Box::new(move || Ok(Box::new(io::Cursor::new(source))));
        let mut stream = stream_of(open, 1_000, Chunks::default());
        let (mut all, mut places) = (Vec::new(), std::collections::HashSet::new());
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.unwrap();
            assert!(chunk.len() == 1_000 || chunk.len() == 3);
            places.insert(chunk.as_ptr());
            all.extend_from_slice(&chunk);
        }
        assert_eq!(all, bytes);
        // One that is read, two that wait, one that was taken, and one that is on its way back.
        assert!(places.len() <= READ_AHEAD + 3, "{} of them", places.len());
    }
}
