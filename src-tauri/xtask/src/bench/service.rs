//! The practice server of the bench, in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::material::Material;
use crate::json::Json;

/// When the server compares what arrived with the MD5 in its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// Before it answers: the client waits for it, and shares the processors with it.
    AtOnce,
    /// After the measured run.
    Later,
}

/// A practice Mapillary in a process of its own, with an empty folder; both go when it is dropped.
pub struct Service {
    process: Child,
    folder: PathBuf,
    /// Root of its graph.
    pub graph: String,
    /// Root of its upload sessions.
    pub upload: String,
    /// Token of its app.
    pub client_token: String,
}

impl Service {
    /// Starts it with nothing in it.
    pub fn start(waypost: &Path, material: &Material, checks: Checks) -> Result<Self, String> {
        let folder = material.path("service");
        std::fs::create_dir_all(folder.join("history")).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut process = Command::new(waypost)
            .args(["sandbox", "--stage-seconds", "0", "--data"])
            .arg(folder.join("server"))
            .args((checks == Checks::Later).then_some("--check-later"))
            .env("WAYPOST_DATA_DIR", folder.join("unused"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("the practice server did not start: {error}"))?;
        let mut line = String::new();
        let said = process.stdout.take().ok_or("the practice server has no output")?;
        BufReader::new(said)
            .read_line(&mut line)
            .map_err(|error| format!("the practice server: {error}"))?;
        let info = Json::parse(&line)?;
        let text = |name: &str| {
            let value = info.get(name).and_then(Json::text);
            value
                .map(str::to_owned)
                .ok_or(format!("the practice server says no {name}: {line}"))
        };
        Ok(Self {
            graph: text("graph")?,
            upload: text("upload")?,
            client_token: text("client_token")?,
            process,
            folder,
        })
    }

    /// A path in its folder, for what belongs to the same run.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Lets it compare everything it holds with the MD5s in the keys. An error names what is wrong; it is one too when
    /// nothing was sent.
    pub fn check(&self) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("the practice server's check: {error}");
        let host = self.graph.trim_start_matches("http://").trim_end_matches("/graph");
        let mut line = TcpStream::connect(host).map_err(wrong)?;
        let request =
            format!("POST /control/check HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        line.write_all(request.as_bytes()).map_err(wrong)?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).map_err(wrong)?;
        judged(&answer)
    }
    /// Processor time so far, seconds; `None` where there is no `/proc`.
    pub fn processor_s(&self) -> Option<f64> {
        // Hundredths of a second on every Linux there is (proc(5): fields 14 and 15, counted behind the name).
        const TICKS_PER_S: f64 = 100.0;
        let line = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        let (_, fields) = line.rsplit_once(')')?;
        let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<f64>);
        Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / TICKS_PER_S)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, and its folder goes with the material at the latest.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What the answer to the check says.
fn judged(answer: &str) -> Result<(), String> {
    let failed = || format!("the practice server's check: {answer}");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(failed)?;
    let checked = Json::parse(body.trim())?;
    let count = match checked.get("checked") {
        Some(Json::Number(count)) => count.parse::<u64>().ok(),
        _ => None,
    };
    let is_right = checked.get("wrong") == Some(&Json::List(Vec::new()));
    if head.starts_with("HTTP/1.1 200") && is_right && count.is_some_and(|count| count > 0) {
        Ok(())
    } else {
        Err(failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_counts_only_when_something_arrived_and_all_of_it_is_right() {
        let answer = |status: &str, body: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 9\r\n\r\n{body}");
        assert_eq!(judged(&answer("200 OK", r#"{"checked":2,"wrong":[]}"#)), Ok(()));
        for (status, body) in [
            ("200 OK", r#"{"checked":0,"wrong":[]}"#),
            ("200 OK", r#"{"checked":2,"wrong":["mly_tools_0.zip"]}"#),
            ("200 OK", r#"{"checked":2}"#),
            ("404 Not Found", r#"{"checked":2,"wrong":[]}"#),
            ("200 OK", ""),
        ] {
            assert!(judged(&answer(status, body)).is_err(), "{status} {body}");
        }
        assert!(judged("").is_err());
    }
}
