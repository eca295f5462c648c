//! Every file that was looked at for an upload, and what became of it.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use waypost_wire::FileOutcome;

use super::Journal;
use super::columns::{bytes_of, count, from_json, path_of, signed, to_json};
use crate::error::CoreError;

/// One file of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its place: what is sent comes first, in its order.
    pub ordinal: u32,
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: FileOutcome,
    /// Code of the reason, where it was refused.
    pub code: Option<String>,
    /// The reason in a sentence.
    pub message: Option<String>,
    /// Mapillary's id of the image, once linked.
    pub image_id: Option<String>,
    /// What is sent of it, as JSON: a [`SourcePhoto`](crate::package::SourcePhoto), or in an upload of package `video` a
    /// [`SourceVideo`](crate::package::SourceVideo).
    pub source: Option<String>,
    /// Size of the original in bytes.
    pub size_bytes: u64,
    /// When it was captured, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Fingerprint of the original's content, once it was read.
    pub fingerprint: Option<String>,
}

impl FileRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            ordinal: row.get("ordinal")?,
            path: path_of(row.get("path")?),
            outcome: from_json(&row.get::<_, String>("outcome")?)?,
            code: row.get("code")?,
            message: row.get("message")?,
            image_id: row.get("image_id")?,
            source: row.get("source")?,
            size_bytes: count(row, "size_bytes")?,
            captured_at_ms: row.get("captured_at_ms")?,
            fingerprint: row.get("fingerprint")?,
        })
    }

    /// Whether it is part of what is sent.
    pub fn is_sent(&self) -> bool {
        self.source.is_some()
    }
}

const COLUMNS: &str = "ordinal, path, outcome, code, message, image_id, source, size_bytes, \
    captured_at_ms, fingerprint";

pub(super) fn insert(transaction: &Transaction<'_>, upload_id: i64, rows: &[FileRow]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(&format!(
        "INSERT INTO files (upload_id, {COLUMNS}) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    ))?;
    for row in rows {
        statement.execute(params![
            upload_id,
            row.ordinal,
            bytes_of(&row.path),
            to_json(&row.outcome)?,
            row.code,
            row.message,
            row.image_id,
            row.source,
            signed(row.size_bytes),
            row.captured_at_ms,
            row.fingerprint,
        ])?;
    }
    Ok(())
}

/// All files of an upload, in order.
pub(super) fn load(connection: &Connection, upload_id: i64) -> rusqlite::Result<Vec<FileRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM files WHERE upload_id = ?1 ORDER BY ordinal"
        ))?
        .query_map([upload_id], FileRow::from_row)?
        .collect()
}

/// The first file that is sent.
pub(super) fn load_first_sent(connection: &Connection, upload_id: i64) -> rusqlite::Result<Option<FileRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM files WHERE upload_id = ?1 AND source IS NOT NULL ORDER BY ordinal LIMIT 1"
        ))?
        .query_row([upload_id], FileRow::from_row)
        .optional()
}

impl Journal {
    /// All files of an upload, in order.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn files(&self, upload_id: i64) -> Result<Vec<FileRow>, CoreError> {
        self.with(|connection| load(connection, upload_id))
    }

    /// The first file that an upload sends.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn first_sent_file(&self, upload_id: i64) -> Result<Option<PathBuf>, CoreError> {
        self.with(|connection| load_first_sent(connection, upload_id))
            .map(|file| file.map(|file| file.path))
    }

    /// Ids of the images that belong to other uploads captured at the same time.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn linked_elsewhere(&self, upload_id: i64) -> Result<HashSet<String>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT files.image_id FROM uploads AS own \
                     JOIN uploads AS other ON other.id <> own.id \
                     AND other.first_captured_at_ms <= own.last_captured_at_ms \
                     AND other.last_captured_at_ms >= own.first_captured_at_ms \
                     JOIN files ON files.upload_id = other.id AND files.image_id IS NOT NULL \
                     WHERE own.id = ?1 \
                     UNION SELECT published_images.image_id FROM uploads AS own \
                     JOIN uploads AS other ON other.id <> own.id \
                     AND other.first_captured_at_ms <= own.last_captured_at_ms \
                     AND other.last_captured_at_ms >= own.first_captured_at_ms \
                     JOIN published_images ON published_images.upload_id = other.id \
                     AND published_images.ordinal IS NOT NULL \
                     WHERE own.id = ?1",
                )?
                .query_map([upload_id], |row| row.get(0))?
                .collect()
        })
    }

    /// Keeps the fingerprints of originals: place and fingerprint.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_fingerprints(&self, upload_id: i64, fingerprints: &[(u32, String)]) -> Result<(), CoreError> {
        self.write(|transaction| {
            let mut statement = transaction
                .prepare_cached("UPDATE files SET fingerprint = ?3 WHERE upload_id = ?1 AND ordinal = ?2")?;
            for (ordinal, fingerprint) in fingerprints {
                statement.execute(params![upload_id, ordinal, fingerprint])?;
            }
            Ok(())
        })
    }

    /// Keeps which images became visible: place of the file and Mapillary's id of the image.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn set_images(&self, upload_id: i64, images: &[(u32, String)]) -> Result<(), CoreError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE files SET outcome = ?3, image_id = ?4 \
                 WHERE upload_id = ?1 AND ordinal = ?2",
            )?;
            let published = to_json(&FileOutcome::Published)?;
            for (ordinal, image_id) in images {
                statement.execute(params![upload_id, ordinal, published, image_id])?;
            }
            Ok(())
        })
    }
}
