//! Practice mode: a Mapillary of our own on the loopback address, inside this program.

use std::path::Path;
use std::sync::Arc;

use tauri::Url;
use waypost_core::account::SystemBrowser;
use waypost_core::app::{EventBus, Setup, Waypost};
use waypost_core::desktop::Desktop;
use waypost_core::environment::Environment;
use waypost_core::keychain::MemoryKeychain;
use waypost_core::ports::SystemClock;
use waypost_core::practice::{PracticeService, practice_service};
use waypost_sandbox::{Sandbox, SandboxConfig};
use waypost_wire::{Problem, Retry};

use crate::look;
use crate::name::{VERSION, user_agent};

/// Where practice keeps its journal and its server's state, inside the data folder: apart from the real one.
const FOLDER: &str = "practice";
/// How long each processing stage lasts: long enough to be seen, short enough not to be waited for.
const STAGE_MS: u64 = 3_000;

/// Starts the server and the application that talks to it.
pub async fn open(
    environment: &Environment,
    data_dir: &Path,
    bus: &EventBus,
    desktop: &Arc<dyn Desktop>,
) -> Result<(Arc<Waypost>, Sandbox), Problem> {
    let folder = data_dir.join(FOLDER);
    let config = SandboxConfig {
        data_dir: folder.join("server"),
        stage_ms: STAGE_MS,
        ..SandboxConfig::default()
    };
    let server = Sandbox::start(config)
        .await
        .map_err(|error| unusable(&error.to_string()))?;
    let info = server.info();
    let address = |text: &str| Url::parse(text).map_err(|error| unusable(&error.to_string()));
    let PracticeService { endpoints, app, follow } = practice_service(
        [
            address(&info.graph)?,
            address(&info.upload)?,
            address(&info.authorize)?,
            address(&info.tiles)?,
        ],
        info.client_id.clone(),
        info.client_secret.clone().into(),
        address(&info.redirect_uri)?,
    );
    let waypost = Waypost::open(Setup {
        data_dir: folder,
        // A token in the environment is for the real service and stays away from practice.
        environment: Environment::empty(environment.working_dir()),
        endpoints,
        practice_app: Some(app),
        follow,
        user_agent: user_agent(),
        version: VERSION.into(),
        keychain: Arc::new(MemoryKeychain::new()),
        opener: Arc::new(SystemBrowser),
        desktop: Arc::clone(desktop),
        system_languages: look::system_languages(),
        streets: Some(address(&info.streets)?),
        clock: Arc::new(SystemClock),
        bus: bus.clone(),
    })
    .await
    .map_err(|error| error.problem())?;
    Ok((waypost, server))
}

/// What can go wrong in the window alone.
enum WindowError {
    /// The practice service inside the window does not start.
    PracticeUnavailable {
        /// Why.
        reason: String,
    },
}

impl WindowError {
    /// The stable code, with an entry in docs/errors.md.
    fn code(&self) -> &'static str {
        match self {
            Self::PracticeUnavailable { .. } => "practice_unavailable",
        }
    }

    fn problem(&self) -> Problem {
        let Self::PracticeUnavailable { reason } = self;
        Problem {
            code: self.code().into(),
            message: format!("practice mode cannot start: {reason}"),
            action: "Close other programs that use many ports, then try again.".into(),
            retry: Retry::AfterAction,
        }
    }
}

fn unusable(reason: &str) -> Problem {
    WindowError::PracticeUnavailable { reason: reason.into() }.problem()
}

#[cfg(test)]
mod tests {
    use waypost_core::desktop::NoDesktop;

    use super::*;

    #[tokio::test]
    async fn practice_that_cannot_start_is_a_sentence_with_its_reason() {
        let home = tempfile::tempdir().expect("a folder");
        // A file where the folder should be.
        let data_dir = home.path().join("data");
        std::fs::write(&data_dir, "in the way").expect("a file");
        let desktop: Arc<dyn Desktop> = Arc::new(NoDesktop);
        let environment = Environment::empty(home.path());
        let refused = open(&environment, &data_dir, &EventBus::default(), &desktop).await;
        let problem = refused.err().expect("no room for practice");
        assert_eq!(problem.code, "practice_unavailable");
        assert!(problem.message.contains("practice mode cannot start: "), "{problem:?}");
    }
}
