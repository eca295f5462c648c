//! Makes folders of GoPro-like photos, and GoPro-like videos: for practice mode, for the demo and
//! for tests.
//!
//! The crate shares no code with `waypost-media`, which reads such files. A test that reads what
//! this crate wrote therefore compares two independent understandings of EXIF, JPEG, MP4 and GPMF;
//! and both are compared with the real `mapillary_tools` and with `exiftool`. Keep it so: never
//! depend on the readers here.
//!
//! - [`photo_bytes`] makes one photo from a [`PhotoSpec`]; [`walk`] makes the specifications of a
//!   plausible walk; [`write_photo_folder`] writes them.
//! - [`write_practice_folder`] makes what a newcomer practises with: two sequences, photos of every
//!   [`BadKind`], and files that are no photos.
//! - [`gopro_video_bytes`], [`write_gopro_video`] and [`write_hollow_gopro_video`] make a video from a [`VideoSpec`];
//!   [`video_points`] says which positions are in it.
//!
//! Everything is decided by the specification and its seed: the same input gives the same bytes on
//! every machine. Nothing is ever overwritten. Pictures are drawn, one street for each seed, each
//! frame a few steps further along, with its number in the corner.
//!
//! `cargo run -p waypost-generator --example practice_folder -- FOLDER` writes a practice folder
//! and a video to look at.
//!
//! Not affiliated with Mapillary, Meta or GoPro. "GoPro" and the names of its cameras stand in the
//! files because programs that read them decide by these names.

mod disk;
mod error;
mod exif_block;
mod folder;
mod photo;
mod photo_spec;
mod picture;
mod random;
mod video;
mod walk;

pub use disk::write_photo_folder;
pub use error::GeneratorError;
pub use folder::{BadKind, BadPhoto, PracticeFolder, PracticeOptions, write_practice_folder};
pub use photo::photo_bytes;
pub use photo_spec::PhotoSpec;
pub use picture::MAX_PICTURE_PIXELS;
pub use video::{
    GpsStream, VideoPoint, VideoSpec, gopro_video_bytes, video_points, write_gopro_video, write_hollow_gopro_video,
};
pub use walk::{WalkSpec, walk};

/// When generated walks begin unless told otherwise: 2026-06-14T08:00:00Z, ten o'clock in Berlin.
pub const DEFAULT_START_MS: i64 = 1_781_424_000_000;
