//! One way out to the network: sends a request, reads a bounded reply, and sorts every refusal
//! into the error it is. Failures of the line itself are sorted in `line_failure`.

use std::future::Future;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use url::Url;

use crate::client::Client;
use crate::context::Context;
use crate::endpoints::host_of;
use crate::error::{ContentProblem, MapillaryError};
use crate::header_text::header_text;
use crate::line_failure::{timeout_error, transport_error};
use crate::operation::Operation;
use crate::retry::{is_graph_throttle, parse_retry_after, throttle_wait_ms};
use crate::server_error::ServerError;

/// Longest reply that is read, in bytes. The longest honest ones are search pages: 2,000 images
/// with four signed links each are about 6 MB.
pub(crate) const MAX_REPLY_BYTES: usize = 16 << 20;

/// Longest error reply that is read, in bytes; what follows is ignored, the status counts.
const MAX_ERROR_REPLY_BYTES: usize = 64 << 10;

/// Subcodes of a refused login after which the person is asked again (`mapillary_tools` 0.14.7).
const LOGIN_ASK_AGAIN: [i64; 4] = [1_348_028, 1_348_092, 3_404_005, 1_348_131];

/// A reply whose body has been read.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Sends `request` within the request timeout, counted from the connection on, and returns the
    /// JSON of a successful reply.
    pub(crate) async fn json(&self, context: &Context, request: RequestBuilder) -> Result<Value, MapillaryError> {
        let reply = self.exchange(context, request).await?;
        interpret(context, &reply)
    }

    /// As [`Self::json`], for an answer that is no JSON.
    pub(crate) async fn bytes(&self, context: &Context, request: RequestBuilder) -> Result<Vec<u8>, MapillaryError> {
        let reply = self.exchange(context, request).await?;
        if !(200..300).contains(&reply.status) {
            return Err(refusal(context, &reply));
        }
        if is_web_page(&reply) {
            return Err(MapillaryError::CaptivePortal {
                operation: context.operation,
                host: context.host.clone(),
                status: reply.status,
            });
        }
        Ok(reply.body)
    }

    async fn exchange(&self, context: &Context, request: RequestBuilder) -> Result<Reply, MapillaryError> {
        if context.operation.can_wait()
            && let Some((percent, wait_ms)) = self.usage_pause()
        {
            return Err(near_the_limit(context, percent, wait_ms));
        }
        // Both together, so that a connection that never stands is told as such, by its own limit.
        let limit = self.connect_timeout() + self.request_timeout();
        let exchange = async {
            let response = request
                .send()
                .await
                .map_err(|error| transport_error(context, error, self.connect_timeout()))?;
            read(context, response).await
        };
        let reply = within(context, limit, exchange).await?;
        self.note_usage(&reply.headers);
        Ok(reply)
    }
}

/// The app has nearly used up its requests: reading pauses before the service says so itself, so
/// that what is being sent still gets through. Nothing was sent.
fn near_the_limit(context: &Context, percent: u32, wait_ms: u64) -> MapillaryError {
    MapillaryError::RateLimited {
        operation: context.operation,
        status: 200,
        wait_ms,
        body: Box::new(ServerError {
            message: Some(format!("{percent} % of the requests allowed to this app are used up")),
            ..ServerError::default()
        }),
    }
}

/// Runs `exchange` but gives up after `limit`.
async fn within<T>(
    context: &Context,
    limit: Duration,
    exchange: impl Future<Output = Result<T, MapillaryError>>,
) -> Result<T, MapillaryError> {
    match tokio::time::timeout(limit, exchange).await {
        Ok(result) => result,
        Err(_) => Err(timeout_error(context, limit)),
    }
}

/// Reads the body of `response`, no more of it than any honest reply has.
pub(crate) async fn read(context: &Context, mut response: Response) -> Result<Reply, MapillaryError> {
    let status = response.status().as_u16();
    let is_success = response.status().is_success();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                if is_success && body.len() + chunk.len() > MAX_REPLY_BYTES {
                    return Err(context.content(ContentProblem::TooLarge {
                        limit_bytes: MAX_REPLY_BYTES,
                    }));
                }
                body.extend_from_slice(&chunk);
                if !is_success && body.len() > MAX_ERROR_REPLY_BYTES {
                    body.truncate(MAX_ERROR_REPLY_BYTES);
                    break;
                }
            }
            Ok(None) => break,
            // The status of a refusal counts even when its words are cut short.
            Err(_) if !is_success => break,
            Err(error) => return Err(transport_error(context, error, Duration::ZERO)),
        }
    }
    Ok(Reply { status, headers, body })
}

/// Turns a reply into its JSON object, or into the error it stands for.
pub(crate) fn interpret(context: &Context, reply: &Reply) -> Result<Value, MapillaryError> {
    if !(200..300).contains(&reply.status) {
        return Err(refusal(context, reply));
    }
    match serde_json::from_slice::<Value>(&reply.body) {
        // Graph can report an error with status 200.
        Ok(value) if value.get("error").is_some_and(Value::is_object) => Err(refusal(context, reply)),
        Ok(value @ Value::Object(_)) => Ok(value),
        _ if is_web_page(reply) => Err(MapillaryError::CaptivePortal {
            operation: context.operation,
            host: context.host.clone(),
            status: reply.status,
        }),
        _ => Err(context.content(ContentProblem::NotJson {
            beginning: context.redactor.clean(&String::from_utf8_lossy(&reply.body)),
        })),
    }
}

/// Sorts a reply that is no success into its error. The order of the tests is the precedence.
pub(crate) fn refusal(context: &Context, reply: &Reply) -> MapillaryError {
    let operation = context.operation;
    let status = reply.status;
    if is_sent_to_a_portal(context, reply) {
        return MapillaryError::CaptivePortal {
            operation,
            host: context.host.clone(),
            status,
        };
    }
    if (300..400).contains(&status) {
        return MapillaryError::Redirect {
            operation,
            host: context.host.clone(),
            status,
            to_host: context.redactor.clean(&redirect_host(&reply.headers)),
        };
    }
    if status == 511 || (status == 403 && is_web_page(reply)) {
        return MapillaryError::CaptivePortal {
            operation,
            host: context.host.clone(),
            status,
        };
    }
    let body = Box::new(ServerError::parse(&reply.body, &context.redactor));
    let retry_after_ms =
        header_text(&reply.headers, RETRY_AFTER.as_str()).and_then(|value| parse_retry_after(value, SystemTime::now()));
    let is_client_error = (400..500).contains(&status);

    let rupload_throttle = is_client_error && body.kind.as_deref() == Some("RequestRateLimitedError");
    if status == 429 || rupload_throttle || (status < 500 && is_graph_throttle(&body)) {
        return MapillaryError::RateLimited {
            operation,
            status,
            wait_ms: throttle_wait_ms(&body, retry_after_ms),
            body,
        };
    }
    let asks_again = body.subcode.is_some_and(|subcode| LOGIN_ASK_AGAIN.contains(&subcode));
    if operation == Operation::Login && is_client_error && asks_again {
        return MapillaryError::LoginRefused {
            status,
            body,
            may_ask_again: true,
        };
    }
    let token_refused = matches!(status, 401 | 403)
        || (is_client_error && body.kind.as_deref() == Some("NotAuthorizedError"))
        || body.code == Some(190);
    if token_refused {
        return MapillaryError::Unauthorized {
            operation,
            status,
            body,
        };
    }
    if is_client_error && (body.code == Some(-2) || body.subcode == Some(3_404_014)) {
        return MapillaryError::QueryTooHeavy { operation, body };
    }
    if operation == Operation::Login && is_client_error && body.is_json {
        return MapillaryError::LoginRefused {
            status,
            body,
            may_ask_again: false,
        };
    }
    MapillaryError::Status {
        operation,
        status,
        body,
        retry_after_ms,
    }
}

/// Whether the reply is a page for people: the service itself speaks JSON only.
fn is_web_page(reply: &Reply) -> bool {
    let declared = header_text(&reply.headers, CONTENT_TYPE.as_str())
        .is_some_and(|value| value.to_ascii_lowercase().contains("text/html"));
    let beginning: Vec<u8> = reply
        .body
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .take(14)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    declared || beginning.starts_with(b"<!doctype html") || beginning.starts_with(b"<html")
}

/// Whether the network sends everybody to a page of its own: the service redirects no call at all, and a sign-in page
/// lies on another computer and is no permanent place for what was asked for.
fn is_sent_to_a_portal(context: &Context, reply: &Reply) -> bool {
    let elsewhere = |location: &str| {
        let url = Url::parse(location).ok()?;
        let name = url.host_str()?;
        Some(name != context.host && !context.host.starts_with(&format!("{name}:")))
    };
    matches!(reply.status, 302 | 303 | 307)
        && header_text(&reply.headers, LOCATION.as_str())
            .and_then(elsewhere)
            .unwrap_or(false)
}

fn redirect_host(headers: &HeaderMap) -> String {
    let Some(location) = header_text(headers, LOCATION.as_str()) else {
        return "nowhere".to_owned();
    };
    match Url::parse(location) {
        Ok(url) => host_of(&url),
        Err(_) => "another path".to_owned(),
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
