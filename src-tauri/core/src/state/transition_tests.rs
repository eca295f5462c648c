//! The whole table, and random walks through it.

use std::fmt::Write as _;

use proptest::prelude::*;
use waypost_wire::WaitReason;

use serde::Serialize;

use super::*;

fn states() -> Vec<State> {
    use Phase::{Finishing, Preparing, Sending};
    let waiting = |phase| State::Waiting {
        phase,
        until_ms: 1_000,
        reason: WaitReason::Offline,
    };
    vec![
        State::Draft,
        State::Queued { next: Step::Transfer },
        State::Queued { next: Step::Finish },
        State::Preparing,
        State::Sending,
        State::Finishing,
        State::Processing,
        State::Published,
        State::Paused { next: Step::Transfer },
        State::Paused { next: Step::Finish },
        waiting(Preparing),
        waiting(Sending),
        waiting(Finishing),
        State::NeedsSignIn { next: Step::Transfer },
        State::NeedsSignIn { next: Step::Finish },
        State::FinishUnknown { asks_person: false },
        State::FinishUnknown { asks_person: true },
        State::SourceChanged,
        State::Failed {
            code: "code".into(),
            taken: false,
        },
        State::Failed {
            code: "code".into(),
            taken: true,
        },
        State::Cancelled,
        State::Lost,
    ]
}

fn events() -> Vec<Event> {
    let code = || String::from("code");
    vec![
        Event::Start,
        Event::Pause,
        Event::Resume,
        Event::Cancel,
        Event::Retry,
        Event::RetryFinish,
        Event::MarkTaken,
        Event::TurnCame { handle_kept: false },
        Event::TurnCame { handle_kept: true },
        Event::TurnLost,
        Event::Prepared,
        Event::Sent { finish: true },
        Event::Sent { finish: false },
        Event::Wait {
            until_ms: 2_000,
            reason: WaitReason::ServerError,
        },
        Event::WaitOver,
        Event::SignInNeeded { next: Step::Transfer },
        Event::SignInNeeded { next: Step::Finish },
        Event::SignedIn,
        Event::SourceChanged,
        Event::Failed { code: code() },
        Event::FinishTaken,
        Event::FinishUnanswered,
        Event::FinishRefused { code: code() },
        Event::FoundTaken,
        Event::FoundNotTaken,
        Event::FoundDoubtful,
        Event::SeenProcessing,
        Event::SeenPublished,
        Event::SeenFailed { code: code() },
        Event::SeenLost,
        Event::Restarted,
    ]
}

/// A state or an event as the document writes it: the word, and in brackets what makes it a row of its own.
fn named<T: Serialize>(value: &T, tag: &str) -> String {
    let value = serde_json::to_value(value).unwrap();
    let fields = value.as_object().unwrap();
    let details: Vec<String> = fields
        .iter()
        .filter(|(key, _)| !["until_ms", "reason", "code", tag].contains(&key.as_str()))
        .map(|(key, value)| match value {
            serde_json::Value::String(word) => word.clone(),
            serde_json::Value::Bool(true) => key.clone(),
            _ => format!("not {key}"),
        })
        .collect();
    let word = fields[tag].as_str().unwrap();
    if details.is_empty() {
        word.into()
    } else {
        format!("{word} ({})", details.join(", "))
    }
}

fn document() -> String {
    let mut text = String::from(
        "# The states of an upload\n\n\
         Written from `src-tauri/core/src/upload/transition.rs` by its tests; run them with \
         `WAYPOST_WRITE_DOCS=1` after a change there.\n\n\
         A state in brackets is one state with a detail: *transfer* and *finish* say where it goes on, the words after \
         `waiting` what it was doing. An event that is not listed for a state does not apply there: nothing changes and \
         nothing is done. Every change is in the journal before its effects are carried out.\n\n\
         | State | Event | New state | Effects |\n| --- | --- | --- | --- |\n",
    );
    for state in states() {
        let before = text.len();
        for event in events() {
            let Some(change) = transition(&state, &event) else {
                continue;
            };
            let effects: Vec<String> = change
                .effects
                .iter()
                .map(|effect| {
                    serde_json::to_value(effect)
                        .unwrap()
                        .as_str()
                        .unwrap()
                        .replace('_', " ")
                })
                .collect();
            writeln!(
                text,
                "| {} | {} | {} | {} |",
                named(&state, "state"),
                named(&event, "event"),
                named(&change.state, "state"),
                effects.join(", ")
            )
            .unwrap();
        }
        if text.len() == before {
            writeln!(text, "| {} | | the end | |", named(&state, "state")).unwrap();
        }
    }
    text
}

#[test]
fn the_document_shows_the_whole_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/states.md");
    let written = document();
    if std::env::var_os("WAYPOST_WRITE_DOCS").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        written,
        "docs/states.md is not what the state machine does; run this test with WAYPOST_WRITE_DOCS=1"
    );
}

#[test]
fn every_state_meets_every_event_and_keeps_its_promises() {
    let mut pairs = 0;
    for state in states() {
        for event in events() {
            pairs += 1;
            let Some(change) = transition(&state, &event) else {
                continue;
            };
            let to = &change.state;
            let at = format!("{state:?} + {event:?} -> {change:?}");
            assert!(
                !matches!(state, State::Published | State::Cancelled),
                "an end is no end: {at}"
            );
            let sends_finish = change.effects.contains(&Effect::SendFinish);
            assert_eq!(sends_finish, *to == State::Finishing, "finish without intent: {at}");
            if matches!(state, State::Finishing | State::FinishUnknown { .. }) {
                let is_answered = matches!(
                    event,
                    Event::FinishTaken
                        | Event::FinishRefused { .. }
                        | Event::Wait { .. }
                        | Event::SignInNeeded { .. }
                        | Event::FoundTaken
                        | Event::FoundNotTaken
                        | Event::RetryFinish
                        | Event::MarkTaken
                );
                let is_open = matches!(to, State::Finishing | State::FinishUnknown { .. });
                assert!(is_answered || is_open, "an open finish was forgotten: {at}");
            }
            if change.effects.contains(&Effect::TakeTurn) {
                assert!(matches!(to, State::Queued { .. }), "a turn for nothing: {at}");
            }
            if change.effects.contains(&Effect::FreshSession) {
                assert!(state.may_be_taken() && event == Event::Retry, "{at}");
            }
            let by_person = matches!(event, Event::Cancel);
            assert!(*to != State::Cancelled || by_person, "cancelled by nobody: {at}");
        }
    }
    assert_eq!(pairs, 22 * 31);
}

#[test]
fn nothing_is_sent_before_the_person_says_so() {
    for event in events() {
        let Some(change) = transition(&State::Draft, &event) else {
            continue;
        };
        assert!(
            event == Event::Start || change.effects.is_empty(),
            "{event:?} makes a draft do {:?}",
            change.effects
        );
    }
}

#[test]
fn a_restart_loses_nothing_that_was_under_way() {
    for state in states() {
        let change = transition(&state, &Event::Restarted);
        let is_at_rest = matches!(
            state,
            State::Draft
                | State::Published
                | State::Paused { .. }
                | State::NeedsSignIn { .. }
                | State::SourceChanged
                | State::Failed { .. }
                | State::Cancelled
                | State::Lost
        );
        assert_eq!(change.is_none(), is_at_rest, "{state:?}");
        if state == State::Finishing {
            let unknown = State::FinishUnknown { asks_person: false };
            assert_eq!(
                change.unwrap(),
                Change {
                    state: unknown,
                    effects: vec![Effect::Settle]
                }
            );
        }
    }
}

#[test]
fn the_actions_offered_are_those_that_work() {
    assert_eq!(
        State::FinishUnknown { asks_person: true }.actions(),
        [UploadAction::Retry, UploadAction::RetryFinish, UploadAction::MarkTaken]
    );
    assert_eq!(State::Published.actions(), [UploadAction::Remove]);
    assert_eq!(State::Sending.actions(), [UploadAction::Pause, UploadAction::Cancel]);
    assert_eq!(State::Finishing.actions(), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A model of the service walks along: it knows whether a finish is open, and that a second one must not be sent.
    #[test]
    fn no_walk_sends_finish_while_an_earlier_one_is_open(
        walk in prop::collection::vec(prop::sample::select(events()), 1..200)
    ) {
        let mut state = State::Draft;
        let mut finish_is_open = false;
        let mut taken = 0;
        for event in walk {
            // The service answers a finish only when one is open.
            let is_answer = matches!(
                event,
                Event::FinishTaken | Event::FoundTaken | Event::FoundNotTaken | Event::MarkTaken
            );
            if is_answer && !finish_is_open {
                prop_assert!(
                    transition(&state, &event).is_none(),
                    "{:?} in {:?} though nothing was asked", event, state
                );
                continue;
            }
            let Some(change) = transition(&state, &event) else { continue };
            let closes = matches!(
                event,
                Event::FinishTaken | Event::FinishRefused { .. } | Event::Wait { .. }
                    | Event::SignInNeeded { .. } | Event::FoundTaken | Event::FoundNotTaken
                    | Event::RetryFinish | Event::MarkTaken
            );
            if closes {
                if finish_is_open && matches!(event, Event::FinishTaken | Event::FoundTaken | Event::MarkTaken) {
                    taken += 1;
                }
                finish_is_open = false;
            }
            if change.effects.contains(&Effect::FreshSession) {
                taken -= 1;
            }
            if change.effects.contains(&Effect::SendFinish) {
                prop_assert!(!finish_is_open, "a second finish while one is open, after {:?}", event);
                finish_is_open = true;
            }
            prop_assert!(
                !finish_is_open
                    || matches!(change.state, State::Finishing | State::FinishUnknown { .. }),
                "an open finish was lost in {:?}", change.state
            );
            if matches!(change.state, State::Processing | State::Published | State::Lost) {
                prop_assert_eq!(taken, 1);
            }
            prop_assert!(matches!(taken, 0 | 1));
            state = change.state;
        }
    }

    #[test]
    fn every_state_survives_the_journal(place in 0..22_usize, until_ms in any::<i64>()) {
        let mut state = states()[place].clone();
        if let State::Waiting { until_ms: until, .. } = &mut state {
            *until = until_ms;
        }
        let text = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
    }
}

#[test]
fn only_what_the_service_has_certainly_not_taken_is_tried_again_unasked() {
    let unasked: Vec<State> = states().into_iter().filter(State::can_be_retried_unasked).collect();
    for state in &unasked {
        assert!(!state.may_be_taken(), "{state:?}");
        let change = transition(state, &Event::Retry).unwrap();
        assert!(
            !change.effects.contains(&Effect::FreshSession),
            "the bytes that are there are used"
        );
    }
    assert_eq!(unasked.len(), 2, "{unasked:?}");
}
