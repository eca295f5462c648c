//! How a run is going: the one place where counts come together, are written down, and are told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::task::TaskTracker;
use waypost_wire::{TakeOutProblem, TakeOutProgress, TakeOutStage};

use super::ledger::Ledger;
use crate::error::CoreError;
use crate::ports::Clock;

/// Time between two tellings, milliseconds: five a second.
const TELL_EVERY_MS: i64 = 200;
/// The speed is that of this time, milliseconds.
const SPEED_OVER_MS: i64 = 4_000;

/// What was made of one sequence's pictures.
#[derive(Clone, Debug, Default)]
pub(super) struct PictureCounts {
    /// Pictures that lie in the folder.
    pub(super) pictures: u64,
    /// Those among them that were there already.
    pub(super) already_there: u64,
    /// Bytes of those that came now.
    pub(super) kept_bytes: u64,
    /// What could not be taken.
    pub(super) problems: Vec<TakeOutProblem>,
}

#[derive(Default)]
struct Live {
    /// Counts of sequences that are not done, or not in turn.
    pictures: u64,
    already_there: u64,
    problems: u64,
    downloaded_bytes: u64,
    /// When, and how much was downloaded by then.
    samples: VecDeque<(i64, u64)>,
    told_at_ms: Option<i64>,
    /// Sequences that are done before those in front of them.
    early: BTreeMap<u64, PictureCounts>,
}

/// Gathers and tells. Clones are the same.
#[derive(Clone)]
pub(super) struct Report {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Mutex<Ledger>,
    live: Mutex<Live>,
    clock: Arc<dyn Clock>,
    work: TaskTracker,
    told: Box<dyn Fn(TakeOutProgress) + Send + Sync>,
}

impl Report {
    pub(super) fn new(ledger: Ledger, clock: Arc<dyn Clock>, told: Box<dyn Fn(TakeOutProgress) + Send + Sync>) -> Self {
        Self {
            inner: Arc::new(Inner {
                ledger: Mutex::new(ledger),
                live: Mutex::default(),
                clock,
                work: TaskTracker::new(),
                told,
            }),
        }
    }

    /// Everything that may still touch the folder. It is waited for before the run ends, so that whoever comes next has
    /// the folder for himself.
    pub(super) fn work(&self) -> &TaskTracker {
        &self.inner.work
    }

    /// The memory of the folder.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.inner.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.inner.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A picture was taken, or was there already, or could not be had.
    pub(super) fn picture(&self, is_kept: bool, was_there: bool, bytes: u64) {
        {
            let mut live = self.live();
            if is_kept {
                live.pictures += 1;
                live.already_there += u64::from(was_there);
            } else {
                live.problems += 1;
            }
            live.downloaded_bytes = live.downloaded_bytes.saturating_add(bytes);
        }
        self.tell(false);
    }

    /// All pictures of the sequence at `place` were seen to. What is in turn is written down.
    ///
    /// # Errors
    /// [`CoreError::Io`].
    pub(super) fn pictures_done(&self, place: u64, counts: PictureCounts) -> Result<(), CoreError> {
        {
            let mut ledger = self.ledger();
            let mut live = self.live();
            live.early.insert(place, counts);
            while let Some(counts) = live.early.remove(&ledger.state.pictures_done) {
                let state = &mut ledger.state;
                state.pictures_done += 1;
                state.progress.done_sequence_count = state.pictures_done;
                state.progress.picture_count += counts.pictures;
                state.progress.already_there_count += counts.already_there;
                state.kept_bytes = state.kept_bytes.saturating_add(counts.kept_bytes);
                live.pictures = live.pictures.saturating_sub(counts.pictures);
                live.already_there = live.already_there.saturating_sub(counts.already_there);
                live.problems = live.problems.saturating_sub(counts.problems.len() as u64);
                for problem in counts.problems {
                    state.note(problem);
                }
            }
            drop(live);
            ledger.save()?;
        }
        self.tell(false);
        Ok(())
    }

    /// What it is at from now on.
    pub(super) fn stage(&self, stage: TakeOutStage) {
        self.ledger().state.progress.stage = stage;
        self.tell(true);
    }

    /// How far it is now.
    pub(super) fn progress(&self) -> TakeOutProgress {
        let mut progress = self.ledger().state.progress.clone();
        let now_ms = self.inner.clock.steady_ms();
        let mut live = self.live();
        progress.picture_count = progress.picture_count.saturating_add(live.pictures);
        progress.already_there_count = progress.already_there_count.saturating_add(live.already_there);
        progress.problem_count = progress.problem_count.saturating_add(live.problems);
        progress.downloaded_bytes = live.downloaded_bytes;
        let downloaded = live.downloaded_bytes;
        live.samples.push_back((now_ms, downloaded));
        while live.samples.len() > 2 && live.samples.front().is_some_and(|(at, _)| now_ms - at > SPEED_OVER_MS) {
            live.samples.pop_front();
        }
        if let Some((at, before)) = live.samples.front() {
            let elapsed_ms = u64::try_from(now_ms - at).unwrap_or(0);
            progress.bytes_per_s = (downloaded - before)
                .saturating_mul(1_000)
                .checked_div(elapsed_ms)
                .unwrap_or(0);
        }
        progress
    }

    /// Tells how far it is, unless it was told a moment ago.
    pub(super) fn tell(&self, is_urgent: bool) {
        let now_ms = self.inner.clock.steady_ms();
        {
            let mut live = self.live();
            let is_early = live.told_at_ms.is_some_and(|at| now_ms - at < TELL_EVERY_MS);
            if is_early && !is_urgent {
                return;
            }
            live.told_at_ms = Some(now_ms);
        }
        (self.inner.told)(self.progress());
    }
}
