//! One upload under way: does what the state machine asks for, and reports what came of it, until nothing is to be done
//! or somebody stops it.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use waypost_wire::Problem;

use super::inner::{Inner, Outcome, Taken};
use super::keeping::Unwritten;
use super::live::Live;
use super::material::Material;
use super::pause::Deadline;
use super::session::Session;
use super::waits::Waits;
use crate::error::CoreError;
use crate::journal::{Journal, UploadRecord};
use crate::state::{Effect, Event};

/// Pause before the journal is tried again after it could not be written (a full disk), milliseconds.
const JOURNAL_PAUSE_MS: u64 = 5_000;

/// The work on one upload.
pub(super) struct Run {
    pub(super) inner: Arc<Inner>,
    pub(super) upload_id: i64,
    pub(super) stop: CancellationToken,
    pub(super) wake: Arc<Notify>,
    pub(super) live: Arc<Live>,
    pub(super) session: Session,
    pub(super) waits: Waits,
    /// Images that were sent and not yet written down.
    pub(super) unwritten: Unwritten,
    /// What is sent, once it is prepared.
    pub(super) material: Option<Material>,
    /// Attempts to finish that certainly did not reach the server.
    pub(super) finish_attempts: u32,
}

/// Why a run ends without a further step: it was stopped, or the journal is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Halt;

impl Run {
    /// Works until nothing is to be done any more.
    pub(super) async fn go(mut self, mut effects: Vec<Effect>) {
        loop {
            let taken = match work_of(&effects) {
                Some(Effect::Prepare) => self.prepare().await,
                Some(Effect::Send) => self.send_all().await,
                Some(Effect::SendFinish) => self.send_finish().await,
                Some(Effect::Settle) => self.settle().await,
                _ => return,
            };
            let Ok(taken) = taken else { return };
            // What came of a finish is written down even when everything is being stopped.
            let is_answer = work_of(&effects) == Some(Effect::SendFinish);
            match self.step_and_wait(taken, is_answer).await {
                Ok(next) => effects = next,
                Err(Halt) => return,
            }
        }
    }

    /// Takes a step, and where it leads into a wait, the step out of it too.
    async fn step_and_wait(&mut self, taken: Taken, is_answer: bool) -> Result<Vec<Effect>, Halt> {
        let run = (!is_answer).then_some(&self.stop);
        let wait = match taken.event {
            Event::Wait { until_ms, reason } => Some((reason, Deadline::at(&*self.inner.clock, until_ms))),
            _ => None,
        };
        let (_, effects) = self.step_of(taken, run).await?;
        let Some((reason, deadline)) = wait else {
            return Ok(effects);
        };
        self.pause(reason, deadline, self.inner.throttle.changes()).await?;
        self.step(Taken::new(Event::WaitOver)).await.map(|(_, effects)| effects)
    }

    /// Takes a step as this run. A journal that cannot be written is tried again until it can: going on without it could
    /// send something twice.
    pub(super) async fn step(&self, taken: Taken) -> Result<(Box<UploadRecord>, Vec<Effect>), Halt> {
        self.step_of(taken, Some(&self.stop)).await
    }

    async fn step_of(
        &self,
        taken: Taken,
        run: Option<&CancellationToken>,
    ) -> Result<(Box<UploadRecord>, Vec<Effect>), Halt> {
        loop {
            match self.inner.take(self.upload_id, taken.clone(), run).await {
                Ok(Outcome::Done { record, effects }) => return Ok((record, effects)),
                Ok(Outcome::DoesNotApply(state)) => {
                    tracing::debug!(?state, event = ?taken.event, "a step that does not apply");
                    return Err(Halt);
                }
                Ok(Outcome::Stale) => return Err(Halt),
                Err(error) => self.journal_failed(error).await?,
            }
        }
    }

    /// Calls the journal, again and again while it cannot be written.
    pub(super) async fn journal<T: Send + 'static>(
        &self,
        work: impl Fn(&Journal) -> Result<T, CoreError> + Send + Sync + 'static,
    ) -> Result<T, Halt> {
        let work = Arc::new(work);
        loop {
            if self.stop.is_cancelled() {
                return Err(Halt);
            }
            let work = Arc::clone(&work);
            match self.inner.journal(move |journal| work(journal)).await {
                Ok(value) => return Ok(value),
                Err(error) => self.journal_failed(error).await?,
            }
        }
    }

    /// Changes the upload's record, again and again while the journal cannot be written.
    pub(super) async fn change(
        &self,
        work: impl Fn(&Journal) -> Result<UploadRecord, CoreError> + Send + Sync + 'static,
    ) -> Result<(), Halt> {
        let work = Arc::new(work);
        loop {
            let work = Arc::clone(&work);
            match self.inner.change(move |journal| work(journal)).await {
                Ok(_) => return Ok(()),
                Err(error) => self.journal_failed(error).await?,
            }
        }
    }

    /// Says that the journal cannot be written, and waits before it is tried again.
    pub(super) async fn journal_failed(&self, error: CoreError) -> Result<(), Halt> {
        if matches!(error, CoreError::Stopped | CoreError::NoSuchUpload { .. }) {
            return Err(Halt);
        }
        tracing::error!(%error, "the journal cannot be written");
        if let Ok(mut record) = self.inner.journal.upload(self.upload_id) {
            record.problem = Some(error.problem());
            self.inner.tell(&record);
        }
        self.pause_for(JOURNAL_PAUSE_MS).await
    }

    /// The record as it stands.
    pub(super) async fn record(&self) -> Result<UploadRecord, Halt> {
        let upload_id = self.upload_id;
        self.journal(move |journal| journal.upload(upload_id)).await
    }

    /// Tells the moving numbers, if it is time.
    pub(super) fn tell_progress(&self) {
        tell_progress(&self.inner, &self.live, self.upload_id);
    }

    /// The end of the upload for a reason that no waiting removes.
    pub(super) fn failed(problem: Problem) -> Taken {
        Taken::new(Event::Failed {
            code: problem.code.clone(),
        })
        .with_problem(problem)
    }
}

/// Tells the moving numbers of an upload, if it is time.
pub(super) fn tell_progress(inner: &Inner, live: &Live, upload_id: i64) {
    if let Some(progress) = live.due(upload_id, inner.clock.steady_ms()) {
        inner.send(waypost_wire::UploadEvent::Progress(progress));
    }
}

/// The one effect that is work for a run.
fn work_of(effects: &[Effect]) -> Option<Effect> {
    effects.iter().copied().find(|effect| {
        matches!(
            effect,
            Effect::Prepare | Effect::Send | Effect::SendFinish | Effect::Settle
        )
    })
}
