//! What goes to other hosts than the service: pictures behind signed links, and records for a webhook. No token ever.

use serde_json::json;
use url::Url;
use waypost_mapillary::MapillaryError;

use crate::support::{CANARY, Server, reply, reply_with};

fn link(server: &Server) -> Url {
    server.url.join("cdn/1.jpg?oe=0&oh=signature").unwrap()
}

#[tokio::test]
async fn a_picture_comes_whole_and_no_token_goes_to_its_host() {
    let server = Server::always(200, "picture").await;
    let mut download = server.client().download(&link(&server)).await.unwrap();
    assert_eq!(download.length_bytes(), Some(7));
    let mut bytes = Vec::new();
    while let Some(chunk) = download.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    assert_eq!(bytes, b"picture");
    let seen = server.only();
    assert_eq!(seen.header("authorization"), None);
    assert!(!format!("{seen:?}").contains(CANARY));
}

#[tokio::test]
async fn a_link_that_is_no_longer_honoured_is_link_expired_and_trouble_is_told_apart() {
    for status in [401, 403, 404, 410] {
        let server = Server::always(status, "URL signature expired").await;
        let error = server.client().download(&link(&server)).await.unwrap_err();
        assert_eq!((error.code(), error.status()), ("link_expired", Some(status)));
        assert!(!error.to_string().contains("signature"));
    }
    for (status, code) in [(500, "server_status"), (429, "rate_limited")] {
        let server = Server::always(status, "").await;
        let error = server.client().download(&link(&server)).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    let server = Server::start(|_| reply_with(301, ("location", "https://elsewhere.example/"), "")).await;
    let error = server.client().download(&link(&server)).await.unwrap_err();
    assert_eq!(error.code(), "redirect");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_record_is_posted_once_as_json_without_a_token() {
    let server = Server::always(201, "thank you").await;
    let address = server.url.join("hook").unwrap();
    let record = json!({"name": "Sunday walk"});
    let answer = server.client().post_record(&address, &record).await.unwrap();
    assert_eq!((answer.status, answer.beginning.as_str()), (201, "thank you"));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/hook"));
    assert_eq!(seen.json(), record);
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn a_webhook_that_refuses_or_leads_elsewhere_is_webhook_refused_and_not_followed() {
    for status in [400, 401, 404, 500] {
        let server = Server::start(move |_| reply(status, "no")).await;
        let address = server.url.join("hook").unwrap();
        let error = server.client().post_record(&address, &json!({})).await.unwrap_err();
        assert_eq!((error.code(), error.status()), ("webhook_refused", Some(status)));
        assert_eq!(error.may_have_been_carried_out(), status >= 500);
    }
    let server = Server::start(|_| reply_with(307, ("location", "/other"), "")).await;
    let address = server.url.join("hook").unwrap();
    let error = server.client().post_record(&address, &json!({})).await.unwrap_err();
    assert!(
        matches!(error, MapillaryError::WebhookRefused { status: 307, .. }),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_record_does_not_go_over_an_open_line() {
    let server = Server::always(200, "").await;
    for address in [
        "http://hook.example/?key=secret",
        "ftp://hook.example/",
        "file:///tmp/x",
    ] {
        let address = Url::parse(address).unwrap();
        let error = server.client().post_record(&address, &json!({})).await.unwrap_err();
        assert_eq!(error.code(), "invalid_url");
        assert!(!error.to_string().contains("secret"));
    }
    assert!(server.seen().is_empty());
}
