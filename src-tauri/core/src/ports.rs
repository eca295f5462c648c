//! What the core needs from outside, as traits small enough to replace in a test.

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

/// Time. The real one is [`SystemClock`]; tests move their own.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;
    /// Returns after `wait_ms` milliseconds of this clock.
    async fn sleep_ms(&self, wait_ms: u64);
}

/// The clock of the computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
    }
}

/// Why a keychain could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainFailure {
    /// There is no keychain on this computer, or it does not answer.
    #[error("no usable keychain: {0}")]
    Unavailable(String),
    /// There is one, and it is locked or said no.
    #[error("the keychain refused: {0}")]
    Refused(String),
}

/// A place for secrets. Calls may block: call them off the async threads.
pub trait Keychain: Send + Sync {
    /// The secret under `name`, if there is one.
    fn load(&self, name: &str) -> Result<Option<SecretString>, KeychainFailure>;
    /// Keeps `secret` under `name`, replacing an earlier one.
    fn store(&self, name: &str, secret: &SecretString) -> Result<(), KeychainFailure>;
    /// Forgets `name`; fine when there is none.
    fn delete(&self, name: &str) -> Result<(), KeychainFailure>;
}

/// Opens an address in the person's own browser.
pub trait BrowserOpener: Send + Sync {
    /// Returns once the browser was asked to open; an error says why it could not be asked.
    fn open(&self, address: &Url) -> Result<(), String>;
}
