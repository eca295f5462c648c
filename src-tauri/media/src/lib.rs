//! Bytes to facts: reads what a photo says about itself, and writes the description into it.
//!
//! The crate opens no file and no socket and reads no clock. It takes `Read + Seek` and returns
//! facts, so that every rule in it can be tested on bytes alone and no input can reach anything
//! but its own answer. Which tag wins, and why, is told where the choice is made: [`read_photo`]
//! for the order, `exif`, `xmp` and `stamp` for the reading of single values.
//!
//! Foreign bytes never panic here: indexing, unwrapping and unchecked integer arithmetic are
//! compile errors outside tests, and everything that could grow has a cap in [`limits`].

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod error;
mod exif;
mod facts;
mod gps;
mod jpeg;
pub mod limits;
mod photo;
mod splice;
mod stamp;
mod text;
mod tiff;
mod xmp;

pub use error::{FileKind, MediaError};
pub use facts::{
    Flaw, Heading, HeadingReference, HeadingSource, PhotoFacts, Position, PositionSource,
    Projection, Thumbnail, TimeReading, TimeSource,
};
pub use photo::{read_description, read_photo};
pub use splice::{HeaderSplice, SpliceMethod, splice_description};
