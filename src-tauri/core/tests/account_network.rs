//! Networks that stand between: a proxy that the environment names.
//!
//! The environment belongs to the process, so this test binary starts itself once more inside.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use url::Url;
use waypost_core::account::{Accounts, AccountsSetup, SignInOptions};
use waypost_core::environment::Environment;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::SystemClock;
use waypost_mapillary::{Client, ClientOptions, Endpoints};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// Tells the second process what it is.
const INNER: &str = "WAYPOST_TEST_SIGNS_IN";

/// Not a test of its own: what the second process does.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn signs_in_at_a_service_that_is_not_on_this_computer() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    let endpoints = Endpoints {
        graph: Url::parse("https://graph.example.invalid/").unwrap(),
        ..Endpoints::default()
    };
    let folder = Scratch::new("network");
    let accounts = Accounts::new(AccountsSetup {
        data_dir: folder.path().to_path_buf(),
        environment: Environment::empty(folder.path()),
        profile: None,
        app: None,
        client: Client::new(ClientOptions {
            endpoints,
            ..ClientOptions::default()
        })
        .unwrap(),
        keychain: Arc::new(MemoryKeychain::new()),
        clock: Arc::new(SystemClock),
    })
    .unwrap();
    let token = format!("{}-of-nobody", canary::TOKEN).into();
    let error = accounts
        .sign_in_with_token(token, &SignInOptions::default())
        .await
        .unwrap_err();
    println!("{}: {error}", error.code());
}

fn signed_in_with(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "signs_in_at_a_service_that_is_not_on_this_computer"]);
    command.args(["--ignored", "--nocapture"]).env(INNER, "1");
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// A proxy that refuses everything; gives its address and, at the end, the first line of each request and all else.
fn refusing_proxy() -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let mut lines = Vec::new();
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while stream.read_line(&mut line).is_ok_and(|length| length > 2) {
                lines.push(std::mem::take(&mut line));
            }
            if lines.last().is_some_and(|line| line.starts_with("END")) {
                break;
            }
            let _ = stream
                .get_mut()
                .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }
        lines
    });
    (address, serving)
}

fn end(address: &str, serving: std::thread::JoinHandle<Vec<String>>) -> Vec<String> {
    let mut stream = std::net::TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    stream.write_all(b"END of the test\r\n\r\n").unwrap();
    serving.join().unwrap()
}

#[test]
fn the_proxy_of_the_environment_is_used_and_never_sees_the_token() {
    let (address, serving) = refusing_proxy();
    let told = signed_in_with(&[("HTTPS_PROXY", &address)]);
    assert!(
        told.contains("connection: ") && told.contains("graph.example.invalid"),
        "{told}"
    );
    let lines = end(&address, serving);
    assert_eq!(lines[0], "CONNECT graph.example.invalid:443 HTTP/1.1\r\n");
    assert!(lines.iter().all(|line| !line.contains("canary")), "{lines:?}");
}

#[test]
fn hosts_that_are_to_be_reached_directly_do_not_go_through_the_proxy() {
    let (address, serving) = refusing_proxy();
    let told = signed_in_with(&[("HTTPS_PROXY", &address), ("NO_PROXY", "graph.example.invalid")]);
    assert!(!told.is_empty());
    assert_eq!(end(&address, serving), ["END of the test\r\n"]);
}
