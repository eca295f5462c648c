//! Signing in with a fake browser: an HTTP client that opens the page and follows its redirects.

use std::net::{Ipv6Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpListener as AsyncListener;
use url::{Url, form_urlencoded};
use waypost_mapillary::oauth::{AppIdentity, Grant, SignIn, refresh};
use waypost_mapillary::{MapillaryError, Token};

use crate::support::{CANARY, Seen, Server, json as json_reply, reply, reply_with, token};

const SECRET: &str = "MLY|1|app-secret";
const LONG: Duration = Duration::from_secs(20);

/// A port that is free on both loopback addresses at this moment.
fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

fn identity(host: &str) -> AppIdentity {
    AppIdentity {
        client_id: "4711".to_owned(),
        client_secret: Token::from(SECRET),
        redirect_uri: format!("http://{host}:{}/callback", free_port()).parse().unwrap(),
    }
}

/// A service whose authorize page answers at once with what `query` makes of the request.
async fn service(
    query: impl Fn(&Seen) -> Vec<(&'static str, String)> + Clone + Send + Sync + 'static,
    token_reply: (u16, Value),
) -> Server {
    Server::start(move |seen| match seen.path.as_str() {
        "/connect" => {
            let mut target = Url::parse(&seen.parameter("redirect_uri").unwrap()).unwrap();
            target.query_pairs_mut().extend_pairs(query(seen));
            reply_with(302, ("location", target.as_str()), "")
        }
        "/graph/token" => reply(token_reply.0, token_reply.1.to_string()),
        other => panic!("{other}"),
    })
    .await
}

fn allow(seen: &Seen) -> Vec<(&'static str, String)> {
    vec![
        ("code", "the code".to_owned()),
        ("state", seen.parameter("state").unwrap()),
    ]
}

fn good_token() -> (u16, Value) {
    let body = json!({"access_token": CANARY, "token_type": "bearer", "expires_in": 5_184_000});
    (200, body)
}

/// Opens `url` as a browser would and returns the status and text of the last page.
async fn browse(url: &Url) -> (u16, String) {
    let browser = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = browser.get(url.clone()).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn sign_in(server: &Server, identity: &AppIdentity) -> Result<Grant, MapillaryError> {
    let sign_in = SignIn::start(&server.client(), identity).await?;
    let page = sign_in.authorize_url().clone();
    let (grant, (_, text)) = tokio::join!(sign_in.wait(LONG, std::future::pending()), browse(&page));
    assert!(text.contains("Waypost"), "{text}");
    grant
}

#[tokio::test]
async fn a_person_who_allows_is_signed_in() {
    for host in ["127.0.0.1", "localhost"] {
        let server = service(allow, good_token()).await;
        let identity = identity(host);
        let grant = sign_in(&server, &identity).await.unwrap();
        assert_eq!(grant.token.expose_secret(), CANARY);
        assert_eq!(grant.expires_in_s, Some(5_184_000));

        let seen = server.seen();
        let page = &seen[0];
        for (name, value) in [
            ("client_id", "4711"),
            ("redirect_uri", identity.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", "read upload"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(page.parameter(name).as_deref(), Some(value), "{name}");
        }
        assert!(page.parameter("state").unwrap().len() >= 22, "128 bits at least");
        assert!(!page.query.contains("secret"));

        let exchange = &seen[1];
        assert_eq!(
            exchange.header("authorization"),
            Some(format!("OAuth {SECRET}").as_str())
        );
        let mut body = exchange.json();
        let verifier = body["code_verifier"].take().as_str().unwrap().to_owned();
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
        assert_eq!(page.parameter("code_challenge").as_deref(), Some(challenge.as_str()));
        assert_eq!(
            body,
            json!({"grant_type": "authorization_code", "client_id": "4711", "code": "the code",
                "redirect_uri": identity.redirect_uri.as_str(), "code_verifier": null})
        );
    }
}

#[tokio::test]
async fn every_sign_in_has_its_own_state_and_challenge() {
    let server = service(allow, good_token()).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let sign_in = SignIn::start(&server.client(), &identity("127.0.0.1")).await.unwrap();
        let url = sign_in.authorize_url();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        seen.extend(
            pairs
                .into_iter()
                .filter(|(name, _)| name == "state" || name == "code_challenge")
                .map(|(_, value)| value),
        );
        assert!(!format!("{sign_in:?}").contains(&seen[0]), "not in Debug");
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn a_person_who_denies_is_not_signed_in() {
    let deny = |seen: &Seen| {
        vec![
            ("error", "user_denied".to_owned()),
            ("state", seen.parameter("state").unwrap()),
        ]
    };
    let server = service(deny, good_token()).await;
    let error = sign_in(&server, &identity("127.0.0.1")).await.unwrap_err();
    assert_eq!(error.code(), "oauth_denied");
    assert_eq!(server.seen().len(), 1, "no code was exchanged");
}

#[tokio::test]
async fn the_services_own_error_is_named() {
    let broken = |_: &Seen| vec![("error", "invalid_scope".to_owned())];
    let server = service(broken, good_token()).await;
    let error = sign_in(&server, &identity("127.0.0.1")).await.unwrap_err();
    assert_eq!(error.code(), "oauth_server_error");
    assert!(error.to_string().contains("invalid_scope"));
}

#[tokio::test]
async fn a_refused_code_brings_the_services_words_but_no_secret() {
    for (reply, code) in [
        (
            (
                400,
                json!({"error": {"message": format!("code used, {SECRET}"), "code": 100}}),
            ),
            "server_status",
        ),
        (
            (401, json!({"error": {"message": "bad secret", "code": 190}})),
            "unauthorized",
        ),
        ((400, json!({"error": "invalid_grant"})), "oauth_server_error"),
        ((200, json!({"error": "invalid_grant"})), "oauth_server_error"),
        ((200, json!({"token_type": "bearer"})), "unusable_answer"),
        (
            (200, json!({"access_token": CANARY, "token_type": "mac"})),
            "unusable_answer",
        ),
        ((503, json!({})), "server_status"),
    ] {
        let server = service(allow, reply.clone()).await;
        let error = sign_in(&server, &identity("127.0.0.1")).await.unwrap_err();
        assert_eq!(error.code(), code, "{reply:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("app-secret") && !shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn strangers_end_nothing_and_the_right_answer_still_counts() {
    let server = service(allow, good_token()).await;
    let identity = identity("127.0.0.1");
    let sign_in = SignIn::start(&server.client(), &identity).await.unwrap();
    let page = sign_in.authorize_url().clone();
    let callback = |query: &str| {
        let mut url = identity.redirect_uri.clone();
        url.set_query(Some(query));
        url
    };
    let strangers = async {
        let favicon = identity.redirect_uri.join("/favicon.ico").unwrap();
        assert_eq!(browse(&favicon).await.0, 404);
        let (status, text) = browse(&callback("code=stolen&state=guess")).await;
        assert_eq!(status, 400);
        assert!(!text.contains("stolen") && !text.contains("guess"));
        assert_eq!(browse(&callback("code=stolen")).await.0, 400);
        // A page whose name was rebound to this computer.
        let browser = reqwest::Client::builder().no_proxy().build().unwrap();
        let rebound = browser
            .get(callback("code=stolen&state=guess"))
            .header("host", "evil.example")
            .send();
        assert_eq!(rebound.await.unwrap().status().as_u16(), 421);
        // A connection opened on suspicion, as browsers do.
        let address = identity.redirect_uri.socket_addrs(|| None).unwrap()[0];
        let _idle = tokio::net::TcpStream::connect(address).await.unwrap();
        browse(&page).await
    };
    let (grant, (status, _)) = tokio::join!(sign_in.wait(LONG, std::future::pending()), strangers);
    assert_eq!(status, 200);
    assert_eq!(grant.unwrap().token.expose_secret(), CANARY);
}

#[tokio::test]
async fn a_busy_port_is_named_before_the_browser_opens() {
    let taken = AsyncListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let mut identity = identity(host);
        identity.redirect_uri.set_port(Some(port)).unwrap();
        let server = service(allow, good_token()).await;
        let error = SignIn::start(&server.client(), &identity).await.unwrap_err();
        assert_eq!(error.code(), "oauth_port_busy");
        assert!(error.to_string().contains(&port.to_string()), "{error}");
    }
}

#[tokio::test]
async fn localhost_is_listened_on_in_both_families() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        eprintln!("skipped: this computer has no IPv6 loopback address");
        return;
    }
    let server = service(allow, good_token()).await;
    let identity = identity("localhost");
    let port = identity.redirect_uri.port().unwrap();
    let sign_in = SignIn::start(&server.client(), &identity).await.unwrap();
    let state = sign_in
        .authorize_url()
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    let by_six = Url::parse(&format!("http://[::1]:{port}/callback?code=c&state={state}")).unwrap();
    let (grant, (status, _)) = tokio::join!(sign_in.wait(LONG, std::future::pending()), browse(&by_six));
    assert_eq!(status, 200);
    grant.unwrap();
}

#[tokio::test]
async fn a_sign_in_ends_in_time_when_cancelled_and_frees_its_port() {
    let server = service(allow, good_token()).await;
    let identity = identity("127.0.0.1");
    let short = Duration::from_millis(30);

    let waiting = SignIn::start(&server.client(), &identity).await.unwrap();
    let error = waiting.wait(short, std::future::pending()).await.unwrap_err();
    assert_eq!(error.code(), "oauth_timed_out");

    let waiting = SignIn::start(&server.client(), &identity).await.unwrap();
    let error = waiting.wait(LONG, std::future::ready(())).await.unwrap_err();
    assert_eq!(error.code(), "oauth_cancelled");

    let waiting = SignIn::start(&server.client(), &identity).await.unwrap();
    let mut wrong = identity.redirect_uri.clone();
    wrong.set_query(Some("code=c&state=wrong"));
    // Long enough for the browser on a busy machine; the test takes this long.
    let lifetime = Duration::from_secs(2);
    let (result, _) = tokio::join!(waiting.wait(lifetime, std::future::pending()), browse(&wrong));
    assert_eq!(result.unwrap_err().code(), "oauth_wrong_state");
}

#[tokio::test]
async fn a_token_is_renewed_with_itself() {
    let answers = Arc::new(Mutex::new(vec![
        json!({"access_token": "next", "expires_in": "3600"}),
        json!({"access_token": "next", "token_type": "Bearer", "expires_in": -1}),
    ]));
    let server =
        Server::start(move |_| -> Response<Body> { json_reply(&answers.lock().unwrap().pop().unwrap()) }).await;
    let identity = identity("127.0.0.1");
    for expected in [None, Some(3_600)] {
        let grant = refresh(&server.client(), &identity, &token()).await.unwrap();
        assert_eq!(grant.token.expose_secret(), "next");
        assert_eq!(grant.expires_in_s, expected);
    }
    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/graph/token");
    assert_eq!(seen.header("authorization"), Some(format!("OAuth {SECRET}").as_str()));
    assert_eq!(
        seen.json(),
        json!({"grant_type": "refresh_token", "refresh_token": CANARY, "client_id": "4711"})
    );
}

#[tokio::test]
async fn a_renewal_that_comes_too_late_asks_for_a_new_sign_in() {
    let server = Server::always(
        400,
        r#"{"error":{"type":"OAuthException","code":190,"message":"expired"}}"#,
    )
    .await;
    let renewed = refresh(&server.client(), &identity("127.0.0.1"), &token()).await;
    assert_eq!(renewed.unwrap_err().code(), "unauthorized");
}
