//! The one-shot listener on the loopback interface that receives the browser's answer.
//!
//! It is reachable by every program and every web page on this computer, so it believes little:
//! bounded requests, bounded time, only a loopback `Host` (a page that rebinds its name is
//! refused), only the registered path, and a `state` compared in constant time.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oauth2::CsrfToken;
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::{Host, Url};

use super::page::{self, Page};
use crate::endpoints::public_form;
use crate::error::MapillaryError;
use crate::oauth_failure::OAuthFailure;
use crate::redact::Redactor;

/// Longest request that is read, in bytes: browsers send cookies of other local servers along.
const MAX_REQUEST_BYTES: usize = 32 << 10;

/// Most header lines of a request.
const MAX_HEADERS: usize = 100;

/// How long one connection may take, reading and writing each.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Most connections answered at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 32;

/// What the browser brought.
pub(super) enum Answer {
    /// The code to exchange for a token.
    Code(SecretString),
    /// The service's error word.
    Error(String),
}

/// The bound sockets and what is expected on them.
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
    path: String,
}

/// Whether the redirect address can be listened on at all.
pub(super) fn check_redirect(redirect: &Url) -> Result<(), MapillaryError> {
    let reason = if redirect.scheme() != "http" {
        Some("it does not begin with http://, and only a loopback address can be listened on")
    } else if addresses(redirect).is_empty() {
        Some("its host is not localhost, 127.0.0.1 or [::1]")
    } else if redirect.port_or_known_default() == Some(0) {
        Some("it names no port")
    } else if !redirect.username().is_empty() || redirect.fragment().is_some() {
        Some("it may not hold a user name or a fragment")
    } else {
        None
    };
    match reason {
        Some(reason) => Err(OAuthFailure::InvalidRedirect {
            url: public_form(redirect),
            reason,
        }
        .into()),
        None => Ok(()),
    }
}

/// The addresses that the host of the redirect address stands for.
fn addresses(redirect: &Url) -> Vec<IpAddr> {
    match redirect.host() {
        Some(Host::Domain(name)) if name.eq_ignore_ascii_case("localhost") => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Some(Host::Ipv4(address)) if address.is_loopback() => vec![address.into()],
        Some(Host::Ipv6(address)) if address.is_loopback() => vec![address.into()],
        _ => Vec::new(),
    }
}

impl Listener {
    pub(super) async fn bind(redirect: &Url) -> Result<Self, MapillaryError> {
        check_redirect(redirect)?;
        let port = redirect.port_or_known_default().unwrap_or(80);
        let mut sockets = Vec::new();
        for (index, address) in addresses(redirect).into_iter().enumerate() {
            match TcpListener::bind(SocketAddr::new(address, port)).await {
                Ok(socket) => sockets.push(socket),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Err(OAuthFailure::PortBusy { port }.into());
                }
                // The second address is ::1, which a computer without IPv6 does not have.
                Err(_) if index > 0 => {}
                Err(error) => {
                    let detail = error.to_string();
                    return Err(OAuthFailure::PortUnavailable { port, detail }.into());
                }
            }
        }
        Ok(Self {
            sockets,
            port,
            path: redirect.path().to_owned(),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests until one carries a valid answer. Requests with a wrong `state` set
    /// `wrong_state_came` and change nothing else.
    pub(super) async fn answer(&self, state: &CsrfToken, wrong_state_came: &AtomicBool) -> Answer {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                stream = self.accept(), if connections.len() < MAX_CONNECTIONS => {
                    let expected = Expected {
                        port: self.port,
                        path: self.path.clone(),
                        state: state.clone(),
                    };
                    connections.spawn(serve(stream, expected));
                }
                Some(outcome) = connections.join_next() => match outcome {
                    Ok(Outcome::Answer(answer)) => return answer,
                    Ok(Outcome::WrongState) => wrong_state_came.store(true, Ordering::Relaxed),
                    Ok(Outcome::Nothing) | Err(_) => {}
                }
            }
        }
    }

    async fn accept(&self) -> TcpStream {
        let accepts = self.sockets.iter().map(|socket| {
            Box::pin(async move {
                loop {
                    match socket.accept().await {
                        Ok((stream, _)) => return stream,
                        // Out of file descriptors, most likely: give others time to return some.
                        Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                    }
                }
            })
        });
        futures_util::future::select_all(accepts).await.0
    }
}

/// What a connection has to bring to count.
struct Expected {
    port: u16,
    path: String,
    state: CsrfToken,
}

/// What one connection amounted to.
enum Outcome {
    Nothing,
    WrongState,
    Answer(Answer),
}

/// Reads one request, answers it, and says what it was.
async fn serve(mut stream: TcpStream, expected: Expected) -> Outcome {
    let request = tokio::time::timeout(CONNECTION_TIMEOUT, read_request(&mut stream));
    let (page, outcome) = match request.await {
        Ok(Ok(Some(head))) => judge(&head, &expected),
        Ok(Ok(None)) => (page::TOO_LARGE, Outcome::Nothing),
        // The browser opens connections on suspicion and leaves them.
        Ok(Err(_)) | Err(_) => return Outcome::Nothing,
    };
    let write = async {
        stream.write_all(&page.response()).await?;
        stream.shutdown().await
    };
    // An answer counts even when the browser does not wait for the page.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, write).await;
    outcome
}

/// The head of a request, up to the empty line; nothing when it is too long.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut buffer = [0_u8; 2_048];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(buffer.get(..length).unwrap_or_default());
        if head.windows(4).any(|window| window == b"\r\n\r\n") {
            return Ok(Some(head));
        }
        if head.len() > MAX_REQUEST_BYTES {
            return Ok(None);
        }
    }
}

/// Decides what a request is worth. Nothing of it is ever repeated in the page.
fn judge(head: &[u8], expected: &Expected) -> (Page, Outcome) {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let (Ok(_), Some(method), Some(target)) = (request.parse(head), request.method, request.path) else {
        return (page::MALFORMED, Outcome::Nothing);
    };
    let mut hosts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    let is_loopback = match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_own_host(host.value, expected.port),
        _ => false,
    };
    if !is_loopback {
        return (page::WRONG_HOST, Outcome::Nothing);
    }
    if method != "GET" {
        return (page::WRONG_METHOD, Outcome::Nothing);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != expected.path {
        return (page::NOT_FOUND, Outcome::Nothing);
    }
    let parameter = |name: &str| {
        let mut values = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned());
        // Given twice, it is not clear which is meant; RFC 6749 forbids it.
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(()),
        }
    };
    let (Ok(state), Ok(code), Ok(error)) = (parameter("state"), parameter("code"), parameter("error")) else {
        return (page::MALFORMED, Outcome::Nothing);
    };
    let state_is_right = state.as_deref().map(|state| is_same(state, &expected.state));
    match (state_is_right, code, error) {
        // The service may leave `state` out of an error (API documentation).
        (Some(true) | None, None, Some(word)) => {
            let word = Redactor::default().clean(&word);
            (page::NOT_SIGNED_IN, Outcome::Answer(Answer::Error(word)))
        }
        (Some(true), Some(code), None) => {
            let code = SecretString::from(code);
            (page::RECEIVED, Outcome::Answer(Answer::Code(code)))
        }
        (Some(false), _, _) | (None, Some(_), _) => (page::WRONG_STATE, Outcome::WrongState),
        _ => (page::MALFORMED, Outcome::Nothing),
    }
}

fn is_same(state: &str, expected: &CsrfToken) -> bool {
    state.as_bytes().ct_eq(expected.secret().as_bytes()).into()
}

/// Whether a `Host` header names this listener by one of its loopback names.
fn is_own_host(value: &[u8], port: u16) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"].into_iter().any(|name| {
        let with_port = value.eq_ignore_ascii_case(&format!("{name}:{port}"));
        with_port || (port == 80 && value.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
#[path = "listener_tests.rs"]
mod tests;
