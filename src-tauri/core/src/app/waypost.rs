//! The application: everything a window can ask for, in one place.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio::sync::{RwLock, RwLockReadGuard, broadcast};
use tokio_util::sync::CancellationToken;
use url::Url;
use waypost_mapillary::oauth::AppIdentity;
use waypost_mapillary::{Client, ClientOptions, Endpoints};
use waypost_wire::{
    Call, Edit, EditPreview, EventBody, Page, PrepareState, Problem, Reply, SettingsView, Snapshot, UploadEvent,
    UploadRow, UploadState,
};

use super::bus::EventBus;
use super::dry_run::DryRun;
use super::identity::resolve_app;
use super::pages::{self, is_allowed};
use super::picture::picture;
use super::prepared::{Destination, Prepared};
use super::reading::{Reading, is_track_file, load_tracks};
use super::sign_in_desk::SignInDesk;
use super::stored_settings::StoredSettings;
use crate::account::{Accounts, AccountsSetup};
use crate::app_identity::DEFAULT_REDIRECT_URI;
use crate::data_dir::create_data_dir;
use crate::environment::Environment;
use crate::error::CoreError;
use crate::ports::{BrowserOpener, Clock, Keychain};
use crate::upload::{Engine, EngineConfig, FollowSettings, HttpTransport, NewUpload, Which};

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
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The line of events to the window.
    pub bus: EventBus,
}

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureOf {
    /// A photo of the plan, by its number.
    PlanPhoto(u64),
    /// The first photo of an upload.
    Upload(i64),
}

/// The application.
pub struct Waypost {
    pub(super) data_dir: PathBuf,
    pub(super) environment: Environment,
    pub(super) practice: bool,
    own_origin: Option<Url>,
    version: String,
    pub(super) keychain: Arc<dyn Keychain>,
    opener: Arc<dyn BrowserOpener>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) bus: EventBus,
    /// Taken out when Waypost is closed.
    engine: RwLock<Option<Engine>>,
    pub(super) accounts: Accounts,
    pub(super) desk: SignInDesk,
    pub(super) dry_run: DryRun,
    stop: CancellationToken,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) settings: StoredSettings,
    prepare: Prepare,
}

#[derive(Default)]
enum Prepare {
    #[default]
    Empty,
    Reading(Reading),
    Ready(Box<Prepared>),
    Failed(Problem),
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
            Some(client),
        )
        .await?;
        let events = engine.events();
        let desk = SignInDesk::new(accounts.clone(), Arc::clone(&setup.opener), setup.bus.clone());
        let waypost = Arc::new(Self {
            data_dir: setup.data_dir,
            environment: setup.environment,
            practice,
            own_origin,
            version: setup.version,
            keychain: setup.keychain,
            opener: setup.opener,
            clock: setup.clock,
            bus: setup.bus,
            engine: RwLock::new(Some(engine)),
            accounts,
            desk,
            dry_run: DryRun::default(),
            stop: CancellationToken::new(),
            inner: Mutex::new(Inner {
                settings,
                prepare: Prepare::Empty,
            }),
        });
        waypost.forward_events(events);
        Ok(waypost)
    }

    /// Ends gracefully: what is under way is written down and goes on next time. Returns how many uploads will.
    pub async fn close(&self) -> usize {
        self.stop.cancel();
        self.dry_run.clear(&self.bus);
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

    pub(super) async fn engine(&self) -> Result<RwLockReadGuard<'_, Engine>, CoreError> {
        RwLockReadGuard::try_map(self.engine.read().await, Option::as_ref).map_err(|_| CoreError::Stopped)
    }

    async fn rows(&self) -> Result<Vec<UploadRow>, CoreError> {
        self.engine().await?.rows().await
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forward_events(self: &Arc<Self>, mut events: broadcast::Receiver<UploadEvent>) {
        let (bus, stop) = (self.bus.clone(), self.stop.clone());
        let waypost = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = events.recv() => event,
                };
                match event {
                    Ok(event) => bus.send(EventBody::Upload(event)),
                    // Too slow for a while: say every row anew.
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        let Some(waypost) = waypost.upgrade() else {
                            return;
                        };
                        let Ok(rows) = waypost.rows().await else {
                            return;
                        };
                        for row in rows {
                            bus.send(EventBody::Upload(UploadEvent::Row(Box::new(row))));
                        }
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }

    /// Answers a call. `ChooseFolder`, `StartPractice` and `StopPractice` are the shell's and are refused here.
    ///
    /// # Errors
    /// Whatever goes wrong, in the border form.
    pub async fn call(self: &Arc<Self>, call: Call) -> Result<Reply, Problem> {
        self.answer(call).await.map_err(|error| error.problem())
    }

    async fn answer(self: &Arc<Self>, call: Call) -> Result<Reply, CoreError> {
        match call {
            Call::Snapshot => return Ok(Reply::Snapshot(Box::new(self.snapshot().await?))),
            Call::FileReport { upload_id } => {
                return Ok(Reply::Files(self.engine().await?.file_report(upload_id).await?));
            }
            Call::Upload { already_sent } => return self.upload(already_sent).await,
            Call::FindProfiles => return Ok(Reply::Profiles(self.profile_rows().await)),
            Call::ImportProfile { file, profile } => self.import_profile(&file, &profile).await?,
            Call::CheckOrganization { organization_id } => {
                return Ok(Reply::Organization(self.check_organization(&organization_id).await?));
            }
            Call::ForgetOrganization { organization_id } => self.forget_organization(&organization_id).await?,
            Call::ClearDryRun => self.dry_run.clear(&self.bus),
            Call::Prepare { paths } => {
                self.prepare(paths.into_iter().map(PathBuf::from).collect()).await?;
            }
            Call::ClearPlan => self.clear_plan(),
            Call::Edit { edit } => self.change_plan(|prepared| prepared.apply(&edit))?,
            Call::Undo => self.change_plan(Prepared::undo)?,
            Call::Redo => self.change_plan(Prepared::redo)?,
            Call::PreviewEdit { edit } => return self.preview(&edit).map(Reply::Preview),
            Call::Pause { upload_id } => self.engine().await?.pause(upload_id).await?,
            Call::Resume { upload_id } => self.engine().await?.resume(upload_id).await?,
            Call::Cancel { upload_id } => self.engine().await?.cancel(upload_id).await?,
            Call::Start { upload_id } => {
                self.engine().await?.start(Which::These(vec![upload_id])).await?;
            }
            Call::RetryFinish { upload_id } => self.engine().await?.retry_finish(upload_id).await?,
            Call::MarkTaken { upload_id } => self.engine().await?.mark_taken(upload_id).await?,
            Call::Remove { upload_id } => self.engine().await?.remove(upload_id).await?,
            Call::Retry { upload_id } => self.engine().await?.retry(upload_id).await?,
            Call::RetryAllFailed => {
                self.engine().await?.retry_all_failed().await?;
            }
            Call::Reorder {
                upload_id,
                before_upload_id,
            } => self.engine().await?.reorder(upload_id, before_upload_id).await?,
            Call::PauseAll => self.engine().await?.pause_all().await?,
            Call::ResumeAll => self.engine().await?.resume_all().await?,
            Call::SignIn => self.desk.begin(),
            Call::CancelSignIn => self.desk.cancel().await,
            Call::KeepForThisRun => self.desk.keep_for_this_run().await?,
            Call::SignInWithToken { token } => {
                self.desk
                    .with_token(SecretString::from(token.into_text().trim().to_owned()))
                    .await;
            }
            Call::UseAccount { user_id } => self.desk.use_account(&user_id).await?,
            Call::SignOut { user_id } => self.desk.sign_out(&user_id).await?,
            Call::SetSettings { settings, app_secret } => self.set_settings(&settings, app_secret).await?,
            Call::Open { page } => self.open_page(&page).await?,
            Call::FirstRunDone => {
                let settings = {
                    let mut inner = self.lock();
                    inner.settings.first_run_done = true;
                    inner.settings.clone()
                };
                settings.save(&self.data_dir)?;
            }
            Call::ChooseFolder | Call::ChooseTrack | Call::DryRun | Call::StartPractice | Call::StopPractice => {
                return Err(CoreError::InvalidSetting {
                    name: "call".into(),
                    reason: "only the window's own shell can do that".into(),
                });
            }
        }
        Ok(Reply::Done)
    }

    async fn snapshot(&self) -> Result<Snapshot, CoreError> {
        // First the number: an event that comes while the rest is gathered is applied once more, which is harmless.
        let seq = self.bus.seq();
        let account = self.desk.view().await;
        let uploads = self.rows().await?;
        let settings = self.settings_view().await;
        let inner = self.lock();
        Ok(Snapshot {
            seq,
            version: self.version.clone(),
            practice: self.practice,
            first_run: !inner.settings.first_run_done,
            account,
            prepare: inner.prepare.state(),
            dry_run: self.dry_run.state(),
            uploads,
            settings,
            settings_defaults: SettingsView {
                redirect_uri: DEFAULT_REDIRECT_URI.into(),
                ..StoredSettings::default().view()
            },
            now_ms: self.clock.now_ms(),
        })
    }

    fn tell_prepare(&self) {
        let state = self.lock().prepare.state();
        self.bus.send(EventBody::Prepare(state));
    }

    /// Reads files and folders; track files alone are added to the plan that stands.
    async fn prepare(self: &Arc<Self>, paths: Vec<PathBuf>) -> Result<(), CoreError> {
        let plan_stands = matches!(self.lock().prepare, Prepare::Ready(_));
        if plan_stands && !paths.is_empty() && paths.iter().all(|path| is_track_file(path)) {
            let tracks = tokio::task::spawn_blocking(move || load_tracks(&paths))
                .await
                .unwrap_or(Err(CoreError::Stopped))?;
            return self.change_plan(|prepared| {
                prepared.add_tracks(tracks);
                Ok(())
            });
        }
        let reading = Reading::default();
        let (read, sequence) = {
            let mut inner = self.lock();
            let settings = (inner.settings.read_settings()?, inner.settings.sequence_settings());
            if let Prepare::Reading(earlier) = &inner.prepare {
                earlier.stop();
            }
            inner.prepare = Prepare::Reading(reading.clone());
            settings
        };
        self.tell_prepare();
        let waypost = Arc::clone(self);
        tokio::spawn(async move {
            let result = reading
                .run(paths, read, sequence, waypost.bus.clone(), Arc::clone(&waypost.clock))
                .await;
            if reading.is_stopped() {
                return;
            }
            waypost.lock().prepare = match result {
                Ok(prepared) => Prepare::Ready(Box::new(prepared)),
                Err(error) => Prepare::Failed(error.problem()),
            };
            waypost.tell_prepare();
        });
        Ok(())
    }

    pub(super) fn clear_plan(&self) {
        {
            let mut inner = self.lock();
            if let Prepare::Reading(reading) = &inner.prepare {
                reading.stop();
            }
            inner.prepare = Prepare::Empty;
        }
        self.tell_prepare();
    }

    fn change_plan(&self, change: impl FnOnce(&mut Prepared) -> Result<(), CoreError>) -> Result<(), CoreError> {
        if let Prepare::Ready(prepared) = &mut self.lock().prepare {
            change(prepared)?;
        }
        self.tell_prepare();
        Ok(())
    }

    fn preview(&self, edit: &Edit) -> Result<EditPreview, CoreError> {
        match &self.lock().prepare {
            Prepare::Ready(prepared) => prepared.preview(edit),
            _ => Ok(EditPreview::default()),
        }
    }

    /// What the plan asks for.
    pub(super) fn plan_uploads(&self, destination: &Destination) -> Result<Vec<NewUpload>, CoreError> {
        match &self.lock().prepare {
            Prepare::Ready(prepared) => prepared.uploads(destination),
            _ => Ok(Vec::new()),
        }
    }

    /// The address behind a page; `None` where there is none (any more).
    ///
    /// # Errors
    /// [`CoreError::NoSuchUpload`].
    pub async fn page_address(&self, page: &Page) -> Result<Option<Url>, CoreError> {
        let address = match page {
            Page::Image { upload_id, image_id } => {
                let row = self.engine().await?.row(*upload_id).await?;
                row.links
                    .iter()
                    .find(|link| link.image_id == *image_id)
                    .map(|link| link.url.clone())
            }
            Page::AppRegistration => Some(pages::APP_REGISTRATION.to_owned()),
            Page::Terms => Some(pages::TERMS.to_owned()),
            Page::Licence => Some(pages::LICENCE.to_owned()),
            Page::SignIn => return Ok(self.desk.address()),
        };
        Ok(address
            .and_then(|text| Url::parse(&text).ok())
            .filter(|url| is_allowed(url, self.own_origin.as_ref())))
    }

    async fn open_page(&self, page: &Page) -> Result<(), CoreError> {
        let Some(address) = self.page_address(page).await? else {
            return Err(CoreError::NoPage);
        };
        let opener = Arc::clone(&self.opener);
        // The sign-in page's address carries one-time values; it is shown where it can be copied, not in an error.
        let shown = match page {
            Page::SignIn => "the sign-in page".to_owned(),
            _ => address.to_string(),
        };
        tokio::task::spawn_blocking(move || opener.open(&address))
            .await
            .unwrap_or_else(|_| Err("stopped".into()))
            .map_err(|reason| CoreError::BrowserDidNotOpen { page: shown, reason })
    }

    async fn first_photo(&self, upload_id: i64) -> Result<Option<PathBuf>, CoreError> {
        let journal = self.engine().await?.journal();
        let files = tokio::task::spawn_blocking(move || journal.files(upload_id))
            .await
            .unwrap_or(Err(CoreError::Stopped))?;
        Ok(files
            .into_iter()
            .find(crate::journal::FileRow::is_sent)
            .map(|file| file.path))
    }

    /// A small JPEG for the window; `None` when there is nothing to show.
    pub async fn picture(&self, of: PictureOf) -> Option<Vec<u8>> {
        let path = match of {
            PictureOf::PlanPhoto(photo_id) => match &self.lock().prepare {
                Prepare::Ready(prepared) => prepared.photo_path(photo_id).map(std::path::Path::to_path_buf),
                _ => None,
            },
            PictureOf::Upload(upload_id) => self.first_photo(upload_id).await.ok().flatten(),
        }?;
        tokio::task::spawn_blocking(move || picture(&path)).await.ok().flatten()
    }
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

impl Prepare {
    fn state(&self) -> PrepareState {
        match self {
            Self::Empty => PrepareState::Empty,
            Self::Reading(_) => PrepareState::Reading(waypost_wire::PlanProgress::default()),
            Self::Ready(prepared) => PrepareState::Ready(prepared.view()),
            Self::Failed(problem) => PrepareState::Failed(problem.clone()),
        }
    }
}
