//! What is known about signed-in accounts besides their tokens: one small JSON file in the data folder.
//!
//! The token itself is in the keychain; nothing in this file lets anybody in. Several Wayposts may use the file at
//! once (a window and a command), so every change is made under a lock, on what the file holds at that moment.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data_dir::create_data_dir;
use crate::error::CoreError;
use crate::private_file::write_private;

/// The file's name in the data folder.
const FILE_NAME: &str = "accounts.json";
/// Locked while the file is changed.
const LOCK_NAME: &str = "accounts.lock";
/// The form of the file.
const VERSION: u32 = 1;

/// One account in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Host and port of the service that gave the token, so that it never goes to another one.
    pub(super) service: String,
    /// What the person calls it.
    pub(super) profile: String,
    /// Mapillary's number of the user.
    pub(super) user_id: String,
    /// The user's name.
    pub(super) username: String,
    /// Whether it is taken when none is named; at most one per service.
    #[serde(default)]
    pub(super) is_default: bool,
    /// When the token was given, milliseconds since 1970 UTC.
    pub(super) obtained_at_ms: i64,
    /// When the token ends, as far as it is known, milliseconds since 1970 UTC.
    #[serde(default)]
    pub(super) expires_at_ms: Option<i64>,
    /// The app that got the token, which alone can renew it; `None` for a pasted one.
    #[serde(default)]
    pub(super) app_id: Option<String>,
    /// The token was refused or is over.
    #[serde(default)]
    pub(super) needs_sign_in: bool,
    /// Whether it may upload, as the service said after the sign-in; `None` when nobody could be asked.
    #[serde(default)]
    pub(super) may_upload: Option<bool>,
}

impl Record {
    /// The name of its token in the keychain.
    pub(super) fn keychain_name(&self) -> String {
        Self::name_in_keychain(&self.service, &self.profile)
    }

    /// The name of the token of `profile` at `service`.
    pub(super) fn name_in_keychain(service: &str, profile: &str) -> String {
        format!("{profile}@{service}")
    }
}

#[derive(Serialize, Deserialize)]
struct RecordsFile {
    version: u32,
    accounts: Vec<Record>,
}

/// The file. All calls block.
#[derive(Clone, Debug)]
pub(super) struct Records {
    data_dir: PathBuf,
}

impl Records {
    pub(super) fn in_folder(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_path_buf(),
        }
    }

    /// All accounts, in the order in which they were added. No file means none.
    pub(super) fn load(&self) -> Result<Vec<Record>, CoreError> {
        let path = self.path();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(CoreError::Io { path, source }),
        };
        let damaged = |reason: String| CoreError::Io {
            path: path.clone(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, reason),
        };
        let file: RecordsFile = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(format!("it is damaged; signing in makes it anew ({error})")))?;
        if file.version != VERSION {
            return Err(damaged("it was written by another version of Waypost".into()));
        }
        Ok(file.accounts)
    }

    /// Changes the list. A damaged file is put aside and a new one begun: whoever signs in again must not be
    /// stopped by it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Vec<Record>) -> T) -> Result<T, CoreError> {
        let _lock = FolderLock::take(&self.data_dir, LOCK_NAME)?;
        let mut accounts = match self.load() {
            Err(CoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::InvalidData => {
                let aside = self.data_dir.join("accounts.damaged.json");
                std::fs::rename(self.path(), &aside).map_err(|source| CoreError::Io { path: aside, source })?;
                Vec::new()
            }
            loaded => loaded?,
        };
        let before = accounts.clone();
        let result = change(&mut accounts);
        if accounts != before {
            let file = RecordsFile {
                version: VERSION,
                accounts,
            };
            let bytes = serde_json::to_vec_pretty(&file).map_err(|error| CoreError::Io {
                path: self.path(),
                source: std::io::Error::other(error),
            })?;
            write_private(&self.path(), &bytes)?;
        }
        Ok(result)
    }

    fn path(&self) -> PathBuf {
        self.data_dir.join(FILE_NAME)
    }
}

/// A lock in the data folder, held until it is dropped; the system drops it when the process dies.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock `name` and waits while another process, or another part of this one, has it. Where the file
    /// system knows no locks there is none.
    pub(super) fn take(data_dir: &Path, name: &str) -> Result<Self, CoreError> {
        create_data_dir(data_dir)?;
        let path = data_dir.join(name);
        let open = || {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            match file.lock() {
                Err(error) if error.kind() != std::io::ErrorKind::Unsupported => Err(error),
                _ => Ok(file),
            }
        };
        open().map(|file| Self { _file: file }).map_err(|source| CoreError::Io {
            path: path.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(profile: &str) -> Record {
        Record {
            service: "graph.mapillary.com".into(),
            profile: profile.into(),
            user_id: "42".into(),
            username: "mapper".into(),
            is_default: false,
            obtained_at_ms: 1,
            expires_at_ms: Some(2),
            app_id: Some("7".into()),
            needs_sign_in: false,
            may_upload: Some(true),
        }
    }

    #[test]
    fn accounts_come_back_as_they_were_kept() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::in_folder(&folder.path().join("data"));
        assert_eq!(records.load().unwrap(), []);
        records.change(|accounts| accounts.push(record("one"))).unwrap();
        records.change(|accounts| accounts.push(record("two"))).unwrap();
        assert_eq!(records.load().unwrap(), [record("one"), record("two")]);
    }

    #[test]
    fn changes_at_the_same_time_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..16).map(|number| format!("name-{number}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let records = Records::in_folder(folder.path());
                scope.spawn(move || {
                    records.change(|accounts| accounts.push(record(name))).unwrap();
                });
            }
        });
        let mut kept: Vec<_> = Records::in_folder(folder.path())
            .load()
            .unwrap()
            .into_iter()
            .map(|account| account.profile)
            .collect();
        kept.sort();
        let mut names = names;
        names.sort();
        assert_eq!(kept, names);
    }

    #[test]
    fn a_damaged_file_is_told_and_does_not_stop_a_new_sign_in() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::in_folder(folder.path());
        for content in ["", "{", "[]", r#"{"version": 9, "accounts": []}"#] {
            std::fs::write(folder.path().join(FILE_NAME), content).unwrap();
            let error = records.load().unwrap_err();
            assert!(error.to_string().contains(FILE_NAME), "{error}");
            records.change(|accounts| accounts.push(record("new"))).unwrap();
            assert_eq!(records.load().unwrap(), [record("new")]);
            assert_eq!(
                std::fs::read_to_string(folder.path().join("accounts.damaged.json")).unwrap(),
                content
            );
        }
    }
}
