//! What was finished: which content went to which account and organisation.
//!
//! The content is known by the fingerprint of the original file, so that a renamed, moved or copied photo is known again.

use rusqlite::{Transaction, params};
use waypost_wire::FileOutcome;

use super::columns::{signed, to_json};
use super::record::load_existing;
use super::{Journal, WriteError, files};
use crate::error::CoreError;

/// Notes that the service has taken the upload: its files are sent, and their content is known from now on.
pub(super) fn note_taken(transaction: &Transaction<'_>, upload_id: i64, at_ms: i64) -> Result<(), WriteError> {
    let upload = load_existing(transaction, upload_id)?;
    transaction.execute(
        "UPDATE uploads SET taken_at_ms = ?2 WHERE id = ?1",
        params![upload_id, at_ms],
    )?;
    if upload.dry_run {
        return Ok(());
    }
    transaction.execute(
        "UPDATE files SET outcome = ?2 WHERE upload_id = ?1 AND outcome = ?3",
        params![upload_id, to_json(&FileOutcome::Sent)?, to_json(&FileOutcome::Pending)?],
    )?;
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO history (user_id, organization_id, fingerprint, size_bytes, \
         captured_at_ms, upload_id, finished_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for file in files::load(transaction, upload_id)?
        .into_iter()
        .filter(files::FileRow::is_sent)
    {
        if let Some(fingerprint) = file.fingerprint {
            insert.execute(params![
                upload.user_id.as_deref().unwrap_or_default(),
                upload.organization_id.as_deref().unwrap_or_default(),
                fingerprint,
                signed(file.size_bytes),
                file.captured_at_ms,
                upload_id,
                at_ms,
            ])?;
        }
    }
    Ok(())
}

impl Journal {
    /// Whether content of that size went to that account and organisation before: worth reading a file for.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn has_sent_size(
        &self,
        user_id: &str,
        organization_id: Option<&str>,
        size_bytes: u64,
    ) -> Result<bool, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM history \
                     WHERE user_id = ?1 AND organization_id = ?2 AND size_bytes = ?3)",
                )?
                .query_row(
                    params![user_id, organization_id.unwrap_or_default(), signed(size_bytes)],
                    |row| row.get(0),
                )
        })
    }

    /// The upload with which that content went to that account and organisation, if it did.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn sent_with(
        &self,
        user_id: &str,
        organization_id: Option<&str>,
        fingerprint: &str,
    ) -> Result<Option<i64>, CoreError> {
        use rusqlite::OptionalExtension;
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT upload_id FROM history \
                     WHERE user_id = ?1 AND organization_id = ?2 AND fingerprint = ?3",
                )?
                .query_row(
                    params![user_id, organization_id.unwrap_or_default(), fingerprint],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// Every upload with which that content was finished, to whichever account.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn uploads_with_content(&self, fingerprint: &str) -> Result<Vec<i64>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT DISTINCT upload_id FROM history WHERE fingerprint = ?1 ORDER BY upload_id")?
                .query_map([fingerprint], |row| row.get(0))?
                .collect()
        })
    }

    /// Every cluster id that ever belonged to an upload of the journal.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn cluster_ids(&self) -> Result<Vec<String>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT cluster_id FROM claims")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }
}
