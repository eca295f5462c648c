//! Tells another program about sequences, at an address that the person gave.

use reqwest::header::LOCATION;
use serde_json::Value;
use url::Url;

use crate::client::Client;
use crate::context::Context;
use crate::endpoints::{host_of, is_loopback, public_form};
use crate::error::MapillaryError;
use crate::http::read;
use crate::line_failure::{timeout_error, transport_error};
use crate::operation::Operation;
use crate::redact::Redactor;

/// What a webhook answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookReply {
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The beginning of its answer.
    pub beginning: String,
}

impl Client {
    /// Posts `record` as JSON to `address`, once. No token goes along, and no redirect is followed: the person named one
    /// place, not whom that place names.
    ///
    /// Returns [`MapillaryError::InvalidUrl`] unless it is https, or http on this computer;
    /// [`MapillaryError::WebhookRefused`] for every answer but success.
    pub async fn post_record(&self, address: &Url, record: &Value) -> Result<WebhookReply, MapillaryError> {
        let is_safe = match address.scheme() {
            "https" => address.host_str().is_some(),
            "http" => is_loopback(address),
            _ => false,
        };
        if !is_safe {
            return Err(MapillaryError::InvalidUrl {
                what: "webhook".to_owned(),
                url: public_form(address),
                reason: "a record is handed over by https only, or by http on this computer".to_owned(),
            });
        }
        let context = Context::new(Operation::HandOver, address, Redactor::default());
        let limit = self.connect_timeout() + self.request_timeout();
        let exchange = async {
            let response = self
                .post_without_token(address)
                .json(record)
                .send()
                .await
                .map_err(|error| transport_error(&context, error, self.connect_timeout()))?;
            read(&context, response).await
        };
        let reply = match tokio::time::timeout(limit, exchange).await {
            Ok(reply) => reply?,
            Err(_) => return Err(timeout_error(&context, limit)),
        };
        let beginning = context.redactor.clean(&String::from_utf8_lossy(&reply.body));
        if (200..300).contains(&reply.status) {
            return Ok(WebhookReply {
                status: reply.status,
                beginning,
            });
        }
        let leads_on = (300..400).contains(&reply.status) && reply.headers.contains_key(LOCATION);
        Err(MapillaryError::WebhookRefused {
            host: host_of(address),
            status: reply.status,
            beginning: if leads_on {
                "it leads elsewhere".to_owned()
            } else {
                beginning
            },
        })
    }
}
