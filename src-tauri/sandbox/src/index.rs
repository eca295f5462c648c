//! Where to find an image: by its id, by its sequence, by its account, by its age. Built when first
//! asked for, and again when an upload was finished; without it a practice account with a million
//! images would be read through for every request.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::cluster::{Cluster, Image};

/// Number of a cluster, and of an image in it.
pub(crate) type Place = (u32, u32);

/// The places of all images of some clusters.
#[derive(Debug, Default)]
pub(crate) struct Index {
    clusters: Vec<Arc<Cluster>>,
    by_id: HashMap<u64, Place>,
    by_sequence: HashMap<String, Vec<Place>>,
    by_username: HashMap<String, Vec<Place>>,
    all: Vec<Place>,
}

impl Index {
    pub(crate) fn of(clusters: &[Arc<Cluster>]) -> Self {
        let mut index = Self {
            clusters: clusters.to_vec(),
            ..Self::default()
        };
        let mut dated: Vec<(Reverse<i64>, Place)> = Vec::new();
        for (cluster_number, cluster) in (0_u32..).zip(clusters) {
            for (image_number, image) in (0_u32..).zip(&cluster.images) {
                let place = (cluster_number, image_number);
                dated.push((Reverse(image.captured_at_ms), place));
                if let Ok(id) = image.id.parse() {
                    index.by_id.insert(id, place);
                }
            }
        }
        dated.sort_unstable();
        for (_, place) in dated {
            index.all.push(place);
            let Some((cluster, image)) = found(clusters, place) else {
                continue;
            };
            push(&mut index.by_sequence, &image.sequence, place);
            push(&mut index.by_username, &cluster.account.username, place);
        }
        index
    }

    /// Whether nothing was finished since it was built.
    pub(crate) fn is_current(&self, clusters: &[Arc<Cluster>]) -> bool {
        self.clusters.len() == clusters.len()
    }

    /// The image `id`.
    pub(crate) fn image(&self, id: &str) -> Option<(Arc<Cluster>, usize)> {
        let (cluster, image) = *self.by_id.get(&id.parse().ok()?)?;
        let cluster = self.clusters.get(cluster as usize)?;
        let number = image as usize;
        // `007` is no id although it is a number.
        let is_same = cluster.images.get(number).is_some_and(|image| image.id == id);
        is_same.then(|| (Arc::clone(cluster), number))
    }

    /// The images of a sequence, newest first.
    pub(crate) fn sequence(&self, key: &str) -> &[Place] {
        self.by_sequence.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The images of an account, newest first.
    pub(crate) fn account(&self, username: &str) -> &[Place] {
        self.by_username.get(username).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every image, newest first.
    pub(crate) fn all(&self) -> &[Place] {
        &self.all
    }

    /// The cluster and the image at `place`.
    pub(crate) fn at(&self, place: Place) -> Option<(&Cluster, usize, &Image)> {
        let (cluster, image) = found(&self.clusters, place)?;
        Some((cluster, place.1 as usize, image))
    }
}

fn found(clusters: &[Arc<Cluster>], place: Place) -> Option<(&Cluster, &Image)> {
    let cluster = clusters.get(place.0 as usize)?;
    Some((cluster, cluster.images.get(place.1 as usize)?))
}

fn push(map: &mut HashMap<String, Vec<Place>>, key: &str, place: Place) {
    match map.get_mut(key) {
        Some(places) => places.push(place),
        None => {
            map.insert(key.to_owned(), vec![place]);
        }
    }
}
