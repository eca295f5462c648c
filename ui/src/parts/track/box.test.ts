// An area that is drawn on the map is the same in degrees.
import { expect, test } from "vitest";
import { boxAround, boxOf } from "./box";
import { project } from "./projection";

test("an area is the same from whichever corner it is drawn", () => {
  const [one, other] = [project(48.1, 16.2), project(48.3, 16.5)];
  const box = { west: 16.2, south: 48.1, east: 16.5, north: 48.3 };
  expect(boxOf(one, other)).toEqual(box);
  expect(boxOf(other, one)).toEqual(box);
  expect(boxOf([one[0], other[1]], [other[0], one[1]])).toEqual(box);
});

test("a click is no area, and none goes beyond the world", () => {
  expect(boxOf([0, 0], [2, 2])).toBeNull();
  expect(boxOf([-9e7, 0], [9e7, 1e6])).toMatchObject({ west: -180, east: 180 });
});

test("the area of sequences holds all of them with some room", () => {
  expect(boxAround([])).toBeNull();
  expect(
    boxAround([
      [48.2, 16.3],
      [47.5, 17],
    ]),
  ).toEqual({ west: 16.29, south: 47.49, east: 17.01, north: 48.21 });
});
