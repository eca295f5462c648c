// A move in the queue names the upload that comes next.
import { expect, test } from "vitest";
import { upload } from "../platform/scenes/build";
import { byPlace, canMove, indexAt, nextAfterMove } from "./queue-order";

test("the queue stands in the order in which it starts", () => {
  const rows = [upload(1, { place: 9 }), upload(2, { place: 3 }), upload(3, { place: 3 })];
  expect(byPlace(rows).map((row) => row.uploadId)).toEqual([2, 3, 1]);
});

test.each([
  ["one down", 1, 1, 3],
  ["to the end", 1, 3, null],
  ["to the front", 4, 0, 1],
  ["one up", 3, 1, 2],
  ["nowhere", 2, 1, undefined],
  ["beyond the front", 1, -1, undefined],
  ["beyond the end", 4, 4, undefined],
  ["of one that is gone", 9, 0, undefined],
])("a move %s", (_, uploadId, to, next) => {
  expect(nextAfterMove([1, 2, 3, 4], uploadId, to)).toBe(next);
});

test("what is dropped between two rows stands between them", () => {
  expect([indexAt([50, 150, 250], 20), indexAt([50, 150, 250], 160), indexAt([50, 150, 250], 999)]).toEqual([
    0, 2, 3,
  ]);
});

test("what Mapillary has already does not move", () => {
  expect(
    ["queued", "sending", "processing", "published", "finishing"].map((state) =>
      canMove(upload(1, { state: state as "queued" })),
    ),
  ).toEqual([true, true, false, false, false]);
});
