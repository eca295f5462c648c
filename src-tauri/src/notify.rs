//! Desktop notifications: the core decides what is told, and that it is told once.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;
use waypost_wire::EventBody;

use crate::look;

/// A click on a notification brings the window to the front, where the desktop tells of clicks.
pub fn listen(app: &AppHandle) {
    let handle = app.clone();
    let listening = app.notification().on_action(move |_| look::bring_to_front(&handle));
    if let Err(error) = listening {
        tracing::info!("clicks on notifications are not heard: {error}");
    }
}

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
