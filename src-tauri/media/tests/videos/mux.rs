//! The file that is uploaded for a video.

use std::io::{Cursor, Read, Seek, SeekFrom};

use waypost_generator::{GpsStream, VideoSpec, gopro_video_bytes};
use waypost_media::{MediaError, Segment, TrackPoint, VideoKind, camm_mux};

use crate::builder::{at, boxed, boxes, kinds, tracks, unchanged, with_tracks};
use crate::{assert_near, mux, read, whole};

fn spec() -> VideoSpec {
    VideoSpec {
        duration_s: 4,
        ..VideoSpec::default()
    }
}

/// The samples of a track of `file`, taken from its tables: chunk offsets, samples in each chunk,
/// sizes.
fn sample_bytes(file: &[u8], track: &[u8]) -> Vec<Vec<u8>> {
    let table = |kind| at(track, &[b"mdia", b"minf", b"stbl", kind]);
    let words = |bytes: &[u8]| -> Vec<u32> {
        bytes
            .chunks_exact(4)
            .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
            .collect()
    };
    let size_table = words(table(b"stsz").unwrap());
    let sizes = match size_table[1] {
        0 => size_table[3..].to_vec(),
        fixed => vec![fixed; size_table[2] as usize],
    };
    let offsets: Vec<usize> = match table(b"co64") {
        Some(wide) => wide[8..]
            .chunks_exact(8)
            .map(|offset| usize::try_from(u64::from_be_bytes(offset.try_into().unwrap())).unwrap())
            .collect(),
        None => words(table(b"stco").unwrap())[2..]
            .iter()
            .map(|&offset| offset as usize)
            .collect(),
    };
    let runs = words(table(b"stsc").unwrap());
    let runs: Vec<&[u32]> = runs[2..].chunks_exact(3).collect();
    let mut samples = Vec::new();
    for (chunk, offset) in (1_u32..).zip(offsets) {
        let mut from = offset;
        let run = runs.iter().rev().find(|run| run[0] <= chunk).unwrap();
        for _ in 0..run[1] {
            let size = sizes[samples.len()] as usize;
            samples.push(file[from..from + size].to_vec());
            from += size;
        }
    }
    assert_eq!(samples.len(), sizes.len());
    samples
}

#[test]
fn the_upload_holds_the_same_pictures_and_the_same_track() {
    for gps in [GpsStream::Gps5, GpsStream::Gps9] {
        for moov_first in [false, true] {
            let source = gopro_video_bytes(&VideoSpec {
                gps,
                moov_first,
                ..spec()
            })
            .unwrap();
            let facts = read(&source).unwrap();
            let layout = mux(&source, &facts.track).unwrap();
            let file = whole(&layout, &source);
            assert_eq!(file.len() as u64, layout.length_bytes());

            let kept: Vec<_> = tracks(&file).into_iter().map(kinds).collect();
            assert_eq!(kept, [(&b"vide"[..], &b"avc1"[..]), (b"camm", b"camm")]);
            assert_eq!(
                sample_bytes(&file, tracks(&file)[0]),
                sample_bytes(&source, tracks(&source)[0])
            );
            let top: Vec<_> = boxes(&file).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(top, [*b"ftyp", *b"moov", *b"mdat"]);
            assert_eq!(at(&file, &[b"ftyp"]), at(&source, &[b"ftyp"]));
            assert_eq!(at(&file, &[b"moov", b"udta", b"@mod"]), Some(&b"HERO9 Black"[..]));

            let back = read(&file).unwrap();
            assert_eq!(back.kind, VideoKind::Camm);
            assert_eq!(back.make.as_deref(), Some("GoPro"));
            assert_eq!(back.model.as_deref(), Some("HERO9 Black"));
            assert_same_track(&back.track, &facts.track, 0.0);
        }
    }
}

/// Compares what the CAMM format keeps. Times are in units of the track: 1/1000 s or finer.
fn assert_same_track(read: &[TrackPoint], written: &[TrackPoint], start_ms: f64) {
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(written) {
        assert_near(read.time_ms, written.time_ms - start_ms, 2.0, "time");
        assert_near(read.lat_deg, written.lat_deg, 0.0, "latitude");
        assert_near(read.lon_deg, written.lon_deg, 0.0, "longitude");
        assert_near(read.altitude_m.unwrap(), written.altitude_m.unwrap(), 1e-4, "altitude");
        match written.epoch_ms {
            Some(epoch_ms) => assert_near(read.epoch_ms.unwrap(), epoch_ms, 1e-3, "epoch"),
            None => assert_eq!(read.epoch_ms, None),
        }
        assert_eq!(read.fix, written.fix);
    }
}

#[test]
fn times_do_not_drift_in_a_long_recording() {
    // 18 points a second, an hour: cutting each step down to milliseconds would lose 36 s.
    let source = gopro_video_bytes(&spec()).unwrap();
    let track: Vec<TrackPoint> = (0..64_800_u32)
        .map(|index| TrackPoint::new(f64::from(index) * 1000.0 / 18.0, 50.0, 8.0))
        .collect();
    let back = read(&whole(&mux(&source, &track).unwrap(), &source)).unwrap();
    for (read, written) in back.track.iter().zip(&track) {
        assert_near(read.time_ms, written.time_ms, 1.0, "time");
    }
}

#[test]
fn points_without_a_moment_become_the_short_kind_and_before_the_start_are_left_out() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let mut track: Vec<TrackPoint> = [-500.0, 700.0, 1200.0, 2200.0]
        .iter()
        .map(|&time_ms| TrackPoint::new(time_ms, 50.0 + time_ms / 1e6, 8.0))
        .collect();
    track[2].altitude_m = Some(12.5);
    let file = whole(&mux(&source, &track).unwrap(), &source);
    let samples = sample_bytes(&file, tracks(&file)[1]);
    assert_eq!(samples.iter().map(Vec::len).collect::<Vec<_>>(), [28, 28, 28]);
    assert_eq!(samples[0][..4], [0, 0, 5, 0]);
    let back = read(&file).unwrap();
    let times: Vec<f64> = back.track.iter().map(|point| point.time_ms.round()).collect();
    assert_eq!(times, [700.0, 1200.0, 2200.0], "the empty edit is there");
    let altitudes: Vec<_> = back.track.iter().map(|point| point.altitude_m).collect();
    assert_eq!(altitudes, [None, Some(12.5), None]);
}

#[test]
fn points_of_both_kinds_may_stand_in_one_track() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let mut track = [TrackPoint::new(0.0, 50.0, 8.0), TrackPoint::new(1000.0, 50.1, 8.0)];
    track[1].epoch_ms = Some(1_781_424_000_000.5);
    let file = whole(&mux(&source, &track).unwrap(), &source);
    let samples = sample_bytes(&file, tracks(&file)[1]);
    assert_eq!((samples[0].len(), samples[1].len()), (28, 60));
    // Without altitude the fix is two-dimensional.
    assert_eq!(samples[1][12..16], [2, 0, 0, 0]);
}

#[test]
fn every_offset_continues_the_same_file() {
    let source = gopro_video_bytes(&VideoSpec {
        duration_s: 2,
        ..spec()
    })
    .unwrap();
    let facts = read(&source).unwrap();
    let layout = mux(&source, &facts.track).unwrap();
    let file = whole(&layout, &source);
    let mut boundaries = vec![0];
    for segment in layout.segments() {
        boundaries.push(boundaries.last().unwrap() + segment.length_bytes());
    }
    assert!(layout.segments().len() > 3);
    assert_eq!(*boundaries.last().unwrap(), layout.length_bytes());
    let mut reader = layout.reader(Cursor::new(&source));
    for boundary in boundaries {
        for offset in [boundary.saturating_sub(1), boundary, boundary + 1] {
            let mut rest = Vec::new();
            reader.seek(SeekFrom::Start(offset)).unwrap();
            reader.read_to_end(&mut rest).unwrap();
            let from = usize::try_from(offset).unwrap().min(file.len());
            assert!(rest == file[from..], "from {offset}");
            let at = layout.segment_at(offset);
            assert_eq!(at.is_some(), offset < layout.length_bytes());
        }
    }
    assert_eq!(reader.seek(SeekFrom::End(-5)).unwrap(), layout.length_bytes() - 5);
    reader.seek(SeekFrom::Start(3)).unwrap();
    assert!(reader.seek(SeekFrom::Current(-4)).is_err());
}

#[test]
fn a_source_that_became_shorter_is_an_error() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let facts = read(&source).unwrap();
    let layout = mux(&source, &facts.track).unwrap();
    let mut bytes = Vec::new();
    let error = layout
        .reader(Cursor::new(&source[..400]))
        .read_to_end(&mut bytes)
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn both_picture_tracks_of_a_360_file_are_kept() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let twice = with_tracks(&source, |track| {
        if kinds(track).0 == b"vide" {
            [unchanged(track), unchanged(track)].concat()
        } else {
            unchanged(track)
        }
    });
    let facts = read(&twice).unwrap();
    assert_eq!(facts.video_tracks, 2);
    let file = whole(&mux(&twice, &facts.track).unwrap(), &twice);
    let new = tracks(&file);
    assert_eq!(
        new.iter().map(|track| kinds(track).0).collect::<Vec<_>>(),
        [b"vide", b"vide", b"camm"]
    );
    let numbers: Vec<_> = new.iter().map(|track| at(track, &[b"tkhd"]).unwrap()[15]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let header = at(&file, &[b"moov", b"mvhd"]).unwrap();
    assert_eq!(header[header.len() - 1], 4, "the next track's number");
    assert_eq!(sample_bytes(&file, new[0]), sample_bytes(&file, new[1]));
}

#[test]
fn each_refusal_has_its_own_code() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let point = [TrackPoint::new(0.0, 50.0, 8.0)];
    let code = |result: Result<waypost_media::CammLayout, MediaError>| result.unwrap_err().code();

    assert_eq!(code(mux(&[], &point)), "empty_file");
    assert_eq!(code(mux(b"not a video at all", &point)), "not_a_video");
    assert_eq!(code(mux(&source[..2_000], &point)), "video_index_missing");
    assert_eq!(code(mux(&source[..source.len() - 10], &point)), "video_cut_off");
    assert_eq!(code(mux(&source, &[])), "track_empty");
    assert_eq!(code(mux(&source, &[TrackPoint::new(-1.0, 50.0, 8.0)])), "track_empty");
    for (time_ms, lat_deg, lon_deg) in [
        (f64::NAN, 0.0, 0.0),
        (0.0, 90.1, 0.0),
        (0.0, 0.0, f64::INFINITY),
        (1e10, 0.0, 0.0),
    ] {
        let wrong = [point[0], TrackPoint::new(time_ms, lat_deg, lon_deg)];
        let error = mux(&source, &wrong).unwrap_err();
        assert_eq!(error, MediaError::TrackPointInvalid { index: 1 });
        assert_eq!(error.code(), "track_point_invalid");
    }

    let no_pictures = with_tracks(&source, |track| {
        if kinds(track).0 == b"vide" {
            vec![]
        } else {
            unchanged(track)
        }
    });
    assert_eq!(code(mux(&no_pictures, &point)), "video_without_pictures");

    let fragmented = [
        boxed(*b"ftyp", b"isom"),
        boxed(
            *b"moov",
            &[
                boxed(*b"mvhd", at(&source, &[b"moov", b"mvhd"]).unwrap()),
                boxed(*b"mvex", b""),
            ]
            .concat(),
        ),
        boxed(*b"moof", b""),
    ]
    .concat();
    assert_eq!(code(mux(&fragmented, &point)), "video_fragmented");

    let headless = [boxed(*b"ftyp", b"isom"), boxed(*b"moov", b"")].concat();
    assert_eq!(code(mux(&headless, &point)), "video_damaged");

    let crowded = with_tracks(&source, |track| {
        let extra = boxed(*b"free", &vec![0; 5 * 1024 * 1024]);
        vec![boxed(*b"trak", &[track, &extra].concat())]
    });
    assert_eq!(code(mux(&crowded, &point)), "video_too_large");
}

#[test]
fn a_video_cut_off_before_its_last_frames_is_refused() {
    let source = gopro_video_bytes(&VideoSpec {
        moov_first: true,
        ..spec()
    })
    .unwrap();
    let track = read(&source).unwrap().track;
    let cut = &source[..source.len() / 2];
    assert_eq!(read(cut).unwrap_err().code(), "video_cut_off");
    assert_eq!(mux(cut, &track).unwrap_err().code(), "video_cut_off");
}

#[test]
fn an_upload_without_names_has_no_user_data() {
    let source = gopro_video_bytes(&spec()).unwrap();
    let point = [TrackPoint::new(0.0, 50.0, 8.0)];
    let layout = camm_mux(&mut Cursor::new(&source), &point, "", "").unwrap();
    let Segment::Bytes(front) = &layout.segments()[0] else {
        panic!("the index comes first");
    };
    assert_eq!(at(&front[..front.len() - 8], &[b"moov", b"udta"]), None);
    assert!(format!("{layout:?}").len() < 10_000);
}
