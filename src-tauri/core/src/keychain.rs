//! Where secrets are kept: the keychain of the operating system, or the memory of this run.
//!
//! macOS Keychain, Windows Credential Manager, and the Secret Service on Linux and BSD, through the `keyring` crate.
//! Windows holds 1,280 UTF-16 units in an entry, so an entry is a bare token and nothing else.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use crate::ports::{Keychain, KeychainFailure};

/// The name under which all entries of Waypost stand in the keychain.
pub const KEYCHAIN_SERVICE: &str = "org.waypost.desktop";

/// The keychain of the operating system.
///
/// Calls go one at a time: the Secret Service mixes up answers when one process asks twice at once. They block, for
/// as long as the person takes to unlock the keychain.
pub struct OsKeychain {
    service: String,
    one_at_a_time: Mutex<()>,
}

impl OsKeychain {
    /// The keychain with Waypost's own entries, [`KEYCHAIN_SERVICE`].
    pub fn new() -> Self {
        Self::with_service(KEYCHAIN_SERVICE)
    }

    /// The keychain with the entries of another name, so that a test leaves the person's own ones alone.
    pub fn with_service(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            one_at_a_time: Mutex::new(()),
        }
    }

    fn entry(&self, name: &str) -> Result<Entry, KeychainFailure> {
        // The library tries the platform's store once in the life of a process and remembers a failure.
        if let Err(error) = Entry::store_status() {
            return Err(failure(error));
        }
        Entry::new(&self.service, name).map_err(|error| failure(&error))
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for OsKeychain {
    fn default() -> Self {
        Self::new()
    }
}

impl Keychain for OsKeychain {
    fn load(&self, name: &str) -> Result<Option<SecretString>, KeychainFailure> {
        let _turn = self.turn();
        read(&self.entry(name)?)
    }

    fn store(&self, name: &str, secret: &SecretString) -> Result<(), KeychainFailure> {
        let _turn = self.turn();
        let entry = self.entry(name)?;
        entry
            .set_password(secret.expose_secret())
            .map_err(|error| failure(&error))?;
        // A locked Secret Service answers "no entry" to every question, so only reading back proves the writing.
        match read(&entry)? {
            Some(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
            _ => Err(KeychainFailure::Refused("what was stored did not come back".into())),
        }
    }

    fn delete(&self, name: &str) -> Result<(), KeychainFailure> {
        let _turn = self.turn();
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }
}

fn read(entry: &Entry) -> Result<Option<SecretString>, KeychainFailure> {
    match entry.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

/// Own words for each kind: some of the library's errors carry the bytes of the secret.
fn failure(error: &Error) -> KeychainFailure {
    match error {
        Error::NoStorageAccess(reason) => KeychainFailure::Refused(format!("it is locked or denies access ({reason})")),
        Error::PlatformFailure(reason) => KeychainFailure::Unavailable(reason.to_string()),
        Error::NoDefaultStore => KeychainFailure::Unavailable("it could not be reached when Waypost started".into()),
        Error::TooLong(attribute, limit) => KeychainFailure::Refused(format!(
            "the {attribute} is longer than the {limit} characters it can hold"
        )),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainFailure::Refused("the entry in it is not one of Waypost's".into())
        }
        Error::Ambiguous(entries) => {
            KeychainFailure::Refused(format!("it holds {} entries of the same name", entries.len()))
        }
        Error::Invalid(parameter, reason) => KeychainFailure::Unavailable(format!("{parameter} {reason}")),
        _ => KeychainFailure::Unavailable("it does not work as expected".into()),
    }
}

/// Secrets for this run only: nothing outlives the process.
#[derive(Default)]
pub struct MemoryKeychain {
    secrets: Mutex<BTreeMap<String, SecretString>>,
}

impl MemoryKeychain {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    fn secrets(&self) -> MutexGuard<'_, BTreeMap<String, SecretString>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keychain for MemoryKeychain {
    fn load(&self, name: &str) -> Result<Option<SecretString>, KeychainFailure> {
        Ok(self.secrets().get(name).cloned())
    }

    fn store(&self, name: &str, secret: &SecretString) -> Result<(), KeychainFailure> {
        self.secrets().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeychainFailure> {
        self.secrets().remove(name);
        Ok(())
    }
}

/// Keeps nothing and says why: for a computer on which looking for a keychain was ruled out, and for tests of what
/// happens without one.
#[derive(Clone, Debug)]
pub struct NoKeychain {
    reason: String,
}

impl NoKeychain {
    /// With the reason that every call gives.
    pub fn new(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
        }
    }

    fn unavailable<T>(&self) -> Result<T, KeychainFailure> {
        Err(KeychainFailure::Unavailable(self.reason.clone()))
    }
}

impl Keychain for NoKeychain {
    fn load(&self, _name: &str) -> Result<Option<SecretString>, KeychainFailure> {
        self.unavailable()
    }

    fn store(&self, _name: &str, _secret: &SecretString) -> Result<(), KeychainFailure> {
        self.unavailable()
    }

    fn delete(&self, _name: &str) -> Result<(), KeychainFailure> {
        self.unavailable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_replaces_and_forgets() {
        let keychain = MemoryKeychain::new();
        assert!(keychain.load("a").unwrap().is_none());
        keychain.store("a", &"one".into()).unwrap();
        keychain.store("a", &"two".into()).unwrap();
        assert_eq!(keychain.load("a").unwrap().unwrap().expose_secret(), "two");
        keychain.delete("a").unwrap();
        keychain.delete("a").unwrap();
        assert!(keychain.load("a").unwrap().is_none());
    }

    #[test]
    fn no_failure_repeats_the_secret() {
        let canary = || b"canary".to_vec();
        let platform = || Box::new(std::io::Error::other("bus")) as Box<dyn std::error::Error + Send + Sync>;
        for error in [
            Error::BadEncoding(canary()),
            Error::BadDataFormat(canary(), platform()),
            Error::TooLong("password".into(), 2560),
            Error::NoStorageAccess(platform()),
            Error::PlatformFailure(platform()),
            Error::NoDefaultStore,
            Error::Ambiguous(Vec::new()),
        ] {
            let text = failure(&error).to_string();
            assert!(!text.contains("canary") && !text.contains("99, 97"), "{text}");
        }
    }

    #[test]
    fn a_locked_keychain_and_a_missing_one_are_told_apart() {
        let platform = || Box::new(std::io::Error::other("why")) as Box<dyn std::error::Error + Send + Sync>;
        assert!(matches!(
            failure(&Error::NoStorageAccess(platform())),
            KeychainFailure::Refused(_)
        ));
        assert!(matches!(
            failure(&Error::PlatformFailure(platform())),
            KeychainFailure::Unavailable(_)
        ));
        assert!(matches!(
            failure(&Error::NoDefaultStore),
            KeychainFailure::Unavailable(_)
        ));
    }
}
