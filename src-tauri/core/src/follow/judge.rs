//! What the answers of the service mean for one upload: a pure function. Unknown words are kept as they came, silence is
//! never read as success, and an entry that vanished is not read as either.

use waypost_mapillary::{FeedNode, Stage as FeedStage};
use waypost_wire::{ImageLink, Stage, StageState};

use super::FollowSettings;
use crate::journal::FollowFacts;
use crate::state::Event;

/// What the feed said about one upload.
#[derive(Clone, Debug, PartialEq)]
pub enum FeedAnswer {
    /// It is listed.
    Listed(Box<FeedNode>),
    /// Everything was read and it is not there.
    NotListed,
    /// The feed is not open to this sign-in, or was not read far enough to tell.
    Unknown,
}

/// What the image search found of one upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visible {
    /// Images of it that can be seen.
    pub count: u64,
    /// Where they are.
    pub links: Vec<ImageLink>,
}

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Images that were sent; 0 where Mapillary chooses them, as from a video.
    pub image_count: u64,
    /// When the service took it, milliseconds since 1970 UTC.
    pub taken_at_ms: i64,
}

/// What follows from the answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What is known now.
    pub facts: FollowFacts,
    /// What the service shows; `None` when it shows nothing that is certain.
    pub event: Option<Event>,
    /// In words, where the service failed: field and value as they came.
    pub failure: Option<String>,
}

/// Judges one upload by what the service answered at `now_ms`. `visible` is `None` when the search was not asked.
pub fn judge(
    before: &FollowFacts,
    subject: Subject,
    feed: &FeedAnswer,
    visible: Option<Visible>,
    now_ms: i64,
    settings: &FollowSettings,
) -> Judgement {
    let mut facts = before.clone();
    facts.asked_at_ms = Some(now_ms);
    facts.trouble = None;
    match feed {
        FeedAnswer::Listed(node) => {
            facts.stages = stages_of(node);
            facts.item_count = node.item_count.or(before.item_count);
            facts.was_listed = true;
            facts.first_listed_at_ms = facts.first_listed_at_ms.or(Some(now_ms));
            facts.missing_count = 0;
        }
        FeedAnswer::NotListed if before.was_listed => {
            facts.missing_count = before.missing_count.saturating_add(1);
        }
        FeedAnswer::NotListed | FeedAnswer::Unknown => {}
    }
    if let Some(visible) = visible {
        facts.visible_count = Some(visible.count);
        facts.links = visible.links;
    }
    let age_ms = u64::try_from(now_ms.saturating_sub(subject.taken_at_ms)).unwrap_or(0);
    facts.overdue = age_ms >= settings.overdue_after_ms;

    let failure = match feed {
        FeedAnswer::Listed(node) => failure_of(node),
        FeedAnswer::NotListed | FeedAnswer::Unknown => None,
    };
    // An entry that failed vanishes from the feed after a while; what it said stays.
    if matches!(feed, FeedAnswer::Listed(_)) {
        facts.failure.clone_from(&failure);
    }
    let event = event_of(before, &facts, subject, feed, failure.as_deref(), settings);
    // Seen is not the end: the map comes last. But stages are known to stand still for months while the images can be
    // seen, so that this is asked for a while only.
    let moves_on = matches!(feed, FeedAnswer::Listed(node) if !is_finished(node))
        && failure.is_none()
        && age_ms < settings.overdue_after_ms;
    let is_published = event == Some(Event::SeenPublished);
    let is_over = (is_published && !moves_on) || age_ms >= settings.give_up_after_ms;
    let has_changed = facts.stages != before.stages || facts.visible_count != before.visible_count;
    // Where something moves, more is to be expected soon.
    facts.ask_count = if has_changed {
        before.ask_count / 2
    } else {
        before.ask_count.saturating_add(1)
    };
    facts.next_ask_at_ms = (!is_over).then(|| now_ms.saturating_add_unsigned(pause_ms(facts.ask_count, settings)));
    Judgement { facts, event, failure }
}

fn event_of(
    before: &FollowFacts,
    facts: &FollowFacts,
    subject: Subject,
    feed: &FeedAnswer,
    failure: Option<&str>,
    settings: &FollowSettings,
) -> Option<Event> {
    let visible_count = facts.visible_count.unwrap_or(0);
    let has_settled = before.visible_count == facts.visible_count;
    let is_all = match Some(subject.image_count)
        .filter(|count| *count > 0)
        .or(facts.item_count)
    {
        Some(expected) => visible_count >= expected,
        // Nobody says how many there will be: no more have come since the last time.
        None => has_settled,
    };
    if visible_count > 0 && is_all {
        return Some(Event::SeenPublished);
    }
    if let FeedAnswer::Listed(node) = feed {
        // Some images were left out by the service: it is done, and the number has settled.
        if is_finished(node) && visible_count > 0 && has_settled {
            return Some(Event::SeenPublished);
        }
    }
    if failure.is_some() && visible_count == 0 {
        return Some(Event::SeenFailed {
            code: "processing_failed".into(),
        });
    }
    if facts.missing_count >= settings.lost_after_misses.max(1) && visible_count == 0 {
        return Some(Event::SeenLost);
    }
    // Silence is no sign of life: it takes nothing back that was said before.
    let is_seen = visible_count > 0 || matches!(feed, FeedAnswer::Listed(_));
    is_seen.then_some(Event::SeenProcessing)
}

/// The pause before the question after `ask_count` without news, milliseconds.
pub fn pause_ms(ask_count: u32, settings: &FollowSettings) -> u64 {
    let exponent = i32::try_from(ask_count.min(1_000)).unwrap_or(1_000);
    let pause = settings.first_wait_ms as f64 * settings.wait_factor.powi(exponent);
    let longest = settings.longest_wait_ms as f64;
    if pause < longest {
        whole_ms(pause)
    } else {
        settings.longest_wait_ms
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate, and the value is below the longest pause"
)]
fn whole_ms(pause: f64) -> u64 {
    pause as u64
}

/// Whether the service calls everything done.
fn is_finished(node: &FeedNode) -> bool {
    let done = |stage: &Option<FeedStage>| stage.as_ref() == Some(&FeedStage::Finished);
    done(&node.overall) || (done(&node.initial_processing) && done(&node.anonymization) && done(&node.tiler))
}

/// Field and value of a failure. A stage that failed while images can be seen is none (API notes §3.3).
fn failure_of(node: &FeedNode) -> Option<String> {
    if let Some(code) = &node.error_code {
        return Some(format!("error_code {code}"));
    }
    if node.image_id.is_some() {
        return None;
    }
    named(node)
        .into_iter()
        .find(|(_, stage)| *stage == Some(&FeedStage::Failed))
        .map(|(name, _)| format!("{name} FAILED"))
}

fn named(node: &FeedNode) -> [(&'static str, Option<&FeedStage>); 4] {
    [
        ("processing_status", node.overall.as_ref()),
        ("initial_processing_status", node.initial_processing.as_ref()),
        ("anonymization_status", node.anonymization.as_ref()),
        ("tiler_status", node.tiler.as_ref()),
    ]
}

fn stages_of(node: &FeedNode) -> Vec<Stage> {
    named(node)
        .into_iter()
        .map(|(name, stage)| Stage {
            name: name.into(),
            state: match stage {
                None => StageState::Unknown,
                Some(FeedStage::Started | FeedStage::InProgress) => StageState::InProgress,
                Some(FeedStage::Finished) => StageState::Finished,
                Some(FeedStage::Failed) => StageState::Failed,
                Some(FeedStage::Other(word)) => StageState::Other(word.clone()),
            },
        })
        .collect()
}
