//! Signing in by the browser: the page, the code, the token, and its refresh.

use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{Practice, json_of};

/// `/connect` with these parameters on top of the ordinary ones; one without a value is left out.
fn connect_url(practice: &Practice, changes: &[(&str, Option<&str>)]) -> Url {
    let info = practice.sandbox.info();
    let mut params = vec![
        ("client_id", Some(info.client_id.as_str())),
        ("redirect_uri", Some(info.redirect_uri.as_str())),
        ("response_type", Some("code")),
        ("scope", Some("read upload")),
        ("state", Some("s-1")),
    ];
    for (name, value) in changes {
        params.retain(|(known, _)| known != name);
        params.push((name, *value));
    }
    let given = params.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Url::parse_with_params(&info.authorize, given).unwrap()
}

/// Where the browser is sent.
async fn answer(practice: &Practice, changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
    let response = practice.http.get(connect_url(practice, changes)).send().await.unwrap();
    assert_eq!(response.status(), 302);
    let location = response.headers()["location"].to_str().unwrap();
    let url = Url::parse(location).unwrap();
    assert!(location.starts_with(&practice.sandbox.info().redirect_uri));
    url.query_pairs().into_owned().collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

async fn code(practice: &Practice, changes: &[(&str, Option<&str>)]) -> String {
    let mut all = vec![("decision", Some("allow"))];
    all.extend_from_slice(changes);
    value(&answer(practice, &all).await, "code").unwrap().to_owned()
}

async fn exchange(practice: &Practice, body: Value) -> (reqwest::StatusCode, Value) {
    let info = practice.sandbox.info();
    let mut whole = json!({ "client_id": info.client_id });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    let response = practice
        .http
        .post(practice.graph("/token"))
        .header("Authorization", format!("OAuth {}", info.client_secret))
        .json(&whole)
        .send()
        .await
        .unwrap();
    json_of(response).await
}

fn by_code(code: &str) -> Value {
    json!({ "grant_type": "authorization_code", "code": code })
}

async fn me(practice: &Practice, token: &str) -> (reqwest::StatusCode, Value) {
    let response = practice
        .http
        .get(practice.graph("/me?fields=id%2Cusername"))
        .header("Authorization", format!("OAuth {token}"))
        .send()
        .await
        .unwrap();
    json_of(response).await
}

#[tokio::test]
async fn the_page_says_that_it_is_practice_and_its_buttons_work() {
    let practice = Practice::start().await;
    let url = connect_url(&practice, &[("state", Some("a\"><script>1</script>"))]);
    let response = practice.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    let page = response.text().await.unwrap();
    assert!(page.contains("This is not Mapillary"));
    assert!(page.contains(">Allow</button>") && page.contains(">Deny</button>"));
    assert!(!page.contains("<script>"));

    // What a browser sends when a button is pressed: every field of the form and the button.
    let mut fields: Vec<(String, String)> = page
        .split("<input ")
        .skip(1)
        .map(|input| {
            let part = |name: &str| {
                let begin = input.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
                let text = &input[begin..];
                text[..text.find('"').unwrap()]
                    .replace("&quot;", "\"")
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&amp;", "&")
            };
            (part("name"), part("value"))
        })
        .collect();
    for (decision, expected) in [("allow", "code"), ("deny", "error")] {
        fields.push(("decision".to_owned(), decision.to_owned()));
        let response = practice
            .http
            .post(&practice.sandbox.info().authorize)
            .form(&fields)
            .send()
            .await
            .unwrap();
        fields.pop();
        assert_eq!(response.status(), 302);
        let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
        let pairs: Vec<_> = location.query_pairs().into_owned().collect();
        assert!(value(&pairs, expected).is_some(), "{pairs:?}");
        assert_eq!(value(&pairs, "state"), Some("a\"><script>1</script>"));
    }
}

#[tokio::test]
async fn a_wrong_app_or_redirect_is_told_to_the_person_and_never_redirected() {
    let practice = Practice::start().await;
    for (name, wrong, says) in [
        ("client_id", "12345", "App not found"),
        (
            "redirect_uri",
            "http://localhost:9/callback",
            "Wrong RedirectUri provided",
        ),
    ] {
        let url = connect_url(&practice, &[(name, Some(wrong)), ("decision", Some("allow"))]);
        let response = practice.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(response.headers().get("location").is_none());
        assert!(response.text().await.unwrap().contains(says));
    }
}

#[tokio::test]
async fn what_the_client_asked_wrongly_is_told_to_the_client() {
    let practice = Practice::start().await;
    for (changes, error) in [
        (vec![("response_type", Some("token"))], "invalid_request"),
        (vec![("scope", Some("read user:email"))], "invalid_scope"),
        (
            vec![("code_challenge", Some("x")), ("code_challenge_method", Some("md5"))],
            "invalid_request",
        ),
        (vec![("decision", Some("deny"))], "user_denied"),
    ] {
        let pairs = answer(&practice, &changes).await;
        assert_eq!(value(&pairs, "error"), Some(error));
        assert_eq!(value(&pairs, "state"), Some("s-1"));
    }
}

#[tokio::test]
async fn a_code_becomes_a_token_of_the_chosen_account_once() {
    let practice = Practice::start().await;
    let code = code(&practice, &[("account", Some("Otto")), ("redirect_uri", None)]).await;
    let (status, body) = exchange(&practice, by_code(&code)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 60 * 24 * 3_600);
    let (status, who) = me(&practice, body["access_token"].as_str().unwrap()).await;
    assert_eq!((status.as_u16(), &who["username"]), (200, &json!("otto")));
    assert_ne!(who["id"], json!(practice.user_id));

    let (status, body) = exchange(&practice, by_code(&code)).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!(100)));
}

#[tokio::test]
async fn a_code_expires() {
    let practice = Practice::start().await;
    let code = code(&practice, &[]).await;
    practice.clock.advance_ms(60_000);
    let (status, _) = exchange(&practice, by_code(&code)).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_challenge_demands_its_verifier() {
    let practice = Practice::start().await;
    let verifier = "a-verifier-of-at-least-forty-three-characters-0";
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let challenged = [
        ("code_challenge", Some(challenge.as_str())),
        ("code_challenge_method", Some("S256")),
    ];
    for (sent, expected) in [(None, 400), (Some("another"), 400), (Some(verifier), 200)] {
        let mut body = by_code(&code(&practice, &challenged).await);
        if let Some(sent) = sent {
            body["code_verifier"] = json!(sent);
        }
        let (status, body) = exchange(&practice, body).await;
        assert_eq!(status, expected, "{body}");
    }
    assert_eq!(practice.snapshot().violations.len(), 1);
}

#[tokio::test]
async fn the_token_endpoint_takes_forms_and_wants_the_secret() {
    let practice = Practice::start().await;
    let info = practice.sandbox.info();
    for (authorization, expected) in [
        (format!("OAuth {}", info.client_secret), 200),
        (format!("OAuth {}", info.client_token), 401),
        (format!("Bearer {}", info.client_secret), 401),
    ] {
        let code = code(&practice, &[]).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &info.client_id),
            ("redirect_uri", &info.redirect_uri),
            ("code", &code),
        ];
        let response = practice
            .http
            .post(practice.graph("/token"))
            .header("Authorization", authorization)
            .form(&form)
            .send()
            .await
            .unwrap();
        let (status, body) = json_of(response).await;
        assert_eq!(status, expected, "{body}");
    }
}

#[tokio::test]
async fn a_token_is_refreshed_with_itself_until_it_expires() {
    let practice = Practice::start().await;
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": practice.token });
    practice.clock.advance_ms(59 * 24 * 3_600 * 1_000);
    let (status, body) = exchange(&practice, refresh.clone()).await;
    assert_eq!(status, 200, "{body}");
    let newer = body["access_token"].as_str().unwrap().to_owned();

    practice.clock.advance_ms(24 * 3_600 * 1_000);
    let (status, body) = me(&practice, &practice.token).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!(190)));
    assert_eq!(exchange(&practice, refresh).await.0, 400);
    assert_eq!(me(&practice, &newer).await.0, 200);
}

#[tokio::test]
async fn auto_allow_answers_without_a_page() {
    let practice = Practice::with(|config| config.auto_allow = true).await;
    let pairs = answer(&practice, &[]).await;
    assert!(value(&pairs, "code").is_some());
}

#[tokio::test]
async fn an_app_without_the_upload_scope_cannot_upload() {
    let practice = Practice::start().await;
    let code = code(&practice, &[("scope", Some("read"))]).await;
    let (_, body) = exchange(&practice, by_code(&code)).await;
    let response = practice
        .http
        .get(practice.upload("uuid_1.json"))
        .header(
            "Authorization",
            format!("OAuth {}", body["access_token"].as_str().unwrap()),
        )
        .send()
        .await
        .unwrap();
    let (status, body) = json_of(response).await;
    assert_eq!(status, 403);
    assert_eq!(body["debug_info"]["type"], "NotAuthorizedError");
}
