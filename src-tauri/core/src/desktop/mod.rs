//! What a desktop does for a program beside its window: a bar in the taskbar, a computer that stays awake, files that
//! are opened with it; and how the window looks before its page does.
//!
//! When and how much is decided here, from the events of the queue alone; how the desktop is told is behind
//! [`Desktop`].

mod awake;
mod ground;
mod overall;
mod start;
mod system;
mod zoom;

pub use awake::AwakeKeeper;
pub use ground::{Ground, ground};
pub use overall::{Overall, OverallProgress, OverallState};
pub use start::{PRACTICE_ARGUMENT, Start};
pub use system::hold_system_awake;
pub use zoom::{NORMAL_PERCENT, in_range, zoomed};

/// A desktop. Calls may block: call them off the async threads.
pub trait Desktop: Send + Sync {
    /// Shows how far everything is (taskbar, dock); `None` puts the bar away.
    fn show_progress(&self, progress: Option<OverallProgress>);

    /// Keeps the computer from going to sleep by itself until the returned value is dropped.
    ///
    /// # Errors
    /// Why this computer cannot be kept awake, in words for the log: sending goes on all the same.
    fn keep_awake(&self) -> Result<Box<dyn Send>, String>;
}

/// A desktop that does nothing, for programs without one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn show_progress(&self, _progress: Option<OverallProgress>) {}

    fn keep_awake(&self) -> Result<Box<dyn Send>, String> {
        Ok(Box::new(()))
    }
}
