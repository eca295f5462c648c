//! Signing in with a password as the reference client does, who is signed in, and the statistics
//! that client sends.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::callers::{self, Caller};
use super::fields::Fields;
use super::params::{Params, read_json};
use super::reply::GraphError;
use crate::identity::{Account, username_of};
use crate::service::Service;
use crate::tokens::SCOPES;

/// The only password that works, for any e-mail address. Nobody has an account here.
const PRACTICE_PASSWORD: &str = "secret";

/// `POST /login`: `{"email","password","locale"}` with the client token.
pub(super) async fn login(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let (parts, body) = request.into_parts();
    let query = Params::from_query(parts.uri.query());
    let body = Params::from_body(&parts.headers, body).await;
    match callers::identify(&service, &parts.headers, &query) {
        Ok(Caller::Client) => {}
        Ok(_) => return Err(GraphError::bad_token("/login needs the client token")),
        Err(stranger) => return Err(stranger.into()),
    }
    let body = body?;
    let email = body.required("email")?;
    if !email.contains('@') || body.required("password")? != PRACTICE_PASSWORD {
        return Err(GraphError::wrong_password());
    }
    let account = service.identity.account(&username_of(email));
    let user_id = account.id.clone();
    let scopes = SCOPES.map(str::to_owned).to_vec();
    let lifetime_ms = service.config.token_lifetime_s.saturating_mul(1_000);
    let token = service.tokens.issue(
        &service.identity.token_prefix,
        account,
        scopes,
        service.now_ms().saturating_add(lifetime_ms),
    )?;
    Ok(Json(json!({ "access_token": token, "user_id": user_id })).into_response())
}

/// `GET /me?fields=id,username`.
pub(super) async fn me(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let query = Params::from_query(request.uri().query());
    let token = callers::user(&service, request.headers(), &query)?;
    account(&token.account, &Fields::asked(&query))
}

/// An account with the asked fields; the others are not public.
pub(super) fn account(account: &Account, fields: &Fields) -> Result<Response, GraphError> {
    let value = fields.pick(&account.id, &["id", "username"], |name| match name {
        "username" => Some(account.username.clone().into()),
        _ => None,
    })?;
    Ok(Json(value).into_response())
}

/// `POST /logging`: usage statistics of the reference client. They are recorded as a request and
/// otherwise forgotten.
pub(super) async fn logging(State(service): State<Arc<Service>>, request: Request) -> Result<Response, GraphError> {
    let (parts, body) = request.into_parts();
    let query = Params::from_query(parts.uri.query());
    let body = read_json(body).await;
    callers::reader(&service, &parts.headers, &query)?;
    body?;
    Ok(Json(json!({})).into_response())
}
