//! The bandwidth limit over all parts under way: one bucket, asked in turn, with the limit of the hour.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::unfold;
use tokio::sync::{oneshot, watch};

use super::body::ChunkTaken;
use super::bucket::Bucket;
use super::limits::{Bandwidth, Limit, limit_at};
use super::transport::ByteStream;
use crate::ports::Clock;

/// A limit is looked up again after so long at the latest, milliseconds: the clock may have been set meanwhile.
const LOOK_AGAIN_MS: i64 = 60_000;

/// Lets bytes out as fast as the person allows.
pub(super) struct Throttle {
    clock: Arc<dyn Clock>,
    /// Whose piece is next. The lock is given out in the order in which it was asked for, and every part asks for one
    /// small piece at a time: so each gets the same share, however many there are.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Counts changes, for those who wait.
    changed: watch::Sender<u64>,
}

struct State {
    bandwidth: Bandwidth,
    limit: Limit,
    /// When `limit` was looked up, and until when it holds; milliseconds since 1970 UTC.
    known_at_ms: i64,
    until_ms: Option<i64>,
    bucket: Bucket,
}

/// What came of asking for bytes.
enum Asked {
    Granted,
    /// Ask again after so many milliseconds.
    Wait(u64),
    /// Nothing is sent before this time, milliseconds since 1970 UTC.
    Closed(i64),
}

impl Throttle {
    pub(super) fn new(clock: Arc<dyn Clock>, bandwidth: Bandwidth) -> Self {
        let now_ms = clock.now_ms();
        let (limit, until_ms) = limit_at(&bandwidth, now_ms);
        let bucket = Bucket::new(rate_of(limit), clock.steady_ms());
        Self {
            clock,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State {
                bandwidth,
                limit,
                known_at_ms: now_ms,
                until_ms,
                bucket,
            }),
            changed: watch::Sender::new(0),
        }
    }

    /// Other limits from now on, also for what is under way.
    pub(super) fn set(&self, bandwidth: Bandwidth) {
        {
            let mut state = self.state();
            state.bandwidth = bandwidth;
            self.look_up(&mut state);
        }
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Tells changes of the limits to those who wait for better hours.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Until when nothing is sent, milliseconds since 1970 UTC; `None` while something may be.
    pub(super) fn closed_until_ms(&self) -> Option<i64> {
        let mut state = self.state();
        self.refresh(&mut state);
        (state.limit == Limit::Closed).then(|| self.until_ms(&state))
    }

    /// The bytes of `stream` as fast as they may go out, each piece told to `taken`. When nothing may be sent any more,
    /// `closed` is told until when, and the stream stands still.
    pub(super) fn slowed(
        self: &Arc<Self>,
        stream: ByteStream,
        taken: ChunkTaken,
        closed: oneshot::Sender<i64>,
    ) -> ByteStream {
        let throttle = Arc::clone(self);
        let start = (stream, Bytes::new(), Some(closed));
        Box::pin(unfold(start, move |(mut stream, mut rest, mut closed)| {
            let (throttle, taken) = (Arc::clone(&throttle), Arc::clone(&taken));
            async move {
                while rest.is_empty() {
                    match stream.next().await? {
                        Ok(bytes) => rest = bytes,
                        Err(error) => return Some((Err(error), (stream, rest, closed))),
                    }
                }
                let piece = rest.split_to(throttle.piece_bytes().min(rest.len()));
                if let Err(until_ms) = throttle.take(piece.len()).await {
                    if let Some(closed) = closed.take() {
                        // Nobody listens when the request has just ended: then nothing is to be told.
                        let _ = closed.send(until_ms);
                    }
                    return std::future::pending().await;
                }
                taken(piece.len() as u64);
                Some((Ok(piece), (stream, rest, closed)))
            }
        }))
    }

    fn piece_bytes(&self) -> usize {
        let state = self.state();
        match state.limit {
            Limit::BytesPerS(_) => state.bucket.piece_bytes(),
            Limit::Unlimited | Limit::Closed => usize::MAX,
        }
    }

    /// Waits until so many bytes may go out; the error is until when none may.
    async fn take(&self, bytes: usize) -> Result<(), i64> {
        // Nobody has to queue where nothing is scarce.
        if self.is_unlimited() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let mut changes = self.changes();
        loop {
            match self.ask(bytes) {
                Asked::Granted => return Ok(()),
                Asked::Closed(until_ms) => return Err(until_ms),
                Asked::Wait(wait_ms) => tokio::select! {
                    () = self.clock.sleep_ms(wait_ms) => {}
                    _ = changes.changed() => {}
                },
            }
        }
    }

    fn is_unlimited(&self) -> bool {
        let mut state = self.state();
        self.refresh(&mut state);
        state.limit == Limit::Unlimited
    }

    fn ask(&self, bytes: usize) -> Asked {
        let mut state = self.state();
        self.refresh(&mut state);
        match state.limit {
            Limit::Unlimited => Asked::Granted,
            Limit::Closed => Asked::Closed(self.until_ms(&state)),
            Limit::BytesPerS(_) => match state.bucket.take(bytes, self.clock.steady_ms()) {
                Ok(()) => Asked::Granted,
                // At a border of the schedule another limit holds.
                Err(wait_ms) => Asked::Wait(match state.until_ms {
                    Some(until_ms) => wait_ms.min(self.left_ms(until_ms)),
                    None => wait_ms,
                }),
            },
        }
    }

    fn left_ms(&self, until_ms: i64) -> u64 {
        u64::try_from(until_ms.saturating_sub(self.clock.now_ms()))
            .unwrap_or(0)
            .max(1)
    }

    /// The end of closed hours. Hours without end are looked at again the next day, and whenever the limits are changed.
    fn until_ms(&self, state: &State) -> i64 {
        const DAY_MS: i64 = 86_400_000;
        state
            .until_ms
            .unwrap_or_else(|| self.clock.now_ms().saturating_add(DAY_MS))
    }

    fn refresh(&self, state: &mut State) {
        let now_ms = self.clock.now_ms();
        let is_over = state.until_ms.is_some_and(|until_ms| now_ms >= until_ms);
        let is_old = state.until_ms.is_some() && (now_ms.saturating_sub(state.known_at_ms)).abs() >= LOOK_AGAIN_MS;
        if is_over || is_old || now_ms < state.known_at_ms {
            self.look_up(state);
        }
    }

    fn look_up(&self, state: &mut State) {
        state.known_at_ms = self.clock.now_ms();
        (state.limit, state.until_ms) = limit_at(&state.bandwidth, state.known_at_ms);
        state.bucket.set_rate(rate_of(state.limit), self.clock.steady_ms());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rate_of(limit: Limit) -> u64 {
    match limit {
        Limit::BytesPerS(bytes) => bytes.get(),
        Limit::Unlimited | Limit::Closed => 0,
    }
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
