//! What an engine is set up with: limits, folders and the pace of following, with units.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::limits::{Bandwidth, Limits};
use crate::follow::FollowSettings;
use crate::journal::CommitProbe;
use crate::originals::Originals;
use crate::tuning::SendTuning;

/// How an engine works.
#[derive(Clone)]
pub struct EngineConfig {
    /// Where the journal is kept; made when it does not exist.
    pub data_dir: PathBuf,
    /// Uploads under way at once. 0 only follows: nothing is taken up, sent or finished.
    pub parallel_uploads: usize,
    /// Images under way at once within one upload of `images`.
    pub image_workers: usize,
    /// Bytes read and handed to the network at once; 1 MiB or more is needed for full speed.
    pub chunk_bytes: usize,
    /// Attempts without one chunk going out before an upload fails (200 in mapillary_tools 0.14.7).
    pub max_attempts: u32,
    /// How long a missing source (card, disk) is waited for, milliseconds.
    pub source_wait_ms: u64,
    /// How uploads are followed at the service.
    pub follow: FollowSettings,
    /// How often a service that cannot be reached is asked again before uploads fail; `None` waits as long as it takes.
    pub max_offline_probes: Option<u32>,
    /// Bytes in a second, by hour of the day.
    pub bandwidth: Bandwidth,
    /// Where the MD5s of the originals are noted, for who wants to know them.
    pub originals: Option<Arc<Originals>>,
    /// For tests: see [`CommitProbe`].
    pub commit_probe: Option<CommitProbe>,
}

impl EngineConfig {
    /// The defaults for uploads to the real service, with the journal in `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let tuning = SendTuning::default();
        Self {
            data_dir: data_dir.into(),
            parallel_uploads: 2,
            image_workers: tuning.image_workers,
            chunk_bytes: tuning.chunk_bytes,
            max_attempts: tuning.max_attempts,
            source_wait_ms: 10 * 60 * 1000,
            follow: FollowSettings::service(),
            max_offline_probes: None,
            bandwidth: Bandwidth::default(),
            originals: None,
            commit_probe: None,
        }
    }

    /// The part of it that can be changed later, see [`super::Engine::set_limits`].
    pub fn limits(&self) -> Limits {
        Limits {
            parallel_uploads: self.parallel_uploads,
            image_workers: self.image_workers,
            bandwidth: self.bandwidth.clone(),
        }
    }
}

impl fmt::Debug for EngineConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EngineConfig")
            .field("data_dir", &self.data_dir)
            .field("parallel_uploads", &self.parallel_uploads)
            .field("image_workers", &self.image_workers)
            .field("chunk_bytes", &self.chunk_bytes)
            .field("max_attempts", &self.max_attempts)
            .field("source_wait_ms", &self.source_wait_ms)
            .field("follow", &self.follow)
            .field("max_offline_probes", &self.max_offline_probes)
            .field("bandwidth", &self.bandwidth)
            .finish_non_exhaustive()
    }
}
