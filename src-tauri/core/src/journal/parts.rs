//! What is sent under one session key each, and how much of it the server is known to hold.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Journal;
use super::columns::{count, signed};
use crate::error::CoreError;

/// One part of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// Its place: the zip is 0, images count from 0, the manifest comes last.
    pub ordinal: u32,
    /// The name of its session at the server.
    pub session_key: String,
    /// MD5 of its bytes, lower-case hexadecimal.
    pub md5_hex: String,
    /// Its length in bytes.
    pub length_bytes: u64,
    /// What the server last said to hold of it, in bytes.
    pub offset_bytes: u64,
    /// The handle, once the server holds all of it.
    pub handle: Option<String>,
    /// When the server gave the handle, milliseconds since 1970 UTC.
    pub handle_at_ms: Option<i64>,
}

impl PartRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            ordinal: row.get("ordinal")?,
            session_key: row.get("session_key")?,
            md5_hex: row.get("md5_hex")?,
            length_bytes: count(row, "length_bytes")?,
            offset_bytes: count(row, "offset_bytes")?,
            handle: row.get("handle")?,
            handle_at_ms: row.get("handle_at_ms")?,
        })
    }
}

const COLUMNS: &str = "ordinal, session_key, md5_hex, length_bytes, offset_bytes, handle, handle_at_ms";

impl Journal {
    /// A part as it was last written down.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn part(&self, upload_id: i64, ordinal: u32) -> Result<Option<PartRow>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM parts WHERE upload_id = ?1 AND ordinal = ?2"
                ))?
                .query_row(params![upload_id, ordinal], PartRow::from_row)
                .optional()
        })
    }

    /// All parts, in order.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn parts(&self, upload_id: i64) -> Result<Vec<PartRow>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM parts WHERE upload_id = ?1 ORDER BY ordinal"
                ))?
                .query_map([upload_id], PartRow::from_row)?
                .collect()
        })
    }

    /// The upload with which a part of just these bytes was taken for that account and organisation, if one was; also
    /// one that is no longer in the list.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn taken_with(
        &self,
        user_id: &str,
        organization_id: Option<&str>,
        md5_hex: &str,
    ) -> Result<Option<i64>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT uploads.id FROM uploads JOIN parts ON parts.upload_id = uploads.id \
                     WHERE md5_hex = ?3 AND user_id = ?1 AND coalesce(organization_id, '') = ?2 \
                     AND taken_at_ms IS NOT NULL AND dry_run = 0 ORDER BY uploads.id LIMIT 1",
                )?
                .query_row(params![user_id, organization_id.unwrap_or_default(), md5_hex], |row| {
                    row.get(0)
                })
                .optional()
        })
    }

    /// Whether a part of that length was ever taken: worth reading a file for.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn has_taken_length(&self, length_bytes: u64) -> Result<bool, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM uploads JOIN parts ON parts.upload_id = uploads.id \
                     WHERE length_bytes = ?1 AND taken_at_ms IS NOT NULL AND dry_run = 0)",
                )?
                .query_row([signed(length_bytes)], |row| row.get(0))
        })
    }

    /// Writes parts down, in place of what was known of them.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_parts(&self, upload_id: i64, parts: &[PartRow]) -> Result<(), CoreError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO parts (upload_id, ordinal, session_key, md5_hex, \
                 length_bytes, offset_bytes, handle, handle_at_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for part in parts {
                statement.execute(params![
                    upload_id,
                    part.ordinal,
                    part.session_key,
                    part.md5_hex,
                    signed(part.length_bytes),
                    signed(part.offset_bytes),
                    part.handle,
                    part.handle_at_ms,
                ])?;
            }
            Ok(add_up(transaction, upload_id)?)
        })
    }

    /// Keeps what the server said to hold of a part.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_offset(&self, upload_id: i64, ordinal: u32, offset_bytes: u64) -> Result<(), CoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE parts SET offset_bytes = ?3 WHERE upload_id = ?1 AND ordinal = ?2",
                params![upload_id, ordinal, signed(offset_bytes)],
            )?;
            Ok(add_up(transaction, upload_id)?)
        })
    }
}

/// What the server holds of an upload is what it holds of its parts.
fn add_up(transaction: &Transaction<'_>, upload_id: i64) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE uploads SET sent_bytes = \
         (SELECT coalesce(sum(offset_bytes), 0) FROM parts WHERE upload_id = ?1) WHERE id = ?1",
        [upload_id],
    )?;
    Ok(())
}
