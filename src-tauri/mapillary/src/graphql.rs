//! The web app's own queries: whose account is it, and which sequences are processed but not yet
//! on the map. Undocumented like the feed, open only as far as the service lets a person's own
//! token in; the token of the web app is never used.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::json as read;
use crate::operation::Operation;
use crate::redact::Redactor;
use crate::retry::{is_graph_throttle, throttle_wait_ms};
use crate::server_error::ServerError;

/// API notes §3.2, `getData`.
const USER_QUERY: &str = "query getData($username: String!) { user_by_username(username: $username) { \
id username description created_at_seconds stats { images distance { km } } } }";

/// API notes §3.2 and §3.5, `getNewSequences`.
const NEW_SEQUENCES_QUERY: &str = "query getNewSequences($username: String!) { \
user_by_username(username: $username) { id new_sequences { sequence_keys geojson } } }";

/// What the web app shows about an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserStats {
    /// The account's number, as text.
    pub id: String,
    /// Its name.
    pub username: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    /// When it was made, in seconds since 1970 UTC.
    pub created_at_s: Option<i64>,
    /// Images it published.
    pub image_count: Option<u64>,
    /// Length of what it captured, in kilometres.
    pub distance_km: Option<f64>,
}

/// Sequences that are processed but not yet drawn into the tiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewSequences {
    /// The account's number, as text.
    pub user_id: String,
    /// Their keys.
    pub sequence_keys: Vec<String>,
    /// Their courses as a `FeatureCollection`; nothing when there was none to read.
    pub geojson: Option<Value>,
}

/// An answer, and what is needed to say what is wrong with it.
#[derive(Debug)]
pub(crate) struct GraphqlReply {
    pub(crate) context: Context,
    pub(crate) body: Value,
}

impl Client {
    /// What the web app shows about the account `username`.
    ///
    /// Returns [`MapillaryError::FeedRefused`] when this query is not open to the token.
    pub async fn user_stats(&self, token: &Token, username: &str) -> Result<UserStats, MapillaryError> {
        let variables = json!({ "username": username });
        let reply = self
            .graphql(token, Operation::UserStats, USER_QUERY, &variables)
            .await?;
        parse_user(&reply.body).ok_or_else(|| refusal(&reply.context, &reply.body))
    }

    /// The sequences of `username` that are processed but not yet on the map.
    ///
    /// Errors as [`Self::user_stats`].
    pub async fn new_sequences(&self, token: &Token, username: &str) -> Result<NewSequences, MapillaryError> {
        let variables = json!({ "username": username });
        let reply = self
            .graphql(token, Operation::NewSequences, NEW_SEQUENCES_QUERY, &variables)
            .await?;
        parse_new_sequences(&reply.body).ok_or_else(|| refusal(&reply.context, &reply.body))
    }

    /// Sends one query. Any refusal by status means that the query is closed to us, not that the
    /// sign-in is.
    pub(crate) async fn graphql(
        &self,
        token: &Token,
        operation: Operation,
        doc: &str,
        variables: &Value,
    ) -> Result<GraphqlReply, MapillaryError> {
        let mut url = join(&self.endpoints().graph, &["graphql"])?;
        url.query_pairs_mut()
            .append_pair("doc", doc)
            .append_pair("variables", &variables.to_string());
        let context = Context::new(operation, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        match self.json(&context, request).await {
            Ok(body) => Ok(GraphqlReply { context, body }),
            Err(error) => Err(as_refusal(error)),
        }
    }
}

/// Any refusal by status means that the query is closed to us, not that the sign-in is.
fn as_refusal(error: MapillaryError) -> MapillaryError {
    match error {
        MapillaryError::Unauthorized { status, body, .. } => MapillaryError::FeedRefused { status, body },
        MapillaryError::Status { status, body, .. }
            if (200..500).contains(&status) && body.is_transient != Some(true) =>
        {
            MapillaryError::FeedRefused { status, body }
        }
        other => other,
    }
}

/// What an answer without the expected content stands for: its errors come with status 200.
pub(crate) fn refusal(context: &Context, reply: &Value) -> MapillaryError {
    let status = 200;
    let Some(first) = reply.get("errors").and_then(|errors| errors.get(0)) else {
        // GraphQL leaves out, without a word, what the asker may not see.
        return MapillaryError::FeedRefused {
            status,
            body: Box::new(ServerError {
                is_json: true,
                message: Some("the answer holds nothing of what was asked".to_owned()),
                ..ServerError::default()
            }),
        };
    };
    let body = Box::new(ServerError::from_value(&json!({ "error": first }), &context.redactor));
    if is_graph_throttle(&body) {
        return MapillaryError::RateLimited {
            operation: context.operation,
            status,
            wait_ms: throttle_wait_ms(&body, None),
            body,
        };
    }
    if body.is_transient == Some(true) {
        return MapillaryError::Status {
            operation: context.operation,
            status,
            body,
            retry_after_ms: None,
        };
    }
    MapillaryError::FeedRefused { status, body }
}

fn parse_user(reply: &Value) -> Option<UserStats> {
    let user = reply.pointer("/data/user_by_username")?;
    Some(UserStats {
        id: read::text(user.get("id"))?,
        username: read::text(user.get("username")),
        description: read::text(user.get("description")),
        created_at_s: read::integer(user.get("created_at_seconds")),
        image_count: read::unsigned(user.pointer("/stats/images")),
        distance_km: read::float(user.pointer("/stats/distance/km")),
    })
}

fn parse_new_sequences(reply: &Value) -> Option<NewSequences> {
    let user = reply.pointer("/data/user_by_username")?;
    let new = user.get("new_sequences").unwrap_or(&Value::Null);
    let keys = new.get("sequence_keys").and_then(Value::as_array);
    // The courses come as a text that holds JSON.
    let geojson = match new.get("geojson") {
        Some(Value::String(text)) => serde_json::from_str::<Value>(text).ok(),
        other => other.cloned(),
    };
    Some(NewSequences {
        user_id: read::text(user.get("id"))?,
        sequence_keys: keys
            .map(|keys| keys.iter().filter_map(|key| read::text(Some(key))).collect())
            .unwrap_or_default(),
        geojson: geojson.filter(Value::is_object),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary_json::any_json;
    use proptest::prelude::*;

    #[test]
    fn new_sequences_hold_their_course_as_a_text() {
        let course = json!({"type": "FeatureCollection", "features": []});
        let found = parse_new_sequences(&json!({"data": {"user_by_username": {"id": 7, "new_sequences": {
            "sequence_keys": ["a", "b"], "geojson": course.to_string(),
        }}}}))
        .unwrap();
        assert_eq!((found.user_id.as_str(), found.sequence_keys.len()), ("7", 2));
        assert_eq!(found.geojson, Some(course));
        let none = parse_new_sequences(&json!({"data": {"user_by_username": {"id": "7", "new_sequences": null}}}));
        assert_eq!(none.unwrap().sequence_keys, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn no_answer_of_any_shape_panics(value in any_json()) {
            let whole = json!({"data": {"user_by_username": value}});
            let _ = (parse_user(&value), parse_user(&whole));
            let _ = (parse_new_sequences(&value), parse_new_sequences(&whole));
        }
    }
}
