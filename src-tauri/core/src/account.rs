//! Who is signed in, and with which token.
//!
//! Tokens come, in this order, from the environment (`WAYPOST_USER_TOKEN`), from a sign-in that is kept for this run,
//! and from the lasting place: the keychain or, where a script sets `MAPILLARY_CONFIG_PATH`, mapillary_tools' profile
//! file. [`Accounts`] gives them out to the upload engine, checked and renewed in time, and never writes one anywhere
//! else. A token given by one service is not shown to another: accounts belong to the host that let them in.

mod accounts;
mod browser;
mod checks;
mod choice;
mod entry;
mod import;
mod ini;
mod profile_file;
mod profile_name;
mod records;
mod sign_in;
mod store;

use waypost_wire::{AccountRow, MayUpload, TokenPlace};

pub use accounts::{Accounts, AccountsSetup, USER_TOKEN_VARIABLE};
pub use browser::SystemBrowser;
pub use checks::CHECK_LIFETIME_MS;
pub use import::{FoundProfile, find_peer_profiles};
pub use profile_file::{FileProfile, PROFILE_FILE_VARIABLE, ProfileFile};
pub use profile_name::check_profile_name;
pub use sign_in::{KeepWhere, NewSignIn, SignInOptions, SignInWait, UploadVerdict};
pub(crate) use store::no_keychain;

/// An account as a person may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What the person calls it.
    pub profile: String,
    /// Mapillary's number of the user; `None` before the first check of a token that came without it.
    pub user_id: Option<String>,
    /// The user's name; `None` as above.
    pub username: Option<String>,
    /// Where the token is.
    pub place: TokenPlace,
    /// Whether it is the one that is taken when none is named.
    pub is_default: bool,
    /// When the token ends, as far as that is known, milliseconds since 1970 UTC. It is renewed before.
    pub expires_at_ms: Option<i64>,
    /// Whether the token was refused or is over.
    pub needs_sign_in: bool,
    /// Whether it may upload, as the service said straight after the sign-in; `None` when it could not be asked.
    pub may_upload: Option<bool>,
}

impl Account {
    /// The row of the window; `None` before the service said who this is.
    pub fn row(&self) -> Option<AccountRow> {
        Some(AccountRow {
            user_id: self.user_id.clone()?,
            username: self.username.clone().unwrap_or_else(|| self.profile.clone()),
            may_upload: match self.may_upload {
                Some(true) => MayUpload::Yes,
                Some(false) => MayUpload::No,
                None => MayUpload::Unknown,
            },
            kept: self.place,
            needs_sign_in: self.needs_sign_in,
        })
    }
}

impl From<entry::Entry> for Account {
    fn from(entry: entry::Entry) -> Self {
        Self {
            profile: entry.profile,
            user_id: entry.user_id,
            username: entry.username,
            place: entry.place,
            is_default: entry.is_default,
            expires_at_ms: entry.expires_at_ms,
            needs_sign_in: entry.needs_sign_in,
            may_upload: entry.may_upload,
        }
    }
}
