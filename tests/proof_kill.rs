//! The proof: the real program is killed with SIGKILL at chosen places, started again, and everything is published
//! exactly once. The originals stay as they were, the server's pixels are theirs, and the token is in no file, no
//! output and no command line.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use waypost_e2e::binaries;
use waypost_e2e::process::{Guarded, wait_for};
use waypost_e2e::secrets::{files_with, in_process_list};
use waypost_e2e::server::Server;
use waypost_e2e::slow_line::{SlowLine, Stop};
use waypost_generator::{PracticeOptions, write_practice_folder};
use waypost_sandbox::pixels_sha256;
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

/// Photos in each of the two sequences.
const PHOTOS: usize = 4;
/// At least so many bytes in each photo.
const PHOTO_BYTES: usize = 300_000;

/// A practice Mapillary, a folder of photos with some bad ones among them, and a home for the program.
struct Stage {
    server: Server,
    folder: Scratch,
    photos: PathBuf,
    /// The good ones, with the hash of each original.
    originals: BTreeMap<PathBuf, Vec<u8>>,
    token: String,
}

impl Stage {
    fn set() -> Self {
        let folder = Scratch::new("e2e");
        let server = Server::start(&folder.path().join(canary::SERVICE), "0");
        let photos = folder.path().join("card");
        let options = PracticeOptions {
            photos_per_sequence: PHOTOS,
            padding_bytes: PHOTO_BYTES,
            ..PracticeOptions::default()
        };
        let written = write_practice_folder(&photos, &options).expect("photos");
        std::fs::create_dir(folder.path().join("home")).expect("a home");
        std::fs::create_dir(folder.path().join("said")).expect("a folder for what is said");
        let originals = written
            .good
            .iter()
            .map(|path| (path.clone(), sha256_of(path)))
            .collect();
        let token = server.new_token("ann");
        assert!(token.starts_with(canary::TOKEN), "a token that can be found again");
        Self {
            server,
            folder,
            photos,
            originals,
            token,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn address(&self) -> String {
        let graph = url::Url::parse(&self.server.info("graph")).expect("an address");
        format!("127.0.0.1:{}", graph.port().expect("a port"))
    }

    /// Starts the upload; what it says goes into files. `environment` wins over the server's own addresses.
    fn start(&self, package: &str, run: &str, environment: &[(&str, String)]) -> Guarded {
        let said = |stream: &str| File::create(self.path("said").join(format!("{run}.{stream}"))).expect("a file");
        let home = self.path("home");
        let mut command = Command::new(binaries::waypost());
        command
            .args([
                "--json",
                "--verbose",
                "process_and_upload",
                "--skip_process_errors",
                "--wait",
                "--package",
                package,
            ])
            .arg(&self.photos)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("TMPDIR", &home)
            .env("NO_PROXY", "*")
            .env("WAYPOST_DATA_DIR", home.join("data"))
            // As much as can be said: it must not hold the token either.
            .env("WAYPOST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("WAYPOST_USER_TOKEN", &self.token)
            .envs(self.server.environment())
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(said("out"))
            .stderr(said("err"));
        let guarded = Guarded::spawn(&mut command);
        assert_eq!(in_process_list(), Vec::<String>::new());
        guarded
    }

    /// Runs the upload to its end, and sees it end well.
    fn finish(&self, package: &str, run: &str) {
        let status = self.start(package, run, &[]).wait();
        let said = std::fs::read_to_string(self.path("said").join(format!("{run}.err"))).expect("what it said");
        assert!(status.success(), "{status}: {said}");
    }

    /// Bytes that the server holds, over all sessions.
    fn held_bytes(&self) -> u64 {
        let state = self.server.state();
        let sessions = state["sessions"].as_array().expect("sessions");
        sessions.iter().filter_map(|session| session["length"].as_u64()).sum()
    }

    fn cluster_count(&self) -> usize {
        self.server.state()["clusters"].as_array().expect("clusters").len()
    }

    fn original_bytes(&self) -> u64 {
        self.originals
            .keys()
            .map(|path| std::fs::metadata(path).expect("still there").len())
            .sum()
    }

    /// Sees that every photo was published once, unharmed, and that nobody learnt the token.
    fn assert_all_is_well(&self) {
        let state = self.server.state();
        assert_eq!(
            state["violations"],
            json!([]),
            "a strict server has nothing to complain about"
        );
        let clusters = state["clusters"].as_array().expect("clusters");
        assert_eq!(clusters.len(), 2, "each sequence once: {clusters:#?}");
        let mut arrived: Vec<&str> = clusters
            .iter()
            .flat_map(|cluster| cluster["images"].as_array().expect("images"))
            .map(|image| image["pixels_sha256"].as_str().expect("a hash"))
            .collect();
        arrived.sort_unstable();
        let mut sent: Vec<String> = self
            .originals
            .keys()
            .map(|path| pixels_sha256(&std::fs::read(path).unwrap()).expect("a JPEG"))
            .collect();
        sent.sort_unstable();
        assert_eq!(arrived, sent, "every picture once, as it was");
        for (path, hash) in &self.originals {
            assert_eq!(sha256_of(path), *hash, "{} was changed", path.display());
        }
        let found = ["home", "said", "card"]
            .map(|folder| files_with(&self.path(folder), &self.token))
            .concat();
        assert_eq!(
            found,
            Vec::<String>::new(),
            "the token is in a file or in what was said"
        );
        // The search would have found it: it finds what does stand in the journal and in what was said.
        for folder in ["home/data", "said"] {
            assert!(!files_with(&self.path(folder), "G0010001.JPG").is_empty(), "{folder}");
        }
    }

    /// Bytes of bodies that arrived in upload sessions, whatever became of them.
    fn arrived_bytes(&self) -> u64 {
        let state = self.server.state();
        let requests = state["requests"].as_array().expect("requests");
        requests
            .iter()
            .filter(|request| request["method"] == "POST" && starts_with(&request["path"], "/upload/"))
            .filter_map(|request| request["body_bytes"].as_u64())
            .sum()
    }
}

fn starts_with(text: &Value, beginning: &str) -> bool {
    text.as_str().is_some_and(|text| text.starts_with(beginning))
}

fn sha256_of(path: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).expect("a file")).to_vec()
}

/// Kills in the middle of the bytes; the line is silent there, so it is the middle for certain.
fn killed_in_the_middle(package: &str) {
    let stage = Stage::set();
    let line = SlowLine::to(&stage.address(), Stop::AfterBytes(900_000));
    let upload = [(
        "MAPILLARY_UPLOAD_ENDPOINT",
        line.in_place_of(&stage.server.info("upload")),
    )];
    let mut program = stage.start(package, "1", &upload);
    wait_for("the line to stop", || line.has_stopped().then_some(()));
    let held = wait_for("the server to have taken what came", || {
        let held = stage.held_bytes();
        (held > 0).then_some(held)
    });
    assert!(program.is_running(), "it is still sending");
    assert!(held < stage.original_bytes(), "some bytes are there, but not all");
    program.kill();
    line.cut();
    assert_eq!(stage.cluster_count(), 0, "nothing was finished yet");

    stage.finish(package, "2");
    stage.assert_all_is_well();
    // What was there is not sent again: all bodies together are hardly more than what the sessions hold. The end of a
    // body that was under way when the line broke may be lost on the way, never more.
    let (arrived, held) = (stage.arrived_bytes(), stage.held_bytes());
    assert!(arrived <= held + 300_000, "{arrived} bytes arrived for {held}");
}

#[test]
fn killed_in_the_middle_of_a_zip_it_goes_on_where_the_server_says() {
    killed_in_the_middle("zip");
}

#[test]
fn killed_in_the_middle_of_images_it_goes_on_where_the_server_says() {
    killed_in_the_middle("images");
}

/// Kills around the finish; `stop` says where the line is silent, `clusters` how many finishes had come through by then.
fn killed_around_finish(package: &str, stop: &Stop, clusters: usize) {
    let stage = Stage::set();
    let line = SlowLine::to(&stage.address(), stop.clone());
    let graph = [(
        "MAPILLARY_GRAPH_API_ENDPOINT",
        line.in_place_of(&stage.server.info("graph")),
    )];
    let mut program = stage.start(package, "1", &graph);
    wait_for("the line to stop", || line.has_stopped().then_some(()));
    // Where the request comes through, the server carries it out; only the answer is missing.
    wait_for("the finish at the server", || {
        (stage.cluster_count() >= clusters).then_some(())
    });
    assert!(program.is_running(), "it waits for the answer");
    program.kill();
    line.cut();
    // The same service under its own address: tokens and uploads are the host's, and that is the same.
    stage.finish(package, "2");
    stage.assert_all_is_well();
}

#[test]
fn killed_before_finish_reaches_the_server_there_is_one_cluster_a_sequence() {
    for package in ["zip", "images"] {
        killed_around_finish(package, &Stop::BeforeRequest("finish_upload"), 0);
    }
}

#[test]
fn killed_after_finish_was_carried_out_and_before_its_answer_there_is_one_cluster_a_sequence() {
    for package in ["zip", "images"] {
        killed_around_finish(package, &Stop::BeforeAnswerTo("finish_upload"), 1);
    }
}

#[test]
fn killed_again_and_again_it_still_comes_to_its_end() {
    for package in ["zip", "images"] {
        let stage = Stage::set();
        let mut kills = 0;
        loop {
            let line = SlowLine::to(&stage.address(), Stop::AfterBytes(450_000));
            let upload = [(
                "MAPILLARY_UPLOAD_ENDPOINT",
                line.in_place_of(&stage.server.info("upload")),
            )];
            let mut program = stage.start(package, &format!("{kills}"), &upload);
            let has_stopped = wait_for("the line to stop, or the end", || {
                (line.has_stopped() || !program.is_running()).then(|| program.is_running())
            });
            if !has_stopped {
                break;
            }
            program.kill();
            line.cut();
            kills += 1;
            assert!(kills < 50, "it makes no progress");
        }
        assert!(kills >= 4, "killed {kills} times");
        stage.assert_all_is_well();
        println!("{package}: killed {kills} times, published once");
    }
}
