//! Finished uploads: what each was made of, and the images it becomes. One file for each cluster;
//! a second finish of the same handle makes a second cluster on purpose, because a doubled upload
//! must be seen, not hidden.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::faults::Outcome;
use crate::folder::{Folder, failed, read_json, write_json};
use crate::identity::Account;
use crate::index::Index;
use crate::sync::lock;

/// Instead of a file in `packages/`: the picture is drawn when it is asked for.
pub(crate) const DRAWN: &str = "drawn";

/// One finished upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Numeric id as text.
    pub id: String,
    /// `zip`, `mly_bundle_manifest` or `mly_camm_video`.
    pub file_type: String,
    /// The organisation it was uploaded for.
    pub organization_id: Option<String>,
    /// Who uploaded it.
    pub account: Account,
    /// The session that was finished: the zip, the manifest, the video.
    pub session_key: String,
    /// Every session whose bytes are in the cluster; the images of a manifest, else only the
    /// finished session.
    pub parts: Vec<String>,
    /// When it was finished, in milliseconds since 1970-01-01 UTC.
    pub finished_at_ms: u64,
    /// The images, in the order of the package. For a video, positions along its track.
    pub images: Vec<Image>,
    /// What is special about a video.
    pub video: Option<Video>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// One image of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// 16 digits as text.
    pub id: String,
    /// Key of its sequence, 22 characters.
    pub sequence: String,
    /// `MAPFilename` of the description, else the name of the zip entry or session.
    pub file_name: String,
    /// The description as it was found in the image; null for a position of a video.
    pub description: serde_json::Value,
    /// SHA-256 of the picture: see [`crate::pixels_sha256`]. Empty for a position of a video, and until a snapshot was
    /// asked for.
    pub pixels_sha256: String,
    /// MD5 of all bytes of the image. Empty as `pixels_sha256`.
    pub md5: String,
    /// When it was taken, in milliseconds since 1970-01-01 UTC.
    pub captured_at_ms: i64,
    /// Degrees, positive east.
    pub longitude: f64,
    /// Degrees, positive north.
    pub latitude: f64,
    /// Metres.
    pub altitude_m: Option<f64>,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// EXIF orientation, 1 to 8.
    pub orientation: u16,
    /// Pixels, as the JPEG says; `None` for a position of a video.
    pub size: Option<(u32, u32)>,
    /// Whether its XMP calls it equirectangular.
    pub is_pano: bool,
    /// Where its bytes are; `None` for a position of a video.
    pub stored: Option<StoredImage>,
}

/// Where the bytes of an image are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredImage {
    /// Name of the file in `packages/`; `drawn` when there is none and the picture is drawn.
    pub package: String,
    /// Entry of the zip; `None` when the file is the image.
    pub entry: Option<usize>,
}

/// What is special about a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Video {
    /// Video tracks besides the CAMM track.
    pub video_tracks: usize,
    /// Positions of the CAMM track.
    pub points: usize,
    /// CAMM type of the positions, 5 or 6.
    pub camm_type: u16,
    /// Length of the CAMM track, in milliseconds.
    pub duration_ms: u64,
}

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
