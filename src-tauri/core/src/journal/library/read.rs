//! One line as the table shows it.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};
use waypost_wire::{LibraryDetail, LibraryOrigin, LibraryRow};

use super::super::Journal;
use super::super::columns::{count, from_json, from_word};
use super::super::record::UploadRecord;
use crate::error::CoreError;
use crate::path_text::printable_path;

/// The columns that [`from_row`] wants.
pub(super) const COLUMNS: &str = "id, upload_id, title, folder, place, place_km, lat_deg, lon_deg, \
    first_captured_at_ms, last_captured_at_ms, uploaded_at_ms, image_count, visible_count, package, state, since_ms, \
    overdue, asked_at_ms, user_id, username, organization_id, notes, links";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<LibraryRow> {
    let upload_id: Option<i64> = row.get("upload_id")?;
    let known =
        |column: &str| Ok::<_, rusqlite::Error>(Some(row.get::<_, String>(column)?).filter(|it| !it.is_empty()));
    let visible_count: Option<i64> = row.get("visible_count")?;
    Ok(LibraryRow {
        line_id: row.get("id")?,
        origin: if upload_id.is_some() {
            LibraryOrigin::Waypost
        } else {
            LibraryOrigin::Account
        },
        upload_id,
        title: row.get("title")?,
        folder: row.get("folder")?,
        place: row.get("place")?,
        place_km: row.get("place_km")?,
        lat_deg: row.get("lat_deg")?,
        lon_deg: row.get("lon_deg")?,
        first_captured_at_ms: row.get("first_captured_at_ms")?,
        last_captured_at_ms: row.get("last_captured_at_ms")?,
        uploaded_at_ms: row.get("uploaded_at_ms")?,
        image_count: count(row, "image_count")?,
        visible_count: visible_count.map(|count| u64::try_from(count).unwrap_or(0)),
        package: row.get("package")?,
        state: from_word(&row.get::<_, String>("state")?)?,
        since_ms: row.get("since_ms")?,
        overdue: row.get("overdue")?,
        asked_at_ms: row.get("asked_at_ms")?,
        user_id: known("user_id")?,
        username: known("username")?,
        organization_id: known("organization_id")?,
        notes: from_json(&row.get::<_, String>("notes")?)?,
        links: from_json(&row.get::<_, String>("links")?)?,
    })
}

pub(super) fn row(connection: &Connection, line_id: i64) -> rusqlite::Result<Option<LibraryRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM library WHERE id = ?1"))?
        .query_row([line_id], from_row)
        .optional()
}

impl Journal {
    /// One line of the library.
    ///
    /// # Errors
    /// [`CoreError::NoSuchLine`], [`CoreError::Journal`].
    pub fn library_row(&self, line_id: i64) -> Result<LibraryRow, CoreError> {
        self.with(|connection| row(connection, line_id))?
            .ok_or(CoreError::NoSuchLine { line_id })
    }

    /// The box around the images of a line that was published by other means: west, south, east and north, degrees;
    /// `None` where their positions were never read.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn library_box(&self, line_id: i64) -> Result<Option<[f64; 4]>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT west_deg, south_deg, east_deg, north_deg FROM library WHERE id = ?1 AND west_deg IS NOT NULL",
                )?
                .query_row([line_id], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
                .optional()
        })
    }

    /// The uploads whose files are in that folder.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub fn uploads_of_folder(&self, folder: &Path) -> Result<Vec<i64>, CoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT upload_id FROM library WHERE folder = ?1 AND upload_id IS NOT NULL ORDER BY id",
                )?
                .query_map([printable_path(folder)], |row| row.get(0))?
                .collect()
        })
    }

    /// One line of the library with everything that is known of it.
    ///
    /// # Errors
    /// [`CoreError::NoSuchLine`], [`CoreError::Journal`].
    pub fn library_detail(&self, line_id: i64) -> Result<LibraryDetail, CoreError> {
        let row = self.library_row(line_id)?;
        let camera = self.with(|connection| {
            connection.query_row("SELECT camera FROM library WHERE id = ?1", [line_id], |row| row.get(0))
        })?;
        let upload: Option<UploadRecord> = row.upload_id.map(|id| self.upload(id)).transpose()?;
        Ok(LibraryDetail {
            row,
            stages: upload
                .as_ref()
                .map_or_else(Vec::new, |upload| upload.follow.stages.clone()),
            cluster_id: upload.as_ref().and_then(|upload| upload.cluster_id.clone()),
            camera,
            problem: upload.and_then(|upload| upload.problem),
        })
    }
}
