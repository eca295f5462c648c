//! What the engine's list says: rows, reports, changes, and what was sent before.

use std::path::{Path, PathBuf};

use tokio::sync::broadcast;
use waypost_wire::{FileReportRow, UploadEvent, UploadRow};

use super::engine::Engine;
use super::fingerprint::fingerprint;
use super::row::row_of;
use crate::error::CoreError;
use crate::follow::FollowSettings;
use crate::journal::{FileRow, Journal, UploadRecord};
use crate::package::SourcePhoto;

impl Engine {
    /// All uploads of the list, in its order: as they were added, unless [`Engine::reorder`] moved one.
    ///
    /// # Errors
    /// [`CoreError::Journal`].
    pub async fn rows(&self) -> Result<Vec<UploadRow>, CoreError> {
        let records = self.inner.journal(Journal::uploads).await?;
        Ok(records.iter().map(|record| self.inner.row(record)).collect())
    }

    /// One upload.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn row(&self, upload_id: i64) -> Result<UploadRow, CoreError> {
        let record = self.inner.journal(move |journal| journal.upload(upload_id)).await?;
        Ok(self.inner.row(&record))
    }

    /// What became of each file of an upload.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
    pub async fn file_report(&self, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
        self.inner.journal(move |journal| file_report(journal, upload_id)).await
    }

    /// Changes of the list from now on. Progress comes at most five times a second and upload; who falls behind gets
    /// [`broadcast::error::RecvError::Lagged`] and asks for [`Engine::rows`].
    pub fn events(&self) -> broadcast::Receiver<UploadEvent> {
        self.inner.events.subscribe()
    }

    /// For each photo the upload with which its content went to that account and organisation before, if it did. Only
    /// files whose size was sent before are read.
    ///
    /// # Errors
    /// [`CoreError::Io`] for a file that cannot be read, [`CoreError::Journal`].
    pub async fn already_sent(
        &self,
        photos: &[SourcePhoto],
        user_id: &str,
        organization_id: Option<&str>,
    ) -> Result<Vec<Option<i64>>, CoreError> {
        let files = photos.iter().map(|photo| (photo.path.clone(), photo.size_bytes));
        self.files_already_sent(files.collect(), user_id, organization_id).await
    }

    /// The same for files of any kind: path and size in bytes.
    ///
    /// # Errors
    /// As [`already_sent`](Self::already_sent).
    pub async fn files_already_sent(
        &self,
        files: Vec<(PathBuf, u64)>,
        user_id: &str,
        organization_id: Option<&str>,
    ) -> Result<Vec<Option<i64>>, CoreError> {
        let (user_id, organization_id) = (user_id.to_owned(), organization_id.map(str::to_owned));
        self.inner
            .journal(move |journal| {
                let organization_id = organization_id.as_deref();
                files
                    .iter()
                    .map(|(path, size_bytes)| {
                        if !journal.has_sent_size(&user_id, organization_id, *size_bytes)? {
                            return Ok(None);
                        }
                        journal.sent_with(&user_id, organization_id, &fingerprint(path)?)
                    })
                    .collect()
            })
            .await
    }

    /// Returns once `is_over` holds for each of the uploads, with their rows in the order of `upload_ids`.
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`], [`CoreError::Stopped`] when the engine is shut down first.
    pub async fn wait_until(
        &self,
        upload_ids: &[i64],
        is_over: impl Fn(&UploadRow) -> bool + Send,
    ) -> Result<Vec<UploadRow>, CoreError> {
        let mut events = self.events();
        loop {
            let mut rows = Vec::with_capacity(upload_ids.len());
            for upload_id in upload_ids {
                rows.push(self.row(*upload_id).await?);
            }
            if rows.iter().all(&is_over) {
                return Ok(rows);
            }
            loop {
                let event = tokio::select! {
                    event = events.recv() => event,
                    () = self.inner.stop.cancelled() => return Err(CoreError::Stopped),
                };
                match event {
                    Ok(UploadEvent::Row(row)) if upload_ids.contains(&row.upload_id) => break,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return Err(CoreError::Stopped),
                }
            }
        }
    }
}

fn file_report(journal: &Journal, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
    journal.upload(upload_id)?;
    Ok(journal.files(upload_id)?.into_iter().map(report_row).collect())
}

fn report_row(file: FileRow) -> FileReportRow {
    FileReportRow {
        path: file.path.display().to_string(),
        outcome: file.outcome,
        code: file.code,
        message: file.message,
        image_id: file.image_id,
    }
}

/// What became of each file of an upload, read beside a running Waypost; empty when there is no journal yet.
///
/// # Errors
/// As [`Engine::file_report`].
pub fn file_report_of(data_dir: &Path, upload_id: i64) -> Result<Vec<FileReportRow>, CoreError> {
    match Journal::open_read_only(data_dir)? {
        None => Ok(Vec::new()),
        Some(journal) => file_report(&journal, upload_id),
    }
}

/// The journal's records of the list, read beside a running Waypost; empty when there is none yet.
///
/// # Errors
/// [`CoreError::JournalTooNew`] and [`CoreError::Journal`].
pub fn records_of(data_dir: &Path) -> Result<Vec<UploadRecord>, CoreError> {
    Journal::open_read_only(data_dir)?.map_or_else(|| Ok(Vec::new()), |journal| journal.uploads())
}

/// The list as it stands at `now_ms`, read beside a running Waypost (`waypost status`); empty when there is none yet.
///
/// # Errors
/// [`CoreError::JournalTooNew`] and [`CoreError::Journal`].
pub fn rows_of(data_dir: &Path, now_ms: i64) -> Result<Vec<UploadRow>, CoreError> {
    match Journal::open_read_only(data_dir)? {
        None => Ok(Vec::new()),
        Some(journal) => {
            // Only the ages matter here, and those are the same in practice.
            let settings = FollowSettings::service();
            let row = |record| row_of(record, None, now_ms, &settings);
            Ok(journal.uploads()?.iter().map(row).collect())
        }
    }
}
