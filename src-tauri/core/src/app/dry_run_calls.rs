//! What the shell asks of the dry run.

use std::path::PathBuf;
use std::sync::Arc;

use super::prepared::Destination;
use super::waypost::Waypost;
use crate::error::CoreError;

impl Waypost {
    /// Makes the packages of the plan in `folder`. Nothing is sent, nobody needs to be signed in, and the plan stays as
    /// it is. How it goes is told by events.
    ///
    /// # Errors
    /// [`CoreError::NothingToSend`] when the plan is empty.
    pub async fn dry_run_into(&self, folder: PathBuf) -> Result<(), CoreError> {
        let uploads = if let Some(account) = self.accounts.current().await? {
            self.uploads_of_plan(&account)?
        } else {
            let package = self.lock().settings.package_kind();
            self.plan_uploads(&Destination {
                package,
                ..Destination::default()
            })?
        };
        if uploads.is_empty() {
            return Err(CoreError::NothingToSend {
                title: "this plan".into(),
            });
        }
        self.dry_run
            .start(folder, uploads, Arc::clone(&self.clock), self.bus.clone());
        Ok(())
    }
}
