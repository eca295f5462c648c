//! Everything a test wants to know about what arrived, in one value. The same value is what
//! `GET /control/state` answers.

use serde::{Deserialize, Serialize};

use crate::cluster::Cluster;
use crate::faults::Fault;
use crate::record::RequestRecord;

/// What the service holds and saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Upload sessions, by key.
    pub sessions: Vec<SessionState>,
    /// Finished uploads, oldest first.
    pub clusters: Vec<Cluster>,
    /// Requests since the start, oldest first.
    pub requests: Vec<RequestRecord>,
    /// What a strict service would not have liked, oldest first. Empty for a good client.
    pub violations: Vec<String>,
    /// Faults that are still to come.
    pub faults_waiting: Vec<Fault>,
}

/// One upload session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionState {
    /// The key that the client chose.
    pub key: String,
    /// Bytes held: the offset that a GET answers.
    pub length: u64,
    /// Whether a file handle was given out for it.
    pub handle_given: bool,
    /// Whether a finished upload contains it.
    pub finished: bool,
}

impl Snapshot {
    /// How many images arrived in finished uploads.
    pub fn image_count(&self) -> usize {
        self.clusters.iter().map(|cluster| cluster.images.len()).sum()
    }

    /// The requests of `method` to a path that starts with `path`.
    pub fn requests_to<'a>(&'a self, method: &'a str, path: &'a str) -> impl Iterator<Item = &'a RequestRecord> {
        self.requests
            .iter()
            .filter(move |request| request.method == method && request.path.starts_with(path))
    }
}
