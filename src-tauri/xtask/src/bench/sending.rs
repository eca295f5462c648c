//! `bench`, the sending part: from photos and a video to finished uploads, against the practice server.

use std::cell::RefCell;
use std::path::Path;

use super::lent_memory;
use super::limit::limit;
use super::material::Material;
use super::measure::{Start, Used, in_turn, median, median_of, table};
use super::service::{Checks, Service};

/// Counted runs of each program. Fewer than in reading: each moves gigabytes.
const RUNS: usize = 3;
/// Photos, and how long each is made.
const PHOTOS: (usize, usize) = (418, 2_800_000);
/// 4 GB: eight minutes at 30 frames a second.
const VIDEO: (u64, u64, u64) = (480, 30, 280_000);
/// Sequences that the same photos make in as many folders.
const FOLDERS: usize = 4;
/// Images at once, the same for both.
const WORKERS: &str = "4";

/// Runs all of it; returns Markdown.
pub fn run(waypost: &Path, peer: &Path, checks: Checks) -> Result<String, String> {
    let material = Material::new()?;
    let mut parts = vec![
        match checks {
            Checks::Later => {
                "The practice server compared what arrived with the MD5 in its key after each measured run: all of it was \
                 right.\n"
            }
            Checks::AtOnce => {
                "The practice server compared what arrived with the MD5 in its key before it answered \
                 (`--check-at-once`).\n"
            }
        }
        .to_owned(),
    ];

    let photos = material.photos("photos", PHOTOS.0, PHOTOS.1)?;
    let what = format!("{} photos of {:.1} MB", PHOTOS.0, PHOTOS.1 as f64 / 1e6);
    let server_s = RefCell::default();
    let bench = Bench {
        waypost,
        peer,
        folder: &photos,
        material: &material,
        checks,
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
    parts.push(bench.in_folders()?);
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
    checks: Checks,
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

    /// The same photos in several folders, which makes several zips: both packages of Waypost in turn.
    fn in_folders(&self) -> Result<String, String> {
        Material::divide(self.folder, FOLDERS)?;
        let zip = || self.send(self.waypost, &["--package", "zip"]);
        let images = || self.send(self.waypost, &["--package", "images"]);
        let (zip, images) = in_turn(RUNS, 1, zip, images)?;
        self.server_s.take();
        Ok(format!(
            "The same photos in {FOLDERS} folders, so {FOLDERS} sequences at once: zip {:.3} s, images {:.3} s, median of \
             {RUNS}. Zip takes {:.2} times the wall time of images.\n",
            wall(&zip),
            wall(&images),
            wall(&zip) / wall(&images)
        ))
    }

    /// One run to a service that has never seen these files. It counts only when all that arrived is right.
    fn send(&self, program: &Path, more: &[&str]) -> Result<Used, String> {
        let service = Service::start(self.waypost, self.material, self.checks)?;
        let surroundings = |start: Start| {
            start
                .with("MAPILLARY_GRAPH_API_ENDPOINT", &service.graph)
                .with("MAPILLARY_UPLOAD_ENDPOINT", &service.upload)
                .with("MAPILLARY_CLIENT_TOKEN", &service.client_token)
                .with("MAPILLARY_CONFIG_PATH", service.path("profiles"))
                .with("MAPILLARY_UPLOAD_HISTORY_PATH", service.path("history"))
                .with("MAPILLARY_TOOLS_UPLOAD_CACHE_DIR", service.path("cache"))
                .with("WAYPOST_DATA_DIR", service.path("data"))
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
        lent_memory::fetch_for(self.folder)?;
        let before_s = service.processor_s();
        let used = surroundings(Start::new(program, &upload)).measure()?;
        if let (Some(before_s), Some(after_s)) = (before_s, service.processor_s()) {
            self.server_s.borrow_mut().push(after_s - before_s);
        }
        service.check()?;
        Ok(used)
    }
}
