//! A practice Mapillary in a process of its own, so that killing the client never touches it.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use waypost_testkit::canary;

use crate::binaries;
use crate::process::Guarded;

/// The running server.
#[derive(Debug)]
pub struct Server {
    info: Value,
    root: String,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    _process: Guarded,
}

impl Server {
    /// Starts `waypost sandbox` with its state in `data`, which is to be called [`canary::SERVICE`]; its secrets are
    /// canaries.
    pub fn start(data: &Path, stage_seconds: &str) -> Self {
        canary::seed_service(data);
        let (process, line) = Guarded::spawn_with_first_line(
            Command::new(binaries::waypost())
                .args(["sandbox", "--port", "0", "--stage-seconds", stage_seconds, "--data"])
                .arg(data)
                .stdin(Stdio::null())
                .stderr(Stdio::null()),
        );
        let info: Value = serde_json::from_str(&line).expect("the first line is JSON");
        let graph = info["graph"].as_str().expect("it names the graph");
        let root = graph.trim_end_matches("/graph").to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self {
            info,
            root,
            runtime,
            http,
            _process: process,
        }
    }

    /// A field of the line that the server printed.
    pub fn info(&self, field: &str) -> String {
        self.info[field].as_str().unwrap_or_default().to_owned()
    }

    /// The environment that points a client at this server and makes it this server's app.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("MAPILLARY_GRAPH_API_ENDPOINT", "graph"),
            ("MAPILLARY_UPLOAD_ENDPOINT", "upload"),
            ("MAPILLARY_AUTHORIZE_URL", "authorize"),
            ("MAPILLARY_TILES_ENDPOINT", "tiles"),
            ("MAPILLARY_APP_ID", "client_id"),
            ("MAPILLARY_SECRET", "client_secret"),
            ("MAPILLARY_CLIENT_TOKEN", "client_token"),
            ("MAPILLARY_REDIRECT_URI", "redirect_uri"),
        ]
        .into_iter()
        .map(|(name, field)| (name.to_owned(), self.info(field)))
        .collect()
    }

    /// A token of `username`, given out by the server's own login.
    pub fn new_token(&self, username: &str) -> String {
        let request = self
            .http
            .post(format!("{}/login", self.info("graph")))
            .header("Authorization", format!("OAuth {}", self.info("client_token")))
            .json(&serde_json::json!({
                "email": format!("{username}@example.org"), "password": "secret", "locale": "en_US",
            }));
        let answer: Value = self
            .runtime
            .block_on(async { request.send().await?.json().await })
            .expect("the server lets anybody in");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Everything that arrived so far.
    pub fn state(&self) -> Value {
        let request = self.http.get(format!("{}/control/state", self.root));
        self.runtime
            .block_on(async { request.send().await?.json().await })
            .expect("the server says its state")
    }

    /// Sets scripted trouble.
    pub fn add_fault(&self, fault: &Value) {
        let request = self.http.post(format!("{}/control/faults", self.root)).json(fault);
        let answer = self.runtime.block_on(request.send()).expect("the server answers");
        assert!(answer.status().is_success(), "{fault} is no fault");
    }

    /// Ends all trouble.
    pub fn clear_faults(&self) {
        let request = self.http.delete(format!("{}/control/faults", self.root));
        self.runtime.block_on(request.send()).expect("the server answers");
    }
}
