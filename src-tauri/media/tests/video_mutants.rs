//! Damaged videos: many deterministic mutants of good ones, each read, repacked, and read again.
//!
//! Nothing may panic, run on, read the file many times over, or hold more memory than the caps allow. Run more with
//! `WAYPOST_MUTANTS=1000000`.

mod mutation;
#[path = "videos/builder.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod video_builder;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::time::Instant;

use mutation::{Caps, Random, Seed, Seeds, Worst, mutant_count, real_files};
use video_builder::{at, boxed, edit_list, kinds, unchanged, with_tracks};
use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::{TrackPoint, camm_mux, limits, read_video};

const SEED: u64 = 0x5749_4445_4f53_2121;
const CAPS: Caps = Caps {
    memory_bytes: 16 * 1024 * 1024,
    bytes_read: limits::VIDEO_READ_ALLOWANCE_BYTES,
    calls: 100_000,
};
/// Names of boxes and of what is in them.
const BOXES: [&[u8]; 28] = [
    b"ftyp", b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz", b"stz2", b"stsc", b"stts", b"stco", b"co64",
    b"elst", b"mdhd", b"mvhd", b"tkhd", b"hdlr", b"stsd", b"mdat", b"ctts", b"stss", b"udta", b"meta", b"keys",
    b"ilst", b"data", b"GPMF", b"free",
];
/// Keys of GPMF.
const KEYS: [&[u8]; 14] = [
    b"DEVC", b"DVID", b"DVNM", b"STRM", b"GPS5", b"GPS9", b"GPRI", b"GLPI", b"SCAL", b"TYPE", b"GPSU", b"GPSF",
    b"GPSP", b"STMP",
];

fn video(spec: VideoSpec) -> Vec<u8> {
    let small = VideoSpec {
        duration_s: 2,
        width_px: 64,
        height_px: 64,
        ..spec
    };
    gopro_video_bytes(&small).unwrap()
}

/// Videos with telemetry of GoPro, of the kinds that different code reads.
fn gopros() -> Vec<Vec<u8>> {
    let spec = VideoSpec::default;
    let gps5 = video(spec());
    let both = video(VideoSpec {
        gps: GpsStream::Both,
        points_per_second: 3,
        moov_first: true,
        ..spec()
    });
    let gps9 = video(VideoSpec {
        gps: GpsStream::Gps9,
        points_per_second: 5,
        large_mdat: true,
        audio_track: false,
        ..spec()
    });
    let edited = with_tracks(&gps5, |track| {
        let edits = edit_list(&[(300, -1), (1000, 200), (500, 1500)]);
        vec![boxed(*b"trak", &[track, &edits].concat())]
    });
    vec![gps5, both, gps9, edited]
}

fn camm() -> Vec<u8> {
    let source = video(VideoSpec::default());
    let track: Vec<TrackPoint> = (0..30_u32)
        .map(|index| TrackPoint {
            epoch_ms: (index % 3 != 0).then_some(1.7e12),
            ..TrackPoint::new(f64::from(index) * 50.0 + 20.0, 50.0, 8.0)
        })
        .collect();
    let layout = camm_mux(&mut Cursor::new(&source), &track, "Make", "Model").unwrap();
    let mut upload = Vec::new();
    layout.reader(Cursor::new(&source)).read_to_end(&mut upload).unwrap();
    upload
}

/// Pictures alone, with `behind` behind them.
fn plain(behind: &[u8]) -> Vec<u8> {
    let pictures = with_tracks(&video(VideoSpec::default()), |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    });
    [&pictures, behind].concat()
}

fn blackvue() -> Vec<u8> {
    let text = "[1484010000000]$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A\n\
        [1484010000000]$GPGGA,001031.00,4404.13993,N,12118.86023,W,1,08,1.0,12.5,M,,,,\n"
        .repeat(10);
    let inside = [
        boxed(*b"cprt", b"{\"model\":\"DR900X\"}"),
        boxed(*b"gps ", text.as_bytes()),
    ];
    plain(&boxed(*b"free", &inside.concat()))
}

/// A phone's recording with QuickTime's keys, its index behind everything.
fn phone() -> Vec<u8> {
    let key = boxed(*b"mdta", b"com.apple.quicktime.location.ISO6709");
    let value = boxed(*b"data", b"\0\0\0\x01\0\0\0\0+27.1281+100.2508+000.000/");
    let inside = [
        boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        boxed(*b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &key].concat()),
        boxed(*b"ilst", &boxed([0, 0, 0, 1], &value)),
    ];
    let pictures = plain(&[]);
    let moov = at(&pictures, &[b"moov"]).unwrap();
    let before = pictures.len() - moov.len() - 8;
    let moov = [moov, &boxed(*b"meta", &inside.concat())].concat();
    [&pictures[..before], &boxed(*b"moov", &moov)].concat()
}

/// What is damaged: the index, the telemetry, CAMM's samples, BlackVue's text.
fn all_seeds() -> Vec<Seeds> {
    let words = |names: &[&[u8]]| names.iter().map(|name| name.to_vec()).collect::<Vec<_>>();
    let real = real_files(&["videos-gopro", "videos-malformed", "videos-other"], 400_000, 0);
    let seeds = |reader, generated: Vec<Vec<u8>>, real: &[Vec<u8>], names: &[&[u8]], fields: &[&[u8]]| Seeds {
        reader,
        generated: generated.into_iter().map(|file| Seed::new(file, names, [])).collect(),
        real: real.iter().map(|file| Seed::new(file.clone(), names, [])).collect(),
        words: [words(names), words(fields)].concat(),
    };
    let index = [gopros(), vec![camm(), blackvue(), phone()]].concat();
    let camm_names: [&[u8]; 3] = [b"camm", b"\0\0\x05\0", b"\0\0\x06\0"];
    let text_names: [&[u8]; 6] = [b"gps ", b"cprt", b"[1484", b"$G", b",A,", b",N,"];
    let fields: [&[u8]; 6] = [b"*", b"$", b"[", b",,", b"9e99", b"-1"];
    vec![
        seeds("index", index, &real, &BOXES, &[b"gpmd", b"camm", b"vide", b"meta"]),
        seeds("gpmf", gopros(), &real, &KEYS, &[b"lllll", b"lllllllSS", b"\0\0\0\0"]),
        seeds("camm", vec![camm()], &[], &camm_names, &[]),
        seeds("blackvue", vec![blackvue()], &[], &text_names, &fields),
    ]
}

#[derive(Default)]
struct Tally {
    worst: Worst,
    codes: BTreeMap<&'static str, usize>,
    kinds: BTreeMap<&'static str, usize>,
    read: usize,
    repacked: usize,
}

impl Tally {
    /// Reads a video, repacks it, and reads what came of it.
    fn check(&mut self, number: usize, file: &[u8]) {
        let facts = self.worst.watch(CAPS, file, |reader| read_video(reader));
        let track = match &facts {
            Ok(facts) => {
                self.read += 1;
                *self.kinds.entry(facts.kind.filetype()).or_default() += 1;
                assert!(facts.track.iter().all(|point| point.lat_deg.abs() <= 90.0));
                facts.track.as_slice()
            }
            Err(error) => {
                *self.codes.entry(error.code()).or_default() += 1;
                &[]
            }
        };
        let fallback = [TrackPoint::new(0.0, 50.0, 8.0)];
        let track = if track.is_empty() { &fallback[..] } else { track };
        let layout = match self.worst.watch(CAPS, file, |reader| camm_mux(reader, track, "M", "N")) {
            Ok(layout) => layout,
            Err(error) => {
                *self.codes.entry(error.code()).or_default() += 1;
                return;
            }
        };
        self.repacked += 1;
        // The upload is whole, and its track is the one that went in.
        let mut upload = Vec::new();
        layout.reader(Cursor::new(file)).read_to_end(&mut upload).unwrap();
        assert_eq!(upload.len() as u64, layout.length_bytes(), "mutant {number}");
        let back = self.worst.watch(CAPS, &upload, |reader| read_video(reader));
        let back = back.unwrap_or_else(|error| panic!("mutant {number}: {error}"));
        let with_time = track.iter().filter(|point| point.epoch_ms.is_some()).count();
        let expected = if with_time == 0 { track.len() } else { with_time };
        assert_eq!(back.track.len() + back.removed.len(), expected, "mutant {number}");
    }
}

#[test]
fn no_damage_makes_the_reader_panic_hang_or_grow() {
    let start = Instant::now();
    let mutants = mutant_count();
    let seeds = all_seeds();
    let mut random = Random::new(SEED);
    let mut tally = Tally::default();
    for number in 0..mutants {
        let mutant = seeds[number % seeds.len()].mutant(&mut random);
        tally.check(number, &mutant);
    }
    for kind in &seeds {
        println!(
            "{}: {} mutants of {} generated and {} real seeds",
            kind.reader,
            mutants / seeds.len(),
            kind.generated.len(),
            kind.real.len()
        );
    }
    let Tally {
        worst,
        codes,
        kinds,
        read,
        repacked,
    } = tally;
    println!(
        "{mutants} mutants in {:?}: {read} read as {kinds:?}, {repacked} repacked, refusals {codes:?}",
        start.elapsed()
    );
    println!("worst call: {worst:?}");
    assert!(read > mutants / 2, "the mutants are too broken to test the readers");
    assert!(repacked > mutants / 4);
    assert!(kinds.len() == 4, "{kinds:?}");
}
