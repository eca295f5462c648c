//! What the window asks of the take-out.

use std::sync::Arc;

use waypost_wire::{TakeOutChoice, TakeOutState};

use super::take_out_desk::Turn;
use super::waypost::Waypost;
use crate::error::CoreError;
use crate::takeout::{Asker, Choice, estimate};

/// Images between two events of an estimate: pages come quicker than anybody reads.
const TELL_EVERY_IMAGES: u64 = 1_000;

impl Waypost {
    /// Says in the background how large a take-out will be.
    ///
    /// # Errors
    /// What is wrong with the choice; everything else comes as an event.
    pub(super) fn estimate_take_out(&self, choice: TakeOutChoice) -> Result<(), CoreError> {
        let choice = Choice::check(choice)?;
        let turn = self.take_out.begin(&self.bus);
        let asker = self.asker(&turn);
        turn.tell(TakeOutState::Estimating { image_count: 0 });
        tokio::spawn(async move {
            let told = std::sync::atomic::AtomicU64::new(0);
            let estimated = estimate(&asker, &choice, |image_count| {
                let last = told.load(std::sync::atomic::Ordering::Relaxed);
                if image_count >= last.saturating_add(TELL_EVERY_IMAGES) {
                    told.store(image_count, std::sync::atomic::Ordering::Relaxed);
                    turn.tell(TakeOutState::Estimating { image_count });
                }
            })
            .await;
            turn.tell(match estimated {
                Ok(estimate) => TakeOutState::Estimated { estimate },
                Err(CoreError::Stopped) => TakeOutState::Idle,
                Err(error) => TakeOutState::Failed {
                    problem: error.problem(),
                    progress: None,
                },
            });
        });
        Ok(())
    }

    /// Asks the service with the account that is signed in, until the run is stopped.
    pub(super) fn asker(&self, turn: &Turn) -> Asker {
        Asker::new(
            self.client.clone(),
            Arc::new(self.accounts.clone()),
            Arc::clone(&self.clock),
            turn.stop.clone(),
        )
    }
}
