//! Who the app is, asked of every source that may say.

use std::path::Path;
use std::sync::Arc;

use waypost_mapillary::oauth::AppIdentity;
use waypost_wire::EventBody;

use super::bus::EventBus;
use crate::app_identity::{IdentityParts, app_identity, load_identity_settings};
use crate::environment::Environment;
use crate::error::CoreError;
use crate::ports::Keychain;

/// The app of the environment, the settings or the distributor, in this order. A broken source is said once.
pub(super) async fn resolve_app(
    data_dir: &Path,
    environment: &Environment,
    keychain: &Arc<dyn Keychain>,
    bus: &EventBus,
) -> Option<AppIdentity> {
    let (folder, surroundings, keychain) = (data_dir.to_path_buf(), environment.clone(), Arc::clone(keychain));
    let resolved = tokio::task::spawn_blocking(move || {
        let from_environment = IdentityParts::from_environment(&surroundings)?;
        let from_settings = load_identity_settings(&folder, keychain.as_ref())?;
        app_identity(&[from_environment, from_settings, IdentityParts::built_in()])
    })
    .await
    .unwrap_or(Err(CoreError::Stopped));
    match resolved {
        Ok(app) => Some(app),
        Err(CoreError::NoAppIdentity) => None,
        Err(error) => {
            bus.send(EventBody::Notice(error.problem()));
            None
        }
    }
}
