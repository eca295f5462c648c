//! Videos: what is read of them, and what is uploaded of them.

mod builder;
mod container;
mod generated;
mod mux;
mod packing;
mod peers;
mod phones;
mod properties;
mod receivers;
#[path = "../samples/mod.rs"]
mod samples;
mod sparse;

use std::io::Cursor;

use waypost_media::{CammLayout, MediaError, TrackPoint, VideoFacts, camm_mux, read_video};

/// Reads a video from memory.
fn read(file: &[u8]) -> Result<VideoFacts, MediaError> {
    read_video(&mut Cursor::new(file))
}

/// Plans an upload from memory.
fn mux(file: &[u8], track: &[TrackPoint]) -> Result<CammLayout, MediaError> {
    camm_mux(&mut Cursor::new(file), track, "GoPro", "HERO9 Black")
}

/// The whole of a planned file.
fn whole(layout: &CammLayout, source: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut layout.reader(Cursor::new(source)), &mut bytes).unwrap();
    bytes
}

/// `left` and `right` differ by no more than `tolerance`.
fn assert_near(left: f64, right: f64, tolerance: f64, what: &str) {
    assert!((left - right).abs() <= tolerance, "{what}: {left} is not {right}");
}
