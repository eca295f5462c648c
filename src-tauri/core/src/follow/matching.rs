//! Which published image is which photo that was sent: a pure function over capture times and original positions.
//!
//! The position decides first, because it comes back exactly as it was sent, while times are shifted or cut to seconds
//! now and then. Nothing is matched that is not close in both: a wrong link is worse than a missing one.

use std::collections::HashMap;

/// Farther apart two positions are not the same, metres. Positions are sent with seven decimals (a centimetre); the rest
/// is room for a service that rounds to six. Photos closer together than this are left out as duplicates before.
pub const MAX_DISTANCE_M: f64 = 0.1;

/// Farther apart two capture times are not the same, milliseconds. A service that cuts to seconds and one that is a
/// second off are both within.
pub const MAX_TIME_DIFFERENCE_MS: i64 = 2_000;

/// Mean radius of the Earth, metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A photo that was sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalPhoto {
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: i64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
}

/// An image that the service shows.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteImage {
    /// Mapillary's id of the image.
    pub image_id: String,
    /// Mapillary's key of its sequence.
    pub sequence_key: Option<String>,
    /// Capture time, milliseconds since 1970 UTC.
    pub captured_at_ms: Option<i64>,
    /// Original position: latitude and longitude, degrees.
    pub position_deg: Option<(f64, f64)>,
    /// Maker and model of its camera, as the service writes them.
    pub camera: Option<String>,
}

/// What belongs together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// Places of photo and image, by photo.
    pub pairs: Vec<(usize, usize)>,
    /// Photos that were not found.
    pub missing: Vec<usize>,
    /// Images that belong to none of the photos.
    pub extra: Vec<usize>,
}

struct Candidate<'a> {
    distance_cm: u64,
    difference_ms: u64,
    /// How many candidates the image's sequence has: of two copies the fuller sequence is taken, as a whole.
    sequence_count: usize,
    sequence_key: Option<&'a str>,
    local: usize,
    remote: usize,
}

/// Matches photos and images one to one. The order of either side does not matter.
pub fn match_images(photos: &[LocalPhoto], images: &[RemoteImage]) -> Matching {
    let mut by_time: Vec<(i64, usize)> = images
        .iter()
        .enumerate()
        .filter_map(|(place, image)| Some((image.captured_at_ms?, place)))
        .collect();
    by_time.sort_unstable();
    let mut candidates = Vec::new();
    let mut sequence_counts: HashMap<Option<&str>, usize> = HashMap::new();
    for (local, photo) in photos.iter().enumerate() {
        let from_ms = photo.captured_at_ms.saturating_sub(MAX_TIME_DIFFERENCE_MS);
        let until_ms = photo.captured_at_ms.saturating_add(MAX_TIME_DIFFERENCE_MS);
        let first = by_time.partition_point(|(at_ms, _)| *at_ms < from_ms);
        for (at_ms, remote) in by_time.iter().skip(first).take_while(|(at_ms, _)| *at_ms <= until_ms) {
            let Some(image) = images.get(*remote) else {
                continue;
            };
            let Some(position_deg) = image.position_deg else {
                continue;
            };
            let distance_m = distance_m((photo.lat_deg, photo.lon_deg), position_deg);
            if distance_m > MAX_DISTANCE_M || distance_m.is_nan() {
                continue;
            }
            let sequence_key = image.sequence_key.as_deref();
            *sequence_counts.entry(sequence_key).or_default() += 1;
            candidates.push(Candidate {
                distance_cm: centimetres(distance_m),
                difference_ms: at_ms.abs_diff(photo.captured_at_ms),
                sequence_count: 0,
                sequence_key,
                local,
                remote: *remote,
            });
        }
    }
    for candidate in &mut candidates {
        candidate.sequence_count = sequence_counts
            .get(&candidate.sequence_key)
            .copied()
            .unwrap_or_default();
    }
    candidates.sort_by(|left, right| {
        let id = |candidate: &Candidate<'_>| images.get(candidate.remote).map(|image| &image.image_id);
        (left.distance_cm, left.difference_ms)
            .cmp(&(right.distance_cm, right.difference_ms))
            .then(right.sequence_count.cmp(&left.sequence_count))
            .then(left.sequence_key.cmp(&right.sequence_key))
            .then_with(|| id(left).cmp(&id(right)))
            .then(left.local.cmp(&right.local))
    });
    take_best(&candidates, photos.len(), images.len())
}

/// Takes the best candidate, then the best of what is left, and so on.
fn take_best(candidates: &[Candidate<'_>], photo_count: usize, image_count: usize) -> Matching {
    let mut image_of = vec![None; photo_count];
    let mut is_taken = vec![false; image_count];
    for candidate in candidates {
        if let (Some(image @ None), Some(taken @ false)) =
            (image_of.get_mut(candidate.local), is_taken.get_mut(candidate.remote))
        {
            *image = Some(candidate.remote);
            *taken = true;
        }
    }
    let mut matching = Matching::default();
    for (local, image) in image_of.into_iter().enumerate() {
        match image {
            Some(remote) => matching.pairs.push((local, remote)),
            None => matching.missing.push(local),
        }
    }
    matching.extra = is_taken
        .into_iter()
        .enumerate()
        .filter_map(|(remote, taken)| (!taken).then_some(remote))
        .collect();
    matching
}

/// Whether two positions (latitude and longitude, degrees) are close enough to be the same.
pub fn is_same_place(one: (f64, f64), other: (f64, f64)) -> bool {
    distance_m(one, other) <= MAX_DISTANCE_M
}

/// Distance for points (latitude and longitude, degrees) that are close together, metres.
fn distance_m(from: (f64, f64), to: (f64, f64)) -> f64 {
    let north = (to.0 - from.0).to_radians();
    let mut turn_deg = (to.1 - from.1).abs() % 360.0;
    if turn_deg > 180.0 {
        turn_deg = 360.0 - turn_deg;
    }
    let east = turn_deg.to_radians() * from.0.to_radians().cos();
    north.hypot(east) * EARTH_RADIUS_M
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the largest distance that is matched"
)]
fn centimetres(distance_m: f64) -> u64 {
    (distance_m * 100.0).round() as u64
}
