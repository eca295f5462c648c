//! Desktop notifications: the core decides what is told, and that it is told once.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;
use waypost_wire::EventBody;

/// Shows a notification where the event is one. A desktop without notifications is no error.
pub fn tell(app: &AppHandle, event: &EventBody) {
    if let EventBody::Notification(notification) = event
        && let Err(error) = app
            .notification()
            .builder()
            .title(&notification.title)
            .body(&notification.text)
            .show()
    {
        tracing::info!("no notification could be shown: {error}");
    }
}
