//! What several tests need to look into generated files: the plainest readings of JPEG and MP4
//! that there are, for files that are known to be whole.

// Each test binary uses its own part of this file.
#![allow(dead_code)]

use std::io::Cursor;

use exif::{Exif, In, Tag, Value};

/// The segments of a JPEG in front of its scan, as marker and content, and the rest from the scan
/// on.
pub fn segments(jpeg: &[u8]) -> (Vec<(u8, Vec<u8>)>, Vec<u8>) {
    assert_eq!(jpeg[..2], [0xFF, 0xD8], "a JPEG begins with start of image");
    let mut at = 2;
    let mut found = Vec::new();
    loop {
        assert_eq!(jpeg[at], 0xFF, "a marker stands at {at}");
        let marker = jpeg[at + 1];
        if marker == 0xDA {
            return (found, jpeg[at..].to_vec());
        }
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        found.push((marker, jpeg[at + 4..at + 2 + length].to_vec()));
        at += 2 + length;
    }
}

/// The EXIF block of a photo, read by kamadak-exif.
pub fn exif(photo: &[u8]) -> Exif {
    exif::Reader::new()
        .read_from_container(&mut Cursor::new(photo))
        .expect("the EXIF block is readable")
}

/// The first string of a text tag.
pub fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(strings) => Some(String::from_utf8(strings[0].clone()).expect("plain text")),
        other => panic!("{tag} is no text but {other:?}"),
    }
}

/// The numbers of a rational tag.
pub fn numbers(exif: &Exif, tag: Tag) -> Option<Vec<f64>> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(values) => Some(values.iter().map(exif::Rational::to_f64).collect()),
        other => panic!("{tag} is no rational but {other:?}"),
    }
}

/// Degrees, minutes and seconds with their reference as one signed angle.
pub fn angle(exif: &Exif, tag: Tag, reference: Tag) -> Option<f64> {
    let parts = numbers(exif, tag)?;
    let sign = match text(exif, reference)?.as_str() {
        "N" | "E" => 1.0,
        "S" | "W" => -1.0,
        other => panic!("{reference} is {other}"),
    };
    Some(sign * (parts[0] + parts[1] / 60.0 + parts[2] / 3600.0))
}

/// The boxes that lie side by side in `bytes`: type and content.
pub fn boxes(bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut at = 0;
    let mut found = Vec::new();
    while at < bytes.len() {
        let short = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let kind = bytes[at + 4..at + 8].try_into().unwrap();
        let (head, size) = if short == 1 {
            (16, u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap()))
        } else {
            (8, u64::from(short))
        };
        let end = at + usize::try_from(size).unwrap();
        found.push((kind, &bytes[at + head..end]));
        at = end;
    }
    assert_eq!(at, bytes.len(), "the boxes fill their place exactly");
    found
}

/// The only box of a type, by its path from the outside in.
pub fn box_at<'a>(mut bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    for wanted in path {
        bytes = boxes(bytes).into_iter().find(|(kind, _)| kind == *wanted)?.1;
    }
    Some(bytes)
}

/// The tracks of a movie.
pub fn tracks(file: &[u8]) -> Vec<&[u8]> {
    let moov = box_at(file, &[b"moov"]).expect("a movie");
    boxes(moov)
        .into_iter()
        .filter(|(kind, _)| kind == b"trak")
        .map(|(_, content)| content)
        .collect()
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect()
}

/// Samples of a track.
pub struct TrackSamples {
    /// Type of the sample entry, such as `gpmd`.
    pub format: [u8; 4],
    /// When each sample begins, in seconds.
    pub starts_s: Vec<f64>,
    /// The bytes of each sample.
    pub data: Vec<Vec<u8>>,
    /// Numbers of the samples at which decoding can begin, if there is such a table.
    pub keys: Option<Vec<u32>>,
}

/// Follows the sample tables of a track.
pub fn samples(file: &[u8], track: &[u8]) -> TrackSamples {
    let table = box_at(track, &[b"mdia", b"minf", b"stbl"]).expect("a sample table");
    let get = |kind: &[u8; 4]| box_at(table, &[kind]);
    let timescale = words(box_at(track, &[b"mdia", b"mdhd"]).unwrap())[3];
    let format = get(b"stsd").unwrap()[12..16].try_into().unwrap();
    let sizes = words(get(b"stsz").unwrap())[3..].to_vec();
    let times = words(get(b"stts").unwrap());
    let runs: Vec<[u32; 3]> = words(get(b"stsc").unwrap())[2..]
        .chunks_exact(3)
        .map(|run| run.try_into().unwrap())
        .collect();
    let offsets: Vec<u64> = match (get(b"stco"), get(b"co64")) {
        (Some(narrow), None) => words(narrow)[2..].iter().map(|&offset| offset.into()).collect(),
        (None, Some(wide)) => wide[8..]
            .chunks_exact(8)
            .map(|offset| u64::from_be_bytes(offset.try_into().unwrap()))
            .collect(),
        _ => panic!("one table of chunk offsets"),
    };
    let mut data = Vec::new();
    for (chunk, offset) in (1_u32..).zip(offsets) {
        let run = runs
            .iter()
            .rev()
            .find(|run| run[0] <= chunk)
            .expect("a run for each chunk");
        let mut at = usize::try_from(offset).unwrap();
        for _ in 0..run[1] {
            let size = sizes[data.len()] as usize;
            data.push(file[at..at + size].to_vec());
            at += size;
        }
    }
    assert_eq!(data.len(), sizes.len(), "the chunks hold all samples");
    assert_eq!(times[2] as usize, sizes.len(), "every sample has its time");
    let starts_s = (0..data.len())
        .map(|index| index as f64 * f64::from(times[3]) / f64::from(timescale))
        .collect();
    TrackSamples {
        format,
        starts_s,
        data,
        keys: get(b"stss").map(|keys| words(keys)[2..].to_vec()),
    }
}
