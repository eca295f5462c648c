//! The profile file of mapillary_tools: accounts with their tokens in plain text.
//!
//! Read and written only where a script asks for it by `MAPILLARY_CONFIG_PATH`, and read once more when a person
//! agrees to take over what mapillary_tools left. Format: mapillary_tools 0.14.7, protocol notes §7.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::ini::Ini;
use crate::error::CoreError;
use crate::private_file::write_private;

/// The variable that names the file.
pub const PROFILE_FILE_VARIABLE: &str = "MAPILLARY_CONFIG_PATH";

const TOKEN: &str = "user_upload_token";
const USER_ID: &str = "MAPSettingsUserKey";
const USERNAME: &str = "MAPSettingsUsername";

/// A larger file is not a list of profiles.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// One profile of the file.
#[derive(Clone, Debug)]
pub struct FileProfile {
    /// Its name, the section of the file.
    pub profile: String,
    /// The token.
    pub token: SecretString,
    /// User id, where the file knows it.
    pub user_id: Option<String>,
    /// User name, where the file knows it.
    pub username: Option<String>,
}

/// The file. All calls block.
#[derive(Clone, Debug)]
pub struct ProfileFile {
    path: PathBuf,
}

impl ProfileFile {
    /// The file at `path`, whether it exists or not.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its profiles, in their order; none when there is no file. A section without a token is no profile.
    ///
    /// [`CoreError::Io`] when it cannot be read, [`CoreError::InvalidSetting`] when it is not a profile file.
    pub fn profiles(&self) -> Result<Vec<FileProfile>, CoreError> {
        let ini = self.read()?;
        let profile = |name: &str| {
            let filled = |option| ini.get(name, option).filter(|value| !value.is_empty());
            Some(FileProfile {
                profile: name.to_owned(),
                token: filled(TOKEN)?.into(),
                user_id: filled(USER_ID),
                username: filled(USERNAME),
            })
        };
        Ok(ini.section_names().filter_map(profile).collect())
    }

    /// Adds a profile or replaces what it holds, and leaves all others alone. The file is then mode 0600.
    ///
    /// Errors as [`ProfileFile::profiles`].
    pub fn put(&self, profile: &FileProfile) -> Result<(), CoreError> {
        let mut ini = self.read()?;
        ini.set(&profile.profile, TOKEN, profile.token.expose_secret());
        for (option, value) in [(USER_ID, &profile.user_id), (USERNAME, &profile.username)] {
            match value {
                Some(value) => ini.set(&profile.profile, option, value),
                None => ini.unset(&profile.profile, option),
            }
        }
        write_private(&self.path, ini.to_text().as_bytes())
    }

    /// Removes a profile and says whether it was there. Errors as [`ProfileFile::profiles`].
    pub fn remove(&self, profile: &str) -> Result<bool, CoreError> {
        let mut ini = self.read()?;
        if !ini.remove(profile) {
            return Ok(false);
        }
        write_private(&self.path, ini.to_text().as_bytes())?;
        Ok(true)
    }

    fn read(&self) -> Result<Ini, CoreError> {
        let io = |source| CoreError::Io {
            path: self.path.clone(),
            source,
        };
        let invalid = |reason: String| CoreError::InvalidSetting {
            name: PROFILE_FILE_VARIABLE.into(),
            reason: format!("{} is not a profile file: {reason}", self.path.display()),
        };
        match std::fs::metadata(&self.path) {
            Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
                return Err(invalid("it is too large".into()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Ini::default()),
            Err(error) => return Err(io(error)),
        }
        let bytes = std::fs::read(&self.path).map_err(io)?;
        let text = String::from_utf8(bytes).map_err(|_| invalid("it is not UTF-8".into()))?;
        Ini::parse(&text).map_err(|error| invalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, token: &str) -> FileProfile {
        FileProfile {
            profile: name.into(),
            token: token.into(),
            user_id: Some("42".into()),
            username: None,
        }
    }

    #[test]
    fn profiles_are_added_replaced_and_removed_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let file = ProfileFile::at(folder.path().join("configs/file"));
        assert!(file.profiles().unwrap().is_empty());
        file.put(&profile("one", "token 50%")).unwrap();
        file.put(&profile("two", "second")).unwrap();
        file.put(&profile("one", "third")).unwrap();
        let names: Vec<_> = file
            .profiles()
            .unwrap()
            .into_iter()
            .map(|found| found.profile)
            .collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(file.profiles().unwrap()[0].token.expose_secret(), "third");
        assert!(file.remove("one").unwrap());
        assert!(!file.remove("one").unwrap());
        assert_eq!(
            std::fs::read_to_string(file.path()).unwrap(),
            "[two]\nuser_upload_token = second\nMAPSettingsUserKey = 42\n\n"
        );
    }

    #[test]
    fn a_section_without_a_token_is_no_profile_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = ProfileFile::at(folder.path().join("file"));
        std::fs::write(file.path(), "[settings]\na = 1\n").unwrap();
        assert!(file.profiles().unwrap().is_empty());
        file.put(&profile("one", "t")).unwrap();
        assert!(
            std::fs::read_to_string(file.path())
                .unwrap()
                .starts_with("[settings]\na = 1\n\n[one]")
        );
    }

    #[test]
    fn a_broken_file_is_named_and_left_as_it_is_and_no_token_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = ProfileFile::at(folder.path().join("file"));
        for content in [&b"[a]\nuser_upload_token canary"[..], b"\xff\xfe canary", b"canary"] {
            std::fs::write(file.path(), content).unwrap();
            let error = file.put(&profile("one", "t")).unwrap_err();
            assert_eq!(error.code(), "invalid_setting");
            assert!(
                error.to_string().contains("file") && !error.to_string().contains("canary"),
                "{error}"
            );
            assert_eq!(std::fs::read(file.path()).unwrap(), content);
        }
    }

    #[test]
    fn debug_output_shows_no_token() {
        assert!(!format!("{:?}", profile("one", "canary")).contains("canary"));
    }
}
