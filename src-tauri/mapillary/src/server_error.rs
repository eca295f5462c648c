//! What the service said about a failure: Graph's `error` object, rupload's `debug_info`, or the
//! error of the OAuth standard, read into one form.

use serde_json::Value;

use crate::json;
use crate::redact::Redactor;

/// The body of an error reply. Every part is optional, because servers and the boxes between
/// leave out what they like. Texts are free of the secrets of the call and of bounded length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerError {
    /// Whether the body was a JSON object at all.
    pub is_json: bool,
    /// `error.type` or `debug_info.type`, such as `OAuthException` or `OffsetInvalidError`; for
    /// OAuth's own form the value of `error`.
    pub kind: Option<String>,
    /// `error.code`: Graph's number of the error.
    pub code: Option<i64>,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// The message for developers; the body itself when it was a text.
    pub message: Option<String>,
    /// `error.error_user_title`: a heading meant for the person.
    pub user_title: Option<String>,
    /// `error.error_user_msg`: a sentence meant for the person.
    pub user_message: Option<String>,
    /// `error.is_transient`.
    pub is_transient: Option<bool>,
    /// `debug_info.retriable`.
    pub is_retriable: Option<bool>,
    /// `backoff`: how long to wait, in milliseconds, as sent but never negative.
    pub backoff_ms: Option<u64>,
    /// `error.fbtrace_id`: what to quote to the service's support.
    pub trace_id: Option<String>,
}

impl ServerError {
    /// The most helpful text in it, for showing to a person.
    pub fn text(&self) -> Option<&str> {
        self.user_message
            .as_deref()
            .or(self.message.as_deref())
            .or(self.user_title.as_deref())
            .or(self.kind.as_deref())
    }

    /// Graph's answer for an id that does not exist, may not be seen, or cannot be read this way;
    /// the three cannot be told apart (code 100, with subcode 33 or none). A field name that the
    /// service does not know has the same code and is told apart by its words.
    pub fn is_missing_object(&self) -> bool {
        let names_a_field = self
            .message
            .as_deref()
            .is_some_and(|message| message.contains("nonexistent field"));
        self.code == Some(100) && matches!(self.subcode, None | Some(33)) && !names_a_field
    }

    pub(crate) fn parse(body: &[u8], redactor: &Redactor) -> Self {
        if let Ok(value @ Value::Object(_)) = serde_json::from_slice::<Value>(body) {
            return Self::from_value(&value, redactor);
        }
        let text = redactor.clean(&String::from_utf8_lossy(body));
        Self {
            message: (!text.is_empty()).then_some(text),
            ..Self::default()
        }
    }

    pub(crate) fn from_value(value: &Value, redactor: &Redactor) -> Self {
        let clean = |value: Option<&Value>| json::text(value).map(|text| redactor.clean(&text));
        let debug_info = value.get("debug_info");
        let debug = |key: &str| debug_info.and_then(|info| info.get(key));
        let mut parsed = Self {
            is_json: true,
            kind: clean(debug("type")),
            message: clean(debug("message")).or_else(|| clean(value.get("message"))),
            is_retriable: json::boolean(debug("retriable")),
            backoff_ms: json::integer(value.get("backoff")).map(|wait| u64::try_from(wait).unwrap_or(0)),
            ..Self::default()
        };
        match value.get("error") {
            Some(Value::String(kind)) => {
                parsed.kind = Some(redactor.clean(kind));
                parsed.message = clean(value.get("error_description")).or(parsed.message);
            }
            Some(error @ Value::Object(_)) => {
                parsed.kind = clean(error.get("type")).or(parsed.kind);
                parsed.message = clean(error.get("message")).or(parsed.message);
                parsed.code = json::integer(error.get("code"));
                parsed.subcode = json::integer(error.get("error_subcode"));
                parsed.user_title = clean(error.get("error_user_title"));
                parsed.user_message = clean(error.get("error_user_msg"));
                parsed.is_transient = json::boolean(error.get("is_transient"));
                parsed.trace_id = clean(error.get("fbtrace_id"));
            }
            _ => {}
        }
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_of_error_body_are_understood() {
        let redactor = Redactor::default();
        let graph = ServerError::parse(
            br#"{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":1348092,"error_user_title":"Incorrect Password","error_user_msg":"Try again","is_transient":false,"fbtrace_id":"A1"}}"#,
            &redactor,
        );
        assert_eq!(graph.code, Some(100));
        assert_eq!(graph.subcode, Some(1_348_092));
        assert_eq!(graph.text(), Some("Try again"));
        assert_eq!(graph.is_transient, Some(false));

        let rupload = ServerError::parse(
            br#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"offset"},"backoff":"3000"}"#,
            &redactor,
        );
        assert_eq!(rupload.kind.as_deref(), Some("OffsetInvalidError"));
        assert_eq!(rupload.is_retriable, Some(true));
        assert_eq!(rupload.backoff_ms, Some(3_000));

        let standard = ServerError::parse(
            br#"{"error":"invalid_grant","error_description":"code was used"}"#,
            &redactor,
        );
        assert_eq!(standard.kind.as_deref(), Some("invalid_grant"));
        assert_eq!(standard.text(), Some("code was used"));
    }

    #[test]
    fn a_body_that_is_not_json_is_kept_as_text() {
        let parsed = ServerError::parse(b"The user has not authorized application 5", &Redactor::default());
        assert!(!parsed.is_json);
        assert_eq!(parsed.text(), Some("The user has not authorized application 5"));
        assert_eq!(ServerError::parse(b"", &Redactor::default()).text(), None);
    }

    #[test]
    fn a_negative_backoff_is_no_wait() {
        let parsed = ServerError::parse(br#"{"backoff":-5}"#, &Redactor::default());
        assert_eq!(parsed.backoff_ms, Some(0));
    }
}
