//! Any bytes as a video: read, repacked, and read again.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use waypost_media::{TrackPoint, camm_mux, read_video};

fuzz_target!(|bytes: &[u8]| {
    let track = match read_video(&mut Cursor::new(bytes)) {
        Ok(facts) if !facts.track.is_empty() => facts.track,
        _ => vec![TrackPoint::new(0.0, 50.0, 8.0)],
    };
    if let Ok(layout) = camm_mux(&mut Cursor::new(bytes), &track, "Make", "Model")
        && layout.length_bytes() < 64 * 1024 * 1024
    {
        let mut upload = Vec::new();
        layout
            .reader(Cursor::new(bytes))
            .read_to_end(&mut upload)
            .expect("all of it is there");
        assert_eq!(upload.len() as u64, layout.length_bytes());
        read_video(&mut Cursor::new(upload)).expect("an upload can be read");
    }
});
