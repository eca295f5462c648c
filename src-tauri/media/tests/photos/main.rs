//! What is read from photos and written into them, rule by rule, on photos built for each rule.

mod builder;
mod container;
mod generated;
mod position;
mod properties;
mod real;
#[path = "../samples/mod.rs"]
mod samples;
mod splice;
mod time;
mod values;

use std::io::Cursor;

use waypost_media::{MediaError, PhotoFacts, read_photo};

fn read(bytes: &[u8]) -> Result<PhotoFacts, MediaError> {
    read_photo(&mut Cursor::new(bytes))
}

fn facts(bytes: &[u8]) -> PhotoFacts {
    read(bytes).unwrap()
}
