//! The words of the state machine of one upload: where it is, what can happen to it, what is to be done then.
//!
//! What follows what is in [`transition`].

pub mod transition;

use serde::{Deserialize, Serialize};
use waypost_wire::{UploadState, WaitReason};

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

    /// Whether it can be taken out of the list without anything going on unseen.
    pub fn is_removable(&self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Published | Self::SourceChanged | Self::Failed { .. } | Self::Cancelled | Self::Lost
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

    /// Whether trying again needs no question: the service has certainly not taken it.
    pub fn can_be_retried_unasked(&self) -> bool {
        matches!(self, Self::Failed { taken: false, .. } | Self::SourceChanged)
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
    /// Fewer uploads may be under way at once than are: it goes back into the queue.
    TurnLost,
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
