//! Looks for a published upload on the map: behind every answer about it, until all its sequences are there.
//!
//! It is the last and least of the questions: what it finds is added to what was judged before, and whatever goes wrong
//! with it changes nothing of that.

use waypost_mapillary::MapillaryError;

use super::inner::Inner;
use super::row::whose;
use super::tokens::ActiveToken;
use crate::error::CoreError;
use crate::follow::fate::note_fate;
use crate::follow::on_map::{Looked, Wanted, look, next_ask_at_ms, note};
use crate::journal::{FollowFacts, Journal, UploadRecord};
use crate::state::State;

/// Looks for `upload`, which is published and of which `facts` are written down; `judged` is when it would be asked next
/// without a map. Returns the service's limit, if it set one.
pub(super) async fn look_on_map(
    inner: &Inner,
    token: &ActiveToken,
    upload: &UploadRecord,
    mut facts: FollowFacts,
    judged: Option<i64>,
) -> Result<Option<CoreError>, CoreError> {
    let upload_id = upload.upload_id;
    let before = facts.clone();
    let mut mapped = facts.mapped_sequences.iter().cloned().collect();
    let (wanted, trouble) = match wanted(inner, token, upload_id, &facts).await? {
        Ok(wanted) => {
            let trouble = match &inner.client {
                Some(client) => look(client, &token.token, &wanted, &mut mapped).await.err(),
                None => None,
            };
            (wanted, trouble)
        }
        Err(error) => (Wanted::default(), Some(error)),
    };
    if let Some(error) = &trouble {
        tracing::warn!(upload_id, %error, "could not look for it on the map");
    }
    let now_ms = inner.clock.now_ms();
    let follow = &inner.config.follow;
    if wanted.is_empty() && trouble.is_none() {
        // There is no telling where it lies.
        facts.next_ask_at_ms = judged;
    } else {
        let looked = Looked {
            mapped,
            is_complete: trouble.is_none(),
        };
        if !wanted.is_empty() {
            note(&mut facts, &wanted, looked);
        }
        let taken_at_ms = upload.taken_at_ms.unwrap_or(upload.since_ms);
        facts.next_ask_at_ms = next_ask_at_ms(&facts, judged, (taken_at_ms, now_ms), follow);
        note_fate(whose(upload, &State::Published), &mut facts, now_ms, follow);
    }
    if facts != before {
        let problem = match upload.state {
            State::Published => upload.problem.clone(),
            _ => None,
        };
        inner
            .change(move |journal| journal.set_follow(upload_id, &facts, problem.as_ref()))
            .await?;
    }
    Ok(trouble
        .filter(|error| matches!(error, MapillaryError::RateLimited { .. }))
        .map(CoreError::from))
}

/// What to look for: the upload's own images. Where none were linked, as of a zip that was made elsewhere, the first of
/// each sequence says where it lies.
async fn wanted(
    inner: &Inner,
    token: &ActiveToken,
    upload_id: i64,
    facts: &FollowFacts,
) -> Result<Result<Wanted, MapillaryError>, CoreError> {
    let images = inner
        .journal(move |journal: &Journal| journal.published(upload_id))
        .await?;
    let wanted = Wanted::of_images(&images);
    let Some(client) = inner
        .client
        .as_ref()
        .filter(|_| wanted.is_empty() && !facts.links.is_empty() && facts.on_map != Some(true))
    else {
        return Ok(Ok(wanted));
    };
    let firsts: Vec<String> = facts.links.iter().map(|link| link.image_id.clone()).collect();
    let fields = ["sequence".to_owned(), "geometry".to_owned()];
    let images = client.images_by_ids(&token.token, &firsts, &fields).await;
    Ok(images.map(|images| {
        Wanted::of(images.into_iter().filter_map(|image| {
            let position = image.geometry?;
            Some((image.sequence?, (position.lat_deg, position.lon_deg)))
        }))
    }))
}
