//! One account of those that were found, wherever its token is.

use waypost_wire::TokenPlace;

use super::records::Record;

/// An account and where its token is. Holds no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) place: TokenPlace,
    pub(super) profile: String,
    /// `None` until the service was asked, for tokens that came without it.
    pub(super) user_id: Option<String>,
    pub(super) username: Option<String>,
    pub(super) is_default: bool,
    /// When the token was given, milliseconds since 1970 UTC; 0 where nobody wrote it down.
    pub(super) obtained_at_ms: i64,
    pub(super) expires_at_ms: Option<i64>,
    /// The app that can renew the token.
    pub(super) app_id: Option<String>,
    pub(super) needs_sign_in: bool,
    pub(super) may_upload: Option<bool>,
}

impl Entry {
    /// Tells accounts apart: one profile name can stand in several places.
    pub(super) fn key(&self) -> String {
        format!("{:?}/{}", self.place, self.profile)
    }

    /// The user's name, or what stands in for it, for messages.
    pub(super) fn shown_name(&self) -> String {
        self.username.clone().unwrap_or_else(|| self.profile.clone())
    }
}

impl Entry {
    /// An account of which only the place and the name are known.
    pub(super) fn bare(place: TokenPlace, profile: &str) -> Self {
        Self {
            place,
            profile: profile.to_owned(),
            user_id: None,
            username: None,
            is_default: false,
            obtained_at_ms: 0,
            expires_at_ms: None,
            app_id: None,
            needs_sign_in: false,
            may_upload: None,
        }
    }
}

impl From<Record> for Entry {
    fn from(record: Record) -> Self {
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            place: TokenPlace::Keychain,
            profile: record.profile,
            user_id: filled(record.user_id),
            username: filled(record.username),
            is_default: record.is_default,
            obtained_at_ms: record.obtained_at_ms,
            expires_at_ms: record.expires_at_ms,
            app_id: record.app_id,
            needs_sign_in: record.needs_sign_in,
            may_upload: record.may_upload,
        }
    }
}
