//! The sums of the pictures that arrived, reckoned from the kept bytes when a snapshot is asked for: whoever only sends
//! does not wait for them, and a test compares what is kept in the end, not what once came by.

use std::path::Path;
use std::sync::Arc;

use md5::Md5;
use sha2::Digest;

use crate::checks::{entries_bytes, pixels_sha256};
use crate::cluster::{Cluster, DRAWN, Image};
use crate::clusters::Clusters;
use crate::sessions::Sessions;

/// Reckons what is still missing.
pub(crate) fn sum_all(clusters: &Clusters, sessions: &Sessions) {
    for cluster in clusters.all() {
        if let Some(summed) = with_sums(&cluster, sessions) {
            clusters.know_better(Arc::new(summed));
        }
    }
}

/// The cluster with the sums of every image that has bytes; `None` where none is missing. An image whose bytes are gone
/// or are no picture keeps empty ones.
fn with_sums(cluster: &Cluster, sessions: &Sessions) -> Option<Cluster> {
    let has_bytes = |image: &Image| image.stored.as_ref().is_some_and(|stored| stored.package != DRAWN);
    let lacks = |image: &Image| has_bytes(image) && image.md5.is_empty();
    if !cluster.images.iter().any(lacks) {
        return None;
    }
    let mut summed = cluster.clone();
    if summed.file_type == "zip" {
        let package = summed.images.iter().find_map(|image| image.stored.clone());
        if let Some(package) = package {
            sum_entries(&mut summed.images, &sessions.package(&package.package));
        }
    } else {
        for image in &mut summed.images {
            let bytes = image
                .stored
                .as_ref()
                .and_then(|stored| std::fs::read(sessions.package(&stored.package)).ok());
            if let Some(bytes) = bytes {
                sum(image, &bytes);
            }
        }
    }
    Some(summed)
}

fn sum_entries(images: &mut [Image], zip: &Path) {
    // A zip that can no longer be read leaves the sums empty, and a test that compares them sees it.
    let _ = entries_bytes(zip, |index, bytes| {
        let of_entry = |image: &&mut Image| image.stored.as_ref().is_some_and(|stored| stored.entry == Some(index));
        if let Some(image) = images.iter_mut().find(of_entry) {
            sum(image, &bytes);
        }
    });
}

fn sum(image: &mut Image, bytes: &[u8]) {
    image.pixels_sha256 = pixels_sha256(bytes).unwrap_or_default();
    image.md5 = hex::encode(Md5::digest(bytes));
}
