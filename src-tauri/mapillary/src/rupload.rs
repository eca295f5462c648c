//! The upload service: asks how much of a session has arrived, and sends the rest in one request.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::{Body, Method};
use url::Url;

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::http::{interpret, read as read_reply};
use crate::json;
use crate::line_failure::{timeout_error, transport_error};
use crate::operation::Operation;
use crate::redact::Redactor;
use crate::upload_body::UploadBody;

/// Shortest time an answer to an upload is waited for, in seconds (protocol notes §1.4).
const MINIMUM_ANSWER_S: f64 = 60.0;

/// Longest session key that is sent, in bytes: far above the 45 of the longest real one.
const MAX_SESSION_KEY_BYTES: usize = 200;

/// What the upload service gives for a completely sent object. It is opaque and must be passed on
/// byte for byte; some contain line breaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileHandle(pub String);

impl FileHandle {
    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a token may upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadPermission {
    /// The upload service accepted it.
    Granted,
    /// The upload service refused it.
    Refused {
        /// The service's words, where it had any.
        reason: Option<String>,
    },
}

impl Client {
    /// How many bytes of session `session_key` the server holds; 0 for one it does not know, and
    /// also for one it has forgotten.
    ///
    /// Returns [`MapillaryError::Content`] when the reply has no offset that is a number from 0.
    pub async fn upload_offset(&self, token: &Token, session_key: &str) -> Result<u64, MapillaryError> {
        let url = self.session_url(session_key)?;
        let context = Context::new(Operation::UploadOffset, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        // Strictly a number, unlike elsewhere: a misread offset would misplace bytes.
        reply
            .get("offset")
            .and_then(serde_json::Value::as_u64)
            .ok_or_else(|| context.missing("offset"))
    }

    /// Sends the bytes of session `session_key` from `offset`, which must be what
    /// [`Client::upload_offset`] just said, to `total_length`, both in bytes. With nothing left to
    /// send it asks for the handle again.
    ///
    /// Ends with [`MapillaryError::Timeout`] when the line takes no byte for the stall timeout, or
    /// when no answer comes within max(60 s, bytes sent / minimum speed) of the last byte; with
    /// [`MapillaryError::Source`] when `body` fails or has another length than announced.
    pub async fn upload_send(
        &self,
        token: &Token,
        session_key: &str,
        offset: u64,
        total_length: u64,
        body: UploadBody,
    ) -> Result<FileHandle, MapillaryError> {
        let url = self.session_url(session_key)?;
        let context = Context::new(Operation::UploadSend, &url, Redactor::new(&[token]));
        let remaining = total_length
            .checked_sub(offset)
            .ok_or_else(|| MapillaryError::InvalidInput {
                what: "upload offset",
                reason: format!("the server holds {offset} bytes of {total_length}"),
            })?;
        let mut request = self
            .request(Method::POST, url, token)?
            .header("Offset", offset)
            .header("X-Entity-Name", session_key);
        if !body.is_chunked() {
            // A known length always went together with the entity's length (protocol notes §1.15).
            request = request
                .header(CONTENT_LENGTH, HeaderValue::from(remaining))
                .header("X-Entity-Length", total_length);
        }
        let (stream, watch) = body.watched(remaining);
        let _abandon = watch.abandon_on_drop();
        let request = request.body(Body::wrap_stream(stream));

        let exchange = async {
            let response = request.send().await.map_err(|error| match watch.source_error() {
                Some((kind, detail)) => MapillaryError::Source {
                    kind,
                    detail: context.redactor.clean(&detail),
                },
                None => transport_error(&context, error, self.connect_timeout()),
            })?;
            read_reply(&context, response).await
        };
        let stall = Duration::from_millis(self.options().stall_timeout_ms);
        let answer = answer_timeout(remaining, self.options().minimum_upload_speed_bytes_per_s);
        let reply = tokio::select! {
            reply = exchange => reply?,
            silent_for = watch.silence(stall, answer) => {
                return Err(timeout_error(&context, silent_for));
            }
        };
        let reply = interpret(&context, &reply)?;
        json::text(reply.get("h"))
            .map(FileHandle)
            .ok_or_else(|| context.missing("h"))
    }

    /// Asks whether `token` may upload at all, by the harmless question for the offset of a fresh
    /// session. Nothing is sent or finished.
    ///
    /// Returns an error only when the question could not be settled.
    pub async fn upload_permission(&self, token: &Token) -> Result<UploadPermission, MapillaryError> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| MapillaryError::Setup {
            detail: error.to_string(),
        })?;
        let session_key = format!("mly_tools_uuid_{:032x}.json", u128::from_ne_bytes(random));
        match self.upload_offset(token, &session_key).await {
            Ok(_) => Ok(UploadPermission::Granted),
            Err(MapillaryError::Unauthorized { body, .. }) => Ok(UploadPermission::Refused {
                reason: body.text().map(str::to_owned),
            }),
            Err(error) => Err(error),
        }
    }

    fn session_url(&self, session_key: &str) -> Result<Url, MapillaryError> {
        let is_valid = (1..=MAX_SESSION_KEY_BYTES).contains(&session_key.len())
            && !session_key.starts_with('.')
            && session_key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if !is_valid {
            return Err(MapillaryError::InvalidInput {
                what: "session key",
                reason: "it may hold letters, digits, `_`, `-` and `.` only".to_owned(),
            });
        }
        join(&self.endpoints().upload, &[session_key])
    }
}

/// How long the answer to an upload of `sent_bytes` is waited for; without end for a speed that is
/// no speed.
fn answer_timeout(sent_bytes: u64, minimum_speed_bytes_per_s: Option<f64>) -> Option<Duration> {
    let speed = minimum_speed_bytes_per_s.filter(|speed| *speed > 0.0)?;
    let seconds = (sent_bytes as f64 / speed).max(MINIMUM_ANSWER_S);
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_waited_for_as_long_as_the_notes_say() {
        let default = Some(51_200.0);
        let seconds = |bytes, speed| answer_timeout(bytes, speed).map(|limit| limit.as_secs_f64());
        assert_eq!(seconds(0, default), Some(60.0));
        let observed = seconds(3_325_279, default).unwrap();
        assert!((observed - 64.946).abs() < 0.001, "{observed}");
        for endless in [None, Some(0.0), Some(-1.0), Some(f64::NAN)] {
            assert_eq!(seconds(1, endless), None, "{endless:?}");
        }
        assert_eq!(seconds(u64::MAX, Some(f64::MIN_POSITIVE)), None);
        assert_eq!(seconds(1, Some(f64::INFINITY)), Some(60.0));
    }
}
