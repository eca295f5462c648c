//! What a person writes about a sequence, checked the same way wherever it is written.

use waypost_wire::SequenceNotes;

use super::transport::checked_transport;
use crate::error::CoreError;

/// Longest name and tag, letters.
const MAX_NAME_LETTERS: usize = 200;
/// Longest description, letters.
const MAX_DESCRIPTION_LETTERS: usize = 10_000;
/// Most tags of one sequence.
const MAX_TAGS: usize = 100;

/// The notes as they are kept: without spaces around them, and no tag twice.
///
/// # Errors
/// [`CoreError::InvalidSetting`] for what is too long, too many or no kind of transport;
/// [`CoreError::TransportRefused`] for what flew.
pub fn checked_notes(notes: &SequenceNotes) -> Result<SequenceNotes, CoreError> {
    let text = |name: &str, text: &str, most: usize| {
        let text = text.trim();
        if text.chars().count() > most {
            return Err(invalid(name, &format!("it is longer than {most} letters")));
        }
        Ok(text.to_owned())
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in &notes.tags {
        let tag = text("tag", tag, MAX_NAME_LETTERS)?;
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(invalid("tags", &format!("there are more than {MAX_TAGS}")));
    }
    Ok(SequenceNotes {
        name: text("name", &notes.name, MAX_NAME_LETTERS)?,
        description: text("description", &notes.description, MAX_DESCRIPTION_LETTERS)?,
        transport: checked_transport(&notes.transport)?,
        tags,
    })
}

fn invalid(name: &str, reason: &str) -> CoreError {
    CoreError::InvalidSetting {
        name: name.into(),
        reason: reason.into(),
    }
}
