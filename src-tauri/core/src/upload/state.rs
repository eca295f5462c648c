//! The state machine of one upload: a pure function from a state and an event to a state and what is to be done.
//!
//! It decides what may follow what, and nothing else: no clock, no file, no network. The engine writes each change to
//! the journal before it does what the change asks for, so that a process that dies anywhere finds in the journal what
//! it had in mind. The whole table is in docs/states.md, written from this file by a test.
//!
//! The rule everything else serves: once [`Effect::SendFinish`] was given out, the upload stays in
//! [`State::Finishing`] or [`State::FinishUnknown`] until somebody knows what became of it.

use serde::{Deserialize, Serialize};
use waypost_wire::{UploadAction, UploadState, WaitReason};

/// Where an upload goes on when its turn comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// From the start: measure the package, ask the server for its offset, send the rest.
    Transfer,
    /// All bytes are there: only `finish_upload` is missing.
    Finish,
}

/// What was under way when a wait began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Measuring the package or checking the sign-in.
    Preparing,
    /// Sending bytes.
    Sending,
    /// Asking to finish; the server has certainly not taken it.
    Finishing,
}

impl State {
    /// The word for it at the border.
    pub fn word(&self) -> UploadState {
        match self {
            Self::Draft => UploadState::Draft,
            Self::Queued { .. } => UploadState::Queued,
            Self::Preparing => UploadState::Preparing,
            Self::Sending => UploadState::Sending,
            Self::Finishing => UploadState::Finishing,
            Self::Processing => UploadState::Processing,
            Self::Published => UploadState::Published,
            Self::Paused { .. } => UploadState::Paused,
            Self::Waiting { .. } => UploadState::Waiting,
            Self::NeedsSignIn { .. } => UploadState::NeedsSignIn,
            Self::FinishUnknown { .. } => UploadState::FinishUnknown,
            Self::SourceChanged => UploadState::SourceChanged,
            Self::Failed { .. } => UploadState::Failed,
            Self::Cancelled => UploadState::Cancelled,
            Self::Lost => UploadState::Lost,
        }
    }

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

    /// Whether it can be taken out of the list without anything going on unseen.
    pub fn is_removable(&self) -> bool {
        matches!(
            self,
            Self::Draft
                | Self::Published
                | Self::SourceChanged
                | Self::Failed { .. }
                | Self::Cancelled
                | Self::Lost
        )
    }

    /// Whether the next start goes on with it without anybody asking: bytes, finish or an open question are left.
    pub fn goes_on_by_itself(&self) -> bool {
        matches!(
            self,
            Self::Queued { .. }
                | Self::Preparing
                | Self::Sending
                | Self::Finishing
                | Self::Waiting { .. }
                | Self::FinishUnknown { asks_person: false }
        )
    }

    /// Whether the service may hold it: finish is under way, unknown, or done.
    pub fn may_be_taken(&self) -> bool {
        matches!(
            self,
            Self::Finishing
                | Self::FinishUnknown { .. }
                | Self::Processing
                | Self::Published
                | Self::Lost
                | Self::Failed { taken: true, .. }
        )
    }
}

impl Phase {
    /// Where to go on after the work of this phase was stopped.
    fn step(self) -> Step {
        match self {
            Self::Preparing | Self::Sending => Step::Transfer,
            Self::Finishing => Step::Finish,
        }
    }
}

/// Where an upload is, with all that is needed to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Planned, not asked for.
    Draft,
    /// Waits for its turn.
    Queued {
        /// Where it goes on.
        next: Step,
    },
    /// The sign-in is checked and the package measured.
    Preparing,
    /// Bytes are on their way.
    Sending,
    /// `finish_upload` is (about to be) under way; the intent is in the journal.
    Finishing,
    /// The service has taken it.
    Processing,
    /// The images can be seen.
    Published,
    /// Halted by the person, or by `--nofinish` once all bytes are there.
    Paused {
        /// Where it goes on.
        next: Step,
    },
    /// Waits for a time, then goes on by itself.
    Waiting {
        /// What it was doing.
        phase: Phase,
        /// Until when, milliseconds since 1970 UTC.
        until_ms: i64,
        /// Why.
        reason: WaitReason,
    },
    /// Waits for the person to sign in as the user it belongs to.
    NeedsSignIn {
        /// Where it goes on.
        next: Step,
    },
    /// Finish was sent, or may have been, and nobody knows the answer.
    FinishUnknown {
        /// Looking did not tell: the person has to decide.
        asks_person: bool,
    },
    /// A file changed or vanished.
    SourceChanged,
    /// Ended without success.
    Failed {
        /// Stable code of the reason.
        code: String,
        /// Whether the service had taken it, so that sending it again makes a second one.
        taken: bool,
    },
    /// Ended by the person.
    Cancelled,
    /// The service took it and no longer lists it.
    Lost,
}

/// What can happen to an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The person asks to send it.
    Start,
    /// The person halts it.
    Pause,
    /// The person lets it go on.
    Resume,
    /// The person gives it up.
    Cancel,
    /// The person asks to try (or, where finish is unknown, to look) again.
    Retry,
    /// The person decides: Mapillary has not taken it, finish again.
    RetryFinish,
    /// The person decides: Mapillary has taken it.
    MarkTaken,
    /// A place among the running uploads is free.
    TurnCame {
        /// Whether the journal holds a file handle that is still good.
        handle_kept: bool,
    },
    /// The package is measured.
    Prepared,
    /// The server holds all bytes and gave its handle.
    Sent {
        /// Whether finish is wanted (`--nofinish` says no).
        finish: bool,
    },
    /// Nothing can go on before a time.
    Wait {
        /// Until when, milliseconds since 1970 UTC.
        until_ms: i64,
        /// Why.
        reason: WaitReason,
    },
    /// The time came.
    WaitOver,
    /// The token is not accepted and could not be renewed.
    SignInNeeded {
        /// Where it would go on.
        next: Step,
    },
    /// The right user is signed in again.
    SignedIn,
    /// A file is not what it was when it was read.
    SourceChanged,
    /// It cannot go on.
    Failed {
        /// Stable code of the reason.
        code: String,
    },
    /// The service answered finish with a cluster.
    FinishTaken,
    /// Finish may have reached the service, and no usable answer came.
    FinishUnanswered,
    /// The service said no to finish.
    FinishRefused {
        /// Stable code of the reason.
        code: String,
    },
    /// Looking showed that the service has taken it.
    FoundTaken,
    /// Looking showed that the service has not taken it.
    FoundNotTaken,
    /// Looking did not tell.
    FoundDoubtful,
    /// The service shows it as being worked on.
    SeenProcessing,
    /// The service shows it as published.
    SeenPublished,
    /// The service shows it as failed.
    SeenFailed {
        /// Stable code of the reason.
        code: String,
    },
    /// The service no longer shows it at all.
    SeenLost,
    /// The program has started and finds it like this in the journal.
    Restarted,
}

/// What is to be done after a change was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Line up for a place among the running uploads.
    TakeTurn,
    /// Check the sign-in and measure the package.
    Prepare,
    /// Send what the server does not hold yet, or go on sending.
    Send,
    /// Call `finish_upload`, once.
    SendFinish,
    /// Look at the service whether it has taken the upload.
    Settle,
    /// Follow it at the service.
    Follow,
    /// Stop the running work.
    Stop,
    /// End a running wait.
    Wake,
    /// Note its photos as sent, for "already sent?".
    RecordFinished,
    /// Forget handles, parts and cluster, and use a new session key.
    FreshSession,
}

/// A state and what is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state it is in now.
    pub state: State,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
}

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
        State::SourceChanged => match event {
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
        State::Failed { taken: false, .. } => match event {
            Event::Retry => queued(Step::Transfer),
            Event::Cancel => to(State::Cancelled, &[]),
            _ => None,
        },
        State::Failed { taken: true, .. } | State::Lost => match event {
            Event::Retry => to(
                State::Queued {
                    next: Step::Transfer,
                },
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
        Event::TurnCame { handle_kept: true } if next == Step::Finish => {
            to(State::Finishing, &[Effect::SendFinish])
        }
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
        Event::Sent { finish: true } if phase == Phase::Sending => {
            to(State::Finishing, &[Effect::SendFinish])
        }
        Event::Sent { finish: false } if phase == Phase::Sending => {
            to(State::Paused { next: Step::Finish }, &[])
        }
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
        Event::Pause => to(
            State::Paused {
                next: Step::Transfer,
            },
            &[Effect::Stop],
        ),
        Event::Cancel => to(State::Cancelled, &[Effect::Stop]),
        Event::Restarted => queued(Step::Transfer),
        _ => None,
    }
}

/// Neither pause nor cancel: the request may be on its way, and only its answer tells.
fn from_finishing(event: &Event) -> Option<Change> {
    match event {
        Event::FinishTaken => to(State::Processing, &[Effect::RecordFinished, Effect::Follow]),
        Event::FinishUnanswered | Event::Restarted => to(
            State::FinishUnknown { asks_person: false },
            &[Effect::Settle],
        ),
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
                next: if phase == Phase::Finishing {
                    Step::Finish
                } else {
                    *next
                },
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
        Event::Retry | Event::SignedIn => to(
            State::FinishUnknown { asks_person: false },
            &[Effect::Settle],
        ),
        Event::Restarted if asks_person => to(State::FinishUnknown { asks_person }, &[]),
        Event::Restarted => to(State::FinishUnknown { asks_person }, &[Effect::Settle]),
        _ => None,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
