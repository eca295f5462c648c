//! Sentences for the desktop: what deserves a notification, and what is asked before quitting.
//!
//! A row of the list is told again whenever anything about it changes; a notification is told once for each turn of
//! events. What stood in the list when the program began is no news.

use std::collections::HashMap;

use waypost_wire::{FateKind, Notification, NotificationKind, UploadEvent, UploadRow, UploadState};

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

    fn notice(&mut self, row: &UploadRow) -> Option<Notification> {
        let kind = kind_of(row);
        let before = self.told.insert(row.upload_id, kind).flatten();
        kind.filter(|kind| before != Some(*kind))
            .map(|kind| notification(row, kind))
    }

    /// What is to be told after a change of the list.
    pub fn notification(&mut self, event: &UploadEvent) -> Option<Notification> {
        match event {
            UploadEvent::Row(row) => self.notice(row),
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

fn notification(row: &UploadRow, kind: NotificationKind) -> Notification {
    let problem = || {
        row.problem
            .as_ref()
            .map_or_else(String::new, |problem| problem.message.clone())
    };
    let (title, rest) = match kind {
        NotificationKind::Published => ("Published", images(row)),
        NotificationKind::OnMap => ("On the map", "it is drawn on the map now.".into()),
        NotificationKind::Failed => ("Upload failed", problem()),
        NotificationKind::NeedsSignIn => ("Sign in to go on", problem()),
        NotificationKind::FinishUnknown => ("Please have a look", problem()),
        NotificationKind::SourceChanged => ("Files have changed", problem()),
        NotificationKind::Lost => ("No longer listed", problem()),
    };
    Notification {
        upload_id: row.upload_id,
        kind,
        title: title.into(),
        text: format!("{}: {rest}", row.title),
    }
}

fn images(row: &UploadRow) -> String {
    let visible = row.visible_count.unwrap_or(row.image_count);
    match visible {
        1 if row.image_count <= 1 => "1 image can be seen at Mapillary.".into(),
        _ if visible < row.image_count => {
            format!("{visible} of {} images can be seen at Mapillary.", row.image_count)
        }
        _ => format!("{visible} images can be seen at Mapillary."),
    }
}

/// What is asked before quitting with `unfinished` uploads under way; nothing when there are none.
pub fn quit_question(unfinished: usize) -> Option<String> {
    match unfinished {
        0 => None,
        1 => Some("1 upload will go on next time.".into()),
        more => Some(format!("{more} uploads will go on next time.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quitting_says_what_goes_on_next_time() {
        assert_eq!(quit_question(0), None);
        assert_eq!(quit_question(1).unwrap(), "1 upload will go on next time.");
        assert_eq!(quit_question(2).unwrap(), "2 uploads will go on next time.");
    }
}
