//! What the person says about a line: the only thing of it that is nobody else's.

use rusqlite::{OptionalExtension, Transaction, params};
use waypost_wire::{LibraryRow, SequenceNotes};

use super::super::columns::{from_json, to_json};
use super::super::{Journal, WriteError};
use super::{lines, read};
use crate::error::CoreError;

/// Keeps the notes that were written before there was an upload.
pub(in super::super) fn keep_first_notes(
    transaction: &Transaction<'_>,
    upload_id: i64,
    notes: &SequenceNotes,
) -> Result<(), WriteError> {
    if *notes == SequenceNotes::default() {
        return Ok(());
    }
    // The line is made with the commit; these notes are to be in it.
    lines::refresh_stale(transaction)?;
    let line_id: Option<i64> = transaction
        .query_row("SELECT id FROM library WHERE upload_id = ?1", [upload_id], |row| {
            row.get(0)
        })
        .optional()?;
    match line_id {
        Some(line_id) => set(transaction, line_id, notes),
        // A dry run has no line.
        None => Ok(()),
    }
}

fn set(transaction: &Transaction<'_>, line_id: i64, notes: &SequenceNotes) -> Result<(), WriteError> {
    transaction.execute(
        "UPDATE library SET notes = ?2 WHERE id = ?1",
        params![line_id, to_json(notes)?],
    )?;
    Ok(lines::index(transaction, line_id)?)
}

impl Journal {
    /// Keeps the notes of a line and answers with the line as it is then. They are kept as they are given: see
    /// [`crate::edit::checked_notes`].
    ///
    /// # Errors
    /// [`CoreError::NoSuchLine`], [`CoreError::Journal`].
    pub fn set_notes(&self, line_id: i64, notes: &SequenceNotes) -> Result<LibraryRow, CoreError> {
        self.write(|transaction| {
            read::row(transaction, line_id)?.ok_or(CoreError::NoSuchLine { line_id })?;
            set(transaction, line_id, notes)?;
            Ok(read::row(transaction, line_id)?.ok_or(CoreError::NoSuchLine { line_id })?)
        })
    }

    /// The notes of an upload; empty ones where nothing was written.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn notes_of_upload(&self, upload_id: i64) -> Result<SequenceNotes, CoreError> {
        self.with(|connection| {
            let notes: Option<String> = connection
                .prepare_cached("SELECT notes FROM library WHERE upload_id = ?1")?
                .query_row([upload_id], |row| row.get(0))
                .optional()?;
            notes.as_deref().map_or_else(|| Ok(SequenceNotes::default()), from_json)
        })
    }
}
