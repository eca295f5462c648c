//! Linking: which published image is which photo.

use proptest::prelude::*;
use waypost_core::follow::matching::{LocalPhoto, MAX_TIME_DIFFERENCE_MS, Matching, RemoteImage, match_images};

/// Metres of latitude in degrees.
fn degrees(metres: f64) -> f64 {
    metres / 111_194.9
}

/// A walk to the north: a photo every `interval_ms`, `step_m` apart.
fn walk(count: usize, interval_ms: i64, step_m: f64) -> Vec<LocalPhoto> {
    (0..count)
        .map(|number| LocalPhoto {
            captured_at_ms: 1_780_000_000_000 + i64::try_from(number).unwrap() * interval_ms,
            lat_deg: 50.0 + degrees(step_m * number as f64),
            lon_deg: 14.0,
        })
        .collect()
}

/// The image that a photo becomes.
fn image_of(number: usize, photo: &LocalPhoto, sequence: &str) -> RemoteImage {
    RemoteImage {
        image_id: format!("{number}"),
        sequence_key: Some(sequence.into()),
        captured_at_ms: Some(photo.captured_at_ms),
        position_deg: Some((photo.lat_deg, photo.lon_deg)),
        camera: None,
    }
}

fn images_of(photos: &[LocalPhoto], sequence: &str) -> Vec<RemoteImage> {
    let numbered = photos.iter().enumerate();
    numbered
        .map(|(number, photo)| image_of(number, photo, sequence))
        .collect()
}

/// Pairs that link a photo to an image that is not its own, and pairs in all.
fn wrong_of(matching: &Matching, images: &[RemoteImage]) -> (usize, usize) {
    let is_wrong = |(photo, image): &&(usize, usize)| images[*image].image_id != photo.to_string();
    (matching.pairs.iter().filter(is_wrong).count(), matching.pairs.len())
}

/// Rounded as a service would store them.
fn rounded(image: &mut RemoteImage, decimals: i32) {
    let factor = 10_f64.powi(decimals);
    if let Some((lat_deg, lon_deg)) = &mut image.position_deg {
        *lat_deg = (*lat_deg * factor).round() / factor;
        *lon_deg = (*lon_deg * factor).round() / factor;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Precision 100 %: whatever is shuffled, shifted by up to a second, rounded, missing or foreign, no link is wrong.
    #[test]
    fn no_photo_is_ever_linked_to_an_image_of_another(
        count in 1_usize..120,
        interval_ms in 300_i64..3_000,
        step_m in 0.2_f64..15.0,
        shift_ms in -1_000_i64..=1_000,
        cut_to_seconds in any::<bool>(),
        decimals in 6..9_i32,
        keep in prop::collection::vec(any::<bool>(), 120),
        order in any::<prop::sample::Index>(),
        foreign_m in 0.2_f64..5.0,
    ) {
        let photos = walk(count, interval_ms, step_m);
        let mut images = images_of(&photos, "s");
        for image in &mut images {
            rounded(image, decimals);
            let at_ms = image.captured_at_ms.unwrap() + shift_ms;
            image.captured_at_ms =
                Some(if cut_to_seconds { at_ms.div_euclid(1_000) * 1_000 } else { at_ms });
        }
        let mut kept = keep.iter().cycle();
        images.retain(|_| *kept.next().unwrap());
        let present = images.len();
        // A second camera beside the first: same times, another place.
        for (number, photo) in photos.iter().enumerate() {
            let mut foreign = image_of(number, photo, "other camera");
            foreign.image_id = format!("foreign {number}");
            foreign.position_deg = Some((photo.lat_deg, photo.lon_deg + degrees(foreign_m) * 1.6));
            images.push(foreign);
        }
        let middle = order.index(images.len().max(1));
        images.rotate_left(middle);
        let matching = match_images(&photos, &images);
        let (wrong, linked) = wrong_of(&matching, &images);
        prop_assert_eq!(wrong, 0);
        prop_assert_eq!(linked, present, "recall");
        prop_assert_eq!(matching.missing.len(), count - present);
        prop_assert_eq!(matching.extra.len(), images.len() - present);
    }

    /// Whatever comes back, each photo and each image is used at most once and none is forgotten.
    #[test]
    fn every_photo_and_image_has_exactly_one_place_in_the_answer(
        photos in prop::collection::vec((0_i64..4_000, 0.0..0.5_f64), 0..30),
        images in prop::collection::vec((prop::option::of(0_i64..4_000), 0.0..0.5_f64, any::<bool>()), 0..30),
    ) {
        let photos: Vec<LocalPhoto> = photos
            .into_iter()
            .map(|(captured_at_ms, metres)| LocalPhoto {
                captured_at_ms, lat_deg: degrees(metres), lon_deg: 180.0,
            })
            .collect();
        let images: Vec<RemoteImage> = images
            .into_iter()
            .enumerate()
            .map(|(number, (captured_at_ms, metres, is_placed))| RemoteImage {
                image_id: format!("{number}"),
                sequence_key: None,
                captured_at_ms,
                position_deg: is_placed.then_some((degrees(metres), -180.0)),
                camera: None,
            })
            .collect();
        let matching = match_images(&photos, &images);
        let mut locals: Vec<usize> =
            matching.pairs.iter().map(|pair| pair.0).chain(matching.missing.iter().copied()).collect();
        let mut remotes: Vec<usize> =
            matching.pairs.iter().map(|pair| pair.1).chain(matching.extra.iter().copied()).collect();
        locals.sort_unstable();
        remotes.sort_unstable();
        prop_assert_eq!(locals, (0..photos.len()).collect::<Vec<_>>());
        prop_assert_eq!(remotes, (0..images.len()).collect::<Vec<_>>());
    }
}

#[test]
fn of_two_copies_the_fuller_sequence_is_taken_as_a_whole() {
    let photos = walk(10, 1_000, 2.0);
    let mut images = images_of(&photos[..4], "a torn copy");
    for (number, image) in images_of(&photos, "the whole").into_iter().enumerate() {
        let image_id = format!("whole {number}");
        images.push(RemoteImage { image_id, ..image });
    }
    let matching = match_images(&photos, &images);
    assert_eq!(matching.pairs.len(), 10);
    let is_whole = |(_, image): &(usize, usize)| images[*image].image_id.starts_with("whole");
    assert!(matching.pairs.iter().all(is_whole));
    assert_eq!(matching.extra, [0, 1, 2, 3]);
}

#[test]
fn what_is_too_far_in_time_or_place_is_missing_and_extra() {
    let photos = walk(1, 1_000, 1.0);
    let mut late = image_of(0, &photos[0], "s");
    late.captured_at_ms = Some(photos[0].captured_at_ms + MAX_TIME_DIFFERENCE_MS + 1);
    let mut far = image_of(0, &photos[0], "s");
    far.position_deg = Some((photos[0].lat_deg + degrees(0.4), photos[0].lon_deg));
    let mut broken = image_of(0, &photos[0], "s");
    broken.position_deg = Some((f64::NAN, 14.0));
    let matching = match_images(&photos, &[late, far, broken]);
    assert_eq!(
        (matching.pairs.len(), matching.missing.len(), matching.extra.len()),
        (0, 1, 3)
    );
}

#[test]
fn ten_thousand_photos_are_linked_in_one_go() {
    let photos = walk(10_000, 500, 1.5);
    let images = images_of(&photos, "s");
    let matching = match_images(&photos, &images);
    assert_eq!(wrong_of(&matching, &images), (0, 10_000));
}

/// A number that looks random and is the same in every run (xorshift).
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for at in (1..items.len()).rev() {
        let other = usize::try_from(next(seed) % (at as u64 + 1)).unwrap();
        items.swap(at, other);
    }
}

/// Shuffled, shifted by a second, sent twice, with a second camera beside it and with images missing, in every
/// combination: no link is wrong, and every image that is there is found.
#[test]
fn precision_and_recall_of_linking_are_what_they_should_be() {
    let mut seed = 0x9E37_79B9_7F4A_7C15;
    let (mut linked, mut wrong, mut present) = (0, 0, 0);
    for case in 0..32 {
        let is = |bit: u32| case >> bit & 1 == 1;
        for interval_ms in [500, 1_000, 2_500] {
            let photos = walk(200, interval_ms, 1.5);
            let mut images = images_of(&photos, "own");
            if is(0) {
                let shift_ms = if next(&mut seed).is_multiple_of(2) {
                    1_000
                } else {
                    -1_000
                };
                for image in &mut images {
                    image.captured_at_ms = image.captured_at_ms.map(|at_ms| at_ms + shift_ms);
                }
            }
            if is(1) {
                images.retain(|_| !next(&mut seed).is_multiple_of(5));
            }
            present += images.len();
            if is(2) {
                // Sent twice: the copy is the same photo under another id, so that either is right, and only one.
                let copies: Vec<RemoteImage> = images
                    .iter()
                    .filter(|_| next(&mut seed).is_multiple_of(3))
                    .cloned()
                    .collect();
                images.extend(copies.into_iter().map(|copy| RemoteImage {
                    sequence_key: Some("copy".into()),
                    ..copy
                }));
            }
            if is(3) {
                for (number, photo) in photos.iter().enumerate() {
                    images.push(RemoteImage {
                        image_id: format!("other camera {number}"),
                        position_deg: Some((photo.lat_deg, photo.lon_deg + degrees(0.6))),
                        camera: Some("other".into()),
                        ..image_of(number, photo, "other camera")
                    });
                }
            }
            if is(4) {
                shuffle(&mut images, &mut seed);
            }
            let (wrong_now, linked_now) = wrong_of(&match_images(&photos, &images), &images);
            linked += linked_now;
            wrong += wrong_now;
        }
    }
    let precision = (linked - wrong) as f64 / linked as f64;
    let recall = (linked - wrong) as f64 / present as f64;
    println!(
        "linking: precision {:.2} %, recall {:.2} % of {present} images",
        precision * 100.0,
        recall * 100.0
    );
    assert_eq!(wrong, 0);
    assert_eq!(linked, present);
}
