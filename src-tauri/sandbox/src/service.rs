//! One running practice service: everything its HTTP handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cluster::Cluster;
use crate::clusters::Clusters;
use crate::config::{SandboxConfig, SandboxInfo};
use crate::error::SandboxError;
use crate::faults::Faults;
use crate::fingerprints::sum_all;
use crate::folder::Folder;
use crate::identity::Identity;
use crate::record::Record;
use crate::seed::Seed;
use crate::seeded;
use crate::sessions::Sessions;
use crate::snapshot::Snapshot;
use crate::stages::Stage;
use crate::tokens::Tokens;

/// The state behind all endpoints.
#[derive(Debug)]
pub(crate) struct Service {
    pub config: SandboxConfig,
    pub identity: Identity,
    pub info: SandboxInfo,
    /// `http://127.0.0.1:PORT`.
    pub root: String,
    pub tokens: Tokens,
    pub sessions: Sessions,
    pub clusters: Clusters,
    pub faults: Faults,
    pub record: Record,
    /// Requests that are being carried out, whether or not their client still listens.
    pub tasks: TaskTracker,
    /// Set when the service ends: nothing may wait any longer.
    pub ending: CancellationToken,
    /// How far `POST /control/clock` has moved the clock of the configuration.
    clock_shift_ms: AtomicU64,
    // Last: a temporary folder must go away after everything that writes into it.
    pub folder: Folder,
}

impl Service {
    /// Loads the state of the data folder for a service that listens on `port`.
    pub(crate) fn load(config: SandboxConfig, port: u16) -> Result<Arc<Self>, SandboxError> {
        let folder = Folder::open(&config.data_dir)?;
        let identity = Identity::load(&folder, &config)?;
        let root = format!("http://127.0.0.1:{port}");
        let info = SandboxInfo {
            graph: format!("{root}/graph"),
            upload: format!("{root}/upload"),
            authorize: format!("{root}/connect"),
            tiles: format!("{root}/tiles"),
            streets: format!("{root}/streets"),
            client_id: identity.client_id.clone(),
            client_secret: identity.client_secret.clone(),
            client_token: identity.client_token.clone(),
            redirect_uri: identity.redirect_uri.clone(),
        };
        let service = Arc::new(Self {
            tokens: Tokens::load(&folder)?,
            sessions: Sessions::new(&folder, config.checks_later),
            clusters: Clusters::load(&folder)?,
            record: Record::load(&folder)?,
            faults: Faults::default(),
            tasks: TaskTracker::new(),
            ending: CancellationToken::new(),
            clock_shift_ms: AtomicU64::new(0),
            config,
            identity,
            info,
            root,
            folder,
        });
        for seed in &service.config.seeds {
            service.seed(seed);
        }
        Ok(service)
    }

    /// Gives an account published sequences that nobody sent here.
    pub(crate) fn seed(&self, seed: &Seed) {
        let account = self.identity.account(&seed.username);
        let clusters = seeded::clusters(seed, &account, &self.identity.organization.id, self.now_ms());
        self.clusters.add_seeded(clusters);
    }

    /// Whether the organisation exists for the account `username`.
    pub(crate) fn is_member(&self, username: &str) -> bool {
        let members = self.config.organization_members.as_ref();
        members.is_none_or(|members| members.iter().any(|member| member == username))
    }

    /// Whether the tiles, which may be older than the present, hold `cluster`.
    pub(crate) fn is_on_tiles(&self, cluster: &Cluster) -> bool {
        let now_ms = self.now_ms();
        let made_at_ms = now_ms - now_ms.checked_rem(self.config.tile_cache_ms).unwrap_or(0);
        Stage::at(cluster.finished_at_ms, made_at_ms, self.config.stage_ms) >= Stage::OnMap
            && cluster.finished_at_ms <= made_at_ms
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub(crate) fn now_ms(&self) -> u64 {
        let shift = self.clock_shift_ms.load(Ordering::SeqCst);
        self.config.clock.now_ms().saturating_add(shift)
    }

    /// Moves the clock of this service forward.
    pub(crate) fn advance_clock(&self, step_ms: u64) {
        self.clock_shift_ms.fetch_add(step_ms, Ordering::SeqCst);
    }

    /// How far `cluster` has come.
    pub(crate) fn stage(&self, cluster: &Cluster) -> Stage {
        Stage::at(cluster.finished_at_ms, self.now_ms(), self.config.stage_ms)
    }

    /// Everything that arrived.
    pub(crate) fn snapshot(&self) -> Snapshot {
        sum_all(&self.clusters, &self.sessions);
        Snapshot {
            sessions: self.sessions.list(&self.identity, |key| self.clusters.finished(key)),
            clusters: self
                .clusters
                .all()
                .iter()
                .map(|cluster| Cluster::clone(cluster))
                .collect(),
            requests: self.record.requests(),
            violations: self.record.violations(),
            faults_waiting: self.faults.waiting(),
        }
    }
}
