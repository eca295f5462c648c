//! When the service may be asked at all, and what is written down where it gave no answer.
//!
//! Limits are the app's, not one upload's: once the service throttles, or most of the app's requests are used up,
//! nothing is asked about anything until the pause is over.

use waypost_mapillary::{MapillaryError, RetryAdvice, retry_advice};
use waypost_wire::AskReason;

use super::inner::Inner;
use super::row::whose;
use super::tokens::ActiveToken;
use crate::error::CoreError;
use crate::follow::fate::note_fate;
use crate::follow::judge::pause_ms;
use crate::journal::{FollowFacts, UploadRecord};
use crate::state::State;

/// Above this share of the app's requests, in percent, questions are put off: the rest is for those who send (API notes
/// §2.7; JOSM's plugin stops at the same share).
const QUOTA_LIMIT_PERCENT: u32 = 95;

/// The pause then, milliseconds.
pub(super) const QUOTA_PAUSE_MS: u64 = 10 * 60 * 1_000;

/// What the follower remembers between two looks at the list.
#[derive(Debug)]
pub(super) struct Pace {
    /// Until when nothing is asked, milliseconds since 1970 UTC, and why.
    quiet: Option<(i64, AskReason)>,
    /// Whether nothing was asked yet since the program began.
    pub(super) is_start: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            quiet: None,
            is_start: true,
        }
    }
}

impl Pace {
    /// Until when nothing may be asked, and why; `None` when it may.
    pub(super) fn quiet_at(&self, now_ms: i64) -> Option<(i64, AskReason)> {
        // A pause longer than any was set by a clock that has been put back since.
        let longest_ms = i64::try_from(QUOTA_PAUSE_MS.max(waypost_mapillary::MAX_SERVER_WAIT_MS)).unwrap_or(i64::MAX);
        self.quiet
            .filter(|(until_ms, _)| (1..=longest_ms).contains(&until_ms.saturating_sub(now_ms)))
    }

    /// Takes note of what the service says of its limits after a request.
    pub(super) fn note(&mut self, inner: &Inner, error: Option<&CoreError>) {
        let now_ms = inner.clock.now_ms();
        let mut hush = |wait_ms: u64, reason| self.quiet = Some((now_ms.saturating_add_unsigned(wait_ms), reason));
        if let Some(CoreError::Service(MapillaryError::RateLimited { wait_ms, .. })) = error {
            hush(*wait_ms, AskReason::Throttled);
        } else if let Some(client) = &inner.client
            && client
                .app_usage_percent()
                .is_some_and(|percent| percent > QUOTA_LIMIT_PERCENT)
        {
            client.forget_app_usage();
            hush(QUOTA_PAUSE_MS, AskReason::Quota);
        }
    }
}

/// Why an upload could not be asked about, in one word.
pub(super) fn reason_of(error: &CoreError) -> AskReason {
    match error {
        CoreError::Service(error) => match error {
            MapillaryError::RateLimited { .. } => AskReason::Throttled,
            MapillaryError::Connection { .. }
            | MapillaryError::Dns { .. }
            | MapillaryError::Tls { .. }
            | MapillaryError::Timeout { .. }
            | MapillaryError::CaptivePortal { .. } => AskReason::Offline,
            MapillaryError::Unauthorized { .. } => AskReason::SignIn,
            error if matches!(retry_advice(error), RetryAdvice::After { .. }) => AskReason::Outage,
            _ => AskReason::Refused,
        },
        _ => AskReason::SignIn,
    }
}

/// The service did not answer, or not usefully: everything known stays, with its age, and it is asked again later.
pub(super) async fn failed(
    inner: &Inner,
    uploads: Vec<UploadRecord>,
    token: &ActiveToken,
    error: &CoreError,
) -> Result<(), CoreError> {
    if matches!(error, CoreError::Service(MapillaryError::Unauthorized { .. })) {
        inner.tokens.refused(&token.user_id).await;
    }
    put_off(inner, uploads, error).await
}

/// Writes down why there was no answer and when the next question is.
pub(super) async fn put_off(inner: &Inner, uploads: Vec<UploadRecord>, error: &CoreError) -> Result<(), CoreError> {
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
    let now_ms = inner.clock.now_ms();
    for upload in uploads {
        let ask_count = upload.follow.ask_count.saturating_add(1);
        let wait_ms = pause_ms(ask_count, &inner.config.follow).max(asked_ms);
        let mut facts = FollowFacts {
            ask_count,
            next_ask_at_ms: Some(now_ms.saturating_add_unsigned(wait_ms)),
            trouble: Some(reason_of(error)),
            ..upload.follow.clone()
        };
        note_fate(whose(&upload, &upload.state), &mut facts, now_ms, &inner.config.follow);
        let problem = match upload.state {
            State::Processing => Some(error.problem()),
            _ => upload.problem,
        };
        let upload_id = upload.upload_id;
        inner
            .change(move |journal| journal.set_follow(upload_id, &facts, problem.as_ref()))
            .await?;
    }
    Ok(())
}

/// Puts questions off until the pause is over, without having asked.
pub(super) async fn wait_for_quiet(
    inner: &Inner,
    uploads: Vec<UploadRecord>,
    (until_ms, reason): (i64, AskReason),
) -> Result<(), CoreError> {
    for upload in uploads {
        let facts = FollowFacts {
            next_ask_at_ms: Some(until_ms),
            trouble: Some(reason),
            ..upload.follow
        };
        let (upload_id, problem) = (upload.upload_id, upload.problem);
        inner
            .change(move |journal| journal.set_follow(upload_id, &facts, problem.as_ref()))
            .await?;
    }
    Ok(())
}
