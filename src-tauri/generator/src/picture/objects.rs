//! What stands beside the street: houses, trees, lamps and parked cars.

use super::canvas::{Canvas, Colour, Corner};
use super::street::{NEAREST_M, PAVEMENT_END_M, ROAD_HALF_WIDTH_M, View};
use crate::random::Random;

/// Draws what stands in one place beside the road. `side` is −1 (left) or 1 (right), `ahead_m`
/// the distance to where the place begins.
pub(super) fn draw_slot(canvas: &mut Canvas, view: &View, random: &mut Random, side: f64, ahead_m: f64) {
    if random.chance(0.62) {
        draw_house(canvas, view, random, side, ahead_m);
    } else {
        for _ in 0..3 {
            let right_m = side * random.between(PAVEMENT_END_M + 1.5, PAVEMENT_END_M + 13.0);
            let tree_m = ahead_m + random.between(6.0, 12.0);
            draw_tree(canvas, view, random, right_m, tree_m);
        }
    }
    if random.chance(0.55) {
        draw_tree(canvas, view, random, side * (PAVEMENT_END_M + 0.7), ahead_m + 10.5);
    }
    if random.chance(0.5) {
        draw_lamp(canvas, view, side, ahead_m + 5.0);
    }
    if random.chance(0.3) {
        let car_m = ahead_m + random.between(0.5, 3.0);
        draw_car(canvas, view, random, side, car_m);
    }
}

fn draw_house(canvas: &mut Canvas, view: &View, random: &mut Random, side: f64, ahead_m: f64) {
    const GLASS: Colour = Colour::rgb(74, 92, 112);
    const DOOR: Colour = Colour::rgb(96, 62, 44);
    let wall = random.pick([
        Colour::rgb(232, 222, 200),
        Colour::rgb(198, 120, 92),
        Colour::rgb(226, 196, 142),
        Colour::rgb(176, 190, 196),
        Colour::rgb(240, 238, 232),
        Colour::rgb(188, 150, 128),
    ]);
    let roof = random.pick([
        Colour::rgb(150, 74, 54),
        Colour::rgb(92, 88, 92),
        Colour::rgb(122, 84, 66),
        Colour::rgb(74, 80, 90),
    ]);
    let storeys = random.pick([1_u8, 2, 2, 3]);
    let front_m = PAVEMENT_END_M + random.between(1.2, 4.0);
    let width_m = random.between(7.0, 10.0);
    let length_m = random.between(8.0, 10.5);
    let eaves_m = f64::from(storeys) * 2.9 + 0.4;
    let ridge_m = eaves_m + random.between(1.8, 3.4);
    let (near_m, far_m) = (ahead_m.max(NEAREST_M), ahead_m + length_m);
    if far_m <= near_m {
        return;
    }
    let (inner, outer, ridge) = (
        side * front_m,
        side * (front_m + width_m),
        side * (front_m + width_m / 2.0),
    );
    let at = |right_m: f64, up_m: f64, distance_m: f64| view.place(right_m, up_m, distance_m);
    // The slope of the roof that faces the street, then the wall along it.
    let eaves_out = inner - side * 0.4;
    let slope = [
        at(eaves_out, eaves_m - 0.2, near_m),
        at(eaves_out, eaves_m - 0.2, far_m),
        at(ridge, ridge_m, far_m),
        at(ridge, ridge_m, near_m),
    ];
    canvas.polygon(&slope, view.seen(roof, near_m));
    let long_wall = [
        at(inner, 0.0, near_m),
        at(inner, 0.0, far_m),
        at(inner, eaves_m, far_m),
        at(inner, eaves_m, near_m),
    ];
    canvas.polygon(&long_wall, view.seen(wall.lit(0.86), near_m));
    // Openings of the long wall: one column every 2.6 m; the door takes one place below.
    let mut column_m = 1.3;
    while column_m + 1.1 < length_m {
        let (from_m, to_m) = (ahead_m + column_m, ahead_m + column_m + 1.1);
        if from_m > NEAREST_M {
            for storey in 0..storeys {
                let is_door = storey == 0 && (3.0..5.0).contains(&column_m);
                let base_m = f64::from(storey) * 2.9;
                let (low_m, high_m) = if is_door {
                    (0.0, 2.1)
                } else {
                    (base_m + 0.9, base_m + 2.3)
                };
                let opening = [
                    at(inner, low_m, from_m),
                    at(inner, low_m, to_m),
                    at(inner, high_m, to_m),
                    at(inner, high_m, from_m),
                ];
                canvas.polygon(&opening, view.seen(if is_door { DOOR } else { GLASS }, from_m));
            }
        }
        column_m += 2.6;
    }
    if ahead_m < NEAREST_M {
        return;
    }
    // The end wall that faces the camera, with its gable.
    let end_colour = view.seen(wall, ahead_m);
    let end_wall = [
        at(inner, 0.0, ahead_m),
        at(outer, 0.0, ahead_m),
        at(outer, eaves_m, ahead_m),
        at(ridge, ridge_m, ahead_m),
        at(inner, eaves_m, ahead_m),
    ];
    canvas.polygon(&end_wall, end_colour);
    for storey in 0..storeys {
        let base_m = f64::from(storey) * 2.9;
        for place in [0.22, 0.62] {
            let from = inner + side * width_m * place;
            let to = from + side * 1.3;
            let (low, high) = (
                at(from.min(to), base_m + 0.9, ahead_m),
                at(from.max(to), base_m + 2.3, ahead_m),
            );
            canvas.rectangle((low.0, high.1), (high.0, low.1), view.seen(GLASS, ahead_m));
        }
    }
}

fn draw_tree(canvas: &mut Canvas, view: &View, random: &mut Random, right_m: f64, ahead_m: f64) {
    const TRUNK: Colour = Colour::rgb(92, 72, 54);
    let height_m = random.between(4.5, 8.5);
    let leaves = random.pick([
        Colour::rgb(62, 104, 52),
        Colour::rgb(84, 126, 58),
        Colour::rgb(52, 92, 60),
        Colour::rgb(112, 132, 56),
    ]);
    if ahead_m < NEAREST_M {
        return;
    }
    let scale = view.pixels_per_metre(ahead_m);
    let (x, ground) = view.place(right_m, 0.0, ahead_m);
    let crown = ground - height_m * 0.66 * scale;
    let half_trunk = 0.16 * scale;
    canvas.rectangle(
        (x - half_trunk, crown),
        (x + half_trunk, ground),
        view.seen(TRUNK, ahead_m),
    );
    let radius = height_m * 0.27 * scale;
    for (right, up, share, light) in [
        (0.0, 0.0, 1.15, 0.8),
        (-0.62, -0.3, 0.8, 0.88),
        (0.6, -0.18, 0.84, 0.94),
        (0.05, 0.62, 0.86, 1.08),
        (-0.28, 0.3, 0.6, 1.2),
    ] {
        let middle = (x + right * radius, crown - up * radius);
        canvas.ellipse(
            middle,
            radius * share,
            radius * share * 0.92,
            view.seen(leaves.lit(light), ahead_m),
        );
    }
}

fn draw_lamp(canvas: &mut Canvas, view: &View, side: f64, ahead_m: f64) {
    const POLE: Colour = Colour::rgb(78, 84, 88);
    const GLOBE: Colour = Colour::rgb(244, 238, 214);
    if ahead_m < NEAREST_M {
        return;
    }
    let scale = view.pixels_per_metre(ahead_m);
    let (x, ground) = view.place(side * (ROAD_HALF_WIDTH_M + 0.5), 0.0, ahead_m);
    let top = ground - 5.4 * scale;
    let pole = view.seen(POLE, ahead_m);
    canvas.rectangle((x - 0.06 * scale, top), (x + 0.06 * scale, ground), pole);
    let reach = x - side * 1.1 * scale;
    canvas.rectangle((x.min(reach), top), (x.max(reach), top + 0.1 * scale), pole);
    canvas.ellipse(
        (reach, top + 0.16 * scale),
        0.3 * scale,
        0.12 * scale,
        view.seen(GLOBE, ahead_m),
    );
}

fn draw_car(canvas: &mut Canvas, view: &View, random: &mut Random, side: f64, ahead_m: f64) {
    const GLASS: Colour = Colour::rgb(48, 58, 68);
    const TYRE: Colour = Colour::rgb(30, 30, 32);
    const LAMP: Colour = Colour::rgb(196, 44, 38);
    let paint = random.pick([
        Colour::rgb(178, 46, 44),
        Colour::rgb(44, 84, 142),
        Colour::rgb(210, 212, 214),
        Colour::rgb(60, 64, 70),
        Colour::rgb(226, 190, 70),
    ]);
    if ahead_m < NEAREST_M {
        return;
    }
    let inner = side * (ROAD_HALF_WIDTH_M - 1.9);
    let outer = side * (ROAD_HALF_WIDTH_M - 0.2);
    let far_m = ahead_m + 4.1;
    let body = Block {
        inner,
        outer,
        low_m: 0.28,
        high_m: 0.92,
        near_m: ahead_m,
        far_m,
    };
    let shadow = Block {
        inner: inner - side * 0.15,
        low_m: 0.0,
        high_m: 0.0,
        ..body
    };
    canvas.polygon(&shadow.top(view), view.seen(Colour::rgb(50, 52, 56), ahead_m));
    for wheel_m in [ahead_m + 0.5, far_m - 1.0] {
        let wheel = Block {
            low_m: 0.0,
            high_m: 0.6,
            near_m: wheel_m,
            far_m: wheel_m + 0.6,
            ..body
        };
        canvas.polygon(&wheel.side(view), view.seen(TYRE, ahead_m));
    }
    let across = |from: f64, to: f64, low_m: f64, high_m: f64| Block {
        inner: inner + side * from,
        outer: inner + side * to,
        low_m,
        high_m,
        ..body
    };
    for wheel in [across(0.08, 0.32, 0.0, 0.3), across(1.38, 1.62, 0.0, 0.3)] {
        canvas.polygon(&wheel.rear(view), view.seen(TYRE, ahead_m));
    }
    body.draw(canvas, view, paint);
    for lamp in [across(0.06, 0.32, 0.62, 0.78), across(1.38, 1.64, 0.62, 0.78)] {
        canvas.polygon(&lamp.rear(view), view.seen(LAMP, ahead_m));
    }
    let cabin = Block {
        near_m: ahead_m + 0.45,
        far_m: far_m - 1.3,
        ..across(0.12, 1.58, 0.92, 1.44)
    };
    cabin.draw(canvas, view, paint.lit(0.95));
    let pane = Block {
        near_m: cabin.near_m,
        ..across(0.24, 1.46, 0.98, 1.36)
    };
    canvas.polygon(&pane.rear(view), view.seen(GLASS, ahead_m));
    for (from_m, to_m) in [(0.2, 1.05), (1.2, 2.15)] {
        let (near_m, far_m) = (cabin.near_m + from_m, cabin.near_m + to_m);
        let window = Block {
            low_m: 0.98,
            high_m: 1.36,
            near_m,
            far_m,
            ..cabin
        };
        canvas.polygon(&window.side(view), view.seen(GLASS, ahead_m));
    }
}

/// A block with its faces along the street; `inner` and `outer` are metres right of the middle.
#[derive(Debug, Clone, Copy)]
struct Block {
    inner: f64,
    outer: f64,
    low_m: f64,
    high_m: f64,
    near_m: f64,
    far_m: f64,
}

impl Block {
    fn top(&self, view: &View) -> [Corner; 4] {
        [
            view.place(self.inner, self.high_m, self.near_m),
            view.place(self.inner, self.high_m, self.far_m),
            view.place(self.outer, self.high_m, self.far_m),
            view.place(self.outer, self.high_m, self.near_m),
        ]
    }

    /// The face towards the middle of the road.
    fn side(&self, view: &View) -> [Corner; 4] {
        [
            view.place(self.inner, self.low_m, self.near_m),
            view.place(self.inner, self.low_m, self.far_m),
            view.place(self.inner, self.high_m, self.far_m),
            view.place(self.inner, self.high_m, self.near_m),
        ]
    }

    /// The face towards the camera.
    fn rear(&self, view: &View) -> [Corner; 4] {
        [
            view.place(self.inner, self.low_m, self.near_m),
            view.place(self.outer, self.low_m, self.near_m),
            view.place(self.outer, self.high_m, self.near_m),
            view.place(self.inner, self.high_m, self.near_m),
        ]
    }

    fn draw(&self, canvas: &mut Canvas, view: &View, paint: Colour) {
        canvas.polygon(&self.top(view), view.seen(paint.lit(1.12), self.near_m));
        canvas.polygon(&self.side(view), view.seen(paint.lit(0.78), self.near_m));
        canvas.polygon(&self.rear(view), view.seen(paint, self.near_m));
    }
}
