//! Asks for all uploads that are due: one reading of the feed for each account, one search for each upload that may be
//! visible. At the start, then whenever the next one is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use waypost_mapillary::{MAX_SERVER_WAIT_MS, MapillaryError, RetryAdvice, retry_advice};

use super::inner::{Inner, Outcome, Taken};
use super::material::{located_photos, video_of};
use super::tokens::ActiveToken;
use crate::error::CoreError;
use crate::follow::feed::{FeedReading, read_feed};
use crate::follow::judge::{FeedAnswer, Judgement, Subject, judge, pause_ms};
use crate::follow::search::{Found, find_by_node, find_photos};
use crate::follow::video_search::find_frames;
use crate::journal::{Fact, FollowFacts, UploadRecord};
use crate::state::{Event, State};

/// Above this share of the app's quota, in percent, questions are put off: the rest is for those who upload.
const QUOTA_LIMIT_PERCENT: u32 = 95;

/// The pause then, milliseconds.
const QUOTA_PAUSE_MS: u64 = 10 * 60 * 1_000;

/// Longest sleep between two looks at the list, milliseconds; a clock that is set forward is noticed after it.
const LONGEST_SLEEP_MS: u64 = 60_000;

/// Follows until the engine stops.
pub(crate) async fn follow(inner: Arc<Inner>) {
    loop {
        let wait_ms = match sweep(&inner).await {
            Ok(wait_ms) => wait_ms.map(|wait_ms| wait_ms.min(LONGEST_SLEEP_MS)),
            Err(CoreError::Stopped) => return,
            Err(error) => {
                tracing::warn!(%error, "following failed");
                Some(LONGEST_SLEEP_MS)
            }
        };
        tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            () = inner.follow_poke.notified() => {}
            () = sleep(&inner, wait_ms) => {}
        }
    }
}

/// With nothing to wait for, only a poke goes on.
async fn sleep(inner: &Inner, wait_ms: Option<u64>) {
    match wait_ms {
        Some(wait_ms) => inner.clock.sleep_ms(wait_ms).await,
        None => std::future::pending().await,
    }
}

/// Asks for everything that is due; returns how long nothing else is, milliseconds, if anything ever will be.
async fn sweep(inner: &Inner) -> Result<Option<u64>, CoreError> {
    let uploads = inner.journal(crate::journal::Journal::uploads).await?;
    let now_ms = inner.clock.now_ms();
    let follow = &inner.config.follow;
    let longest_pause_ms = [
        follow.first_wait_ms,
        follow.longest_wait_ms,
        MAX_SERVER_WAIT_MS,
        QUOTA_PAUSE_MS,
    ]
    .into_iter()
    .max()
    .and_then(|pause_ms| i64::try_from(pause_ms).ok())
    .unwrap_or(i64::MAX);
    let mut due: BTreeMap<String, Vec<UploadRecord>> = BTreeMap::new();
    let mut next_ms: Option<i64> = None;
    for upload in uploads.into_iter().filter(is_followed) {
        let Some(ask_at_ms) = upload.follow.next_ask_at_ms else {
            continue;
        };
        // A question further away than any pause was set by a clock that has been put back since.
        let is_impossible = ask_at_ms.saturating_sub(now_ms) > longest_pause_ms;
        if ask_at_ms <= now_ms || is_impossible {
            let user_id = upload.user_id.clone().unwrap_or_default();
            due.entry(user_id).or_default().push(upload);
        } else {
            next_ms = Some(next_ms.map_or(ask_at_ms, |next_ms| next_ms.min(ask_at_ms)));
        }
    }
    if due.is_empty() {
        return Ok(next_ms.map(|next_ms| u64::try_from(next_ms.saturating_sub(now_ms)).unwrap_or(0)));
    }
    for (user_id, uploads) in due {
        ask_for_user(inner, &user_id, uploads).await?;
    }
    Ok(Some(0))
}

fn is_followed(upload: &UploadRecord) -> bool {
    !upload.dry_run
        && matches!(
            upload.state,
            State::Processing | State::Published | State::Lost | State::Failed { taken: true, .. }
        )
}

async fn ask_for_user(inner: &Inner, user_id: &str, uploads: Vec<UploadRecord>) -> Result<(), CoreError> {
    let token = match inner.tokens.token(Some(user_id)).await {
        Ok(token) if token.user_id == user_id => token,
        Ok(token) => {
            let error = CoreError::OtherAccount {
                expected: user_id.to_owned(),
                actual: token.username,
            };
            return put_off(inner, uploads, &error).await;
        }
        Err(error) => return put_off(inner, uploads, &error).await,
    };
    let Some(client) = &inner.client else {
        return Ok(());
    };
    let wanted: Vec<String> = uploads.iter().filter_map(|upload| upload.cluster_id.clone()).collect();
    // An unknown time (0) means that the feed is read to its end.
    let oldest_ms = uploads
        .iter()
        .map(|upload| upload.first_captured_at_ms)
        .min()
        .filter(|oldest_ms| *oldest_ms > 0);
    let reading = match read_feed(client, &token.token, user_id, &wanted, oldest_ms).await {
        Ok(reading) => Some(reading),
        Err(MapillaryError::FeedRefused { .. }) => None,
        Err(error) => return failed(inner, uploads, &token, error).await,
    };
    let mut uploads = uploads.into_iter();
    while let Some(upload) = uploads.next() {
        if let Err(error) = ask_for_upload(inner, &token, upload.clone(), reading.as_ref()).await {
            match error {
                CoreError::Service(error) => {
                    let rest = std::iter::once(upload).chain(uploads).collect();
                    return failed(inner, rest, &token, error).await;
                }
                other => return Err(other),
            }
        }
    }
    Ok(())
}

async fn ask_for_upload(
    inner: &Inner,
    token: &ActiveToken,
    upload: UploadRecord,
    reading: Option<&FeedReading>,
) -> Result<(), CoreError> {
    let Some(client) = &inner.client else {
        return Ok(());
    };
    let upload_id = upload.upload_id;
    let answer = answer_for(&upload, reading);
    let viewer = inner.config.follow.viewer.clone();
    let files = inner.journal(move |journal| journal.files(upload_id)).await?;
    let photos = located_photos(&files);
    let video = video_of(&upload, &files);
    let username = upload.username.as_deref().unwrap_or(&token.username);
    let found = match &answer {
        // Nothing of it can be seen yet: the search would find nothing and cost a question.
        FeedAnswer::Listed(node) if node.image_id.is_none() => Some(Found::default()),
        FeedAnswer::Listed(node) if photos.is_empty() => {
            let visible = find_by_node(client, &token.token, node, &viewer).await?;
            let first = visible.links.first().map(|link| (0, link.image_id.clone()));
            let images = first.into_iter().filter(|_| video.is_some()).collect();
            Some(Found { visible, images })
        }
        _ if photos.is_empty() && video.is_none() => None,
        _ => {
            let known = inner
                .journal(move |journal| journal.linked_elsewhere(upload_id))
                .await?;
            let is_other = |id: &str| known.contains(id);
            if let Some((_, video)) = &video {
                find_frames(client, &token.token, username, video, is_other, &viewer).await?
            } else {
                let locations: Vec<_> = photos.iter().map(|(_, photo)| *photo).collect();
                Some(find_photos(client, &token.token, username, &locations, is_other, &viewer).await?)
            }
        }
    };
    let ordinals: Vec<u32> = match &video {
        Some((ordinal, _)) => vec![*ordinal],
        None => photos.iter().map(|(ordinal, _)| *ordinal).collect(),
    };
    let images: Vec<(u32, String)> = found
        .iter()
        .flat_map(|found| &found.images)
        .filter_map(|(place, id)| Some((*ordinals.get(*place)?, id.clone())))
        .collect();
    let judgement = judge(
        &upload.follow,
        Subject {
            image_count: upload.image_count,
            taken_at_ms: upload.taken_at_ms.unwrap_or(upload.since_ms),
        },
        &answer,
        found.map(|found| found.visible),
        inner.clock.now_ms(),
        &inner.config.follow,
    );
    if !images.is_empty() {
        inner
            .journal(move |journal| journal.set_images(upload_id, &images))
            .await?;
    }
    keep(inner, &upload, judgement).await
}

fn answer_for(upload: &UploadRecord, reading: Option<&FeedReading>) -> FeedAnswer {
    let (Some(reading), Some(cluster_id)) = (reading, &upload.cluster_id) else {
        return FeedAnswer::Unknown;
    };
    match reading.nodes.get(cluster_id) {
        Some(node) => FeedAnswer::Listed(Box::new(node.clone())),
        None if reading.is_complete => FeedAnswer::NotListed,
        None => FeedAnswer::Unknown,
    }
}

/// Writes down what was found, with a step where the state changes.
async fn keep(inner: &Inner, upload: &UploadRecord, judgement: Judgement) -> Result<(), CoreError> {
    let Judgement { facts, event, failure } = judgement;
    let problem = match &event {
        Some(Event::SeenFailed { .. }) => Some(CoreError::ProcessingFailed {
            stage: failure.unwrap_or_default(),
        }),
        Some(Event::SeenLost) => Some(CoreError::LostAtService),
        _ => None,
    }
    .map(|error| error.problem());
    let upload_id = upload.upload_id;
    if let Some(event) = event {
        let facts = vec![Fact::Follow(facts.clone())];
        let taken = Taken { event, problem, facts };
        match inner.take(upload_id, taken, None).await? {
            // Something else happened to it in the meantime.
            Outcome::DoesNotApply(state) if !is_same_state(&state, &upload.state) => return Ok(()),
            Outcome::DoesNotApply(_) => {}
            Outcome::Done { .. } | Outcome::Stale => return Ok(()),
        }
    }
    // No step: only what is known has changed. A failure that still stands keeps its words.
    let problem = match upload.state {
        State::Processing => None,
        _ => upload.problem.clone(),
    };
    inner
        .change(move |journal| journal.set_follow(upload_id, &facts, problem.as_ref()))
        .await?;
    Ok(())
}

fn is_same_state(now: &State, before: &State) -> bool {
    now.word() == before.word()
}

/// The service did not answer, or not usefully: everything known stays, with its age, and it is asked again later.
async fn failed(
    inner: &Inner,
    uploads: Vec<UploadRecord>,
    token: &ActiveToken,
    error: MapillaryError,
) -> Result<(), CoreError> {
    if matches!(error, MapillaryError::Unauthorized { .. }) {
        inner.tokens.refused(&token.user_id).await;
    }
    put_off(inner, uploads, &CoreError::Service(error)).await
}

async fn put_off(inner: &Inner, uploads: Vec<UploadRecord>, error: &CoreError) -> Result<(), CoreError> {
    if matches!(error, CoreError::Stopped) {
        return Err(CoreError::Stopped);
    }
    let asked_ms = match error {
        CoreError::Service(error) => match retry_advice(error) {
            RetryAdvice::After { wait_ms } => wait_ms,
            RetryAdvice::No | RetryAdvice::AtOnce => 0,
        },
        _ => 0,
    };
    let is_scarce = inner
        .client
        .as_ref()
        .and_then(waypost_mapillary::Client::app_usage_percent)
        .is_some_and(|percent| percent >= QUOTA_LIMIT_PERCENT);
    let asked_ms = if is_scarce {
        asked_ms.max(QUOTA_PAUSE_MS)
    } else {
        asked_ms
    };
    let now_ms = inner.clock.now_ms();
    for upload in uploads {
        let upload_id = upload.upload_id;
        let ask_count = upload.follow.ask_count.saturating_add(1);
        let wait_ms = pause_ms(ask_count, &inner.config.follow).max(asked_ms);
        let facts = FollowFacts {
            ask_count,
            next_ask_at_ms: Some(now_ms.saturating_add_unsigned(wait_ms)),
            ..upload.follow
        };
        let problem = match upload.state {
            State::Processing => Some(error.problem()),
            _ => upload.problem,
        };
        inner
            .change(move |journal| journal.set_follow(upload_id, &facts, problem.as_ref()))
            .await?;
    }
    Ok(())
}
