//! The one window is closed with a word about what goes on next time.

use tauri::{Manager as _, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use waypost_core::notice::quit_question;

use crate::shell::Shell;

/// Closing waits for the journal; with uploads under way it asks first.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    api.prevent_close();
    let app = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let waypost = app.state::<Shell>().waypost().await;
        let words = waypost.words();
        if let Some(question) = quit_question(waypost.unfinished_count().await, words) {
            let (answer, asked) = tokio::sync::oneshot::channel();
            app.dialog()
                .message(question)
                .title(words.quit_title)
                .kind(MessageDialogKind::Info)
                .buttons(MessageDialogButtons::OkCancelCustom(
                    words.quit.into(),
                    words.stay.into(),
                ))
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
