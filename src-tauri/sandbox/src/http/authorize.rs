//! `/connect`: the page where a person allows the app, or does not. What it accepts and how it
//! answers is the documented authorization request of version 4; PKCE (RFC 7636), which the
//! documentation does not mention, is remembered when it is sent.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::page::{escaped, page};
use super::params::Params;
use super::reply::GraphError;
use crate::identity::{DEFAULT_USERNAME, username_of};
use crate::service::Service;
use crate::tokens::{CODE_LIFETIME_MS, Challenge, CodeRecord, SCOPES};

/// The parameters that the form hands on.
const HANDED_ON: [&str; 7] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// A request that may be shown to a person.
struct Asked {
    redirect_uri: Url,
    /// The redirect URI as it was registered, letter by letter.
    redirect_text: String,
    scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<Challenge>,
}

/// Why the request cannot be shown.
enum Refused {
    /// The client cannot be trusted with an answer: tell the person.
    Page { title: &'static str, text: String },
    /// Tell the client.
    Client(Box<ClientError>),
}

/// An error that the client is told by a redirect.
struct ClientError {
    redirect_uri: Url,
    state: Option<String>,
    error: &'static str,
}

/// `GET`: the page, or, in a configuration that allows by itself, the answer. A parameter
/// `decision` answers at once too, for scripts that play the browser.
fn page_or_answer(service: &Service, params: &Params) -> Response {
    let asked = match read(service, params) {
        Ok(asked) => asked,
        Err(refused) => return refused.into_response(),
    };
    let decision = match params.get("decision") {
        None if service.config.auto_allow => Some("allow"),
        decision => decision,
    };
    match decision {
        None => form(service, params, &asked),
        Some("allow") => allow(service, params, asked).unwrap_or_else(GraphError::into_response),
        Some(_) => answer(asked.redirect_uri, asked.state.as_deref(), ("error", "user_denied")),
    }
}

/// `GET /connect`.
pub(super) async fn page_get(State(service): State<Arc<Service>>, request: Request) -> Response {
    page_or_answer(&service, &Params::from_query(request.uri().query()))
}

/// `POST /connect`: the form of the page.
pub(super) async fn decide(State(service): State<Arc<Service>>, request: Request) -> Response {
    let (parts, body): (_, Body) = request.into_parts();
    match Params::from_body(&parts.headers, body).await {
        Ok(params) => page_or_answer(&service, &params),
        Err(error) => error.into_response(),
    }
}

fn read(service: &Service, params: &Params) -> Result<Asked, Refused> {
    let client_id = params.get("client_id").unwrap_or_default();
    if client_id != service.identity.client_id {
        return Err(Refused::Page {
            title: "App not found",
            text: format!(
                "No app with the id <code>{}</code> is registered here.",
                escaped(client_id)
            ),
        });
    }
    let registered = &service.identity.redirect_uri;
    if let Some(uri) = params.get("redirect_uri")
        && uri != registered
    {
        return Err(Refused::Page {
            title: "Wrong RedirectUri provided",
            text: format!(
                "The app asked for <code>{}</code>. Registered is <code>{}</code>; both must be \
                 the same, letter by letter.",
                escaped(uri),
                escaped(registered)
            ),
        });
    }
    let Ok(redirect_uri) = Url::parse(registered) else {
        return Err(Refused::Page {
            title: "Wrong RedirectUri provided",
            text: "The registered redirect URI is not a URL.".to_owned(),
        });
    };
    let state = params.get("state").map(str::to_owned);
    let tell = |error| {
        Refused::Client(Box::new(ClientError {
            redirect_uri: redirect_uri.clone(),
            state: state.clone(),
            error,
        }))
    };
    if params.get("response_type").is_some_and(|kind| kind != "code") {
        return Err(tell("invalid_request"));
    }
    let challenge = match (
        params.get("code_challenge"),
        params.get("code_challenge_method").unwrap_or("plain"),
    ) {
        (None, _) => None,
        (Some(value), method @ ("S256" | "plain")) => Some(Challenge {
            value: value.to_owned(),
            hashed: method == "S256",
        }),
        (Some(_), _) => return Err(tell("invalid_request")),
    };
    let scopes = read_scopes(params).ok_or_else(|| tell("invalid_scope"))?;
    Ok(Asked {
        redirect_text: registered.clone(),
        scopes,
        challenge,
        state: state.clone(),
        redirect_uri: redirect_uri.clone(),
    })
}

/// The asked scopes, all when none is asked for. How several are separated is not documented:
/// blank, plus and comma all work.
fn read_scopes(params: &Params) -> Option<Vec<String>> {
    let text = params.get("scope").unwrap_or("read write upload");
    text.split([' ', ',', '+'])
        .filter(|scope| !scope.is_empty())
        .map(|scope| SCOPES.contains(&scope).then(|| scope.to_owned()))
        .collect()
}

fn form(service: &Service, params: &Params, asked: &Asked) -> Response {
    let hidden: Vec<String> = HANDED_ON
        .iter()
        .filter_map(|name| Some((name, escaped(params.get(name)?))))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"))
        .collect();
    let wishes: Vec<String> = asked
        .scopes
        .iter()
        .map(|scope| {
            let words = match scope.as_str() {
                "read" => "see who you are and what you uploaded",
                "write" => "change what you uploaded",
                _ => "upload in your name",
            };
            format!("<li><strong>{}</strong>: {words}</li>", escaped(scope))
        })
        .collect();
    let (hidden, wishes) = (hidden.join("\n"), wishes.concat());
    let body = format!(
        "<p>The app <code>{}</code> wants to:</p>\n<ul>{wishes}</ul>\n\
         <form method=\"post\" action=\"/connect\">\n{hidden}\n\
         <p><label>Practice account: <input name=\"account\" value=\"{DEFAULT_USERNAME}\" \
         autocomplete=\"off\"></label></p>\n\
         <p><button class=\"allow\" name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></p>\n</form>",
        escaped(&service.identity.client_id)
    );
    page(StatusCode::OK, "Allow this app?", &body)
}

fn allow(service: &Service, params: &Params, asked: Asked) -> Result<Response, GraphError> {
    let username = username_of(params.get("account").unwrap_or(DEFAULT_USERNAME));
    let code = service.tokens.issue_code(CodeRecord {
        account: service.identity.account(&username),
        scopes: asked.scopes,
        redirect_uri: asked.redirect_text,
        challenge: asked.challenge,
        expires_at_ms: service.now_ms().saturating_add(CODE_LIFETIME_MS),
    })?;
    Ok(answer(asked.redirect_uri, asked.state.as_deref(), ("code", &code)))
}

/// Sends the browser back to the client.
fn answer(mut redirect_uri: Url, state: Option<&str>, result: (&str, &str)) -> Response {
    redirect_uri
        .query_pairs_mut()
        .append_pair(result.0, result.1)
        .extend_pairs(state.map(|state| ("state", state)));
    let headers = [
        (header::LOCATION, redirect_uri.as_str()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::FOUND, headers).into_response()
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Page { title, text } => page(StatusCode::BAD_REQUEST, title, &format!("<p>{text}</p>")),
            Self::Client(told) => answer(told.redirect_uri, told.state.as_deref(), ("error", told.error)),
        }
    }
}
