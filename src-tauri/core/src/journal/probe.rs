//! How the tests kill an engine between any two steps.

use std::sync::Arc;

/// A moment of the journal at which a process can die, with the number of the commit since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitPoint {
    /// The change is worked out and not yet on the disk.
    Before(u64),
    /// The change is on the disk and nobody has acted on it.
    After(u64),
}

/// Asked at each [`CommitPoint`]; when it says `false` the process counts as dead from that moment: nothing more is
/// written or sent. This is how the tests kill an engine between any two steps; Waypost uses it for nothing else.
pub type CommitProbe = Arc<dyn Fn(CommitPoint) -> bool + Send + Sync>;
