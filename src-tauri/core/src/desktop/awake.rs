//! Holds the computer awake exactly as long as that is wanted, and asks once, not again and again, where it cannot.

use std::sync::Arc;

use super::Desktop;

/// Keeps the hold of a desktop. Dropping it lets the computer sleep.
pub struct AwakeKeeper {
    desktop: Arc<dyn Desktop>,
    hold: Hold,
}

enum Hold {
    No,
    Yes(#[expect(dead_code, reason = "kept for its end")] Box<dyn Send>),
    /// It was refused; it is asked for again only after it was not wanted in between.
    Refused,
}

impl AwakeKeeper {
    /// Holds nothing yet.
    pub fn new(desktop: Arc<dyn Desktop>) -> Self {
        Self {
            desktop,
            hold: Hold::No,
        }
    }

    /// Takes the hold or gives it back, if that is not so already.
    pub async fn set(&mut self, wanted: bool) {
        let holds_nothing = matches!(self.hold, Hold::No);
        if wanted && holds_nothing {
            self.hold = take(Arc::clone(&self.desktop)).await;
        } else if !wanted && !holds_nothing {
            let hold = std::mem::replace(&mut self.hold, Hold::No);
            // Giving it back talks to the system as well.
            tokio::task::spawn_blocking(move || drop(hold)).await.ok();
        }
    }
}

async fn take(desktop: Arc<dyn Desktop>) -> Hold {
    let taken = tokio::task::spawn_blocking(move || desktop.keep_awake())
        .await
        .unwrap_or_else(|_| Err("stopped".into()));
    match taken {
        Ok(hold) => Hold::Yes(hold),
        Err(reason) => {
            tracing::info!("this computer may go to sleep while something is sent: {reason}");
            Hold::Refused
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::super::OverallProgress;
    use super::*;

    #[derive(Default)]
    struct Noted {
        events: Arc<Mutex<Vec<&'static str>>>,
        refuses: AtomicBool,
    }

    struct Held(Arc<Mutex<Vec<&'static str>>>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.lock().unwrap().push("let go");
        }
    }

    impl Desktop for Noted {
        fn show_progress(&self, _progress: Option<OverallProgress>) {}

        fn keep_awake(&self) -> Result<Box<dyn Send>, String> {
            if self.refuses.load(Ordering::SeqCst) {
                self.events.lock().unwrap().push("refused");
                return Err("no bus".into());
            }
            self.events.lock().unwrap().push("held");
            Ok(Box::new(Held(Arc::clone(&self.events))))
        }
    }

    #[tokio::test]
    async fn the_hold_is_taken_once_and_given_back_once() {
        let desktop = Arc::new(Noted::default());
        let mut keeper = AwakeKeeper::new(Arc::clone(&desktop) as Arc<dyn Desktop>);
        for wanted in [false, true, true, false, false, true] {
            keeper.set(wanted).await;
        }
        drop(keeper);
        assert_eq!(*desktop.events.lock().unwrap(), ["held", "let go", "held", "let go"]);
    }

    #[tokio::test]
    async fn a_desktop_that_refuses_is_asked_again_only_for_the_next_sending() {
        let desktop = Arc::new(Noted::default());
        desktop.refuses.store(true, Ordering::SeqCst);
        let mut keeper = AwakeKeeper::new(Arc::clone(&desktop) as Arc<dyn Desktop>);
        for wanted in [true, true, true, false, true] {
            keeper.set(wanted).await;
        }
        assert_eq!(*desktop.events.lock().unwrap(), ["refused", "refused"]);
    }
}
