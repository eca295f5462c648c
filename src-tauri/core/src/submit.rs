//! Putting uploads into the queue without sending anything twice.
//!
//! What is asked for again while it is still under way is gone on with; what went to the same account before is left
//! out, unless the person wants it sent again. Both faces of the core go through here.

mod open_uploads;

use waypost_wire::{FileOutcome, UploadAction, UploadRow, UploadState};

use crate::error::CoreError;
use crate::observe::Unobserved;
use crate::package::{Part as _, SourcePhoto, SourceVideo, file_part};
use crate::state::{State, Step};
use crate::upload::{Engine, LeftOut, NewUpload, UploadSource, Which, ZipFile};
use open_uploads::{OpenUpload, Source, file_of, open_uploads, under_way};

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
        /// Its photos; 1 for a video.
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

/// Adds `new` to the journal unless it is there already or was sent before.
///
/// What is still under way, or failed before the service took it, is gone on with; a photo that is in another upload
/// under way is left to that one. `again` sends once more what was sent before, in a fresh session, because the old one
/// is closed. A wish for a fresh session gives up what is under way, unless that may have been finished already. Whether
/// the upload is finished is what `new` says.
///
/// # Errors
/// [`CoreError::Journal`], and [`CoreError::Io`] for a file that cannot be read to be compared.
pub async fn submit(engine: &Engine, mut new: NewUpload, user_id: &str, again: bool) -> Result<Submitted, CoreError> {
    let mut open = open_uploads(engine, &new, user_id).await?;
    if new.fresh_key {
        open = given_up(engine, open, &new).await?;
    }
    let wanted = Source::of(&new.source);
    if let Some(same) = open.iter().find(|open| open.source == wanted) {
        let upload_id = same.upload_id;
        engine.set_finish(upload_id, new.finish).await?;
        return Ok(Submitted::Continued { upload_id });
    }
    let mut already_sent = 0;
    match &mut new.source {
        UploadSource::ZipFile(zip) => {
            let (zip, place) = (zip.clone(), (user_id, new.organization_id.as_deref()));
            match zip_sent_with(engine, &zip, place).await? {
                Some(_) if again => new.fresh_key = true,
                Some(upload_id) => {
                    return Ok(Submitted::AlreadySent {
                        photo_count: zip.image_count,
                        title: new.title,
                        upload_ids: vec![upload_id],
                    });
                }
                None => {}
            }
        }
        UploadSource::Video(video) => {
            let before = video_sent_with(engine, video, (user_id, new.organization_id.as_deref())).await?;
            let under_way = open.iter().find(|open| open.source.is_video_file(video));
            match before.or(under_way.map(|open| open.upload_id)) {
                Some(_) if again => new.fresh_key |= before.is_some(),
                Some(upload_id) => {
                    go_on(engine, &open, &[upload_id]).await?;
                    return Ok(Submitted::AlreadySent {
                        photo_count: 1,
                        title: new.title,
                        upload_ids: vec![upload_id],
                    });
                }
                None => {}
            }
        }
        UploadSource::Photos(photos) => {
            let before = engine
                .already_sent(photos, user_id, new.organization_id.as_deref())
                .await?;
            if again {
                new.fresh_key |= before.iter().any(Option::is_some);
            } else {
                let under_way = under_way(&open);
                let before: Vec<Option<SentWith>> = photos
                    .iter()
                    .zip(before)
                    .map(|(photo, before)| {
                        let now = under_way.get(&file_of(photo)).copied();
                        before.map(SentWith::Before).or(now.map(SentWith::UnderWay))
                    })
                    .collect();
                let mut upload_ids: Vec<i64> = before.iter().flatten().map(SentWith::upload_id).collect();
                already_sent = upload_ids.len() as u64;
                upload_ids.sort_unstable();
                upload_ids.dedup();
                go_on(engine, &open, &upload_ids).await?;
                if already_sent == photos.len() as u64 {
                    return Ok(Submitted::AlreadySent {
                        title: new.title,
                        photo_count: already_sent,
                        upload_ids,
                    });
                }
                leave_out(photos, before, &mut new.left_out);
            }
        }
    }
    let upload_id = engine.add(new).await?;
    Ok(Submitted::Added {
        upload_id,
        already_sent,
    })
}

/// The upload that has, or will have, sent a photo.
#[derive(Clone, Copy)]
enum SentWith {
    Before(i64),
    UnderWay(i64),
}

impl SentWith {
    fn upload_id(&self) -> i64 {
        match self {
            Self::Before(upload_id) | Self::UnderWay(upload_id) => *upload_id,
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Before(upload_id) => format!("It was sent before, with upload {upload_id}."),
            Self::UnderWay(upload_id) => format!("It is sent with upload {upload_id}."),
        }
    }
}

fn leave_out(photos: &mut Vec<SourcePhoto>, sent_with: Vec<Option<SentWith>>, left_out: &mut Vec<LeftOut>) {
    let mut kept = Vec::new();
    for (photo, sent_with) in std::mem::take(photos).into_iter().zip(sent_with) {
        match sent_with {
            None => kept.push(photo),
            Some(sent_with) => left_out.push(LeftOut {
                path: photo.path,
                outcome: FileOutcome::Excluded,
                code: Some(ALREADY_SENT.into()),
                message: Some(sent_with.sentence()),
            }),
        }
    }
    *photos = kept;
}

/// Lets those of the open uploads go on that something was left to.
async fn go_on(engine: &Engine, open: &[OpenUpload], ids: &[i64]) -> Result<(), CoreError> {
    let theirs: Vec<i64> = open
        .iter()
        .map(|open| open.upload_id)
        .filter(|upload_id| ids.contains(upload_id))
        .collect();
    begin(engine, &theirs).await
}

/// Gives up the open uploads of files that `new` sends afresh; returns those that cannot be given up.
async fn given_up(engine: &Engine, open: Vec<OpenUpload>, new: &NewUpload) -> Result<Vec<OpenUpload>, CoreError> {
    let wanted = Source::of(&new.source);
    let mut left = Vec::new();
    for upload in open {
        if !upload.source.shares_files_with(&wanted) {
            continue;
        }
        match engine.cancel(upload.upload_id).await {
            Ok(()) => {}
            Err(CoreError::WrongState { .. }) => left.push(upload),
            Err(error) => return Err(error),
        }
    }
    Ok(left)
}

/// The upload with which a video of this content was taken.
async fn video_sent_with(
    engine: &Engine,
    video: &SourceVideo,
    (user_id, organization_id): (&str, Option<&str>),
) -> Result<Option<i64>, CoreError> {
    let file = vec![(video.path.clone(), video.size_bytes)];
    let sent = engine.files_already_sent(file, user_id, organization_id).await?;
    Ok(sent.into_iter().flatten().next())
}

/// The upload with which a zip of just these bytes was taken, whether it was a zip file then or photos.
async fn zip_sent_with(
    engine: &Engine,
    zip: &ZipFile,
    (user_id, organization_id): (&str, Option<&str>),
) -> Result<Option<i64>, CoreError> {
    let journal = engine.journal();
    let (path, length_bytes) = (zip.path.clone(), zip.size_bytes);
    let (user_id, organization_id) = (user_id.to_owned(), organization_id.map(str::to_owned));
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
        // Only once looking did not tell is it the person's turn.
        UploadState::FinishUnknown => row.actions.contains(&UploadAction::RetryFinish),
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
