//! What lives as long as the program: the application behind the window, real or practice, and the line of events.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tauri::AppHandle;
use tokio::sync::{Mutex, RwLock};
use waypost_core::account::SystemBrowser;
use waypost_core::app::{EventBus, Setup, Waypost};
use waypost_core::app_identity::endpoints;
use waypost_core::data_dir::data_dir;
use waypost_core::desktop::Desktop;
use waypost_core::environment::Environment;
use waypost_core::error::CoreError;
use waypost_core::keychain::OsKeychain;
use waypost_core::native_words::native_words;
use waypost_core::ports::SystemClock;
use waypost_core::practice::follow_of;
use waypost_wire::{EventBody, Problem};

use crate::desktop::WindowDesktop;
use crate::name::{VERSION, user_agent};
use crate::{look, menu, notify, practice};

/// Shared by all commands.
pub struct Shell {
    environment: Environment,
    data_dir: PathBuf,
    bus: EventBus,
    desktop: Arc<dyn Desktop>,
    current: RwLock<Arc<Waypost>>,
    practice: Mutex<Option<waypost_sandbox::Sandbox>>,
    app: AppHandle,
    started_at: Instant,
}

impl Shell {
    /// Opens the application, for practice or for real.
    pub async fn open(app: &AppHandle, practice_wanted: bool, started_at: Instant) -> Result<Self, Problem> {
        let environment = Environment::from_process();
        let folder = data_dir(&environment).map_err(|error| error.problem())?;
        let bus = EventBus::default();
        let desktop: Arc<dyn Desktop> = Arc::new(WindowDesktop::new(app));
        let (waypost, server) = if practice_wanted {
            let (waypost, server) = practice::open(&environment, &folder, &bus, &desktop).await?;
            (waypost, Some(server))
        } else {
            (
                open_real(&environment, folder.clone(), &bus, &desktop)
                    .await
                    .map_err(|error| error.problem())?,
                None,
            )
        };
        let shell = Self {
            environment,
            data_dir: folder,
            bus,
            desktop,
            current: RwLock::new(waypost),
            practice: Mutex::new(server),
            app: app.clone(),
            started_at,
        };
        Ok(shell)
    }

    /// The application behind the window now.
    pub async fn waypost(&self) -> Arc<Waypost> {
        Arc::clone(&*self.current.read().await)
    }

    /// When the program began.
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// The line of events.
    pub fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// Tells the desktop what the events say that somebody should hear.
    pub fn notice(&self, event: &EventBody) {
        notify::tell(&self.app, event);
        if let EventBody::Settings(settings) = event {
            look::follow(&self.app, settings);
            menu::follow(&self.app, native_words(&settings.language, &look::system_languages()));
        }
    }

    /// Goes over to practice mode.
    pub async fn start_practice(&self) -> Result<(), Problem> {
        let mut server = self.practice.lock().await;
        if server.is_some() {
            return Ok(());
        }
        let (waypost, started) = practice::open(&self.environment, &self.data_dir, &self.bus, &self.desktop).await?;
        *server = Some(started);
        self.replace(waypost, true).await;
        Ok(())
    }

    /// Goes back to the real service.
    pub async fn stop_practice(&self) -> Result<(), Problem> {
        let mut server = self.practice.lock().await;
        let Some(running) = server.take() else {
            return Ok(());
        };
        match open_real(&self.environment, self.data_dir.clone(), &self.bus, &self.desktop).await {
            Ok(waypost) => {
                self.replace(waypost, false).await;
                running.stop().await;
                Ok(())
            }
            Err(error) => {
                *server = Some(running);
                Err(error.problem())
            }
        }
    }

    async fn replace(&self, waypost: Arc<Waypost>, practice: bool) {
        let earlier = std::mem::replace(&mut *self.current.write().await, waypost);
        earlier.close().await;
        self.bus.send(EventBody::Practice(practice));
    }

    /// Ends everything gracefully.
    pub async fn close(&self) {
        self.waypost().await.close().await;
        if let Some(server) = self.practice.lock().await.take() {
            server.stop().await;
        }
    }
}

async fn open_real(
    environment: &Environment,
    folder: PathBuf,
    bus: &EventBus,
    desktop: &Arc<dyn Desktop>,
) -> Result<Arc<Waypost>, CoreError> {
    let endpoints = endpoints(environment)?;
    Waypost::open(Setup {
        data_dir: folder,
        environment: environment.clone(),
        follow: follow_of(&endpoints),
        endpoints,
        practice_app: None,
        user_agent: user_agent(),
        version: VERSION.into(),
        keychain: Arc::new(OsKeychain::new()),
        opener: Arc::new(SystemBrowser),
        desktop: Arc::clone(desktop),
        system_languages: look::system_languages(),
        streets: None,
        clock: Arc::new(SystemClock),
        bus: bus.clone(),
    })
    .await
}
