//! The state machine of one upload: a pure function from a state and an event to a state and what is to be done.
//!
//! It decides what may follow what, and nothing else: no clock, no file, no network. The engine writes each change to
//! the journal before it does what the change asks for, so that a process that dies anywhere finds in the journal what
//! it had in mind. The whole table is in docs/states.md, written from this file by a test.
//!
//! The rule everything else serves: once [`Effect::SendFinish`] was given out, the upload stays in
//! [`State::Finishing`] or [`State::FinishUnknown`] until somebody knows what became of it.

use waypost_wire::UploadAction;

use super::{Effect, Event, Phase, State, Step};

impl Phase {
    /// Where to go on after the work of this phase was stopped.
    fn step(self) -> Step {
        match self {
            Self::Preparing | Self::Sending => Step::Transfer,
            Self::Finishing => Step::Finish,
        }
    }
}

impl State {
    /// What the person can ask of it: the events of a person that apply, and `remove` where nothing goes on.
    pub fn actions(&self) -> Vec<UploadAction> {
        let asked = [
            (Event::Start, UploadAction::Start),
            (Event::Pause, UploadAction::Pause),
            (Event::Resume, UploadAction::Resume),
            (Event::Retry, UploadAction::Retry),
            (Event::RetryFinish, UploadAction::RetryFinish),
            (Event::MarkTaken, UploadAction::MarkTaken),
            (Event::Cancel, UploadAction::Cancel),
        ];
        let mut actions: Vec<_> = asked
            .into_iter()
            .filter(|(event, _)| transition(self, event).is_some())
            .map(|(_, action)| action)
            .collect();
        if self.is_removable() {
            actions.push(UploadAction::Remove);
        }
        actions
    }
}

/// A state and what is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state it is in now.
    pub state: State,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
}

#[expect(clippy::unnecessary_wraps, reason = "every arm of the table is an answer or none")]
fn to(state: State, effects: &[Effect]) -> Option<Change> {
    Some(Change {
        state,
        effects: effects.to_vec(),
    })
}

fn queued(next: Step) -> Option<Change> {
    to(State::Queued { next }, &[Effect::TakeTurn])
}

/// What `event` makes of `state`; `None` where it does not apply, and then nothing changes and nothing is done.
pub fn transition(state: &State, event: &Event) -> Option<Change> {
    match state {
        State::Draft => match event {
            Event::Start => queued(Step::Transfer),
            Event::Cancel => to(State::Cancelled, &[]),
            _ => None,
        },
        State::Queued { next } => from_queued(*next, event),
        State::Preparing => from_running(Phase::Preparing, event),
        State::Sending => from_running(Phase::Sending, event),
        State::Finishing => from_finishing(event),
        State::Waiting { phase, .. } => from_waiting(state, *phase, event),
        State::Paused { next } => match event {
            Event::Resume => queued(*next),
            Event::Cancel => to(State::Cancelled, &[]),
            _ => None,
        },
        State::NeedsSignIn { next } => match event {
            Event::SignedIn | Event::Resume => queued(*next),
            Event::Pause => to(State::Paused { next: *next }, &[]),
            Event::Cancel => to(State::Cancelled, &[]),
            _ => None,
        },
        State::FinishUnknown { asks_person } => from_finish_unknown(*asks_person, event),
        State::SourceChanged | State::Failed { taken: false, .. } => match event {
            Event::Retry => queued(Step::Transfer),
            Event::Cancel => to(State::Cancelled, &[]),
            _ => None,
        },
        State::Processing => match event {
            Event::SeenPublished => to(State::Published, &[]),
            Event::SeenFailed { code } => to(
                State::Failed {
                    code: code.clone(),
                    taken: true,
                },
                &[],
            ),
            Event::SeenLost => to(State::Lost, &[]),
            Event::Restarted => to(State::Processing, &[Effect::Follow]),
            _ => None,
        },
        State::Failed { taken: true, .. } | State::Lost => match event {
            Event::Retry => to(
                State::Queued { next: Step::Transfer },
                &[Effect::FreshSession, Effect::TakeTurn],
            ),
            Event::SeenProcessing => to(State::Processing, &[Effect::Follow]),
            Event::SeenPublished => to(State::Published, &[]),
            _ => None,
        },
        State::Published | State::Cancelled => None,
    }
}

fn from_queued(next: Step, event: &Event) -> Option<Change> {
    match event {
        Event::TurnCame { handle_kept: true } if next == Step::Finish => to(State::Finishing, &[Effect::SendFinish]),
        Event::TurnCame { .. } => to(State::Preparing, &[Effect::Prepare]),
        Event::SignInNeeded { .. } => to(State::NeedsSignIn { next }, &[]),
        Event::Pause => to(State::Paused { next }, &[]),
        Event::Cancel => to(State::Cancelled, &[]),
        Event::Restarted => queued(next),
        _ => None,
    }
}

fn from_running(phase: Phase, event: &Event) -> Option<Change> {
    match event {
        Event::Prepared if phase == Phase::Preparing => to(State::Sending, &[Effect::Send]),
        Event::Sent { finish: true } if phase == Phase::Sending => to(State::Finishing, &[Effect::SendFinish]),
        Event::Sent { finish: false } if phase == Phase::Sending => to(State::Paused { next: Step::Finish }, &[]),
        Event::Wait { until_ms, reason } => to(
            State::Waiting {
                phase,
                until_ms: *until_ms,
                reason: *reason,
            },
            &[],
        ),
        Event::SignInNeeded { next } => to(State::NeedsSignIn { next: *next }, &[]),
        Event::SourceChanged => to(State::SourceChanged, &[]),
        Event::Failed { code } => to(
            State::Failed {
                code: code.clone(),
                taken: false,
            },
            &[],
        ),
        Event::TurnLost => to(
            State::Queued { next: Step::Transfer },
            &[Effect::Stop, Effect::TakeTurn],
        ),
        Event::Pause => to(State::Paused { next: Step::Transfer }, &[Effect::Stop]),
        Event::Cancel => to(State::Cancelled, &[Effect::Stop]),
        Event::Restarted => queued(Step::Transfer),
        _ => None,
    }
}

/// Neither pause nor cancel: the request may be on its way, and only its answer tells.
fn from_finishing(event: &Event) -> Option<Change> {
    match event {
        Event::FinishTaken => to(State::Processing, &[Effect::RecordFinished, Effect::Follow]),
        Event::FinishUnanswered | Event::Restarted => {
            to(State::FinishUnknown { asks_person: false }, &[Effect::Settle])
        }
        Event::FinishRefused { code } => to(
            State::Failed {
                code: code.clone(),
                taken: false,
            },
            &[],
        ),
        Event::Wait { until_ms, reason } => to(
            State::Waiting {
                phase: Phase::Finishing,
                until_ms: *until_ms,
                reason: *reason,
            },
            &[],
        ),
        Event::SignInNeeded { .. } => to(State::NeedsSignIn { next: Step::Finish }, &[]),
        _ => None,
    }
}

fn from_waiting(waiting: &State, phase: Phase, event: &Event) -> Option<Change> {
    let (state, effect) = match phase {
        Phase::Preparing => (State::Preparing, Effect::Prepare),
        Phase::Sending => (State::Sending, Effect::Send),
        Phase::Finishing => (State::Finishing, Effect::SendFinish),
    };
    match event {
        Event::WaitOver => to(state, &[effect]),
        Event::Retry | Event::Resume => to(waiting.clone(), &[Effect::Wake]),
        Event::Wait { until_ms, reason } => to(
            State::Waiting {
                phase,
                until_ms: *until_ms,
                reason: *reason,
            },
            &[],
        ),
        Event::SignInNeeded { next } => to(
            State::NeedsSignIn {
                next: if phase == Phase::Finishing { Step::Finish } else { *next },
            },
            &[],
        ),
        Event::SourceChanged if phase != Phase::Finishing => to(State::SourceChanged, &[]),
        Event::Failed { code } => to(
            State::Failed {
                code: code.clone(),
                taken: false,
            },
            &[],
        ),
        Event::TurnLost => to(State::Queued { next: phase.step() }, &[Effect::Stop, Effect::TakeTurn]),
        Event::Pause => to(State::Paused { next: phase.step() }, &[Effect::Stop]),
        Event::Cancel => to(State::Cancelled, &[Effect::Stop]),
        Event::Restarted => queued(phase.step()),
        _ => None,
    }
}

/// No cancel: giving it up would leave something at the service that nobody follows. The person can say what became of it.
fn from_finish_unknown(asks_person: bool, event: &Event) -> Option<Change> {
    match event {
        Event::FoundTaken => to(State::Processing, &[Effect::RecordFinished, Effect::Follow]),
        Event::MarkTaken => to(
            State::Processing,
            &[Effect::Stop, Effect::RecordFinished, Effect::Follow],
        ),
        Event::FoundNotTaken if !asks_person => to(State::Finishing, &[Effect::SendFinish]),
        Event::FoundDoubtful => to(State::FinishUnknown { asks_person: true }, &[]),
        // Only after looking did not tell: while it might still tell, a second finish would be rash.
        Event::RetryFinish if asks_person => queued(Step::Finish),
        Event::Retry | Event::SignedIn => to(State::FinishUnknown { asks_person: false }, &[Effect::Settle]),
        Event::Restarted if asks_person => to(State::FinishUnknown { asks_person }, &[]),
        Event::Restarted => to(State::FinishUnknown { asks_person }, &[Effect::Settle]),
        _ => None,
    }
}

#[cfg(test)]
#[path = "transition_tests.rs"]
mod tests;
