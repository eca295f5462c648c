//! One honest word for what became of an upload: a pure function of what is written down and the time.
//!
//! The raw stages are not ordered and can stand still for months (API notes §3.3), so the word leans on what can be seen
//! first, then on the stages, then on the age. Old knowledge is not repeated as if it were fresh: it is called unknown.

use waypost_wire::{AskReason, Fate, FateKind, NextAsk, Stage, StageState};

use super::FollowSettings;
use crate::journal::FollowFacts;
use crate::state::State;

/// The stage that reads an upload in.
const INGESTION: &str = "initial_processing_status";

/// The upload that is spoken of.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// Where it is.
    pub state: &'a State,
    /// When the service took it, milliseconds since 1970 UTC.
    pub taken_at_ms: i64,
    /// Images that were sent; 0 where Mapillary chooses them, as from a video.
    pub image_count: u64,
}

/// What became of the upload, as known at `now_ms`; `None` before the service has taken it.
pub fn fate_of(whose: Whose<'_>, facts: &FollowFacts, now_ms: i64, settings: &FollowSettings) -> Option<Fate> {
    let answered = answered_kind(whose, facts, now_ms, settings)?;
    let kind = if is_stale(whose, facts, now_ms, settings) {
        FateKind::Unknown
    } else {
        answered
    };
    let overdue_at_ms = whose.taken_at_ms.saturating_add_unsigned(settings.overdue_after_ms);
    let since_ms = match kind {
        FateKind::Unknown => facts.asked_at_ms.unwrap_or(whose.taken_at_ms),
        FateKind::Overdue => overdue_at_ms,
        _ if facts.fate == Some(kind) => facts.fate_since_ms,
        _ => facts.asked_at_ms.unwrap_or(whose.taken_at_ms),
    };
    Some(Fate {
        kind,
        since_ms,
        visible: facts.visible_count,
        expected: Some(whose.image_count).filter(|count| *count > 0).or(facts.item_count),
        code: facts.failure.clone().filter(|_| kind == FateKind::Failed),
        known_at_ms: facts.asked_at_ms,
        overdue: matches!(whose.state, State::Processing) && now_ms >= overdue_at_ms,
        next_ask: facts.next_ask_at_ms.map(|at_ms| NextAsk {
            at_ms,
            reason: facts.trouble.unwrap_or(AskReason::Timer),
        }),
    })
}

/// Keeps in `facts` what became of the upload by the answer that came at `now_ms`, and since when it is that.
pub fn note_fate(whose: Whose<'_>, facts: &mut FollowFacts, now_ms: i64, settings: &FollowSettings) {
    let kind = answered_kind(whose, facts, now_ms, settings);
    if kind != facts.fate {
        facts.fate = kind;
        facts.fate_since_ms = now_ms;
    }
}

/// The word for the last answer, whatever its age.
fn answered_kind(whose: Whose<'_>, facts: &FollowFacts, now_ms: i64, settings: &FollowSettings) -> Option<FateKind> {
    match whose.state {
        State::Published if facts.on_map == Some(true) => Some(FateKind::OnMap),
        State::Published => Some(FateKind::Visible),
        State::Lost => Some(FateKind::LostFromFeed),
        State::Failed { taken: true, .. } => Some(FateKind::Failed),
        State::Processing if facts.visible_count.unwrap_or(0) > 0 => Some(FateKind::PartlyVisible),
        State::Processing => {
            let age_ms = u64::try_from(now_ms.saturating_sub(whose.taken_at_ms)).unwrap_or(0);
            Some(if age_ms >= settings.overdue_after_ms {
                FateKind::Overdue
            } else {
                stage_kind(&facts.stages)
            })
        }
        _ => None,
    }
}

/// How far it is by its stages. A word nobody knows stands for work that goes on.
fn stage_kind(stages: &[Stage]) -> FateKind {
    match stages.iter().find(|stage| stage.name == INGESTION) {
        None => FateKind::Accepted,
        Some(stage) => match stage.state {
            StageState::Unknown | StageState::InProgress => FateKind::Ingesting,
            StageState::Finished | StageState::Failed | StageState::Other(_) => FateKind::Processing,
        },
    }
}

/// Whether an end is still waited for and the last answer is too old to be repeated.
fn is_stale(whose: Whose<'_>, facts: &FollowFacts, now_ms: i64, settings: &FollowSettings) -> bool {
    let last_ms = facts.asked_at_ms.unwrap_or(whose.taken_at_ms);
    let age_ms = u64::try_from(now_ms.saturating_sub(last_ms)).unwrap_or(0);
    matches!(whose.state, State::Processing) && age_ms >= settings.stale_after_ms
}
