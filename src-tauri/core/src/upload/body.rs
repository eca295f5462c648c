//! From a blocking reader to the stream of a request: one thread reads ahead by two chunks and stops as soon as nobody
//! takes any more.

use std::io::{self, Read};
use std::sync::Arc;

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

/// The bytes of the reader that `open` gives, in chunks of `chunk_bytes`.
pub(super) fn stream_of(open: OpenReader, chunk_bytes: usize) -> ByteStream {
    let (sender, mut receiver) = mpsc::channel::<io::Result<Bytes>>(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let result = open().and_then(|reader| pump(reader, chunk_bytes.max(1), &sender));
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

fn pump(
    mut reader: Box<dyn Read + Send>,
    chunk_bytes: usize,
    sender: &mpsc::Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    loop {
        let mut chunk = vec![0; chunk_bytes];
        let mut filled = 0;
        while let Some(rest) = chunk.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let is_last = filled < chunk_bytes;
        if filled > 0 {
            chunk.truncate(filled);
            if sender.blocking_send(Ok(chunk.into())).is_err() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}
