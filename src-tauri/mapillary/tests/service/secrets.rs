//! The token stays where it belongs: no redirect carries it, no text shows it.

use waypost_mapillary::oauth::{AppIdentity, Grant};
use waypost_mapillary::{
    Coverage, FileHandle, FileType, ImageSearch, LoginReply, MapillaryError, TileAddress, Token, UploadBody,
};

use crate::support::{CANARY, Server, options, reply, reply_with, token};

const KEY: &str = "mly_tools_0.zip";

#[tokio::test]
async fn a_redirect_is_never_followed_and_never_gets_the_token() {
    for status in [301, 302, 303, 307, 308] {
        let stranger = Server::always(200, r#"{"id":"1","username":"thief","h":"x"}"#).await;
        let location = stranger.url.join("anywhere").unwrap().to_string();
        let server = Server::start(move |_| reply_with(status, ("location", &location), "")).await;
        let client = server.client();
        let sent = client
            .upload_send(&token(), KEY, 0, 3, UploadBody::from_bytes("abc"))
            .await;
        for error in [client.me(&token()).await.unwrap_err(), sent.unwrap_err()] {
            assert_eq!(error.code(), "redirect", "{status}");
            let host = stranger.url.port().unwrap().to_string();
            assert!(error.to_string().contains(&host), "{error}");
        }
        assert!(stranger.seen().is_empty(), "{status}");
    }
}

/// Every error of every call against a server that echoes what it was sent.
async fn errors_of(server: &Server) -> Vec<MapillaryError> {
    let client = server.client();
    let token = token();
    let handle = FileHandle("h".to_owned());
    let search = ImageSearch {
        creator_username: Some("walker".to_owned()),
        ..ImageSearch::default()
    };
    let body = UploadBody::from_bytes("abc");
    [
        client.me(&token).await.map(drop),
        client.organization(&token, "7").await.map(drop),
        client.login(&token, "a@b.c", &token).await.map(drop),
        client.upload_offset(&token, KEY).await.map(drop),
        client.upload_send(&token, KEY, 0, 3, body).await.map(drop),
        client
            .finish_upload(&token, &handle, FileType::Zip, None)
            .await
            .map(drop),
        client.feed_page(&token, "42", 50, None).await.map(drop),
        client.search_images(&token, &search).await.map(drop),
        client.image_ids(&token, "s").await.map(drop),
        client.images_by_ids(&token, &["1".to_owned()], &[]).await.map(drop),
        client.user(&token, "7").await.map(drop),
        client.image_detections(&token, "7").await.map(drop),
        client.map_feature(&token, "7").await.map(drop),
        client.user_stats(&token, "walker").await.map(drop),
        client.new_sequences(&token, "walker").await.map(drop),
        client
            .coverage_tile(&token, TileAddress { zoom: 0, x: 0, y: 0 }, Coverage::Original)
            .await
            .map(drop),
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect()
}

#[tokio::test]
async fn no_error_shows_the_token_even_when_the_server_echoes_it() {
    let echoes = [
        format!(r#"{{"error":{{"message":"bad token {CANARY}","code":1,"type":"{CANARY}"}}}}"#),
        format!(r#"{{"debug_info":{{"message":"{CANARY}","type":"{CANARY}"}}}}"#),
        format!("Authorization: OAuth {CANARY}"),
        format!("MLY%7C77%7C{}", CANARY.rsplit('|').next().unwrap()),
        format!(r#"{{"errors":[{{"message":"{CANARY}"}}]}}"#),
    ];
    for status in [200, 400, 401, 404, 429, 500] {
        for echo in echoes.clone() {
            let server = Server::start(move |_| reply(status, echo.clone())).await;
            let errors = errors_of(&server).await;
            assert!(errors.len() >= 9, "{status}");
            for error in errors {
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains("canary"), "{shown}");
            }
        }
    }
}

#[test]
fn nothing_that_holds_a_secret_can_be_printed() {
    let identity = AppIdentity {
        client_id: "1".to_owned(),
        client_secret: token(),
        redirect_uri: "http://localhost:8765/".parse().unwrap(),
    };
    let grant = Grant {
        token: token(),
        expires_in_s: Some(1),
    };
    let login = LoginReply {
        token: token(),
        user_id: "42".to_owned(),
    };
    let shown = format!("{identity:?} {grant:?} {login:?} {:?}", token());
    assert!(!shown.contains("canary"), "{shown}");
    let base = "http://127.0.0.1:1/".parse().unwrap();
    let client = waypost_mapillary::Client::new(options(&base)).unwrap();
    assert!(!format!("{client:?}").contains("OAuth"));
}

#[test]
fn a_client_for_an_unencrypted_address_cannot_be_made() {
    let mut options = options(&"http://127.0.0.1:1/".parse().unwrap());
    options.endpoints.upload = "http://upload.example/".parse().unwrap();
    let error = waypost_mapillary::Client::new(options).unwrap_err();
    assert_eq!(error.code(), "invalid_url");
}

#[tokio::test]
async fn a_wrong_password_is_told_without_repeating_it() {
    let server = Server::always(
        400,
        r#"{"error":{"message":"Invalid parameter pw-canary","code":100,"error_subcode":1348092,"error_user_title":"Incorrect Password","error_user_msg":"pw-canary is wrong"}}"#,
    )
    .await;
    let login = server
        .client()
        .login(&token(), "a@b.c", &Token::from("pw-canary"))
        .await;
    let error = login.unwrap_err();
    assert!(
        matches!(
            &error,
            MapillaryError::LoginRefused {
                may_ask_again: true,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("canary"));
}
