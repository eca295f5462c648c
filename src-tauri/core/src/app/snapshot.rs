//! Everything the window shows at one moment, gathered in the right order.

use waypost_wire::{SettingsView, Snapshot};

use super::stored_settings::StoredSettings;
use super::waypost::Waypost;
use crate::app_identity::DEFAULT_REDIRECT_URI;
use crate::error::CoreError;

impl Waypost {
    /// Everything at this moment.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, CoreError> {
        // First the number: an event that comes while the rest is gathered is applied once more, which is harmless.
        let seq = self.bus.seq();
        let account = self.desk.view().await;
        let uploads = self.rows().await?;
        let settings = self.settings_view().await;
        let inner = self.lock();
        Ok(Snapshot {
            seq,
            version: self.version.clone(),
            practice: self.practice,
            first_run: !inner.settings.first_run_done,
            account,
            prepare: inner.prepare.state(),
            dry_run: self.dry_run.state(),
            take_out: self.take_out.state(),
            uploads,
            settings,
            settings_defaults: SettingsView {
                redirect_uri: DEFAULT_REDIRECT_URI.into(),
                ..StoredSettings::default().view()
            },
            now_ms: self.clock.now_ms(),
        })
    }
}
