//! The desktop around the window, as the core asks for it.

use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager as _};
use waypost_core::desktop::{Desktop, OverallProgress, OverallState, hold_system_awake};

/// The taskbar or dock entry of the window, and the computer's sleep.
pub struct WindowDesktop {
    app: AppHandle,
}

impl WindowDesktop {
    /// The desktop of this program.
    pub fn new(app: &AppHandle) -> Self {
        Self { app: app.clone() }
    }
}

impl Desktop for WindowDesktop {
    fn show_progress(&self, progress: Option<OverallProgress>) {
        let Some(window) = self.app.get_webview_window("main") else {
            return;
        };
        let status = match progress.map(|progress| progress.state) {
            None => ProgressBarStatus::None,
            Some(OverallState::Normal) => ProgressBarStatus::Normal,
            Some(OverallState::Paused) => ProgressBarStatus::Paused,
            Some(OverallState::Error) => ProgressBarStatus::Error,
        };
        let bar = ProgressBarState {
            status: Some(status),
            progress: progress.map(|progress| u64::from(progress.percent)),
        };
        if let Err(error) = window.set_progress_bar(bar) {
            tracing::info!("the taskbar shows no progress: {error}");
        }
    }

    fn keep_awake(&self) -> Result<Box<dyn Send>, String> {
        hold_system_awake()
    }
}
