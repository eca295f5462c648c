//! Ctrl-C: the first one ends the work in order, the second one ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Knows whether the person wants it to stop. Clones are the same wish.
#[derive(Clone, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    wake: Arc<Notify>,
}

impl Stop {
    /// Listens for Ctrl-C from now on.
    pub fn listen() -> Self {
        let stop = Self::default();
        let listener = stop.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if listener.flag.swap(true, Ordering::Relaxed) {
                    std::process::exit(i32::from(crate::exit::INTERRUPTED));
                }
                listener.wake.notify_waiters();
            }
        });
        stop
    }

    /// For work on other threads.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Returns once the person wants it to stop.
    pub async fn wanted(&self) {
        loop {
            let woken = self.wake.notified();
            if self.flag.load(Ordering::Relaxed) {
                return;
            }
            woken.await;
        }
    }
}
