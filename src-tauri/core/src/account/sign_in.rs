//! Signing in: through the browser, with a token, or with e-mail and password.
//!
//! Each door gives a [`NewSignIn`], which says whose it is and whether it may upload, and is then kept where the
//! caller chooses. A keychain that fails loses nothing: the same sign-in can still be kept for this run.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;
use waypost_mapillary::oauth::{self, SignIn};
use waypost_mapillary::{MapillaryError, OAuthFailure, Token, UploadPermission};
use waypost_wire::TokenPlace;

use super::Account;
use super::accounts::Accounts;
use super::choice::end_ms;
use super::entry::Entry;
use super::profile_name::{check_profile_name, derive_profile_name};
use crate::error::CoreError;
use crate::ports::BrowserOpener;
use crate::upload::ActiveToken;

/// What may be asked of a sign-in.
#[derive(Clone, Debug)]
pub struct SignInOptions {
    /// Only this user will do: an upload of theirs waits. Mapillary's number of the user.
    pub expected_user_id: Option<String>,
    /// How long the browser is waited for.
    pub lifetime: Duration,
}

impl Default for SignInOptions {
    fn default() -> Self {
        Self {
            expected_user_id: None,
            lifetime: oauth::DEFAULT_LIFETIME,
        }
    }
}

/// Told once the browser was asked to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInWait {
    /// The page to open by hand where the browser did not open. It carries one-time values; it is for the person's
    /// eyes, not for a log.
    pub address: Url,
    /// Why the browser did not open, if it did not. The wait goes on all the same.
    pub browser_failure: Option<String>,
    /// When the wait ends, milliseconds since 1970 UTC.
    pub until_ms: i64,
}

/// Where a sign-in is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepWhere {
    /// In the keychain; or in mapillary_tools' profile file where a script asked for that.
    Keychain,
    /// In memory, until Waypost ends.
    ThisRunOnly,
}

/// Whether a sign-in may upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadVerdict {
    /// The upload service accepted the token.
    Allowed,
    /// The upload service refused it.
    Refused {
        /// The service's words, if it had any.
        reason: Option<String>,
    },
    /// The upload service could not be asked.
    Unknown {
        /// Why not.
        reason: String,
    },
}

impl UploadVerdict {
    /// Yes, no, or not known.
    pub fn may_upload(&self) -> Option<bool> {
        match self {
            Self::Allowed => Some(true),
            Self::Refused { .. } => Some(false),
            Self::Unknown { .. } => None,
        }
    }
}

/// A sign-in that worked and is kept nowhere yet. Dropping it forgets it.
#[derive(Clone, Debug)]
pub struct NewSignIn {
    token: SecretString,
    user_id: String,
    username: String,
    verdict: UploadVerdict,
    obtained_at_ms: i64,
    expires_at_ms: Option<i64>,
    app_id: Option<String>,
}

impl NewSignIn {
    /// Mapillary's number of the user.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The user's name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Whether it may upload.
    pub fn verdict(&self) -> &UploadVerdict {
        &self.verdict
    }
}

/// A token and what its door knows about it.
struct Obtained {
    token: Token,
    at_ms: i64,
    lifetime_s: Option<u64>,
    app_id: Option<String>,
}

impl Accounts {
    /// Signs in through the browser. `on_wait` is told the address once the browser was asked; `cancel` ends the wait.
    ///
    /// [`CoreError::NoAppIdentity`] without an app; [`CoreError::OtherAccount`] when somebody else signed in than was
    /// expected; [`CoreError::Service`] with the reason for everything that goes wrong on the way (denied, wrong
    /// state, port busy, timeout, cancelled, no network).
    pub async fn sign_in(
        &self,
        opener: Arc<dyn BrowserOpener>,
        options: &SignInOptions,
        on_wait: impl FnOnce(SignInWait) + Send,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<NewSignIn, CoreError> {
        let app = self.app().ok_or(CoreError::NoAppIdentity)?;
        tokio::pin!(cancel);
        // There is one redirect port: a sign-in that was just given up may still be about to leave it.
        let _turn = tokio::select! {
            turn = self.inner.browser_turn.lock() => turn,
            () = &mut cancel => {
                return Err(MapillaryError::from(OAuthFailure::Cancelled).into());
            }
        };
        let sign_in = SignIn::start(&self.inner.client, &app).await?;
        let address = sign_in.authorize_url().clone();
        let opened = {
            let address = address.clone();
            self.blocking(move |_| Ok(opener.open(&address))).await?
        };
        let begun_at_ms = self.inner.clock.now_ms();
        let until_ms = end_ms(begun_at_ms, Some(options.lifetime.as_secs())).unwrap_or(i64::MAX);
        on_wait(SignInWait {
            address,
            browser_failure: opened.err(),
            until_ms,
        });
        let grant = sign_in.wait(options.lifetime, cancel).await?;
        let obtained = Obtained {
            token: grant.token,
            at_ms: self.inner.clock.now_ms(),
            lifetime_s: grant.expires_in_s,
            app_id: Some(app.client_id),
        };
        self.finish_sign_in(obtained, options).await
    }

    /// Signs in with a token that the person has (pasted, or `--jwt`). It cannot be renewed.
    ///
    /// [`CoreError::TokenRefused`] when the service does not accept it; otherwise as [`Accounts::sign_in`].
    pub async fn sign_in_with_token(
        &self,
        token: SecretString,
        options: &SignInOptions,
    ) -> Result<NewSignIn, CoreError> {
        // What is copied from somewhere brings blanks and line ends along.
        let token = SecretString::from(token.expose_secret().trim());
        if token.expose_secret().is_empty() {
            return Err(CoreError::TokenRefused);
        }
        let obtained = Obtained {
            token,
            at_ms: self.inner.clock.now_ms(),
            lifetime_s: None,
            app_id: None,
        };
        self.finish_sign_in(obtained, options).await
    }

    /// Signs in with e-mail and password, under the client token of an app, for scripts that did so with
    /// mapillary_tools. Only the token that comes back is ever kept.
    ///
    /// [`CoreError::Service`] with [`MapillaryError::LoginRefused`] when the two do not match; otherwise as
    /// [`Accounts::sign_in`].
    pub async fn sign_in_with_password(
        &self,
        client_token: &SecretString,
        email: &str,
        password: &SecretString,
        options: &SignInOptions,
    ) -> Result<NewSignIn, CoreError> {
        let login = self.inner.client.login(client_token, email, password).await?;
        self.sign_in_with_token(login.token, options).await
    }

    /// Asks whose token this is and whether it may upload.
    async fn finish_sign_in(&self, obtained: Obtained, options: &SignInOptions) -> Result<NewSignIn, CoreError> {
        let client = &self.inner.client;
        let account = match client.me(&obtained.token).await {
            Err(MapillaryError::Unauthorized { .. }) => return Err(CoreError::TokenRefused),
            other => other?,
        };
        if let Some(expected) = options
            .expected_user_id
            .as_ref()
            .filter(|expected| **expected != account.id)
        {
            return Err(CoreError::OtherAccount {
                expected: self.name_of(expected).await,
                actual: account.username,
            });
        }
        let verdict = match client.upload_permission(&obtained.token).await {
            Ok(UploadPermission::Granted) => UploadVerdict::Allowed,
            Ok(UploadPermission::Refused { reason }) => UploadVerdict::Refused { reason },
            Err(error) => UploadVerdict::Unknown {
                reason: error.to_string(),
            },
        };
        Ok(NewSignIn {
            token: obtained.token,
            user_id: account.id,
            username: account.username,
            verdict,
            obtained_at_ms: obtained.at_ms,
            expires_at_ms: end_ms(obtained.at_ms, obtained.lifetime_s),
            app_id: obtained.app_id,
        })
    }

    /// Keeps a sign-in under `profile`; without a name under the one this user has, else under the user's own name.
    /// A profile of that name is replaced.
    ///
    /// [`CoreError::NoKeychain`] says why the keychain failed; `sign_in` is still good and can be kept with
    /// [`KeepWhere::ThisRunOnly`]. [`CoreError::InvalidSetting`] for a name that can be none.
    pub async fn keep(
        &self,
        sign_in: &NewSignIn,
        profile: Option<&str>,
        keep: KeepWhere,
    ) -> Result<Account, CoreError> {
        let place = match keep {
            KeepWhere::Keychain => self.inner.store.lasting_place(),
            KeepWhere::ThisRunOnly => TokenPlace::ThisRun,
        };
        let (named, kept) = (profile.map(str::to_owned), sign_in.clone());
        let entry = self
            .blocking(move |inner| {
                // A list that cannot be read is made anew by keeping; it holds no names to avoid then.
                let entries = inner.store.entries().unwrap_or_default();
                let profile = profile_for(&kept, named, &entries)?;
                let is_default = entries.iter().any(|entry| entry.profile == profile && entry.is_default);
                let entry = Entry {
                    place,
                    profile,
                    user_id: Some(kept.user_id.clone()),
                    username: Some(kept.username.clone()),
                    is_default,
                    obtained_at_ms: kept.obtained_at_ms,
                    expires_at_ms: kept.expires_at_ms,
                    app_id: kept.app_id.clone(),
                    needs_sign_in: false,
                    may_upload: kept.verdict.may_upload(),
                };
                inner.store.put(&entry, &kept.token)?;
                Ok(entry)
            })
            .await?;
        let active = ActiveToken {
            token: sign_in.token.clone(),
            user_id: sign_in.user_id.clone(),
            username: sign_in.username.clone(),
        };
        self.remember_check(&entry, active).await;
        Ok(entry.into())
    }

    /// The name of a user, as far as one is known here.
    async fn name_of(&self, user_id: &str) -> String {
        let accounts = self.list().await.unwrap_or_default();
        let known = accounts
            .into_iter()
            .find(|account| account.user_id.as_deref() == Some(user_id));
        known
            .and_then(|account| account.username)
            .unwrap_or_else(|| user_id.to_owned())
    }
}

/// The profile name of a sign-in.
fn profile_for(sign_in: &NewSignIn, named: Option<String>, entries: &[Entry]) -> Result<String, CoreError> {
    let own = |entry: &&Entry| {
        entry.place != TokenPlace::Environment && entry.user_id.as_deref() == Some(sign_in.user_id.as_str())
    };
    if let Some(name) = named {
        let name = name.trim().to_owned();
        if !entries.iter().any(|entry| entry.profile == name) {
            check_profile_name(&name)?;
        }
        return Ok(name);
    }
    if let Some(entry) = entries.iter().find(own) {
        return Ok(entry.profile.clone());
    }
    let is_taken = |name: &str| entries.iter().any(|entry| entry.profile == name);
    Ok(derive_profile_name(&sign_in.username, &sign_in.user_id, is_taken))
}
