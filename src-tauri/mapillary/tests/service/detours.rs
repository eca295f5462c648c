//! What stands between the service and us: networks with a sign-in page of their own, waits in every form, and answers
//! before the answer.

use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;
use waypost_mapillary::{
    Client, FileHandle, FileType, MAX_SERVER_WAIT_MS, MapillaryError, RetryAdvice, UploadBody, retry_advice,
};

use crate::support::{Server, options, reply, reply_with, token};

const KEY: &str = "mly_tools_0.zip";

/// The three calls that carry an upload.
async fn errors_of(client: &Client) -> Vec<MapillaryError> {
    let token = token();
    let handle = FileHandle("h".to_owned());
    vec![
        client.upload_offset(&token, KEY).await.unwrap_err(),
        client
            .upload_send(&token, KEY, 0, 3, UploadBody::from_bytes("abc"))
            .await
            .unwrap_err(),
        client
            .finish_upload(&token, &handle, FileType::Zip, None)
            .await
            .unwrap_err(),
    ]
}

#[tokio::test]
async fn every_kind_of_captive_portal_is_told_as_one_with_its_own_sentence_and_waited_out() {
    let page = "<!DOCTYPE html><title>Welcome to the hotel</title>";
    let html = ("content-type", "text/html");
    for kind in [
        "a page",
        "a page without a type",
        "a way to a login page",
        "511",
        "a blocked page",
    ] {
        let server = Server::start(move |_| match kind {
            "a page" => reply_with(200, html, page),
            "a page without a type" => reply(200, page),
            "a way to a login page" => reply_with(302, ("location", "http://portal.invalid/login?to=x"), page),
            "511" => reply_with(511, html, page),
            _ => reply_with(403, html, page),
        })
        .await;
        for error in errors_of(&server.client()).await {
            assert_eq!(error.code(), "captive_portal", "{kind}: {error:?}");
            assert!(error.to_string().contains("sign-in of its own"), "{error}");
            assert!(matches!(retry_advice(&error), RetryAdvice::After { .. }), "{kind}");
            // Success is claimed: the request may have passed on before the page was put in the answer's place.
            let claims_success = kind.starts_with("a page");
            assert_eq!(error.may_have_been_carried_out(), claims_success, "{kind}");
        }
    }
}

#[tokio::test]
async fn the_service_sending_us_elsewhere_by_itself_is_no_portal() {
    for (status, location) in [
        (301, "http://portal.invalid/login"),
        (308, "http://portal.invalid/login"),
        (302, "/another/path"),
        (302, "not an address"),
        (307, "http://127.0.0.1:1/elsewhere"),
    ] {
        let server = Server::start(move |_| reply_with(status, ("location", location), "")).await;
        for error in errors_of(&server.client()).await {
            assert_eq!(error.code(), "redirect", "{status} {location}");
            assert_eq!(retry_advice(&error), RetryAdvice::No);
        }
    }
}

#[tokio::test]
async fn a_wait_is_taken_from_the_answer_in_every_form_and_never_longer_than_an_hour() {
    let in_90_s = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(90));
    let past = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(90));
    let far = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(90_000));
    // The header, the body's `backoff`, and the wait in milliseconds: from and to.
    let cases: &[(&str, &str, u64, u64)] = &[
        ("3", "", 3_000, 3_000),
        ("0", "", 0, 0),
        ("-5", "", 0, 0),
        (&in_90_s, "", 80_000, 90_000),
        (&past, "", 0, 0),
        (&far, "", MAX_SERVER_WAIT_MS, MAX_SERVER_WAIT_MS),
        ("999999999999", "", MAX_SERVER_WAIT_MS, MAX_SERVER_WAIT_MS),
        ("soon", "", 10_000, 10_000),
        ("3", "4000", 4_000, 4_000),
        ("3", "\"4000\"", 4_000, 4_000),
        ("3", "99999999999999", MAX_SERVER_WAIT_MS, MAX_SERVER_WAIT_MS),
        ("3", "-1", 0, 0),
        ("3", "\"later\"", 3_000, 3_000),
        ("3", "null", 3_000, 3_000),
    ];
    for (header, backoff, least_ms, most_ms) in cases {
        let body = if backoff.is_empty() {
            String::new()
        } else {
            format!(r#"{{"debug_info":{{"type":"RequestRateLimitedError"}},"backoff":{backoff}}}"#)
        };
        let header = (*header).to_owned();
        let shown = format!("{header} {body}");
        let server = Server::start(move |_| reply_with(429, ("retry-after", &header), body.clone())).await;
        for error in errors_of(&server.client()).await {
            match retry_advice(&error) {
                RetryAdvice::After { wait_ms } => {
                    assert!((*least_ms..=*most_ms).contains(&wait_ms), "{shown}: {wait_ms}");
                }
                other => panic!("{shown}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn no_status_below_200_is_taken_for_an_answer() {
    for status in 100..200_u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            for _ in 0..3 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = [0; 4_096];
                let _ = stream.read(&mut head).await.unwrap();
                let answer = format!("HTTP/1.1 {status} Wait\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
                // Until the client has gone, so that the answer is not lost in a reset.
                while matches!(stream.read(&mut head).await, Ok(count) if count > 0) {}
            }
        });
        for error in errors_of(&Client::new(options(&url)).unwrap()).await {
            let advice = retry_advice(&error);
            // 101 ends the exchange; after all others the answer is still to come, and the line ended instead.
            match error.code() {
                "server_status" => assert_eq!((status, advice), (101, RetryAdvice::No)),
                "connection" => assert_eq!(advice, RetryAdvice::After { wait_ms: 0 }, "{status}"),
                other => panic!("{status}: {other}: {error:?}"),
            }
            assert!(error.may_have_been_carried_out(), "{status}: nobody knows");
        }
        server.await.unwrap();
    }
}
