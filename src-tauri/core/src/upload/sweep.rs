//! Asks for all uploads that are due: one reading of the feed for each account, one search for each upload that may be
//! visible. At the start, then whenever the next one is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use waypost_mapillary::{MAX_SERVER_WAIT_MS, MapillaryError};
use waypost_wire::AskReason;

use super::asking::{Pace, QUOTA_PAUSE_MS, failed, put_off, wait_for_quiet};
use super::inner::{Inner, Outcome, Taken};
use super::material::{located_photos, video_of};
use super::on_map::look_on_map;
use super::round::Round;
use super::row::whose;
use super::tokens::ActiveToken;
use crate::error::CoreError;
use crate::follow::fate::note_fate;
use crate::follow::feed::{FeedReading, read_feed};
use crate::follow::judge::{FeedAnswer, Judgement, Subject, judge};
use crate::follow::on_map::next_ask_at_ms;
use crate::follow::report::published_image;
use crate::follow::search::{Found, find_by_node, find_photos};
use crate::follow::video_search::find_frames;
use crate::journal::{Fact, FollowFacts, PublishedImage, UploadRecord};
use crate::state::transition::transition;
use crate::state::{Event, State};

/// Longest sleep between two looks at the list, milliseconds; a clock that is set forward is noticed after it.
const LONGEST_SLEEP_MS: u64 = 60_000;

/// Follows until the engine stops.
pub(crate) async fn follow(inner: Arc<Inner>) {
    let mut pace = Pace::default();
    loop {
        let wait_ms = match sweep(&inner, &mut pace).await {
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
async fn sweep(inner: &Inner, pace: &mut Pace) -> Result<Option<u64>, CoreError> {
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
        let is_start = pace.is_start && is_asked_at_start(&upload);
        let Some(ask_at_ms) = upload
            .follow
            .next_ask_at_ms
            .filter(|_| !is_start)
            .or(is_start.then_some(now_ms))
        else {
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
    pace.is_start = false;
    if due.is_empty() {
        return Ok(next_ms.map(|next_ms| u64::try_from(next_ms.saturating_sub(now_ms)).unwrap_or(0)));
    }
    for (user_id, uploads) in due {
        ask_for_user(inner, pace, &user_id, uploads).await?;
    }
    Ok(Some(0))
}

/// Whether the start of the program is a reason to ask: its end is not known, however long it was left alone. A limit
/// that the service set outlasts the program.
fn is_asked_at_start(upload: &UploadRecord) -> bool {
    matches!(upload.state, State::Processing)
        && !matches!(upload.follow.trouble, Some(AskReason::Throttled | AskReason::Quota))
}

fn is_followed(upload: &UploadRecord) -> bool {
    !upload.dry_run
        && matches!(
            upload.state,
            State::Processing | State::Published | State::Lost | State::Failed { taken: true, .. }
        )
}

async fn ask_for_user(
    inner: &Inner,
    pace: &mut Pace,
    user_id: &str,
    uploads: Vec<UploadRecord>,
) -> Result<(), CoreError> {
    if let Some(quiet) = pace.quiet_at(inner.clock.now_ms()) {
        return wait_for_quiet(inner, uploads, quiet).await;
    }
    let token = match inner.tokens.token(Some(user_id)).await {
        Ok(token) if token.user_id == user_id => token,
        Ok(token) => {
            let error = CoreError::OtherAccount {
                expected: user_id.to_owned(),
                actual: token.username,
            };
            return put_off(inner, uploads, &error).await;
        }
        Err(error) => {
            pace.note(inner, Some(&error));
            return put_off(inner, uploads, &error).await;
        }
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
        Err(error) => {
            let error = error.into();
            pace.note(inner, Some(&error));
            return failed(inner, uploads, &token, &error).await;
        }
    };
    let mut round = Round::new(uploads);
    let mut under_way = FuturesUnordered::new();
    let (mut not_answered, mut failure) = (Vec::new(), None);
    loop {
        while failure.is_none()
            && pace.quiet_at(inner.clock.now_ms()).is_none()
            && let Some(upload) = round.next()
        {
            let (token, reading) = (&token, reading.as_ref());
            under_way.push(async move {
                let answer = ask_for_upload(inner, token, upload.clone(), reading).await;
                (upload, answer)
            });
        }
        let Some((upload, answer)) = under_way.next().await else {
            break;
        };
        round.done(&upload);
        match answer {
            Ok(limit) => pace.note(inner, limit.as_ref()),
            Err(error @ CoreError::Service(_)) => {
                pace.note(inner, Some(&error));
                not_answered.push(upload);
                failure = failure.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    not_answered.extend(round.rest());
    if let Some(error) = failure {
        return failed(inner, not_answered, &token, &error).await;
    }
    match pace.quiet_at(inner.clock.now_ms()) {
        Some(quiet) => wait_for_quiet(inner, not_answered, quiet).await,
        None => Ok(()),
    }
}

/// Asks about one upload and writes down what is known then. Returns the limit that the service set while it was looked
/// for on the map, after everything else was answered.
async fn ask_for_upload(
    inner: &Inner,
    token: &ActiveToken,
    upload: UploadRecord,
    reading: Option<&FeedReading>,
) -> Result<Option<CoreError>, CoreError> {
    let Some(client) = &inner.client else {
        return Ok(None);
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
            Some(Found {
                visible,
                images,
                shown: Vec::new(),
            })
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
    let shown: Option<Vec<PublishedImage>> = found.as_ref().map(|found| {
        let shown = found.shown.iter();
        shown
            .map(|(place, image)| published_image(image, place.and_then(|place| ordinals.get(place).copied())))
            .collect()
    });
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
    if let Some(shown) = shown {
        inner
            .journal(move |journal| journal.set_published(upload_id, &shown))
            .await?;
    }
    if !images.is_empty() {
        inner
            .journal(move |journal| journal.set_images(upload_id, &images))
            .await?;
    }
    let judged = judgement.facts.next_ask_at_ms;
    match keep(inner, &upload, judgement).await? {
        Some((State::Published, facts)) => look_on_map(inner, token, &upload, facts, judged).await,
        _ => Ok(None),
    }
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

/// Writes down what was found, with a step where the state changes. Returns what is written down then; `None` where
/// something else happened to the upload in the meantime.
async fn keep(
    inner: &Inner,
    upload: &UploadRecord,
    judgement: Judgement,
) -> Result<Option<(State, FollowFacts)>, CoreError> {
    let Judgement {
        mut facts,
        event,
        failure,
    } = judgement;
    let after = event.as_ref().and_then(|event| transition(&upload.state, event));
    let state = after.map_or_else(|| upload.state.clone(), |change| change.state);
    let now_ms = inner.clock.now_ms();
    if matches!(state, State::Published) {
        // A kill before the look at the map must not be the end of it.
        let times = (upload.taken_at_ms.unwrap_or(upload.since_ms), now_ms);
        facts.next_ask_at_ms = next_ask_at_ms(&facts, facts.next_ask_at_ms, times, &inner.config.follow);
    }
    note_fate(whose(upload, &state), &mut facts, now_ms, &inner.config.follow);
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
        let taken = Taken {
            event,
            problem,
            facts: vec![Fact::Follow(facts.clone())],
        };
        match inner.take(upload_id, taken, None).await? {
            Outcome::DoesNotApply(state) if !is_same_state(&state, &upload.state) => return Ok(None),
            Outcome::DoesNotApply(_) => {}
            Outcome::Done { .. } => return Ok(Some((state, facts))),
            Outcome::Stale => return Ok(None),
        }
    }
    // No step: only what is known has changed. A failure that still stands keeps its words.
    let problem = match upload.state {
        State::Processing => None,
        _ => upload.problem.clone(),
    };
    let kept = facts.clone();
    inner
        .change(move |journal| journal.set_follow(upload_id, &kept, problem.as_ref()))
        .await?;
    Ok(Some((upload.state.clone(), facts)))
}

fn is_same_state(now: &State, before: &State) -> bool {
    now.word() == before.word()
}
