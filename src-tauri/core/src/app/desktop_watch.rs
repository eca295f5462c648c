//! Tells the desktop what the queue is doing: the bar in the taskbar, and that the computer must stay awake.

use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};
use waypost_wire::UploadEvent;

use super::waypost::Waypost;
use crate::desktop::{AwakeKeeper, Desktop, Overall, OverallProgress};

impl Waypost {
    /// Follows the queue until Waypost is closed, then gives everything back.
    pub(super) fn watch_for_desktop(self: &Arc<Self>, mut events: broadcast::Receiver<UploadEvent>) {
        let (stop, desktop) = (self.stop.clone(), Arc::clone(&self.desktop));
        let mut keep_awake = self.keep_awake.subscribe();
        let waypost = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut overall = Overall::default();
            let mut awake = AwakeKeeper::new(Arc::clone(&desktop));
            let mut shown = None;
            let mut anew = true;
            loop {
                if std::mem::take(&mut anew) {
                    let Some(waypost) = waypost.upgrade() else { break };
                    overall.replace(&waypost.rows().await.unwrap_or_default());
                }
                let wanted = *keep_awake.borrow_and_update() && overall.is_moving();
                awake.set(wanted).await;
                let progress = overall.progress();
                if progress != shown {
                    shown = progress;
                    show(&desktop, progress).await;
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    changed = keep_awake.changed() => if changed.is_err() { break },
                    event = events.recv() => match event {
                        Ok(event) => overall.apply(&event),
                        Err(RecvError::Lagged(_)) => anew = true,
                        Err(RecvError::Closed) => break,
                    },
                }
            }
            awake.set(false).await;
            if shown.is_some() {
                show(&desktop, None).await;
            }
        });
    }
}

async fn show(desktop: &Arc<dyn Desktop>, progress: Option<OverallProgress>) {
    let desktop = Arc::clone(desktop);
    tokio::task::spawn_blocking(move || desktop.show_progress(progress))
        .await
        .ok();
}
