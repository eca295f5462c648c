//! The token endpoint. Mapillary wants the app's secret as `Authorization: OAuth …` and takes JSON,
//! so the standard's request is rewritten on its way out and the reply on its way in.

use futures_util::future::BoxFuture;
use oauth2::{
    AsyncHttpClient, AuthorizationCode, HttpRequest, HttpResponse, PkceCodeVerifier, RefreshToken, RequestTokenError,
    TokenResponse, http,
};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::{AppIdentity, Grant, oauth_client};
use crate::client::{Client, Token};
use crate::context::Context;
use crate::error::MapillaryError;
use crate::json as read;
use crate::oauth_failure::OAuthFailure;
use crate::operation::Operation;
use crate::redact::Redactor;

/// What oauth2 gives for a token request that went through `transmit`.
type TokenResult =
    Result<oauth2::basic::BasicTokenResponse, RequestTokenError<MapillaryError, oauth2::basic::BasicErrorResponse>>;

pub(super) async fn exchange_code(
    client: &Client,
    identity: &AppIdentity,
    code: SecretString,
    verifier: PkceCodeVerifier,
) -> Result<Grant, MapillaryError> {
    let redactor = Redactor::new(&[&identity.client_secret, &code]);
    let context = context(client, Operation::TokenExchange, redactor);
    let sender = Sender {
        client,
        context: &context,
        client_secret: &identity.client_secret,
    };
    let result = oauth_client(client, identity)?
        .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
        .set_pkce_verifier(verifier)
        .request_async(&sender)
        .await;
    grant(&context, result)
}

pub(super) async fn refresh(client: &Client, identity: &AppIdentity, current: &Token) -> Result<Grant, MapillaryError> {
    let redactor = Redactor::new(&[&identity.client_secret, current]);
    let context = context(client, Operation::TokenRefresh, redactor);
    let sender = Sender {
        client,
        context: &context,
        client_secret: &identity.client_secret,
    };
    let result = oauth_client(client, identity)?
        .exchange_refresh_token(&RefreshToken::new(current.expose_secret().to_owned()))
        .request_async(&sender)
        .await;
    grant(&context, result)
}

fn context(client: &Client, operation: Operation, redactor: Redactor) -> Context {
    Context::new(operation, &client.endpoints().graph, redactor)
}

fn grant(context: &Context, result: TokenResult) -> Result<Grant, MapillaryError> {
    match result {
        Ok(response) => Ok(Grant {
            token: SecretString::from(response.access_token().secret().as_str()),
            expires_in_s: response.expires_in().map(|lifetime| lifetime.as_secs()),
        }),
        Err(RequestTokenError::Request(error)) => Err(error),
        // What the others hold could quote the reply, so nothing of it is taken over.
        Err(_) => Err(context.missing("access_token")),
    }
}

/// What oauth2 sends its requests through. A type of its own instead of a closure: only so can the
/// compiler see that the futures of this module may change threads.
struct Sender<'a> {
    client: &'a Client,
    context: &'a Context,
    client_secret: &'a SecretString,
}

impl<'c> AsyncHttpClient<'c> for Sender<'_> {
    type Error = MapillaryError;
    type Future = BoxFuture<'c, Result<HttpResponse, MapillaryError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(transmit(self.client, self.context, self.client_secret, request))
    }
}

/// Sends the standard's form request as the JSON request that Mapillary documents.
async fn transmit(
    client: &Client,
    context: &Context,
    client_secret: &SecretString,
    request: HttpRequest,
) -> Result<HttpResponse, MapillaryError> {
    let (parts, form) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|_| context.missing("address"))?;
    let fields: Map<String, Value> = form_urlencoded::parse(&form)
        .map(|(key, value)| (key.into_owned(), Value::String(value.into_owned())))
        .collect();
    let outgoing = client
        .request(Method::POST, url, client_secret)?
        .json(&Value::Object(fields));
    let reply = match client.json(context, outgoing).await {
        Err(MapillaryError::Status { body, .. }) if body.code.is_none() && body.kind.is_some() && body.is_json => {
            let word = body.kind.unwrap_or_default();
            return Err(OAuthFailure::ServerError(word).into());
        }
        other => other?,
    };
    standard_response(context, &reply)
}

/// Makes the reply what the standard wants: `token_type` may be missing, `expires_in` a text.
fn standard_response(context: &Context, reply: &Value) -> Result<HttpResponse, MapillaryError> {
    if let Some(word) = reply.get("error").and_then(Value::as_str) {
        return Err(OAuthFailure::ServerError(context.redactor.clean(word)).into());
    }
    let token = read::text(reply.get("access_token")).ok_or_else(|| context.missing("access_token"))?;
    let is_bearer = reply
        .get("token_type")
        .is_none_or(|kind| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")));
    if !is_bearer {
        return Err(context.missing("token_type"));
    }
    let mut standard = json!({ "access_token": token, "token_type": "bearer" });
    if let (Some(lifetime_s), Some(fields)) = (read::unsigned(reply.get("expires_in")), standard.as_object_mut()) {
        fields.insert("expires_in".to_owned(), lifetime_s.into());
    }
    http::Response::builder()
        .status(200)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(standard.to_string().into_bytes())
        .map_err(|_| context.missing("access_token"))
}
