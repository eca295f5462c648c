//! The tiles, from what was kept or from the server: which of both, and how often the server is asked.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Semaphore;
use url::Url;

use super::cache::{Cache, Kept, remove};
use super::connection::{Answer, Connection};
use super::pause::Pauses;
use super::tile::{StreetTile, TilePicture};
use crate::ports::Clock;

/// OpenStreetMap's standard tiles: the one host that streets come from.
pub const OPENSTREETMAP: &str = "https://tile.openstreetmap.org/";
/// Most requests at once, which is what the tile policy allows.
const MOST_CONNECTIONS: usize = 2;

/// What [`Streets::new`] needs.
pub struct StreetsSetup {
    /// Below which address the tiles lie; `None` fetches none.
    pub base: Option<Url>,
    /// Where tiles are kept. The folder is made with the first of them.
    pub folder: PathBuf,
    /// Most that kept tiles may take, bytes.
    pub max_cache_bytes: u64,
    /// Who asks, as the tile policy wants to know.
    pub user_agent: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Tiles of streets. Making it sends nothing and opens nothing.
pub struct Streets {
    setup: StreetsSetup,
    connection: OnceLock<Option<Connection>>,
    turns: Semaphore,
    pauses: Mutex<Pauses>,
    cache: Arc<Mutex<Option<Cache>>>,
    /// How often everything was let go: what was asked for before is not kept after.
    forgotten: AtomicU64,
}

impl Streets {
    /// Streets that nobody has asked for yet.
    pub fn new(setup: StreetsSetup) -> Self {
        Self {
            setup,
            connection: OnceLock::new(),
            turns: Semaphore::new(MOST_CONNECTIONS),
            pauses: Mutex::default(),
            cache: Arc::default(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// The tile: the kept one while it is good, else the server's, else the kept one again. `None` where there is none
    /// now; asking again later is fine at any rate, because the server is asked only when it may be.
    pub async fn tile(&self, tile: StreetTile) -> Option<TilePicture> {
        let kept = self
            .with_cache(move |cache, now_ms| cache.get(tile, now_ms))
            .await
            .flatten();
        match kept {
            Some(kept) if self.setup.clock.now_ms() < kept.expires_ms => Some(kept.picture),
            kept => match self.ask(tile, kept.as_ref().and_then(|kept| kept.etag.clone())).await {
                Some(picture) => Some(picture),
                None => kept.map(|kept| kept.picture),
            },
        }
    }

    /// Lets go of everything that was kept.
    pub async fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        let (cache, folder) = (Arc::clone(&self.cache), self.setup.folder.clone());
        let forgetting = tokio::task::spawn_blocking(move || {
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            *cache = None;
            remove(&folder);
        });
        // It can only fail by a panic, and then the file is replaced by the next start.
        let _ = forgetting.await;
    }

    /// Asks the server, where it may be asked; keeps what comes.
    async fn ask(&self, tile: StreetTile, etag: Option<String>) -> Option<TilePicture> {
        let address = tile.address(self.setup.base.as_ref()?)?;
        if !self.may_ask(tile) {
            return None;
        }
        let _turn = self.turns.acquire().await.ok()?;
        // What was asked for before it may have failed meanwhile.
        if !self.may_ask(tile) {
            return None;
        }
        let now_ms = self.setup.clock.now_ms();
        let forgotten = self.forgotten.load(Ordering::SeqCst);
        let answer = self.connection()?.ask(address, etag.as_deref(), now_ms).await;
        self.note(tile, &answer);
        match answer {
            Answer::Tile(picture, good_ms, etag) => {
                if let Some(good_ms) = good_ms.filter(|_| forgotten == self.forgotten.load(Ordering::SeqCst)) {
                    let kept = Kept {
                        picture: picture.clone(),
                        etag,
                        expires_ms: now_ms.saturating_add(good_ms),
                    };
                    self.with_cache(move |cache, now_ms| cache.put(tile, &kept, now_ms))
                        .await;
                }
                Some(picture)
            }
            Answer::Same(good_ms) => {
                let expires_ms = now_ms.saturating_add(good_ms);
                self.with_cache(move |cache, _| cache.renew(tile, expires_ms)).await;
                None
            }
            Answer::Missing(_) | Answer::Refused(_) | Answer::Failed(_) => None,
        }
    }

    fn may_ask(&self, tile: StreetTile) -> bool {
        self.pauses().allows(tile, self.setup.clock.steady_ms())
    }

    fn note(&self, tile: StreetTile, answer: &Answer) {
        let now_ms = self.setup.clock.steady_ms();
        let mut pauses = self.pauses();
        // The log names no tile: it would tell where the person looks.
        match answer {
            Answer::Tile(..) | Answer::Same(_) => pauses.answered(),
            Answer::Missing(why) => {
                tracing::info!("a tile of streets is left out: {why}");
                pauses.missing(tile, now_ms);
            }
            Answer::Refused(asked_ms) => {
                tracing::info!(asked_ms, "the tile server does not want to be asked now");
                pauses.refused(now_ms, *asked_ms);
            }
            Answer::Failed(why) => {
                tracing::info!("streets cannot be fetched now: {why}");
                pauses.failed(now_ms);
            }
        }
    }

    fn pauses(&self) -> MutexGuard<'_, Pauses> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Option<&Connection> {
        let made = self.connection.get_or_init(|| {
            let base = self.setup.base.as_ref()?;
            Connection::new(base, &self.setup.user_agent, MOST_CONNECTIONS)
        });
        made.as_ref()
    }

    /// Does something with the cache, off the async threads. A cache that fails is one that holds nothing.
    async fn with_cache<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Cache, i64) -> rusqlite::Result<T> + Send + 'static,
    ) -> Option<T> {
        let (cache, folder) = (Arc::clone(&self.cache), self.setup.folder.clone());
        let (max_bytes, now_ms) = (self.setup.max_cache_bytes, self.setup.clock.now_ms());
        let acting = tokio::task::spawn_blocking(move || {
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            let opened = match cache.take() {
                Some(opened) => opened,
                None => Cache::open(&folder, max_bytes)?,
            };
            act(cache.insert(opened), now_ms)
        });
        match acting.await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(error)) => {
                tracing::info!("kept street tiles: {error}");
                None
            }
            Err(_) => None,
        }
    }
}
