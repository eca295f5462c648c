//! Walks and rides: a plausible track through time, and photos taken along it.

use std::f64::consts::TAU;

use crate::PhotoSpec;
use crate::random::Random;

/// Mean radius of the earth in metres (IUGG); a sphere is exact enough for a walk.
const EARTH_RADIUS_M: f64 = 6_371_008.8;
/// The longest piece that is walked straight, in metres.
const STEP_M: f64 = 1.0;
/// So that a senseless speed costs no more than a sensible one.
const MAX_STEPS: f64 = 1_000.0;

/// A photo walk. Start from [`WalkSpec::default`]: fields will be added.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkSpec {
    /// Latitude of the first photo in degrees, but for the noise of the receiver.
    pub start_lat_deg: f64,
    /// Longitude of the first photo in degrees.
    pub start_lon_deg: f64,
    /// When the first photo is taken, in milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// Time from photo to photo in milliseconds.
    pub interval_ms: i64,
    /// Mean speed in metres per second; the real one varies by a few percent.
    pub speed_m_per_s: f64,
    /// How many photos.
    pub count: usize,
    /// Decides the turns, the street that the photos show, and the noise.
    pub seed: u64,
    /// The camera's make.
    pub make: String,
    /// The camera's model.
    pub model: String,
    /// The camera's serial number.
    pub serial: Option<String>,
    /// Number of the first photo. 1 gives `G0010001.JPG`, 10,001 `G0020001.JPG`: a time lapse is
    /// `G`, three digits for the group, four for the photo.
    pub first_number: u32,
    /// The folder that the photos name in their descriptions, such as `100GOPRO`.
    pub folder_name: String,
    /// Width of each photo in pixels.
    pub width_px: u16,
    /// Height of each photo in pixels.
    pub height_px: u16,
    /// See [`PhotoSpec::padding_bytes`].
    pub padding_bytes: usize,
}

impl Default for WalkSpec {
    /// A quarter of an hour on foot with a photo every two seconds is 450 photos; this takes 30.
    fn default() -> Self {
        let photo = PhotoSpec::default();
        Self {
            start_lat_deg: 52.514_5,
            start_lon_deg: 13.350_1,
            start_ms: crate::DEFAULT_START_MS,
            interval_ms: 2_000,
            speed_m_per_s: 1.4,
            count: 30,
            seed: 1,
            make: photo.make,
            model: photo.model,
            serial: photo.serial,
            first_number: 1,
            folder_name: "100GOPRO".to_owned(),
            width_px: photo.width_px,
            height_px: photo.height_px,
            padding_bytes: 0,
        }
    }
}

/// The photos of a walk, in order: smooth turns, headings along the path, gentle slopes, and the
/// noise of a good receiver. The first photo's frame number is the number in its name.
pub fn walk(spec: &WalkSpec) -> Vec<PhotoSpec> {
    let mut track = Track::new(spec.start_lat_deg, spec.start_lon_deg, spec.speed_m_per_s, spec.seed);
    let mut jitter = Random::for_item(spec.seed, 11, 0);
    (0..spec.count)
        .map(|index| {
            let steps = i64::try_from(index).unwrap_or(i64::MAX);
            let elapsed_ms = spec.interval_ms.saturating_mul(steps);
            let mut fix = track.advance_to(elapsed_ms as f64 / 1000.0);
            fix.shift(jitter.between(-0.1, 0.1), jitter.between(-0.1, 0.1));
            let number = spec
                .first_number
                .saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
            let file_name = time_lapse_name(number);
            PhotoSpec {
                image_description: Some(format!(r"DCIM\{}\{file_name}", spec.folder_name)),
                file_name,
                width_px: spec.width_px,
                height_px: spec.height_px,
                seed: spec.seed,
                frame_number: number,
                lat_deg: Some(fix.lat_deg),
                lon_deg: Some(fix.lon_deg),
                altitude_m: Some(fix.altitude_m),
                heading_deg: Some(fix.heading_deg),
                captured_at_ms: Some(spec.start_ms.saturating_add(elapsed_ms)),
                make: spec.make.clone(),
                model: spec.model.clone(),
                serial: spec.serial.clone(),
                padding_bytes: spec.padding_bytes,
                ..PhotoSpec::default()
            }
        })
        .collect()
}

/// `G`, the group, the number in the group: ten thousand numbers make a group.
fn time_lapse_name(number: u32) -> String {
    format!("G{:03}{:04}.JPG", number / 10_000 + 1, number % 10_000)
}

/// A place on a track, as a receiver reports it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fix {
    pub(crate) lat_deg: f64,
    pub(crate) lon_deg: f64,
    pub(crate) altitude_m: f64,
    /// Where the track leads from here, 0 to 360.
    pub(crate) heading_deg: f64,
    pub(crate) speed_m_per_s: f64,
}

impl Fix {
    /// Moves the place by metres on the ground.
    fn shift(&mut self, north_m: f64, east_m: f64) {
        let shrink = self.lat_deg.to_radians().cos().max(1.0e-6);
        self.lat_deg = (self.lat_deg + (north_m / EARTH_RADIUS_M).to_degrees()).clamp(-90.0, 90.0);
        let lon_deg = self.lon_deg + (east_m / EARTH_RADIUS_M / shrink).to_degrees();
        self.lon_deg = (lon_deg + 180.0).rem_euclid(360.0) - 180.0;
    }
}

/// Walks along a path whose direction is a smooth function of the way walked so far.
#[derive(Debug)]
pub(crate) struct Track {
    /// Where the path has led, without the receiver's noise.
    ground: Fix,
    elapsed_s: f64,
    walked_m: f64,
    mean_speed_m_per_s: f64,
    first_heading_deg: f64,
    phases: [f64; 9],
}

impl Track {
    /// A track from a place at time 0.
    pub(crate) fn new(lat_deg: f64, lon_deg: f64, mean_speed_m_per_s: f64, seed: u64) -> Self {
        let mut random = Random::for_item(seed, 10, 0);
        let first_heading_deg = random.between(0.0, 360.0);
        let phases = std::array::from_fn(|_| random.between(0.0, TAU));
        let ground = Fix {
            lat_deg,
            lon_deg,
            altitude_m: 0.0,
            heading_deg: 0.0,
            speed_m_per_s: 0.0,
        };
        Self {
            ground,
            elapsed_s: 0.0,
            walked_m: 0.0,
            mean_speed_m_per_s,
            first_heading_deg,
            phases,
        }
    }

    /// Direction of the path after that many metres: slow swings, and bends of a street's size.
    fn heading_deg(&self, walked_m: f64) -> f64 {
        let swing = |phase: f64, length_m: f64, size_deg: f64| size_deg * (walked_m / length_m + phase).sin();
        self.first_heading_deg
            + swing(self.phases[0], 160.0, 70.0)
            + swing(self.phases[1], 48.0, 26.0)
            + swing(self.phases[2], 14.0, 5.0)
    }

    fn speed_at(&self, elapsed_s: f64) -> f64 {
        self.mean_speed_m_per_s * (1.0 + 0.07 * (elapsed_s / 9.0 + self.phases[3]).sin())
    }

    /// Goes on to a time in seconds since the start and reports the place.
    pub(crate) fn advance_to(&mut self, elapsed_s: f64) -> Fix {
        let way_m = (elapsed_s - self.elapsed_s) * self.speed_at(f64::midpoint(self.elapsed_s, elapsed_s));
        let steps = (way_m.abs() / STEP_M).ceil().clamp(1.0, MAX_STEPS);
        let step_m = way_m / steps;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 1 to MAX_STEPS
        for _ in 0..steps as u32 {
            let heading = self.heading_deg(self.walked_m + step_m / 2.0).to_radians();
            self.ground.shift(step_m * heading.cos(), step_m * heading.sin());
            self.walked_m += step_m;
        }
        self.elapsed_s = elapsed_s;
        self.report()
    }

    /// The place as the receiver sees it: its error wanders by about a metre a minute.
    fn report(&self) -> Fix {
        let wander = |phase: f64, period_s: f64| (self.elapsed_s * TAU / period_s + phase).sin();
        let mut fix = self.ground;
        fix.shift(
            0.45 * wander(self.phases[4], 47.0) + 0.2 * wander(self.phases[5], 19.0),
            0.45 * wander(self.phases[6], 53.0) + 0.2 * wander(self.phases[7], 23.0),
        );
        let slope = |length_m: f64, phase: f64| (self.walked_m / length_m + phase).sin();
        fix.altitude_m = 38.0 + 3.2 * slope(75.0, self.phases[8]) + 0.6 * slope(21.0, self.phases[0]);
        fix.heading_deg = self.heading_deg(self.walked_m).rem_euclid(360.0);
        fix.speed_m_per_s = self.speed_at(self.elapsed_s);
        fix
    }
}
