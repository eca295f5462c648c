//! What the desktop tells: what deserves a notification, and what is asked before quitting. The words are in
//! native_words.rs.
//!
//! A row of the list is told again whenever anything about it changes; a notification is told once for each turn of
//! events. What stood in the list when the program began is no news.

use std::collections::HashMap;

use waypost_wire::{FateKind, Notification, NotificationKind, UploadEvent, UploadRow, UploadState};

use crate::native_words::{NativeWords, filled};

/// Remembers what was told of each upload.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    told: HashMap<i64, Option<NotificationKind>>,
}

impl Notices {
    /// Takes `rows` as known: nothing of them is news.
    pub fn knowing(rows: &[UploadRow]) -> Self {
        Self {
            told: rows.iter().map(|row| (row.upload_id, kind_of(row))).collect(),
        }
    }

    fn notice(&mut self, row: &UploadRow, words: &NativeWords) -> Option<Notification> {
        let kind = kind_of(row);
        let before = self.told.insert(row.upload_id, kind).flatten();
        kind.filter(|kind| before != Some(*kind))
            .map(|kind| notification(row, kind, words))
    }

    /// What is to be told after a change of the list, in these words.
    pub fn notification(&mut self, event: &UploadEvent, words: &NativeWords) -> Option<Notification> {
        match event {
            UploadEvent::Row(row) => self.notice(row, words),
            UploadEvent::Removed(upload_id) => {
                self.told.remove(upload_id);
                None
            }
            UploadEvent::Progress(_) => None,
        }
    }
}

/// What there is to be told of a row: that it is published or on the map, or that it needs the person.
fn kind_of(row: &UploadRow) -> Option<NotificationKind> {
    let is_on_map = row.fate.as_ref().is_some_and(|fate| fate.kind == FateKind::OnMap);
    Some(match row.state {
        UploadState::Published if is_on_map => NotificationKind::OnMap,
        UploadState::Published => NotificationKind::Published,
        UploadState::Failed => NotificationKind::Failed,
        UploadState::NeedsSignIn => NotificationKind::NeedsSignIn,
        UploadState::FinishUnknown => NotificationKind::FinishUnknown,
        UploadState::SourceChanged => NotificationKind::SourceChanged,
        UploadState::Lost => NotificationKind::Lost,
        _ => return None,
    })
}

fn notification(row: &UploadRow, kind: NotificationKind, words: &NativeWords) -> Notification {
    let problem = || match (words.see_window, &row.problem) {
        (Some(see_window), _) => see_window.to_owned(),
        (None, Some(problem)) => problem.message.clone(),
        (None, None) => String::new(),
    };
    let (title, rest) = match kind {
        NotificationKind::Published => (words.published, images(row, words)),
        NotificationKind::OnMap => (words.on_map, words.drawn.to_owned()),
        NotificationKind::Failed => (words.failed, problem()),
        NotificationKind::NeedsSignIn => (words.needs_sign_in, problem()),
        NotificationKind::FinishUnknown => (words.finish_unknown, problem()),
        NotificationKind::SourceChanged => (words.source_changed, problem()),
        NotificationKind::Lost => (words.lost, problem()),
    };
    Notification {
        upload_id: row.upload_id,
        kind,
        title: title.into(),
        text: format!("{}: {rest}", row.title),
    }
}

fn images(row: &UploadRow, words: &NativeWords) -> String {
    let visible = row.visible_count.unwrap_or(row.image_count);
    match visible {
        1 if row.image_count <= 1 => words.visible_one.to_owned(),
        _ if visible < row.image_count => filled(words.visible_part, &[("n", visible), ("all", row.image_count)]),
        _ => filled(words.visible, &[("n", visible)]),
    }
}

/// What is asked before quitting with `unfinished` uploads under way; nothing when there are none.
pub fn quit_question(unfinished: usize, words: &NativeWords) -> Option<String> {
    match unfinished {
        0 => None,
        1 => Some(words.goes_on_one.to_owned()),
        more => Some(filled(words.goes_on, &[("n", more as u64)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native_words::{ENGLISH, FRENCH};

    #[test]
    fn quitting_says_what_goes_on_next_time() {
        assert_eq!(quit_question(0, &ENGLISH), None);
        assert_eq!(quit_question(1, &ENGLISH).unwrap(), "1 upload will go on next time.");
        assert_eq!(quit_question(2, &ENGLISH).unwrap(), "2 uploads will go on next time.");
        assert_eq!(
            quit_question(12, &FRENCH).unwrap(),
            "12 envois continueront la prochaine fois."
        );
    }
}
