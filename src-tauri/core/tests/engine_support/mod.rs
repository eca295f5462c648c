//! A clock that only the test moves, and a line that the test cuts, stops and opens.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::{Notify, watch};
use waypost_core::ports::Clock;
use waypost_core::upload::{ByteStream, Engine, EngineConfig, HttpTransport, Transport};
use waypost_mapillary::{ClusterId, FileHandle, FileType, MapillaryError, Operation, Phase};

use crate::upload_support::World;

/// Two clocks as a computer has them. Nothing passes by itself.
#[derive(Debug)]
pub struct StillClock {
    wall_ms: AtomicI64,
    steady_ms: AtomicI64,
    moved: Notify,
    jumped: Notify,
}

impl StillClock {
    pub fn at(wall_ms: i64) -> Arc<Self> {
        Arc::new(Self {
            wall_ms: wall_ms.into(),
            steady_ms: 0.into(),
            moved: Notify::new(),
            jumped: Notify::new(),
        })
    }

    /// Time passes on both.
    pub fn pass(&self, passed_ms: i64) {
        self.wall_ms.fetch_add(passed_ms, Ordering::SeqCst);
        self.steady_ms.fetch_add(passed_ms, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    /// Only the wall clock moves: sleep, or somebody has set it.
    pub fn jump(&self, jump_ms: i64) {
        self.wall_ms.fetch_add(jump_ms, Ordering::SeqCst);
        self.jumped.notify_one();
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::SeqCst)
    }

    fn steady_ms(&self) -> i64 {
        self.steady_ms.load(Ordering::SeqCst)
    }

    async fn sleep_ms(&self, wait_ms: u64) {
        let end_ms = self.steady_ms().saturating_add_unsigned(wait_ms);
        loop {
            let moved = self.moved.notified();
            if self.steady_ms() >= end_ms {
                return;
            }
            moved.await;
        }
    }

    async fn jumped(&self) {
        self.jumped.notified().await;
    }
}

/// What the line does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineMode {
    /// They arrive.
    Open,
    /// No connection can be made.
    Cut,
    /// Bodies get stuck without a word; everything else arrives.
    Stuck,
}

/// The way to the practice server, in the hands of the test.
pub struct Wire {
    inner: HttpTransport,
    clock: Arc<dyn Clock>,
    mode: watch::Sender<LineMode>,
    /// Requests so far, and how many of them asked for the offset of each session.
    pub requests: watch::Sender<u64>,
    pub offsets_of: Mutex<BTreeMap<String, u64>>,
    /// Bodies that got stuck.
    pub stuck: watch::Sender<u64>,
    /// Finish calls that could not connect.
    pub finishes_cut: AtomicU64,
    /// When an answer came for the first time after the line had been cut, on its clock.
    pub answered_at_ms: AtomicI64,
    /// Taken away as soon as its bytes are asked for.
    pub pulled: Mutex<Vec<PathBuf>>,
}

impl Wire {
    pub fn new(world: &World, clock: Arc<dyn Clock>, mode: LineMode) -> Arc<Self> {
        Arc::new(Self {
            inner: HttpTransport::new(world.client()),
            clock,
            mode: watch::Sender::new(mode),
            requests: watch::Sender::new(0),
            offsets_of: Mutex::default(),
            stuck: watch::Sender::new(0),
            finishes_cut: 0.into(),
            answered_at_ms: 0.into(),
            pulled: Mutex::default(),
        })
    }

    pub fn set(&self, mode: LineMode) {
        self.mode.send_replace(mode);
    }

    fn mode(&self) -> LineMode {
        *self.mode.borrow()
    }

    fn connect(&self, operation: Operation) -> Result<(), MapillaryError> {
        self.requests.send_modify(|count| *count += 1);
        if self.mode() == LineMode::Cut {
            return Err(MapillaryError::Connection {
                operation,
                host: "practice".into(),
                phase: Phase::Connect,
                detail: "connection refused".into(),
            });
        }
        let _ = self
            .answered_at_ms
            .compare_exchange(0, self.clock.now_ms(), Ordering::SeqCst, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl Transport for Wire {
    async fn offset(&self, token: &SecretString, key: &str) -> Result<u64, MapillaryError> {
        *self.offsets_of.lock().unwrap().entry(key.to_owned()).or_default() += 1;
        self.connect(Operation::UploadOffset)?;
        self.inner.offset(token, key).await
    }

    async fn send(
        &self,
        token: &SecretString,
        key: &str,
        offset: u64,
        length_bytes: u64,
        body: ByteStream,
    ) -> Result<FileHandle, MapillaryError> {
        self.connect(Operation::UploadSend)?;
        for path in self.pulled.lock().unwrap().drain(..) {
            std::fs::remove_file(path).unwrap();
        }
        if self.mode() == LineMode::Stuck {
            self.stuck.send_modify(|count| *count += 1);
            let mut mode = self.mode.subscribe();
            // A connection that is dead never comes back, whatever the line does later.
            let _ = mode.wait_for(|_| false).await;
        }
        self.inner.send(token, key, offset, length_bytes, body).await
    }

    async fn finish(
        &self,
        token: &SecretString,
        handle: &FileHandle,
        file_type: FileType,
        organization_id: Option<&str>,
    ) -> Result<ClusterId, MapillaryError> {
        let connected = self.connect(Operation::FinishUpload);
        if connected.is_err() {
            self.finishes_cut.fetch_add(1, Ordering::SeqCst);
        }
        connected?;
        self.inner.finish(token, handle, file_type, organization_id).await
    }
}

/// An engine that sends over `wire` by `clock`.
pub async fn engine_on(world: &World, config: EngineConfig, clock: Arc<dyn Clock>, wire: &Arc<Wire>) -> Engine {
    Engine::open(config, wire.clone(), world.tokens.clone(), clock, Some(world.client()))
        .await
        .unwrap()
}
