//! Ctrl-C and SIGTERM: the first one ends the work in order, the second one ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::output::Output;

/// Knows whether the person wants it to stop. Clones are the same wish.
#[derive(Clone, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    wake: Arc<Notify>,
}

impl Stop {
    /// Listens from now on.
    pub fn listen(output: Output) -> Self {
        let stop = Self::default();
        let listener = stop.clone();
        let mut signals = Signals::new();
        tokio::spawn(async move {
            while signals.next().await {
                if listener.flag.swap(true, Ordering::Relaxed) {
                    std::process::exit(i32::from(crate::exit::INTERRUPTED));
                }
                output.detail("stopping in order; once more stops at once");
                listener.wake.notify_waiters();
            }
        });
        stop
    }

    /// For work on other threads.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Whether the person wants it to stop.
    pub fn is_wanted(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// Returns once the person wants it to stop.
    pub async fn wanted(&self) {
        loop {
            let woken = self.wake.notified();
            if self.is_wanted() {
                return;
            }
            woken.await;
        }
    }
}

/// The signals that ask a program to end.
struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok(),
        }
    }

    /// Waits for the next one; false where none can be waited for.
    async fn next(&mut self) -> bool {
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            return tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted.is_ok(),
                terminated = terminate.recv() => terminated.is_some(),
            };
        }
        tokio::signal::ctrl_c().await.is_ok()
    }
}
