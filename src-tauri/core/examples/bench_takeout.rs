//! `cargo xtask bench takeout`: what a seeded account has published, taken out by Waypost, beside a raw download of the
//! same bytes by a client that does nothing else. Prints Markdown.
//!
//! The practice server runs in this process too, on threads of its own, so that its work is in every figure alike.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use url::Url;
use waypost_core::error::CoreError;
use waypost_core::ports::SystemClock;
use waypost_core::takeout::{Asker, Choice, take_out};
use waypost_core::upload::{ActiveToken, TokenSource};
use waypost_mapillary::{Client, ClientOptions, Endpoints, ImageSearch};
use waypost_sandbox::{Sandbox, SandboxConfig, Seed};
use waypost_wire::{PictureSize, TakeOutChoice, TakeOutLayout, TakeOutSource};

/// Counted runs of each, in turn; one more before them is not counted.
const RUNS: usize = 5;
/// Downloads at once of the raw client: as many as Waypost's at most.
const AT_ONCE: usize = 32;

/// What is taken out: how it is called, sequences, images in each, bytes that comments add to an original, size.
const LOADS: [(&str, usize, usize, usize, PictureSize); 2] = [
    ("originals of 2.8 MB", 4, 60, 2_780_000, PictureSize::Original),
    ("pictures of 256 pixels", 10, 300, 0, PictureSize::Px256),
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bench_takeout FOLDER");
        return ExitCode::FAILURE;
    };
    match run(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let (servers, runtime) = (Runtime::new()?, Runtime::new()?);
    println!("| what | pictures | bytes | Waypost, into files with their facts | raw, into files | raw, thrown away |");
    println!("|---|---|---|---|---|---|");
    for (name, sequences, images, padding_bytes, size) in LOADS {
        let config = SandboxConfig {
            stage_ms: 0,
            seeds: vec![Seed {
                padding_bytes,
                ..Seed::new("bench", sequences, images)
            }],
            ..SandboxConfig::default()
        };
        let server = servers.block_on(Sandbox::start(config))?;
        let load = runtime.block_on(Load::open(&server, folder, size))?;
        let (mut ours, mut written, mut thrown) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=RUNS {
            let speeds = runtime.block_on(load.round())?;
            if round > 0 {
                ours.push(speeds[0]);
                written.push(speeds[1]);
                thrown.push(speeds[2]);
            }
        }
        let (ours, written, thrown) = (median(ours), median(written), median(thrown));
        println!(
            "| {name} | {} | {} | {ours:.0} MB/s | {written:.0} MB/s ({:.0} %) | {thrown:.0} MB/s ({:.0} %) |",
            sequences * images,
            load.bytes.load(Ordering::Relaxed),
            ours / written * 100.0,
            ours / thrown * 100.0,
        );
        servers.block_on(server.stop());
    }
    println!(
        "\nPercent: Waypost's speed of the raw one's. Medians of {RUNS} runs in turn, {AT_ONCE} raw downloads at once."
    );
    Ok(())
}

/// The one account there is.
struct OneToken(ActiveToken);

#[async_trait]
impl TokenSource for OneToken {
    async fn token(&self, _user_id: Option<&str>) -> Result<ActiveToken, CoreError> {
        Ok(self.0.clone())
    }

    async fn refused(&self, _user_id: &str) {}
}

struct Load {
    client: Client,
    token: ActiveToken,
    folder: PathBuf,
    size: PictureSize,
    /// Bytes of all pictures, as the raw client counted them.
    bytes: AtomicU64,
}

impl Load {
    async fn open(server: &Sandbox, folder: &Path, size: PictureSize) -> Result<Self, Failure> {
        let info = server.info();
        let client = Client::new(ClientOptions {
            endpoints: Endpoints {
                graph: Url::parse(&info.graph)?,
                upload: Url::parse(&info.upload)?,
                authorize: Url::parse(&info.authorize)?,
                tiles: Url::parse(&info.tiles)?,
            },
            ..ClientOptions::default()
        })?;
        let client_token = SecretString::from(info.client_token.clone());
        let token = client
            .login(&client_token, "bench@example.org", &"secret".into())
            .await?
            .token;
        let account = client.me(&token).await?;
        Ok(Self {
            client,
            token: ActiveToken {
                token,
                user_id: account.id,
                username: account.username,
            },
            folder: folder.to_path_buf(),
            size,
            bytes: AtomicU64::new(0),
        })
    }

    /// Waypost, raw into files, raw thrown away; megabytes in a second, from the first question to the last byte. The
    /// raw client knows its links before its time begins.
    async fn round(&self) -> Result<[f64; 3], Failure> {
        let (out, raw) = (self.folder.join("out"), self.folder.join("raw"));
        let begun = Instant::now();
        self.take_out(&out).await?;
        let ours_s = begun.elapsed().as_secs_f64();
        std::fs::remove_dir_all(&out)?;

        let links: Arc<[String]> = self.links().await?.into();
        std::fs::create_dir_all(&raw)?;
        let begun = Instant::now();
        self.fetch(&links, Some(&raw)).await?;
        let written_s = begun.elapsed().as_secs_f64();
        std::fs::remove_dir_all(&raw)?;

        let begun = Instant::now();
        let bytes = self.fetch(&links, None).await?;
        let thrown_s = begun.elapsed().as_secs_f64();
        self.bytes.store(bytes, Ordering::Relaxed);
        Ok([ours_s, written_s, thrown_s].map(|taken_s| bytes as f64 / 1e6 / taken_s))
    }

    async fn take_out(&self, folder: &Path) -> Result<(), Failure> {
        let choice = Choice::check(TakeOutChoice {
            source: TakeOutSource::Mine,
            csv: true,
            fields: Vec::new(),
            geojson: false,
            json: false,
            detections: false,
            sizes: vec![self.size],
            layout: TakeOutLayout::BySequence,
            exif: true,
        })?;
        let asker = Asker::new(
            self.client.clone(),
            Arc::new(OneToken(self.token.clone())),
            Arc::new(SystemClock),
            CancellationToken::new(),
        );
        let result = take_out(&asker, &choice, folder, |_| {})
            .await
            .map_err(|interrupted| interrupted.error)?;
        match result.progress.problem_count {
            0 => Ok(()),
            problems => Err(format!("{problems} pictures were not taken").into()),
        }
    }

    async fn links(&self) -> Result<Vec<String>, Failure> {
        let search = ImageSearch {
            creator_username: Some(self.token.username.clone()),
            fields: vec!["thumb_256_url".into(), "thumb_original_url".into()],
            ..ImageSearch::default()
        };
        let images = self.client.search_images(&self.token.token, &search).await?;
        let link = |image: waypost_mapillary::Image| match self.size {
            PictureSize::Px256 => image.thumb_256_url,
            _ => image.thumb_original_url,
        };
        Ok(images.into_iter().filter_map(link).collect())
    }

    /// Fetches all links, several at once; into `folder`, or nowhere. Returns how many bytes came.
    async fn fetch(&self, links: &Arc<[String]>, folder: Option<&Path>) -> Result<u64, Failure> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let next = Arc::new(AtomicUsize::new(0));
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (http, next, links) = (http.clone(), Arc::clone(&next), Arc::clone(links));
                let folder = folder.map(Path::to_path_buf);
                tokio::spawn(async move {
                    let mut bytes = 0;
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(link) = links.get(place) else {
                            return Ok::<u64, Failure>(bytes);
                        };
                        let picture = http.get(link).send().await?.error_for_status()?.bytes().await?;
                        bytes += picture.len() as u64;
                        if let Some(folder) = &folder {
                            let path = folder.join(format!("{place}.jpg"));
                            tokio::task::spawn_blocking(move || std::fs::write(path, picture)).await??;
                        }
                    }
                })
            })
            .collect();
        let mut bytes = 0;
        for worker in workers {
            bytes += worker.await??;
        }
        Ok(bytes)
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
