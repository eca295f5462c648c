//! Errors in the words of the two halves of the service: the graph and the upload sessions.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::checks::Refusal;
use crate::error::SandboxError;
use crate::random;

/// An error of the graph: `{"error":{"message","type","code",…}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    status: StatusCode,
    kind: &'static str,
    code: i64,
    subcode: Option<i64>,
    message: String,
    user_title: Option<&'static str>,
    user_message: Option<&'static str>,
}

impl GraphError {
    fn new(status: StatusCode, kind: &'static str, code: i64, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code,
            subcode: None,
            message: message.into(),
            user_title: None,
            user_message: None,
        }
    }

    /// The sentence of the error.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// A parameter is missing or wrong: status 400, code 100.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MLYApiException", 100, message)
    }

    /// The id does not exist, or may not be seen: status 400, code 100, subcode 33.
    pub(crate) fn no_such_object(id: &str) -> Self {
        Self {
            subcode: Some(33),
            ..Self::parameter(format!(
                "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
            ))
        }
    }

    /// The password is wrong: status 400, code 100, subcode 1348092.
    pub(crate) fn wrong_password() -> Self {
        Self {
            subcode: Some(1_348_092),
            user_title: Some("Incorrect Password"),
            user_message: Some("The password you entered is incorrect. In practice it is: secret"),
            ..Self::parameter("Invalid parameter")
        }
    }

    /// No token at all: the real service was measured to answer 500 with code 190.
    pub(crate) fn no_token() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "MLYApiException",
            190,
            "An access token is required to request this resource.",
        )
    }

    /// The token is not one of ours, or of the wrong kind: status 401, code 190.
    pub(crate) fn bad_token(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "OAuthException", 190, message)
    }

    /// The token has expired, or a bad one stood in the query: status 400, code 190.
    pub(crate) fn expired_token(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "OAuthException", 190, message)
    }

    /// The token was not allowed to do this: status 403, code 10.
    pub(crate) fn not_allowed(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "OAuthException", 10, message)
    }

    /// Too many requests: status 400, code 4.
    pub(crate) fn throttled() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "OAuthException",
            4,
            "Application request limit reached",
        )
    }

    /// Nothing answers at this path.
    pub(crate) fn unknown_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "MLYApiException",
            100,
            "Practice: nothing answers at this path",
        )
    }
}

impl From<Refusal> for GraphError {
    fn from(refusal: Refusal) -> Self {
        Self::parameter(refusal.to_string())
    }
}

impl From<SandboxError> for GraphError {
    fn from(error: SandboxError) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "MLYApiException",
            2,
            error.to_string(),
        )
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = Map::new();
        error.insert("message".into(), self.message.into());
        error.insert("type".into(), self.kind.into());
        error.insert("code".into(), self.code.into());
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), subcode.into());
        }
        if let Some(title) = self.user_title {
            error.insert("error_user_title".into(), title.into());
        }
        if let Some(message) = self.user_message {
            error.insert("error_user_msg".into(), message.into());
        }
        error.insert("is_transient".into(), false.into());
        if let Ok(trace) = random::url_safe(22) {
            error.insert("fbtrace_id".into(), trace.into());
        }
        let body = json!({ "error": Value::Object(error) });
        (self.status, Json(body)).into_response()
    }
}

/// An error of an upload session: `{"debug_info":{"retriable","type","message"}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionError {
    status: StatusCode,
    kind: &'static str,
    retriable: bool,
    message: String,
}

impl SessionError {
    /// The request can never work as it is.
    pub(crate) fn refused(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind,
            retriable: false,
            message: message.into(),
        }
    }

    /// The token may not upload.
    pub(crate) fn not_authorized(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::refused("NotAuthorizedError", message)
        }
    }

    /// The session stands elsewhere: ask for the offset again.
    pub(crate) fn wrong_offset(asked: u64, size: u64) -> Self {
        Self {
            status: StatusCode::PRECONDITION_FAILED,
            kind: "OffsetInvalidError",
            retriable: true,
            message: format!("Offset {asked} does not match the current size {size}"),
        }
    }
}

impl From<SandboxError> for SessionError {
    fn from(error: SandboxError) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            kind: "InternalError",
            retriable: true,
            message: error.to_string(),
        }
    }
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        let body = json!({
            "debug_info": {
                "retriable": self.retriable,
                "type": self.kind,
                "message": self.message,
            }
        });
        (self.status, Json(body)).into_response()
    }
}
