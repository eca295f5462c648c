//! A whole Waypost without a window, with a practice service, a browser that clicks and a folder of photos.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;
use waypost_core::app::{EventBus, Setup, Waypost};
use waypost_core::desktop::{Desktop, NoDesktop};
use waypost_core::environment::Environment;
use waypost_core::ports::{BrowserOpener, Keychain, SystemClock};
use waypost_core::practice::practice_service;
use waypost_generator::{PracticeFolder, PracticeOptions, write_practice_folder};
use waypost_sandbox::{Sandbox, SandboxConfig};
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;
use waypost_wire::{
    AlreadySentChoice, Call, Event, EventBody, PlanView, PrepareState, Reply, SignInState, Snapshot, UploadEvent,
    UploadRow, UploadState,
};

/// Sends the plan; what was sent before stays at home.
pub const UPLOAD: Call = Call::Upload {
    already_sent: AlreadySentChoice::Skip,
};

/// A browser that goes where the page leads, or notes what it was asked to open.
pub struct Browser {
    runtime: tokio::runtime::Handle,
    decision: &'static str,
    pub opened: std::sync::Mutex<Vec<String>>,
}

impl BrowserOpener for Browser {
    fn open(&self, address: &Url) -> Result<(), String> {
        if self.decision == "broken" {
            return Err("there is none".into());
        }
        self.opened.lock().unwrap().push(address.to_string());
        if address.path() == "/connect" {
            let mut address = address.clone();
            address.query_pairs_mut().append_pair("decision", self.decision);
            self.runtime.spawn(async move { reqwest::get(address).await });
        }
        Ok(())
    }
}

pub struct House {
    pub waypost: Arc<Waypost>,
    pub events: UnboundedReceiver<Event>,
    pub browser: Arc<Browser>,
    pub server: Sandbox,
    pub photos: PracticeFolder,
    pub folder: Scratch,
    /// The newest row of each upload that was told of.
    rows: BTreeMap<i64, UploadRow>,
}

impl House {
    pub async fn open(decision: &'static str, keychain: Arc<dyn Keychain>) -> Self {
        Self::open_at(decision, keychain, Arc::new(NoDesktop)).await
    }

    pub async fn open_at(decision: &'static str, keychain: Arc<dyn Keychain>, desktop: Arc<dyn Desktop>) -> Self {
        let folder = Scratch::new("app");
        let data_dir = folder.path().join(canary::SERVICE);
        canary::seed_service(&data_dir);
        let config = SandboxConfig {
            data_dir,
            stage_ms: 50,
            ..SandboxConfig::default()
        };
        let server = Sandbox::start(config).await.unwrap();
        let browser = Arc::new(Browser {
            runtime: tokio::runtime::Handle::current(),
            decision,
            opened: std::sync::Mutex::default(),
        });
        let options = PracticeOptions {
            photos_per_sequence: 4,
            ..PracticeOptions::default()
        };
        let photos = write_practice_folder(&folder.path().join("photos"), &options).unwrap();
        let bus = EventBus::default();
        let events = bus.listen();
        let waypost = Waypost::open(Setup {
            desktop,
            ..setup(&server, &folder.path().join("data"), &browser, keychain, bus)
        })
        .await
        .unwrap();
        Self {
            waypost,
            events,
            browser,
            server,
            photos,
            folder,
            rows: BTreeMap::new(),
        }
    }

    pub async fn call(&self, call: Call) -> Reply {
        self.waypost.call(call).await.unwrap()
    }

    pub async fn snapshot(&self) -> Snapshot {
        let Reply::Snapshot(snapshot) = self.call(Call::Snapshot).await else {
            panic!("a snapshot")
        };
        *snapshot
    }

    /// The next event that `wanted` has a use for.
    pub async fn next<T>(&mut self, mut wanted: impl FnMut(EventBody) -> Option<T>) -> T {
        loop {
            let event = self.events.recv().await.expect("the line of events is open");
            if let EventBody::Upload(UploadEvent::Row(row)) = &event.body {
                self.rows.insert(row.upload_id, UploadRow::clone(row));
            }
            if let Some(found) = wanted(event.body) {
                return found;
            }
        }
    }

    pub async fn sign_in(&mut self) -> SignInState {
        self.call(Call::SignIn).await;
        let mut begun = false;
        self.next(|body| {
            let EventBody::Account(view) = body else {
                return None;
            };
            begun |= matches!(view.sign_in, SignInState::Waiting { .. });
            (begun && !matches!(view.sign_in, SignInState::Waiting { .. })).then_some(view.sign_in)
        })
        .await
    }

    pub async fn prepare(&mut self) -> PlanView {
        let paths = vec![self.photos.root.display().to_string()];
        self.call(Call::Prepare { paths }).await;
        self.next(|body| match body {
            EventBody::Prepare(PrepareState::Ready(plan)) => Some(plan),
            EventBody::Prepare(PrepareState::Failed(problem)) => panic!("{problem:?}"),
            _ => None,
        })
        .await
    }

    /// A token as mapillary_tools gets it, with e-mail and password.
    pub async fn token_of_another_program(&self) -> String {
        let info = self.server.info();
        let answer: serde_json::Value = reqwest::Client::new()
            .post(format!("{}/login", info.graph))
            .header("Authorization", format!("OAuth {}", info.client_token))
            .json(&serde_json::json!({"email": "anna@example.org", "password": "secret", "locale": "en_US"}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The row of an upload once it is in `state`; it may have come while another one was waited for.
    pub async fn row_in(&mut self, upload_id: i64, state: UploadState) -> UploadRow {
        if let Some(row) = self.rows.get(&upload_id).filter(|row| row.state == state) {
            return row.clone();
        }
        self.next(|body| match body {
            EventBody::Upload(UploadEvent::Row(row)) if row.upload_id == upload_id && row.state == state => Some(*row),
            _ => None,
        })
        .await
    }
}

pub fn setup(
    server: &Sandbox,
    data_dir: &Path,
    browser: &Arc<Browser>,
    keychain: Arc<dyn Keychain>,
    bus: EventBus,
) -> Setup {
    let info = server.info();
    let at = |text: &str| Url::parse(text).unwrap();
    let service = practice_service(
        [at(&info.graph), at(&info.upload), at(&info.authorize), at(&info.tiles)],
        info.client_id.clone(),
        info.client_secret.clone().into(),
        at(&info.redirect_uri),
    );
    Setup {
        data_dir: data_dir.to_path_buf(),
        environment: Environment::empty(data_dir),
        endpoints: service.endpoints,
        practice_app: Some(service.app),
        follow: service.follow,
        user_agent: "Waypost test".into(),
        version: "0.0.0".into(),
        keychain,
        opener: Arc::clone(browser) as Arc<dyn BrowserOpener>,
        desktop: Arc::new(NoDesktop),
        system_languages: Vec::new(),
        streets: Some(at(&info.streets)),
        clock: Arc::new(SystemClock),
        bus,
    }
}
