//! Finished uploads: what each was made of, and the images it becomes. One file for each cluster;
//! a second finish of the same handle makes a second cluster on purpose, because a doubled upload
//! must be seen, not hidden.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::cluster::Cluster;
use crate::error::SandboxError;
use crate::folder::{Folder, failed, read_json, write_json};
use crate::index::Index;
use crate::sync::lock;

/// All finished uploads, oldest first.
#[derive(Debug)]
pub(crate) struct Clusters {
    folder: PathBuf,
    all: Mutex<Vec<Arc<Cluster>>>,
    index: Mutex<Arc<Index>>,
}

impl Clusters {
    pub(crate) fn load(folder: &Folder) -> Result<Self, SandboxError> {
        let path = folder.path("clusters");
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(|source| failed(&path, source))? {
            let file = entry.map_err(|source| failed(&path, source))?.path();
            if file.extension().is_some_and(|extension| extension == "json")
                && let Some(cluster) = read_json::<Cluster>(&file)?
            {
                all.push(Arc::new(cluster));
            }
        }
        all.sort_by(|a, b| (a.finished_at_ms, &a.id).cmp(&(b.finished_at_ms, &b.id)));
        Ok(Self {
            folder: path,
            all: Mutex::new(all),
            index: Mutex::default(),
        })
    }

    /// Writes the cluster down, then shows it.
    pub(crate) fn add(&self, cluster: Cluster) -> Result<(), SandboxError> {
        write_json(&self.folder.join(format!("{}.json", cluster.id)), &cluster)?;
        lock(&self.all).push(Arc::new(cluster));
        Ok(())
    }

    pub(crate) fn all(&self) -> Vec<Arc<Cluster>> {
        lock(&self.all).clone()
    }

    /// Puts more that is known of a cluster in its place.
    pub(crate) fn know_better(&self, cluster: Arc<Cluster>) {
        if let Some(known) = lock(&self.all).iter_mut().find(|known| known.id == cluster.id) {
            *known = cluster;
        }
    }

    /// Whether a finished upload was made from the session `key`.
    pub(crate) fn finished(&self, key: &str) -> bool {
        lock(&self.all)
            .iter()
            .any(|cluster| cluster.session_key == key || cluster.parts.iter().any(|part| part == key))
    }

    /// Adds what was never sent here; it is not written down.
    pub(crate) fn add_seeded(&self, clusters: Vec<Cluster>) {
        let mut all = lock(&self.all);
        all.extend(clusters.into_iter().map(Arc::new));
        all.sort_by(|a, b| (a.finished_at_ms, &a.id).cmp(&(b.finished_at_ms, &b.id)));
    }

    /// Where every image is.
    pub(crate) fn index(&self) -> Arc<Index> {
        let mut index = lock(&self.index);
        let all = lock(&self.all);
        if !index.is_current(&all) {
            *index = Arc::new(Index::of(&all));
        }
        Arc::clone(&index)
    }

    /// The image `id` and its cluster.
    pub(crate) fn image(&self, id: &str) -> Option<(Arc<Cluster>, usize)> {
        self.index().image(id)
    }
}
