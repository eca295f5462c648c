//! Profiles that mapillary_tools left on this computer: offered when the person asks, taken over on their word.

use std::path::PathBuf;

use waypost_wire::ProfileRow;

use super::waypost::Waypost;
use crate::account::{FoundProfile, find_peer_profiles};
use crate::error::CoreError;

impl Waypost {
    /// The profiles. None in practice: a real token has no business there.
    pub(super) async fn profile_rows(&self) -> Vec<ProfileRow> {
        self.found_profiles()
            .await
            .iter()
            .map(|found| ProfileRow {
                file: found.file().display().to_string(),
                profile: found.profile().to_owned(),
                username: found.username().map(str::to_owned),
            })
            .collect()
    }

    /// Signs in with the profile of that name in that file. How it went is told like any sign-in.
    ///
    /// # Errors
    /// [`CoreError::NoSuchProfile`] when it is no longer there.
    pub(super) async fn import_profile(&self, file: &str, profile: &str) -> Result<(), CoreError> {
        let found = self
            .found_profiles()
            .await
            .into_iter()
            .find(|found| found.profile() == profile && found.file().display().to_string() == file)
            .ok_or_else(|| CoreError::NoSuchProfile { name: profile.into() })?;
        self.desk.with_profile(&found).await;
        Ok(())
    }

    async fn found_profiles(&self) -> Vec<FoundProfile> {
        if self.practice {
            return Vec::new();
        }
        // The surroundings' home where they name one, so that a test never meets the developer's own profiles.
        let home: Option<PathBuf> = self.environment.path("HOME");
        tokio::task::spawn_blocking(move || find_peer_profiles(home.as_deref()))
            .await
            .unwrap_or_default()
    }
}
