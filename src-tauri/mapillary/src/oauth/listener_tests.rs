//! What the listener believes and what it does not, request by request.

use proptest::prelude::*;

use super::*;

const STATE: &str = "right-state";

fn expected() -> Expected {
    Expected {
        port: 8_765,
        path: "/callback".to_owned(),
        state: CsrfToken::new(STATE.to_owned()),
    }
}

fn judged(method: &str, target: &str, host: &str) -> (Page, Outcome) {
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
    judge(head.as_bytes(), &expected())
}

fn get(target: &str) -> (Page, Outcome) {
    judged("GET", target, "localhost:8765")
}

#[test]
fn only_the_right_path_state_and_host_bring_the_code() {
    for host in ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST:8765"] {
        let (page, outcome) = judged("GET", "/callback?code=c%2F1&state=right-state", host);
        assert_eq!(page, page::RECEIVED, "{host}");
        match outcome {
            Outcome::Answer(Answer::Code(code)) => {
                assert_eq!(secrecy::ExposeSecret::expose_secret(&code), "c/1");
            }
            _ => panic!("no code from {host}"),
        }
    }
}

#[test]
fn requests_of_others_end_nothing() {
    let good = "/callback?code=c&state=right-state";
    for (method, target, host, page) in [
        ("GET", "/favicon.ico", "localhost:8765", page::NOT_FOUND),
        ("GET", "/", "localhost:8765", page::NOT_FOUND),
        (
            "GET",
            "/callback/?code=c&state=right-state",
            "localhost:8765",
            page::NOT_FOUND,
        ),
        ("GET", "/callback", "localhost:8765", page::MALFORMED),
        ("GET", "/callback?state=right-state", "localhost:8765", page::MALFORMED),
        (
            "GET",
            "/callback?code=&state=right-state",
            "localhost:8765",
            page::MALFORMED,
        ),
        (
            "GET",
            "/callback?code=c&code=d&state=right-state",
            "localhost:8765",
            page::MALFORMED,
        ),
        (
            "GET",
            "/callback?code=c&error=x&state=right-state",
            "localhost:8765",
            page::MALFORMED,
        ),
        ("POST", good, "localhost:8765", page::WRONG_METHOD),
        ("GET", good, "evil.example:8765", page::WRONG_HOST),
        ("GET", good, "localhost:8766", page::WRONG_HOST),
        ("GET", good, "localhost", page::WRONG_HOST),
        ("GET", good, "localhost:8765\r\nHost: evil.example", page::WRONG_HOST),
    ] {
        let (shown, outcome) = judged(method, target, host);
        assert_eq!(shown, page, "{method} {target} {host}");
        assert!(matches!(outcome, Outcome::Nothing), "{method} {target}");
    }
}

#[test]
fn a_wrong_or_missing_state_is_noticed_but_ends_nothing() {
    for target in [
        "/callback?code=c&state=wrong-state",
        "/callback?code=c&state=right-stat",
        "/callback?code=c&state=right-state-and-more",
        "/callback?code=c",
        "/callback?error=user_denied&state=wrong-state",
    ] {
        let (page, outcome) = get(target);
        assert_eq!(page, page::WRONG_STATE, "{target}");
        assert!(matches!(outcome, Outcome::WrongState), "{target}");
    }
}

#[test]
fn an_error_counts_with_the_right_state_or_none() {
    for target in [
        "/callback?error=user_denied&state=right-state",
        "/callback?error=user_denied",
    ] {
        let (page, outcome) = get(target);
        assert_eq!(page, page::NOT_SIGNED_IN, "{target}");
        assert!(
            matches!(outcome, Outcome::Answer(Answer::Error(word)) if word == "user_denied"),
            "{target}"
        );
    }
}

#[test]
fn a_page_is_static_and_loads_nothing() {
    let (page, _) = get("/callback?error=%3Cscript%3Ealert(1)%3C/script%3E");
    let text = String::from_utf8(page.response()).unwrap();
    assert!(!text.contains("script"), "{text}");
    assert!(!text.contains("http://") && !text.contains("https://"));
    assert!(text.contains("default-src 'none'"));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("Content-Length: {}", body.len())));
}

#[test]
fn only_a_loopback_http_address_can_be_listened_on() {
    for (address, accepted) in [
        ("http://localhost:8765/callback", true),
        ("http://127.0.0.1:8765/", true),
        ("http://[::1]:8765/", true),
        ("https://localhost:8765/", false),
        ("http://192.168.1.2:8765/", false),
        ("http://localhost.example:8765/", false),
        ("http://localhost:0/", false),
        ("waypost://callback", false),
        ("http://user@localhost:8765/", false),
    ] {
        let result = check_redirect(&Url::parse(address).unwrap());
        assert_eq!(result.is_ok(), accepted, "{address}");
        if let Err(error) = result {
            assert_eq!(error.code(), "oauth_invalid_redirect");
        }
    }
}

proptest! {
    #[test]
    fn no_request_panics_and_none_without_the_state_brings_a_code(
        head in prop::collection::vec(any::<u8>(), 0..300),
        target in "[ -~]{0,80}",
    ) {
        prop_assert!(!matches!(judge(&head, &expected()).1, Outcome::Answer(Answer::Code(_))));
        let (_, outcome) = get(&format!("/callback?{target}"));
        if matches!(outcome, Outcome::Answer(Answer::Code(_))) {
            prop_assert!(target.contains(STATE));
        }
    }
}
