//! The real `mapillary_tools` in a virtual environment of its own, and how it is run.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use waypost_sandbox::SandboxInfo;

/// The version that the protocol notes were taken from.
const VERSION: &str = "0.14.7";

/// What pip says when it cannot reach the package index.
const UNREACHABLE: [&str; 8] = [
    "connection broken by",
    "Connection refused",
    "Could not resolve host",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Name or service not known",
    "Temporary failure in name resolution",
    "timed out",
];

/// The program, installed when it is missing; `None`, said aloud, where PyPI cannot be reached.
///
/// It lives in `WAYPOST_PEER_VENV`, or in `peer-venv` beside the other build results.
pub fn program() -> Option<PathBuf> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(install).clone()
}

fn install() -> Option<PathBuf> {
    let folder = std::env::var_os("WAYPOST_PEER_VENV").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peer-venv"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).unwrap();
    // Other test programs may install at the same time.
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let program = folder.join("bin").join("mapillary_tools");
    if is_right_version(&program) {
        return Some(program);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .unwrap_or_else(|text| panic!("python3 with its module venv is needed: {text}"));
    let wanted = format!("mapillary_tools=={VERSION}");
    let pip = ["-m", "pip", "install", "--quiet", "--retries", "2", "--timeout", "20"];
    let installed = run(Command::new(folder.join("bin").join("python")).args(pip).arg(&wanted));
    match installed {
        Ok(()) => {
            assert!(is_right_version(&program), "pip installed another version");
            Some(program)
        }
        Err(text) if UNREACHABLE.iter().any(|sign| text.contains(sign)) => {
            // Written past the test harness, which hides what passing tests print.
            let said = format!("SKIPPED: PyPI cannot be reached, so {wanted} was not run: {text}\n");
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            None
        }
        Err(text) => panic!("pip could not install {wanted}: {text}"),
    }
}

fn is_right_version(program: &Path) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(VERSION))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(text(&output))
}

/// Everything a program said.
pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// `mapillary_tools` pointed at a practice service, with a home of its own.
pub struct Peer {
    program: PathBuf,
    info: SandboxInfo,
    home: tempfile::TempDir,
}

impl Peer {
    pub fn new(program: PathBuf, info: &SandboxInfo) -> Self {
        Self {
            program,
            info: info.clone(),
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder for the files of the test.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Runs a command; its output.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        let home = self.home.path();
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_PROXY", "*")
            .env("MAPILLARY_GRAPH_API_ENDPOINT", &self.info.graph)
            .env("MAPILLARY_UPLOAD_ENDPOINT", &self.info.upload)
            .env("MAPILLARY_CLIENT_TOKEN", &self.info.client_token)
            .env("MAPILLARY_CONFIG_PATH", home.join("config"))
            .env("MAPILLARY_UPLOAD_HISTORY_PATH", home.join("history"))
            .env("MAPILLARY_TOOLS_UPLOAD_CACHE_DIR", home.join("cache"))
            .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
            .stdin(std::process::Stdio::null());
        command.output().await.unwrap()
    }

    /// Runs a command that must end well.
    pub async fn must(&self, arguments: &[&str]) {
        let output = self.run(arguments).await;
        assert!(
            output.status.success(),
            "mapillary_tools {arguments:?} ended with {}:\n{}",
            output.status,
            text(&output)
        );
    }

    /// Signs in as `a@b.c` under the profile `walker`.
    pub async fn authenticate(&self) {
        self.must(&[
            "authenticate",
            "--user_name",
            "walker",
            "--user_email",
            "a@b.c",
            "--user_password",
            "secret",
        ])
        .await;
    }
}
