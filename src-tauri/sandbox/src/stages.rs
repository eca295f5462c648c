//! How far a finished upload has come. A pure function of the time, so that nothing runs in the
//! background and a moved clock moves every upload.
//!
//! The stages follow Mapillary's help article 4408912816786: ingestion (blurring, registration),
//! image processing, map data processing, map update. The words in the feed are those that third
//! parties have recorded; nobody has published the words of a failure, so failures are scripted.

use crate::cluster::Cluster;

/// How far an upload has come when nothing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Accepted; neither count nor image is known.
    Ingesting,
    /// Counted, blurred, each image answers by its id; the search does not show it yet.
    Processing,
    /// The search and the viewer show it.
    Visible,
    /// The vector tiles hold it.
    OnMap,
}

impl Stage {
    /// The stage of an upload finished at `finished_at_ms` when each stage lasts `stage_ms`.
    pub(crate) fn at(finished_at_ms: u64, now_ms: u64, stage_ms: u64) -> Self {
        let elapsed = now_ms.saturating_sub(finished_at_ms);
        match elapsed.checked_div(stage_ms) {
            Some(0) => Self::Ingesting,
            Some(1) => Self::Processing,
            Some(2) => Self::Visible,
            Some(_) | None => Self::OnMap,
        }
    }
}

/// The status words of a feed node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatusWords {
    /// The older name of the overall state.
    pub status: String,
    /// The overall state.
    pub processing_status: String,
    pub initial_processing_status: String,
    pub anonymization_status: String,
    pub tiler_status: String,
    pub error_code: String,
}

impl StatusWords {
    /// The words for `cluster` at `stage`, scripted ones first.
    pub(crate) fn of(cluster: &Cluster, stage: Stage) -> Self {
        let word = |field: &str, finished: bool, running: &str| {
            cluster
                .outcome
                .feed_fields
                .get(field)
                .map_or_else(|| if finished { "FINISHED" } else { running }.to_owned(), Clone::clone)
        };
        Self {
            status: word("status", stage >= Stage::OnMap, "IN_PROGRESS"),
            processing_status: word("processing_status", stage >= Stage::OnMap, "STARTED"),
            initial_processing_status: word("initial_processing_status", stage >= Stage::Visible, "IN_PROGRESS"),
            anonymization_status: word("anonymization_status", stage >= Stage::Processing, "IN_PROGRESS"),
            tiler_status: word("tiler_status", stage >= Stage::OnMap, "IN_PROGRESS"),
            error_code: word("error_code", false, "UNSET"),
        }
    }

    /// Whether the upload counts as failed, so that the feed may hide it after some days.
    pub(crate) fn failed(&self) -> bool {
        self.error_code != "UNSET"
            || [
                &self.status,
                &self.processing_status,
                &self.initial_processing_status,
                &self.anonymization_status,
                &self.tiler_status,
            ]
            .iter()
            .any(|word| word.as_str() == "FAILED")
    }
}

/// The images of `cluster` that can be seen at all: a scripted outcome may discard some.
pub(crate) fn kept_images(cluster: &Cluster) -> &[crate::cluster::Image] {
    let kept = cluster
        .outcome
        .visible_images
        .unwrap_or(cluster.images.len())
        .min(cluster.images.len());
    cluster.images.get(..kept).unwrap_or_default()
}
