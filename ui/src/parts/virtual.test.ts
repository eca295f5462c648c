import { expect, test } from "vitest";
import { partOf, Slots, steadyPart, topFor } from "./virtual";

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

test("a steady part has as many rows at the ends as in the middle, at their places", () => {
  const rows = 20;
  for (const top of [0, 30, 5_000, 99_500]) {
    const part = partOf(2000, 50, top, 500, 3);
    const steady = steadyPart(part, 2000, 50, rows);
    expect(steady.last - steady.first).toBe(rows);
    expect(steady.first).toBeLessThanOrEqual(part.first);
    expect(steady.last).toBeGreaterThanOrEqual(part.last);
    // A row stands where it stood.
    expect(steady.shift - steady.first * 50).toBe(part.shift - part.first * 50);
  }
  expect(steadyPart(partOf(7, 50, 0, 500, 3), 7, 50, rows)).toMatchObject({ first: 0, last: 7 });
});

test("rows that stay keep their slots, and a leap leaves the order of all slots as it is", () => {
  const slots = new Slots();
  const taken = (first: number) => {
    const slotOf = slots.of(first, 5);
    return [0, 1, 2, 3, 4].map((at) => slotOf(first + at));
  };
  expect(taken(0)).toEqual([0, 1, 2, 3, 4]);
  expect(taken(2)).toEqual([2, 3, 4, 0, 1]);
  expect(taken(1_000)).toEqual([2, 3, 4, 0, 1]);
  expect(taken(999)).toEqual([1, 2, 3, 4, 0]);
  expect(taken(0)).toEqual([1, 2, 3, 4, 0]);
});
