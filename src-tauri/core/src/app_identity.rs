//! Who the app is towards Mapillary, and where the service is.
//!
//! An identity is taken whole from the first of: the environment (`MAPILLARY_APP_ID`, `MAPILLARY_SECRET`), a `.env`
//! file in the working directory, the settings, what the distributor built in. An id and a secret of different apps
//! never meet. The redirect address may come from a source of its own; the default is [`DEFAULT_REDIRECT_URI`].
//!
//! From `.env` nothing else is read: a folder somebody was sent must not be able to point Waypost at another server.

use std::path::Path;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;
use waypost_mapillary::Endpoints;
use waypost_mapillary::oauth::AppIdentity;

use crate::account::no_keychain;
use crate::environment::{Environment, parse_dotenv};
use crate::error::CoreError;
use crate::ports::Keychain;
use crate::private_file::write_private;

/// Where the browser brings its answer unless an app was registered with another address: one fixed port of our own,
/// because Mapillary compares the address with the registered one letter by letter. No service is known to use it.
pub const DEFAULT_REDIRECT_URI: &str = "http://localhost:19763/";

/// The id of the app.
pub const APP_ID_VARIABLE: &str = "MAPILLARY_APP_ID";
/// The secret of the app.
pub const APP_SECRET_VARIABLE: &str = "MAPILLARY_SECRET";
/// The redirect address of the app.
pub const REDIRECT_URI_VARIABLE: &str = "MAPILLARY_REDIRECT_URI";
/// The client token of the app; needed for e-mail and password only.
pub const CLIENT_TOKEN_VARIABLE: &str = "MAPILLARY_CLIENT_TOKEN";

/// The settings file in the data folder.
const SETTINGS_FILE: &str = "app.json";

/// The parts of an identity as one source gives them.
#[derive(Clone, Debug, Default)]
pub struct IdentityParts {
    /// The app's id.
    pub app_id: Option<String>,
    /// The app's secret.
    pub secret: Option<SecretString>,
    /// The registered redirect address.
    pub redirect_uri: Option<String>,
}

impl IdentityParts {
    /// What the distributor built in, by `WAYPOST_MAPILLARY_APP_ID`, `WAYPOST_MAPILLARY_SECRET` and
    /// `WAYPOST_MAPILLARY_REDIRECT_URI` at compile time. A secret in a desktop program is public; it is there because
    /// Mapillary's token endpoint wants one.
    pub fn built_in() -> Self {
        let filled = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
        Self {
            app_id: filled(option_env!("WAYPOST_MAPILLARY_APP_ID")),
            secret: filled(option_env!("WAYPOST_MAPILLARY_SECRET")).map(SecretString::from),
            redirect_uri: filled(option_env!("WAYPOST_MAPILLARY_REDIRECT_URI")),
        }
    }

    /// From the environment and the `.env` file of its working directory, where the environment wins variable by
    /// variable. [`CoreError::InvalidSetting`] for a broken file, [`CoreError::Io`] for one that cannot be read.
    pub fn from_environment(environment: &Environment) -> Result<Self, CoreError> {
        let file = read_dotenv(environment.working_dir())?;
        let value = |name: &str| -> Result<Option<String>, CoreError> {
            if environment.is_set(name) {
                return environment.text(name);
            }
            Ok(file.get(name).filter(|value| !value.is_empty()).cloned())
        };
        Ok(Self {
            app_id: value(APP_ID_VARIABLE)?,
            secret: value(APP_SECRET_VARIABLE)?.map(SecretString::from),
            redirect_uri: value(REDIRECT_URI_VARIABLE)?,
        })
    }
}

fn read_dotenv(folder: &Path) -> Result<std::collections::BTreeMap<String, String>, CoreError> {
    let path = folder.join(".env");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        // Some keep a folder of that name (Python's virtual environments).
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::IsADirectory
            ) =>
        {
            return Ok(std::collections::BTreeMap::new());
        }
        Err(source) => return Err(CoreError::Io { path, source }),
    };
    parse_dotenv(&text).map_err(|error| CoreError::InvalidSetting {
        name: path.display().to_string(),
        reason: error.to_string(),
    })
}

/// The identity of the app from its sources, the strongest first.
///
/// [`CoreError::NoAppIdentity`] when none has an app id, [`CoreError::InvalidSetting`] when a source has an id without
/// a secret or a redirect address that is none.
pub fn app_identity(sources: &[IdentityParts]) -> Result<AppIdentity, CoreError> {
    let (client_id, client_secret) = sources
        .iter()
        .find_map(|source| Some((source.app_id.clone()?, source.secret.clone())))
        .ok_or(CoreError::NoAppIdentity)?;
    let client_secret = client_secret.ok_or_else(|| CoreError::InvalidSetting {
        name: APP_SECRET_VARIABLE.into(),
        reason: format!("the secret of app {client_id} is missing where its id is set"),
    })?;
    // An address of a weaker source belongs to another app, but one that stands alone is meant for this one.
    let own_address = sources
        .iter()
        .take_while(|source| source.app_id.is_none())
        .chain(sources.iter().find(|source| source.app_id.is_some()))
        .find_map(|source| source.redirect_uri.as_deref());
    let redirect_uri = parse_address(REDIRECT_URI_VARIABLE, own_address.unwrap_or(DEFAULT_REDIRECT_URI))?;
    Ok(AppIdentity {
        client_id,
        client_secret,
        redirect_uri,
    })
}

/// The addresses of the service: those of Mapillary, but for the ones that `MAPILLARY_GRAPH_API_ENDPOINT`,
/// `MAPILLARY_UPLOAD_ENDPOINT`, `MAPILLARY_AUTHORIZE_URL` and `MAPILLARY_TILES_ENDPOINT` replace.
///
/// [`CoreError::InvalidSetting`] names the variable that is no address; whether a token may go there is checked by
/// [`waypost_mapillary::Client::new`].
pub fn endpoints(environment: &Environment) -> Result<Endpoints, CoreError> {
    let mut endpoints = Endpoints::default();
    for (name, address) in [
        ("MAPILLARY_GRAPH_API_ENDPOINT", &mut endpoints.graph),
        ("MAPILLARY_UPLOAD_ENDPOINT", &mut endpoints.upload),
        ("MAPILLARY_AUTHORIZE_URL", &mut endpoints.authorize),
        ("MAPILLARY_TILES_ENDPOINT", &mut endpoints.tiles),
    ] {
        if let Some(text) = environment.text(name)? {
            *address = parse_address(name, &text)?;
        }
    }
    Ok(endpoints)
}

/// The client token of the app, where the environment has one. Waypost ships nobody's.
pub fn client_token(environment: &Environment) -> Result<Option<SecretString>, CoreError> {
    environment.secret(CLIENT_TOKEN_VARIABLE)
}

fn parse_address(name: &str, text: &str) -> Result<Url, CoreError> {
    Url::parse(text).map_err(|error| CoreError::InvalidSetting {
        name: name.into(),
        reason: format!("it is not an address: {error}"),
    })
}

/// The app identity that the person set: id and address in a file of the data folder, the secret in the keychain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct SettingsFile {
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    redirect_uri: Option<String>,
}

/// What the person set in this data folder. Blocking. [`CoreError::Io`] for a file that cannot be read,
/// [`CoreError::NoKeychain`] when there is an id and the keychain cannot be asked for its secret.
pub fn load_identity_settings(data_dir: &Path, keychain: &dyn Keychain) -> Result<IdentityParts, CoreError> {
    let settings = read_settings(data_dir)?;
    let secret = match &settings.app_id {
        Some(app_id) => keychain.load(&secret_name(app_id)).map_err(no_keychain)?,
        None => None,
    };
    Ok(IdentityParts {
        app_id: settings.app_id,
        secret,
        redirect_uri: settings.redirect_uri,
    })
}

/// Keeps what the person set; without a secret the one kept for the same app stays. Blocking. Errors as
/// [`load_identity_settings`]; after [`CoreError::NoKeychain`] nothing has changed.
pub fn save_identity_settings(
    data_dir: &Path,
    keychain: &dyn Keychain,
    settings: &IdentityParts,
) -> Result<(), CoreError> {
    let earlier = read_settings(data_dir).unwrap_or_default();
    if let (Some(app_id), Some(secret)) = (&settings.app_id, &settings.secret) {
        keychain.store(&secret_name(app_id), secret).map_err(no_keychain)?;
    }
    let file = SettingsFile {
        app_id: settings.app_id.clone(),
        redirect_uri: settings.redirect_uri.clone(),
    };
    let path = data_dir.join(SETTINGS_FILE);
    let bytes = serde_json::to_vec_pretty(&file).map_err(|error| CoreError::Io {
        path: path.clone(),
        source: std::io::Error::other(error),
    })?;
    write_private(&path, &bytes)?;
    match earlier
        .app_id
        .filter(|earlier| Some(earlier) != settings.app_id.as_ref())
    {
        Some(replaced) => keychain.delete(&secret_name(&replaced)).map_err(no_keychain),
        None => Ok(()),
    }
}

/// Forgets the secret of the app that the person set. Blocking. [`CoreError::NoKeychain`].
pub fn forget_app_secret(keychain: &dyn Keychain, settings: &IdentityParts) -> Result<(), CoreError> {
    match &settings.app_id {
        Some(app_id) => keychain.delete(&secret_name(app_id)).map_err(no_keychain),
        None => Ok(()),
    }
}

fn read_settings(data_dir: &Path) -> Result<SettingsFile, CoreError> {
    let path = data_dir.join(SETTINGS_FILE);
    let result = std::fs::read(&path).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(SettingsFile::default()),
        other => other.map_err(|source| CoreError::Io { path, source }),
    }
}

/// The name of an app's secret in the keychain.
fn secret_name(app_id: &str) -> String {
    format!("app-secret@{app_id}")
}

#[cfg(test)]
#[path = "app_identity_tests.rs"]
mod tests;
