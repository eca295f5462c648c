//! How the one window looks and comes to the front: unseen until its page stands, on the ground of its theme.

use tauri::plugin::TauriPlugin;
use tauri::webview::{PageLoadEvent, PageLoadPayload};
use tauri::window::Color;
use tauri::{AppHandle, Manager as _, Theme, Webview, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;
use waypost_core::app::StoredSettings;
use waypost_core::data_dir::data_dir;
use waypost_core::desktop::ground;
use waypost_core::environment::Environment;
use waypost_core::native_words::{NativeWords, native_words};
use waypost_wire::SettingsView;

/// Name of the window in `tauri.conf.json`.
const MAIN: &str = "main";
/// Tells the page which language to begin in, before it can ask: otherwise it would flash in another one. The braces
/// take the tag of one of our own lists of words and nothing else.
const START_LANGUAGE: &str = "Object.defineProperty(window, 'waypostLanguage', { value: '{}' });";

/// Opens the window, unseen until its page is there, with the ground that the page will have.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.iter().find(|window| window.label == MAIN) else {
        return Err(tauri::Error::WindowNotFound);
    };
    let language = START_LANGUAGE.replace("{}", kept_words().language);
    WebviewWindowBuilder::from_config(app, config)?
        .initialization_script(language)
        .build()?;
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

/// The words of the desktop in the language that was set, before there is an application to ask.
pub fn kept_words() -> &'static NativeWords {
    native_words(&kept_settings().view().language, &system_languages())
}

/// The languages of the system, such as `de-AT`, best first.
pub fn system_languages() -> Vec<String> {
    sys_locale::get_locales().collect()
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
