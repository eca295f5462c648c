//! Where tokens are kept, and what is known about their owners.
//!
//! Three places, looked through in this order: the environment (`WAYPOST_USER_TOKEN`), the memory of this run, and
//! the lasting one, which is the keychain with [`Records`] beside it or, where a script asks for it, mapillary_tools'
//! profile file. All calls block.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use waypost_wire::TokenPlace;

use super::entry::Entry;
use super::profile_file::{FileProfile, ProfileFile};
use super::records::{Record, Records};
use crate::error::CoreError;
use crate::ports::{Keychain, KeychainFailure};

/// The name of the account that the environment gives.
pub(super) const ENVIRONMENT_PROFILE: &str = "WAYPOST_USER_TOKEN";

/// Stored for a moment to see whether the keychain takes anything at all.
const TRIAL_ENTRY: &str = "trial";

/// What was learned about an account whose place cannot hold it.
#[derive(Clone, Default)]
struct Learned {
    user_id: Option<String>,
    username: Option<String>,
    needs_sign_in: bool,
    may_upload: Option<bool>,
}

/// All places.
pub(super) struct Store {
    /// Host and port of the service the accounts are for.
    service: String,
    keychain: Arc<dyn Keychain>,
    records: Records,
    profile_file: Option<ProfileFile>,
    environment_token: Option<SecretString>,
    this_run: Mutex<Vec<(Entry, SecretString)>>,
    learned: Mutex<BTreeMap<String, Learned>>,
}

impl Store {
    pub(super) fn new(
        service: String,
        data_dir: &Path,
        keychain: Arc<dyn Keychain>,
        profile_file: Option<ProfileFile>,
        environment_token: Option<SecretString>,
    ) -> Self {
        Self {
            service,
            keychain,
            records: Records::in_folder(data_dir),
            profile_file,
            environment_token,
            this_run: Mutex::default(),
            learned: Mutex::default(),
        }
    }

    /// Where a sign-in that is to last is kept.
    pub(super) fn lasting_place(&self) -> TokenPlace {
        if self.profile_file.is_some() {
            TokenPlace::ProfileFile
        } else {
            TokenPlace::Keychain
        }
    }

    /// All accounts of this service, in the order in which they are looked through.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, CoreError> {
        let mut entries = Vec::new();
        if self.environment_token.is_some() {
            entries.push(self.with_learned(Entry::bare(TokenPlace::Environment, ENVIRONMENT_PROFILE)));
        }
        let this_run: Vec<Entry> = self.this_run().iter().map(|(entry, _)| entry.clone()).collect();
        // A sign-in for this run stands in for the kept one of the same name.
        let is_shadowed = |entry: &Entry| this_run.iter().any(|other| other.profile == entry.profile);
        let lasting: Vec<Entry> = self
            .lasting_entries()?
            .into_iter()
            .filter(|entry| !is_shadowed(entry))
            .collect();
        entries.extend(this_run);
        entries.extend(lasting);
        Ok(entries)
    }

    fn lasting_entries(&self) -> Result<Vec<Entry>, CoreError> {
        let Some(file) = &self.profile_file else {
            let records = self.records.load()?;
            return Ok(records
                .into_iter()
                .filter(|record| record.service == self.service)
                .map(Entry::from)
                .collect());
        };
        let entry = |profile: FileProfile| {
            let mut entry = Entry::bare(TokenPlace::ProfileFile, &profile.profile);
            entry.user_id = profile.user_id;
            entry.username = profile.username;
            self.with_learned(entry)
        };
        Ok(file.profiles()?.into_iter().map(entry).collect())
    }

    /// The account with this key as it is now.
    pub(super) fn entry(&self, key: &str) -> Result<Option<Entry>, CoreError> {
        Ok(self.entries()?.into_iter().find(|entry| entry.key() == key))
    }

    /// The token of an account. `None` when it is not where it should be; [`CoreError::NoKeychain`] when the keychain
    /// cannot be asked, or is locked and says nothing.
    pub(super) fn token(&self, entry: &Entry) -> Result<Option<SecretString>, CoreError> {
        match entry.place {
            TokenPlace::Environment => Ok(self.environment_token.clone()),
            TokenPlace::ThisRun => {
                let this_run = self.this_run();
                Ok(this_run
                    .iter()
                    .find(|(other, _)| other.profile == entry.profile)
                    .map(|(_, token)| token.clone()))
            }
            TokenPlace::ProfileFile => {
                let profiles = self
                    .profile_file
                    .as_ref()
                    .map(ProfileFile::profiles)
                    .transpose()?
                    .unwrap_or_default();
                Ok(profiles
                    .into_iter()
                    .find(|other| other.profile == entry.profile)
                    .map(|found| found.token))
            }
            TokenPlace::Keychain => {
                let name = self.keychain_name(&entry.profile);
                let found = self.keychain.load(&name).map_err(no_keychain)?;
                if found.is_none() {
                    // A locked keychain answers as an empty one does, but takes nothing.
                    self.keychain
                        .store(TRIAL_ENTRY, &TRIAL_ENTRY.into())
                        .map_err(no_keychain)?;
                    self.keychain.delete(TRIAL_ENTRY).map_err(no_keychain)?;
                }
                Ok(found)
            }
        }
    }

    /// Keeps an account and its token at `entry.place`, replacing the account of the same profile there.
    pub(super) fn put(&self, entry: &Entry, token: &SecretString) -> Result<(), CoreError> {
        match entry.place {
            TokenPlace::Environment => Err(environment_is_fixed()),
            TokenPlace::ThisRun => {
                let mut this_run = self.this_run();
                this_run.retain(|(other, _)| other.profile != entry.profile);
                this_run.push((entry.clone(), token.clone()));
                Ok(())
            }
            TokenPlace::ProfileFile => {
                if let Some(file) = &self.profile_file {
                    file.put(&FileProfile {
                        profile: entry.profile.clone(),
                        token: token.clone(),
                        user_id: entry.user_id.clone(),
                        username: entry.username.clone(),
                    })?;
                }
                self.learn(entry);
                self.forget_this_run(&entry.profile);
                Ok(())
            }
            TokenPlace::Keychain => {
                self.put_into_keychain(entry, token)?;
                self.forget_this_run(&entry.profile);
                Ok(())
            }
        }
    }

    /// Keeps a renewed token in place of the one it came from. Unlike [`Store::put`] it brings nobody back who has
    /// signed out meanwhile: then the answer is [`CoreError::NotSignedIn`].
    pub(super) fn put_renewed(&self, entry: &Entry, token: &SecretString) -> Result<(), CoreError> {
        if self.entry(&entry.key())?.is_none() {
            return Err(CoreError::NotSignedIn);
        }
        self.put(entry, token)
    }

    /// The record first says "needs sign-in", so that a crash leaves no secret in the keychain of which nothing knows.
    fn put_into_keychain(&self, entry: &Entry, token: &SecretString) -> Result<(), CoreError> {
        let record = self.record(entry);
        let is_same = |other: &Record| other.service == self.service && other.profile == entry.profile;
        let earlier = self.records.change(|accounts| {
            let mut announced = record.clone();
            announced.needs_sign_in = true;
            if let Some(place) = accounts.iter_mut().find(|other| is_same(other)) {
                Some(std::mem::replace(place, announced))
            } else {
                accounts.push(announced);
                None
            }
        })?;
        let name = record.keychain_name();
        let stored = self.keychain.store(&name, token).map_err(no_keychain);
        let lasting = if stored.is_ok() { Some(record) } else { earlier };
        let is_there =
            self.records.change(
                |accounts| match (lasting, accounts.iter_mut().find(|other| is_same(other))) {
                    (Some(record), Some(place)) => {
                        *place = record;
                        true
                    }
                    (None, _) => {
                        accounts.retain(|other| !is_same(other));
                        true
                    }
                    (Some(_), None) => false,
                },
            )?;
        if !is_there {
            // Signed out at this very moment, by another Waypost or another hand.
            self.keychain.delete(&name).map_err(no_keychain)?;
            return Err(CoreError::NotSignedIn);
        }
        stored
    }

    /// Writes down what changed about an account, the token staying as it is.
    pub(super) fn update(&self, entry: &Entry) -> Result<(), CoreError> {
        match entry.place {
            TokenPlace::Environment | TokenPlace::ProfileFile => {
                self.learn(entry);
                Ok(())
            }
            TokenPlace::ThisRun => {
                let mut this_run = self.this_run();
                this_run
                    .iter_mut()
                    .filter(|(other, _)| other.profile == entry.profile)
                    .for_each(|(place, _)| *place = entry.clone());
                Ok(())
            }
            TokenPlace::Keychain => {
                let record = self.record(entry);
                self.records.change(|accounts| {
                    let same = |other: &&mut Record| other.service == self.service && other.profile == entry.profile;
                    accounts
                        .iter_mut()
                        .filter(same)
                        .for_each(|place| *place = record.clone());
                })
            }
        }
    }

    /// Makes `profile` the one that is taken when none is named, and no other.
    pub(super) fn make_default(&self, profile: &str) -> Result<(), CoreError> {
        self.this_run()
            .iter_mut()
            .for_each(|(entry, _)| entry.is_default = entry.profile == profile);
        if self.profile_file.is_some() {
            // The file knows no default, and its scripts name a profile.
            return Ok(());
        }
        self.records.change(|accounts| {
            let own = accounts.iter_mut().filter(|record| record.service == self.service);
            own.for_each(|record| record.is_default = record.profile == profile);
        })
    }

    /// Forgets a profile and its token wherever they are; `false` when there is none of that name.
    pub(super) fn remove(&self, profile: &str) -> Result<bool, CoreError> {
        let mut found = self.forget_this_run(profile);
        if let Some(file) = &self.profile_file {
            self.learned()
                .remove(&Entry::bare(TokenPlace::ProfileFile, profile).key());
            return Ok(file.remove(profile)? || found);
        }
        let is_this = |record: &Record| record.service == self.service && record.profile == profile;
        if self.records.load()?.iter().any(is_this) {
            // The secret first: while the record stands, the person can see that it is not gone yet.
            self.keychain
                .delete(&self.keychain_name(profile))
                .map_err(no_keychain)?;
            self.records
                .change(|accounts| accounts.retain(|record| !is_this(record)))?;
            found = true;
        }
        Ok(found)
    }

    fn forget_this_run(&self, profile: &str) -> bool {
        let mut this_run = self.this_run();
        let before = this_run.len();
        this_run.retain(|(entry, _)| entry.profile != profile);
        this_run.len() < before
    }

    fn keychain_name(&self, profile: &str) -> String {
        Record::name_in_keychain(&self.service, profile)
    }

    fn record(&self, entry: &Entry) -> Record {
        Record {
            service: self.service.clone(),
            profile: entry.profile.clone(),
            user_id: entry.user_id.clone().unwrap_or_default(),
            username: entry.username.clone().unwrap_or_default(),
            is_default: entry.is_default,
            obtained_at_ms: entry.obtained_at_ms,
            expires_at_ms: entry.expires_at_ms,
            app_id: entry.app_id.clone(),
            needs_sign_in: entry.needs_sign_in,
            may_upload: entry.may_upload,
        }
    }

    fn learn(&self, entry: &Entry) {
        let learned = Learned {
            user_id: entry.user_id.clone(),
            username: entry.username.clone(),
            needs_sign_in: entry.needs_sign_in,
            may_upload: entry.may_upload,
        };
        self.learned().insert(entry.key(), learned);
    }

    fn with_learned(&self, mut entry: Entry) -> Entry {
        if let Some(learned) = self.learned().get(&entry.key()) {
            entry.user_id = learned.user_id.clone().or(entry.user_id);
            entry.username = learned.username.clone().or(entry.username);
            entry.needs_sign_in = learned.needs_sign_in;
            entry.may_upload = learned.may_upload;
        }
        entry
    }

    fn this_run(&self) -> MutexGuard<'_, Vec<(Entry, SecretString)>> {
        self.this_run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learned(&self) -> MutexGuard<'_, BTreeMap<String, Learned>> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The core's word for a keychain that does not do its work.
pub(crate) fn no_keychain(failure: KeychainFailure) -> CoreError {
    let (KeychainFailure::Unavailable(reason) | KeychainFailure::Refused(reason)) = failure;
    CoreError::NoKeychain { reason }
}

/// The account of the environment is not Waypost's to change.
pub(super) fn environment_is_fixed() -> CoreError {
    CoreError::InvalidSetting {
        name: ENVIRONMENT_PROFILE.into(),
        reason: "this account comes from the environment and lasts as long as the variable is set".into(),
    }
}
