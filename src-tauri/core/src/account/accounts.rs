//! The accounts of one service: listing, choosing, leaving. How their tokens are given out is in `checks`.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use waypost_mapillary::oauth::AppIdentity;
use waypost_mapillary::{Client, Organization};

use super::Account;
use super::checks::Checks;
use super::choice::choose;
use super::entry::Entry;
use super::profile_file::{PROFILE_FILE_VARIABLE, ProfileFile};
use super::store::{Store, environment_is_fixed};
use crate::environment::Environment;
use crate::error::CoreError;
use crate::ports::{Clock, Keychain};
use crate::upload::TokenSource;

/// The variable that holds a token for scripts on computers without a keychain.
pub const USER_TOKEN_VARIABLE: &str = super::store::ENVIRONMENT_PROFILE;

/// What [`Accounts`] needs.
pub struct AccountsSetup {
    /// Where the list of accounts is kept.
    pub data_dir: PathBuf,
    /// Asked for [`USER_TOKEN_VARIABLE`] and [`PROFILE_FILE_VARIABLE`].
    pub environment: Environment,
    /// The profile to take, if one was named (`--user_name`).
    pub profile: Option<String>,
    /// Who the app is; without it tokens cannot be renewed.
    pub app: Option<AppIdentity>,
    /// The way to the service whose accounts these are.
    pub client: Client,
    /// Where tokens are kept.
    pub keychain: Arc<dyn Keychain>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The signed-in accounts of one service. Clones are the same accounts.
#[derive(Clone)]
pub struct Accounts {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) clock: Arc<dyn Clock>,
    app: RwLock<Option<AppIdentity>>,
    pub(super) data_dir: PathBuf,
    pub(super) checks: Checks,
    /// Held by the sign-in that has the redirect port.
    pub(super) browser_turn: tokio::sync::Mutex<()>,
    profile: Option<String>,
}

impl Accounts {
    /// The accounts of the service that `setup.client` talks to. Nothing is asked yet, neither service nor keychain.
    ///
    /// [`CoreError::InvalidSetting`] when one of the variables is not valid Unicode.
    pub fn new(setup: AccountsSetup) -> Result<Self, CoreError> {
        let graph = &setup.client.endpoints().graph;
        let host = graph.host_str().unwrap_or_default();
        let service = graph
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let profile_file = setup.environment.path(PROFILE_FILE_VARIABLE).map(ProfileFile::at);
        let token = setup.environment.secret(USER_TOKEN_VARIABLE)?;
        let store = Store::new(service, &setup.data_dir, setup.keychain, profile_file, token);
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                client: setup.client,
                clock: setup.clock,
                app: RwLock::new(setup.app),
                data_dir: setup.data_dir,
                profile: setup.profile,
                checks: Checks::default(),
                browser_turn: tokio::sync::Mutex::default(),
            }),
        })
    }

    /// Who the app is from now on, after the person changed it.
    pub fn set_app(&self, app: Option<AppIdentity>) {
        *self.inner.app.write().unwrap_or_else(PoisonError::into_inner) = app;
    }

    /// Who the app is.
    pub fn app(&self) -> Option<AppIdentity> {
        self.inner.app.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All accounts of this service, those that win first.
    ///
    /// [`CoreError::Io`] or [`CoreError::InvalidSetting`] when the list or the profile file cannot be read.
    pub async fn list(&self) -> Result<Vec<Account>, CoreError> {
        let entries = self.blocking(|inner| inner.store.entries()).await?;
        Ok(entries.into_iter().map(Account::from).collect())
    }

    /// Makes a profile the one that is taken when none is named. [`CoreError::NoSuchProfile`] when there is none of
    /// that name.
    pub async fn use_profile(&self, profile: &str) -> Result<(), CoreError> {
        let profile = profile.to_owned();
        self.blocking(move |inner| {
            if !inner.store.entries()?.iter().any(|entry| entry.profile == profile) {
                return Err(CoreError::NoSuchProfile { name: profile });
            }
            inner.store.make_default(&profile)
        })
        .await
    }

    /// Signs a profile out: its token is deleted wherever it was kept, and so is everything known about it.
    ///
    /// [`CoreError::NoSuchProfile`]; [`CoreError::NoKeychain`] when the token cannot be deleted, and then the account
    /// stays in the list; [`CoreError::InvalidSetting`] for the account that the environment gives.
    pub async fn sign_out(&self, profile: &str) -> Result<(), CoreError> {
        let name = profile.to_owned();
        let removed = self.blocking(move |inner| inner.store.remove(&name)).await;
        self.inner.checks.forget(profile);
        match removed {
            Ok(true) => Ok(()),
            Ok(false) if profile == USER_TOKEN_VARIABLE => Err(environment_is_fixed()),
            Ok(false) => Err(CoreError::NoSuchProfile {
                name: profile.to_owned(),
            }),
            Err(error) => Err(error),
        }
    }

    /// The organisation with this number, if the account may see it; uploads can be made for it then.
    ///
    /// Errors as [`TokenSource::token`], and [`CoreError::Service`] when there is no such organisation.
    pub async fn organization(&self, user_id: Option<&str>, id: &str) -> Result<Organization, CoreError> {
        let active = self.token(user_id).await?;
        Ok(self.inner.client.organization(&active.token, id).await?)
    }

    /// Whether the account that would be taken is there at all: `None` when nobody is signed in. Asks no service and
    /// no keychain.
    pub async fn current(&self) -> Result<Option<Account>, CoreError> {
        match self.choose(None).await {
            Ok(mut entries) => Ok(entries.drain(..).next().map(Account::from)),
            Err(CoreError::NotSignedIn) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The accounts that may be meant, the likeliest first; never empty.
    pub(super) async fn choose(&self, user_id: Option<&str>) -> Result<Vec<Entry>, CoreError> {
        let entries = self.blocking(|inner| inner.store.entries()).await?;
        choose(entries, user_id, self.inner.profile.as_deref())
    }

    /// Runs what blocks, on files and the keychain, off the async threads.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let inner = Arc::clone(&self.inner);
        // It ends without a result only when the runtime shuts down.
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or(Err(CoreError::Stopped))
    }
}
