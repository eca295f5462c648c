//! What all parts of the engine share, and the one way in which an upload takes a step: written down first, told to the
//! list, and only then acted upon.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use waypost_mapillary::Client;
use waypost_wire::{Problem, UploadEvent, UploadRow, WaitReason};

use super::ahead::Ahead;
use super::body::Chunks;
use super::config::EngineConfig;
use super::hashing::Hashing;
use super::limits::Limits;
use super::line::Line;
use super::live::Live;
use super::measuring_room::MeasuringRoom;
use super::memory::PhotoMemory;
use super::row::row_of;
use super::throttle::Throttle;
use super::tokens::TokenSource;
use super::transport::Transport;
use crate::error::CoreError;
use crate::journal::{Applied, Fact, Journal, Step, UploadRecord};
use crate::ports::Clock;
use crate::state::{Effect, Event, State};

/// Photos of all uploads together take no more memory than this while they are sent one by one, kibibytes: two of
/// 12 MB, so that the whole command line stays below 80 MB. A photo that finds no room is read twice instead.
const PHOTO_MEMORY_KIB: usize = 28 * 1024;

/// The same while zips are measured: three zips of photos of 3 MB, or one of larger ones. It is less, because zips that
/// were measured before are sent meanwhile, each through chunks of its own.
const MEASURING_KIB: u32 = 27 * 1024;

/// Everything the tasks of one engine share.
pub(crate) struct Inner {
    pub(crate) config: EngineConfig,
    pub(crate) journal: Arc<Journal>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) tokens: Arc<dyn TokenSource>,
    pub(crate) clock: Arc<dyn Clock>,
    /// For looking at the service; none in a dry run.
    pub(crate) client: Option<Client>,
    pub(crate) events: broadcast::Sender<UploadEvent>,
    /// Ends the work at the next safe place.
    pub(crate) stop: CancellationToken,
    /// Ends it at once: nothing is sent or written any more.
    pub(crate) dead: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// Wakes the follower.
    pub(crate) follow_poke: Notify,
    /// What the person allows at this moment.
    pub(super) limits: watch::Sender<Limits>,
    /// Lets bytes out.
    pub(super) throttle: Arc<Throttle>,
    /// Whether the service can be reached.
    pub(super) line: Line,
    /// Counts how often the computer slept or its clock was set.
    pub(super) jumps: watch::Sender<u64>,
    /// What is measured before its turn.
    pub(super) ahead: Ahead,
    /// Hashes photos, several at once.
    pub(super) hashing: Hashing,
    /// Where photos are held while they are sent.
    pub(super) memory: PhotoMemory,
    /// Where everything else is held while it is sent.
    pub(super) chunks: Chunks,
    /// For what is measured at the same time.
    pub(super) measuring_room: MeasuringRoom,
    /// One step at a time, so that steps, their events and stopped runs have one order.
    order: tokio::sync::Mutex<()>,
    running: Mutex<HashMap<i64, Running>>,
    live: Mutex<HashMap<i64, Arc<Live>>>,
}

/// An upload that is being worked on.
#[derive(Clone)]
pub(super) struct Running {
    /// Ends the work.
    pub(super) stop: CancellationToken,
    /// Ends a wait.
    pub(super) wake: Arc<Notify>,
    /// Whether it counts against the number of uploads at once.
    pub(super) has_place: bool,
}

/// A step to be taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) event: Event,
    pub(crate) problem: Option<Problem>,
    pub(crate) facts: Vec<Fact>,
}

impl Taken {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            problem: None,
            facts: Vec::new(),
        }
    }

    pub(crate) fn with_problem(mut self, problem: Problem) -> Self {
        self.problem = Some(problem);
        self
    }

    pub(crate) fn with_fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }
}

/// What came of a step.
pub(crate) enum Outcome {
    /// Written down; this is to be done.
    Done {
        record: Box<UploadRecord>,
        effects: Vec<Effect>,
    },
    /// It does not apply in this state.
    DoesNotApply(State),
    /// The run that wanted it was stopped in the meantime.
    Stale,
}

impl Inner {
    pub(super) fn new(
        config: EngineConfig,
        journal: Arc<Journal>,
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
        client: Option<Client>,
    ) -> Self {
        let limits = config.limits();
        let throttle = Throttle::new(Arc::clone(&clock), limits.bandwidth.clone());
        Self {
            config,
            journal,
            transport,
            tokens,
            clock,
            limits: watch::Sender::new(limits),
            throttle: Arc::new(throttle),
            line: Line::default(),
            jumps: watch::Sender::new(0),
            ahead: Ahead::default(),
            hashing: Hashing::default(),
            memory: PhotoMemory::new(PHOTO_MEMORY_KIB),
            chunks: Chunks::default(),
            measuring_room: MeasuringRoom::new(MEASURING_KIB),
            client,
            // A listener that falls behind by more asks for the whole list.
            events: broadcast::channel(1024).0,
            stop: CancellationToken::new(),
            dead: CancellationToken::new(),
            tasks: TaskTracker::new(),
            follow_poke: Notify::new(),
            order: tokio::sync::Mutex::new(()),
            running: Mutex::default(),
            live: Mutex::default(),
        }
    }

    /// Calls the journal off the async threads.
    pub(crate) async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let journal = Arc::clone(&self.journal);
        tokio::task::spawn_blocking(move || work(&journal))
            .await
            // The runtime is shutting down, or the call panicked: either way nothing was done that could be trusted.
            .unwrap_or(Err(CoreError::Stopped))
    }

    /// Takes a step for the person, the follower or, with `run`, for the run that is allowed to as long as it is not
    /// stopped.
    pub(crate) async fn take(
        &self,
        upload_id: i64,
        taken: Taken,
        run: Option<&CancellationToken>,
    ) -> Result<Outcome, CoreError> {
        let _order = self.order.lock().await;
        if self.dead.is_cancelled() {
            return Err(CoreError::Stopped);
        }
        if run.is_some_and(CancellationToken::is_cancelled) {
            return Ok(Outcome::Stale);
        }
        let at_ms = self.clock.now_ms();
        let applied = self
            .journal(move |journal| {
                let Taken { event, problem, facts } = taken;
                journal.apply(&Step {
                    upload_id,
                    event: &event,
                    at_ms,
                    problem,
                    facts,
                })
            })
            .await?;
        match applied {
            Applied::Done { record, effects } => {
                if effects.contains(&Effect::FreshSession) {
                    self.forget_live(upload_id);
                }
                if effects.contains(&Effect::Stop)
                    && let Some(running) = self.running().get(&upload_id)
                {
                    running.stop.cancel();
                }
                if effects.contains(&Effect::Wake)
                    && let Some(running) = self.running().get(&upload_id)
                {
                    running.wake.notify_waiters();
                }
                if !matches!(record.state, State::Queued { .. } | State::Preparing) {
                    self.ahead.forget(upload_id);
                }
                if effects.contains(&Effect::Follow) {
                    self.follow_poke.notify_one();
                }
                self.tell(&record);
                Ok(Outcome::Done { record, effects })
            }
            Applied::DoesNotApply { state } => Ok(Outcome::DoesNotApply(state)),
        }
    }

    /// Changes something about an upload without a step, in order with the steps, and tells the list.
    pub(crate) async fn change(
        &self,
        work: impl FnOnce(&Journal) -> Result<UploadRecord, CoreError> + Send + 'static,
    ) -> Result<UploadRecord, CoreError> {
        let _order = self.order.lock().await;
        let record = self.journal(work).await?;
        self.tell(&record);
        Ok(record)
    }

    /// Changes the order of the list, in order with the steps, and tells every row that moved.
    pub(super) async fn reorder(&self, upload_id: i64, before: Option<i64>) -> Result<(), CoreError> {
        let _order = self.order.lock().await;
        for record in self.journal(move |journal| journal.reorder(upload_id, before)).await? {
            self.tell(&record);
        }
        Ok(())
    }

    /// Tells the list what a row looks like now.
    pub(crate) fn tell(&self, record: &UploadRecord) {
        self.send(UploadEvent::Row(Box::new(self.row(record))));
    }

    /// Tells the list something. That nobody listens is no failure.
    pub(crate) fn send(&self, event: UploadEvent) {
        let _ = self.events.send(event);
    }

    pub(crate) fn row(&self, record: &UploadRecord) -> UploadRow {
        let progress = self
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&record.upload_id)
            .map(|live| live.progress(record.upload_id, self.clock.steady_ms()));
        let mut row = row_of(record, progress.as_ref(), self.clock.now_ms(), &self.config.follow);
        // All who are offline wait for the same probe; the journal only knows when the wait began.
        if let Some(waiting) = row
            .waiting
            .as_mut()
            .filter(|waiting| waiting.reason == WaitReason::Offline)
            && let Some(until_ms) = self.line.down_until_ms()
        {
            waiting.until_ms = until_ms;
        }
        row
    }

    /// The moving numbers of an upload.
    pub(super) fn live(&self, upload_id: i64) -> Arc<Live> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(live.entry(upload_id).or_default())
    }

    pub(super) fn forget_live(&self, upload_id: i64) {
        self.live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&upload_id);
    }

    /// What is being worked on.
    pub(super) fn running(&self) -> MutexGuard<'_, HashMap<i64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
