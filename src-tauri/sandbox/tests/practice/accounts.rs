//! Passwords, tokens of every kind, the organisation, and what a restart keeps of them.

use reqwest::Method;
use serde_json::json;
use waypost_sandbox::Sandbox;

use crate::support::{Practice, http, json_of, login};

#[tokio::test]
async fn only_the_practice_password_signs_in() {
    let practice = Practice::start().await;
    let info = practice.sandbox.info();
    let response = practice
        .http
        .post(practice.graph("/login"))
        .header("Authorization", format!("OAuth {}", info.client_token))
        .json(&json!({ "email": "a@b.c", "password": "wrong", "locale": "en_US" }))
        .send()
        .await
        .unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!(status, 400);
    assert_eq!(body["error"]["code"], 100);
    assert_eq!(body["error"]["error_subcode"], 1_348_092);
    assert!(body["error"]["error_user_title"].is_string());
}

#[tokio::test]
async fn each_kind_of_bad_token_has_its_own_answer() {
    let practice = Practice::start().await;
    let ask = |authorization: Option<String>, query: &'static str| {
        let mut request = practice.http.get(practice.graph("/me") + query);
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        async move {
            let (status, body) = json_of(request.send().await.unwrap()).await;
            (
                status.as_u16(),
                body["error"]["type"].as_str().unwrap().to_owned(),
                body["error"]["code"].as_i64().unwrap(),
            )
        }
    };
    let token = practice.token.clone();
    let oauth = |status: u16| (status, "OAuthException".to_owned(), 190);
    assert_eq!(ask(None, "").await, (500, "MLYApiException".to_owned(), 190));
    assert_eq!(ask(Some(format!("Bearer {token}")), "").await, oauth(401));
    assert_eq!(ask(Some("OAuth never-issued".into()), "").await, oauth(401));
    assert_eq!(ask(None, "?access_token=never-issued").await, oauth(400));
    practice.sandbox.revoke_tokens().unwrap();
    assert_eq!(ask(Some(format!("OAuth {token}")), "").await, oauth(401));
}

#[tokio::test]
async fn a_user_token_in_a_url_is_noted() {
    let practice = Practice::start().await;
    let url = format!("{}?access_token={}", practice.graph("/me"), practice.token);
    let response = practice.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let snapshot = practice.snapshot();
    assert!(snapshot.violations[0].contains("URL"));
    let kept = serde_json::to_string(&snapshot).unwrap();
    assert!(!kept.contains(&practice.token), "the token was recorded");
}

#[tokio::test]
async fn the_organisation_is_known_by_its_id() {
    let practice = Practice::start().await;
    let id = practice.sandbox.organization_id().to_owned();
    let (status, body) = practice
        .get(&practice.graph(&format!("/{id}?fields=slug%2Cdescription%2Cname")))
        .await;
    assert_eq!(status, 200);
    assert_eq!(body["id"], json!(id));
    assert_eq!(body["slug"], "practice_organization");
    let (status, body) = practice.get(&practice.graph("/12345?fields=slug")).await;
    assert_eq!((status.as_u16(), &body["error"]["error_subcode"]), (400, &json!(33)));
}

#[tokio::test]
async fn tokens_and_credentials_survive_a_restart_and_no_token_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::in_folder(folder.path()).await;
    let (token, first) = (practice.token.clone(), practice.sandbox.info().clone());
    practice.sandbox.stop().await;
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten() {
        let text = std::fs::read(entry.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&text).contains(&token), "{entry:?}");
    }

    let again = Sandbox::start(waypost_sandbox::SandboxConfig {
        data_dir: folder.path().to_path_buf(),
        ..crate::support::config(&practice.clock)
    })
    .await
    .unwrap();
    let info = again.info();
    assert_eq!(
        (
            &info.client_id,
            &info.client_secret,
            &info.client_token,
            &info.redirect_uri
        ),
        (
            &first.client_id,
            &first.client_secret,
            &first.client_token,
            &first.redirect_uri
        )
    );
    let response = http()
        .request(Method::GET, format!("{}/me?fields=username", info.graph))
        .header("Authorization", format!("OAuth {token}"))
        .send()
        .await
        .unwrap();
    assert_eq!(json_of(response).await.1["username"], "maria");
    let (_, same_id) = login(&http(), &again, "maria@elsewhere.example").await;
    assert_eq!(same_id, practice.user_id);
    again.stop().await;
}

#[tokio::test]
async fn two_services_invent_different_credentials() {
    let (a, b) = (Practice::start().await, Practice::start().await);
    let (a, b) = (a.sandbox.info(), b.sandbox.info());
    assert!(a.client_token.starts_with(&format!("MLY|{}|", a.client_id)));
    assert_ne!(a.client_token, a.client_secret);
    assert_ne!(a.client_id, b.client_id);
    assert_ne!(a.client_secret, b.client_secret);
}
