//! Makes the uploads of a seed. The same seed makes the same account every time.

use serde_json::Value;

use crate::cluster::{Cluster, DRAWN, Image, StoredImage};
use crate::faults::Outcome;
use crate::identity::Account;
use crate::seed::Seed;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// Time between two images, in milliseconds.
const STEP_MS: i64 = 2_000;
/// Way between two images, in degrees of latitude: about eight metres.
const STEP_DEG: f64 = 0.000_072;
/// Pixels of a drawn picture.
const SIZE: (u32, u32) = (640, 480);
/// Sequences stand on a grid of this many columns, so that none lies on another.
const COLUMNS: usize = 50;

/// The uploads of `seed`, as `account` would have made them before `now_ms`.
pub(crate) fn clusters(seed: &Seed, account: &Account, organization_id: &str, now_ms: u64) -> Vec<Cluster> {
    (0..seed.sequences)
        .map(|number| cluster(seed, number, account, organization_id, now_ms))
        .collect()
}

fn cluster(seed: &Seed, number: usize, account: &Account, organization_id: &str, now_ms: u64) -> Cluster {
    let today = i64::try_from(now_ms).unwrap_or(i64::MAX).div_euclid(DAY_MS);
    let days_ago = i64::try_from(seed.sequences - number).unwrap_or(i64::MAX);
    // Ten in the morning.
    let began_ms = today.saturating_sub(days_ago).saturating_mul(DAY_MS) + 36_000_000;
    // The account's number keeps two seeded accounts apart.
    let salt = account.id.get(account.id.len().saturating_sub(5)..).unwrap_or("00000");
    let sequence = format!("seed{salt}{number:013}");
    let west = 10.0 + 0.02 * as_float(number % COLUMNS);
    let south = 50.0 + 0.02 * as_float(number / COLUMNS);
    let image = |index: usize| Image {
        id: format!("7{salt}{number:04}{index:06}"),
        sequence: sequence.clone(),
        file_name: String::new(),
        description: Value::Null,
        pixels_sha256: String::new(),
        md5: String::new(),
        captured_at_ms: began_ms + STEP_MS * i64::try_from(index).unwrap_or(0),
        longitude: west,
        latitude: (south + STEP_DEG * as_float(index)).min(85.0),
        altitude_m: Some(120.5),
        heading_deg: Some(0.0),
        make: Some("GoPro".to_owned()),
        model: Some(
            if number.is_multiple_of(2) {
                "GoPro Max"
            } else {
                "HERO9 Black"
            }
            .to_owned(),
        ),
        orientation: 1,
        size: Some(SIZE),
        is_pano: false,
        stored: Some(StoredImage {
            package: DRAWN.to_owned(),
            entry: None,
            padding_bytes: seed.padding_bytes,
        }),
    };
    let images: Vec<Image> = (0..seed.images_per_sequence).map(image).collect();
    let is_shared = seed.for_organization && number % 2 == 1;
    Cluster {
        id: format!("8{salt}{number:010}"),
        file_type: "zip".to_owned(),
        organization_id: is_shared.then(|| organization_id.to_owned()),
        account: account.clone(),
        session_key: String::new(),
        parts: Vec::new(),
        // Sent in the evening of the same day.
        finished_at_ms: u64::try_from(began_ms + 36_000_000).unwrap_or(0),
        images,
        video: None,
        outcome: Outcome::default(),
    }
}

/// Exact for every number a seed can have.
fn as_float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
