// The track view's arithmetic: fit, zoom, hit, scale.
import { expect, test } from "vitest";
import type { VideoRow } from "../../wire.gen";
import { plan, sequence } from "../../platform/scenes/build";
import { day, VIDEOS } from "../../platform/scenes/journey";
import { boundsOf, modelOf, nearest, lassoed, inside, placeOf, FATE } from "./model";
import { panned, wheeled } from "./look";
import { pxPerMetre } from "./paint";
import { gridStep, outlineStrength, paintGround, type Ink } from "./paint-ground";
import { covers, placeOf as platePlace } from "./plate";
import { fit, MAX_SCALE, project, roundDown, seen, unproject, zoomAt } from "./projection";
import { worldInSteps } from "./world";

const model = modelOf(plan([sequence(0, 0, 200), sequence(1, 500, 100)]).sequences);

test("all points are inside the fitted view", () => {
  const camera = fit(model.bounds!, 600, 400, 40);
  for (let at = 0; at < model.count; at += 1) {
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

test("a position and its place on the plane are the same thing", () => {
  for (const [lat, lon] of [
    [48.2, 16.37],
    [-33.9, 151.2],
    [0, -179.5],
    [84.9, 0],
  ] as const) {
    const [backLat, backLon] = unproject(...project(lat, lon));
    expect([backLat, backLon].map((value) => value.toFixed(9))).toEqual([lat.toFixed(9), lon.toFixed(9)]);
  }
});

test("the blocks hold every point once, and the nearest is the same as by looking at all", () => {
  const held = model.blocks.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, at) => from + at),
  );
  expect(held).toEqual(Array.from({ length: model.count }, (_, at) => at));
  for (let number = 0; number < 60; number += 1) {
    const camera = { x: Math.sin(number * 7) * 900, y: Math.cos(number * 3) * 900, scale: 0.5 };
    let [best, least] = [-1, 60 / camera.scale];
    for (let at = 0; at < model.count; at += 1) {
      const off = Math.hypot(model.x[at]! - camera.x, model.y[at]! - camera.y);
      if (off <= least) [least, best] = [off, at];
    }
    expect(nearest(model, camera, 0, 0, 60)).toBe(best);
  }
});

test("a lasso takes the photos inside it, whatever its shape, and no video", () => {
  const mixed = modelOf([sequence(0, 0, 500)], VIDEOS);
  const { minX, minY, maxX, maxY } = mixed.bounds!;
  expect(
    lassoed(mixed, [minX - 1, minY - 1, maxX + 1, minY - 1, maxX + 1, maxY + 1, minX - 1, maxY + 1]).length,
  ).toBe(500);
  const some = lassoed(mixed, [
    mixed.x[0]! - 30,
    mixed.y[0]! - 30,
    mixed.x[0]! + 30,
    mixed.y[0]! - 30,
    mixed.x[0]!,
    mixed.y[0]! + 30,
  ]);
  expect(some.length).toBeGreaterThan(0);
  expect(some).toContain(0);
  expect(some.length).toBeLessThan(60);
  // A horseshoe: what lies between its arms is outside.
  const horseshoe = [0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10];
  expect([inside(horseshoe, 1, 5), inside(horseshoe, 5, 5), inside(horseshoe, 8, 9)]).toEqual([
    true,
    false,
    true,
  ]);
});

test("what stays at home is told apart by who wanted it, and a finding stands where its file was taken", () => {
  const [row] = day().sequences;
  const points = row!.points.map((point, at) => ({
    ...point,
    excluded: at < 3,
    leftOutBy:
      at === 0
        ? ("person" as const)
        : at === 1
          ? ("privacy_zone" as const)
          : at === 2
            ? ("trim" as const)
            : null,
  }));
  const marked = modelOf([{ ...row!, points }], [], day().findings);
  expect([...marked.fate.slice(0, 4)]).toEqual([FATE.person, FATE.privacy_zone, FATE.trim, FATE.sent]);
  expect(marked.troubles.length).toBe(12 + 2);
});

test("the graticule keeps its lines apart at every scale", () => {
  for (let scale = 1.2e-5; scale < MAX_SCALE; scale *= 3) {
    const step = gridStep({ x: 0, y: 0, scale }, 0, 0);
    const px = project(0, step)[0] * scale;
    if (step < 30 && step > 1e-4) expect(px).toBeGreaterThanOrEqual(109);
    expect(px).toBeLessThan(step > 1e-4 ? 400 : Infinity);
  }
});

test("no degree is written where buttons stand along the upper edge, and the others stay", () => {
  const words: number[] = [];
  const c = {
    fillRect: () => undefined,
    beginPath: () => undefined,
    moveTo: () => undefined,
    lineTo: () => undefined,
    stroke: () => undefined,
    fillText: (text: string, x: number) => (text.endsWith("E") ? words.push(x) : 0),
  } as unknown as CanvasRenderingContext2D;
  const [x, y] = project(48.2, 16.37);
  const sheet = {
    c,
    width: 800,
    height: 400,
    camera: { x: 0, y: 0, scale: 0.1 },
    originX: x,
    originY: y,
    ink: {} as Ink,
  };
  paintGround(sheet);
  const all = words.splice(0);
  paintGround(sheet, { from: 500, to: 800 });
  expect(words).toEqual(all.filter((px) => px < 470));
  expect(words.length).toBeGreaterThan(0);
  expect(words.length).toBeLessThan(all.length);
});

test("outlines fade where they would be too coarse to be true", () => {
  expect([outlineStrength(1e-4), outlineStrength(0.006), outlineStrength(1)]).toEqual([1, 1, 0]);
  expect(outlineStrength(0.03)).toBeGreaterThan(0);
});

test("the world is unpacked as it was packed: Vienna is where it is, and coasts stay on the map", () => {
  const steps = worldInSteps();
  let step = steps.next();
  while (!step.done) step = steps.next();
  const world = step.value;
  const vienna = world.places.find((place) => place.text === "Vienna")!;
  const [lat, lon] = unproject(vienna.x, vienna.y);
  expect(Math.abs(lat - 48.2)).toBeLessThan(0.02);
  expect(Math.abs(lon - 16.36)).toBeLessThan(0.02);
  expect(world.places.length).toBe(243);
  expect(world.places.some((place) => place.text === "São Paulo")).toBe(true);
  expect(world.coast.length).toBeGreaterThan(1000);
  const [edge] = project(0, 180.01);
  const strays = [...world.coast, ...world.borders].filter(({ xy }) =>
    xy.some((value, at) => !Number.isFinite(value) || (at % 2 === 0 && Math.abs(value) > edge)),
  );
  expect(strays).toEqual([]);
  // A line across the whole map would be one that goes around the back of the earth.
  const across = [...world.coast, ...world.borders].filter(({ xy }) =>
    xy.some((value, at) => at % 2 === 0 && at > 1 && Math.abs(value - xy[at - 2]!) > edge),
  );
  expect(across).toEqual([]);
});

test("what a camera sees ends at the edges of the canvas", () => {
  expect(seen({ x: 5, y: 5, scale: 2 }, 100, 40)).toEqual({ minX: -20, maxX: 30, minY: -5, maxY: 15 });
});

test("a painted picture is moved and stretched so that every place stays where the camera sees it", () => {
  const painted = { x: 100, y: -40, scale: 0.5 };
  const camera = { x: 130, y: -44, scale: 0.8 };
  const { x, y, scale } = platePlace(painted, camera);
  // A place 60 m east and 20 m south of the painted middle.
  const [seenX, seenY] = [(160 - camera.x) * camera.scale, (-20 - camera.y) * camera.scale];
  expect([30 * scale + x, 10 * scale + y]).toEqual(
    [seenX, seenY].map((value): unknown => expect.closeTo(value)),
  );
});

test("a picture is painted anew when the view leaves what was painted beyond its edges", () => {
  const painted = { x: 0, y: 0, scale: 2 };
  expect(covers(painted, { ...painted, x: 79 }, 600, 400)).toBe(true);
  expect(covers(painted, { ...painted, x: 81 }, 600, 400)).toBe(false);
  expect(covers(painted, { ...painted, y: -81 }, 600, 400)).toBe(false);
  expect(covers(painted, { ...painted, scale: 1.1 }, 600, 400)).toBe(false);
});

test("a photo is found among the points of its own sequence, after an edit too", () => {
  const [one, two] = plan([sequence(0, 0, 200), sequence(1, 500, 100)]).sequences;
  const before = modelOf([one!, two!]);
  expect([placeOf(before, 0), placeOf(before, 500), placeOf(before, 9999)]).toEqual([0, 200, -1]);
  const after = modelOf([
    { ...one!, points: one!.points.slice(50) },
    { ...two!, excluded: true },
  ]);
  expect([placeOf(after, 0), placeOf(after, 500)]).toEqual([-1, 150]);
  expect(after.fate[150]).toBe(FATE.person);
  expect(modelOf([two!]).fate[0]).toBe(FATE.sent);
});

test("each position of a video has the heading of its way, and no photo's heading is touched", () => {
  const [video] = VIDEOS;
  const track: VideoRow["track"] = [
    [48, 16, 0, null],
    [48.001, 16, 1000, null],
    [48.001, 16.001, 2000, null],
  ];
  const mixed = modelOf([sequence(0, 0, 5)], [{ ...video!, track }]);
  const [first, , last] = mixed.heading.subarray(5);
  expect(first).toBeCloseTo(0);
  expect(last).toBeCloseTo(90);
  expect(mixed.heading[3]).toBeCloseTo(sequence(0, 0, 5).points[3]!.headingDeg!, 3);
});

test("arrows move the view by the same way on the screen at every scale, other keys do not", () => {
  const camera = { x: 100, y: 50, scale: 2 };
  expect(panned(camera, "ArrowRight", 80)).toEqual({ x: 140, y: 50, scale: 2 });
  expect(panned(camera, "ArrowUp", 80)).toEqual({ x: 100, y: 10, scale: 2 });
  expect(panned(camera, "a", 80)).toBeNull();
});

test("a turn of the wheel zooms where the pointer is, and a pinch faster", () => {
  const camera = { x: 0, y: 0, scale: 1 };
  const turn = (more: object) =>
    wheeled(camera, { deltaY: -100, deltaMode: 0, ...more } as WheelEvent, 10, 0);
  expect(turn({}).scale).toBeGreaterThan(1);
  expect(turn({ ctrlKey: true }).scale).toBeGreaterThan(turn({}).scale);
  // The place under the pointer stays where it is.
  const next = turn({});
  expect((10 - 0) / 1 + 0).toBeCloseTo(next.x + 10 / next.scale);
});
