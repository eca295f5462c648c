//! The errors of the graph that third parties have measured or read in clients, word for word as
//! far as they are known, so that a test can have each of them from any endpoint.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::canned::CannedAnswer;

/// One error body of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownError {
    /// 500, `MLYApiException` 190: no `Authorization` header.
    NoAuthorization,
    /// 401, `OAuthException` 190: a token that was never given out.
    MalformedToken,
    /// 400, `OAuthException` 190: a token that has expired, or a bad one in the query.
    ExpiredToken,
    /// 401 and a bare text: the person took the permission back.
    Revoked,
    /// 400, `MLYApiException` 100/33: missing, not permitted or not supported.
    MissingObject,
    /// 400, `OAuthException` -2/3404014: the query is too heavy; not called transient although it is.
    QueryTimeout,
    /// 500, `MLYApiException` 2: an outage.
    Unavailable,
    /// 400, code 4: too many requests of the app.
    RequestLimit,
    /// 403, code 368: too many requests, disguised as a demand to log in.
    PleaseLogIn,
    /// 200 with top-level `errors`, code 1675004: too many GraphQL queries.
    GraphqlLimit,
    /// 200 with top-level `errors`: the query is not on the service's list.
    GraphqlRefused,
}

impl KnownError {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::NoAuthorization,
        Self::MalformedToken,
        Self::ExpiredToken,
        Self::Revoked,
        Self::MissingObject,
        Self::QueryTimeout,
        Self::Unavailable,
        Self::RequestLimit,
        Self::PleaseLogIn,
        Self::GraphqlLimit,
        Self::GraphqlRefused,
    ];

    /// The answer as it goes out.
    pub fn answer(self) -> CannedAnswer {
        let (status, kind, code, subcode, message) = match self {
            Self::NoAuthorization => (
                500,
                "MLYApiException",
                190,
                None,
                "An access token is required to request this resource.",
            ),
            Self::MalformedToken => (
                401,
                "OAuthException",
                190,
                None,
                "Invalid OAuth access token - Cannot parse access token",
            ),
            Self::ExpiredToken => (
                400,
                "OAuthException",
                190,
                None,
                "Error validating access token: Session has expired",
            ),
            Self::Revoked => return bare(401, "The user has not authorized application 1", "text/plain"),
            Self::MissingObject => (
                400,
                "MLYApiException",
                100,
                Some(33),
                "Unsupported get request. Object with ID '1' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
            ),
            Self::QueryTimeout => (400, "OAuthException", -2, Some(3_404_014), "Query Timeout"),
            Self::Unavailable => (500, "MLYApiException", 2, None, "Service temporarily unavailable"),
            Self::RequestLimit => (400, "OAuthException", 4, None, "Application request limit reached"),
            Self::PleaseLogIn => (403, "OAuthException", 368, None, "Please log in"),
            Self::GraphqlLimit => return graphql("Rate limit exceeded", 1_675_004),
            Self::GraphqlRefused => return graphql("This query is not known here", 1_675_030),
        };
        let mut error = json!({
            "message": message, "type": kind, "code": code, "is_transient": false, "fbtrace_id": "Apractice",
        });
        if let (Some(subcode), Some(error)) = (subcode, error.as_object_mut()) {
            error.insert("error_subcode".to_owned(), subcode.into());
        }
        bare(status, &json!({ "error": error }).to_string(), "application/json")
    }
}

fn graphql(message: &str, code: i64) -> CannedAnswer {
    let body = json!({ "errors": [{ "message": message, "code": code }] });
    bare(200, &body.to_string(), "application/json")
}

fn bare(status: u16, body: &str, kind: &str) -> CannedAnswer {
    CannedAnswer {
        status,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: body.to_owned(),
    }
}
