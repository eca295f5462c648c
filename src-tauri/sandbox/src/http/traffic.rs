//! What happens to every request: it is recorded, scripted trouble strikes it, and it is carried
//! out to the end even when its client has gone, as a real service would do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::callers::{Caller, authorization, identify};
use super::params::Params;
use super::reply::GraphError;
use crate::canned::CannedAnswer;
use crate::endpoint::Endpoint;
use crate::faults::{FaultAction, Garbage, Outcome};
use crate::record::RequestRecord;
use crate::service::Service;

/// Marks an answer that must not be sent: the connection is dropped instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

/// What a scripted outcome leaves on a request for the endpoint that makes the cluster.
#[derive(Debug, Clone)]
pub(crate) struct ScriptedOutcome(pub Outcome);

/// Most bytes of a body that are read although nobody wants them, so that the client gets to read
/// its answer instead of a reset connection.
const DRAIN_BYTES_MAX: u64 = 256 << 20;

/// An answer that drops the connection.
pub(crate) fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(DropConnection);
    response
}

/// Carries one request out; the outermost layer.
pub(crate) async fn handle(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if !from_this_computer(request.headers()) {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "Practice answers to its loopback address only.",
        )
            .into_response();
    }
    let work = service.tasks.clone();
    work.spawn(carry_out(service, request, next)).await.unwrap_or_else(|_| {
        // A panic in an endpoint; said as what it is.
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// Whether the request names this computer: a foreign page that made its own name point here
/// (DNS rebinding) does not.
fn from_this_computer(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("127.0.0.1");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost")
}

async fn carry_out(service: Arc<Service>, request: Request, next: Next) -> Response {
    let endpoint = Endpoint::of(request.method(), request.uri().path());
    if endpoint == Endpoint::Control {
        return next.run(request).await;
    }
    let action = service.faults.strike(endpoint, request.uri().path());
    let number = service.record.begin(recorded(&service, &request, action.as_ref()));
    let received = Arc::new(AtomicU64::new(0));
    let cut_after = match &action {
        Some(FaultAction::DropAfterBodyBytes { bytes }) => Some(*bytes),
        _ => None,
    };
    let counter = Arc::clone(&received);
    let request = request.map(|body| counted(body, counter, cut_after, service.ending.clone()));
    let response = struck(&service, endpoint, action, request, next).await;
    let is_dropped = response.extensions().get::<DropConnection>().is_some();
    let status = (!is_dropped).then_some(response.status().as_u16());
    service.record.end(number, status, received.load(Ordering::SeqCst));
    response
}

fn recorded(service: &Service, request: &Request, action: Option<&FaultAction>) -> RequestRecord {
    let headers = request.headers();
    let query = Params::from_query(request.uri().query());
    let caller = match identify(service, headers, &query) {
        Ok(Caller::Client) => Some("client".to_owned()),
        Ok(Caller::Secret) => Some("secret".to_owned()),
        Ok(Caller::User(record)) => Some(format!("user {}", record.account.username)),
        Err(super::callers::Stranger::NoToken) => None,
        Err(_) => Some("unknown".to_owned()),
    };
    let shown = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    RequestRecord {
        at_ms: service.now_ms(),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .map(|(name, value)| {
                let secret = matches!(name.as_ref(), "access_token" | "code" | "code_verifier");
                let value = if secret { "…".into() } else { value };
                (name.into_owned(), value.into_owned())
            })
            .collect(),
        headers: headers
            .iter()
            .filter(|(name, _)| **name != header::AUTHORIZATION && **name != header::COOKIE)
            .map(|(name, value)| (name.as_str().to_owned(), shown(value)))
            .collect(),
        authorization_word: authorization(headers).map(|(word, _)| word.to_owned()),
        caller,
        offset: headers
            .get("offset")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse().ok()),
        body_bytes: 0,
        status: None,
        fault: action.and_then(|action| {
            let kind = serde_json::to_value(action).ok()?;
            kind.get("kind")?.as_str().map(str::to_owned)
        }),
    }
}

/// The same body, its bytes counted, its line cut after `cut_after` bytes.
///
/// A body whose connection is closed from this side ends as if it were whole, so a service that
/// ends breaks every body off by itself.
fn counted(body: Body, counter: Arc<AtomicU64>, cut_after: Option<u64>, ending: CancellationToken) -> Body {
    let state = Counted {
        parts: body.into_data_stream(),
        counter,
        left: cut_after,
        ending,
        ended: false,
    };
    Body::from_stream(futures_util::stream::unfold(state, |mut state| async move {
        let part = state.next().await?;
        state.ended = part.is_err();
        Some((part, state))
    }))
}

struct Counted {
    parts: BodyDataStream,
    counter: Arc<AtomicU64>,
    left: Option<u64>,
    ending: CancellationToken,
    ended: bool,
}

impl Counted {
    async fn next(&mut self) -> Option<std::io::Result<Bytes>> {
        let cut = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the line was cut");
        if self.ended {
            return None;
        }
        if self.left == Some(0) {
            return Some(Err(cut()));
        }
        let part = tokio::select! {
            biased;
            () = self.ending.cancelled() => return Some(Err(cut())),
            part = self.parts.next() => part,
        };
        match part {
            None if self.left.is_some() || self.ending.is_cancelled() => Some(Err(cut())),
            None => None,
            Some(Err(error)) => Some(Err(std::io::Error::other(error))),
            Some(Ok(mut bytes)) => {
                if let Some(left) = &mut self.left {
                    bytes.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left = left.saturating_sub(bytes.len() as u64);
                }
                self.counter.fetch_add(bytes.len() as u64, Ordering::SeqCst);
                Some(Ok(bytes))
            }
        }
    }
}

/// Reads what is left of a body; false when the line broke before its end.
pub(crate) async fn drain(body: Body) -> bool {
    let mut parts = body.into_data_stream();
    let mut count = 0_u64;
    while let Some(part) = parts.next().await {
        let Ok(part) = part else { return false };
        count += part.len() as u64;
        if count > DRAIN_BYTES_MAX {
            break;
        }
    }
    true
}

/// Carries the request out, with the trouble that strikes it.
async fn struck(
    service: &Service,
    endpoint: Endpoint,
    action: Option<FaultAction>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(action) = action else {
        return next.run(request).await;
    };
    match action {
        FaultAction::DropAfterBodyBytes { .. } => {
            if endpoint == Endpoint::UploadSend {
                // The session keeps what arrives before the body breaks off.
                next.run(request).await;
            } else {
                drain(request.into_body()).await;
            }
            dropped()
        }
        FaultAction::LoseAnswer => {
            next.run(request).await;
            dropped()
        }
        FaultAction::Answer(answer) => instead(request, canned(answer)).await,
        FaultAction::AnswerAfterCommit(answer) => {
            next.run(request).await;
            canned(answer)
        }
        FaultAction::Garbage { garbage } => instead(request, useless(garbage)).await,
        FaultAction::Delay { wait_ms } => {
            wait(service, wait_ms).await;
            next.run(request).await
        }
        FaultAction::ForgetSession => {
            let key = request.uri().path().rsplit('/').next().unwrap_or_default();
            if crate::sessions::key_is_valid(key)
                && let Err(error) = service.sessions.forget(&service.identity, key)
            {
                return GraphError::from(error).into_response();
            }
            next.run(request).await
        }
        FaultAction::Redirect { location } => {
            let answer = CannedAnswer {
                status: StatusCode::TEMPORARY_REDIRECT.as_u16(),
                headers: vec![("location".to_owned(), location)],
                body: String::new(),
            };
            instead(request, canned(answer)).await
        }
        FaultAction::Throttle {
            backoff_ms,
            retry_after,
        } => {
            let answer = throttled(endpoint, backoff_ms, retry_after);
            instead(request, answer).await
        }
        FaultAction::Known { error } => instead(request, canned(error.answer())).await,
        FaultAction::AddHeaders { headers } => with_headers(next.run(request).await, &headers),
        FaultAction::Processing(outcome) => {
            request.extensions_mut().insert(ScriptedOutcome(outcome));
            next.run(request).await
        }
    }
}

/// Lets the body arrive, does nothing with it, and answers.
async fn instead(request: Request, answer: Response) -> Response {
    drain(request.into_body()).await;
    answer
}

async fn wait(service: &Service, wait_ms: u64) {
    let until = service.now_ms().saturating_add(wait_ms);
    loop {
        let now = service.now_ms();
        if now >= until || service.ending.is_cancelled() {
            return;
        }
        // The clock may be moved by hand, so look at it often.
        tokio::time::sleep(Duration::from_millis((until - now).min(10))).await;
    }
}

fn canned(answer: CannedAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    with_headers(response, &answer.headers)
}

/// Adds the headers that can be headers.
fn with_headers(mut response: Response, headers: &[(String, String)]) -> Response {
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn throttled(endpoint: Endpoint, backoff_ms: Option<u64>, retry_after: Option<String>) -> Response {
    let mut response = if matches!(endpoint, Endpoint::UploadOffset | Endpoint::UploadSend) {
        let mut body = json!({
            "debug_info": {
                "retriable": false,
                "type": "RequestRateLimitedError",
                "message": "Request rate limit has been exceeded",
            }
        });
        if let (Some(backoff), Some(body)) = (backoff_ms, body.as_object_mut()) {
            body.insert("backoff".to_owned(), backoff.into());
        }
        (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response()
    } else {
        GraphError::throttled().into_response()
    };
    if let Some(value) = retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn useless(garbage: Garbage) -> Response {
    const NULLS: &str = r#"{"offset":null,"h":null,"cluster_id":null,"access_token":null,"data":null,"id":null}"#;
    const WRONG: &str = r#"{"offset":"many","h":7,"cluster_id":{},"access_token":[],"data":"x","id":false}"#;
    let json = "application/json";
    let (kind, body): (&str, Vec<u8>) = match garbage {
        Garbage::HtmlPage => (
            "text/html",
            b"<!doctype html><title>Hotel</title><h1>Welcome. Please sign in.</h1>".to_vec(),
        ),
        Garbage::TruncatedJson => (json, br#"{"offset": 12, "h": "2:ab"#.to_vec()),
        Garbage::JsonArray => (json, b"[]".to_vec()),
        Garbage::JsonNull => (json, b"null".to_vec()),
        Garbage::JsonNumber => (json, b"42".to_vec()),
        Garbage::JsonString => (json, br#""fine""#.to_vec()),
        Garbage::EmptyObject => (json, b"{}".to_vec()),
        Garbage::WrongFieldTypes => (json, WRONG.as_bytes().to_vec()),
        Garbage::NullFields => (json, NULLS.as_bytes().to_vec()),
        Garbage::Empty => (json, Vec::new()),
        Garbage::NotUtf8 => (json, vec![0xFF, 0xFE, 0x00, 0xC3, 0x28, 0xA0, 0xA1]),
        Garbage::Huge => (json, vec![b' '; 10_000_000]),
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
