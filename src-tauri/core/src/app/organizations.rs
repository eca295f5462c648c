//! Organisations to upload for: checked once by their number, then picked by their name.

use waypost_wire::{EventBody, OrganizationRow};

use super::stored_settings::StoredSettings;
use super::waypost::Waypost;
use crate::error::CoreError;

impl Waypost {
    /// Asks the service for an organisation with the present account, and keeps it to pick from.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`] and what the service says of a number that is none or is not this account's to see.
    pub(super) async fn check_organization(&self, organization_id: &str) -> Result<OrganizationRow, CoreError> {
        let account = self.accounts.current().await?.ok_or(CoreError::NotSignedIn)?;
        let found = self
            .accounts
            .organization(account.user_id.as_deref(), organization_id.trim())
            .await?;
        let row = OrganizationRow {
            name: found.name.or(found.slug).unwrap_or_else(|| found.id.clone()),
            organization_id: found.id,
        };
        let kept = row.clone();
        self.change_settings(move |settings| {
            settings
                .organizations
                .retain(|other| other.organization_id != kept.organization_id);
            settings.organizations.push(kept);
        })
        .await?;
        Ok(row)
    }

    /// Takes an organisation out of those to pick from; uploads go to the account itself if it was picked.
    ///
    /// # Errors
    /// [`CoreError::Io`] when the settings cannot be written.
    pub(super) async fn forget_organization(&self, organization_id: &str) -> Result<(), CoreError> {
        self.change_settings(|settings| {
            settings
                .organizations
                .retain(|other| other.organization_id != organization_id);
            if settings.organization_id == organization_id {
                settings.organization_id.clear();
            }
        })
        .await
    }

    async fn change_settings(&self, change: impl FnOnce(&mut StoredSettings)) -> Result<(), CoreError> {
        let settings = {
            let mut settings = self.lock().settings.clone();
            change(&mut settings);
            settings
        };
        settings.save(&self.data_dir)?;
        self.lock().settings = settings;
        self.bus.send(EventBody::Settings(self.settings_view().await));
        Ok(())
    }
}
