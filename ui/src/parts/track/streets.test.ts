// Tile arithmetic: what is seen is covered once, by tiles that exist, at about their own size.
import { expect, test } from "vitest";
import { MAX_SCALE, MIN_SCALE, project, seen, type Bounds } from "./projection";
import { above, boundsOfTile, DEEPEST_ZOOM, nameOf, tilesIn, zoomOf } from "./streets";

const at = (lat: number, lon: number, scale: number, width = 900, height = 600): Bounds => {
  const [x, y] = project(lat, lon);
  return seen({ x, y, scale }, width, height);
};

test("a place lies in the tile that OpenStreetMap names for it", () => {
  // From the formula of the OSM wiki: Stephansplatz, Vienna.
  const [x, y] = project(48.2085, 16.3731);
  const point = { minX: x, maxX: x, minY: y, maxY: y };
  expect(tilesIn(point, 16)).toEqual([{ zoom: 16, x: 35_748, y: 22_724 }]);
  expect(tilesIn(point, 0)).toEqual([{ zoom: 0, x: 0, y: 0 }]);
  const { minX, maxX, minY, maxY } = boundsOfTile({ zoom: 16, x: 35_748, y: 22_724 });
  expect(x >= minX && x < maxX && y >= minY && y < maxY).toBe(true);
});

test("tiles are drawn at about their own size, and zoom stays where tiles exist", () => {
  for (let scale = MIN_SCALE; scale < MAX_SCALE; scale *= 1.13) {
    const zoom = zoomOf(scale);
    const { minX, maxX } = boundsOfTile({ zoom, x: 0, y: 0 });
    const px = (maxX - minX) * scale;
    if (zoom > 0 && zoom < DEEPEST_ZOOM) {
      expect(px).toBeGreaterThan(256 / Math.SQRT2 - 1);
      expect(px).toBeLessThan(256 * Math.SQRT2 + 1);
    }
  }
  expect([zoomOf(1e-9), zoomOf(1e9)]).toEqual([0, DEEPEST_ZOOM]);
});

test("a view is covered once, from the middle outwards, and no tile outside the world is named", () => {
  for (const [lat, lon, scale] of [
    [48.2, 16.37, 0.4],
    [84.9, 179.9, 0.01],
    [-84.9, -179.9, 3],
    [0, 0, MIN_SCALE],
  ] as const) {
    const view = at(lat, lon, scale);
    const zoom = zoomOf(scale);
    const tiles = tilesIn(view, zoom);
    expect(new Set(tiles.map(nameOf)).size).toBe(tiles.length);
    expect(tiles.length).toBeGreaterThan(0);
    // No more than a view of this size can hold.
    expect(tiles.length).toBeLessThanOrEqual(7 * 6);
    for (const { x, y } of tiles) {
      expect(x >= 0 && x < 2 ** zoom && y >= 0 && y < 2 ** zoom).toBe(true);
    }
    const all = tiles.map(boundsOfTile);
    const world = boundsOfTile({ zoom: 0, x: 0, y: 0 });
    expect(Math.min(...all.map((one) => one.minX))).toBeLessThanOrEqual(Math.max(view.minX, world.minX));
    expect(Math.max(...all.map((one) => one.maxY))).toBeGreaterThanOrEqual(Math.min(view.maxY, world.maxY));
  }
  const [first] = tilesIn(at(48.2, 16.37, 0.4), zoomOf(0.4));
  const { minX, maxX, minY, maxY } = boundsOfTile(first!);
  const [x, y] = project(48.2, 16.37);
  expect(x >= minX && x <= maxX && y >= minY && y <= maxY).toBe(true);
});

test("a wider tile stands in with the part that belongs there", () => {
  expect(above({ zoom: 3, x: 5, y: 6 }, 0)).toEqual({ tile: { zoom: 3, x: 5, y: 6 }, x: 0, y: 0, part: 1 });
  expect(above({ zoom: 3, x: 5, y: 6 }, 2)).toEqual({
    tile: { zoom: 1, x: 1, y: 1 },
    x: 0.25,
    y: 0.5,
    part: 0.25,
  });
});
