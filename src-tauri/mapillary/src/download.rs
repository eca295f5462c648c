//! Pictures behind signed links: fetched without any token, because they lie with other hosts than the service.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use url::Url;

use crate::client::Client;
use crate::context::Context;
use crate::endpoints::{host_of, is_loopback, public_form};
use crate::error::{ContentProblem, MapillaryError, Phase};
use crate::http::{read, refusal};
use crate::line_failure::{timeout_error, transport_error};
use crate::operation::Operation;
use crate::redact::Redactor;

/// A picture on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    context: Context,
    stall_limit: Duration,
    length_bytes: Option<u64>,
    received_bytes: u64,
}

impl Client {
    /// Begins to fetch what `link` points to. No token goes along, and no redirect is followed.
    ///
    /// Returns [`MapillaryError::LinkExpired`] when the host does not honour the link (any more): ask the service for a
    /// new one. [`MapillaryError::InvalidUrl`] for an address that is neither https nor, in practice, on this computer.
    pub async fn download(&self, link: &Url) -> Result<Download, MapillaryError> {
        let is_safe = link.scheme() == "https" || (self.endpoints().is_practice() && is_loopback(link));
        if !is_safe {
            return Err(MapillaryError::InvalidUrl {
                what: "picture".to_owned(),
                url: public_form(link),
                reason: "pictures are fetched by https only".to_owned(),
            });
        }
        // The signature in the link opens the picture: it is blotted out of every text as if it were a secret.
        let context = Context::new(Operation::Picture, link, Redactor::default());
        let limit = self.connect_timeout() + self.request_timeout();
        let response = match tokio::time::timeout(limit, self.without_token(link).send()).await {
            Ok(answer) => answer.map_err(|error| transport_error(&context, error, self.connect_timeout()))?,
            Err(_) => return Err(timeout_error(&context, limit)),
        };
        let status = response.status().as_u16();
        if matches!(status, 401 | 403 | 404 | 410) {
            return Err(MapillaryError::LinkExpired {
                host: host_of(link),
                status,
            });
        }
        if !response.status().is_success() {
            let reply = read(&context, response).await?;
            return Err(refusal(&context, &reply));
        }
        Ok(Download {
            length_bytes: response.content_length(),
            response,
            context,
            stall_limit: Duration::from_millis(self.options().stall_timeout_ms),
            received_bytes: 0,
        })
    }
}

impl Download {
    /// How long it is, where the host says so.
    pub fn length_bytes(&self) -> Option<u64> {
        self.length_bytes
    }

    /// What to say of a picture that is longer than any can be.
    pub fn too_large(&self, limit_bytes: usize) -> MapillaryError {
        self.context.content(ContentProblem::TooLarge { limit_bytes })
    }

    /// The next bytes; nothing at the end.
    ///
    /// Returns [`MapillaryError::Connection`] also for an end before the announced length, and
    /// [`MapillaryError::Timeout`] when nothing comes for a while.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MapillaryError> {
        let chunk = match tokio::time::timeout(self.stall_limit, self.response.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| transport_error(&self.context, error, Duration::ZERO))?,
            Err(_) => return Err(timeout_error(&self.context, self.stall_limit)),
        };
        let length = chunk.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.received_bytes = self.received_bytes.saturating_add(length);
        if chunk.is_none() && self.length_bytes.is_some_and(|length| length != self.received_bytes) {
            return Err(MapillaryError::Connection {
                operation: Operation::Picture,
                host: self.context.host.clone(),
                phase: Phase::Transfer,
                detail: "it ended before all bytes had come".to_owned(),
            });
        }
        Ok(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_is_not_fetched_over_an_open_line() {
        let client = Client::new(crate::ClientOptions::default()).unwrap();
        for link in [
            "http://cdn.example/1.jpg?oh=secret",
            "http://127.0.0.1/1.jpg",
            "ftp://cdn.example/1.jpg",
        ] {
            let error = client.download(&Url::parse(link).unwrap()).await.unwrap_err();
            assert_eq!(error.code(), "invalid_url");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
