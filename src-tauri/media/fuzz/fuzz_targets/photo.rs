//! Any bytes as a photo.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use waypost_media::{read_description, read_photo};

fuzz_target!(|bytes: &[u8]| {
    let _ = read_photo(&mut Cursor::new(bytes));
    let _ = read_description(&mut Cursor::new(bytes));
});
