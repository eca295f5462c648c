//! A practice Mapillary, photos on a disk, somebody who is signed in, and a clock whose sleeps take no time.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod deadly;
pub mod ledger;
pub mod video;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use waypost_core::error::CoreError;
use waypost_core::observe::Unobserved;
use waypost_core::package::{SourcePhoto, source_photos};
use waypost_core::ports::Clock;
use waypost_core::process::process;
use waypost_core::settings::{PackageKind, ReadSettings, SequenceSettings};
use waypost_core::upload::{
    ActiveToken, Engine, EngineConfig, FollowSettings, HttpTransport, NewUpload, TokenSource, UploadSource, Which,
};
use waypost_generator::{WalkSpec, walk, write_photo_folder};
use waypost_mapillary::{Client, ClientOptions, Endpoints, MapillaryError};
use waypost_sandbox::{Sandbox, SandboxConfig, Snapshot, pixels_sha256};
use waypost_testkit::canary;
use waypost_testkit::line::Line;
use waypost_testkit::scratch::Scratch;
use waypost_wire::{UploadRow, UploadState};

/// Length of a chunk in these tests, bytes.
pub const CHUNK_BYTES: usize = 4_096;

/// One time for the service and the core. A sleep moves it instead of waiting.
#[derive(Debug)]
pub struct FastClock(AtomicU64);

impl FastClock {
    pub fn advance_ms(&self, step_ms: u64) {
        self.0.fetch_add(step_ms, Ordering::SeqCst);
    }

    pub fn set_ms(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl waypost_sandbox::Clock for FastClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for FastClock {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        // Others get their turn first: a sleep never starves the work it waits for.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.advance_ms(wait_ms);
    }
}

/// One signed-in person. The token is checked with `GET /me`, as the real source does.
pub struct Tokens {
    client: Mutex<Client>,
    client_token: SecretString,
    current: Mutex<Option<SecretString>>,
    /// Whether a refused token is replaced by a new one without the person.
    pub renews: std::sync::atomic::AtomicBool,
    /// Every token that was ever given out.
    pub given: Mutex<Vec<String>>,
}

impl Tokens {
    pub async fn sign_in(&self, username: &str) {
        let token = self.new_token(username).await;
        *self.current.lock().unwrap() = Some(token);
    }

    fn client(&self) -> Client {
        self.client.lock().unwrap().clone()
    }

    pub fn sign_out(&self) {
        *self.current.lock().unwrap() = None;
    }

    async fn new_token(&self, username: &str) -> SecretString {
        let email = format!("{username}@example.org");
        let client = self.client();
        let token = client
            .login(&self.client_token, &email, &"secret".into())
            .await
            .unwrap()
            .token;
        self.given.lock().unwrap().push(token.expose_secret().to_owned());
        token
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self, _user_id: Option<&str>) -> Result<ActiveToken, CoreError> {
        let token = self.current.lock().unwrap().clone().ok_or(CoreError::NotSignedIn)?;
        match self.client().me(&token).await {
            Ok(account) => Ok(ActiveToken {
                token,
                user_id: account.id,
                username: account.username,
            }),
            Err(MapillaryError::Unauthorized { .. }) => Err(CoreError::SignInExpired { username: "ann".into() }),
            Err(error) => Err(error.into()),
        }
    }

    async fn refused(&self, _user_id: &str) {
        if self.renews.load(Ordering::SeqCst) {
            self.sign_in("ann").await;
        }
    }
}

/// Everything an upload test needs.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: Arc<FastClock>,
    pub folder: Scratch,
    pub tokens: Arc<Tokens>,
    /// Through which the client reaches the service, where a test has put one in between.
    pub line: Option<Line>,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        let clock = Arc::new(FastClock(AtomicU64::new(1_790_000_000_000)));
        let folder = Scratch::new("core");
        let service = folder.path().join(canary::SERVICE);
        canary::seed_service(&service);
        let mut config = SandboxConfig {
            clock: clock.clone(),
            data_dir: service,
            ..SandboxConfig::default()
        };
        change(&mut config);
        let sandbox = Sandbox::start(config).await.unwrap();
        let tokens = Arc::new(Tokens {
            client: client_of(&sandbox, None).into(),
            client_token: sandbox.info().client_token.clone().into(),
            current: Mutex::default(),
            renews: false.into(),
            given: Mutex::default(),
        });
        tokens.sign_in("ann").await;
        Self {
            sandbox,
            clock,
            folder,
            tokens,
            line: None,
        }
    }

    /// Where the service listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        let graph = Url::parse(&self.sandbox.info().graph).unwrap();
        format!("127.0.0.1:{}", graph.port().unwrap())
    }

    /// From now on everything goes through `line`.
    pub fn go_through(&mut self, line: Line) {
        self.line = Some(line);
        *self.tokens.client.lock().unwrap() = self.client();
    }

    pub fn client(&self) -> Client {
        client_of(&self.sandbox, self.line.as_ref())
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn config(&self) -> EngineConfig {
        let viewer = format!("{}/app/", self.sandbox.info().graph.trim_end_matches("/graph"));
        EngineConfig {
            chunk_bytes: CHUNK_BYTES,
            image_workers: 3,
            follow: FollowSettings::practice(viewer),
            ..EngineConfig::new(self.data_dir())
        }
    }

    pub async fn engine(&self) -> Engine {
        self.engine_with(self.config()).await.unwrap()
    }

    pub async fn engine_with(&self, config: EngineConfig) -> Result<Engine, CoreError> {
        let client = self.client();
        Engine::open(
            config,
            Arc::new(HttpTransport::new(client.clone())),
            self.tokens.clone(),
            self.clock.clone(),
            Some(client),
        )
        .await
    }

    /// Opens an engine on a folder that another one is just letting go of.
    pub async fn engine_after_death(&self) -> Engine {
        loop {
            match self.engine_with(self.config()).await {
                Err(CoreError::AlreadyRunning { .. }) => tokio::task::yield_now().await,
                other => return other.unwrap(),
            }
        }
    }

    /// Writes photos of one walk and reads them as a folder is read. Each has at least `padding_bytes`.
    pub fn photos(&self, name: &str, count: usize, padding_bytes: usize) -> Vec<SourcePhoto> {
        photos_in(&self.folder.path().join(name), count, padding_bytes, 1_780_000_000_000)
    }

    pub fn snapshot(&self) -> Snapshot {
        self.sandbox.snapshot()
    }

    /// Adds an upload and starts it.
    pub async fn begin(&self, engine: &Engine, new: NewUpload) -> i64 {
        let upload_id = engine.add(new).await.unwrap();
        engine.start(Which::These(vec![upload_id])).await.unwrap();
        upload_id
    }

    /// Sees that exactly these photos arrived, once, with every pixel, and that the service found nothing to complain of.
    pub fn assert_arrived_once(&self, photos: &[SourcePhoto]) {
        assert_eq!(self.snapshot().violations, Vec::<String>::new());
        self.assert_one_cluster_of(photos);
    }

    /// Sees that exactly these photos arrived, once, with every pixel.
    pub fn assert_one_cluster_of(&self, photos: &[SourcePhoto]) {
        let snapshot = self.snapshot();
        assert_eq!(snapshot.clusters.len(), 1, "one finish: {:#?}", requests(&snapshot));
        let arrived: Vec<String> = snapshot.clusters[0]
            .images
            .iter()
            .map(|image| image.pixels_sha256.clone())
            .collect();
        let sent: Vec<String> = photos.iter().map(|photo| pixels_of(&photo.path)).collect();
        assert_eq!(arrived, sent);
    }
}

pub fn photos_in(folder: &Path, count: usize, padding_bytes: usize, start_ms: i64) -> Vec<SourcePhoto> {
    let specs = walk(&WalkSpec {
        count,
        padding_bytes,
        start_ms,
        width_px: 64,
        height_px: 48,
        ..WalkSpec::default()
    });
    write_photo_folder(folder, &specs).unwrap();
    let plan = process(
        &[folder.to_path_buf()],
        &ReadSettings::default(),
        &SequenceSettings::default(),
        &Unobserved,
    )
    .unwrap();
    assert_eq!(plan.sequences.len(), 1, "{:?}", plan.refusals);
    source_photos(&plan.sequences[0]).unwrap()
}

pub fn new_upload(photos: &[SourcePhoto], package: PackageKind) -> NewUpload {
    NewUpload {
        title: "walk".into(),
        user_id: None,
        organization_id: None,
        package,
        source: UploadSource::Photos(photos.to_vec()),
        left_out: Vec::new(),
        notes: waypost_wire::SequenceNotes::default(),
        fresh_key: false,
        finish: true,
    }
}

/// Waits until the upload is in a state, or in one from which nothing goes on by itself.
pub async fn wait_for(engine: &Engine, upload_id: i64, wanted: UploadState) -> UploadRow {
    let is_there = move |row: &UploadRow| {
        let has_ended = matches!(
            row.state,
            UploadState::Published
                | UploadState::Failed
                | UploadState::Cancelled
                | UploadState::SourceChanged
                | UploadState::NeedsSignIn
                | UploadState::Lost
        );
        row.state == wanted || has_ended
    };
    let upload_ids = [upload_id];
    let waiting = engine.wait_until(&upload_ids, is_there);
    // Only against a test that would never end.
    let rows = match tokio::time::timeout(Duration::from_secs(120), waiting).await {
        Ok(rows) => rows.unwrap(),
        Err(late) => panic!("never {wanted:?} ({late}): {:#?}", engine.row(upload_id).await),
    };
    assert_eq!(rows[0].state, wanted, "{:#?}", rows[0]);
    rows[0].clone()
}

pub fn requests(snapshot: &Snapshot) -> Vec<String> {
    snapshot
        .requests
        .iter()
        .map(|request| {
            format!(
                "{} {} offset {:?} body {} -> {:?} {:?}",
                request.method, request.path, request.offset, request.body_bytes, request.status, request.fault
            )
        })
        .collect()
}

pub fn pixels_of(path: &Path) -> String {
    pixels_sha256(&std::fs::read(path).unwrap()).unwrap()
}

fn client_of(sandbox: &Sandbox, line: Option<&Line>) -> Client {
    let info = sandbox.info();
    let url = |text: &str| {
        let address = line.map_or_else(|| text.to_owned(), |line| line.instead_of_server(text));
        Url::parse(&address).unwrap()
    };
    Client::new(ClientOptions {
        endpoints: Endpoints {
            graph: url(&info.graph),
            upload: url(&info.upload),
            authorize: url(&info.authorize),
            tiles: url(&info.tiles),
        },
        ..ClientOptions::default()
    })
    .unwrap()
}
