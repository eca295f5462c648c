//! Pictures of what was published by other means: fetched from Mapillary here, never by the window, made small and
//! written anew, and kept on a shelf of the disk.
//!
//! A list asks for many at once: those that come while a question is on its way are asked for together by the next one.
//! Where nothing comes, as offline, nobody is asked again for a while.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use url::Url;
use waypost_mapillary::{Client, IDS_PER_REQUEST, MapillaryError};

use super::picture::small_jpeg;
use crate::error::CoreError;
use crate::library::picture_shelf::{PictureShelf, SHELF_BYTES};
use crate::ports::Clock;
use crate::upload::TokenSource;

/// Name of the shelf's folder in the data folder.
const FOLDER: &str = "library-pictures";
/// Pictures that are fetched at once.
const AT_ONCE: usize = 4;
/// Largest picture of 256 pixels that is taken, bytes.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// How long nobody is asked after a question without an answer, milliseconds.
const QUIET_MS: u64 = 60_000;
/// The size that is asked for.
const FIELD: &str = "thumb_256_url";

/// Fetches and keeps them.
pub(super) struct RemotePictures {
    client: Client,
    tokens: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    shelf: Arc<PictureShelf>,
    wanted: Mutex<Wanted>,
    /// Held by whoever asks for links.
    turn: tokio::sync::Mutex<()>,
    downloads: Semaphore,
}

#[derive(Default)]
struct Wanted {
    /// Images whose links are to be asked for.
    ids: BTreeSet<String>,
    /// Links that came and were not taken yet.
    links: HashMap<String, Url>,
    /// Images without a picture, until the program ends.
    without: HashSet<String>,
    /// Until when nobody is asked, milliseconds since 1970 UTC.
    quiet_until_ms: i64,
}

impl RemotePictures {
    pub(super) fn new(client: Client, tokens: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, data_dir: &Path) -> Self {
        Self {
            client,
            tokens,
            clock,
            shelf: Arc::new(PictureShelf::new(data_dir.join(FOLDER), SHELF_BYTES)),
            wanted: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            downloads: Semaphore::new(AT_ONCE),
        }
    }

    /// A small JPEG of an image; `None` where there is none now.
    pub(super) async fn picture(&self, image_id: &str) -> Option<Vec<u8>> {
        let (shelf, id) = (Arc::clone(&self.shelf), image_id.to_owned());
        let kept = tokio::task::spawn_blocking(move || shelf.get(&id)).await.ok().flatten();
        if kept.is_some() {
            return kept;
        }
        let link = self.link(image_id).await?;
        let bytes = match self.download(&link).await {
            Ok(bytes) => bytes,
            Err(error) => {
                self.went_wrong(&error);
                return None;
            }
        };
        let (shelf, id) = (Arc::clone(&self.shelf), image_id.to_owned());
        let small = tokio::task::spawn_blocking(move || {
            let small = small_jpeg(Cursor::new(bytes))?;
            if let Err(error) = shelf.keep(&id, &small) {
                tracing::warn!(%error, "a picture could not be kept");
            }
            Some(small)
        });
        let small = small.await.ok().flatten();
        if small.is_none() {
            self.lock().without.insert(image_id.to_owned());
        }
        small
    }

    /// The link to a picture. Whoever waits for the turn is asked for with others.
    async fn link(&self, image_id: &str) -> Option<Url> {
        {
            let mut wanted = self.lock();
            if wanted.without.contains(image_id) {
                return None;
            }
            wanted.ids.insert(image_id.to_owned());
        }
        let _turn = self.turn.lock().await;
        let ids: Vec<String> = {
            let mut wanted = self.lock();
            if let Some(link) = wanted.links.remove(image_id) {
                return Some(link);
            }
            if wanted.without.contains(image_id) {
                return None;
            }
            if wanted.quiet_until_ms > self.clock.now_ms() {
                wanted.ids.clear();
                return None;
            }
            // Its own comes first; the others as far as one question goes.
            wanted.ids.remove(image_id);
            let mut ids = vec![image_id.to_owned()];
            while ids.len() < IDS_PER_REQUEST
                && let Some(other) = wanted.ids.pop_first()
            {
                ids.push(other);
            }
            ids
        };
        match self.ask(&ids).await {
            Ok(found) => {
                let mut wanted = self.lock();
                let missing = ids.into_iter().filter(|id| !found.contains_key(id));
                wanted.without.extend(missing);
                wanted.links.extend(found);
                wanted.links.remove(image_id)
            }
            Err(error) => {
                self.went_wrong(&error);
                None
            }
        }
    }

    async fn ask(&self, ids: &[String]) -> Result<HashMap<String, Url>, CoreError> {
        let token = self.tokens.token(None).await?;
        let images = self
            .client
            .images_by_ids(&token.token, ids, &[FIELD.to_owned()])
            .await?;
        let link = |image: waypost_mapillary::Image| Some((image.id, Url::parse(&image.thumb_256_url?).ok()?));
        Ok(images.into_iter().filter_map(link).collect())
    }

    async fn download(&self, link: &Url) -> Result<Vec<u8>, CoreError> {
        let _permit = self.downloads.acquire().await.map_err(|_| CoreError::Stopped)?;
        let mut coming = self.client.download(link).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = coming.chunk().await? {
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(coming.too_large(MAX_BYTES).into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// A picture is no reason to press anybody: it is quiet for a while, as long as the service asks for at least.
    fn went_wrong(&self, error: &CoreError) {
        tracing::debug!(%error, "no picture for the library");
        let wait_ms = match error {
            CoreError::Service(MapillaryError::RateLimited { wait_ms, .. }) => (*wait_ms).max(QUIET_MS),
            // The next question brings a new link.
            CoreError::Service(MapillaryError::LinkExpired { .. }) => return,
            _ => QUIET_MS,
        };
        let mut wanted = self.lock();
        wanted.quiet_until_ms = self.clock.now_ms().saturating_add_unsigned(wait_ms);
        wanted.ids.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
