//! What every command works with: the surroundings, the folders, and how to answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use waypost_core::account::{Accounts, AccountsSetup};
use waypost_core::app_identity::{IdentityParts, app_identity, endpoints, load_identity_settings};
use waypost_core::data_dir::{create_data_dir, data_dir};
use waypost_core::environment::Environment;
use waypost_core::error::CoreError;
use waypost_core::keychain::OsKeychain;
use waypost_core::ports::{Clock, Keychain, SystemClock};
use waypost_core::settings::PackageKind;
use waypost_core::tuning::{SendTuning, is_yes, send_tuning};
use waypost_mapillary::{Client, ClientOptions, Endpoints};

use crate::failure::Failure;
use crate::output::Output;

/// Where bytes go: an address, or a folder in a dry run.
const UPLOAD_ENDPOINT_VARIABLE: &str = "MAPILLARY_UPLOAD_ENDPOINT";

/// Where packages of a dry run go without it, below the temporary folder, as in mapillary_tools.
const DRY_RUN_FOLDER: &str = "mapillary_public_uploads";

/// The surroundings of one run.
pub struct Context {
    /// Variables and working folder.
    pub environment: Environment,
    /// Where Waypost keeps its own.
    pub data_dir: PathBuf,
    /// How to answer.
    pub output: Output,
    /// Whether this program was called by the name of mapillary_tools.
    pub is_peer_name: bool,
    /// How sequences are packed unless an option says otherwise.
    pub default_package: PackageKind,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where tokens are kept.
    pub keychain: Arc<dyn Keychain>,
}

impl Context {
    /// Looks around. `called_as` is the name this program was started by: scripts that say `mapillary_tools` get the
    /// package that one sends.
    pub fn new(output: Output, called_as: &Path) -> Result<Self, CoreError> {
        let environment = Environment::from_process();
        let data_dir = data_dir(&environment)?;
        let is_peer_name = called_as.file_stem().is_some_and(|name| name == "mapillary_tools");
        Ok(Self {
            environment,
            data_dir,
            output,
            is_peer_name,
            default_package: if is_peer_name {
                PackageKind::Images
            } else {
                PackageKind::default()
            },
            clock: Arc::new(SystemClock),
            keychain: Arc::new(OsKeychain::new()),
        })
    }

    /// Reads a variable, as [`waypost_core::tuning`] wants it.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment.text(name).ok().flatten()
    }

    /// Whether a switch of the environment is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|text| is_yes(&text))
    }

    /// How sending is tuned.
    pub fn tuning(&self) -> Result<SendTuning, CoreError> {
        send_tuning(&|name| self.variable(name))
    }

    /// Makes the data folder.
    pub fn create_data_dir(&self) -> Result<(), CoreError> {
        create_data_dir(&self.data_dir)
    }

    /// The service that the environment names. In a dry run `MAPILLARY_UPLOAD_ENDPOINT` is a folder, no address.
    pub fn endpoints(&self, dry_run: bool) -> Result<Endpoints, CoreError> {
        if dry_run {
            endpoints(&self.environment.clone().without(UPLOAD_ENDPOINT_VARIABLE))
        } else {
            endpoints(&self.environment)
        }
    }

    /// Where a dry run leaves its packages: the folder `MAPILLARY_UPLOAD_ENDPOINT`, or the one of mapillary_tools.
    pub fn dry_run_folder(&self) -> Result<PathBuf, Failure> {
        let named = self.variable(UPLOAD_ENDPOINT_VARIABLE);
        if named.is_some_and(|text| text.contains("://")) {
            return Err(Failure::refused(
                UPLOAD_ENDPOINT_VARIABLE,
                "in a dry run it names a folder, not an address",
                "Set it to a folder for the packages, or leave it unset.",
            ));
        }
        Ok(self
            .environment
            .path(UPLOAD_ENDPOINT_VARIABLE)
            .unwrap_or_else(|| std::env::temp_dir().join(DRY_RUN_FOLDER)))
    }

    /// A client of that service.
    pub fn client(&self, endpoints: Endpoints) -> Result<Client, CoreError> {
        let options = ClientOptions {
            user_agent: user_agent(),
            endpoints,
            minimum_upload_speed_bytes_per_s: self.tuning()?.minimum_speed_bytes_per_s,
            ..ClientOptions::default()
        };
        Ok(Client::new(options)?)
    }

    /// The accounts of that service; `profile` is `--user_name`.
    pub fn accounts(&self, client: Client, profile: Option<&str>) -> Result<Accounts, CoreError> {
        let app = IdentityParts::from_environment(&self.environment).and_then(|from_environment| {
            // A secret in a keychain that cannot be asked is missed only if it is needed.
            let from_settings = load_identity_settings(&self.data_dir, self.keychain.as_ref()).unwrap_or_default();
            app_identity(&[from_environment, from_settings, IdentityParts::built_in()])
        });
        let app = match app {
            Ok(app) => Some(app),
            Err(CoreError::NoAppIdentity) => None,
            Err(error) => return Err(error),
        };
        Accounts::new(AccountsSetup {
            data_dir: self.data_dir.clone(),
            environment: self.environment.clone(),
            profile: profile.map(str::to_owned),
            app,
            client,
            keychain: Arc::clone(&self.keychain),
            clock: Arc::clone(&self.clock),
        })
    }

    /// The client token that e-mail and password need.
    pub fn client_token(&self) -> Result<SecretString, CoreError> {
        waypost_core::app_identity::client_token(&self.environment)?.ok_or_else(|| CoreError::InvalidSetting {
            name: waypost_core::app_identity::CLIENT_TOKEN_VARIABLE.into(),
            reason: "signing in with e-mail and password needs the client token of your Mapillary app".into(),
        })
    }
}

/// How Waypost calls itself at the service.
pub fn user_agent() -> String {
    format!(
        "Waypost/{} (command line; not affiliated with Mapillary)",
        env!("CARGO_PKG_VERSION")
    )
}
