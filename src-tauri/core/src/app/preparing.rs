//! What is being prepared: nothing, files that are read, a plan in the person's hands, or why there is none.

use waypost_wire::{PlanProgress, PrepareState, Problem};

use super::prepared::Prepared;
use super::reading::Reading;

/// The state of the Prepare view, with what it holds.
#[derive(Default)]
pub(super) enum Prepare {
    #[default]
    Empty,
    Reading(Reading),
    Ready(Box<Prepared>),
    Failed(Problem),
}

impl Prepare {
    /// As the window shows it.
    pub(super) fn state(&self) -> PrepareState {
        match self {
            Self::Empty => PrepareState::Empty,
            Self::Reading(_) => PrepareState::Reading(PlanProgress::default()),
            Self::Ready(prepared) => PrepareState::Ready(prepared.view()),
            Self::Failed(problem) => PrepareState::Failed(problem.clone()),
        }
    }
}
