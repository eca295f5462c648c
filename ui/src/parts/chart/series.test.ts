// The chart's arithmetic: values of each photo, columns, cursor.
import { expect, test } from "vitest";
import { sequence } from "../../platform/scenes/build";
import { VIDEOS } from "../../platform/scenes/journey";
import { columnsOf, distanceM, extentOf, indexAt, valuesOf, wayPoints, xOf } from "./series";

const { points } = sequence(0, 0, 300);

test("speed and interval are those since the photo before; the first has none", () => {
  const [speed, interval] = [valuesOf(points, "speed"), valuesOf(points, "interval")];
  expect([speed[0], interval[0]]).toEqual([NaN, NaN]);
  expect(interval[5]).toBe(2);
  expect(speed[5]).toBeCloseTo(distanceM(points[4]!, points[5]!) / 2);
});

test("two photos of one moment have no speed", () => {
  const twice = [points[0]!, { ...points[1]!, capturedAtMs: points[0]!.capturedAtMs }];
  expect(valuesOf(twice, "speed")[1]).toBeNaN();
});

test("a degree of latitude is 111 km", () => {
  const north = { ...points[0]!, latDeg: points[0]!.latDeg + 1 };
  expect(distanceM(points[0]!, north)).toBeCloseTo(111_195, -2);
});

test("what is unknown stays out, and a flat line has room", () => {
  const unknown = points.map((point) => ({ ...point, altitudeM: null }));
  expect(extentOf(valuesOf(unknown, "altitude"))).toBeNull();
  expect(extentOf(new Float64Array([NaN, 4, 4]))).toEqual([3.5, 4.5]);
  expect(columnsOf(valuesOf(unknown, "altitude"), 100)).toEqual([]);
});

test("no peak is lost when many photos share a column", () => {
  const values = new Float64Array(10_000).fill(1);
  values[7777] = 90;
  const columns = columnsOf(values, 300);
  expect(columns.length).toBeLessThanOrEqual(301);
  expect(Math.max(...columns.map((column) => column.high))).toBe(90);
});

test("the place of a photo and the photo at a place agree", () => {
  for (const at of [0, 1, 150, 299]) expect(indexAt(xOf(at, 300, 640), 300, 640)).toBe(at);
  expect([indexAt(-50, 300, 640), indexAt(9999, 300, 640), indexAt(10, 1, 640)]).toEqual([0, 299, 0]);
});

test("a video's way has altitude, and its speed is that in the world, also in a time-lapse", () => {
  const track: [number, number, number, number | null][] = [
    [48, 16, 0, 180],
    [48.001, 16, 1000, null],
    [48.002, 16, 2000, 182],
  ];
  const video = { ...VIDEOS[0]!, track, timeLapseFactor: null };
  const plain = wayPoints(video);
  expect([...valuesOf(plain, "altitude")]).toEqual([180, NaN, 182]);
  const speed = valuesOf(plain, "speed")[2]!;
  expect(speed).toBeCloseTo(111.2, 1);
  expect(valuesOf(wayPoints({ ...video, timeLapseFactor: 10 }), "speed")[2]).toBeCloseTo(speed / 10);
  expect(plain.map((point) => point.photoId)).toEqual([0, 1, 2]);
});
