//! A practice Mapillary, a home of its own for the program, folders of photos, and what the program said.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::{Child, Command};
use waypost_generator::{PhotoSpec, WalkSpec, photo_bytes, walk, write_photo_folder};
use waypost_sandbox::{Sandbox, SandboxConfig, Snapshot};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// First capture of the photos of a test, milliseconds since 1970 UTC.
pub const START_MS: i64 = 1_780_000_000_000;

/// Everything a test needs.
pub struct World {
    pub sandbox: Sandbox,
    pub home: Scratch,
    pub token: String,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(SandboxConfig {
            stage_ms: 0,
            ..SandboxConfig::default()
        })
        .await
    }

    pub async fn start_with(mut config: SandboxConfig) -> Self {
        let home = Scratch::new("cli");
        config.data_dir = home.path().join(canary::SERVICE);
        canary::seed_service(&config.data_dir);
        let sandbox = Sandbox::start(config).await.unwrap();
        let token = token_of(&sandbox, "ann").await;
        Self { sandbox, home, token }
    }

    /// A path in the test's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    /// A folder of photos of one walk.
    pub fn photos(&self, name: &str, count: usize) -> PathBuf {
        self.padded_photos(name, count, 0)
    }

    /// The same, each photo with at least so many bytes.
    pub fn padded_photos(&self, name: &str, count: usize, padding_bytes: usize) -> PathBuf {
        let folder = self.path(name);
        // Two folders of a test never hold the same photos.
        let seed = name.bytes().map(i64::from).sum::<i64>();
        let specs = walk(&WalkSpec {
            count,
            padding_bytes,
            start_ms: START_MS + seed * 3_600_000,
            seed: u64::try_from(seed).unwrap(),
            width_px: 64,
            height_px: 48,
            ..WalkSpec::default()
        });
        write_photo_folder(&folder, &specs).unwrap();
        folder
    }

    /// Writes one photo, changed by `change`.
    pub fn photo(&self, path: &str, change: impl FnOnce(&mut PhotoSpec)) -> PathBuf {
        let mut spec = PhotoSpec {
            width_px: 64,
            height_px: 48,
            ..PhotoSpec::default()
        };
        change(&mut spec);
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, photo_bytes(&spec).unwrap()).unwrap();
        path
    }

    /// The program with a token in its environment.
    pub fn waypost(&self, arguments: &[&str]) -> Command {
        let mut command = self.signed_out(arguments);
        command.env("WAYPOST_USER_TOKEN", &self.token);
        command
    }

    /// The program with nobody signed in.
    pub fn signed_out(&self, arguments: &[&str]) -> Command {
        self.program(Path::new(env!("CARGO_BIN_EXE_waypost")), arguments)
    }

    /// A program in the surroundings of this test, and in no others.
    pub fn program(&self, program: &Path, arguments: &[&str]) -> Command {
        let info = self.sandbox.info();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "America/New_York")
            .env("NO_PROXY", "*")
            .env("WAYPOST_DATA_DIR", self.data_dir())
            .env("MAPILLARY_GRAPH_API_ENDPOINT", &info.graph)
            .env("MAPILLARY_UPLOAD_ENDPOINT", &info.upload)
            .env("MAPILLARY_AUTHORIZE_URL", &info.authorize)
            .env("MAPILLARY_TILES_ENDPOINT", &info.tiles)
            .env("MAPILLARY_CLIENT_TOKEN", &info.client_token)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program with a token to its end.
    pub async fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.waypost(arguments)).await
    }

    pub fn snapshot(&self) -> Snapshot {
        self.sandbox.snapshot()
    }

    /// Names of the images that arrived, cluster by cluster.
    pub fn clusters(&self) -> Vec<Vec<String>> {
        self.snapshot()
            .clusters
            .iter()
            .map(|cluster| {
                let names = cluster.images.iter().map(|image| image.file_name.clone());
                names.collect()
            })
            .collect()
    }

    pub fn request_count(&self, method: &str, path: &str) -> usize {
        self.snapshot().requests_to(method, path).count()
    }

    /// The newest report in the data folder.
    pub fn report(&self) -> Value {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.data_dir().join("reports"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        serde_json::from_slice(&std::fs::read(paths.last().unwrap()).unwrap()).unwrap()
    }
}

/// A token of somebody at a practice service.
pub async fn token_of(sandbox: &Sandbox, username: &str) -> String {
    let info = sandbox.info();
    let answer: Value = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("{}/login", info.graph))
        .header("Authorization", format!("OAuth {}", info.client_token))
        .json(&json!({
            "email": format!("{username}@example.org"), "password": "secret", "locale": "en_US",
        }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Sees the exit code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Sees each of the texts on standard error.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} is missing in {self:#?}");
        }
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Runs a program to its end.
pub async fn run(command: &mut Command) -> Run {
    ended(command.spawn().unwrap()).await
}

/// Waits for the end of a program.
pub async fn ended(child: Child) -> Run {
    let output = tokio::time::timeout(Duration::from_secs(120), child.wait_with_output())
        .await
        .expect("a program that ends")
        .unwrap();
    // Where it is searched for secrets with all else.
    let said = Scratch::new("cli-said");
    std::fs::write(said.path().join("stdout"), &output.stdout).unwrap();
    std::fs::write(said.path().join("stderr"), &output.stderr).unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a program with `input` on its standard input.
pub async fn run_with_input(command: &mut Command, input: &[u8]) -> Run {
    use tokio::io::AsyncWriteExt as _;
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).await.unwrap();
    drop(stdin);
    ended(child).await
}

/// Asks `probe` again and again until it holds; the limit only ends a test that would hang.
pub async fn until(what: &str, mut probe: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !probe() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sends a signal to a program.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().expect("a running program").to_string();
    let status = std::process::Command::new("kill")
        .args(["-s", name, &id])
        .status()
        .unwrap();
    assert!(status.success());
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
