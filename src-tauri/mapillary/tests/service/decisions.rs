//! What is decided for every status that can come, on every endpoint: one reviewed picture, in which
//! endpoints that decide alike stand together.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use waypost_mapillary::oauth::{AppIdentity, refresh};
use waypost_mapillary::{
    Client, FileHandle, FileType, ImageSearch, MapillaryError, RetryAdvice, Token, UploadBody, retry_advice,
};

use crate::support::{Server, reply, token};

const CALLS: &[&str] = &[
    "me",
    "organization",
    "login",
    "upload_offset",
    "upload_send",
    "finish_upload",
    "feed",
    "search",
    "image_ids",
    "images_by_ids",
    "refresh",
];

const BODIES: &[(&str, &str)] = &[
    ("empty", ""),
    (
        "graph error",
        r#"{"error":{"message":"m","type":"MLYApiException","code":1}}"#,
    ),
    (
        "retriable",
        r#"{"debug_info":{"retriable":true,"type":"OffsetInvalidError"}}"#,
    ),
    (
        "not retriable",
        r#"{"debug_info":{"retriable":false,"type":"PartialRequestError"}}"#,
    ),
];

async fn make(call: &str, client: &Client) -> Result<(), MapillaryError> {
    let token = token();
    let key = "mly_tools_0.zip";
    match call {
        "me" => client.me(&token).await.map(drop),
        "organization" => client.organization(&token, "7").await.map(drop),
        "login" => client.login(&token, "a@b.c", &Token::from("pw")).await.map(drop),
        "upload_offset" => client.upload_offset(&token, key).await.map(drop),
        "upload_send" => client
            .upload_send(&token, key, 0, 3, UploadBody::from_bytes("abc"))
            .await
            .map(drop),
        "finish_upload" => client
            .finish_upload(&token, &FileHandle("h".to_owned()), FileType::Zip, None)
            .await
            .map(drop),
        "feed" => client.feed_page(&token, "42", 50, None).await.map(drop),
        "search" => {
            let search = ImageSearch {
                creator_username: Some("walker".to_owned()),
                ..ImageSearch::default()
            };
            client.search_images(&token, &search).await.map(drop)
        }
        "image_ids" => client.image_ids(&token, "sequence").await.map(drop),
        "images_by_ids" => client.images_by_ids(&token, &["1".to_owned()], &[]).await.map(drop),
        "refresh" => {
            let identity = AppIdentity {
                client_id: "1".to_owned(),
                client_secret: Token::from("MLY|1|app"),
                redirect_uri: "http://localhost:1/".parse().unwrap(),
            };
            refresh(client, &identity, &token).await.map(drop)
        }
        other => unreachable!("{other}"),
    }
}

fn decision(result: Result<(), MapillaryError>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(error) => {
            let advice = match retry_advice(&error) {
                RetryAdvice::No => "no".to_owned(),
                RetryAdvice::AtOnce => "retry at once".to_owned(),
                RetryAdvice::After { wait_ms } => format!("retry after {wait_ms} ms"),
            };
            let carried_out = if error.may_have_been_carried_out() {
                ", may have been carried out"
            } else {
                ""
            };
            format!("{}: {advice}{carried_out}", error.code())
        }
    }
}

#[tokio::test]
async fn the_decision_for_every_status_on_every_endpoint_is_as_reviewed() {
    let status = Arc::new(AtomicU16::new(200));
    let mut picture = String::new();
    for (name, body) in BODIES {
        let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
        let shown = Arc::clone(&status);
        let server = Server::start(move |_| reply(shown.load(Ordering::Relaxed), *body)).await;
        let client = server.client();
        for call in CALLS {
            let is_upload = call.starts_with("upload");
            if matches!(*name, "retriable" | "not retriable") && !is_upload {
                continue;
            }
            let mut ranges = String::new();
            let mut open: Option<(u16, u16, String)> = None;
            for code in 200..=599 {
                status.store(code, Ordering::Relaxed);
                let now = decision(make(call, &client).await);
                open = match open.take() {
                    Some((first, _, same)) if same == now => Some((first, code, same)),
                    ended => {
                        write_range(&mut ranges, ended);
                        Some((code, code, now))
                    }
                };
            }
            write_range(&mut ranges, open);
            match alike.iter_mut().find(|(known, _)| *known == ranges) {
                Some((_, calls)) => calls.push(call),
                None => alike.push((ranges, vec![call])),
            }
        }
        for (ranges, calls) in alike {
            writeln!(picture, "{name} body: {}\n{ranges}", calls.join(", ")).unwrap();
        }
    }
    insta::assert_snapshot!("decisions", picture);
}

fn write_range(picture: &mut String, range: Option<(u16, u16, String)>) {
    if let Some((first, last, decision)) = range {
        let statuses = if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        };
        writeln!(picture, "  {statuses:<8} {decision}").unwrap();
    }
}
