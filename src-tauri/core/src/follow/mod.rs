//! What became of an upload at the service: which stages it is in, which images can be seen, and where.
//!
//! [`feed`] and [`search`] ask, [`matching`] links, [`judge`] decides; the last two are pure. [`sweep`] does it for all
//! uploads that are due, with pauses that grow.

pub mod evidence;
pub mod feed;
pub mod judge;
pub mod matching;
pub mod search;
pub(crate) mod sweep;
