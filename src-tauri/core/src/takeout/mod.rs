//! Take-out: an account's images, and what Mapillary knows of them, back home in a folder.
//!
//! The work is a chain of files, as in the API toolset: sequences → ids of their images → metadata → detections, and
//! the pictures. Each stage reads the former's file, so that each can be run alone and again. What was done is written
//! down as it is done; memory holds one sequence, never all.

mod ask;
mod choice;
mod estimate;
pub mod fields;

pub use ask::Asker;
pub use choice::{Choice, Source};
pub use estimate::estimate;
