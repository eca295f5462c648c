//! A description written into any photo is read back, and changes nothing else.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use waypost_media::{PhotoFacts, read_description, read_photo, splice_description};

const DESCRIPTION: &str = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPLatitude":52.5}"#;

/// The facts that a description must not change.
fn lasting(facts: PhotoFacts) -> PhotoFacts {
    PhotoFacts {
        thumbnail: None,
        flaws: Vec::new(),
        ..facts
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(splice) = splice_description(&mut Cursor::new(bytes), DESCRIPTION) else {
        return;
    };
    let kept = usize::try_from(splice.replaced_length_bytes).expect("a length of this file");
    let described = [splice.bytes.as_slice(), &bytes[kept..]].concat();
    let back = read_description(&mut Cursor::new(&described)).expect("the header can be read");
    assert_eq!(back.as_deref(), Some(DESCRIPTION));
    let before = read_photo(&mut Cursor::new(bytes)).expect("it was described");
    let after = read_photo(&mut Cursor::new(&described)).expect("it was described");
    assert_eq!(lasting(after), lasting(before));
});
