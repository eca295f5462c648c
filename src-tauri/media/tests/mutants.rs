//! Damaged photos: many deterministic mutants of good ones, each read, described and read again.
//!
//! Nothing may panic, run on, read more than a header's worth, or hold more memory than the caps allow. Run more with
//! `WAYPOST_MUTANTS=1000000`.

mod mutation;
#[path = "photos/builder.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod photo_builder;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::Instant;

use mutation::{Caps, Random, Seed, Seeds, Worst, mutant_count, real_files};
use photo_builder::{
    DATE_TIME_ORIGINAL, MAKE, MAKER_NOTE, Tiff, Value, ascii, gps_position, gps_time, jpeg, segment, xmp, xmp_segment,
};
use waypost_generator::{PhotoSpec, photo_bytes};
use waypost_media::{PhotoFacts, limits, read_description, read_photo, splice_description};

const SEED: u64 = 0x5741_5950_4f53_5421;
const CAPS: Caps = Caps {
    memory_bytes: 16 * 1024 * 1024,
    // All segments' starts and the longest metadata.
    bytes_read: 2 * 1024 * 1024,
    calls: 2 * limits::MAX_HEADER_SEGMENTS as usize,
};
const DESCRIPTION: &str = r#"{"MAPCaptureTime":"2018_06_08_20_24_11_000","MAPLatitude":52.5}"#;
/// Folders of the samples with photos, and with what is none.
const FOLDERS: [&str; 8] = [
    "photos-derived-malformed",
    "photos-derived-variants",
    "photos-gopro-gps",
    "photos-gopro-nogps",
    "photos-other-gps",
    "photos-other-nogps",
    "photos-stress-malformed",
    "non-jpeg",
];

fn packet() -> String {
    xmp(
        r#"exif:GPSLatitude="51,30.0N" exif:GPSLongitude="0,7.5W" exif:GPSAltitude="35/1"
           exif:GPSTimeStamp="2018-06-08T20:24:11.5Z" GPano:PoseHeadingDegrees="12.5""#,
        "<GPano:ProjectionType>equirectangular</GPano:ProjectionType><tiff:Make>a&amp;b</tiff:Make>",
    )
}

fn small() -> Tiff {
    Tiff {
        little_endian: true,
        first: vec![(MAKE, ascii("GoPro"))],
        exif: vec![
            (DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11")),
            (MAKER_NOTE, Value::Undefined(vec![7; 90])),
        ],
        gps: [
            gps_position(52.5, 13.25),
            gps_time("2018:06:08", 20, 24, (11, 1)),
            vec![(17, Value::Rational(vec![(90, 1)]))],
        ]
        .concat(),
        thumbnail: Some(vec![0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]),
        unnamed: vec![],
    }
}

/// A photo, with hot spots all over its header.
fn photo_seed(bytes: Vec<u8>) -> Seed {
    let names: [&[u8]; 6] = [
        b"Exif",
        b"II*\0",
        b"MM\0*",
        b"http://ns.adobe.com",
        b"\xff\xda",
        b"\xff\xd9",
    ];
    Seed::new(bytes, &names, (0..3_000).step_by(64))
}

/// Photos of the kinds that different code reads.
fn photos() -> Seeds {
    let full = Tiff {
        thumbnail: Some([b"\xff\xd8".as_slice(), &vec![9; 64_900]].concat()),
        ..small()
    };
    let unnamed = Tiff {
        exif: vec![(DATE_TIME_ORIGINAL, ascii("2018:06:08 20:24:11"))],
        thumbnail: None,
        unnamed: vec![3; 65_000],
        ..small()
    };
    // Many entries, each able to become a pointer or a long value.
    let crowded = Tiff {
        first: (0..5_000)
            .map(|number| (0x8000 + number, Value::Long(vec![8])))
            .collect(),
        ..Tiff::default()
    };
    let generated = [
        photo_bytes(&PhotoSpec::default()).unwrap(),
        small().photo(),
        jpeg(&[xmp_segment(packet().as_bytes()), small().segment()]),
        full.photo(),
        unnamed.photo(),
        crowded.photo(),
    ];
    let tags: [u16; 8] = [0x8769, 0x8825, 0xa005, 0x010e, 0x0201, 0x0202, 0x927c, 0x9003];
    Seeds {
        reader: "photo",
        generated: generated.into_iter().map(photo_seed).collect(),
        real: real_files(&FOLDERS, 70_000, 2_000)
            .into_iter()
            .map(photo_seed)
            .collect(),
        words: tags
            .iter()
            .flat_map(|tag| [tag.to_be_bytes().to_vec(), tag.to_le_bytes().to_vec()])
            .collect(),
    }
}

/// Packets of XMP; they are wrapped into photos once they are damaged.
fn packets() -> Seeds {
    let utf16: Vec<u8> = packet().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let seed = |bytes: Vec<u8>| {
        let all = 0..bytes.len();
        Seed::new(bytes, &[], all.step_by(32))
    };
    let real = real_files(&FOLDERS, 70_000, 0);
    let real = real.iter().filter_map(|file| {
        let start = file.windows(11).position(|found| found == b"<x:xmpmeta ")?;
        let length = file[start..].windows(12).position(|found| found == b"</x:xmpmeta>")?;
        Some(seed(file[start..start + length + 12].to_vec()))
    });
    let words = [
        "<",
        ">",
        "/>",
        "\"",
        "'",
        "&",
        "&#0;",
        "&#x41;",
        "&amp;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "<?",
        "<!DOCTYPE x [",
        "=",
        "xmlns:exif=\"\"",
        "rdf:RDF",
        "rdf:Description",
        "exif:GPSLatitude",
        "GPano:",
        "e308",
        "-0",
        "1/0",
        "\u{feff}",
    ];
    Seeds {
        reader: "xmp",
        generated: vec![seed(packet().into_bytes()), seed(utf16)],
        real: real.collect(),
        words: words.iter().map(|word| word.as_bytes().to_vec()).collect(),
    }
}

/// The photo around a damaged packet.
fn wrapped(mut packet: Vec<u8>) -> Vec<u8> {
    packet.truncate(60_000);
    jpeg(&[segment(0xe0, b"JFIF\0"), xmp_segment(&packet)])
}

/// The facts that a description must not change.
fn lasting(facts: &PhotoFacts) -> PhotoFacts {
    PhotoFacts {
        thumbnail: None,
        flaws: Vec::new(),
        ..facts.clone()
    }
}

#[derive(Default)]
struct Tally {
    worst: Worst,
    codes: BTreeMap<&'static str, usize>,
    read: usize,
    described: usize,
}

impl Tally {
    /// Reads a photo, describes it, and reads what came of it.
    fn check(&mut self, number: usize, file: &[u8]) {
        let facts = self.worst.watch(CAPS, file, |reader| read_photo(reader));
        let spliced = self
            .worst
            .watch(CAPS, file, |reader| splice_description(reader, DESCRIPTION));
        match &facts {
            Ok(_) => self.read += 1,
            Err(error) => *self.codes.entry(error.code()).or_default() += 1,
        }
        let splice = match spliced {
            Ok(splice) => splice,
            Err(error) => {
                *self.codes.entry(error.code()).or_default() += 1;
                return;
            }
        };
        self.described += 1;
        let kept = usize::try_from(splice.replaced_length_bytes).unwrap();
        let new = [splice.bytes.as_slice(), &file[kept..]].concat();
        let back = self.worst.watch(CAPS, &new, |reader| read_description(reader));
        assert_eq!(back.unwrap().as_deref(), Some(DESCRIPTION), "mutant {number}");
        let facts = facts.unwrap_or_else(|error| panic!("mutant {number}: {error}"));
        let facts_after = read_photo(&mut Cursor::new(&new)).unwrap();
        assert_eq!(lasting(&facts_after), lasting(&facts), "mutant {number}");
    }
}

#[test]
fn no_damage_makes_the_reader_panic_hang_or_grow() {
    let start = Instant::now();
    let mutants = mutant_count();
    let kinds = [photos(), packets()];
    let mut random = Random::new(SEED);
    let mut tally = Tally::default();
    for number in 0..mutants {
        let kind = &kinds[number % kinds.len()];
        let mutant = kind.mutant(&mut random);
        let file = if kind.reader == "xmp" { wrapped(mutant) } else { mutant };
        tally.check(number, &file);
    }
    for kind in &kinds {
        println!(
            "{}: {} mutants of {} generated and {} real seeds",
            kind.reader,
            mutants / kinds.len(),
            kind.generated.len(),
            kind.real.len()
        );
    }
    let Tally {
        worst,
        codes,
        read,
        described,
    } = tally;
    println!(
        "{mutants} mutants in {:?}: {read} read, {described} described, refusals {codes:?}",
        start.elapsed()
    );
    println!("worst call: {worst:?}");
    assert!(read > mutants / 2, "the mutants are too broken to test the readers");
    assert!(described > mutants / 2);
}
