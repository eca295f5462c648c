import { expect, test } from "vitest";
import { partOf, topFor } from "./virtual";

test("only what is seen is drawn, with a few rows beyond each edge", () => {
  expect(partOf(2000, 50, 0, 500, 6)).toEqual({ first: 0, last: 16, shift: 0, total: 100_000 });
  expect(partOf(2000, 50, 5000, 500, 6)).toEqual({ first: 94, last: 116, shift: 4700, total: 100_000 });
  expect(partOf(0, 50, 0, 500, 6)).toEqual({ first: 0, last: 0, shift: 0, total: 0 });
});

test("a list that is taller than engines can count still reaches its last row", () => {
  const count = 1_000_000;
  const end = partOf(count, 50, 8_000_000 - 500, 500, 6);
  expect(end.total).toBe(8_000_000);
  expect(end.last).toBe(count);
  expect(end.first).toBeGreaterThan(count - 30);
});

test("a row that is out of sight is scrolled to, one that is seen is left where it is", () => {
  expect(topFor(3, 2000, 50, 0, 500)).toBe(0);
  expect(topFor(20, 2000, 50, 0, 500)).toBe(21 * 50 - 500);
  expect(topFor(2, 2000, 50, 500, 500)).toBe(100);
  const count = 1_000_000;
  const top = topFor(count - 1, count, 50, 0, 500);
  expect(partOf(count, 50, top, 500, 0).last).toBe(count);
});
