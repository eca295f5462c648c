//! A server that answers as a test tells it to and remembers everything it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};
use waypost_mapillary::{Client, ClientOptions, Endpoints, Token};

/// The token of every test; it must turn up nowhere but in the `Authorization` header.
pub const CANARY: &str = "MLY|77|canary-7f3a";

pub fn token() -> Token {
    Token::from(CANARY)
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The server. It stops when dropped.
pub struct Server {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts on a free port; `answer` decides every reply.
    pub async fn start(answer: impl Fn(&Seen) -> Response<Body> + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&log), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let Ok(body) = to_bytes(body, usize::MAX).await else {
                    return reply(400, "");
                };
                let seen = Seen {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: body.to_vec(),
                };
                let response = answer(&seen);
                log.lock().unwrap().push(seen);
                response
            }
        });
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.unwrap();
        });
        Self { url, seen, task }
    }

    /// Starts a server with one reply to everything.
    pub async fn always(status: u16, body: &'static str) -> Self {
        Self::start(move |_| reply(status, body)).await
    }

    pub fn client(&self) -> Client {
        Client::new(options(&self.url)).unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request that came.
    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.into_iter().next().unwrap()
    }
}

/// Options for a client of a server at `base`.
pub fn options(base: &Url) -> ClientOptions {
    ClientOptions {
        endpoints: Endpoints {
            graph: base.join("graph").unwrap(),
            upload: base.join("upload").unwrap(),
            authorize: base.join("connect").unwrap(),
            tiles: base.join("tiles").unwrap(),
        },
        ..ClientOptions::default()
    }
}

pub fn reply(status: u16, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

pub fn reply_with(status: u16, header: (&'static str, &str), body: impl Into<Body>) -> Response<Body> {
    let mut response = reply(status, body);
    response.headers_mut().insert(header.0, header.1.parse().unwrap());
    response
}

pub fn json(value: &Value) -> Response<Body> {
    reply_with(200, ("content-type", "application/json"), value.to_string())
}
