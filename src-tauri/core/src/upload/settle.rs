//! A finish that was never answered: look at the service before anything is sent again.

use std::collections::HashSet;

use waypost_mapillary::{Client, FeedNode, MapillaryError, RetryAdvice, backoff_ms, retry_advice};

use super::inner::Taken;
use super::material::{located_photos, video_of};
use super::run::{Halt, Run};
use super::session::NoToken;
use super::tokens::ActiveToken;
use crate::error::CoreError;
use crate::follow::evidence::{Asked, Finding, find};
use crate::follow::feed::read_feed;
use crate::follow::search::find_photos;
use crate::follow::video_search::find_frames;
use crate::journal::{Fact, UploadRecord};
use crate::state::{Event, State};

/// What one look told.
enum Look {
    /// The feed was read as far as needed.
    Feed(Finding),
    /// The feed is not open; so many of the photos can be seen.
    Search { visible_count: u64 },
    /// The feed could not be read to where an answer would stand.
    Unclear,
}

impl Run {
    /// Looks, several times, because what was taken may be listed only after a while.
    pub(super) async fn settle(&mut self) -> Result<Taken, Halt> {
        let Some(client) = self.inner.client.clone() else {
            return Ok(doubtful("there is no way to look".into()));
        };
        let waits_ms = self.inner.config.follow.settle_waits_ms.clone();
        let mut last = Look::Unclear;
        for wait_ms in waits_ms {
            self.pause_for(wait_ms).await?;
            last = match self.look_until_answered(&client).await? {
                Ok(look) => look,
                Err(taken) => return Ok(*taken),
            };
            if let Look::Feed(Finding::Taken(cluster_id)) = last {
                return Ok(Taken::new(Event::FoundTaken)
                    .with_fact(Fact::Cluster(cluster_id))
                    .with_fact(self.first_look()));
            }
        }
        let sent = match self.record().await?.image_count {
            0 => "images of it".into(),
            image_count => format!("of {image_count} photos"),
        };
        Ok(match last {
            Look::Feed(Finding::Doubtful(evidence)) => doubtful(evidence),
            Look::Feed(_) => Taken::new(Event::FoundNotTaken),
            Look::Search { visible_count } => doubtful(format!(
                "the activity feed is not open to this sign-in, and {visible_count} {sent} can be seen at \
                 Mapillary so far"
            )),
            Look::Unclear => doubtful("the activity feed could not be read far enough".into()),
        })
    }

    /// One look; while the service cannot be asked, it is asked again and again. The inner error is a step to take.
    async fn look_until_answered(&self, client: &Client) -> Result<Result<Look, Box<Taken>>, Halt> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let record = self.record().await?;
            let user_id = record.user_id.clone();
            let token = self.session.token(&self.inner, user_id.as_deref(), attempt).await;
            let (wait_ms, error) = match token {
                Ok(token) => match self.look(client, &token, &record).await? {
                    Ok(look) => return Ok(Ok(look)),
                    Err(error) if matches!(error, MapillaryError::Unauthorized { .. }) => {
                        match self.session.after_refusal(&self.inner, &token, attempt).await {
                            Ok(_) => (backoff_ms(attempt), error.into()),
                            Err(none) => self.without_token(none).await?,
                        }
                    }
                    Err(error) => match retry_advice(&error) {
                        RetryAdvice::No => {
                            return Ok(Err(Box::new(doubtful(error.to_string()))));
                        }
                        RetryAdvice::AtOnce => (backoff_ms(attempt), error.into()),
                        RetryAdvice::After { wait_ms } => (backoff_ms(attempt).saturating_add(wait_ms), error.into()),
                    },
                },
                Err(none) => self.without_token(none).await?,
            };
            self.note_problem(&error).await?;
            self.pause_for(wait_ms).await?;
        }
    }

    /// No token to look with: wait, or end this run until the person has signed in.
    async fn without_token(&self, none: NoToken) -> Result<(u64, CoreError), Halt> {
        match none {
            NoToken::Later { wait_ms, error, .. } => Ok((wait_ms, error)),
            NoToken::SignIn(error) | NoToken::Never(error) => {
                self.note_problem(&error).await?;
                Err(Halt)
            }
        }
    }

    async fn note_problem(&self, error: &CoreError) -> Result<(), Halt> {
        let (upload_id, problem) = (self.upload_id, error.problem());
        self.change(move |journal| journal.set_problem(upload_id, Some(&problem)))
            .await
    }

    async fn look(
        &self,
        client: &Client,
        token: &ActiveToken,
        record: &UploadRecord,
    ) -> Result<Result<Look, MapillaryError>, Halt> {
        let uploads = self.journal(crate::journal::Journal::uploads).await?;
        let claimed: HashSet<String> = self
            .journal(crate::journal::Journal::cluster_ids)
            .await?
            .into_iter()
            .collect();
        let captured_ms =
            (record.last_captured_at_ms > 0).then_some((record.first_captured_at_ms, record.last_captured_at_ms));
        let oldest_ms = captured_ms.map(|(first_ms, _)| first_ms);
        let reading = read_feed(client, &token.token, &token.user_id, &[], oldest_ms).await;
        match reading {
            Ok(reading) => {
                let is_complete = reading.is_complete;
                let unclaimed: Vec<FeedNode> = reading
                    .nodes
                    .into_values()
                    .filter(|node| !claimed.contains(&node.cluster_id.0))
                    .collect();
                let asked = Asked {
                    finish_sent_at_ms: record.finish_sent_at_ms.unwrap_or(record.since_ms),
                    captured_ms,
                    image_count: record.image_count,
                    has_rival: uploads.iter().any(|other| is_rival(record, other)),
                };
                Ok(Ok(match find(asked, &unclaimed) {
                    Finding::NotListed if !is_complete => Look::Unclear,
                    finding => Look::Feed(finding),
                }))
            }
            Err(MapillaryError::FeedRefused { .. }) => self.search(client, token, record).await,
            Err(error) => Ok(Err(error)),
        }
    }

    async fn search(
        &self,
        client: &Client,
        token: &ActiveToken,
        record: &UploadRecord,
    ) -> Result<Result<Look, MapillaryError>, Halt> {
        let upload_id = self.upload_id;
        let files = self.journal(move |journal| journal.files(upload_id)).await?;
        let known = self.journal(move |journal| journal.linked_elsewhere(upload_id)).await?;
        let username = record.username.as_deref().unwrap_or(&token.username);
        let is_other = |id: &str| known.contains(id);
        if let Some((_, video)) = video_of(record, &files) {
            let found = find_frames(client, &token.token, username, &video, is_other, "").await;
            return Ok(found.map(|found| match found {
                Some(found) => Look::Search {
                    visible_count: found.visible.count,
                },
                None => Look::Unclear,
            }));
        }
        let photos: Vec<_> = located_photos(&files)
            .into_iter()
            .map(|(_, location)| location)
            .collect();
        let found = find_photos(client, &token.token, username, &photos, is_other, "").await;
        Ok(found.map(|found| Look::Search {
            visible_count: found.visible.count,
        }))
    }
}

/// Whether the entry of one could be taken for the entry of the other: both unknown, same account, capture times that
/// overlap.
fn is_rival(record: &UploadRecord, other: &UploadRecord) -> bool {
    other.upload_id != record.upload_id
        && matches!(other.state, State::FinishUnknown { .. } | State::Finishing)
        && other.user_id == record.user_id
        && (record.last_captured_at_ms == 0
            || other.last_captured_at_ms == 0
            || (other.first_captured_at_ms <= record.last_captured_at_ms
                && record.first_captured_at_ms <= other.last_captured_at_ms))
}

fn doubtful(evidence: String) -> Taken {
    Taken::new(Event::FoundDoubtful).with_problem(CoreError::FinishDoubtful { evidence }.problem())
}
