//! Signing in with the system's browser: the OAuth 2 code flow with a loopback redirect
//! (RFC 8252), `state` and PKCE, and the renewal of a token.
//!
//! The service registers exactly one redirect address per app, so the port is fixed; it is bound
//! before the browser opens, so that no other program can take the answer.

mod listener;
mod page;
mod token;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, ClientId, CsrfToken, EndpointNotSet, EndpointSet, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenUrl,
};
use secrecy::SecretString;
use url::Url;

use crate::client::{Client, Token};
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::oauth_failure::OAuthFailure;
use listener::{Answer, Listener};

/// How long a sign-in waits for the browser unless asked otherwise: five minutes.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// What the app asks to be allowed: to read the account's data and to upload.
pub const SCOPES: [&str; 2] = ["read", "upload"];

/// Bytes of randomness in `state` (RFC 6749 wants at least 16).
const STATE_BYTES: u32 = 32;

/// Who the app is, as registered with Mapillary.
#[derive(Clone, Debug)]
pub struct AppIdentity {
    /// The app's number.
    pub client_id: String,
    /// The app's secret. In a desktop program it is no secret; it is kept out of texts anyway.
    pub client_secret: SecretString,
    /// The registered redirect address: `http`, a loopback host, a port. It is compared as a text
    /// by the service, so `localhost` and `127.0.0.1` differ, and a bare host is registered with
    /// its slash.
    pub redirect_uri: Url,
}

/// What a completed sign-in or a renewal gives.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The access token. It is also what the next renewal takes.
    pub token: Token,
    /// How long it lasts from now, in seconds, where the service says.
    pub expires_in_s: Option<u64>,
}

type OAuthClient = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A sign-in under way: the port is bound, and the browser may be opened on
/// [`SignIn::authorize_url`].
pub struct SignIn {
    client: Client,
    identity: AppIdentity,
    listener: Listener,
    authorize_url: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SignIn")
            .field("port", &self.listener.port())
            .finish_non_exhaustive()
    }
}

impl SignIn {
    /// Binds the port of the redirect address and makes up the address to open in the browser.
    /// For `localhost` both 127.0.0.1 and ::1 are listened on (the latter where there is IPv6).
    ///
    /// Returns [`OAuthFailure::InvalidRedirect`], [`OAuthFailure::PortBusy`] or
    /// [`OAuthFailure::PortUnavailable`] when the answer could not be received.
    pub async fn start(client: &Client, identity: &AppIdentity) -> Result<Self, MapillaryError> {
        let oauth = oauth_client(client, identity)?;
        let listener = Listener::bind(&identity.redirect_uri).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (authorize_url, state) = oauth
            .authorize_url(|| CsrfToken::new_random_len(STATE_BYTES))
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Self {
            client: client.clone(),
            identity: identity.clone(),
            listener,
            authorize_url,
            state,
            verifier,
        })
    }

    /// The address to open in the system's browser.
    pub fn authorize_url(&self) -> &Url {
        &self.authorize_url
    }

    /// Waits for the browser's answer and exchanges its code for a token. The port is free again
    /// when this returns.
    ///
    /// Only a `GET` of the redirect path with a loopback `Host` and the right `state` counts.
    /// Everything else (`/favicon.ico`, a second tab, a stranger's request) is answered with an
    /// error page and ends nothing.
    ///
    /// Returns [`OAuthFailure::TimedOut`] after `lifetime`, or [`OAuthFailure::WrongState`] when
    /// answers with a wrong `state` were all that came; [`OAuthFailure::Cancelled`] as soon as
    /// `cancel` is ready; [`OAuthFailure::Denied`] when the person declines.
    pub async fn wait(self, lifetime: Duration, cancel: impl Future<Output = ()>) -> Result<Grant, MapillaryError> {
        let wrong_state_came = AtomicBool::new(false);
        let work = async {
            let answer = self.listener.answer(&self.state, &wrong_state_came);
            let Ok(answer) = tokio::time::timeout(lifetime, answer).await else {
                return Err(if wrong_state_came.load(Ordering::Relaxed) {
                    OAuthFailure::WrongState.into()
                } else {
                    let after_s = lifetime.as_secs();
                    OAuthFailure::TimedOut { after_s }.into()
                });
            };
            match answer {
                Answer::Code(code) => token::exchange_code(&self.client, &self.identity, code, self.verifier).await,
                Answer::Error(word) => Err(failure_of(&word).into()),
            }
        };
        tokio::select! {
            // An answer that is already there wins over a cancellation.
            biased;
            result = work => result,
            () = cancel => Err(OAuthFailure::Cancelled.into()),
        }
    }
}

/// The service's error words for the redirect (API documentation; `access_denied` is RFC 6749's).
fn failure_of(word: &str) -> OAuthFailure {
    match word {
        "user_denied" | "access_denied" => OAuthFailure::Denied,
        other => OAuthFailure::ServerError(other.to_owned()),
    }
}

/// Renews `current`, which must still be valid: the service knows no separate refresh token.
///
/// Returns [`MapillaryError::Unauthorized`] when it is too late or the sign-in was revoked; then
/// the person has to sign in again.
pub async fn refresh(client: &Client, identity: &AppIdentity, current: &Token) -> Result<Grant, MapillaryError> {
    token::refresh(client, identity, current).await
}

/// How long before its end a token that lasts `lifetime_s` is to be renewed, both in seconds
/// (the policy of JOSM's Mapillary plugin).
pub fn refresh_lead_time_s(lifetime_s: u64) -> u64 {
    const MINUTE_S: u64 = 60;
    const HOUR_S: u64 = 60 * MINUTE_S;
    const DAY_S: u64 = 24 * HOUR_S;
    match lifetime_s {
        lifetime if lifetime > 30 * DAY_S => 7 * DAY_S,
        lifetime if lifetime > 7 * DAY_S => DAY_S,
        lifetime if lifetime > DAY_S => 12 * HOUR_S,
        lifetime if lifetime > 2 * HOUR_S => HOUR_S,
        _ => 10 * MINUTE_S,
    }
}

/// The standard's view of the service. The secret is left out: it travels in a header of the
/// service's own kind, which `token` adds.
fn oauth_client(client: &Client, identity: &AppIdentity) -> Result<OAuthClient, MapillaryError> {
    listener::check_redirect(&identity.redirect_uri)?;
    let endpoints = client.endpoints();
    Ok(BasicClient::new(ClientId::new(identity.client_id.clone()))
        .set_auth_type(oauth2::AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(endpoints.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(join(&endpoints.graph, &["token"])?))
        .set_redirect_uri(RedirectUrl::from_url(identity.redirect_uri.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_as_early_as_its_lifetime_allows() {
        let day = 86_400;
        for (lifetime_s, lead_s) in [
            (60 * day, 7 * day),
            (30 * day, day),
            (8 * day, day),
            (7 * day, day / 2),
            (day + 1, day / 2),
            (day, 3_600),
            (7_201, 3_600),
            (7_200, 600),
            (0, 600),
        ] {
            assert_eq!(refresh_lead_time_s(lifetime_s), lead_s, "{lifetime_s}");
        }
    }

    #[test]
    fn the_services_error_words_are_sorted() {
        assert_eq!(failure_of("user_denied"), OAuthFailure::Denied);
        assert_eq!(failure_of("access_denied"), OAuthFailure::Denied);
        assert_eq!(
            failure_of("invalid_scope"),
            OAuthFailure::ServerError("invalid_scope".to_owned())
        );
    }
}
