//! The one window: brought to the front by a second start, closed with a word about what goes on next time.

use tauri::plugin::TauriPlugin;
use tauri::webview::{PageLoadEvent, PageLoadPayload};
use tauri::window::Color;
use tauri::{AppHandle, Manager as _, Theme, Webview, WebviewWindowBuilder, Window, WindowEvent, Wry};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_window_state::StateFlags;
use waypost_core::app::StoredSettings;
use waypost_core::data_dir::data_dir;
use waypost_core::desktop::ground;
use waypost_core::environment::Environment;
use waypost_core::notice::quit_question;
use waypost_wire::SettingsView;

use crate::shell::Shell;

/// Name of the window in `tauri.conf.json`.
const MAIN: &str = "main";

/// Opens the window, unseen until its page is there, with the ground that the page will have.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.iter().find(|window| window.label == MAIN) else {
        return Err(tauri::Error::WindowNotFound);
    };
    WebviewWindowBuilder::from_config(app, config)?.build()?;
    follow(app, &kept_settings().view());
    Ok(())
}

/// What the window looks like by the settings: theme, ground, zoom.
pub fn follow(app: &AppHandle, settings: &SettingsView) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let theme = match settings.theme.as_str() {
        "dark" => Some(Theme::Dark),
        "light" => Some(Theme::Light),
        _ => None,
    };
    let is_dark = matches!(window.theme(), Ok(Theme::Dark));
    let (red, green, blue) = ground(&settings.theme, is_dark);
    for result in [
        window.set_theme(theme),
        window.set_background_color(Some(Color(red, green, blue, 0xFF))),
        window.set_zoom(f64::from(settings.zoom_percent) / 100.0),
    ] {
        if let Err(error) = result {
            tracing::info!("the window does not follow a setting: {error}");
        }
    }
}

/// Place and size of the window are kept; whether it is seen is not, because it begins unseen.
pub fn kept_state() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
        .build()
}

/// Shows the window once its page stands; its ground is painted by then, so that nothing flashes.
pub fn on_page_load(webview: &Webview, payload: &PageLoadPayload<'_>) {
    if payload.event() == PageLoadEvent::Finished
        && let Err(error) = webview.window().show()
    {
        tracing::warn!("the window does not show: {error}");
    }
}

/// The settings as they were kept; whoever cannot read them says so later, in the window.
fn kept_settings() -> StoredSettings {
    data_dir(&Environment::from_process())
        .and_then(|folder| StoredSettings::load(&folder))
        .unwrap_or_default()
}

/// A second start shows the first.
pub fn bring_to_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        for result in [window.unminimize(), window.show(), window.set_focus()] {
            if let Err(error) = result {
                tracing::warn!("the window does not come to the front: {error}");
            }
        }
    }
}

/// Closing waits for the journal; with uploads under way it asks first.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    api.prevent_close();
    let app = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let waypost = app.state::<Shell>().waypost().await;
        if let Some(question) = quit_question(waypost.unfinished_count().await) {
            let (answer, asked) = tokio::sync::oneshot::channel();
            app.dialog()
                .message(question)
                .title("Quit Waypost?")
                .kind(MessageDialogKind::Info)
                .buttons(MessageDialogButtons::OkCancelCustom("Quit".into(), "Stay".into()))
                .show(move |quit| {
                    // Nobody listens any more only when the program is ending anyway.
                    let _ = answer.send(quit);
                });
            if !asked.await.unwrap_or(true) {
                return;
            }
        }
        app.state::<Shell>().close().await;
        app.exit(0);
    });
}
