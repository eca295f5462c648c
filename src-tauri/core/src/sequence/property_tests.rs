//! What holds for any photos whatever: none is lost, order and limits are kept, steps are done once.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::geometry::distance_m;
use super::test_photos::photo_at;
use super::*;

/// Photos of a few folders and cameras, near each other in place and time, so that every rule has something to do.
fn any_photo() -> impl Strategy<Value = Photo> {
    let position = prop_oneof![
        10 => (0.0..0.004_f64, 0.0..0.004_f64).prop_map(|(north, east)| (50.0 + north, 10.0 + east)),
        3 => (0..6_u8, 0..6_u8).prop_map(|(n, e)| (50.0 + f64::from(n) * 1e-6, 10.0 + f64::from(e) * 1e-6)),
        1 => Just((0.0, 0.0)),
        1 => (-90.0..=90.0_f64, -180.0..=180.0_f64),
    ];
    let time_ms = prop_oneof![
        (0..300_i64).prop_map(|at_s| at_s * 1000),
        0..300_000_i64,
        prop::sample::select(vec![i64::MIN, i64::MAX, -1]),
    ];
    let heading = prop::option::of(0.0..360.0_f64);
    let clock = prop::option::of(0..5_000_i64);
    (
        position,
        time_ms,
        heading,
        clock,
        0..2_u8,
        0..3_u8,
        prop::option::of(1..5_000_u32),
    )
        .prop_map(
            |((lat_deg, lon_deg), captured_at_ms, heading_deg, camera_clock_ms, folder, camera, width_px)| Photo {
                path: format!("/card/{folder}/").into(),
                captured_at_ms,
                heading_deg,
                camera_clock_ms,
                camera_uuid: (camera > 0).then(|| camera.to_string()),
                width_px: width_px.filter(|_| camera == 0),
                ..photo_at(lat_deg, lon_deg)
            },
        )
}

/// Photos with a name of their own each.
fn any_photos() -> impl Strategy<Value = Vec<Photo>> {
    prop::collection::vec(any_photo(), 0..60).prop_map(|mut photos| {
        for (number, photo) in photos.iter_mut().enumerate() {
            photo.path.push(format!("{number:03}.jpg"));
        }
        photos
    })
}

fn any_settings() -> impl Strategy<Value = SequenceSettings> {
    (1..20_u64, 0.0..120.0_f64, 0.0..500.0_f64, any::<bool>(), any::<bool>()).prop_map(
        |(max_photos, cutoff_time_s, cutoff_distance_m, zigzag_check, interpolate_directions)| SequenceSettings {
            max_photos: Some(max_photos),
            max_pixels: Some(100_000_000),
            cutoff_time_s,
            cutoff_distance_m,
            zigzag_check,
            interpolate_directions,
            ..SequenceSettings::default()
        },
    )
}

fn spread_out(mut photos: Vec<Photo>) -> Vec<Photo> {
    sort(&mut photos);
    spread(&mut photos);
    photos
}

proptest! {
    #[test]
    fn every_photo_is_in_one_sequence_or_refused_once(photos in any_photos(), settings in any_settings()) {
        let before: Vec<_> = photos.iter().map(|photo| photo.path.clone()).collect();
        let after = sequence(photos, &settings);
        let sent = after.sequences.iter().flat_map(|sequence| &sequence.photos).map(|photo| photo.path.clone());
        let mut all: Vec<_> = sent.chain(after.refusals.iter().map(|refusal| refusal.path.clone())).collect();
        all.sort();
        prop_assert_eq!(all, before.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn sequences_are_in_order_and_within_every_limit(photos in any_photos(), settings in any_settings()) {
        for (number, sequence) in sequence(photos, &settings).sequences.iter().enumerate() {
            prop_assert_eq!(&sequence.id, &number.to_string());
            prop_assert!(!sequence.photos.is_empty());
            prop_assert!(sequence.photos.len() as u64 <= settings.max_photos.unwrap());
            for pair in sequence.photos.windows(2) {
                prop_assert_eq!(pair[0].folder(), pair[1].folder());
                prop_assert_eq!(&pair[0].camera_uuid, &pair[1].camera_uuid);
                let pause_ms = pair[1].captured_at_ms.saturating_sub(pair[0].captured_at_ms);
                prop_assert!(pause_ms >= 0);
                prop_assert!(distance_m(&pair[0], &pair[1]) <= settings.cutoff_distance_m);
            }
            if sequence.photos.len() > 1 {
                let headings: Vec<f64> = sequence.photos.iter().filter_map(|photo| photo.heading_deg).collect();
                prop_assert_eq!(headings.len(), sequence.photos.len());
                prop_assert!(headings.iter().all(|heading_deg| (0.0..=360.0).contains(heading_deg)));
            }
        }
    }

    #[test]
    fn the_same_photos_in_another_order_give_the_same_sequences(
        photos in any_photos(),
        settings in any_settings(),
        order in any::<prop::sample::Selector>(),
    ) {
        let mut shuffled = Vec::new();
        let mut left = photos.clone();
        while !left.is_empty() {
            let index = order.select(0..left.len());
            shuffled.push(left.swap_remove(index));
        }
        let names = |photos| -> BTreeSet<Vec<_>> {
            let named = |sequence: &Sequence| sequence.photos.iter().map(|photo| photo.path.clone()).collect();
            sequence(photos, &settings).sequences.iter().map(named).collect()
        };
        prop_assert_eq!(names(photos), names(shuffled));
    }

    #[test]
    fn spreading_keeps_the_order_and_moves_no_photo_into_another_second(photos in any_photos()) {
        let mut sorted = photos;
        sort(&mut sorted);
        let mut spread_photos = sorted.clone();
        spread(&mut spread_photos);
        prop_assert!(spread_photos.windows(2).all(|pair| pair[0].captured_at_ms <= pair[1].captured_at_ms));
        for (before, after) in sorted.iter().zip(&spread_photos) {
            prop_assert_eq!(before.captured_at_ms.div_euclid(1000), after.captured_at_ms.div_euclid(1000));
            prop_assert!(after.captured_at_ms >= before.captured_at_ms);
        }
    }

    #[test]
    fn photos_of_whole_seconds_are_told_apart_and_spreading_again_changes_nothing(
        photos in any_photos(),
        at_s in prop::collection::vec(0..20_i64, 60),
    ) {
        let at = |(photo, at_s): (Photo, i64)| Photo { captured_at_ms: at_s * 1000, ..photo };
        let once = spread_out(photos.into_iter().zip(at_s).map(at).collect());
        let distinct: BTreeSet<i64> = once.iter().map(|photo| photo.captured_at_ms).collect();
        prop_assert_eq!(distinct.len(), once.len());
        let mut twice = once.clone();
        spread(&mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn checks_have_nothing_left_to_refuse_in_what_they_kept(photos in any_photos()) {
        let settings = SequenceSettings::default();
        let photos = spread_out(photos);
        let kept = refuse_null_island(photos).kept;
        prop_assert!(refuse_null_island(kept.clone()).refusals.is_empty());
        let kept = refuse_duplicates(kept, &settings).kept;
        prop_assert!(refuse_duplicates(kept.clone(), &settings).refusals.is_empty());
        let kept = refuse_too_fast(kept, &settings).kept;
        prop_assert!(refuse_too_fast(kept, &settings).refusals.is_empty());
    }

    #[test]
    fn cutting_again_cuts_nothing(photos in any_photos(), settings in any_settings()) {
        for part in split(spread_out(photos), &settings) {
            prop_assert_eq!(split(part.clone(), &settings).len(), 1);
            for piece in split_by_distance(part, &settings) {
                prop_assert_eq!(split_by_distance(piece, &settings).len(), 1);
            }
        }
    }

    #[test]
    fn filling_directions_again_changes_nothing(photos in any_photos()) {
        let mut once = spread_out(photos);
        fill_directions(&mut once, false);
        let mut twice = once.clone();
        fill_directions(&mut twice, false);
        prop_assert_eq!(once, twice);
    }
}
