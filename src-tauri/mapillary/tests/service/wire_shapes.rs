//! What goes over the wire, call by call, as recorded from `mapillary_tools` 0.14.7 (protocol
//! notes §10.4 and §10.5).

use serde_json::json;
use waypost_mapillary::{
    ClusterId, FileHandle, FileType, MapillaryError, RetryAdvice, Token, UploadBody, UploadPermission, retry_advice,
};

use crate::support::{CANARY, Server, json as json_reply, reply, reply_with, token};

const KEY: &str = "mly_tools_1b2092987f7438e2748d8fded229cb23.jpg";

#[tokio::test]
async fn me_is_asked_with_the_token_in_the_header_and_an_honest_name() {
    let server = Server::always(200, r#"{"id":"42","username":"walker"}"#).await;
    let account = server.client().me(&token()).await.unwrap();
    assert_eq!((account.id.as_str(), account.username.as_str()), ("42", "walker"));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/graph/me"));
    assert_eq!(seen.query, "fields=id%2Cusername");
    assert_eq!(seen.header("authorization"), Some(format!("OAuth {CANARY}").as_str()));
    assert!(seen.header("user-agent").unwrap().starts_with("Waypost/"));
    assert_eq!(seen.header("cookie"), None);
}

#[tokio::test]
async fn a_numeric_id_becomes_text() {
    let server = Server::always(200, r#"{"id":42,"username":"walker"}"#).await;
    assert_eq!(server.client().me(&token()).await.unwrap().id, "42");
}

#[tokio::test]
async fn an_organization_is_asked_for_by_its_number() {
    let body = r#"{"id":"777","slug":"city","name":"City","description":null}"#;
    let server = Server::always(200, body).await;
    let organization = server.client().organization(&token(), "777").await.unwrap();
    assert_eq!(organization.slug.as_deref(), Some("city"));
    assert_eq!(organization.description, None);
    let seen = server.only();
    assert_eq!(seen.path, "/graph/777");
    assert_eq!(seen.query, "fields=slug%2Cdescription%2Cname");
    let error = server.client().organization(&token(), "../me").await.unwrap_err();
    assert_eq!(error.code(), "invalid_input");
}

#[tokio::test]
async fn login_sends_the_client_token_and_converts_the_user_id() {
    let server = Server::always(200, r#"{"access_token":"FAKE","user_id":42}"#).await;
    let client_token = Token::from("MLY|1|app");
    let login = server
        .client()
        .login(&client_token, "a@b.c", &Token::from("secret"))
        .await
        .unwrap();
    assert_eq!(login.user_id, "42");
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/graph/login"));
    assert_eq!(seen.header("authorization"), Some("OAuth MLY|1|app"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(
        seen.json(),
        json!({"email": "a@b.c", "password": "secret", "locale": "en_US"})
    );
}

#[tokio::test]
async fn the_offset_is_asked_from_the_session_and_must_be_a_number() {
    let server = Server::always(200, r#"{"offset":2097152}"#).await;
    let offset = server.client().upload_offset(&token(), KEY).await.unwrap();
    assert_eq!(offset, 2_097_152);
    let seen = server.only();
    assert_eq!(seen.method, "GET");
    assert_eq!(seen.path, format!("/upload/{KEY}"));

    for garbage in [
        r#"{"offset":-1}"#,
        r#"{"offset":"12"}"#,
        r#"{"offset":1.5}"#,
        r#"{"offset":null}"#,
        "{}",
        "[]",
        "",
        "12",
    ] {
        let server = Server::always(200, garbage).await;
        let error = server.client().upload_offset(&token(), KEY).await.unwrap_err();
        assert_eq!(error.code(), "unusable_answer", "{garbage}");
    }
}

#[tokio::test]
async fn bytes_go_out_with_a_known_length_and_the_entitys_headers() {
    let server = Server::always(200, r#"{"h":"2:FAKE"}"#).await;
    let handle = server
        .client()
        .upload_send(&token(), KEY, 3, 8, UploadBody::from_bytes("defgh"))
        .await
        .unwrap();
    assert_eq!(handle.as_str(), "2:FAKE");
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.body.as_slice()), ("POST", &b"defgh"[..]));
    for (name, value) in [
        ("offset", Some("3")),
        ("x-entity-name", Some(KEY)),
        ("x-entity-length", Some("8")),
        ("content-length", Some("5")),
        ("transfer-encoding", None),
        ("content-type", None),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn bytes_can_go_out_chunked_as_the_reference_client_does() {
    let server = Server::always(200, r#"{"h":"2:FAKE"}"#).await;
    let bytes = vec![9_u8; 3_000_000];
    server
        .client()
        .upload_send(
            &token(),
            KEY,
            0,
            3_000_000,
            UploadBody::from_bytes(bytes.clone()).chunked(),
        )
        .await
        .unwrap();
    let seen = server.only();
    assert_eq!(seen.body, bytes);
    for (name, value) in [
        ("offset", Some("0")),
        ("transfer-encoding", Some("chunked")),
        ("content-length", None),
        ("x-entity-length", None),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn an_empty_body_at_the_end_gets_the_handle_again() {
    let server = Server::always(200, r#"{"h":"again"}"#).await;
    for body in [
        UploadBody::from_bytes(""),
        UploadBody::from_bytes("").chunked(),
        UploadBody::new(futures_util::stream::empty()),
    ] {
        let handle = server.client().upload_send(&token(), KEY, 8, 8, body).await.unwrap();
        assert_eq!(handle.as_str(), "again");
    }
    assert!(server.seen().iter().all(|seen| seen.body.is_empty()));
}

#[tokio::test]
async fn an_offset_beyond_the_end_is_refused_before_anything_is_sent() {
    let server = Server::always(200, r#"{"h":"x"}"#).await;
    let sent = server
        .client()
        .upload_send(&token(), KEY, 9, 8, UploadBody::from_bytes(""))
        .await;
    assert_eq!(sent.unwrap_err().code(), "invalid_input");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_session_key_cannot_leave_its_place() {
    let server = Server::always(200, r#"{"offset":0}"#).await;
    for key in ["", "..", "a/b", "a?b", "ä.jpg", &"x".repeat(201)] {
        let error = server.client().upload_offset(&token(), key).await.unwrap_err();
        assert_eq!(error.code(), "invalid_input", "{key}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_reply_without_a_handle_is_no_success() {
    for body in ["{}", r#"{"h":null}"#, r#"{"h":""}"#] {
        let server = Server::always(200, body).await;
        let sent = server
            .client()
            .upload_send(&token(), KEY, 0, 1, UploadBody::from_bytes("a"))
            .await;
        assert_eq!(sent.unwrap_err().code(), "unusable_answer", "{body}");
    }
}

#[tokio::test]
async fn finish_sends_the_handle_byte_for_byte() {
    let server = Server::always(200, r#"{"cluster_id":"9013"}"#).await;
    let handle = FileHandle("3:VEVTVA==:aW1n:x:e:1\n3:VEVTVA==:aW1n:y:e:2".to_owned());
    for (file_type, organization, expected) in [
        (
            FileType::BundleManifest,
            None,
            json!({"file_handle": handle.as_str(), "file_type": "mly_bundle_manifest"}),
        ),
        (
            FileType::CammVideo,
            Some("777"),
            json!({"file_handle": handle.as_str(), "file_type": "mly_camm_video",
                "organization_id": "777"}),
        ),
        (
            FileType::Zip,
            None,
            json!({"file_handle": handle.as_str(), "file_type": "zip"}),
        ),
    ] {
        let cluster = server
            .client()
            .finish_upload(&token(), &handle, file_type, organization)
            .await
            .unwrap();
        assert_eq!(cluster.as_str(), "9013");
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.path, "/graph/finish_upload");
        assert_eq!(seen.json(), expected);
    }
}

#[tokio::test]
async fn a_finish_without_a_cluster_id_is_never_called_a_success() {
    let handle = FileHandle("h".to_owned());
    for (body, expected) in [
        (r#"{"cluster_id":9013}"#, Ok("9013")),
        ("{}", Err("finish_without_cluster")),
        (r#"{"cluster_id":null}"#, Err("finish_without_cluster")),
        (r#"{"cluster_id":""}"#, Err("finish_without_cluster")),
        (r#"{"cluster_id":{}}"#, Err("finish_without_cluster")),
        ("", Err("finish_without_cluster")),
        ("<html></html>", Err("captive_portal")),
    ] {
        let server = Server::always(200, body).await;
        let finished = server
            .client()
            .finish_upload(&token(), &handle, FileType::Zip, None)
            .await;
        let code = finished.as_ref().map(ClusterId::as_str).map_err(MapillaryError::code);
        assert_eq!(code, expected, "{body}");
    }
}

#[tokio::test]
async fn the_recorded_faults_of_a_video_upload_lead_to_the_recorded_waits() {
    let server = Server::start(|seen| match seen.header("offset") {
        None => reply_with(503, ("retry-after", "2"), ""),
        Some("0") => reply(
            429,
            r#"{"backoff":3000,"debug_info":{"retriable":false,"type":"RequestRateLimitedError"}}"#,
        ),
        Some(_) => reply(412, r#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError"}}"#),
    })
    .await;
    let client = server.client();
    let error = client.upload_offset(&token(), KEY).await.unwrap_err();
    assert_eq!(retry_advice(&error), RetryAdvice::After { wait_ms: 2_000 });
    for (offset, advice) in [(0, RetryAdvice::After { wait_ms: 3_000 }), (1, RetryAdvice::AtOnce)] {
        let body = UploadBody::from_bytes(vec![0_u8; 4 - offset]);
        let offset = u64::try_from(offset).unwrap();
        let sent = client.upload_send(&token(), KEY, offset, 4, body).await;
        assert_eq!(retry_advice(&sent.unwrap_err()), advice);
    }
}

#[tokio::test]
async fn the_permission_to_upload_is_probed_without_sending_anything() {
    let granted = Server::always(200, r#"{"offset":0}"#).await;
    let client = granted.client();
    for _ in 0..2 {
        let permission = client.upload_permission(&token()).await.unwrap();
        assert_eq!(permission, UploadPermission::Granted);
    }
    let seen = granted.seen();
    assert!(seen.iter().all(|seen| seen.method == "GET"));
    assert_ne!(seen[0].path, seen[1].path, "a fresh session each time");

    let refused = Server::always(
        400,
        r#"{"debug_info":{"type":"NotAuthorizedError","message":"no upload scope"}}"#,
    )
    .await;
    assert_eq!(
        refused.client().upload_permission(&token()).await.unwrap(),
        UploadPermission::Refused {
            reason: Some("no upload scope".to_owned())
        }
    );
    let broken = Server::always(500, "").await;
    let unsettled = broken.client().upload_permission(&token()).await;
    assert_eq!(unsettled.unwrap_err().code(), "server_status");
}

#[tokio::test]
async fn a_token_that_cannot_stand_in_a_header_is_an_error_and_nothing_is_sent() {
    let server = Server::always(200, "{}").await;
    for bad in ["", "two\nlines", " blank", "nul\0"] {
        let error = server.client().me(&Token::from(bad)).await.unwrap_err();
        assert_eq!(error.code(), "invalid_input", "{bad:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn the_request_quota_is_remembered() {
    let server = Server::start(|_| {
        let mut response = json_reply(&json!({"id": "1", "username": "u"}));
        let usage = r#"{"call_count":12,"call_volume":97,"total_time":3}"#;
        response.headers_mut().insert("x-app-usage", usage.parse().unwrap());
        response
    })
    .await;
    let client = server.client();
    assert_eq!(client.app_usage_percent(), None);
    client.me(&token()).await.unwrap();
    assert_eq!(client.app_usage_percent(), Some(97));
}
