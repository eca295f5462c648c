//! Query strings, forms and JSON bodies as plain names and values. The service takes a token
//! request either way, and numbers as numbers or as text.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::Value;

use super::reply::GraphError;

/// Largest JSON or form body, in bytes.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Names and values; a name that comes twice has its last value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(HashMap<String, String>);

impl Params {
    /// From a query string or form body.
    pub(crate) fn from_form(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// From the query of a request, if it has one.
    pub(crate) fn from_query(query: Option<&str>) -> Self {
        Self::from_form(query.unwrap_or_default())
    }

    /// From a body: JSON object or form, whichever the content type says.
    pub(crate) async fn from_body(headers: &HeaderMap, body: Body) -> Result<Self, GraphError> {
        let is_form = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if is_form {
            let bytes = read(body).await?;
            return Ok(Self::from_form(&String::from_utf8_lossy(&bytes)));
        }
        let Value::Object(fields) = read_json(body).await? else {
            return Err(GraphError::parameter("The body is not a JSON object"));
        };
        Ok(Self(
            fields
                .into_iter()
                .map(|(name, value)| match value {
                    Value::String(text) => (name, text),
                    other => (name, other.to_string()),
                })
                .collect(),
        ))
    }

    /// The value of `name`; an empty one counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of `name`, which must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, GraphError> {
        self.get(name)
            .ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")))
    }

    /// The value of `name` as a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, GraphError> {
        self.get(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| GraphError::parameter(format!("Param {name} must be a number: {text}")))
            })
            .transpose()
    }

    /// The values of a comma list.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.get(name)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, GraphError> {
    axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| GraphError::parameter("The body cannot be read, or is too long"))
}

/// The JSON of a body.
pub(crate) async fn read_json(body: Body) -> Result<Value, GraphError> {
    serde_json::from_slice(&read(body).await?)
        .map_err(|error| GraphError::parameter(format!("The body is not JSON: {error}")))
}
