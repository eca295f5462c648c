//! What the core needs from outside, as traits small enough to replace in a test.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

/// Time. The real one is [`SystemClock`]; tests move their own.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, milliseconds since 1970 UTC. It can be set, forward and back.
    fn now_ms(&self) -> i64;

    /// Milliseconds of a clock that nobody sets, from any beginning. It may stand still while the computer sleeps.
    fn steady_ms(&self) -> i64 {
        self.now_ms()
    }

    /// Returns after `wait_ms` milliseconds of the steady clock.
    async fn sleep_ms(&self, wait_ms: u64);

    /// Returns once the computer has slept or its clock was set: nothing that was agreed upon before, neither a deadline
    /// nor a connection, can be relied on.
    async fn jumped(&self) {
        std::future::pending::<()>().await;
    }
}

/// The clock of the computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// How often the two clocks are compared, milliseconds.
const COMPARE_MS: u64 = 2_000;
/// So far they drift apart without anybody having set one, milliseconds.
const DRIFT_MS: i64 = 5_000;
/// A look that comes this much too late was held up by sleep, not by work, milliseconds. On systems whose steady clock
/// goes on during sleep this is all there is to see.
const LATE_MS: i64 = 30_000;

#[async_trait]
impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }

    fn steady_ms(&self) -> i64 {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        i64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    }

    async fn jumped(&self) {
        loop {
            let (wall_ms, steady_ms) = (self.now_ms(), self.steady_ms());
            self.sleep_ms(COMPARE_MS).await;
            let wall_passed_ms = self.now_ms().saturating_sub(wall_ms);
            let steady_passed_ms = self.steady_ms().saturating_sub(steady_ms);
            if is_jump(wall_passed_ms, steady_passed_ms) || steady_passed_ms > LATE_MS {
                return;
            }
        }
    }
}

/// Whether so much on the wall clock and so much on the steady one cannot be the same time.
pub(crate) fn is_jump(wall_passed_ms: i64, steady_passed_ms: i64) -> bool {
    wall_passed_ms.saturating_sub(steady_passed_ms).saturating_abs() > DRIFT_MS
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_a_clock_that_was_set_are_jumps_and_drift_is_none() {
        assert!(is_jump(3_600_000, 2_000), "an hour of sleep");
        assert!(is_jump(-86_400_000, 2_000), "a day back");
        assert!(!is_jump(2_400, 2_000));
        assert!(!is_jump(60_000, 60_000), "a busy computer");
        assert!(is_jump(i64::MIN, i64::MAX));
    }
}
