//! The application: opened once, closed gracefully. What it answers is in answer.rs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{RwLock, RwLockReadGuard, broadcast, watch};
use tokio_util::sync::CancellationToken;
use url::Url;
use waypost_mapillary::oauth::AppIdentity;
use waypost_mapillary::{Client, ClientOptions, Endpoints};
use waypost_wire::{EventBody, UploadEvent, UploadRow, UploadState};

use super::bus::EventBus;
use super::dry_run::DryRun;
use super::identity::resolve_app;
use super::import_calls::ImportDesk;
use super::picture_cache::PictureCache;
use super::preparing::Prepare;
use super::remote_pictures::RemotePictures;
use super::sign_in_desk::SignInDesk;
use super::stored_settings::StoredSettings;
use super::take_out_calls::state_at_start;
use super::take_out_desk::TakeOutDesk;
use crate::account::{Accounts, AccountsSetup};
use crate::data_dir::create_data_dir;
use crate::desktop::Desktop;
use crate::environment::Environment;
use crate::error::CoreError;
use crate::native_words::{NativeWords, native_words};
use crate::notice::Notices;
use crate::ports::{BrowserOpener, Clock, Keychain};
use crate::streets::{MAX_CACHE_BYTES, OPENSTREETMAP, Streets, StreetsSetup};
use crate::upload::{Engine, EngineConfig, FollowSettings, HttpTransport};

/// What [`Waypost::open`] needs.
pub struct Setup {
    /// Where journal, settings and the list of accounts are kept.
    pub data_dir: PathBuf,
    /// The surroundings of the process.
    pub environment: Environment,
    /// The service.
    pub endpoints: Endpoints,
    /// The practice app; `None` takes the app of the environment, the settings or the distributor.
    pub practice_app: Option<AppIdentity>,
    /// How uploads are followed.
    pub follow: FollowSettings,
    /// `User-Agent` of all requests.
    pub user_agent: String,
    /// Version of Waypost, to be shown.
    pub version: String,
    /// Where tokens are kept.
    pub keychain: Arc<dyn Keychain>,
    /// The person's browser.
    pub opener: Arc<dyn BrowserOpener>,
    /// The desktop around the window.
    pub desktop: Arc<dyn Desktop>,
    /// Below which address tiles of streets lie; `None` takes OpenStreetMap's, and none at all where the service is on
    /// this computer, so that practice stays here.
    pub streets: Option<Url>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The languages of the system, such as `de-AT`, best first, for who leaves the choice to it.
    pub system_languages: Vec<String>,
    /// The line of events to the window.
    pub bus: EventBus,
}

/// The application.
pub struct Waypost {
    pub(super) data_dir: PathBuf,
    pub(super) environment: Environment,
    pub(super) practice: bool,
    pub(super) own_origin: Option<Url>,
    pub(super) version: String,
    pub(super) keychain: Arc<dyn Keychain>,
    pub(super) opener: Arc<dyn BrowserOpener>,
    pub(super) desktop: Arc<dyn Desktop>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) bus: EventBus,
    system_languages: Vec<String>,
    /// Taken out when Waypost is closed.
    engine: RwLock<Option<Engine>>,
    pub(super) accounts: Accounts,
    pub(super) desk: SignInDesk,
    pub(super) dry_run: DryRun,
    pub(super) take_out: TakeOutDesk,
    pub(super) import: ImportDesk,
    pub(super) remote_pictures: RemotePictures,
    /// Start of the addresses that open an image.
    pub(super) viewer: String,
    pub(super) client: Client,
    pub(super) stop: CancellationToken,
    /// Whether the computer is kept awake while something is sent.
    pub(super) keep_awake: watch::Sender<bool>,
    pub(super) streets: Streets,
    pub(super) pictures: PictureCache,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) settings: StoredSettings,
    pub(super) prepare: Prepare,
}

impl Waypost {
    /// Opens the data folder and goes on with every upload that was under way.
    ///
    /// # Errors
    /// [`CoreError::AlreadyRunning`], [`CoreError::Journal`], [`CoreError::JournalTooNew`], [`CoreError::Io`],
    /// [`CoreError::InvalidSetting`], and [`CoreError::Service`] for addresses a token may not go to.
    pub async fn open(setup: Setup) -> Result<Arc<Self>, CoreError> {
        create_data_dir(&setup.data_dir)?;
        let settings = StoredSettings::load(&setup.data_dir)?;
        let practice = setup.practice_app.is_some();
        // Links may lead to the service itself only where that is this computer.
        let own_origin = setup.endpoints.is_practice().then(|| setup.endpoints.graph.clone());
        let app = match setup.practice_app {
            Some(app) => Some(app),
            None => resolve_app(&setup.data_dir, &setup.environment, &setup.keychain, &setup.bus).await,
        };
        let streets = Streets::new(StreetsSetup {
            base: setup.streets.or_else(|| street_server(own_origin.is_some())),
            folder: setup.data_dir.join("streets"),
            max_cache_bytes: MAX_CACHE_BYTES,
            user_agent: setup.user_agent.clone(),
            clock: Arc::clone(&setup.clock),
        });
        let client = Client::new(ClientOptions {
            user_agent: setup.user_agent,
            endpoints: setup.endpoints,
            ..ClientOptions::default()
        })?;
        let accounts = Accounts::new(AccountsSetup {
            data_dir: setup.data_dir.clone(),
            environment: setup.environment.clone(),
            profile: None,
            app,
            client: client.clone(),
            keychain: Arc::clone(&setup.keychain),
            clock: Arc::clone(&setup.clock),
        })?;
        let limits = settings.limits();
        let viewer = setup.follow.viewer.clone();
        let config = EngineConfig {
            parallel_uploads: limits.parallel_uploads,
            image_workers: limits.image_workers,
            bandwidth: limits.bandwidth,
            follow: setup.follow,
            ..EngineConfig::new(&setup.data_dir)
        };
        let engine = Engine::open(
            config,
            Arc::new(HttpTransport::new(client.clone())),
            Arc::new(accounts.clone()),
            Arc::clone(&setup.clock),
            Some(client.clone()),
        )
        .await?;
        let (events, events_for_desktop) = (engine.events(), engine.events());
        let desk = SignInDesk::new(accounts.clone(), Arc::clone(&setup.opener), setup.bus.clone());
        let take_out = TakeOutDesk::at(state_at_start(&setup.data_dir));
        let remote_pictures = RemotePictures::new(
            client.clone(),
            Arc::new(accounts.clone()),
            Arc::clone(&setup.clock),
            &setup.data_dir,
        );
        let waypost = Arc::new(Self {
            data_dir: setup.data_dir,
            environment: setup.environment,
            practice,
            own_origin,
            version: setup.version,
            keychain: setup.keychain,
            opener: setup.opener,
            desktop: setup.desktop,
            clock: setup.clock,
            bus: setup.bus,
            system_languages: setup.system_languages,
            engine: RwLock::new(Some(engine)),
            accounts,
            desk,
            dry_run: DryRun::default(),
            take_out,
            import: ImportDesk::default(),
            remote_pictures,
            viewer,
            client,
            stop: CancellationToken::new(),
            keep_awake: watch::Sender::new(settings.keep_awake),
            streets,
            pictures: PictureCache::default(),
            inner: Mutex::new(Inner {
                settings,
                prepare: Prepare::Empty,
            }),
        });
        waypost.forward_events(events).await;
        waypost.watch_for_desktop(events_for_desktop);
        Ok(waypost)
    }

    /// Ends gracefully: what is under way is written down and goes on next time. Returns how many uploads will.
    pub async fn close(&self) -> usize {
        self.stop.cancel();
        self.import.stop();
        self.dry_run.clear(&self.bus);
        self.take_out.stop();
        if let Prepare::Reading(reading) = &self.lock().prepare {
            reading.stop();
        }
        self.desk.cancel().await;
        let engine = self.engine.write().await.take();
        match engine {
            Some(engine) => engine.shutdown().await.unwrap_or_else(|error| {
                tracing::error!(code = error.code(), "{error}");
                0
            }),
            None => 0,
        }
    }

    /// How many uploads would go on next time if Waypost were closed now.
    pub async fn unfinished_count(&self) -> usize {
        let rows = self.rows().await.unwrap_or_default();
        rows.iter().filter(|row| is_under_way(row.state)).count()
    }

    /// What the desktop shows, in the person's language.
    pub fn words(&self) -> &'static NativeWords {
        native_words(&self.lock().settings.language, &self.system_languages)
    }

    pub(super) async fn engine(&self) -> Result<RwLockReadGuard<'_, Engine>, CoreError> {
        RwLockReadGuard::try_map(self.engine.read().await, Option::as_ref).map_err(|_| CoreError::Stopped)
    }

    pub(super) async fn rows(&self) -> Result<Vec<UploadRow>, CoreError> {
        self.engine().await?.rows().await
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn forward_events(self: &Arc<Self>, mut events: broadcast::Receiver<UploadEvent>) {
        let (bus, stop) = (self.bus.clone(), self.stop.clone());
        let mut notices = Notices::knowing(&self.rows().await.unwrap_or_default());
        let waypost = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = events.recv() => event,
                };
                let Some(waypost) = waypost.upgrade() else {
                    return;
                };
                let words = waypost.words();
                match event {
                    Ok(event) => tell(&bus, &mut notices, event, words),
                    // Too slow for a while: say every row anew.
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        let Ok(rows) = waypost.rows().await else {
                            return;
                        };
                        for row in rows {
                            tell(&bus, &mut notices, UploadEvent::Row(Box::new(row)), words);
                        }
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }
}

/// Tells the window of a change in the list, and the desktop where that is news.
fn tell(bus: &EventBus, notices: &mut Notices, event: UploadEvent, words: &NativeWords) {
    let notification = notices.notification(&event, words);
    bus.send(EventBody::Upload(event));
    if let Some(notification) = notification {
        bus.send(EventBody::Notification(notification));
    }
}

/// Where streets come from unless somebody says otherwise: from nowhere in practice, which stays on this computer.
fn street_server(in_practice: bool) -> Option<Url> {
    (!in_practice).then(|| Url::parse(OPENSTREETMAP).ok()).flatten()
}

/// Whether an upload has something left to send.
fn is_under_way(state: UploadState) -> bool {
    matches!(
        state,
        UploadState::Queued
            | UploadState::Preparing
            | UploadState::Sending
            | UploadState::Finishing
            | UploadState::Waiting
    )
}
