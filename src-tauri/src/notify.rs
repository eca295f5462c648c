//! Desktop notifications: said once, when an upload is published or fails.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;
use waypost_core::notice::notice_of;
use waypost_wire::EventBody;

/// Shows a notification where the event deserves one. A desktop without notifications is no error.
pub fn tell(app: &AppHandle, event: &EventBody) {
    if let Some(notice) = notice_of(event)
        && let Err(error) = app
            .notification()
            .builder()
            .title(notice.title)
            .body(notice.body)
            .show()
    {
        tracing::info!("no notification could be shown: {error}");
    }
}
