//! Profiles that mapillary_tools left on this computer, offered to the person and taken over only on their word.

use std::path::{Path, PathBuf};

use directories::BaseDirs;

use super::accounts::Accounts;
use super::profile_file::{FileProfile, ProfileFile};
use super::sign_in::{NewSignIn, SignInOptions};
use crate::error::CoreError;

/// Where mapillary_tools 0.14.7 keeps its profile files, below the home folder, on every system; one file for each
/// client token it was used with.
const CONFIGS_BELOW_HOME: [&str; 3] = [".config", "mapillary", "configs"];

/// A profile that could be taken over. The token is in it and is not shown.
#[derive(Clone, Debug)]
pub struct FoundProfile {
    file: PathBuf,
    profile: FileProfile,
}

impl FoundProfile {
    /// The file it stands in. It is only read: the token stays there in plain text, which the person should know.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its name.
    pub fn profile(&self) -> &str {
        &self.profile.profile
    }

    /// Mapillary's number of the user, where the file knows it.
    pub fn user_id(&self) -> Option<&str> {
        self.profile.user_id.as_deref()
    }

    /// The user's name, where the file knows it.
    pub fn username(&self) -> Option<&str> {
        self.profile.username.as_deref()
    }
}

/// What mapillary_tools left in `home` (`None`: the home folder of this user). Files that cannot be read are passed
/// over: this is an offer, not a duty. Blocking.
pub fn find_peer_profiles(home: Option<&Path>) -> Vec<FoundProfile> {
    let Some(home) = home
        .map(Path::to_path_buf)
        .or_else(|| Some(BaseDirs::new()?.home_dir().to_path_buf()))
    else {
        return Vec::new();
    };
    let folder = CONFIGS_BELOW_HOME.iter().fold(home, |path, part| path.join(part));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.is_file())
                .collect()
        })
        .unwrap_or_default();
    files.sort();
    let profiles_of = |file: PathBuf| {
        let profiles = ProfileFile::at(file.clone()).profiles().unwrap_or_default();
        profiles.into_iter().map(move |profile| FoundProfile {
            file: file.clone(),
            profile,
        })
    };
    files.into_iter().flat_map(profiles_of).collect()
}

impl Accounts {
    /// Takes a found profile over as a sign-in, after the person agreed: its token is checked like any other and can
    /// then be kept. The file it came from stays as it is.
    ///
    /// Errors as [`Accounts::sign_in_with_token`].
    pub async fn import(&self, found: &FoundProfile, options: &SignInOptions) -> Result<NewSignIn, CoreError> {
        self.sign_in_with_token(found.profile.token.clone(), options).await
    }
}
