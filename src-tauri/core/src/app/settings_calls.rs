//! What the person sets, as the application keeps it and acts on it.

use std::sync::Arc;

use secrecy::SecretString;
use waypost_wire::{EventBody, SecretText, SettingsView, ZoomChange};

use super::identity::resolve_app;
use super::waypost::Waypost;
use crate::app_identity::{IdentityParts, forget_app_secret, load_identity_settings, save_identity_settings};
use crate::desktop::zoomed;
use crate::error::CoreError;

impl Waypost {
    pub(super) async fn settings_view(&self) -> SettingsView {
        let (folder, keychain) = (self.data_dir.clone(), Arc::clone(&self.keychain));
        let own_app = tokio::task::spawn_blocking(move || load_identity_settings(&folder, keychain.as_ref()))
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default();
        let mut view = self.lock().settings.view();
        view.app_id = own_app.app_id.unwrap_or_default();
        view.redirect_uri = own_app.redirect_uri.unwrap_or_default();
        view.app_secret_set = own_app.secret.is_some();
        view.data_dir = self.data_dir.display().to_string();
        view
    }

    /// Draws everything larger or smaller from now on.
    pub(super) async fn zoom(&self, change: ZoomChange) -> Result<(), CoreError> {
        let settings = {
            let mut inner = self.lock();
            inner.settings.zoom_percent = zoomed(inner.settings.zoom_percent, change);
            inner.settings.clone()
        };
        settings.save(&self.data_dir)?;
        self.bus.send(EventBody::Settings(self.settings_view().await));
        Ok(())
    }

    pub(super) async fn set_settings(
        &self,
        view: &SettingsView,
        app_secret: Option<SecretText>,
    ) -> Result<(), CoreError> {
        let mut settings = self.lock().settings.clone();
        settings.accept(view)?;
        settings.save(&self.data_dir)?;
        let limits = settings.limits();
        self.keep_awake.send_replace(settings.keep_awake);
        let streets_end = {
            let mut inner = self.lock();
            let streets_end = inner.settings.streets && !settings.streets;
            inner.settings = settings;
            streets_end
        };
        if streets_end {
            // They tell where the person looked.
            self.streets.forget().await;
        }
        self.engine().await?.set_limits(limits).await?;
        if !self.practice {
            let filled = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
            let typed = app_secret.map(SecretText::into_text);
            let forget = typed.as_deref().is_some_and(|secret| secret.trim().is_empty());
            let parts = IdentityParts {
                app_id: filled(&view.app_id),
                secret: typed.as_deref().and_then(filled).map(SecretString::from),
                redirect_uri: filled(&view.redirect_uri),
            };
            let (folder, keychain) = (self.data_dir.clone(), Arc::clone(&self.keychain));
            tokio::task::spawn_blocking(move || {
                save_identity_settings(&folder, keychain.as_ref(), &parts)?;
                if forget {
                    forget_app_secret(keychain.as_ref(), &parts)
                } else {
                    Ok(())
                }
            })
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
            let app = resolve_app(&self.data_dir, &self.environment, &self.keychain, &self.bus).await;
            self.accounts.set_app(app);
            self.bus.send(EventBody::Account(self.desk.view().await));
        }
        self.bus.send(EventBody::Settings(self.settings_view().await));
        Ok(())
    }
}
