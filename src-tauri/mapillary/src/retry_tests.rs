//! The retry table and the reading of waits, form by form.

use std::time::Duration;

use super::*;
use crate::error::{ContentProblem, Phase};
use crate::oauth_failure::OAuthFailure;
use crate::operation::Operation;

/// A fixed present: 2026-11-20 12:00:00 UTC.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_176_000)
}

#[test]
fn the_own_wait_doubles_up_to_sixteen_seconds() {
    let waits: Vec<u64> = (0..8).map(backoff_ms).collect();
    assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000, 16_000]);
    assert_eq!(backoff_ms(u32::MAX), 16_000);
}

#[test]
fn retry_after_is_read_in_every_form_and_capped() {
    let future = httpdate::fmt_http_date(now() + Duration::from_secs(90));
    let past = httpdate::fmt_http_date(now() - Duration::from_secs(90));
    let far = httpdate::fmt_http_date(now() + Duration::from_secs(900_000));
    for (value, expected_ms) in [
        ("0", Some(0)),
        ("2", Some(2_000)),
        (" 2 ", Some(2_000)),
        ("2.5", Some(2_500)),
        ("-3", Some(0)),
        ("99999999999999999999", Some(MAX_SERVER_WAIT_MS)),
        ("inf", Some(MAX_SERVER_WAIT_MS)),
        ("NaN", None),
        (future.as_str(), Some(90_000)),
        (past.as_str(), Some(0)),
        (far.as_str(), Some(MAX_SERVER_WAIT_MS)),
        ("soon", None),
        ("", None),
        ("2 minutes", None),
    ] {
        assert_eq!(parse_retry_after(value, now()), expected_ms, "{value:?}");
    }
}

#[test]
fn the_bodys_backoff_comes_before_the_header_and_both_before_the_default() {
    let throttle = |backoff_ms, code| ServerError {
        code,
        backoff_ms,
        ..ServerError::default()
    };
    for (backoff_ms, code, header_ms, expected_ms) in [
        (Some(3_000), None, Some(7_000), 3_000),
        (Some(0), None, Some(7_000), 0),
        (Some(u64::MAX), None, None, MAX_SERVER_WAIT_MS),
        (None, None, Some(7_000), 7_000),
        (None, None, None, DEFAULT_THROTTLE_WAIT_MS),
        (None, Some(1_675_004), None, GRAPH_THROTTLE_WAIT_MS),
        (None, Some(4), Some(1_000), 1_000),
    ] {
        assert_eq!(
            throttle_wait_ms(&throttle(backoff_ms, code), header_ms),
            expected_ms,
            "{backoff_ms:?} {code:?} {header_ms:?}"
        );
    }
}

#[test]
fn every_kind_of_error_has_its_advice() {
    let operation = Operation::UploadSend;
    let host = || "host".to_owned();
    let body = || Box::new(ServerError::default());
    let wait = |wait_ms| RetryAdvice::After { wait_ms };
    for (error, advice) in [
        (
            MapillaryError::Connection {
                operation,
                host: host(),
                phase: Phase::Transfer,
                detail: String::new(),
            },
            wait(0),
        ),
        (
            MapillaryError::Dns {
                operation,
                host: host(),
            },
            wait(0),
        ),
        (
            MapillaryError::Tls {
                operation,
                host: host(),
                is_certificate: true,
                detail: String::new(),
            },
            wait(0),
        ),
        (
            MapillaryError::Timeout {
                operation,
                host: host(),
                phase: Phase::Connect,
                after_ms: 1,
            },
            wait(0),
        ),
        (
            MapillaryError::RateLimited {
                operation,
                status: 429,
                wait_ms: 5,
                body: body(),
            },
            wait(5),
        ),
        (
            MapillaryError::CaptivePortal {
                operation,
                host: host(),
                status: 200,
            },
            wait(CAPTIVE_PORTAL_WAIT_MS),
        ),
        (
            MapillaryError::Unauthorized {
                operation,
                status: 401,
                body: body(),
            },
            RetryAdvice::No,
        ),
        (
            MapillaryError::Content {
                operation,
                host: host(),
                problem: ContentProblem::MissingField { field: "h" },
            },
            RetryAdvice::No,
        ),
        (
            MapillaryError::Redirect {
                operation,
                host: host(),
                status: 302,
                to_host: host(),
            },
            RetryAdvice::No,
        ),
        (MapillaryError::FinishWithoutCluster, RetryAdvice::No),
        (OAuthFailure::Denied.into(), RetryAdvice::No),
    ] {
        assert_eq!(retry_advice(&error), advice, "{error}");
    }
}

#[test]
fn every_status_from_100_to_599_follows_the_table() {
    let advice = |status, body: &str, retry_after_ms| {
        let body = ServerError::parse(body.as_bytes(), &crate::redact::Redactor::default());
        status_advice(status, &body, retry_after_ms)
    };
    let retriable = r#"{"debug_info":{"retriable":true}}"#;
    for status in 100..=599_u16 {
        let plain = advice(status, "", Some(2_000));
        let told = advice(status, retriable, None);
        let (expected_plain, expected_told) = match status {
            412 => (RetryAdvice::No, RetryAdvice::AtOnce),
            400..=499 => (RetryAdvice::No, RetryAdvice::After { wait_ms: 0 }),
            500..=599 => (RetryAdvice::After { wait_ms: 2_000 }, RetryAdvice::After { wait_ms: 0 }),
            _ => (RetryAdvice::No, RetryAdvice::No),
        };
        assert_eq!((plain, told), (expected_plain, expected_told), "{status}");
    }
}
