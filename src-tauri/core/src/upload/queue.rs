//! Whose turn it is: so many uploads at once, in the order in which they were asked for.

use std::sync::Arc;

use tokio::sync::Notify;

use super::inner::{Inner, Running, Taken};
use super::keeping::Unwritten;
use super::limits::Limits;
use super::run::Run;
use super::session::Session;
use super::waits::Waits;
use crate::error::CoreError;
use crate::journal::{FollowFacts, Journal, UploadRecord};
use crate::state::{Effect, Event};

/// A file handle is good for so long, milliseconds: two days, as mapillary_tools 0.14.7 trusts it (protocol notes §1.9).
pub(super) const HANDLE_LIFE_MS: i64 = 172_800_000;

impl Inner {
    /// Gives free places to those who wait for them.
    pub(super) async fn fill_places(self: &Arc<Self>) -> Result<(), CoreError> {
        loop {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            let queued = self.journal(Journal::queued).await?;
            let Some((upload_id, running)) = self.take_place(&queued) else {
                return self.measure_ahead().await;
            };
            self.spawn_run(upload_id, running, None);
        }
    }

    /// Takes a place for the first of `queued` that nobody works on.
    fn take_place(&self, queued: &[i64]) -> Option<(i64, Running)> {
        let mut all = self.running();
        let taken = all.values().filter(|running| running.has_place).count();
        if taken >= self.limits.borrow().parallel_uploads {
            return None;
        }
        let upload_id = queued.iter().copied().find(|id| !all.contains_key(id))?;
        let running = self.new_running(true);
        all.insert(upload_id, running.clone());
        Some((upload_id, running))
    }

    /// Other limits from now on. Uploads that have no place any more go back into the queue, the last of the list first;
    /// one that is being finished keeps its place until it is.
    pub(super) async fn set_limits(self: &Arc<Self>, limits: Limits) -> Result<(), CoreError> {
        let most = limits.parallel_uploads;
        self.throttle.set(limits.bandwidth.clone());
        self.limits.send_replace(limits);
        let mut excess = {
            let all = self.running();
            let taken = all
                .values()
                .filter(|running| running.has_place && !running.stop.is_cancelled());
            taken.count().saturating_sub(most)
        };
        for record in self.journal(Journal::uploads).await?.into_iter().rev() {
            if excess == 0 {
                break;
            }
            let has_place = self
                .running()
                .get(&record.upload_id)
                .is_some_and(|running| running.has_place && !running.stop.is_cancelled());
            if has_place && self.act(record.upload_id, Event::TurnLost).await?.is_none() {
                excess -= 1;
            }
        }
        self.fill_places().await
    }

    /// Starts work that needs no place.
    pub(super) fn work_on(self: &Arc<Self>, upload_id: i64, effects: Vec<Effect>) {
        if !effects.contains(&Effect::Settle) {
            return;
        }
        let running = self.new_running(false);
        {
            let mut all = self.running();
            if let Some(before) = all.get(&upload_id) {
                // Somebody still works on it: let that end, its step would not apply any more.
                before.stop.cancel();
            }
            all.insert(upload_id, running.clone());
        }
        self.spawn_run(upload_id, running, Some(effects));
    }

    fn new_running(&self, has_place: bool) -> Running {
        Running {
            stop: self.stop.child_token(),
            wake: Arc::new(Notify::new()),
            has_place,
        }
    }

    /// Works on an upload until nothing is to be done; without `effects` it is its turn in the queue.
    fn spawn_run(self: &Arc<Self>, upload_id: i64, running: Running, effects: Option<Vec<Effect>>) {
        let inner = Arc::clone(self);
        self.tasks.spawn(async move {
            let run = Run {
                live: inner.live(upload_id),
                inner: Arc::clone(&inner),
                upload_id,
                stop: running.stop.clone(),
                wake: Arc::clone(&running.wake),
                session: Session::default(),
                waits: Waits::default(),
                unwritten: Unwritten::default(),
                material: None,
                finish_attempts: 0,
            };
            let effects = match effects {
                Some(effects) => Some(effects),
                None => run.take_turn().await,
            };
            if let Some(effects) = effects {
                run.go(effects).await;
            }
            {
                let mut all = inner.running();
                let is_own = all
                    .get(&upload_id)
                    .is_some_and(|current| Arc::ptr_eq(&current.wake, &running.wake));
                if is_own {
                    all.remove(&upload_id);
                }
            }
            if let Err(error) = Box::pin(inner.fill_places()).await {
                tracing::error!(%error, "the queue cannot be read");
            }
        });
    }

    /// When an upload that was just taken is looked for the first time.
    pub(crate) fn first_look(&self) -> FollowFacts {
        let now_ms = self.clock.now_ms();
        FollowFacts {
            next_ask_at_ms: Some(now_ms.saturating_add_unsigned(self.config.follow.first_wait_ms)),
            ..FollowFacts::default()
        }
    }

    fn handle_kept(&self, record: &UploadRecord) -> bool {
        record.file_handle.is_some()
            && record
                .file_handle_at_ms
                .is_some_and(|at_ms| is_handle_fresh(at_ms, self.clock.now_ms()))
    }
}

/// Whether a handle given at `at_ms` can still be used.
pub(super) fn is_handle_fresh(at_ms: i64, now_ms: i64) -> bool {
    // A clock that was set back makes handles from the future: as good as any.
    now_ms.saturating_sub(at_ms) < HANDLE_LIFE_MS
}

impl Run {
    /// The upload's turn in the queue.
    async fn take_turn(&self) -> Option<Vec<Effect>> {
        let record = self.record().await.ok()?;
        let handle_kept = self.inner.handle_kept(&record);
        let taken = Taken::new(Event::TurnCame { handle_kept });
        // It does not apply when it was paused or cancelled a moment ago.
        self.step(taken).await.ok().map(|(_, effects)| effects)
    }
}
