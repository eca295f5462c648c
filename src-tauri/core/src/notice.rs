//! Sentences for the desktop: what deserves a notification, and what is asked before quitting.

use waypost_wire::{EventBody, UploadEvent, UploadState};

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub body: String,
}

/// What is said aloud: an upload that is published, or that needs the person.
pub fn notice_of(event: &EventBody) -> Option<Notice> {
    let EventBody::Upload(UploadEvent::Row(row)) = event else {
        return None;
    };
    let sentence = |rest: &str| format!("{}: {rest}", row.title);
    let problem = || {
        row.problem
            .as_ref()
            .map_or_else(String::new, |problem| problem.message.clone())
    };
    let (title, body) = match row.state {
        UploadState::Published => (
            "Published",
            sentence(&images(row.visible_count.unwrap_or(row.image_count))),
        ),
        UploadState::Failed => ("Upload failed", sentence(&problem())),
        UploadState::NeedsSignIn => ("Sign in to go on", sentence(&problem())),
        UploadState::FinishUnknown => ("Please have a look", sentence(&problem())),
        UploadState::SourceChanged => ("Files have changed", sentence(&problem())),
        UploadState::Lost => ("No longer listed", sentence(&problem())),
        _ => return None,
    };
    Some(Notice {
        title: title.into(),
        body,
    })
}

fn images(count: u64) -> String {
    if count == 1 {
        "1 image can be seen at Mapillary.".into()
    } else {
        format!("{count} images can be seen at Mapillary.")
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

    #[test]
    fn events_that_are_no_rows_say_nothing_aloud() {
        assert_eq!(notice_of(&EventBody::Practice(true)), None);
        assert_eq!(notice_of(&EventBody::Upload(UploadEvent::Removed(1))), None);
    }
}
