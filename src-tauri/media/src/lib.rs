//! Bytes to facts: reads what a photo or a video says about itself, writes the description into
//! the photo, and plans the upload of the video.
//!
//! The crate opens no file and no socket and reads no clock. It takes `Read + Seek` and returns
//! facts, so that every rule in it can be tested on bytes alone and no input can reach anything
//! but its own answer. Which tag wins, and why, is told where the choice is made: [`read_photo`]
//! for the order, `exif`, `xmp` and `stamp` for the reading of single values; [`read_video`] for
//! videos, and [`camm_mux()`] for what is uploaded of them; [`read_track_file`] for GPX and NMEA.
//!
//! Foreign bytes never panic here: indexing, unwrapping and unchecked integer arithmetic are
//! compile errors outside tests, and everything that could grow has a cap in [`limits`].

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod blackvue;
mod camm;
mod camm_mux;
mod error;
mod exif;
mod facts;
mod gpmf;
mod gps;
mod jpeg;
pub mod limits;
mod movie_names;
mod mp4;
mod nmea_sentence;
mod noise_filter;
mod photo;
mod restore;
mod splice;
mod stamp;
mod text;
mod tiff;
mod track_file;
mod video;
mod video_facts;
mod xmp;

pub use camm_mux::{CammLayout, CammReader, Segment, camm_mux};
pub use error::{FileKind, MediaError};
pub use facts::{
    Flaw, Heading, HeadingReference, HeadingSource, PhotoFacts, Position, PositionSource, Projection, Thumbnail,
    TimeReading, TimeSource,
};
pub use noise_filter::{CleanTrack, NoiseLimits, remove_noise};
pub use photo::{read_description, read_photo};
pub use restore::{PictureFacts, restore_facts};
pub use splice::{HeaderSplice, SpliceMethod, splice_description};
pub use track_file::{TrackFile, TrackFileFormat, TrackFilePoint, read_track_file};
pub use video::{read_video, read_video_within};
pub use video_facts::{GpsFix, RemovalReason, TrackPoint, VideoFacts, VideoKind, VideoPlace};
