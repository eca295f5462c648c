//! Asks the service as often as it takes: waits where it wants waiting, renews the sign-in once, and can be stopped.

use std::future::Future;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use waypost_mapillary::{Client, MapillaryError, RetryAdvice, backoff_ms, retry_advice};

use crate::error::CoreError;
use crate::ports::Clock;
use crate::upload::{ActiveToken, TokenSource};

/// Attempts at one question, the first one counted. With the waits between them about two minutes.
const MAX_ATTEMPTS: u32 = 9;
/// From this use of the app's quota on it is waited, percent (API notes §2.7: others stop there too).
const FULL_QUOTA_PERCENT: u32 = 95;
/// How long then, milliseconds: the quota is one of a minute.
const QUOTA_WAIT_MS: u64 = 60_000;

/// Asks with the account that is signed in. Clones share the token.
#[derive(Clone)]
pub struct Asker {
    client: Client,
    tokens: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    active: Arc<Mutex<Option<ActiveToken>>>,
}

impl Asker {
    /// Asks through `client`, with tokens of `tokens`, until `stop` is cancelled.
    pub fn new(client: Client, tokens: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, stop: CancellationToken) -> Self {
        Self {
            client,
            tokens,
            clock,
            stop,
            active: Arc::default(),
        }
    }

    /// The time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Cancelled when nothing more is to be asked.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The client, for what needs no token.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The name of the account that is signed in.
    ///
    /// # Errors
    /// Those of [`TokenSource::token`].
    pub async fn username(&self) -> Result<String, CoreError> {
        Ok(self.active().await?.username)
    }

    /// Waits, or ends early with [`CoreError::Stopped`].
    ///
    /// # Errors
    /// [`CoreError::Stopped`].
    pub async fn wait(&self, wait_ms: u64) -> Result<(), CoreError> {
        tokio::select! {
            () = self.clock.sleep_ms(wait_ms) => Ok(()),
            () = self.stop.cancelled() => Err(CoreError::Stopped),
        }
    }

    /// Asks until there is an answer, or a refusal that asking again would not change.
    ///
    /// # Errors
    /// [`CoreError::Stopped`], those of [`TokenSource::token`], and the last [`CoreError::Service`].
    pub async fn ask<T, F, Fut>(&self, question: F) -> Result<T, CoreError>
    where
        F: Fn(Client, SecretString) -> Fut,
        Fut: Future<Output = Result<T, MapillaryError>>,
    {
        let mut attempt = 0;
        let mut was_renewed = false;
        loop {
            let active = self.active().await?;
            if self
                .client
                .app_usage_percent()
                .is_some_and(|used| used >= FULL_QUOTA_PERCENT)
            {
                self.wait(QUOTA_WAIT_MS).await?;
                // Only a fresh reply can tell how it stands now.
                self.client.forget_app_usage();
            }
            let answer = tokio::select! {
                answer = question(self.client.clone(), active.token.clone()) => answer,
                () = self.stop.cancelled() => return Err(CoreError::Stopped),
            };
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if matches!(error, MapillaryError::Unauthorized { .. }) && !was_renewed {
                was_renewed = true;
                self.tokens.refused(&active.user_id).await;
                *self.active.lock().await = None;
                continue;
            }
            attempt += 1;
            match retry_advice(&error) {
                _ if attempt >= MAX_ATTEMPTS => return Err(error.into()),
                RetryAdvice::No => return Err(error.into()),
                RetryAdvice::AtOnce => {}
                RetryAdvice::After { wait_ms } => {
                    self.wait(wait_ms.saturating_add(backoff_ms(attempt))).await?;
                }
            }
        }
    }

    /// The token, checked once and kept until the service refuses it.
    async fn active(&self) -> Result<ActiveToken, CoreError> {
        let mut active = self.active.lock().await;
        if let Some(active) = &*active {
            return Ok(active.clone());
        }
        let token = tokio::select! {
            token = self.tokens.token(None) => token?,
            () = self.stop.cancelled() => return Err(CoreError::Stopped),
        };
        *active = Some(token.clone());
        Ok(token)
    }
}
