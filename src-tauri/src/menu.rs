//! The menu bar of macOS, where a program without one has no Quit, no Hide and no Copy. Windows and Linux have none: the
//! window's own rail says everything, and its keys are the page's.
//!
//! No item has a key that the page uses. Quit is our own item, because the system's would end the program without
//! asking the journal.

use tauri::menu::{AboutMetadata, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager as _, Wry};
use waypost_core::native_words::NativeWords;

use crate::look;

/// Id of the item that ends the program.
const QUIT: &str = "quit";

/// The menu bar in the language that was set.
pub fn bar(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    of(app, look::kept_words())
}

/// The menu bar in another language from now on.
pub fn follow(app: &AppHandle, words: &NativeWords) {
    if cfg!(target_os = "macos")
        && let Err(error) = of(app, words).and_then(|bar| app.set_menu(bar))
    {
        tracing::info!("the menu bar does not follow the language: {error}");
    }
}

fn of(app: &AppHandle, words: &NativeWords) -> tauri::Result<Menu<Wry>> {
    let words = &words.menu;
    let about = AboutMetadata {
        version: Some(crate::name::VERSION.into()),
        comments: Some(words.not_affiliated.into()),
        ..AboutMetadata::default()
    };
    let own = Submenu::with_items(
        app,
        "Waypost",
        true,
        &[
            &PredefinedMenuItem::about(app, Some(words.about), Some(about))?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::services(app, Some(words.services))?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::hide(app, Some(words.hide))?,
            &PredefinedMenuItem::hide_others(app, Some(words.hide_others))?,
            &PredefinedMenuItem::show_all(app, Some(words.show_all))?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, QUIT, words.quit, true, Some("CmdOrCtrl+Q"))?,
        ],
    )?;
    let edit = Submenu::with_items(
        app,
        words.edit,
        true,
        &[
            &PredefinedMenuItem::undo(app, Some(words.undo))?,
            &PredefinedMenuItem::redo(app, Some(words.redo))?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::cut(app, Some(words.cut))?,
            &PredefinedMenuItem::copy(app, Some(words.copy))?,
            &PredefinedMenuItem::paste(app, Some(words.paste))?,
            &PredefinedMenuItem::select_all(app, Some(words.select_all))?,
        ],
    )?;
    let window = Submenu::with_items(
        app,
        words.window,
        true,
        &[
            &PredefinedMenuItem::minimize(app, Some(words.minimize))?,
            &PredefinedMenuItem::maximize(app, Some(words.zoom))?,
            &PredefinedMenuItem::fullscreen(app, Some(words.fullscreen))?,
        ],
    )?;
    Menu::with_items(app, &[&own, &edit, &window])
}

/// Does what an item says.
#[expect(clippy::needless_pass_by_value, reason = "tauri gives its arguments away")]
pub fn on_event(app: &AppHandle, event: MenuEvent) {
    if event.id() == QUIT
        && let Some(window) = app.get_webview_window("main")
        && let Err(error) = window.close()
    {
        tracing::warn!("the window does not close: {error}");
    }
}
