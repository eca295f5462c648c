//! A wish of the person as a step of the state machine.

use std::sync::Arc;

use waypost_wire::{Problem, UploadState};

use super::inner::{Inner, Outcome, Taken};
use crate::error::CoreError;
use crate::journal::{Fact, UploadRecord};
use crate::state::transition::transition;
use crate::state::{Effect, Event};

impl Inner {
    /// A step of the person; `Some` is the upload as it is when the step does not apply. It is carried through even
    /// when the caller does not wait for it.
    pub(super) async fn act(self: &Arc<Self>, upload_id: i64, event: Event) -> Result<Option<UploadRecord>, CoreError> {
        let inner = Arc::clone(self);
        let act = async move {
            let before = inner.journal(move |journal| journal.upload(upload_id)).await?;
            let mut taken = Taken::new(event.clone());
            taken.problem = lasting_problem(&before, &event);
            if event == Event::MarkTaken {
                taken.facts.push(Fact::Follow(inner.first_look()));
            }
            match inner.take(upload_id, taken, None).await? {
                Outcome::Done { effects, .. } => {
                    let takes_turn = effects.contains(&Effect::TakeTurn);
                    inner.work_on(upload_id, effects);
                    if takes_turn {
                        inner.fill_places().await?;
                    }
                    Ok(None)
                }
                Outcome::DoesNotApply(_) | Outcome::Stale => Ok(Some(before)),
            }
        };
        self.tasks.spawn(act).await.unwrap_or(Err(CoreError::Stopped))
    }
}

/// The wish does not fit the state the upload is in.
pub(super) fn wrong_state(record: &UploadRecord, act: &'static str) -> CoreError {
    let state = serde_json::to_value(record.state.word())
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default();
    CoreError::WrongState {
        upload_id: record.upload_id,
        act,
        state,
    }
}

/// The words of a wait that goes on or a question that stays open; what led into another state is over with it.
pub(super) fn lasting_problem(before: &UploadRecord, event: &Event) -> Option<Problem> {
    let after = transition(&before.state, event)?.state;
    if after.word() == before.state.word() {
        before.problem.clone()
    } else if after.word() == UploadState::FinishUnknown {
        let reason = "Waypost ended before the answer came".into();
        Some(CoreError::FinishUnanswered { reason }.problem())
    } else {
        None
    }
}
