//! The token of one run: asked for before the first byte, kept while it is accepted, asked for again when it is refused.

use secrecy::ExposeSecret;
use waypost_mapillary::{MapillaryError, RetryAdvice, backoff_ms, retry_advice};
use waypost_wire::WaitReason;

use super::inner::Inner;
use super::retry::reason;
use super::tokens::ActiveToken;
use crate::error::CoreError;

/// The token of one run.
#[derive(Default)]
pub(super) struct Session {
    current: tokio::sync::Mutex<Option<ActiveToken>>,
}

/// Why there is no token.
pub(super) enum NoToken {
    /// The person has to sign in.
    SignIn(CoreError),
    /// It may be tried again after a while.
    Later {
        wait_ms: u64,
        reason: WaitReason,
        error: CoreError,
    },
    /// It will not work.
    Never(CoreError),
}

impl Session {
    /// The token of `user_id`, or of the current user. `attempt` counts the tries, for the growing pause.
    pub(super) async fn token(
        &self,
        inner: &Inner,
        user_id: Option<&str>,
        attempt: u32,
    ) -> Result<ActiveToken, NoToken> {
        let mut current = self.current.lock().await;
        if let Some(token) = &*current {
            return Ok(token.clone());
        }
        let token = ask(inner, user_id, attempt).await?;
        *current = Some(token.clone());
        Ok(token)
    }

    /// The service refused `refused`: gets another one of the same user, renewed or from a new sign-in, if there is one.
    pub(super) async fn after_refusal(
        &self,
        inner: &Inner,
        refused: &ActiveToken,
        attempt: u32,
    ) -> Result<ActiveToken, NoToken> {
        let mut current = self.current.lock().await;
        let is_same = |token: &ActiveToken| token.token.expose_secret() == refused.token.expose_secret();
        // Several images can be refused at once; the first of them has renewed it for all.
        if let Some(token) = current.as_ref().filter(|token| !is_same(token)) {
            return Ok(token.clone());
        }
        *current = None;
        inner.tokens.refused(&refused.user_id).await;
        let token = ask(inner, Some(&refused.user_id), attempt).await?;
        if is_same(&token) {
            return Err(NoToken::SignIn(CoreError::SignInExpired {
                username: token.username,
            }));
        }
        *current = Some(token.clone());
        Ok(token)
    }
}

async fn ask(inner: &Inner, user_id: Option<&str>, attempt: u32) -> Result<ActiveToken, NoToken> {
    let token = inner
        .tokens
        .token(user_id)
        .await
        .map_err(|error| classify(error, attempt))?;
    match user_id {
        // What was begun as one user is never finished as another.
        Some(user_id) if user_id != token.user_id => Err(NoToken::SignIn(CoreError::OtherAccount {
            expected: user_id.to_owned(),
            actual: token.username,
        })),
        _ => Ok(token),
    }
}

fn classify(error: CoreError, attempt: u32) -> NoToken {
    match error {
        CoreError::Service(MapillaryError::Unauthorized { .. })
        | CoreError::NotSignedIn
        | CoreError::SignInExpired { .. }
        | CoreError::UploadNotAllowed
        | CoreError::NoAppIdentity
        | CoreError::NoKeychain { .. }
        | CoreError::SeveralProfiles { .. }
        | CoreError::NoSuchProfile { .. } => NoToken::SignIn(error),
        CoreError::Service(ref service) => match retry_advice(service) {
            RetryAdvice::No => NoToken::Never(error),
            RetryAdvice::AtOnce => NoToken::Later {
                wait_ms: backoff_ms(attempt),
                reason: reason(service),
                error,
            },
            RetryAdvice::After { wait_ms } => NoToken::Later {
                wait_ms: wait_ms.saturating_add(backoff_ms(attempt)),
                reason: reason(service),
                error,
            },
        },
        other => NoToken::Never(other),
    }
}
