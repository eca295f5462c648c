//! The bytes of one upload as a stream, watched on their way: how many went out, when the last
//! ones did, whether it is the source or the line that holds things up.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::time::Instant;

/// Largest piece handed to the line at once, in bytes. The HTTP machinery holds [`HELD_BYTES`] and asks for the next piece
/// when one has gone out, so a line of 0.6 KB in a second still moves within a stall timeout of a minute; on a fast line
/// several pieces go out together.
const PIECE_BYTES: usize = 32 << 10;

/// About as much as the HTTP machinery holds of what was handed to it (hyper 1: 408 KiB, and a piece).
const HELD_BYTES: u64 = 440 << 10;

/// The bytes to send, from the offset the server named to the end.
pub struct UploadBody {
    stream: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    is_chunked: bool,
}

impl UploadBody {
    /// A body of known length, sent with `Content-Length`.
    ///
    /// The stream must give exactly the bytes from the offset to the total length; its errors end
    /// the upload as [`crate::MapillaryError::Source`].
    pub fn new(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self {
            stream: Box::pin(stream),
            is_chunked: false,
        }
    }

    /// All of `bytes` as one body.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(futures_util::stream::iter([Ok(bytes)]))
    }

    /// The same body, sent with chunked transfer encoding as current `mapillary_tools` does.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.is_chunked = true;
        self
    }

    /// Whether chunked transfer encoding is used.
    pub fn is_chunked(&self) -> bool {
        self.is_chunked
    }

    /// The stream to hand to the HTTP machinery, and the watch on it.
    pub(crate) fn watched(self, expected_bytes: u64) -> (Watched, Watch) {
        let watch = Watch(Arc::new(Mutex::new(Progress {
            expected_bytes,
            remaining_bytes: expected_bytes,
            began_at: Instant::now(),
            last_at: Instant::now(),
            waits_for_source: false,
            source_error: None,
            is_abandoned: false,
            waker: None,
        })));
        let watched = Watched {
            stream: self.stream,
            pending: Bytes::new(),
            watch: watch.clone(),
        };
        (watched, watch)
    }
}

impl std::fmt::Debug for UploadBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UploadBody")
            .field("is_chunked", &self.is_chunked)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Progress {
    expected_bytes: u64,
    remaining_bytes: u64,
    began_at: Instant,
    last_at: Instant,
    waits_for_source: bool,
    source_error: Option<(io::ErrorKind, String)>,
    is_abandoned: bool,
    waker: Option<Waker>,
}

/// What is known about a body that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Watch(Arc<Mutex<Progress>>);

/// What the line does at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineState {
    /// The source has nothing ready: the line cannot be blamed.
    WaitsForSource,
    /// Bytes are ready or under way; the last ones were taken at this time.
    Sending(Instant),
    /// All bytes were handed over at this time; the answer is due.
    AwaitsAnswer(Instant),
}

impl Watch {
    pub(crate) fn line_state(&self) -> LineState {
        let progress = self.lock();
        if progress.remaining_bytes == 0 {
            LineState::AwaitsAnswer(progress.last_at)
        } else if progress.waits_for_source {
            LineState::WaitsForSource
        } else {
            LineState::Sending(progress.last_at)
        }
    }

    /// The source's failure, where it was the source that failed.
    pub(crate) fn source_error(&self) -> Option<(io::ErrorKind, String)> {
        self.lock().source_error.clone()
    }

    /// How long what is still held when all was handed over may take: its share of the time that all took so far. Nothing
    /// is known about a body that is held as a whole.
    fn last_bytes(&self) -> Duration {
        let progress = self.lock();
        if progress.expected_bytes <= HELD_BYTES {
            return Duration::ZERO;
        }
        let took = progress.last_at.saturating_duration_since(progress.began_at);
        took.mul_f64(HELD_BYTES as f64 / progress.expected_bytes as f64)
    }

    /// Sleeps until the line has been silent for too long: `stall` while sending, `answer` once
    /// everything is sent, and as much longer as the last bytes need on a slow line. Returns how long that was.
    pub(crate) async fn silence(&self, stall: Duration, answer: Option<Duration>) -> Duration {
        loop {
            let now = Instant::now();
            let (since, limit) = match self.line_state() {
                LineState::WaitsForSource => (now, Some(stall)),
                LineState::Sending(since) => (since, Some(stall)),
                LineState::AwaitsAnswer(since) => (since, answer.map(|answer| answer + self.last_bytes())),
            };
            let Some(limit) = limit else {
                return std::future::pending().await;
            };
            match since.checked_add(limit) {
                Some(deadline) if deadline <= now => return limit,
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => return std::future::pending().await,
            }
        }
    }

    /// Stops the sending as soon as the returned guard is dropped. Without it the HTTP machinery
    /// would go on reading and sending in the background after an early answer.
    pub(crate) fn abandon_on_drop(&self) -> AbandonOnDrop {
        AbandonOnDrop(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        // The data stays consistent whatever a panicking holder did: single fields are set.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, kind: io::ErrorKind, detail: String) -> io::Error {
        self.lock().source_error = Some((kind, detail.clone()));
        io::Error::new(kind, detail)
    }
}

/// Ends the body's stream when dropped.
pub(crate) struct AbandonOnDrop(Watch);

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        let waker = {
            let mut progress = self.0.lock();
            progress.is_abandoned = true;
            progress.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The watched stream: hands over small pieces and refuses a wrong length.
pub(crate) struct Watched {
    stream: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    pending: Bytes,
    watch: Watch,
}

impl Watched {
    fn next_piece(&mut self) -> Option<Bytes> {
        if self.pending.is_empty() {
            return None;
        }
        let length = self.pending.len().min(PIECE_BYTES);
        let piece = self.pending.split_to(length);
        let mut progress = self.watch.lock();
        progress.remaining_bytes = progress
            .remaining_bytes
            .saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
        progress.last_at = Instant::now();
        Some(piece)
    }

    fn accept(&mut self, bytes: Bytes) -> io::Result<()> {
        let remaining = self.watch.lock().remaining_bytes;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > remaining {
            return Err(self
                .watch
                .fail(io::ErrorKind::InvalidData, "it is longer than announced".to_owned()));
        }
        self.pending = bytes;
        Ok(())
    }
}

impl Stream for Watched {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        {
            let mut progress = this.watch.lock();
            if progress.source_error.is_some() {
                return Poll::Ready(None);
            }
            if progress.is_abandoned {
                return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
            }
            progress.waker = Some(context.waker().clone());
        }
        loop {
            if let Some(piece) = this.next_piece() {
                return Poll::Ready(Some(Ok(piece)));
            }
            let polled = this.stream.as_mut().poll_next(context);
            this.watch.lock().waits_for_source = polled.is_pending();
            match polled {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(bytes))) => {
                    if let Err(error) = this.accept(bytes) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let error = this.watch.fail(error.kind(), error.to_string());
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) if this.watch.lock().remaining_bytes > 0 => {
                    let error = this
                        .watch
                        .fail(io::ErrorKind::UnexpectedEof, "it is shorter than announced".to_owned());
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => return Poll::Ready(None),
            }
        }
    }
}

#[cfg(test)]
#[path = "upload_body_tests.rs"]
mod tests;
