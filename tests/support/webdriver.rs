//! A small WebDriver client: just what the window tests need, over plain HTTP.
//!
//! Talks to WebKitWebDriver of Debian's webkit2gtk-driver, which starts the app itself (W3C WebDriver, 2018).

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::process::{Guarded, wait_for};

/// A running app under WebDriver.
#[derive(Debug)]
pub struct Window {
    base: String,
    session: String,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    _driver: Guarded,
}

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Window {
    /// Starts WebKitWebDriver with the environment `environment`, and through it `app` with `arguments`.
    pub fn open(app: &Path, arguments: &[&str], environment: &[(String, String)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        for (name, value) in environment {
            command.env(name, value);
        }
        let driver = Guarded::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let base = format!("http://127.0.0.1:{port}");
        let mut window = Self {
            base,
            session: String::new(),
            http,
            runtime,
            _driver: driver,
        };
        wait_for("WebKitWebDriver", || {
            let request = window.http.get(format!("{}/status", window.base)).send();
            window.runtime.block_on(request).ok().map(|_| ())
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": app, "args": arguments}
        }}});
        let answer = window.post("/session", &wanted);
        answer["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut window.session);
        window
    }

    fn finish(answer: reqwest::Result<Value>, what: &str) -> Value {
        let answer = answer.unwrap_or_else(|error| panic!("WebDriver {what}: {error}"));
        assert!(answer["value"]["error"].is_null(), "WebDriver {what}: {answer}");
        answer["value"].clone()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let address = if path == "/session" {
            format!("{}{path}", self.base)
        } else {
            format!("{}/session/{}{path}", self.base, self.session)
        };
        let answer = self
            .runtime
            .block_on(async { self.http.post(address).json(body).send().await?.json().await });
        Self::finish(answer, path)
    }

    fn get(&self, path: &str) -> Value {
        let address = format!("{}/session/{}{path}", self.base, self.session);
        let answer = self
            .runtime
            .block_on(async { self.http.get(address).send().await?.json().await });
        Self::finish(answer, path)
    }

    /// Runs a function body in the page and returns its value.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// All text that the page shows.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The whole DOM as it stands.
    pub fn dom(&self) -> String {
        self.run("return document.documentElement.outerHTML")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the page shows `text`.
    pub fn wait_for_text(&self, text: &str) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(120);
        loop {
            let shown = self.text();
            if shown.contains(text) {
                return;
            }
            assert!(
                std::time::Instant::now() < end,
                "waited two minutes for \"{text}\"; the window shows:\n{shown}"
            );
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// Waits until two more frames were painted, so that a picture shows what the page is.
    pub fn wait_for_paint(&self) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.post("/execute/async", &json!({"script": script, "args": []}));
    }

    /// Clicks the first enabled element that matches a CSS selector, once there is one.
    pub fn click(&self, selector: &str) {
        let element = wait_for(selector, || {
            let found = self.post("/elements", &json!({"using": "css selector", "value": selector}));
            let first = found.as_array()?.first()?[ELEMENT].as_str()?.to_owned();
            (self.get(&format!("/element/{first}/enabled")) == json!(true)).then_some(first)
        });
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Types into the first element that matches a CSS selector.
    pub fn type_into(&self, selector: &str, text: &str) {
        let element = wait_for(selector, || {
            let found = self.post("/elements", &json!({"using": "css selector", "value": selector}));
            Some(found.as_array()?.first()?[ELEMENT].as_str()?.to_owned())
        });
        self.post(&format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Writes a picture of the page to `path`.
    pub fn screenshot(&self, path: &Path) {
        let picture = self.get("/screenshot");
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture.as_str().unwrap_or_default())
            .expect("a screenshot is base64");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder for screenshots");
        }
        std::fs::write(path, bytes).expect("the screenshot can be written");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let request = self
            .http
            .delete(format!("{}/session/{}", self.base, self.session))
            .send();
        self.runtime.block_on(request).ok();
    }
}
