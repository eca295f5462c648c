//! `bench`, the sending part: from photos and a video to finished uploads, against the practice server.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::material::Material;
use super::measure::{Start, Used, in_turn, median, median_of, table};
use crate::command::output;
use crate::json::Json;

/// Counted runs of each program. Fewer than in reading: each moves gigabytes.
const RUNS: usize = 3;
/// Photos, and how long each is made.
const PHOTOS: (usize, usize) = (418, 2_800_000);
/// 4 GB: eight minutes at 30 frames a second.
const VIDEO: (u64, u64, u64) = (480, 30, 280_000);
/// Images at once, the same for both.
const WORKERS: &str = "4";
/// Bytes that are moved at once over the raw line.
const BLOCK_BYTES: usize = 1024 * 1024;

/// Runs all of it; returns Markdown.
pub fn run(waypost: &Path, peer: &Path) -> Result<String, String> {
    let material = Material::new()?;
    let mut parts = Vec::new();

    let photos = material.photos("photos", PHOTOS.0, PHOTOS.1)?;
    let what = format!("{} photos of {:.1} MB", PHOTOS.0, PHOTOS.1 as f64 / 1e6);
    let server_s = RefCell::default();
    let bench = Bench {
        waypost,
        peer,
        folder: &photos,
        material: &material,
        server_s: &server_s,
    };
    let (images, theirs) = bench.compare("images")?;
    parts.push(table(
        &format!("{what}, from `process` to finished, `--package images`, {WORKERS} at once in both"),
        &images,
        &theirs,
    ));
    parts.push(bench.server());
    let (zip, theirs) = bench.compare("zip")?;
    parts.push(table(
        &format!("{what}, `--package zip` (one stream) beside the peer's images, {WORKERS} at once"),
        &zip,
        &theirs,
    ));
    parts.push(bench.server());
    parts.push(format!(
        "Zip takes {:.2} times the wall time of images.\n",
        wall(&zip) / wall(&images)
    ));
    parts.push(limit(&photos, "images", wall(&images))?);
    parts.push(limit(&photos, "zip", wall(&zip))?);
    Material::remove(&photos)?;

    let video = material.video("video", VIDEO.0, VIDEO.1, VIDEO.2)?;
    let bench = Bench {
        folder: &video,
        ..bench
    };
    let (ours, theirs) = bench.compare("images")?;
    parts.push(table(
        "a GoPro video of 4 GB, from `process` to finished",
        &ours,
        &theirs,
    ));
    parts.push(bench.server());
    parts.push(limit(&video, "the video", wall(&ours))?);
    Ok(parts.join("\n"))
}

fn wall(runs: &[Used]) -> f64 {
    median_of(runs, |used| used.wall_s)
}

/// Two programs and what they send.
#[derive(Clone, Copy)]
struct Bench<'a> {
    waypost: &'a Path,
    peer: &'a Path,
    folder: &'a Path,
    material: &'a Material,
    /// Processor time of the practice server in each run, seconds.
    server_s: &'a RefCell<Vec<f64>>,
}

impl Bench<'_> {
    /// What the practice server took of the processors in the runs since this was last asked.
    fn server(&self) -> String {
        let runs = self.server_s.take();
        format!(
            "The practice server took {:.3} s of the same processors for each run (median of all, Waypost's and the \
             peer's).\n",
            median(runs.into_iter())
        )
    }

    fn compare(&self, package: &str) -> Result<(Vec<Used>, Vec<Used>), String> {
        let ours = || self.send(self.waypost, &["--package", package]);
        let theirs = || self.send(self.peer, &[]);
        in_turn(RUNS, 1, ours, theirs)
    }

    /// One run to a service that has never seen these files.
    fn send(&self, program: &Path, more: &[&str]) -> Result<Used, String> {
        let service = Service::start(self.waypost, self.material)?;
        let surroundings = |start: Start| {
            start
                .with("MAPILLARY_GRAPH_API_ENDPOINT", &service.graph)
                .with("MAPILLARY_UPLOAD_ENDPOINT", &service.upload)
                .with("MAPILLARY_CLIENT_TOKEN", &service.client_token)
                .with("MAPILLARY_CONFIG_PATH", service.folder.join("profiles"))
                .with("MAPILLARY_UPLOAD_HISTORY_PATH", service.folder.join("history"))
                .with("MAPILLARY_TOOLS_UPLOAD_CACHE_DIR", service.folder.join("cache"))
                .with("WAYPOST_DATA_DIR", service.folder.join("data"))
        };
        let sign_in = [
            "authenticate",
            "--user_name",
            "bench",
            "--user_email",
            "bench@example.org",
            "--user_password",
            "secret",
        ];
        surroundings(Start::new(program, &sign_in)).measure()?;
        let folder = self.folder.display().to_string();
        let upload = [
            &[
                "process_and_upload",
                &folder,
                "--user_name",
                "bench",
                "--num_upload_workers",
                WORKERS,
                "--skip_process_errors",
            ],
            more,
        ]
        .concat();
        let before_s = service.processor_s();
        let used = surroundings(Start::new(program, &upload)).measure()?;
        if let (Some(before_s), Some(after_s)) = (before_s, service.processor_s()) {
            self.server_s.borrow_mut().push(after_s - before_s);
        }
        Ok(used)
    }
}

/// A practice Mapillary in a process of its own, with an empty folder; both go when it is dropped.
struct Service {
    process: Child,
    folder: PathBuf,
    graph: String,
    upload: String,
    client_token: String,
}

impl Service {
    fn start(waypost: &Path, material: &Material) -> Result<Self, String> {
        let folder = material.path("service");
        std::fs::create_dir_all(folder.join("history")).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut process = Command::new(waypost)
            .args(["sandbox", "--stage-seconds", "0", "--data"])
            .arg(folder.join("server"))
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
}

impl Service {
    /// Processor time so far, seconds; `None` where there is no `/proc`.
    fn processor_s(&self) -> Option<f64> {
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

/// How far it is from what no client can go below: the MD5 of all bytes, and moving them over the loopback. One stream
/// cannot be quicker than two MD5s, one after the other: the client's before the first byte, because the key is made of
/// it, and the server's before its answer.
fn limit(folder: &Path, what: &str, wall_s: f64) -> Result<String, String> {
    let files = files_of(folder)?;
    let begun = Instant::now();
    output(Command::new("md5sum").args(&files))?;
    let md5_s = begun.elapsed().as_secs_f64();
    let raw_s = raw_loopback_s(&files)?;
    Ok(format!(
        "The limit for {what}: MD5 of these files {md5_s:.3} s (`md5sum`), reading and moving them over a raw loopback \
         line {raw_s:.3} s. Waypost takes {:.2} times the sum, server and checks included, and {:.2} times two MD5s one \
         after the other.\n",
        wall_s / (md5_s + raw_s),
        wall_s / (2.0 * md5_s)
    ))
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn raw_loopback_s(files: &[PathBuf]) -> Result<f64, String> {
    let wrong = |error: std::io::Error| format!("the raw line: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let sink = std::thread::spawn(move || -> std::io::Result<()> {
        let (mut line, _) = listener.accept()?;
        let mut block = vec![0; BLOCK_BYTES];
        while line.read(&mut block)? > 0 {}
        Ok(())
    });
    let begun = Instant::now();
    let mut line = TcpStream::connect(address).map_err(wrong)?;
    let mut block = vec![0; BLOCK_BYTES];
    for file in files {
        let mut file = File::open(file).map_err(wrong)?;
        loop {
            let count = file.read(&mut block).map_err(wrong)?;
            let Some(bytes) = block.get(..count).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            line.write_all(bytes).map_err(wrong)?;
        }
    }
    drop(line);
    sink.join()
        .map_err(|_| "the raw line's end stopped early")?
        .map_err(wrong)?;
    Ok(begun.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_line_moves_every_byte_and_the_limit_names_both_of_its_parts() {
        let material = Material::new().unwrap();
        let folder = material.path("few");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a"), vec![7; 3_000_000]).unwrap();
        std::fs::write(folder.join("b"), b"").unwrap();
        if crate::place::find_program("md5sum").is_some() {
            let said = limit(&folder, "both", 1.0).unwrap();
            assert!(said.contains("md5sum") && said.contains("loopback"), "{said}");
        }
        assert!(raw_loopback_s(&files_of(&folder).unwrap()).unwrap() > 0.0);
    }
}
