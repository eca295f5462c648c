//! The street itself: sky, hills, ground and road in perspective, and what stands beside it.

use std::f64::consts::TAU;

use super::Scene;
use super::canvas::{Canvas, Colour, Corner};
use super::objects;
use crate::random::Random;

/// How far the camera moves from one frame to the next, in metres: two seconds of walking.
const METRES_PER_FRAME: f64 = 2.8;
/// Height of the camera over the road, in metres.
const CAMERA_HEIGHT_M: f64 = 1.6;
/// Nothing nearer than this is drawn, in metres.
pub(super) const NEAREST_M: f64 = 1.8;
/// Nothing farther than this is drawn, in metres.
const FARTHEST_M: f64 = 190.0;
/// Half the width of the road, in metres.
pub(super) const ROAD_HALF_WIDTH_M: f64 = 3.3;
/// Where the pavement ends, in metres from the middle of the road.
pub(super) const PAVEMENT_END_M: f64 = 5.2;
/// Distance between the places for things beside the road, in metres.
const SLOT_LENGTH_M: f64 = 13.0;

/// The light of a day.
#[derive(Debug, Clone, Copy)]
struct Light {
    zenith: Colour,
    haze: Colour,
    cloud: Colour,
    grass: Colour,
    hill: Colour,
    brightness: f64,
}

const LIGHTS: [Light; 4] = [
    Light {
        zenith: Colour::rgb(64, 126, 205),
        haze: Colour::rgb(206, 226, 240),
        cloud: Colour::rgb(250, 252, 254),
        grass: Colour::rgb(104, 148, 72),
        hill: Colour::rgb(110, 150, 140),
        brightness: 1.0,
    },
    Light {
        zenith: Colour::rgb(92, 138, 196),
        haze: Colour::rgb(250, 222, 190),
        cloud: Colour::rgb(255, 240, 224),
        grass: Colour::rgb(130, 142, 70),
        hill: Colour::rgb(150, 140, 140),
        brightness: 0.95,
    },
    Light {
        zenith: Colour::rgb(150, 164, 178),
        haze: Colour::rgb(214, 219, 222),
        cloud: Colour::rgb(226, 229, 232),
        grass: Colour::rgb(98, 130, 78),
        hill: Colour::rgb(128, 144, 146),
        brightness: 0.86,
    },
    Light {
        zenith: Colour::rgb(40, 100, 178),
        haze: Colour::rgb(188, 216, 236),
        cloud: Colour::rgb(244, 248, 252),
        grass: Colour::rgb(122, 156, 64),
        hill: Colour::rgb(92, 138, 112),
        brightness: 1.04,
    },
];

/// The camera: where on the street it stands and how the world falls onto the canvas.
#[derive(Debug)]
pub(super) struct View {
    middle_px: f64,
    horizon_px: f64,
    focal_px: f64,
    travelled_m: f64,
    /// How the road bends ahead, in 1/m; positive is to the right.
    bend: f64,
    light: Light,
    seed: u64,
}

impl View {
    fn new(canvas: &Canvas, scene: Scene) -> Self {
        let travelled_m = f64::from(scene.frame_number) * METRES_PER_FRAME;
        let mut random = Random::for_item(scene.seed, 1, 0);
        let phase = random.between(0.0, TAU);
        Self {
            middle_px: canvas.width() / 2.0,
            horizon_px: canvas.height() * 0.47,
            focal_px: canvas.width().min(canvas.height() * 1.6) * 0.72,
            travelled_m,
            bend: 0.0035 * (travelled_m / 70.0 + phase).sin(),
            light: random.pick(LIGHTS),
            seed: scene.seed,
        }
    }

    /// Where a point appears: metres right of the road's middle, above it, and ahead.
    pub(super) fn place(&self, right_m: f64, up_m: f64, ahead_m: f64) -> Corner {
        let scale = self.focal_px / ahead_m;
        let bent_m = right_m + 0.5 * self.bend * ahead_m * ahead_m;
        (
            self.middle_px + bent_m * scale,
            self.horizon_px + (CAMERA_HEIGHT_M - up_m) * scale,
        )
    }

    /// How many pixels a metre is at that distance.
    pub(super) fn pixels_per_metre(&self, ahead_m: f64) -> f64 {
        self.focal_px / ahead_m
    }

    /// A colour as it looks from that far, in this light.
    pub(super) fn seen(&self, colour: Colour, ahead_m: f64) -> Colour {
        colour
            .lit(self.light.brightness)
            .mixed(self.light.haze, 1.0 - (-ahead_m / 150.0).exp())
    }
}

/// Draws the whole street as it looks from the scene's frame.
pub(super) fn draw(canvas: &mut Canvas, scene: Scene) {
    let view = View::new(canvas, scene);
    draw_sky(canvas, &view);
    draw_hills(canvas, &view);
    draw_ground(canvas, &view);
    #[allow(clippy::cast_possible_truncation)] // travelled metres stay far below 2^53
    let first_slot = ((view.travelled_m - SLOT_LENGTH_M) / SLOT_LENGTH_M).floor() as i64;
    #[allow(clippy::cast_possible_truncation)]
    let slots_in_sight = (FARTHEST_M / SLOT_LENGTH_M) as i64;
    for slot in (first_slot..first_slot + slots_in_sight).rev() {
        let ahead_m = slot as f64 * SLOT_LENGTH_M - view.travelled_m;
        for (side, kind) in [(-1.0, 2), (1.0, 3)] {
            let mut random = Random::for_item(view.seed, kind, slot);
            objects::draw_slot(canvas, &view, &mut random, side, ahead_m);
        }
    }
}

fn draw_sky(canvas: &mut Canvas, view: &View) {
    let Light {
        zenith, haze, cloud, ..
    } = view.light;
    let horizon = view.horizon_px;
    canvas.bands(0.0, horizon + 1.0, |row| zenith.mixed(haze, (row / horizon).powf(1.4)));
    let mut random = Random::for_item(view.seed, 4, 0);
    let width = canvas.width();
    for _ in 0..7 {
        // Clouds drift and come back on the other side.
        let place = random.between(0.0, 1.4) + view.travelled_m * 0.0006;
        let x = (place % 1.4 - 0.2) * width;
        let y = random.between(0.06, 0.62) * horizon;
        let size = random.between(0.03, 0.08) * width * (1.15 - y / horizon);
        let colour = zenith.mixed(cloud, random.between(0.55, 0.9));
        for (offset, share) in [(-1.3, 0.55), (-0.4, 0.9), (0.7, 1.0), (1.7, 0.5)] {
            let puff = size * share;
            canvas.ellipse((x + size * offset, y - puff * 0.12), puff * 1.3, puff * 0.34, colour);
        }
    }
}

fn draw_hills(canvas: &mut Canvas, view: &View) {
    let mut random = Random::for_item(view.seed, 5, 0);
    let steps = 96;
    for (height_share, haze_share) in [(0.15, 0.62), (0.08, 0.4)] {
        let phases = [
            random.between(0.0, TAU),
            random.between(0.0, TAU),
            random.between(0.0, TAU),
        ];
        let colour = view.light.hill.mixed(view.light.haze, haze_share);
        let top_at = |share: f64| {
            // A bend of the road turns the whole horizon.
            let along = share - view.bend * 18.0;
            let wave = (along * 5.0 + phases[0]).sin() * 0.5
                + (along * 13.0 + phases[1]).sin() * 0.22
                + (along * 41.0 + phases[2]).sin() * 0.05;
            view.horizon_px * (1.0 - height_share * (0.62 + wave * 0.6))
        };
        for step in 0..steps {
            let (from, to) = (
                f64::from(step) / f64::from(steps),
                f64::from(step + 1) / f64::from(steps),
            );
            let (left, right) = (from * canvas.width(), to * canvas.width());
            let corners = [
                (left, top_at(from)),
                (right, top_at(to)),
                (right, view.horizon_px + 1.0),
                (left, view.horizon_px + 1.0),
            ];
            canvas.polygon(&corners, colour);
        }
    }
}

fn draw_ground(canvas: &mut Canvas, view: &View) {
    const ROAD: Colour = Colour::rgb(92, 94, 99);
    const PAVEMENT: Colour = Colour::rgb(172, 168, 160);
    const KERB: Colour = Colour::rgb(132, 130, 126);
    const PAINT: Colour = Colour::rgb(240, 240, 236);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // inside the canvas
    let first = view.horizon_px.ceil() as u16;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let end = canvas.height() as u16;
    for row in first..end {
        let ahead_m = view.focal_px * CAMERA_HEIGHT_M / (f64::from(row) + 0.5 - view.horizon_px).max(0.2);
        let at_m = view.travelled_m + ahead_m;
        // Stripes that pass under the camera; they melt together where rows get coarse.
        let stripe = |length_m: f64, depth: f64| {
            let fine = (1.0 - ahead_m * ahead_m / (length_m * view.focal_px)).max(0.0);
            1.0 + depth * fine * (at_m * TAU / length_m).sin()
        };
        let mut across = |from_m: f64, to_m: f64, colour: Colour| {
            let (left, _) = view.place(from_m, 0.0, ahead_m);
            let (right, _) = view.place(to_m, 0.0, ahead_m);
            canvas.span(row, left, right, view.seen(colour, ahead_m));
        };
        let far = 1.0e6;
        across(-far, far, view.light.grass.lit(stripe(5.3, 0.05) * stripe(1.7, 0.025)));
        across(-PAVEMENT_END_M, PAVEMENT_END_M, PAVEMENT.lit(stripe(1.2, 0.03)));
        across(-ROAD_HALF_WIDTH_M - 0.14, ROAD_HALF_WIDTH_M + 0.14, KERB);
        across(
            -ROAD_HALF_WIDTH_M,
            ROAD_HALF_WIDTH_M,
            ROAD.lit(stripe(9.1, 0.03) * stripe(2.3, 0.012)),
        );
        across(-ROAD_HALF_WIDTH_M + 0.25, -ROAD_HALF_WIDTH_M + 0.37, PAINT);
        across(ROAD_HALF_WIDTH_M - 0.37, ROAD_HALF_WIDTH_M - 0.25, PAINT);
        if at_m.rem_euclid(9.0) < 3.4 {
            across(-0.07, 0.07, PAINT);
        }
    }
}
