//! How far everything is, as one number for the taskbar, and whether bytes are moving.
//!
//! The number is about what was begun together: from the first upload that moves until nothing is left to send. What is
//! done counts in full until then, so that the bar never falls back when one of several uploads is over.

use std::collections::BTreeMap;

use waypost_wire::{UploadEvent, UploadRow, UploadState};

/// How the bar looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverallState {
    /// Something moves, or will by itself at once.
    Normal,
    /// Nothing moves: halted by the person, or waiting.
    Paused,
    /// Something needs the person.
    Error,
}

/// What the bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverallProgress {
    /// How it looks.
    pub state: OverallState,
    /// How far, 0 to 100.
    pub percent: u8,
}

/// What is known of all uploads. Fed with events, asked for the sum.
#[derive(Clone, Debug, Default)]
pub struct Overall {
    uploads: BTreeMap<i64, Facts>,
    in_progress: bool,
    percent: u8,
}

#[derive(Clone, Copy, Debug)]
struct Facts {
    state: UploadState,
    sent_bytes: u64,
    total_bytes: u64,
    /// Whether it belongs to what was begun together.
    counts: bool,
}

impl Overall {
    /// Takes a change of the queue over.
    pub fn apply(&mut self, event: &UploadEvent) {
        match event {
            UploadEvent::Row(row) => self.row(row),
            UploadEvent::Progress(progress) => {
                if let Some(facts) = self.uploads.get_mut(&progress.upload_id) {
                    facts.sent_bytes = progress.sent_bytes;
                    facts.total_bytes = progress.total_bytes;
                }
            }
            UploadEvent::Removed(upload_id) => {
                self.uploads.remove(upload_id);
            }
        }
        self.settle();
    }

    /// Takes the whole queue over.
    pub fn replace(&mut self, rows: &[UploadRow]) {
        self.uploads.retain(|id, _| rows.iter().any(|row| row.upload_id == *id));
        for row in rows {
            self.row(row);
        }
        self.settle();
    }

    /// Whether bytes are read or sent right now, or Mapillary is being told to take them.
    pub fn is_moving(&self) -> bool {
        self.uploads.values().any(|facts| is_moving(facts.state))
    }

    /// What the taskbar shows; `None` while nothing was begun.
    pub fn progress(&self) -> Option<OverallProgress> {
        self.in_progress.then(|| {
            let mut states = self
                .uploads
                .values()
                .filter(|facts| facts.counts)
                .map(|facts| facts.state);
            let state = if states.clone().any(needs_person) {
                OverallState::Error
            } else if states.any(|state| is_moving(state) || state == UploadState::Queued) {
                OverallState::Normal
            } else {
                OverallState::Paused
            };
            OverallProgress {
                state,
                percent: self.percent,
            }
        })
    }

    fn row(&mut self, row: &UploadRow) {
        let counts = self.uploads.get(&row.upload_id).is_some_and(|facts| facts.counts);
        let facts = Facts {
            state: row.state,
            sent_bytes: row.sent_bytes,
            total_bytes: row.total_bytes,
            counts,
        };
        self.uploads.insert(row.upload_id, facts);
    }

    /// Begins, counts or ends after a change.
    fn settle(&mut self) {
        self.in_progress |= self.is_moving();
        if !self.uploads.values().any(|facts| is_open(facts.state)) {
            self.in_progress = false;
        }
        if !self.in_progress {
            self.percent = 0;
            for facts in self.uploads.values_mut() {
                facts.counts = false;
            }
            return;
        }
        let (mut sent, mut total) = (0_u128, 0_u128);
        for facts in self.uploads.values_mut() {
            facts.counts |= is_open(facts.state);
            let given_up = matches!(facts.state, UploadState::Cancelled | UploadState::Failed);
            if facts.counts && !given_up {
                total += u128::from(facts.total_bytes);
                sent += u128::from(if is_taken(facts.state) {
                    facts.total_bytes
                } else {
                    facts.sent_bytes.min(facts.total_bytes)
                });
            }
        }
        let percent = (sent * 100).checked_div(total).unwrap_or_default();
        // A size that becomes known later would let the bar fall back; it waits instead.
        self.percent = self.percent.max(u8::try_from(percent).unwrap_or(100));
    }
}

/// Bytes are read or sent, or Mapillary is told to take them.
fn is_moving(state: UploadState) -> bool {
    matches!(
        state,
        UploadState::Preparing | UploadState::Sending | UploadState::Finishing
    )
}

/// There is something left to send, and it will go on by itself or at the person's word.
fn is_open(state: UploadState) -> bool {
    is_moving(state) || matches!(state, UploadState::Queued | UploadState::Waiting | UploadState::Paused)
}

/// All its bytes are at Mapillary.
fn is_taken(state: UploadState) -> bool {
    matches!(
        state,
        UploadState::Processing | UploadState::Published | UploadState::Lost
    )
}

fn needs_person(state: UploadState) -> bool {
    matches!(
        state,
        UploadState::NeedsSignIn | UploadState::FinishUnknown | UploadState::SourceChanged | UploadState::Failed
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use waypost_wire::UploadProgress;

    use super::*;

    fn row(upload_id: i64, state: UploadState, sent_bytes: u64, total_bytes: u64) -> UploadEvent {
        let text = serde_json::json!({
            "uploadId": upload_id, "place": upload_id, "title": "walk", "state": state, "sinceMs": 0, "waiting": null,
            "problem": null, "imageCount": 1, "totalBytes": total_bytes, "sentBytes": sent_bytes, "resending": false,
            "preparedBytes": 0, "speedBytesPerS": null, "timeLeftS": null, "package": "zip", "userId": null,
            "organizationId": null, "clusterId": null, "stages": [], "visibleCount": null, "askedAtMs": null,
            "overdue": false, "links": [], "firstCapturedAtMs": 0, "createdAtMs": 0, "actions": [],
        });
        UploadEvent::Row(Box::new(serde_json::from_value(text).unwrap()))
    }

    fn progress(upload_id: i64, sent_bytes: u64, total_bytes: u64) -> UploadEvent {
        UploadEvent::Progress(UploadProgress {
            upload_id,
            prepared_bytes: 0,
            sent_bytes,
            total_bytes,
            resending: false,
            speed_bytes_per_s: None,
            time_left_s: None,
        })
    }

    fn shown(overall: &Overall) -> Option<(OverallState, u8)> {
        overall.progress().map(|progress| (progress.state, progress.percent))
    }

    #[test]
    fn what_lies_in_the_history_shows_no_bar() {
        let mut overall = Overall::default();
        for (id, state) in [
            (1, UploadState::Published),
            (2, UploadState::Failed),
            (3, UploadState::Draft),
            (4, UploadState::Paused),
            (5, UploadState::SourceChanged),
        ] {
            overall.apply(&row(id, state, 5, 10));
        }
        assert_eq!(shown(&overall), None);
        assert!(!overall.is_moving());
    }

    #[test]
    fn one_upload_after_the_other_fills_one_bar() {
        let mut overall = Overall::default();
        overall.apply(&row(1, UploadState::Sending, 0, 100));
        overall.apply(&row(2, UploadState::Queued, 0, 100));
        overall.apply(&progress(1, 50, 100));
        assert_eq!(shown(&overall), Some((OverallState::Normal, 25)));
        assert!(overall.is_moving());
        overall.apply(&row(1, UploadState::Processing, 100, 100));
        assert_eq!(shown(&overall), Some((OverallState::Normal, 50)));
        assert!(
            !overall.is_moving(),
            "nothing moves while the next one waits for its turn"
        );
        overall.apply(&row(2, UploadState::Sending, 98, 100));
        assert_eq!(shown(&overall), Some((OverallState::Normal, 99)));
        overall.apply(&row(2, UploadState::Processing, 100, 100));
        assert_eq!(shown(&overall), None, "all of it is there");
        overall.apply(&row(3, UploadState::Preparing, 0, 0));
        assert_eq!(
            shown(&overall),
            Some((OverallState::Normal, 0)),
            "and the next begins anew"
        );
    }

    #[test]
    fn a_halt_a_wait_and_a_question_look_different() {
        let mut overall = Overall::default();
        overall.apply(&row(1, UploadState::Sending, 10, 100));
        overall.apply(&row(1, UploadState::Waiting, 10, 100));
        assert_eq!(shown(&overall), Some((OverallState::Paused, 10)));
        assert!(!overall.is_moving());
        overall.apply(&row(1, UploadState::Paused, 10, 100));
        assert_eq!(shown(&overall), Some((OverallState::Paused, 10)));
        overall.apply(&row(2, UploadState::Sending, 0, 100));
        overall.apply(&row(2, UploadState::NeedsSignIn, 0, 100));
        assert_eq!(shown(&overall), Some((OverallState::Error, 10)));
        overall.apply(&row(2, UploadState::Cancelled, 0, 100));
        overall.apply(&UploadEvent::Removed(1));
        assert_eq!(shown(&overall), None);
    }

    #[test]
    fn a_list_that_is_said_anew_forgets_what_is_not_in_it() {
        let mut overall = Overall::default();
        overall.apply(&row(1, UploadState::Sending, 10, 100));
        let UploadEvent::Row(second) = row(2, UploadState::Paused, 0, 1) else {
            unreachable!()
        };
        overall.replace(&[*second]);
        assert!(!overall.is_moving());
        assert_eq!(shown(&overall), Some((OverallState::Paused, 10)));
        overall.replace(&[]);
        assert_eq!(shown(&overall), None);
    }

    fn any_state() -> impl Strategy<Value = UploadState> {
        prop::sample::select(vec![
            UploadState::Draft,
            UploadState::Queued,
            UploadState::Preparing,
            UploadState::Sending,
            UploadState::Finishing,
            UploadState::Processing,
            UploadState::Published,
            UploadState::Paused,
            UploadState::Waiting,
            UploadState::NeedsSignIn,
            UploadState::FinishUnknown,
            UploadState::SourceChanged,
            UploadState::Failed,
            UploadState::Cancelled,
            UploadState::Lost,
        ])
    }

    proptest! {
        #[test]
        fn the_bar_never_falls_back_before_it_is_put_away(
            events in prop::collection::vec((0..4_i64, any_state(), any::<u64>(), any::<u64>(), any::<bool>()), 1..60)
        ) {
            let mut overall = Overall::default();
            let mut before: Option<OverallProgress> = None;
            for (id, state, sent, total, is_row) in events {
                overall.apply(&if is_row { row(id, state, sent, total) } else { progress(id, sent, total) });
                let now = overall.progress();
                if let (Some(before), Some(now)) = (before, now) {
                    prop_assert!(now.percent >= before.percent && now.percent <= 100);
                }
                prop_assert!(!overall.is_moving() || now.is_some());
                before = now;
            }
        }
    }
}
