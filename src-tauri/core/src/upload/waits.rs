//! Waits of several images at once as one wait of the upload: it waits only while everything that is left waits.

use std::sync::PoisonError;

use tokio::sync::Mutex;
use waypost_wire::{Problem, WaitReason};

use super::inner::Taken;
use super::pause::Deadline;
use super::run::{Halt, Run};
use crate::state::Event;

/// Who works and who waits within one upload.
#[derive(Default)]
pub(super) struct Waits {
    board: Mutex<Board>,
    /// Since when the source is missing, milliseconds of the steady clock.
    missing_since_ms: std::sync::Mutex<Option<i64>>,
}

impl Waits {
    /// The source is missing now: since when it is.
    pub(super) fn source_missing_since(&self, now_ms: i64) -> i64 {
        *self
            .missing_since_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(now_ms)
    }

    /// The source is there; whether it was missing until now.
    pub(super) fn source_is_there(&self) -> bool {
        let mut missing_since_ms = self.missing_since_ms.lock().unwrap_or_else(PoisonError::into_inner);
        missing_since_ms.take().is_some()
    }
}

#[derive(Default)]
struct Board {
    /// Workers that still have something to do.
    workers: usize,
    /// Workers that wait, and until when.
    waiting: Vec<(usize, i64, WaitReason, Problem)>,
    /// Whether the upload is written down as waiting.
    is_shown: bool,
}

impl Run {
    /// So many workers begin.
    pub(super) async fn begin_workers(&self, workers: usize) {
        *self.waits.board.lock().await = Board {
            workers,
            ..Board::default()
        };
    }

    /// One worker more begins.
    pub(super) async fn add_worker(&self) -> Result<(), Halt> {
        let mut board = self.waits.board.lock().await;
        board.workers = board.workers.saturating_add(1);
        if board.is_shown {
            board.is_shown = false;
            self.step(Taken::new(Event::WaitOver)).await?;
        }
        Ok(())
    }

    /// A worker has nothing to do any more; if all others wait, so does the upload.
    pub(super) async fn end_worker(&self) -> Result<(), Halt> {
        let mut board = self.waits.board.lock().await;
        board.workers = board.workers.saturating_sub(1);
        self.show_wait(&mut board).await
    }

    /// Waits so long as a worker of this upload.
    pub(super) async fn wait(
        &self,
        worker: usize,
        wait_ms: u64,
        reason: WaitReason,
        problem: Problem,
    ) -> Result<(), Halt> {
        if wait_ms == 0 {
            return if self.stop.is_cancelled() { Err(Halt) } else { Ok(()) };
        }
        let changes = self.inner.throttle.changes();
        let deadline = Deadline::after(&*self.inner.clock, wait_ms);
        {
            let mut board = self.waits.board.lock().await;
            board.waiting.push((worker, deadline.wall_ms, reason, problem));
            self.show_wait(&mut board).await?;
        }
        self.pause(reason, deadline, changes).await?;
        let mut board = self.waits.board.lock().await;
        board.waiting.retain(|(waiting, ..)| *waiting != worker);
        if board.is_shown {
            board.is_shown = false;
            self.step(Taken::new(Event::WaitOver)).await?;
        }
        Ok(())
    }

    async fn show_wait(&self, board: &mut Board) -> Result<(), Halt> {
        if board.is_shown || board.workers == 0 || board.waiting.len() < board.workers {
            return Ok(());
        }
        let Some((_, until_ms, reason, problem)) =
            board.waiting.iter().min_by_key(|(_, until_ms, ..)| *until_ms).cloned()
        else {
            return Ok(());
        };
        board.is_shown = true;
        self.step(Taken::new(Event::Wait { until_ms, reason }).with_problem(problem))
            .await
            .map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_comes_back_was_missing_once_and_then_is_there() {
        let waits = Waits::default();
        assert!(!waits.source_is_there());
        assert_eq!(waits.source_missing_since(7), 7);
        assert_eq!(waits.source_missing_since(9), 7);
        assert!(waits.source_is_there(), "an error may be of the moment before");
        assert!(!waits.source_is_there(), "the next one is not");
    }
}
