//! The one window: brought to the front by a second start, closed with a word about what goes on next time.

use tauri::window::Color;
use tauri::{AppHandle, Manager as _, Theme, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use waypost_core::notice::quit_question;

use crate::shell::Shell;

/// The page's own ground (`--bg` in ui/src/app.css), so that nothing flashes before the page paints.
pub fn paint_ground(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else {
        return;
    };
    let ground = match window.theme() {
        Ok(Theme::Dark) => Color(0x10, 0x15, 0x17, 0xFF),
        _ => Color(0xF4, 0xF6, 0xF6, 0xFF),
    };
    if let Err(error) = window.set_background_color(Some(ground)) {
        tracing::info!("the window keeps its own ground: {error}");
    }
}

/// A second start shows the first.
pub fn bring_to_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
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
