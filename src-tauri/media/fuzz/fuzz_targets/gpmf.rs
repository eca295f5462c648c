//! Any bytes as the one telemetry payload of a GoPro video, so that no luck is needed to find the boxes around it.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use waypost_media::read_video;

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = u32::try_from(content.len() + 8).expect("libFuzzer's inputs are small");
    [&size.to_be_bytes()[..], kind, &content].concat()
}

fn table(kind: &[u8; 4], words: &[u32]) -> Vec<u8> {
    let content: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    boxed(kind, &[&content])
}

/// A video whose telemetry is `payload`, a second long.
fn video(payload: &[u8]) -> Vec<u8> {
    let data = boxed(b"mdat", &[payload]);
    let size = u32::try_from(payload.len()).expect("libFuzzer's inputs are small");
    let description = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"gpmd", &[&[0; 8]])].concat();
    let tables = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&description]),
            &table(b"stts", &[0, 1, 1, 1000]),
            &table(b"stsc", &[0, 1, 1, 1, 1]),
            &table(b"stsz", &[0, 0, 1, size]),
            &table(b"stco", &[0, 1, 8]),
        ],
    );
    let media = boxed(
        b"mdia",
        &[
            &table(b"mdhd", &[0, 0, 0, 1000, 1000, 0]),
            &boxed(b"hdlr", &[b"\0\0\0\0\0\0\0\0meta", &[0; 13]]),
            &boxed(b"minf", &[&tables]),
        ],
    );
    let mut header = vec![0; 25];
    header[3] = 1000;
    let moov = boxed(b"moov", &[&table(b"mvhd", &header), &boxed(b"trak", &[&media])]);
    [data, moov].concat()
}

fuzz_target!(|payload: &[u8]| {
    let facts = read_video(&mut Cursor::new(video(payload))).expect("the boxes are good");
    for point in facts.track {
        assert!(point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 180.0);
    }
});
