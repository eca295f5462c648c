//! `POST /token`: a code for an access token, and an access token for a newer one. Both need the
//! client secret in the `Authorization` header; the body may be JSON or a form.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::callers::{self, Caller};
use super::params::Params;
use super::reply::GraphError;
use crate::identity::Account;
use crate::service::Service;
use crate::tokens::Challenge;

/// Exchanges a code, or refreshes a token.
pub(super) async fn exchange(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let (parts, body) = request.into_parts();
    let body = Params::from_body(&parts.headers, body).await;
    match callers::identify(&service, &parts.headers, &Params::default()) {
        Ok(Caller::Secret) => {}
        Ok(_) => {
            return Err(GraphError::bad_token(
                "/token needs the client secret, not another token",
            ));
        }
        Err(stranger) => return Err(stranger.into()),
    }
    let body = body?;
    if body.required("client_id")? != service.identity.client_id {
        return Err(GraphError::parameter("client_id is not this app"));
    }
    match body.required("grant_type")? {
        "authorization_code" => from_code(&service, &body),
        "refresh_token" => from_token(&service, &body),
        other => Err(GraphError::parameter(format!(
            "grant_type {other:?} is not authorization_code or refresh_token"
        ))),
    }
}

fn from_code(service: &Service, body: &Params) -> Result<Response, GraphError> {
    let refused = || GraphError::parameter("This authorization code is invalid, used or expired.");
    let code = service.tokens.take_code(body.required("code")?).ok_or_else(refused)?;
    if code.expires_at_ms <= service.now_ms() {
        return Err(refused());
    }
    if body.get("redirect_uri").is_some_and(|uri| uri != code.redirect_uri) {
        return Err(GraphError::parameter("Wrong RedirectUri provided"));
    }
    if let Some(challenge) = &code.challenge {
        let verifier = body.required("code_verifier")?;
        if !fits(challenge, verifier) {
            service
                .record
                .violation("token: code_verifier does not fit the code_challenge".to_owned());
            return Err(GraphError::parameter("code_verifier does not fit the code_challenge"));
        }
    }
    issue(service, code.account, code.scopes)
}

/// Refreshing: the current access token is its own refresh token. The old one stays good until it
/// expires; whether the real service ends it is not known.
fn from_token(service: &Service, body: &Params) -> Result<Response, GraphError> {
    let record = service
        .tokens
        .find(body.required("refresh_token")?)
        .filter(|record| !record.revoked && record.expires_at_ms > service.now_ms())
        .ok_or_else(|| GraphError::expired_token("Error validating access token: Session has expired"))?;
    issue(service, record.account, record.scopes)
}

fn issue(service: &Service, account: Account, scopes: Vec<String>) -> Result<Response, GraphError> {
    let lifetime_s = service.config.token_lifetime_s;
    let expires_at_ms = service.now_ms().saturating_add(lifetime_s.saturating_mul(1_000));
    let token = service
        .tokens
        .issue(&service.identity.token_prefix, account, scopes, expires_at_ms)?;
    Ok(Json(json!({
        "access_token": token,
        "expires_in": lifetime_s,
        "token_type": "bearer",
    }))
    .into_response())
}

/// RFC 7636 §4.6.
fn fits(challenge: &Challenge, verifier: &str) -> bool {
    if !challenge.hashed {
        return challenge.value == verifier;
    }
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge.value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_fits_its_challenge_as_in_the_example_of_rfc_7636() {
        let challenge = Challenge {
            value: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            hashed: true,
        };
        assert!(fits(&challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!fits(&challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
    }
}
