//! A secret on its way from the window into the keychain.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that a person typed and nobody may print: debugging a call shows dots in its place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself, to be put away at once.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use crate::Call;

    #[test]
    fn a_call_that_carries_a_secret_can_be_printed_without_it() {
        let call: Call = serde_json::from_str(r#"{"call":"sign_in_with_token","token":"canary-1234"}"#).unwrap();
        assert!(!format!("{call:?}").contains("canary"), "{call:?}");
        let Call::SignInWithToken { token } = call else {
            panic!("another call")
        };
        assert_eq!(token.into_text(), "canary-1234");
    }
}
