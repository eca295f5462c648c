//! A practice Mapillary, a clock that is moved by hand, and a browser that follows links by itself.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use waypost_core::account::{Account, Accounts, AccountsSetup, KeepWhere, NewSignIn, SignInOptions};
use waypost_core::environment::Environment;
use waypost_core::error::CoreError;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::{BrowserOpener, Clock, Keychain};
use waypost_mapillary::oauth::AppIdentity;
use waypost_mapillary::{Client, ClientOptions, Endpoints};
use waypost_sandbox::{Sandbox, SandboxConfig};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

pub const DAY_MS: u64 = 86_400_000;

/// One time for the practice service and the core, moved by the test.
#[derive(Debug)]
pub struct HandClock(AtomicU64);

impl HandClock {
    pub fn advance_ms(&self, step_ms: u64) {
        self.0.fetch_add(step_ms, Ordering::SeqCst);
    }
}

impl waypost_sandbox::Clock for HandClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        self.advance_ms(wait_ms);
    }
}

/// Everything an account test needs; what a program would find on the computer.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: Arc<HandClock>,
    pub folder: Scratch,
    pub keychain: Arc<MemoryKeychain>,
    pub environment: Environment,
}

impl World {
    pub async fn start() -> Self {
        let clock = Arc::new(HandClock(AtomicU64::new(1_700_000_000_000)));
        let folder = Scratch::new("account");
        let data_dir = folder.path().join(canary::SERVICE);
        canary::seed_service(&data_dir);
        let config = SandboxConfig {
            data_dir,
            clock: clock.clone(),
            ..SandboxConfig::default()
        };
        Self {
            sandbox: Sandbox::start(config).await.unwrap(),
            clock,
            environment: Environment::empty(folder.path()),
            folder,
            keychain: Arc::new(MemoryKeychain::new()),
        }
    }

    pub fn client(&self) -> Client {
        let info = self.sandbox.info();
        let url = |text: &str| Url::parse(text).unwrap();
        let endpoints = Endpoints {
            graph: url(&info.graph),
            upload: url(&info.upload),
            authorize: url(&info.authorize),
            tiles: url(&info.tiles),
        };
        Client::new(ClientOptions {
            endpoints,
            ..ClientOptions::default()
        })
        .unwrap()
    }

    pub fn app(&self) -> AppIdentity {
        let info = self.sandbox.info();
        AppIdentity {
            client_id: info.client_id.clone(),
            client_secret: info.client_secret.clone().into(),
            redirect_uri: Url::parse(&info.redirect_uri).unwrap(),
        }
    }

    pub fn client_token(&self) -> SecretString {
        self.sandbox.info().client_token.clone().into()
    }

    pub fn setup(&self) -> AccountsSetup {
        AccountsSetup {
            data_dir: self.data_dir(),
            environment: self.environment.clone(),
            profile: None,
            app: Some(self.app()),
            client: self.client(),
            keychain: self.keychain.clone(),
            clock: self.clock.clone(),
        }
    }

    /// What a newly started Waypost has.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.setup()).unwrap()
    }

    pub fn data_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// A token of this user, as another program would get it.
    pub async fn token_of(&self, username: &str) -> SecretString {
        let email = format!("{username}@example.org");
        self.client()
            .login(&self.client_token(), &email, &"secret".into())
            .await
            .unwrap()
            .token
    }

    /// Signs this user in through the browser and keeps it in the keychain.
    pub async fn signed_in(&self, accounts: &Accounts, username: &str) -> Account {
        let sign_in = sign_in_as(accounts, username).await.unwrap();
        accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap()
    }

    pub fn request_count(&self, method: &str, path: &str) -> usize {
        self.sandbox.snapshot().requests_to(method, path).count()
    }
}

/// Signs a user in through a browser in which Allow is pressed.
pub async fn sign_in_as(accounts: &Accounts, username: &str) -> Result<NewSignIn, CoreError> {
    let browser = Arc::new(Browser::deciding("allow", username));
    accounts
        .sign_in(browser, &SignInOptions::default(), |_| {}, std::future::pending())
        .await
}

/// A browser with a person before it: opens the page, decides at once, and follows the redirect with a real request.
pub struct Browser {
    decision: &'static str,
    username: String,
}

impl Browser {
    pub fn deciding(decision: &'static str, username: &str) -> Self {
        Self {
            decision,
            username: username.to_owned(),
        }
    }
}

impl BrowserOpener for Browser {
    fn open(&self, address: &Url) -> Result<(), String> {
        let mut address = address.clone();
        address
            .query_pairs_mut()
            .append_pair("decision", self.decision)
            .append_pair("account", &self.username);
        tokio::runtime::Handle::current().spawn(async move { reqwest::get(address).await });
        Ok(())
    }
}

/// A browser that does something else with the address.
pub struct BrowserThat<F>(pub F);

impl<F: Fn(&Url) -> Result<(), String> + Send + Sync> BrowserOpener for BrowserThat<F> {
    fn open(&self, address: &Url) -> Result<(), String> {
        (self.0)(address)
    }
}

/// A keychain that takes a number of secrets and then nothing more.
pub struct FailingKeychain {
    pub inner: MemoryKeychain,
    pub stores_left: AtomicU64,
}

impl FailingKeychain {
    pub fn after(stores: u64) -> Self {
        Self {
            inner: MemoryKeychain::new(),
            stores_left: AtomicU64::new(stores),
        }
    }
}

impl Keychain for FailingKeychain {
    fn load(&self, name: &str) -> Result<Option<SecretString>, waypost_core::ports::KeychainFailure> {
        self.inner.load(name)
    }

    fn store(&self, name: &str, secret: &SecretString) -> Result<(), waypost_core::ports::KeychainFailure> {
        let took_one = self
            .stores_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match took_one {
            Ok(_) => self.inner.store(name, secret),
            Err(_) => Err(waypost_core::ports::KeychainFailure::Refused("it is locked".into())),
        }
    }

    fn delete(&self, name: &str) -> Result<(), waypost_core::ports::KeychainFailure> {
        self.inner.delete(name)
    }
}

/// The files below `folder` that hold one of `secrets` in any usual encoding.
pub fn files_with(folder: &Path, secrets: &[&SecretString]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, secrets));
            continue;
        }
        if path.ends_with(format!("{}/identity.json", canary::SERVICE)) {
            // The service knows its own secret.
            continue;
        }
        let content = std::fs::read(&path).unwrap();
        for secret in secrets {
            let plain = secret.expose_secret().as_bytes().to_vec();
            let wide: Vec<u8> = secret
                .expose_secret()
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let forms = [plain.clone(), wide, hex::encode(plain).into_bytes()];
            if forms
                .iter()
                .any(|form| content.windows(form.len()).any(|window| window == form))
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
