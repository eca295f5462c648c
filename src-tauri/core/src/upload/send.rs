//! Sending one part: ask the server for its offset, send the rest in one request, and after every failure ask again.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{oneshot, watch};
use waypost_mapillary::MapillaryError;
use waypost_wire::WaitReason;

use super::body::{rest_of, stream_of};
use super::inner::Taken;
use super::line::{Probe, is_unreached};
use super::material::SendPart;
use super::retry::{Attempts, Decision};
use super::run::{Halt, Run, tell_progress};
use super::session::NoToken;
use super::tokens::ActiveToken;
use super::transport::ByteStream;
use crate::error::CoreError;
use crate::journal::Fact;
use crate::ports::is_jump;
use crate::state::{Event, Step};

/// Why a part was not sent.
pub(super) enum PartEnd {
    /// The run was stopped.
    Halt,
    /// The upload takes this step.
    Step(Box<Taken>),
}

impl From<Halt> for PartEnd {
    fn from(_: Halt) -> Self {
        Self::Halt
    }
}

impl From<Taken> for PartEnd {
    fn from(taken: Taken) -> Self {
        Self::Step(Box::new(taken))
    }
}

impl Run {
    /// The token, waiting for it where it can be waited for.
    pub(super) async fn token(&self, worker: usize) -> Result<ActiveToken, PartEnd> {
        let mut attempt = 0;
        let user_id = self.record().await?.user_id;
        loop {
            attempt += 1;
            match self.session.token(&self.inner, user_id.as_deref(), attempt).await {
                Ok(token) => return Ok(token),
                Err(none) => self.no_token(worker, none, user_id.as_deref(), &mut attempt).await?,
            }
        }
    }

    /// Another token in place of a refused one.
    async fn renewed(&self, worker: usize, refused: &ActiveToken) -> Result<ActiveToken, PartEnd> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.session.after_refusal(&self.inner, refused, attempt).await {
                Ok(token) => return Ok(token),
                Err(none) => {
                    self.no_token(worker, none, Some(&refused.user_id), &mut attempt)
                        .await?;
                }
            }
        }
    }

    async fn no_token(
        &self,
        worker: usize,
        none: NoToken,
        user_id: Option<&str>,
        attempt: &mut u32,
    ) -> Result<(), PartEnd> {
        match none {
            NoToken::SignIn(error) => Err(Taken::new(Event::SignInNeeded { next: Step::Transfer })
                .with_problem(error.problem())
                .into()),
            NoToken::Later {
                error: CoreError::Service(error),
                ..
            } if is_unreached(&error) => {
                // Without a line nothing was tried.
                *attempt = attempt.saturating_sub(1);
                let user_id = user_id.map(str::to_owned);
                self.wait_for_line(worker, &error, Probe::Token { user_id }).await
            }
            NoToken::Later { wait_ms, reason, error } if *attempt <= self.inner.config.max_attempts => self
                .wait(worker, wait_ms, reason, error.problem())
                .await
                .map_err(PartEnd::from),
            NoToken::Later { error, .. } | NoToken::Never(error) => Err(Self::failed(error.problem()).into()),
        }
    }

    /// The service could not be reached: waits with all others until it can be. That is no failed attempt.
    async fn wait_for_line(&self, worker: usize, error: &MapillaryError, probe: Probe) -> Result<(), PartEnd> {
        self.inner.line_lost(error, probe);
        let now_ms = self.inner.clock.now_ms();
        let until_ms = self.inner.line.down_until_ms().unwrap_or(now_ms);
        // At least a moment, for a line that is up again by now.
        let wait_ms = u64::try_from(until_ms.saturating_sub(now_ms)).unwrap_or(0).max(1);
        let problem = CoreError::from(error.clone()).problem();
        self.wait(worker, wait_ms, WaitReason::Offline, problem).await?;
        match self.line_given_up() {
            Some(problem) => Err(Self::failed(problem).into()),
            None => Ok(()),
        }
    }

    /// Waits while the person's schedule sends nothing.
    async fn wait_for_hours(&self, worker: usize) -> Result<(), PartEnd> {
        while let Some(until_ms) = self.inner.throttle.closed_until_ms() {
            let now_ms = self.inner.clock.now_ms();
            let wait_ms = u64::try_from(until_ms.saturating_sub(now_ms)).unwrap_or(0).max(1);
            let problem = CoreError::OutsideHours.problem();
            self.wait(worker, wait_ms, WaitReason::Schedule, problem).await?;
        }
        Ok(())
    }

    /// Sends a part until the server gives the handle, and writes the handle down.
    pub(super) async fn send_part(&self, worker: usize, part: &SendPart) -> Result<String, PartEnd> {
        let mut token = self.token(worker).await?;
        let mut attempts = Attempts::default();
        // What the moving numbers count for this part; corrected by what the server says.
        let counted = Arc::new(Mutex::new(part.row.offset_bytes));
        loop {
            self.wait_for_hours(worker).await?;
            let began = self.moment();
            let error = match self.attempt(part, &token, &mut attempts, &counted).await {
                Ok(handle) => {
                    self.keep_handle(part, &handle).await?;
                    return Ok(handle);
                }
                Err(error) => error,
            };
            match error {
                AttemptError::Halt => return Err(PartEnd::Halt),
                // Closed hours are waited for above; after a sleep the server is asked anew. Neither is a failure.
                AttemptError::Closed | AttemptError::Jumped => {}
                AttemptError::Service(error) if is_unreached(&error) => {
                    let probe = Probe::Session {
                        token: token.token.clone(),
                        session_key: part.row.session_key.clone(),
                    };
                    self.wait_for_line(worker, &error, probe).await?;
                }
                // The timers of a line that slept too say nothing about it.
                AttemptError::Service(_) if self.has_jumped_since(began) => {}
                AttemptError::Source(error) => self.source_failed(worker, error).await?,
                AttemptError::Offset { offset } => {
                    let error = CoreError::OffsetBeyondEnd {
                        session_key: part.row.session_key.clone(),
                        offset,
                        length_bytes: part.row.length_bytes,
                    };
                    return Err(Self::failed(error.problem()).with_fact(Fact::SessionSpoiled).into());
                }
                AttemptError::Service(error) => match attempts.failed(&error, self.inner.config.max_attempts) {
                    Decision::Again { wait_ms, reason } => {
                        let problem = CoreError::from(error).problem();
                        self.wait(worker, wait_ms, reason, problem).await?;
                    }
                    Decision::SignIn => token = self.renewed(worker, &token).await?,
                    Decision::GiveUp => {
                        return Err(Self::failed(CoreError::from(error).problem()).into());
                    }
                },
            }
        }
    }

    /// Now, on both clocks, milliseconds.
    fn moment(&self) -> (i64, i64) {
        (self.inner.clock.now_ms(), self.inner.clock.steady_ms())
    }

    fn has_jumped_since(&self, (wall_ms, steady_ms): (i64, i64)) -> bool {
        let (wall_now_ms, steady_now_ms) = self.moment();
        is_jump(
            wall_now_ms.saturating_sub(wall_ms),
            steady_now_ms.saturating_sub(steady_ms),
        )
    }

    /// One attempt: the offset, then everything from there.
    async fn attempt(
        &self,
        part: &SendPart,
        token: &ActiveToken,
        attempts: &mut Attempts,
        counted: &Arc<Mutex<u64>>,
    ) -> Result<String, AttemptError> {
        let transport = &self.inner.transport;
        let mut jumps = self.inner.jumps.subscribe();
        let offset = self
            .or_stopped(&mut jumps, transport.offset(&token.token, &part.row.session_key))
            .await??;
        self.inner.line.is_up();
        if offset > part.row.length_bytes {
            return Err(AttemptError::Offset { offset });
        }
        attempts.held(offset);
        {
            let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
            self.live.correct_sent(*counted, offset);
            *counted = offset;
        }
        self.tell_progress();
        self.keep_offset(part, offset).await?;

        let went_out = Arc::new(AtomicBool::new(false));
        let source_error = Arc::new(Mutex::new(None));
        let (body, closed) = self.body(part, offset, &went_out, counted, &source_error);
        let sending = transport.send(&token.token, &part.row.session_key, offset, part.row.length_bytes, body);
        let sent = tokio::select! {
            biased;
            sent = self.or_stopped(&mut jumps, sending) => sent,
            // Better cut the request than hold an idle line for hours: the server keeps what it has.
            () = until_told(closed) => Err(AttemptError::Closed),
        };
        let sent = match sent {
            Ok(sent) => sent,
            Err(cut) => {
                if went_out.load(Ordering::Relaxed) {
                    attempts.moved();
                }
                return Err(cut);
            }
        };
        if went_out.load(Ordering::Relaxed) {
            attempts.moved();
            self.waits.source_is_there();
        }
        match sent {
            Ok(handle) => Ok(handle.0),
            Err(error) => {
                let source = source_error.lock().unwrap_or_else(PoisonError::into_inner).take();
                Err(match (source, error) {
                    (Some(source), _) => AttemptError::Source(source),
                    (None, MapillaryError::Source { kind, detail }) => {
                        AttemptError::Source(part.read_error(&io::Error::new(kind, detail)))
                    }
                    (None, error) => AttemptError::Service(error),
                })
            }
        }
    }

    /// The bytes of a part from `offset`, counted as they go out.
    fn body(
        &self,
        part: &SendPart,
        offset: u64,
        went_out: &Arc<AtomicBool>,
        counted: &Arc<Mutex<u64>>,
        source_error: &Arc<Mutex<Option<CoreError>>>,
    ) -> (ByteStream, oneshot::Receiver<i64>) {
        let (told, closed) = oneshot::channel();
        if offset == part.row.length_bytes {
            return (Box::pin(futures_util::stream::empty()), closed);
        }
        let bytes = if let Some(bytes) = part.part.in_memory() {
            rest_of(bytes, offset)
        } else {
            let part = part.clone();
            let source_error = Arc::clone(source_error);
            let open = Box::new(move || part.open(offset, source_error));
            stream_of(open, self.inner.config.chunk_bytes, self.inner.chunks.clone())
        };
        let taken = {
            let (inner, live) = (Arc::clone(&self.inner), Arc::clone(&self.live));
            let (went_out, counted) = (Arc::clone(went_out), Arc::clone(counted));
            let upload_id = self.upload_id;
            Arc::new(move |count: u64| {
                went_out.store(true, Ordering::Relaxed);
                let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
                *counted = counted.saturating_add(count);
                live.taken(count, inner.clock.steady_ms());
                drop(counted);
                tell_progress(&inner, &live, upload_id);
            })
        };
        (self.inner.throttle.slowed(bytes, taken, told), closed)
    }

    /// What a failing source means: wait for a card that was pulled, stop at a file that changed.
    pub(super) async fn source_failed(&self, worker: usize, error: CoreError) -> Result<(), PartEnd> {
        let problem = error.problem();
        let path = match &error {
            CoreError::SourceChanged { path } | CoreError::PathNotFound { path } => path.clone(),
            _ => return Err(Self::failed(problem).into()),
        };
        let is_there = tokio::fs::try_exists(&path).await.unwrap_or(true);
        if is_there && matches!(error, CoreError::SourceChanged { .. }) {
            if self.waits.source_is_there() {
                // The error may be of the moment before a pulled card came back: only a second look decides.
                return Ok(());
            }
            return Err(Taken::new(Event::SourceChanged).with_problem(problem).into());
        }
        let now_ms = self.inner.clock.steady_ms();
        let since_ms = self.waits.source_missing_since(now_ms);
        let waited_ms = u64::try_from(now_ms.saturating_sub(since_ms)).unwrap_or(0);
        if waited_ms >= self.inner.config.source_wait_ms {
            return Err(Taken::new(Event::SourceChanged).with_problem(problem).into());
        }
        let problem = CoreError::PathNotFound { path }.problem();
        Ok(self
            .wait(worker, SOURCE_PAUSE_MS, WaitReason::SourceMissing, problem)
            .await?)
    }

    async fn or_stopped<T>(
        &self,
        jumps: &mut watch::Receiver<u64>,
        work: impl Future<Output = T>,
    ) -> Result<T, AttemptError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(AttemptError::Halt),
            value = work => Ok(value),
            // A connection that slept is most likely dead, and it would take minutes to notice.
            _ = jumps.changed() => Err(AttemptError::Jumped),
        }
    }
}

/// Returns when told; never if nobody tells any more.
async fn until_told(told: oneshot::Receiver<i64>) {
    if told.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Pause between two looks for a missing source, milliseconds.
const SOURCE_PAUSE_MS: u64 = 5_000;

/// Why one attempt failed.
enum AttemptError {
    Halt,
    /// The person's schedule sends nothing any more.
    Closed,
    /// The computer slept, or its clock was set.
    Jumped,
    Source(CoreError),
    Offset {
        offset: u64,
    },
    Service(MapillaryError),
}

impl From<Halt> for AttemptError {
    fn from(_: Halt) -> Self {
        Self::Halt
    }
}

impl From<MapillaryError> for AttemptError {
    fn from(error: MapillaryError) -> Self {
        Self::Service(error)
    }
}
