//! What holds for every video, every track and every text.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::LazyLock;

use proptest::prelude::*;
use waypost_generator::{VideoSpec, gopro_video_bytes};
use waypost_media::{GpsFix, NoiseLimits, TrackPoint, VideoKind, remove_noise};

use crate::builder::{boxed, kinds, unchanged, with_tracks};
use crate::{mux, read, whole};

/// A short video.
static VIDEO: LazyLock<Vec<u8>> = LazyLock::new(|| {
    gopro_video_bytes(&VideoSpec {
        duration_s: 2,
        ..VideoSpec::default()
    })
    .unwrap()
});

/// The same without telemetry.
static PICTURES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    with_tracks(&VIDEO, |track| {
        if kinds(track).0 == b"vide" {
            unchanged(track)
        } else {
            vec![]
        }
    })
});

fn fix() -> impl Strategy<Value = Option<GpsFix>> {
    prop::option::of(prop::sample::select(vec![GpsFix::NoFix, GpsFix::Fix2d, GpsFix::Fix3d]))
}

prop_compose! {
    fn point()(
        time_ms in -1_000.0..3_600_000.0_f64,
        lat_deg in -90.0..=90.0_f64,
        lon_deg in -180.0..=180.0_f64,
        altitude_m in prop::option::of(0.0..9_000.0_f64),
        epoch_ms in prop::option::of(1.0..4e12_f64),
        fix in fix(),
        precision_dop in prop::option::of(0.0..20.0_f64),
        ground_speed_m_per_s in prop::option::of(0.0..50.0_f64),
    ) -> TrackPoint {
        TrackPoint {
            altitude_m,
            epoch_ms,
            fix,
            precision_dop,
            ground_speed_m_per_s,
            ..TrackPoint::new(time_ms, lat_deg, lon_deg)
        }
    }
}

proptest! {
    #[test]
    fn every_track_comes_back_from_its_upload(mut track in prop::collection::vec(point(), 1..40)) {
        // One kind in one track: CAMM readers take only the better one.
        let with_time = track[0].epoch_ms.is_some();
        for point in &mut track {
            point.epoch_ms = with_time.then(|| point.epoch_ms.unwrap_or(1e12));
        }
        track[0].time_ms = track[0].time_ms.abs();
        let file = whole(&mux(&VIDEO, &track).unwrap(), &VIDEO);
        let back = read(&file).unwrap();
        prop_assert_eq!(back.kind, VideoKind::Camm);
        let mut expected: Vec<_> = track.iter().filter(|point| point.time_ms >= 0.0).collect();
        expected.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
        prop_assert_eq!(back.track.len(), expected.len());
        for (read, written) in back.track.iter().zip(expected) {
            // A unit of the movie for the start and one of the track for the rest.
            prop_assert!((read.time_ms - written.time_ms).abs() <= 2.0, "{read:?} {written:?}");
            prop_assert_eq!(read.lat_deg.to_bits(), written.lat_deg.to_bits());
            prop_assert_eq!(read.lon_deg.to_bits(), written.lon_deg.to_bits());
            match (read.altitude_m, written.altitude_m) {
                (Some(read), Some(written)) => prop_assert!((read - written).abs() < 1e-3),
                (read, written) => prop_assert_eq!(read, written),
            }
            prop_assert_eq!(read.epoch_ms.is_some(), written.epoch_ms.is_some());
        }
    }

    #[test]
    fn an_upload_read_in_any_pieces_from_any_offset_is_the_same(
        start in 0.0..1.0_f64,
        pieces in prop::collection::vec(1_usize..5_000, 1..20),
    ) {
        let layout = mux(&VIDEO, &read(&VIDEO).unwrap().track).unwrap();
        let file = whole(&layout, &VIDEO);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let start = (start * file.len() as f64) as usize;
        let mut reader = layout.reader(Cursor::new(VIDEO.as_slice()));
        reader.seek(SeekFrom::Start(start as u64)).unwrap();
        let mut bytes = Vec::new();
        for piece in pieces {
            let mut buffer = vec![0; piece];
            let count = reader.read(&mut buffer).unwrap();
            bytes.extend_from_slice(&buffer[..count]);
        }
        prop_assert!(file[start..].starts_with(&bytes));
        prop_assert!(!bytes.is_empty());
    }

    #[test]
    fn the_filter_loses_and_invents_no_point(track in prop::collection::vec(point(), 0..200)) {
        let mut track = track;
        track.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
        let clean = remove_noise(track.clone(), &NoiseLimits::default());
        let mut together = clean.kept.clone();
        together.extend(clean.removed.iter().map(|(point, _)| *point));
        together.sort_by(|left, right| left.time_ms.total_cmp(&right.time_ms));
        prop_assert_eq!(together, track);
        prop_assert!(clean.kept.is_sorted_by(|left, right| left.time_ms <= right.time_ms));
        prop_assert!(clean.kept.iter().all(|point| point.fix != Some(GpsFix::NoFix)));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let track = [TrackPoint::new(0.0, 1.0, 1.0)];
        for kind in [*b"moov", *b"mdat", *b"free"] {
            let file = [boxed(*b"ftyp", b"isom"), boxed(kind, &bytes)].concat();
            let known = read(&file).map_or_else(|error| error.code(), |_| "read");
            prop_assert!(!known.is_empty());
            prop_assert!(mux(&file, &track).is_err());
        }
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn no_text_makes_the_dash_camera_reader_panic(text in r"(\[[0-9]{0,14}\]\$?G[NP](RMC|GGA|GLL)[0-9A-Z,.*]{0,60}\n){0,8}") {
        let free = boxed(*b"free", &boxed(*b"gps ", text.as_bytes()));
        let facts = read(&[PICTURES.as_slice(), &free].concat()).unwrap();
        prop_assert_eq!(facts.kind, VideoKind::BlackVue);
        prop_assert!(facts.track.iter().all(|point| point.lat_deg.abs() <= 90.0));
    }

    #[test]
    fn no_telemetry_makes_the_reader_panic(
        seed in any::<u64>(),
        damaged in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..60),
    ) {
        let mut file = VIDEO.clone();
        let payload = file.windows(4).position(|name| name == b"DEVC").unwrap();
        for (index, byte) in &damaged {
            let at = payload + index.index(1_200);
            file[at] = if seed & 1 == 0 { *byte } else { file[at] ^ (1 << (byte & 7)) };
        }
        let facts = read(&file).unwrap();
        prop_assert!(facts.track.iter().all(|point| point.time_ms >= 0.0));
        let most = 8 * read(&VIDEO).unwrap().track.len();
        prop_assert!(facts.track.len() + facts.removed.len() <= most);
    }
}
