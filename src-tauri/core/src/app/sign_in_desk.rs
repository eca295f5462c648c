//! The sign-in as the window sees it: one at a time, with its waiting, its failures and its ways on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;
use waypost_wire::{AccountView, EventBody, SignInState};

use super::bus::EventBus;
use crate::account::{Accounts, FoundProfile, KeepWhere, NewSignIn, SignInOptions};
use crate::error::CoreError;
use crate::ports::BrowserOpener;

/// Where people sign in and out. Clones are the same desk.
#[derive(Clone)]
pub struct SignInDesk {
    accounts: Accounts,
    opener: Arc<dyn BrowserOpener>,
    bus: EventBus,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    state: SignInState,
    cancel: Option<CancellationToken>,
    /// Worked, and waits for a place to be kept in.
    unkept: Option<NewSignIn>,
    address: Option<Url>,
}

impl SignInDesk {
    /// A desk for these accounts.
    pub fn new(accounts: Accounts, opener: Arc<dyn BrowserOpener>, bus: EventBus) -> Self {
        Self {
            accounts,
            opener,
            bus,
            inner: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything about accounts. A keychain or a file that cannot be asked makes an empty list and is said once.
    pub async fn view(&self) -> AccountView {
        let accounts = match self.accounts.list().await {
            Ok(accounts) => accounts,
            Err(error) => {
                self.bus.send(EventBody::Notice(error.problem()));
                Vec::new()
            }
        };
        let current = accounts
            .iter()
            .find(|account| account.is_default)
            .or_else(|| accounts.first());
        AccountView {
            current_user_id: current.and_then(|account| account.user_id.clone()),
            accounts: accounts.iter().filter_map(crate::account::Account::row).collect(),
            app_identity_set: self.accounts.app().is_some(),
            sign_in: self.lock().state.clone(),
        }
    }

    async fn tell(&self) {
        let view = self.view().await;
        self.bus.send(EventBody::Account(view));
    }

    async fn set(&self, state: SignInState) {
        {
            let mut inner = self.lock();
            if !matches!(state, SignInState::Waiting { .. }) {
                inner.address = None;
            }
            inner.state = state;
        }
        self.tell().await;
    }

    /// Begins a browser sign-in in the background; a waiting one is given up first.
    pub fn begin(&self) {
        let cancel = CancellationToken::new();
        if let Some(earlier) = self.lock().cancel.replace(cancel.clone()) {
            earlier.cancel();
        }
        let desk = self.clone();
        tokio::spawn(async move { desk.run(cancel).await });
    }

    async fn run(&self, cancel: CancellationToken) {
        let (waiting, mut told) = tokio::sync::mpsc::unbounded_channel();
        let on_wait = move |wait| {
            // The other end is gone only when nobody wants to know any more.
            let _ = waiting.send(wait);
        };
        let wish = SignInOptions::default();
        let job = self.accounts.sign_in(
            Arc::clone(&self.opener),
            &wish,
            on_wait,
            cancel.clone().cancelled_owned(),
        );
        tokio::pin!(job);
        let result = loop {
            tokio::select! {
                result = &mut job => break result,
                Some(wait) = told.recv() => {
                    self.lock().address = Some(wait.address.clone());
                    self.set(SignInState::Waiting {
                        until_ms: wait.until_ms,
                        browser_opened: wait.browser_failure.is_none(),
                        address: wait.address.to_string(),
                    })
                    .await;
                }
            }
        };
        if cancel.is_cancelled() {
            // Given up by the person, or replaced by a newer one that tells its own state.
            let is_mine = self.lock().cancel.as_ref().is_none_or(CancellationToken::is_cancelled);
            if is_mine {
                self.set(SignInState::Idle).await;
            }
            return;
        }
        self.keep_checked(result).await;
    }

    async fn keep(&self, sign_in: NewSignIn, place: KeepWhere) {
        let kept = self.accounts.keep(&sign_in, None, place).await;
        let state = match kept {
            Ok(account) => match self.accounts.use_profile(&account.profile).await {
                Ok(()) => SignInState::Idle,
                Err(error) => SignInState::Failed {
                    problem: error.problem(),
                },
            },
            Err(error @ CoreError::NoKeychain { .. }) => {
                self.lock().unkept = Some(sign_in);
                SignInState::NoKeychain {
                    problem: error.problem(),
                }
            }
            Err(error) => SignInState::Failed {
                problem: error.problem(),
            },
        };
        self.set(state).await;
    }

    /// Gives a waiting sign-in up; also puts a failure away.
    pub async fn cancel(&self) {
        let waiting = {
            let mut inner = self.lock();
            inner.unkept = None;
            inner.cancel.take()
        };
        if let Some(cancel) = waiting {
            cancel.cancel();
        }
        self.set(SignInState::Idle).await;
    }

    /// Keeps the sign-in that no keychain would take, until Waypost is closed.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`] when there is none to keep.
    pub async fn keep_for_this_run(&self) -> Result<(), CoreError> {
        let sign_in = self.lock().unkept.take().ok_or(CoreError::NotSignedIn)?;
        self.keep(sign_in, KeepWhere::ThisRunOnly).await;
        Ok(())
    }

    /// Signs in with a token that the person pasted.
    pub async fn with_token(&self, token: SecretString) {
        let sign_in = self.accounts.sign_in_with_token(token, &SignInOptions::default()).await;
        self.keep_checked(sign_in).await;
    }

    /// Signs in with a profile that mapillary_tools left.
    pub async fn with_profile(&self, found: &FoundProfile) {
        let sign_in = self.accounts.import(found, &SignInOptions::default()).await;
        self.keep_checked(sign_in).await;
    }

    async fn keep_checked(&self, sign_in: Result<NewSignIn, CoreError>) {
        match sign_in {
            Ok(sign_in) => self.keep(sign_in, KeepWhere::Keychain).await,
            Err(error) => {
                self.set(SignInState::Failed {
                    problem: error.problem(),
                })
                .await;
            }
        }
    }

    /// Chooses among several accounts.
    ///
    /// # Errors
    /// [`CoreError::NoSuchProfile`], and the errors of the keychain.
    pub async fn use_account(&self, user_id: &str) -> Result<(), CoreError> {
        let profile = self.profile_of(user_id).await?;
        self.accounts.use_profile(&profile).await?;
        self.tell().await;
        Ok(())
    }

    /// Forgets an account and its token.
    ///
    /// # Errors
    /// As [`SignInDesk::use_account`].
    pub async fn sign_out(&self, user_id: &str) -> Result<(), CoreError> {
        let profile = self.profile_of(user_id).await?;
        self.accounts.sign_out(&profile).await?;
        self.tell().await;
        Ok(())
    }

    async fn profile_of(&self, user_id: &str) -> Result<String, CoreError> {
        let accounts = self.accounts.list().await?;
        accounts
            .into_iter()
            .find(|account| account.user_id.as_deref() == Some(user_id))
            .map(|account| account.profile)
            .ok_or_else(|| CoreError::NoSuchProfile {
                name: user_id.to_owned(),
            })
    }

    /// The sign-in page that is being waited for.
    pub fn address(&self) -> Option<Url> {
        self.lock().address.clone()
    }
}
