//! Lines that break, stall, lie or lead nowhere.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;
use waypost_mapillary::{Client, ClientOptions, MapillaryError, Phase, RetryAdvice, UploadBody, retry_advice};

use crate::support::{Server, options, reply, token};

const KEY: &str = "mly_tools_0.zip";
const RETRY: RetryAdvice = RetryAdvice::After { wait_ms: 0 };

/// A server below HTTP: does one thing to the first connection.
async fn raw<Handling>(handle: impl FnOnce(TcpStream) -> Handling + Send + 'static) -> (Url, JoinHandle<()>)
where
    Handling: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        handle(stream).await;
    });
    (url, task)
}

async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
}

fn client(base: &Url) -> Client {
    Client::new(options(base)).unwrap()
}

#[tokio::test]
async fn a_refused_connection_was_certainly_not_carried_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = client(&url).me(&token()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            MapillaryError::Connection {
                phase: Phase::Connect,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!error.may_have_been_carried_out());
    assert_eq!(retry_advice(&error), RETRY);
    assert!(!error.to_string().contains("fields"), "no query string: {error}");
}

#[tokio::test]
async fn a_connection_lost_before_the_answer_may_have_been_carried_out() {
    let (url, task) = raw(|mut stream| async move { read_head(&mut stream).await }).await;
    let error = client(&url).me(&token()).await.unwrap_err();
    assert_eq!(error.code(), "connection");
    assert!(error.may_have_been_carried_out());
    task.await.unwrap();
}

#[tokio::test]
async fn a_line_cut_while_sending_is_a_lost_connection_not_a_bad_source() {
    let (url, task) = raw(|mut stream| async move {
        let mut taken = vec![0_u8; 500_000];
        stream.read_exact(&mut taken).await.unwrap();
    })
    .await;
    let chunks = stream::iter((0..64).map(|_| Ok(Bytes::from(vec![1_u8; 1 << 20]))));
    let sent = client(&url)
        .upload_send(&token(), KEY, 0, 64 << 20, UploadBody::new(chunks))
        .await;
    let error = sent.unwrap_err();
    assert_eq!(error.code(), "connection", "{error:?}");
    assert_eq!(retry_advice(&error), RETRY);
    task.await.unwrap();
}

#[tokio::test]
async fn an_unreadable_source_is_told_from_a_lost_line() {
    let server = Server::always(200, r#"{"h":"x"}"#).await;
    let failing = stream::iter([
        Ok(Bytes::from_static(b"abc")),
        Err(io::Error::new(io::ErrorKind::NotFound, "the card was pulled")),
    ]);
    for (body, kind) in [
        (UploadBody::new(failing), io::ErrorKind::NotFound),
        (UploadBody::from_bytes("abc"), io::ErrorKind::UnexpectedEof),
        (UploadBody::from_bytes("abc").chunked(), io::ErrorKind::UnexpectedEof),
        (UploadBody::from_bytes("abcdefgh").chunked(), io::ErrorKind::InvalidData),
    ] {
        let sent = server.client().upload_send(&token(), KEY, 0, 6, body).await;
        match sent.unwrap_err() {
            MapillaryError::Source { kind: found, .. } => assert_eq!(found, kind),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_before_the_last_byte_ends_the_sending() {
    let (url, task) = raw(|mut stream| async move {
        read_head(&mut stream).await;
        let answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        // Kept open until the client goes, so that the answer is not lost in a reset.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let endless = stream::iter((0..3).map(|_| Ok(Bytes::from(vec![1_u8; 1 << 20]))));
    let endless = futures_util::StreamExt::chain(endless, stream::pending());
    let sent = client(&url)
        .upload_send(&token(), KEY, 0, 1 << 40, UploadBody::new(endless))
        .await;
    assert_eq!(sent.unwrap_err().code(), "unauthorized");
    task.await.unwrap();
}

#[tokio::test]
async fn silence_ends_a_call_in_every_phase() {
    let quick = |base: &Url| {
        Client::new(ClientOptions {
            connect_timeout_ms: 1_000,
            request_timeout_ms: 50,
            stall_timeout_ms: 50,
            ..options(base)
        })
        .unwrap()
    };
    let hold = |stream: TcpStream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    };
    let (url, silent) = raw(hold).await;
    let error = quick(&url).me(&token()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            MapillaryError::Timeout {
                phase: Phase::Transfer,
                after_ms: 1_050,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.may_have_been_carried_out());
    silent.abort();

    // More than any socket buffer takes, to a server that reads nothing.
    let (url, full) = raw(hold).await;
    let large = UploadBody::from_bytes(vec![0_u8; 64 << 20]);
    let sent = quick(&url).upload_send(&token(), KEY, 0, 64 << 20, large).await;
    let error = sent.unwrap_err();
    assert_eq!(error.code(), "timeout");
    assert_eq!(retry_advice(&error), RETRY);
    full.abort();
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_dns_error() {
    let mut options = options(&"http://127.0.0.1:1/".parse().unwrap());
    options.endpoints.graph = "https://waypost.invalid/".parse().unwrap();
    options.use_system_proxy = false;
    let error = Client::new(options).unwrap().me(&token()).await.unwrap_err();
    assert_eq!(error.code(), "dns", "{error:?}");
    assert!(error.to_string().contains("waypost.invalid"));
    assert_eq!(retry_advice(&error), RETRY);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_tls_error() {
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b""] {
        let (url, task) = raw(move |mut stream| async move {
            let mut hello = [0_u8; 16_384];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(answer).await;
        })
        .await;
        let mut options = options(&url);
        options.endpoints.graph = Url::parse(&format!("https://localhost:{}/", url.port().unwrap())).unwrap();
        let error = Client::new(options).unwrap().me(&token()).await.unwrap_err();
        assert_eq!(error.code(), "tls", "{error:?}");
        assert!(!error.may_have_been_carried_out());
        task.await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::start(|_| {
        let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from(vec![b' '; 1 << 20])));
        reply(200, axum::body::Body::from_stream(endless))
    })
    .await;
    let error = server.client().me(&token()).await.unwrap_err();
    assert_eq!(error.code(), "unusable_answer");
    let refused = Server::start(|_| {
        let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from(vec![b'x'; 1 << 20])));
        reply(503, axum::body::Body::from_stream(endless))
    })
    .await;
    let error = refused.client().me(&token()).await.unwrap_err();
    assert_eq!(error.status(), Some(503), "the status counts, not the flood");
}

#[tokio::test]
async fn garbage_of_many_kinds_is_always_an_error() {
    for answer in [
        "",
        "\r\n\r\n",
        "garbage\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"id\":\"1\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\u{0}\u{1}\u{2}\u{3}",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue",
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"id\": null}",
        "HTTP/1.1 204 No Content\r\n\r\n",
    ] {
        let (url, task) = raw(move |mut stream| async move {
            read_head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        })
        .await;
        let error = client(&url).me(&token()).await.unwrap_err();
        assert!(
            ["connection", "unusable_answer"].contains(&error.code()),
            "{answer:?}: {error:?}"
        );
        task.await.unwrap();
    }
}

#[test]
fn a_name_that_no_header_can_hold_is_refused_before_anything_is_sent() {
    let options = waypost_mapillary::ClientOptions {
        user_agent: "two\nlines".to_owned(),
        ..waypost_mapillary::ClientOptions::default()
    };
    let error = waypost_mapillary::Client::new(options).expect_err("no such header");
    assert_eq!(error.code(), "invalid_input");
}
