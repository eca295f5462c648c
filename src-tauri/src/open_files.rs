//! Files and folders that come from outside the page: from a dialog, from the command line, from a second start, from
//! "open with". They are read as if they had been dropped.

use std::path::PathBuf;

use tauri::{AppHandle, Manager as _, RunEvent};
use waypost_wire::{Call, EventBody, Problem};

use crate::shell::Shell;

/// Reads what was handed over; nothing for none.
pub fn read(app: &AppHandle, paths: Vec<PathBuf>) {
    if paths.is_empty() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        // A second start may come while the first is still opening.
        let Some(shell) = app.try_state::<Shell>() else {
            return;
        };
        let paths = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        if let Err(problem) = shell.waypost().await.call(Call::Prepare { paths }).await {
            tell(&shell, problem);
        }
    });
}

/// Says in the window what went wrong outside of it.
pub fn tell(shell: &Shell, problem: Problem) {
    tracing::error!(code = problem.code, "{}", problem.message);
    shell.bus().send(EventBody::Notice(problem));
}

/// macOS hands files over as events, also to a program that runs already.
pub fn on_run_event(app: &AppHandle, event: RunEvent) {
    #[cfg(target_os = "macos")]
    if let RunEvent::Opened { urls } = event {
        let paths = urls.iter().filter_map(|url| url.to_file_path().ok()).collect();
        read(app, paths);
    }
    #[cfg(not(target_os = "macos"))]
    let _ = (app, event);
}
