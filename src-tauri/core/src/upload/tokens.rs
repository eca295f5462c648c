//! Where the engine gets the token from. It keeps none itself and writes none down.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::error::CoreError;

/// A token that was checked a moment ago, and whose it is.
#[derive(Clone, Debug)]
pub struct ActiveToken {
    /// The token; it prints as `[REDACTED]`.
    pub token: SecretString,
    /// Mapillary's number of the user.
    pub user_id: String,
    /// The user's name at Mapillary.
    pub username: String,
}

/// Gives out tokens.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token of `user_id`, or of the current user where none is named. It was checked with `GET /me` and renewed when
    /// its end is near. The engine asks before the first byte of every upload.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`], [`CoreError::SignInExpired`], [`CoreError::NoSuchProfile`] and the keychain's errors
    /// make an upload wait for the person; [`CoreError::Service`] is handled like any other failed request.
    async fn token(&self, user_id: Option<&str>) -> Result<ActiveToken, CoreError>;

    /// Tells that the service has just refused the token of `user_id`, so that it is not given out again unchecked.
    async fn refused(&self, user_id: &str);
}

/// Nobody: for a dry run whose sign-in nobody wants checked. Nothing it gives out opens anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTokens;

#[async_trait]
impl TokenSource for NoTokens {
    async fn token(&self, user_id: Option<&str>) -> Result<ActiveToken, CoreError> {
        Ok(ActiveToken {
            token: SecretString::default(),
            user_id: user_id.unwrap_or_default().to_owned(),
            username: String::new(),
        })
    }

    async fn refused(&self, _user_id: &str) {}
}
