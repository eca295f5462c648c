//! Take-out: an account's images, and what Mapillary knows of them, back home in a folder.
//!
//! The work is a chain of files, as in the API toolset: sequences → ids of their images → metadata → detections, and
//! the pictures. Each stage reads the former's file, so that each can be run alone and again. What was done is written
//! down as it is done; memory holds one sequence, never all.

mod ask;
mod attribution;
mod chain;
mod choice;
pub mod chosen;
mod csv;
mod data_file;
pub mod dataset;
mod detections;
mod estimate;
pub mod fields;
mod geojson;
mod keep;
mod ledger;
mod naming;
mod outputs;
mod pace;
mod picture_book;
mod pictures;
mod report;
mod run;
mod sequence;
mod space;

pub use ask::Asker;
pub use chain::{StageCounts, detections_of_images, images_of_sequences, metadata_of_images};
pub use choice::{Choice, Source};
pub use estimate::estimate;
pub use run::{Found, Interrupted, take_out, take_out_in};
pub use space::free_bytes;
