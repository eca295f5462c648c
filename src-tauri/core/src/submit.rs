//! Putting uploads into the queue without sending anything twice.
//!
//! What is asked for again while it is still under way is gone on with; what went to the same account before is left
//! out, unless the person wants it sent again. Both faces of the core go through here.

use std::path::PathBuf;

use waypost_wire::{FileOutcome, UploadAction, UploadRow, UploadState};

use crate::error::CoreError;
use crate::journal::{Journal, UploadRecord};
use crate::observe::Unobserved;
use crate::package::{Part as _, SourcePhoto, file_part};
use crate::upload::state::{State, Step};
use crate::upload::{Engine, LeftOut, NewUpload, UploadSource, Which, ZipFile};

/// Code of files that are left out because they were sent before.
pub const ALREADY_SENT: &str = "already_sent";

/// What became of a wish to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is new in the journal, as a draft.
    Added {
        /// Its number.
        upload_id: i64,
        /// Photos left out because they were sent before.
        already_sent: u64,
    },
    /// It was under way before and goes on.
    Continued {
        /// Its number.
        upload_id: i64,
    },
    /// All of it was sent before.
    AlreadySent {
        /// What it would have been called.
        title: String,
        /// Its photos.
        photo_count: u64,
        /// The uploads that sent them.
        upload_ids: Vec<i64>,
    },
}

impl Submitted {
    /// The upload to be started and watched, if there is one.
    pub fn upload_id(&self) -> Option<i64> {
        match self {
            Self::Added { upload_id, .. } | Self::Continued { upload_id } => Some(*upload_id),
            Self::AlreadySent { .. } => None,
        }
    }
}

/// Adds `new` to the journal unless it is there already or was sent before. `again` sends what was sent before once
/// more; what is still under way, or failed before the service took it, is gone on with in any case, unless `new` asks
/// for a fresh session. Whether it is finished is what `new` says.
///
/// # Errors
/// [`CoreError::Journal`], and [`CoreError::Io`] for a file that cannot be read to be compared.
pub async fn submit(
    engine: &Engine,
    mut new: NewUpload,
    user_id: &str,
    again: bool,
) -> Result<Submitted, CoreError> {
    if !new.fresh_key
        && let Some(upload_id) = under_way(engine, &new, user_id).await?
    {
        engine.set_finish(upload_id, new.finish).await?;
        return Ok(Submitted::Continued { upload_id });
    }
    if !again
        && let UploadSource::ZipFile(zip) = &new.source
        && let Some(upload_id) = zip_sent_with(engine, &new, zip, user_id).await?
    {
        return Ok(Submitted::AlreadySent {
            photo_count: zip.image_count,
            title: new.title,
            upload_ids: vec![upload_id],
        });
    }
    let mut already_sent = 0;
    if !again && let UploadSource::Photos(photos) = &mut new.source {
        let before = engine
            .already_sent(photos, user_id, new.organization_id.as_deref())
            .await?;
        let mut upload_ids: Vec<i64> = before.iter().flatten().copied().collect();
        already_sent = upload_ids.len() as u64;
        upload_ids.sort_unstable();
        upload_ids.dedup();
        if already_sent == photos.len() as u64 {
            return Ok(Submitted::AlreadySent {
                title: new.title,
                photo_count: already_sent,
                upload_ids,
            });
        }
        let mut kept = Vec::new();
        for (photo, sent_with) in std::mem::take(photos).into_iter().zip(before) {
            match sent_with {
                None => kept.push(photo),
                Some(upload_id) => new.left_out.push(LeftOut {
                    path: photo.path,
                    outcome: FileOutcome::Excluded,
                    code: Some(ALREADY_SENT.into()),
                    message: Some(format!("It was sent before, with upload {upload_id}.")),
                }),
            }
        }
        *photos = kept;
    }
    let upload_id = engine.add(new).await?;
    Ok(Submitted::Added {
        upload_id,
        already_sent,
    })
}

/// The upload with which a zip of just these bytes was taken, whether it was a zip file then or photos.
async fn zip_sent_with(
    engine: &Engine,
    new: &NewUpload,
    zip: &ZipFile,
    user_id: &str,
) -> Result<Option<i64>, CoreError> {
    let journal = engine.journal();
    let (path, length_bytes) = (zip.path.clone(), zip.size_bytes);
    let (user_id, organization_id) = (user_id.to_owned(), new.organization_id.clone());
    tokio::task::spawn_blocking(move || {
        if !journal.has_taken_length(length_bytes)? {
            return Ok(None);
        }
        let measured = file_part(&path)?.measure(&Unobserved)?;
        journal.taken_with(&user_id, organization_id.as_deref(), &measured.md5_hex)
    })
    .await
    .unwrap_or(Err(CoreError::Stopped))
}

/// The number of an upload of just these files to the same place that has not come to its end.
async fn under_way(
    engine: &Engine,
    new: &NewUpload,
    user_id: &str,
) -> Result<Option<i64>, CoreError> {
    let journal = engine.journal();
    let wanted = Wanted {
        source: Source::of(&new.source),
        user_id: user_id.to_owned(),
        organization_id: new.organization_id.clone(),
    };
    tokio::task::spawn_blocking(move || find(&journal, &wanted))
        .await
        .unwrap_or(Err(CoreError::Stopped))
}

struct Wanted {
    source: Source,
    user_id: String,
    organization_id: Option<String>,
}

#[derive(PartialEq)]
enum Source {
    Photos(Vec<SourcePhoto>),
    Zip(PathBuf),
}

impl Source {
    fn of(source: &UploadSource) -> Self {
        match source {
            UploadSource::Photos(photos) => Self::Photos(photos.clone()),
            UploadSource::ZipFile(zip) => Self::Zip(zip.path.clone()),
        }
    }
}

fn find(journal: &Journal, wanted: &Wanted) -> Result<Option<i64>, CoreError> {
    for record in journal.uploads()? {
        let same_place = record
            .user_id
            .as_ref()
            .is_none_or(|user_id| *user_id == wanted.user_id)
            && record.organization_id == wanted.organization_id;
        if same_place && is_open(&record) && source_of(journal, &record)? == wanted.source {
            return Ok(Some(record.upload_id));
        }
    }
    Ok(None)
}

/// Whether going on with it, or waiting for its answer, is what asking again means.
fn is_open(record: &UploadRecord) -> bool {
    !record.dry_run
        && !matches!(
            record.state,
            State::Published
                | State::Processing
                | State::SourceChanged
                | State::Failed { taken: true, .. }
                | State::Cancelled
                | State::Lost
        )
}

fn source_of(journal: &Journal, record: &UploadRecord) -> Result<Source, CoreError> {
    if let Some(path) = &record.zip_path {
        return Ok(Source::Zip(path.clone()));
    }
    let files = journal.files(record.upload_id)?;
    let photos = files
        .iter()
        .filter_map(|file| serde_json::from_str(file.photo.as_deref()?).ok())
        .collect();
    Ok(Source::Photos(photos))
}

/// Sends what was submitted: drafts start; what is halted, failed or waits for a sign-in goes on; the rest is on its way
/// already. One whose bytes are all there and that is not to be finished is left as it is.
///
/// # Errors
/// [`CoreError::Journal`], [`CoreError::NoSuchUpload`], [`CoreError::WrongState`].
pub async fn begin(engine: &Engine, upload_ids: &[i64]) -> Result<(), CoreError> {
    for upload_id in upload_ids.iter().copied() {
        let journal = engine.journal();
        let record = tokio::task::spawn_blocking(move || journal.upload(upload_id))
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
        let begun = match record.state {
            State::Draft => engine.start(Which::These(vec![upload_id])).await,
            State::Paused { next: Step::Finish } if !record.wants_finish => Ok(()),
            State::Paused { .. } | State::NeedsSignIn { .. } => engine.resume(upload_id).await,
            State::Failed { taken: false, .. } => engine.retry(upload_id).await,
            _ => Ok(()),
        };
        match begun {
            // It has just gone on by itself.
            Err(CoreError::WrongState { .. }) => {}
            other => other?,
        }
    }
    Ok(())
}

/// How far somebody who waits for an upload wants to see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// All bytes are there; finish is left out.
    Sent,
    /// The service has taken it.
    Taken,
    /// Its images can be seen.
    Published,
}

/// Whether waiting for `row` is over: it is where it should be, has ended, or needs the person.
pub fn is_over(row: &UploadRow, goal: Goal) -> bool {
    match row.state {
        UploadState::Published
        | UploadState::Paused
        | UploadState::NeedsSignIn
        | UploadState::SourceChanged
        | UploadState::Failed
        | UploadState::Cancelled
        | UploadState::Lost => true,
        UploadState::Processing => goal != Goal::Published,
        UploadState::FinishUnknown => row.actions.contains(&UploadAction::MarkTaken),
        UploadState::Draft
        | UploadState::Queued
        | UploadState::Preparing
        | UploadState::Sending
        | UploadState::Finishing
        | UploadState::Waiting => false,
    }
}

/// Whether `row` is where `goal` wants it.
pub fn has_arrived(row: &UploadRow, goal: Goal) -> bool {
    match goal {
        Goal::Sent => row.state == UploadState::Paused || has_arrived(row, Goal::Taken),
        Goal::Taken => matches!(row.state, UploadState::Processing | UploadState::Published),
        Goal::Published => row.state == UploadState::Published,
    }
}
