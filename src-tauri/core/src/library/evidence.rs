//! What the journal and the disk know of files: gathered for [`super::safe::judge`].
//!
//! A file is what was sent when its content still has the fingerprint of then, wherever it lies now: a copy of a card
//! counts. Where no fingerprint was kept, path, size and time of change decide.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use waypost_wire::{FileOutcome, SafeToDelete};

use super::safe::{Evidence, Known, judge};
use crate::error::CoreError;
use crate::journal::{FileRow, Journal, UploadRecord};
use crate::observe::{ProgressCounter, Unobserved};
use crate::read::modified_at_ms;
use crate::scan::scan;
use crate::settings::PackageKind;
use crate::source_photo::SourcePhoto;
use crate::source_video::SourceVideo;
use crate::state::State;
use crate::submit::ALREADY_SENT;
use crate::upload::fingerprint::fingerprint;

/// An upload with its files.
struct Sent {
    upload: UploadRecord,
    files: Vec<FileRow>,
}

/// The uploads that were looked at, each read once.
struct Ledger<'a> {
    journal: &'a Journal,
    uploads: HashMap<i64, Sent>,
}

impl<'a> Ledger<'a> {
    fn new(journal: &'a Journal) -> Self {
        Self {
            journal,
            uploads: HashMap::new(),
        }
    }

    fn sent(&mut self, upload_id: i64) -> Result<&Sent, CoreError> {
        if !self.uploads.contains_key(&upload_id) {
            let sent = Sent {
                upload: self.journal.upload(upload_id)?,
                files: self.journal.files(upload_id)?,
            };
            self.uploads.insert(upload_id, sent);
        }
        self.uploads
            .get(&upload_id)
            .ok_or(CoreError::NoSuchUpload { upload_id })
    }

    /// What is known of a content, wherever it was sent from; the best of several uploads.
    fn of_content(&mut self, fingerprint: &str) -> Result<Option<Evidence>, CoreError> {
        let mut best = None;
        for upload_id in self.journal.uploads_with_content(fingerprint)? {
            let sent = self.sent(upload_id)?;
            let file = sent
                .files
                .iter()
                .find(|file| file.is_sent() && file.fingerprint.as_deref() == Some(fingerprint));
            best = best.max(file.map(|file| of_row(&sent.upload, file)));
        }
        Ok(best)
    }

    /// When the service was last asked about all of the uploads; the oldest of several.
    fn asked_at_ms(&self) -> Option<i64> {
        self.uploads
            .values()
            .map(|sent| sent.upload.follow.asked_at_ms)
            .min()
            .flatten()
    }
}

/// What an upload says of one of its files, if that still is what was sent.
fn of_row(upload: &UploadRecord, file: &FileRow) -> Evidence {
    if upload.taken_at_ms.is_none() {
        return Evidence::NotTaken;
    }
    let is_seen = file.outcome == FileOutcome::Published && file.image_id.is_some();
    match (&upload.state, is_seen) {
        (_, true) if upload.package == PackageKind::Video => Evidence::VideoNotKept,
        (_, true) => Evidence::Seen,
        (State::Processing, false) => Evidence::NotSeenYet,
        (_, false) => Evidence::NotSeen,
    }
}

/// Whether the file behind a row is still what was sent.
fn is_as_sent(file: &FileRow) -> Result<bool, CoreError> {
    if let Some(known) = &file.fingerprint {
        return Ok(fingerprint(&file.path)? == *known);
    }
    let metadata = fs::metadata(&file.path).map_err(|source| CoreError::Io {
        path: file.path.clone(),
        source,
    })?;
    Ok(metadata.len() == file.size_bytes && Some(modified_at_ms(&metadata)) == changed_then(file))
}

/// When it had been changed last when it was read.
fn changed_then(file: &FileRow) -> Option<i64> {
    let source = file.source.as_deref()?;
    let photo = serde_json::from_str::<SourcePhoto>(source).map(|photo| photo.modified_at_ms);
    photo
        .or_else(|_| serde_json::from_str::<SourceVideo>(source).map(|video| video.modified_at_ms))
        .ok()
}

/// Whether the files of an upload may be deleted. Reads the files. Blocking.
///
/// # Errors
/// [`CoreError::NoSuchUpload`], [`CoreError::Journal`].
pub fn safe_to_delete_upload(journal: &Journal, upload_id: i64) -> Result<SafeToDelete, CoreError> {
    let mut ledger = Ledger::new(journal);
    let (upload, files) = {
        let sent = ledger.sent(upload_id)?;
        (sent.upload.clone(), sent.files.clone())
    };
    let mut known = Vec::with_capacity(files.len());
    for file in &files {
        known.push((file.path.as_path(), of_file(&mut ledger, &upload, file)?));
    }
    Ok(judge(&Known {
        files: known,
        asked_at_ms: ledger.asked_at_ms(),
        in_ready_zip: upload.zip_path.is_some(),
        other_count: 0,
    }))
}

fn of_file(ledger: &mut Ledger<'_>, upload: &UploadRecord, file: &FileRow) -> Result<Evidence, CoreError> {
    if file.code.as_deref() == Some(ALREADY_SENT) {
        // It went with another upload; that one knows.
        return match fingerprint(&file.path) {
            Ok(fingerprint) => Ok(ledger.of_content(&fingerprint)?.unwrap_or(Evidence::NeverSent)),
            Err(_) => Ok(Evidence::CannotBeRead),
        };
    }
    if !file.is_sent() {
        return Ok(Evidence::NeverSent);
    }
    Ok(match is_as_sent(file) {
        Ok(true) => of_row(upload, file),
        Ok(false) => Evidence::ChangedSince,
        Err(_) => Evidence::CannotBeRead,
    })
}

/// Whether the photos and videos in a folder and below it may be deleted, whichever upload they went with. Reads the
/// files. Blocking.
///
/// # Errors
/// [`CoreError::PathNotFound`] and [`CoreError::Io`] for the folder, [`CoreError::Journal`].
pub fn safe_to_delete_folder(journal: &Journal, folder: &Path) -> Result<SafeToDelete, CoreError> {
    let found = scan(&[folder.to_path_buf()], false, &ProgressCounter::new(&Unobserved))?;
    let mut ledger = Ledger::new(journal);
    let mut by_folder = ByFolder::default();
    let mut known = Vec::with_capacity(found.candidates.len());
    for candidate in &found.candidates {
        let path = candidate.path.as_path();
        let evidence = match fingerprint(path) {
            Err(_) => Evidence::CannotBeRead,
            Ok(fingerprint) => match ledger.of_content(&fingerprint)? {
                Some(evidence) => evidence,
                None => by_folder.of_path(&mut ledger, path)?,
            },
        };
        known.push((path, evidence));
    }
    known.extend(
        found
            .refusals
            .iter()
            .map(|refusal| (refusal.path.as_path(), Evidence::CannotBeRead)),
    );
    Ok(judge(&Known {
        other_count: file_count(folder).saturating_sub(found.candidates.len() as u64),
        files: known,
        asked_at_ms: ledger.asked_at_ms(),
        in_ready_zip: false,
    }))
}

/// The uploads of a folder, looked up once.
#[derive(Default)]
struct ByFolder(HashMap<PathBuf, Vec<i64>>);

impl ByFolder {
    /// What is known of a file whose content was never taken, by its path.
    fn of_path(&mut self, ledger: &mut Ledger<'_>, path: &Path) -> Result<Evidence, CoreError> {
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        if !self.0.contains_key(folder) {
            let uploads = ledger.journal.uploads_of_folder(folder)?;
            self.0.insert(folder.to_path_buf(), uploads);
        }
        let mut evidence = Evidence::NotKnown;
        for upload_id in self.0.get(folder).into_iter().flatten() {
            let sent = ledger.sent(*upload_id)?;
            let Some(file) = sent.files.iter().find(|file| file.path == path) else {
                continue;
            };
            evidence = match (file.is_sent(), sent.upload.taken_at_ms) {
                (false, _) => Evidence::NeverSent,
                (true, None) => Evidence::NotTaken,
                // Taken, and this content was not: it is another file by now.
                (true, Some(_)) => Evidence::ChangedSince,
            };
        }
        Ok(evidence)
    }
}

/// Files in a folder and below it; hidden ones and what links lead to are left out. What cannot be looked at counts as
/// nothing.
fn file_count(folder: &Path) -> u64 {
    let mut count = 0;
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !is_hidden => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() && !is_hidden => count += 1,
                _ => {}
            }
        }
    }
    count
}

/// Whether the files behind a line of the library may be deleted. Reads the files. Blocking.
///
/// # Errors
/// [`CoreError::NoSuchLine`], [`CoreError::Journal`].
pub fn safe_to_delete_line(journal: &Journal, line_id: i64) -> Result<SafeToDelete, CoreError> {
    match journal.library_row(line_id)?.upload_id {
        Some(upload_id) => safe_to_delete_upload(journal, upload_id),
        // Which files it was made from is not known here.
        None => Ok(judge(&Known::default())),
    }
}
