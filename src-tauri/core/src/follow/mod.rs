//! What became of an upload at the service: which stages it is in, which images can be seen, and where.
//!
//! [`feed`], [`search`] and [`video_search`] ask, [`matching`] links, [`judge`] decides; the last two are pure. [`on_map`]
//! looks for what is published on the map. When it is done, and for which uploads, is up to the engine
//! ([`crate::upload`]).

pub mod evidence;
pub mod fate;
pub mod feed;
pub mod judge;
pub mod matching;
pub mod on_map;
pub mod report;
pub mod search;
mod settings;
pub mod video_search;

pub use settings::{FollowSettings, MAPILLARY_VIEWER};
