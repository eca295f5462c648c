//! The menu bar of macOS, where a program without one has no Quit, no Hide and no Copy. Windows and Linux have none: the
//! window's own rail says everything, and its keys are the page's.
//!
//! No item has a key that the page uses. Quit is our own item, because the system's would end the program without
//! asking the journal.

use tauri::menu::{AboutMetadata, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager as _, Wry};

/// Id of the item that ends the program.
const QUIT: &str = "quit";

/// The menu bar.
pub fn bar(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let about = AboutMetadata {
        version: Some(crate::name::VERSION.into()),
        comments: Some("Not affiliated with Mapillary, Meta or GoPro.".into()),
        ..AboutMetadata::default()
    };
    let own = Submenu::with_items(
        app,
        "Waypost",
        true,
        &[
            &PredefinedMenuItem::about(app, None, Some(about))?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::services(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::hide(app, None)?,
            &PredefinedMenuItem::hide_others(app, None)?,
            &PredefinedMenuItem::show_all(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, QUIT, "Quit Waypost", true, Some("CmdOrCtrl+Q"))?,
        ],
    )?;
    let edit = Submenu::with_items(
        app,
        "Edit",
        true,
        &[
            &PredefinedMenuItem::undo(app, None)?,
            &PredefinedMenuItem::redo(app, None)?,
            &PredefinedMenuItem::separator(app)?,
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )?;
    let window = Submenu::with_items(
        app,
        "Window",
        true,
        &[
            &PredefinedMenuItem::minimize(app, None)?,
            &PredefinedMenuItem::maximize(app, None)?,
            &PredefinedMenuItem::fullscreen(app, None)?,
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
