//! Upload sessions: offsets, handles, dropped lines, promises that are not kept.

use std::io::{Read, Write};
use std::net::TcpStream;

use futures_util::stream;
use reqwest::{Body, Method};
use serde_json::{Value, json};

use crate::support::{Practice, json_of, key_of, photo, zip_bytes};

fn bytes(length: usize) -> Vec<u8> {
    (0_u8..251).cycle().take(length).collect()
}

#[tokio::test]
async fn an_unknown_session_stands_at_zero() {
    let practice = Practice::start().await;
    assert_eq!(practice.offset("mly_tools_uuid_1.jpg").await, 0);
    practice.assert_no_violations();
}

#[tokio::test]
async fn the_same_bytes_have_the_same_handle_however_they_are_sent() {
    let practice = Practice::start().await;
    let bytes = bytes(3_000_000);
    let key = key_of(&bytes, "zip");
    let parts: Vec<Result<Vec<u8>, std::io::Error>> = bytes.chunks(700_000).map(|part| Ok(part.to_vec())).collect();
    let response = practice
        .send_request(&key, 0)
        .body(Body::wrap_stream(stream::iter(parts)))
        .send()
        .await
        .unwrap();
    let (status, chunked) = json_of(response).await;
    assert_eq!(status, 200, "{chunked}");
    let length = bytes.len() as u64;
    assert_eq!(practice.offset(&key).await, length);
    let (status, again) = practice.send(&key, length, &[]).await;
    assert_eq!((status.as_u16(), &again), (200, &chunked));

    let other = Practice::start().await;
    let handle = other.handle(&key, &bytes).await;
    assert_ne!(json!(handle), chunked["h"], "handles are of one service only");
    practice.assert_no_violations();
    other.assert_no_violations();
}

#[tokio::test]
async fn a_session_without_an_md5_in_its_key_gives_a_handle_too() {
    let practice = Practice::start().await;
    let handle = practice.handle("uuid_00ff.json", b"anything").await;
    assert!(!handle.is_empty());
    practice.assert_no_violations();
}

#[tokio::test]
async fn a_wrong_offset_is_refused_as_retriable_and_changes_nothing() {
    let practice = Practice::start().await;
    let (status, _) = practice.send("uuid_1.jpg", 0, &bytes(100)).await;
    assert_eq!(status, 200);
    for offset in [0, 99, 101] {
        let (status, body) = practice.send("uuid_1.jpg", offset, &bytes(100)).await;
        assert_eq!(status, 412);
        assert_eq!(body["debug_info"]["type"], "OffsetInvalidError");
        assert_eq!(body["debug_info"]["retriable"], true);
    }
    assert_eq!(practice.offset("uuid_1.jpg").await, 100);
}

#[tokio::test]
async fn bytes_that_break_the_promise_of_the_key_are_refused_noted_and_thrown_away() {
    let practice = Practice::start().await;
    let good = bytes(5_000);
    let key = key_of(&good, "jpg");
    let mut bad = good.clone();
    bad[2_500] ^= 1;
    let (status, body) = practice.send(&key, 0, &bad).await;
    assert_eq!(status, 400);
    assert_eq!(body["debug_info"]["message"], "md5 mismatch");
    assert_eq!(body["debug_info"]["retriable"], false);
    let violations = practice.snapshot().violations;
    assert!(violations[0].contains(&key) && violations[0].contains("md5 mismatch"));
    assert_eq!(practice.offset(&key).await, 0);
    practice.handle(&key, &good).await;
}

#[tokio::test]
async fn a_service_that_checks_later_gives_every_handle_and_names_each_broken_promise_when_asked() {
    let practice = Practice::with(|config| config.checks_later = true).await;
    let good = bytes(3_000_000);
    let (kept, broken) = (key_of(&good, "jpg"), key_of(b"something else", "jpg"));
    // In two parts: what is held of a session is not hashed either when it goes on.
    let (first, second) = good.split_at(1_000_000);
    let announced = practice.send_request(&kept, 0).header("X-Entity-Length", "3000000");
    let (status, body) = json_of(announced.body(first.to_vec()).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &body), (200, &json!({ "offset": 1_000_000 })));
    let (status, body) = practice.send(&kept, 1_000_000, second).await;
    assert_eq!(status, 200, "{body}");
    practice.handle("uuid_1.jpg", &good).await;
    assert_eq!(checked(&practice).await, json!({ "checked": 1, "wrong": [] }));
    practice.assert_no_violations();

    practice.handle(&broken, &good).await;
    assert_eq!(checked(&practice).await, json!({ "checked": 2, "wrong": [broken] }));
    let violations = practice.snapshot().violations;
    assert!(violations[0].contains(&broken) && violations[0].contains("md5 mismatch"));
}

#[tokio::test]
async fn a_service_that_checks_later_reads_finished_zips_to_their_end_when_asked() {
    let practice = Practice::with(|config| config.checks_later = true).await;
    let image = [photo(0), bytes(600_000)].concat();
    let good = zip_bytes(&[image]);
    let mut damaged = good.clone();
    let place = damaged.len() - 100_000;
    damaged[place] ^= 0xFF;
    for zip in [&good, &damaged] {
        let handle = practice.handle(&key_of(zip, "zip"), zip).await;
        let (status, body) = practice.finish(&handle, "zip").await;
        assert_eq!(status, 200, "{body}");
    }
    practice.assert_no_violations();
    let wrong = key_of(&damaged, "zip");
    assert_eq!(checked(&practice).await, json!({ "checked": 2, "wrong": [wrong] }));
    let violations = practice.snapshot().violations;
    assert!(violations[0].contains(&wrong) && violations[0].contains("cannot be read"));
}

/// What the service says when it is told to check.
async fn checked(practice: &Practice) -> Value {
    let root = &practice.sandbox.info().graph;
    let check = format!("{}/control/check", root.trim_end_matches("/graph"));
    json_of(practice.request(Method::POST, &check).send().await.unwrap())
        .await
        .1
}

#[tokio::test]
async fn headers_that_a_strict_service_wants_are_wanted() {
    let practice = Practice::start().await;
    let url = practice.upload("uuid_1.jpg");
    let auth = format!("OAuth {}", practice.token);
    let bearer = format!("Bearer {}", practice.token);
    for headers in [
        vec![("Authorization", auth.as_str()), ("Offset", "0")],
        vec![("Authorization", &auth), ("X-Entity-Name", "uuid_1.jpg")],
        vec![
            ("Authorization", &auth),
            ("Offset", "0"),
            ("X-Entity-Name", "uuid_2.jpg"),
        ],
        vec![
            ("Authorization", &auth),
            ("Offset", "-1"),
            ("X-Entity-Name", "uuid_1.jpg"),
        ],
        vec![
            ("Authorization", &bearer),
            ("Offset", "0"),
            ("X-Entity-Name", "uuid_1.jpg"),
        ],
    ] {
        let mut request = practice.http.post(&url).body("x");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let (status, body) = json_of(request.send().await.unwrap()).await;
        assert_eq!(status, 400, "{headers:?}");
        assert_eq!(body["debug_info"]["retriable"], false);
    }
    assert_eq!(practice.snapshot().violations.len(), 5);
    assert_eq!(practice.offset("uuid_1.jpg").await, 0);
}

#[tokio::test]
async fn keys_that_could_leave_the_folder_are_refused() {
    let practice = Practice::start().await;
    for key in ["..%2Fidentity.json", ".hidden", "a%00b", "a%20b", "%C3%A4"] {
        let (status, _) = practice.get(&practice.upload(key)).await;
        assert_eq!(status, 400, "{key}");
    }
}

/// Sends the head of a POST and a part of its body by hand, then ends the connection.
fn send_part(practice: &Practice, key: &str, head: &str, body: &[u8]) {
    let host = practice.sandbox.info().upload.clone();
    let host = host.trim_start_matches("http://").trim_end_matches("/upload");
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "POST /upload/{key} HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth {}\r\n\
         X-Entity-Name: {key}\r\n{head}\r\n\r\n",
        practice.token
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    // The service has seen the end when it closes its side too.
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP/1.1 200"), "a half body was accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_line_keeps_what_arrived_and_the_rest_completes_it() {
    let practice = Practice::start().await;
    let whole = bytes(500_000);
    let key = key_of(&whole, "mp4");

    let with_length = format!("Offset: 0\r\nContent-Length: {}", whole.len());
    send_part(&practice, &key, &with_length, &whole[..200_001]);
    assert_eq!(practice.offset(&key).await, 200_001);

    // A chunked body that stops between two chunks has no end either.
    let mut chunk = format!("{:x}\r\n", 99_999).into_bytes();
    chunk.extend_from_slice(&whole[200_001..300_000]);
    chunk.extend_from_slice(b"\r\n");
    let chunked = "Offset: 200001\r\nTransfer-Encoding: chunked";
    send_part(&practice, &key, chunked, &chunk);
    assert_eq!(practice.offset(&key).await, 300_000);

    let (status, body) = practice.send(&key, 300_000, &whole[300_000..]).await;
    assert_eq!(status, 200, "{body}");
    practice.assert_no_violations();
    let session = &practice.snapshot().sessions[0];
    assert_eq!((session.length, session.handle_given), (500_000, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_request_takes_over_a_session_whose_line_hangs() {
    let practice = Practice::start().await;
    let whole = bytes(100_000);
    let key = key_of(&whole, "zip");
    let host = practice.sandbox.info().upload.clone();
    let host = host.trim_start_matches("http://").trim_end_matches("/upload");
    let mut hanging = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /upload/{key} HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth {}\r\n\
         X-Entity-Name: {key}\r\nOffset: 0\r\nContent-Length: 100000\r\n\r\n",
        practice.token
    );
    hanging.write_all(head.as_bytes()).unwrap();
    hanging.write_all(&whole[..40_000]).unwrap();
    // Wait until the service has what was sent; nothing else will ever come on that line.
    while practice.offset(&key).await < 40_000 {
        tokio::task::yield_now().await;
    }
    let (status, body) = practice.send(&key, 40_000, &whole[40_000..]).await;
    assert_eq!(status, 200, "{body}");
    practice.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_where_the_last_run_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let whole = bytes(300_000);
    let key = key_of(&whole, "zip");
    let practice = Practice::in_folder(folder.path()).await;
    let head = format!("Offset: 0\r\nContent-Length: {}", whole.len());
    send_part(&practice, &key, &head, &whole[..123_456]);
    practice.sandbox.stop().await;

    let practice = Practice::in_folder(folder.path()).await;
    assert_eq!(practice.offset(&key).await, 123_456);
    let (status, first) = practice.send(&key, 123_456, &whole[123_456..]).await;
    assert_eq!(status, 200, "{first}");
    practice.sandbox.stop().await;

    let practice = Practice::in_folder(folder.path()).await;
    let (_, again) = practice.send(&key, 300_000, &[]).await;
    assert_eq!(again, first);
    practice.assert_no_violations();
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_in_the_middle_of_a_body_keeps_it_as_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let whole = bytes(100_000);
    let key = key_of(&whole, "zip");
    let practice = Practice::in_folder(folder.path()).await;
    let host = practice.sandbox.info().upload.clone();
    let host = host.trim_start_matches("http://").trim_end_matches("/upload");
    let mut line = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST /upload/{key} HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth {}\r\n\
         X-Entity-Name: {key}\r\nOffset: 0\r\nTransfer-Encoding: chunked\r\n\r\nC350\r\n",
        practice.token
    );
    line.write_all(head.as_bytes()).unwrap();
    line.write_all(&whole[..50_000]).unwrap();
    while practice.offset(&key).await < 50_000 {
        tokio::task::yield_now().await;
    }
    practice.sandbox.stop().await;

    let practice = Practice::in_folder(folder.path()).await;
    assert_eq!(practice.offset(&key).await, 50_000);
    practice.assert_no_violations();
}

#[tokio::test]
async fn clients_that_send_a_session_in_several_requests_say_so_and_get_the_handle_at_the_end() {
    let practice = Practice::start().await;
    let whole = bytes(1_000);
    let key = key_of(&whole, "zip");
    let part = |offset: usize| {
        practice
            .send_request(&key, offset as u64)
            .header("X-Entity-Length", "1000")
            .body(whole[offset..offset + 500].to_vec())
            .send()
    };
    let (status, body) = json_of(part(0).await.unwrap()).await;
    assert_eq!((status.as_u16(), body), (200, json!({ "offset": 500 })));
    let (status, body) = json_of(part(500).await.unwrap()).await;
    assert_eq!(status, 200);
    assert!(body["h"].is_string());
}

#[tokio::test]
async fn every_request_is_remembered_without_its_secrets() {
    let practice = Practice::start().await;
    practice.send("uuid_1.jpg", 0, b"abc").await;
    let snapshot = practice.snapshot();
    let sent = snapshot.requests_to("POST", "/upload/").next().unwrap();
    assert_eq!(sent.offset, Some(0));
    assert_eq!(sent.body_bytes, 3);
    assert_eq!(sent.status, Some(200));
    assert_eq!(sent.authorization_word.as_deref(), Some("OAuth"));
    assert_eq!(sent.caller.as_deref(), Some("user maria"));
    let text = serde_json::to_string(&snapshot).unwrap();
    assert!(!text.contains(&practice.token));
    assert!(!text.contains(&practice.sandbox.info().client_token));
}

#[tokio::test]
async fn a_foreign_host_name_is_refused() {
    let practice = Practice::start().await;
    let response = practice
        .request(Method::GET, &practice.graph("/me"))
        .header("Host", "attacker.example:80")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 421);
}
