//! One small upload by the real program to a practice Mapillary of its own: cheap enough for hundreds of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use waypost_generator::{WalkSpec, walk, write_photo_folder};
use waypost_sandbox::{Sandbox, SandboxConfig, pixels_sha256};
use waypost_testkit::canary;
use waypost_testkit::line::Line;
use waypost_testkit::scratch::Scratch;
use waypost_testkit::table::Row;

use crate::binaries;
use crate::process::Guarded;
use crate::secrets::in_process_list;

/// The services of all uploads run on it.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads")
});

/// A practice Mapillary, a folder of three photos, a home for the program.
#[derive(Debug)]
pub struct QuickUpload {
    sandbox: Sandbox,
    scratch: Scratch,
    originals: Vec<(PathBuf, Vec<u8>)>,
    token: String,
}

impl QuickUpload {
    /// Sets everything up; nothing is sent yet.
    pub fn new() -> Self {
        let scratch = Scratch::new("e2e");
        let service = scratch.path().join(canary::SERVICE);
        canary::seed_service(&service);
        let config = SandboxConfig {
            data_dir: service,
            stage_ms: 0,
            ..SandboxConfig::default()
        };
        let sandbox = RUNTIME.block_on(Sandbox::start(config)).expect("a practice service");
        let card = scratch.path().join("card");
        let specs = walk(&WalkSpec {
            count: 3,
            padding_bytes: 9_000,
            width_px: 64,
            height_px: 48,
            ..WalkSpec::default()
        });
        let photos = write_photo_folder(&card, &specs).expect("photos");
        for folder in ["home", "said"] {
            std::fs::create_dir(scratch.path().join(folder)).expect("a folder");
        }
        let token = RUNTIME.block_on(new_token(&sandbox));
        assert!(token.starts_with(canary::TOKEN));
        Self {
            originals: photos
                .into_iter()
                .map(|path| (path.clone(), sha256_of(&path)))
                .collect(),
            sandbox,
            scratch,
            token,
        }
    }

    /// A path in the upload's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Where the service listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        let graph = url::Url::parse(&self.sandbox.info().graph).expect("an address");
        format!("127.0.0.1:{}", graph.port().expect("a port"))
    }

    /// The command that uploads the card; `line` stands between, where there is one.
    pub fn command(&self, package: &str, line: Option<&Line>) -> Command {
        let mut command = Command::new(binaries::waypost());
        command.args([
            "--json",
            "--verbose",
            "process_and_upload",
            "--wait",
            "--package",
            package,
        ]);
        command.arg(self.path("card"));
        self.surround(&mut command, line);
        command
    }

    /// Gives a command the surroundings of this upload, and no others.
    pub fn surround(&self, command: &mut Command, line: Option<&Line>) {
        let info = self.sandbox.info();
        let reached = |address: &str| line.map_or_else(|| address.to_owned(), |line| line.instead_of_server(address));
        let home = self.path("home");
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("TMPDIR", &home)
            .env("NO_PROXY", "*")
            .env("WAYPOST_DATA_DIR", home.join("data"))
            .env("WAYPOST_LOG", "trace")
            .env("WAYPOST_USER_TOKEN", &self.token)
            .env("MAPILLARY_CLIENT_TOKEN", &info.client_token)
            .env("MAPILLARY_SECRET", &info.client_secret)
            .env("MAPILLARY_APP_ID", &info.client_id)
            // All of them: only then it is practice, and followed at the pace of practice.
            .env("MAPILLARY_AUTHORIZE_URL", &info.authorize)
            .env("MAPILLARY_TILES_ENDPOINT", &info.tiles)
            .env("MAPILLARY_GRAPH_API_ENDPOINT", reached(&info.graph))
            .env("MAPILLARY_UPLOAD_ENDPOINT", reached(&info.upload))
            .stdin(Stdio::null());
    }

    /// Starts a command of this upload; what it says goes into files.
    pub fn spawn(&self, command: &mut Command, run: &str) -> Guarded {
        let said = |stream: &str| File::create(self.path("said").join(format!("{run}.{stream}"))).expect("a file");
        let program = Guarded::spawn(command.stdout(said("out")).stderr(said("err")));
        assert_eq!(
            in_process_list(),
            Vec::<String>::new(),
            "the token is in a command line"
        );
        program
    }

    /// Starts the upload.
    pub fn start(&self, package: &str, run: &str, line: Option<&Line>) -> Guarded {
        self.spawn(&mut self.command(package, line), run)
    }

    /// What a run said on standard error.
    pub fn said(&self, run: &str) -> String {
        std::fs::read_to_string(self.path("said").join(format!("{run}.err"))).expect("what it said")
    }

    /// Runs the upload to its end, and sees it end well.
    pub fn finish(&self, package: &str, run: &str) {
        let status = self.start(package, run, None).wait();
        assert!(status.success(), "{status}: {}", self.said(run));
    }

    /// Requests that reached the service after the sign-in.
    pub fn sent_requests(&self) -> usize {
        let requests = self.sandbox.snapshot().requests;
        requests
            .iter()
            .filter(|request| request.path.starts_with("/upload/"))
            .count()
    }

    /// Looks at the service, the journal and the originals, and counts.
    pub fn look(&self, at: &str) -> Row {
        for (path, hash) in &self.originals {
            assert!(sha256_of(path) == *hash, "{at}: {} was changed", path.display());
        }
        let database = rusqlite::Connection::open(self.path("home/data/waypost.sqlite3")).expect("the journal");
        let verdict: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("a verdict");
        assert_eq!(verdict, "ok", "{at}");
        let snapshot = self.sandbox.snapshot();
        assert_eq!(snapshot.violations, Vec::<String>::new(), "{at}");
        let wanted: Vec<String> = self
            .originals
            .iter()
            .map(|(path, _)| pixels_sha256(&std::fs::read(path).expect("a photo")).expect("a JPEG"))
            .collect();
        let is_wanted = |cluster: &&waypost_sandbox::Cluster| {
            cluster
                .images
                .iter()
                .map(|image| &image.pixels_sha256)
                .eq(wanted.iter())
        };
        let count = snapshot.clusters.iter().filter(is_wanted).count() as u64;
        let row = Row {
            scenarios: 1,
            lost: u64::from(count == 0) + snapshot.clusters.len() as u64 - count,
            doubled: count.saturating_sub(1),
            ..Row::default()
        };
        if row.lost + row.doubled > 0 {
            println!("{at}: {row}: {}", json!(snapshot.requests));
        }
        row
    }
}

impl Default for QuickUpload {
    fn default() -> Self {
        Self::new()
    }
}

/// The sum of rows under one name.
pub fn merged(kind: &str, rows: &[Row]) -> Row {
    let mut sum = Row::new(kind);
    for row in rows {
        sum.add(row);
    }
    sum
}

async fn new_token(sandbox: &Sandbox) -> String {
    let info = sandbox.info();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client
        .post(format!("{}/login", info.graph))
        .header("Authorization", format!("OAuth {}", info.client_token))
        .json(&json!({"email": "ann@example.org", "password": "secret", "locale": "en_US"}));
    let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    answer["access_token"].as_str().expect("a token").to_owned()
}

fn sha256_of(path: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).expect("a file")).to_vec()
}
