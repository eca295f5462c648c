//! Questions about the service itself: its clock, and readings in a form that no other call has. For finding out how it
//! behaves, never for the work.

use std::time::UNIX_EPOCH;

use reqwest::Method;
use reqwest::header::DATE;
use serde_json::Value;

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::header_text::header_text;
use crate::http::read;
use crate::operation::Operation;
use crate::redact::Redactor;

impl Client {
    /// What the service's clock says, in milliseconds since 1970 UTC, to the second; nothing when it does not say. No
    /// token goes along, so that any answer will do.
    ///
    /// Returns the errors of a service that cannot be reached.
    pub async fn service_clock_ms(&self) -> Result<Option<i64>, MapillaryError> {
        let url = join(&self.endpoints().graph, &[""])?;
        let context = Context::new(Operation::Probe, &url, Redactor::new(&[]));
        let response = self
            .bare_request(Method::GET, url)
            .timeout(self.request_timeout())
            .send();
        let response = response
            .await
            .map_err(|error| crate::line_failure::transport_error(&context, error, self.connect_timeout()))?;
        let reply = read(&context, response).await?;
        let date = header_text(&reply.headers, DATE.as_str()).and_then(|text| httpdate::parse_http_date(text).ok());
        Ok(date
            .and_then(|date| date.duration_since(UNIX_EPOCH).ok())
            .and_then(|since| i64::try_from(since.as_millis()).ok()))
    }

    /// Reads `path` below the Graph API with `query` as it stands.
    ///
    /// Returns whatever the service answers in the place of JSON.
    pub async fn probe(&self, token: &Token, path: &[&str], query: &[(&str, &str)]) -> Result<Value, MapillaryError> {
        let mut url = join(&self.endpoints().graph, path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let context = Context::new(Operation::Probe, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        self.json(&context, request).await
    }
}
