//! What an engine is set up with: limits, folders and the pace of following, with units.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::tuning::SendTuning;

/// A moment of the journal at which a process can die, with the number of the commit since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitPoint {
    /// The change is worked out and not yet on the disk.
    Before(u64),
    /// The change is on the disk and nobody has acted on it.
    After(u64),
}

/// Asked at each [`CommitPoint`]; when it says `false` the process counts as dead from that moment: nothing more is
/// written or sent. This is how the tests kill an engine between any two steps; Waypost uses it for nothing else.
pub type CommitProbe = Arc<dyn Fn(CommitPoint) -> bool + Send + Sync>;

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
            commit_probe: None,
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
            .finish_non_exhaustive()
    }
}

/// How often and where the service is asked what became of an upload.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// From finish to the first question, milliseconds.
    pub first_wait_ms: u64,
    /// Every further wait is this many times the one before.
    pub wait_factor: f64,
    /// Longest wait between two questions, milliseconds.
    pub longest_wait_ms: u64,
    /// After this long without being published an upload is called overdue, milliseconds. No failure.
    pub overdue_after_ms: u64,
    /// After this long nothing is asked any more unless the person does, milliseconds.
    pub give_up_after_ms: u64,
    /// In so many answers in a row an upload that was listed must be missing before it is called lost.
    pub lost_after_misses: u32,
    /// Waits before each look for a finish that was not answered, milliseconds.
    pub settle_waits_ms: Vec<u64>,
    /// Start of the addresses that open an image; `?pKey=…&focus=photo` is added.
    pub viewer: String,
}

impl FollowSettings {
    /// The pace for the real service: processing takes hours to days there, the feed's limit is unknown and shared, and
    /// a question costs about a second (`mapillary-api` notes §2.7, §3.1).
    pub fn service() -> Self {
        const MINUTE_MS: u64 = 60_000;
        const HOUR_MS: u64 = 60 * MINUTE_MS;
        Self {
            first_wait_ms: MINUTE_MS,
            wait_factor: 1.6,
            longest_wait_ms: HOUR_MS,
            // The founding documents call an upload late after three days.
            overdue_after_ms: 72 * HOUR_MS,
            // Mapillary's own uploader says "up to a week"; twice that, and the feed hides failed entries after it.
            give_up_after_ms: 14 * 24 * HOUR_MS,
            lost_after_misses: 3,
            settle_waits_ms: vec![3_000, 10_000, 30_000, 90_000],
            viewer: MAPILLARY_VIEWER.into(),
        }
    }

    /// The pace for practice: stages last seconds and the server is this computer.
    pub fn practice(viewer: impl Into<String>) -> Self {
        Self {
            first_wait_ms: 200,
            wait_factor: 1.2,
            longest_wait_ms: 1_000,
            settle_waits_ms: vec![100, 300, 1_000],
            viewer: viewer.into(),
            ..Self::service()
        }
    }
}

/// The page of Mapillary that shows images (API notes §2.9).
pub const MAPILLARY_VIEWER: &str = "https://www.mapillary.com/app/";
