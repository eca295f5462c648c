//! A token is given out only after the service accepted it a moment ago, and renewed before it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::SecretString;
use waypost_mapillary::MapillaryError;
use waypost_mapillary::oauth;
use waypost_wire::TokenPlace;

use super::accounts::Accounts;
use super::choice::{end_ms, renewal_at_ms};
use super::entry::Entry;
use super::records::FolderLock;
use crate::error::CoreError;
use crate::upload::{ActiveToken, TokenSource};

/// For how long a token that was checked is given out without asking the service again, milliseconds. Long enough
/// that a hundred images started together cost one question, short enough that each upload has its own.
pub const CHECK_LIFETIME_MS: i64 = 30_000;

/// Locked while a token is renewed, so that two Wayposts do not both do it.
const RENEWAL_LOCK: &str = "renewal.lock";

type Slot = tokio::sync::Mutex<Option<Checked>>;

/// A token that the service accepted.
pub(super) struct Checked {
    at_ms: i64,
    active: ActiveToken,
}

/// The tokens as they were last checked, by [`Entry::key`]. The lock of a slot is held while its account is checked or
/// renewed, so that neither happens twice at once.
#[derive(Default)]
pub(super) struct Checks {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

impl Checks {
    fn slot(&self, key: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key.to_owned()).or_default())
    }

    /// Forgets the tokens of a profile. Whatever check is under way keeps its slot, which nobody will look at any more.
    pub(super) fn forget(&self, profile: &str) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        for place in [TokenPlace::ThisRun, TokenPlace::Keychain, TokenPlace::ProfileFile] {
            slots.remove(&Entry::bare(place, profile).key());
        }
    }
}

impl Accounts {
    /// The token of one account, checked a moment ago.
    async fn checked(&self, entry: &Entry) -> Result<ActiveToken, CoreError> {
        let key = entry.key();
        let slot = self.inner.checks.slot(&key);
        let mut slot = slot.lock().await;
        // Whoever held the lock may have changed the account.
        let entry = self
            .blocking(move |inner| inner.store.entry(&key))
            .await?
            .ok_or(CoreError::NotSignedIn)?;
        let now_ms = self.inner.clock.now_ms();
        if entry.expires_at_ms.is_some_and(|end_ms| end_ms <= now_ms) {
            *slot = None;
            return Err(self.needs_sign_in(entry).await);
        }
        let is_renewal_due = renewal_at_ms(&entry).is_some_and(|at_ms| at_ms <= now_ms);
        if let Some(checked) = slot
            .as_ref()
            .filter(|checked| checked.is_fresh(now_ms) && !entry.needs_sign_in)
            && !is_renewal_due
        {
            return Ok(checked.active.clone());
        }
        *slot = None;
        let wanted = entry.clone();
        let Some(mut token) = self.blocking(move |inner| inner.store.token(&wanted)).await? else {
            return Err(self.needs_sign_in(entry).await);
        };
        let mut entry = entry;
        if is_renewal_due {
            (entry, token) = self.renew(entry, token).await?;
        }
        let account = match self.inner.client.me(&token).await {
            Ok(account) => account,
            Err(MapillaryError::Unauthorized { .. }) => {
                return Err(self.needs_sign_in(entry).await);
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(expected) = entry.user_id.as_ref().filter(|expected| **expected != account.id) {
            return Err(CoreError::OtherAccount {
                expected: expected.clone(),
                actual: account.username,
            });
        }
        let mut learned = entry.clone();
        learned.user_id = Some(account.id.clone());
        learned.username = Some(account.username.clone());
        learned.needs_sign_in = false;
        if learned != entry {
            let updated = self.blocking(move |inner| inner.store.update(&learned)).await;
            warned(updated, "the list of accounts could not be changed");
        }
        let active = ActiveToken {
            token,
            user_id: account.id,
            username: account.username,
        };
        *slot = Some(Checked {
            at_ms: self.inner.clock.now_ms(),
            active: active.clone(),
        });
        Ok(active)
    }

    /// A new token in place of one that ends soon. A renewal that fails costs nothing while the old token is good:
    /// it is tried again with the next check.
    async fn renew(&self, entry: Entry, token: SecretString) -> Result<(Entry, SecretString), CoreError> {
        let Some(app) = self.app().filter(|app| entry.app_id.as_deref() == Some(&app.client_id)) else {
            return Ok((entry, token));
        };
        // Another Waypost with this data folder may be at it, or have done it a moment ago.
        let lock = self
            .blocking(|inner| FolderLock::take(&inner.data_dir, RENEWAL_LOCK))
            .await;
        // A data folder that cannot be written is no reason to let a sign-in end.
        let _lock = warned(lock, "the renewal of the sign-in goes on without its lock");
        let key = entry.key();
        let now = self
            .blocking(move |inner| inner.store.entry(&key))
            .await?
            .ok_or(CoreError::NotSignedIn)?;
        if now.obtained_at_ms != entry.obtained_at_ms {
            let wanted = now.clone();
            let token = self.blocking(move |inner| inner.store.token(&wanted)).await?;
            return Ok((now, token.ok_or(CoreError::NotSignedIn)?));
        }
        let asked_at_ms = self.inner.clock.now_ms();
        let grant = match oauth::refresh(&self.inner.client, &app, &token).await {
            Ok(grant) => grant,
            Err(error) => {
                tracing::warn!(
                    code = error.code(),
                    "the sign-in could not be renewed; it is used while it lasts"
                );
                return Ok((entry, token));
            }
        };
        let mut renewed = entry;
        renewed.obtained_at_ms = asked_at_ms;
        renewed.expires_at_ms = end_ms(asked_at_ms, grant.expires_in_s);
        let (kept, kept_token) = (renewed.clone(), grant.token.clone());
        match self
            .blocking(move |inner| inner.store.put_renewed(&kept, &kept_token))
            .await
        {
            Ok(()) => {}
            Err(CoreError::NotSignedIn) => return Err(CoreError::NotSignedIn),
            Err(error) => {
                // The old token may be worthless now, so the new one must not be lost with the keychain.
                warned(Err::<(), _>(error), "the renewed sign-in can be kept for this run only");
                renewed.place = TokenPlace::ThisRun;
                let (kept, kept_token) = (renewed.clone(), grant.token.clone());
                self.blocking(move |inner| inner.store.put(&kept, &kept_token)).await?;
            }
        }
        Ok((renewed, grant.token))
    }

    /// Marks an account and gives the error that says so.
    async fn needs_sign_in(&self, mut entry: Entry) -> CoreError {
        let username = entry.shown_name();
        if !entry.needs_sign_in {
            entry.needs_sign_in = true;
            let marked = self.blocking(move |inner| inner.store.update(&entry)).await;
            warned(marked, "the list of accounts could not be changed");
        }
        CoreError::SignInExpired { username }
    }

    /// Remembers that the service has just accepted this token.
    pub(super) async fn remember_check(&self, entry: &Entry, active: ActiveToken) {
        let slot = self.inner.checks.slot(&entry.key());
        *slot.lock().await = Some(Checked {
            at_ms: self.inner.clock.now_ms(),
            active,
        });
    }
}

#[async_trait]
impl TokenSource for Accounts {
    async fn token(&self, user_id: Option<&str>) -> Result<ActiveToken, CoreError> {
        let mut last_error = CoreError::NotSignedIn;
        for entry in self.choose(user_id).await? {
            match self.checked(&entry).await {
                Ok(active) if user_id.is_none_or(|wanted| wanted == active.user_id) => {
                    return Ok(active);
                }
                Ok(other) => {
                    let expected = user_id.unwrap_or_default().to_owned();
                    last_error = CoreError::OtherAccount {
                        expected,
                        actual: other.username,
                    };
                }
                Err(error) if user_id.is_none() => return Err(error),
                Err(error) => last_error = error,
            }
        }
        Err(last_error)
    }

    async fn refused(&self, user_id: &str) {
        let entries = self.blocking(|inner| inner.store.entries()).await.unwrap_or_default();
        for entry in entries
            .into_iter()
            .filter(|entry| entry.user_id.as_deref() == Some(user_id))
        {
            let slot = self.inner.checks.slot(&entry.key());
            let mut slot = slot.lock().await;
            // Only a token that was given out can have been refused. The mark goes with the next check that succeeds.
            if slot.take().is_some() {
                self.needs_sign_in(entry).await;
            }
        }
    }
}

impl Checked {
    fn is_fresh(&self, now_ms: i64) -> bool {
        // A clock that was set back says nothing about the age.
        (0..CHECK_LIFETIME_MS).contains(&now_ms.saturating_sub(self.at_ms))
    }
}

/// What failed beside the matter at hand: it is logged, and the work goes on.
fn warned<T>(result: Result<T, CoreError>, consequence: &str) -> Option<T> {
    result
        .inspect_err(|error| tracing::warn!(code = error.code(), %error, "{consequence}"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_counts_for_a_short_time_and_never_after_the_clock_was_set_back() {
        let active = ActiveToken {
            token: "t".into(),
            user_id: "1".into(),
            username: "a".into(),
        };
        let checked = Checked { at_ms: 1_000, active };
        assert!(checked.is_fresh(1_000) && checked.is_fresh(1_000 + CHECK_LIFETIME_MS - 1));
        assert!(!checked.is_fresh(1_000 + CHECK_LIFETIME_MS) && !checked.is_fresh(999));
    }
}
