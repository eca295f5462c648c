//! Sending one part: ask the server for its offset, send the rest in one request, and after every failure ask again.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use waypost_mapillary::MapillaryError;
use waypost_wire::WaitReason;

use super::body::stream_of;
use super::inner::Taken;
use super::material::SendPart;
use super::retry::{Attempts, Decision};
use super::run::{Halt, Run, tell_progress};
use super::session::NoToken;
use super::tokens::ActiveToken;
use super::transport::ByteStream;
use crate::error::CoreError;
use crate::journal::Fact;
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
                Err(none) => self.no_token(worker, none, attempt).await?,
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
                Err(none) => self.no_token(worker, none, attempt).await?,
            }
        }
    }

    async fn no_token(&self, worker: usize, none: NoToken, attempt: u32) -> Result<(), PartEnd> {
        match none {
            NoToken::SignIn(error) => Err(Taken::new(Event::SignInNeeded { next: Step::Transfer })
                .with_problem(error.problem())
                .into()),
            NoToken::Later { wait_ms, reason, error } if attempt <= self.inner.config.max_attempts => self
                .wait(worker, wait_ms, reason, error.problem())
                .await
                .map_err(PartEnd::from),
            NoToken::Later { error, .. } | NoToken::Never(error) => Err(Self::failed(error.problem()).into()),
        }
    }

    /// Sends a part until the server gives the handle, and writes the handle down.
    pub(super) async fn send_part(&self, worker: usize, part: &SendPart) -> Result<String, PartEnd> {
        let mut token = self.token(worker).await?;
        let mut attempts = Attempts::default();
        // What the moving numbers count for this part; corrected by what the server says.
        let counted = Arc::new(Mutex::new(part.row.offset_bytes));
        loop {
            let error = match self.attempt(part, &token, &mut attempts, &counted).await {
                Ok(handle) => {
                    self.keep_handle(part, &handle).await?;
                    return Ok(handle);
                }
                Err(error) => error,
            };
            match error {
                AttemptError::Halt => return Err(PartEnd::Halt),
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

    /// One attempt: the offset, then everything from there.
    async fn attempt(
        &self,
        part: &SendPart,
        token: &ActiveToken,
        attempts: &mut Attempts,
        counted: &Arc<Mutex<u64>>,
    ) -> Result<String, AttemptError> {
        let transport = &self.inner.transport;
        let offset = self
            .or_stopped(transport.offset(&token.token, &part.row.session_key))
            .await??;
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
        let body = self.body(part, offset, &went_out, counted, &source_error);
        let sent = self
            .or_stopped(transport.send(&token.token, &part.row.session_key, offset, part.row.length_bytes, body))
            .await?;
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
    ) -> ByteStream {
        if offset == part.row.length_bytes {
            return Box::pin(futures_util::stream::empty());
        }
        let open = {
            let part = part.clone();
            let source_error = Arc::clone(source_error);
            Box::new(move || part.open(offset, source_error))
        };
        let taken = {
            let (inner, live) = (Arc::clone(&self.inner), Arc::clone(&self.live));
            let (went_out, counted) = (Arc::clone(went_out), Arc::clone(counted));
            let upload_id = self.upload_id;
            Arc::new(move |count: u64| {
                went_out.store(true, Ordering::Relaxed);
                let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
                *counted = counted.saturating_add(count);
                live.taken(count, inner.clock.now_ms());
                drop(counted);
                tell_progress(&inner, &live, upload_id);
            })
        };
        stream_of(open, self.inner.config.chunk_bytes, taken)
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
            return Err(Taken::new(Event::SourceChanged).with_problem(problem).into());
        }
        let now_ms = self.inner.clock.now_ms();
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

    async fn or_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, AttemptError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(AttemptError::Halt),
            value = work => Ok(value),
        }
    }
}

/// Pause between two looks for a missing source, milliseconds.
const SOURCE_PAUSE_MS: u64 = 5_000;

/// Why one attempt failed.
enum AttemptError {
    Halt,
    Source(CoreError),
    Offset { offset: u64 },
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
