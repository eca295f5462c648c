// The track view's arithmetic: fit, zoom, hit, scale.
import { expect, test } from "vitest";
import { plan, sequence } from "../../platform/scenes/build";
import { boundsOf, modelOf, nearest } from "./model";
import { pxPerMetre } from "./paint";
import { fit, MAX_SCALE, project, roundDown, zoomAt } from "./projection";

const model = modelOf(plan([sequence(0, 0, 200), sequence(1, 500, 100)]).sequences);

test("all points are inside the fitted view", () => {
  const camera = fit(model.bounds!, 600, 400, 40);
  for (let at = 0; at < model.points.length; at += 1) {
    expect(Math.abs((model.x[at]! - camera.x) * camera.scale)).toBeLessThanOrEqual(261);
    expect(Math.abs((model.y[at]! - camera.y) * camera.scale)).toBeLessThanOrEqual(161);
  }
});

test("north is up and east is right", () => {
  const [west, south] = project(48, 16);
  const [east, north] = project(48.001, 16.001);
  expect(east).toBeGreaterThan(west);
  expect(north).toBeLessThan(south);
});

test("zooming keeps the place under the pointer", () => {
  const camera = { x: 10, y: -4, scale: 2 };
  const near = zoomAt(camera, 3, 120, -60);
  expect(near.x + 120 / near.scale).toBeCloseTo(camera.x + 120 / camera.scale);
  expect(near.y - 60 / near.scale).toBeCloseTo(camera.y - 60 / camera.scale);
  expect(zoomAt(camera, 1e9, 0, 0).scale).toBe(MAX_SCALE);
});

test("the nearest point within reach is hit, and none beyond it", () => {
  const camera = { x: model.x[42]!, y: model.y[42]!, scale: 10 };
  expect(nearest(model, camera, 2, 2, 14)).toBe(42);
  expect(nearest(model, { ...camera, x: camera.x + 1e5 }, 0, 0, 14)).toBe(-1);
});

test("a sequence has its own rectangle, and one that is not there has none", () => {
  const bounds = boundsOf(model, 1);
  expect(bounds && bounds.maxX - bounds.minX).toBeGreaterThan(0);
  expect(boundsOf(model, 9)).toBeNull();
});

test("a plan without points can be drawn", () => {
  expect(modelOf([]).bounds).toBeNull();
  const single = modelOf([sequence(0, 0, 1)]);
  expect(fit(single.bounds!, 600, 400, 40).scale).toBe(8);
});

test("a metre takes more room the further north it lies, as Mercator has it", () => {
  const camera = { x: 0, y: 0, scale: 0.1 };
  expect(pxPerMetre(camera, 0)).toBeCloseTo(0.1);
  expect(pxPerMetre(camera, project(60, 0)[1])).toBeCloseTo(0.2);
  expect([roundDown(1), roundDown(4.9), roundDown(730)]).toEqual([1, 2, 500]);
});
