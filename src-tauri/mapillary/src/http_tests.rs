//! The sorting of replies into errors, without a network.

use proptest::prelude::*;
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use super::*;
use crate::arbitrary_json::any_body;
use crate::redact::Redactor;
use crate::retry::retry_advice;

const CANARY: &str = "MLY|1|canary token";

fn context(operation: Operation) -> Context {
    let url = Url::parse("http://127.0.0.1:1/x").unwrap();
    let redactor = Redactor::new(&[&SecretString::from(CANARY)]);
    Context::new(operation, &url, redactor)
}

fn reply(status: u16, content_type: &'static str, body: &[u8]) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Reply {
        status,
        headers,
        body: body.to_vec(),
    }
}

fn code_of(operation: Operation, status: u16, content_type: &'static str, body: &str) -> String {
    let reply = reply(status, content_type, body.as_bytes());
    match interpret(&context(operation), &reply) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn every_row_of_the_error_table_is_told_apart() {
    let graph = |kind: &str, code: i64, more: &str| {
        format!(r#"{{"error":{{"type":"{kind}","code":{code},"message":"m"{more}}}}}"#)
    };
    let json = "application/json";
    for (status, body, expected) in [
        (500, graph("MLYApiException", 190, ""), "unauthorized"),
        (401, graph("OAuthException", 190, ""), "unauthorized"),
        (400, graph("OAuthException", 190, ""), "unauthorized"),
        (401, "user has not authorized application 1".to_owned(), "unauthorized"),
        (
            400,
            graph("MLYApiException", 100, r#","error_subcode":33"#),
            "server_status",
        ),
        (
            400,
            graph("OAuthException", -2, r#","error_subcode":3404014,"is_transient":false"#),
            "query_too_heavy",
        ),
        (500, graph("MLYApiException", 2, ""), "server_status"),
        (400, graph("OAuthException", 4, ""), "rate_limited"),
        (403, graph("OAuthException", 368, ""), "rate_limited"),
        (429, String::new(), "rate_limited"),
        (
            400,
            r#"{"debug_info":{"type":"NotAuthorizedError","retriable":false}}"#.to_owned(),
            "unauthorized",
        ),
        (
            400,
            r#"{"debug_info":{"type":"RequestRateLimitedError","retriable":false}}"#.to_owned(),
            "rate_limited",
        ),
        (200, graph("OAuthException", 190, ""), "unauthorized"),
        (200, graph("OAuthException", 1, ""), "server_status"),
        (200, "{}".to_owned(), "ok"),
        (200, "[]".to_owned(), "unusable_answer"),
        (200, String::new(), "unusable_answer"),
    ] {
        assert_eq!(
            code_of(Operation::ImageSearch, status, json, &body),
            expected,
            "{status} {body}"
        );
    }
}

#[test]
fn a_web_page_in_the_place_of_an_answer_is_a_captive_portal() {
    let html = "text/html; charset=utf-8";
    let page = "  <!DOCTYPE HTML><html>Sign in to the hotel's network</html>";
    for (status, content_type, body, expected) in [
        (200, html, page, "captive_portal"),
        (200, "text/plain", page, "captive_portal"),
        (200, html, "", "captive_portal"),
        (200, html, "{}", "ok"),
        (403, html, page, "captive_portal"),
        (403, "application/json", "{}", "unauthorized"),
        (511, "text/plain", "", "captive_portal"),
        (502, html, page, "server_status"),
        (404, html, page, "server_status"),
    ] {
        assert_eq!(
            code_of(Operation::Me, status, content_type, body),
            expected,
            "{status} {content_type} {body}"
        );
    }
}

#[test]
fn a_refused_login_says_whether_to_ask_again() {
    for (status, subcode, again) in [(400, 1_348_092, true), (401, 3_404_005, true), (400, 1, false)] {
        let body = format!(r#"{{"error":{{"message":"Invalid","code":100,"error_subcode":{subcode}}}}}"#);
        let reply = reply(status, "application/json", body.as_bytes());
        match interpret(&context(Operation::Login), &reply) {
            Err(MapillaryError::LoginRefused { may_ask_again, .. }) => {
                assert_eq!(may_ask_again, again, "{subcode}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_redirect_names_its_host_only() {
    let mut redirect = reply(308, "text/html", b"");
    redirect.headers.insert(
        LOCATION,
        HeaderValue::from_static("https://login.example/page?next=private"),
    );
    let error = refusal(&context(Operation::Me), &redirect).to_string();
    assert!(error.contains("login.example"), "{error}");
    assert!(!error.contains("private"), "{error}");
}

proptest! {
    #[test]
    fn no_reply_of_any_kind_panics_or_shows_the_secret(
        status in 100..1_000_u16,
        body in any_body(),
        is_html in any::<bool>(),
        position in 0..400_usize,
    ) {
        let mut body = body;
        let position = position.min(body.len());
        body.splice(position..position, CANARY.bytes());
        let content_type = if is_html { "text/html" } else { "application/json" };
        let reply = reply(status, content_type, &body);
        for operation in [Operation::Login, Operation::UploadSend, Operation::ImageSearch] {
            if let Err(error) = interpret(&context(operation), &reply) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("canary"), "{}", shown);
                prop_assert!(!error.code().is_empty());
                let advice = retry_advice(&error);
                prop_assert_eq!(advice, retry_advice(&error.clone()));
            }
        }
    }
}
