//! Who is signed in, where their token is kept, and where a sign-in is.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Whether this sign-in may upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum MayUpload {
    /// The service said yes.
    Yes,
    /// The service said no.
    No,
    /// Nobody could be asked.
    Unknown,
}

/// Where the token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// In the keychain of the system.
    Keychain,
    /// In memory, until Waypost is closed.
    ThisRun,
    /// Given by the environment of a script.
    Environment,
    /// In mapillary_tools' profile file, because `MAPILLARY_CONFIG_PATH` asks for it.
    ProfileFile,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// Mapillary's user id.
    pub user_id: String,
    /// Mapillary's user name.
    pub username: String,
    /// Whether this sign-in may upload.
    pub may_upload: MayUpload,
    /// Where the token is kept.
    pub kept: TokenPlace,
    /// Whether the token is no longer accepted.
    pub needs_sign_in: bool,
}

/// Where a sign-in is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "kind")]
pub enum SignInState {
    /// None is going on.
    #[default]
    Idle,
    /// The browser was asked to open; waits for the person there.
    Waiting {
        /// When the wait ends, milliseconds since 1970 UTC.
        until_ms: i64,
        /// Whether the browser could be opened; if not, the address can be copied.
        browser_opened: bool,
        /// The address to open by hand.
        address: String,
    },
    /// The last one failed.
    Failed {
        /// Why, and what to do.
        problem: Problem,
    },
    /// It worked, but no keychain can keep it: the person is asked whether this run is enough.
    NoKeychain {
        /// Why.
        problem: Problem,
    },
}

/// Everything about accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Who is signed in.
    pub accounts: Vec<AccountRow>,
    /// Which of them uploads go to.
    pub current_user_id: Option<String>,
    /// Whether an app id is set, so that the browser sign-in can work.
    pub app_identity_set: bool,
    /// Where a sign-in is.
    pub sign_in: SignInState,
}

/// A profile that mapillary_tools left on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export, export_to = "wire.gen.ts"))]
#[serde(rename_all = "camelCase")]
pub struct ProfileRow {
    /// The file it stands in, to be shown: its token stays there in plain text.
    pub file: String,
    /// Its name.
    pub profile: String,
    /// Mapillary's user name in it, where it names one.
    pub username: Option<String>,
}
