// Which tiles of the web map a view shows, and how they look in both themes.
import type { Bounds } from "./projection";

/** Width of the square map, metres of the projection (EPSG:3857). */
const WORLD_M = 2 * Math.PI * 6_378_137;
/** Pixels that a tile is drawn for. */
const TILE_PX = 256;
/** Deepest zoom level that exists; nearer by, its tiles are drawn larger. */
export const DEEPEST_ZOOM = 19;

/** One tile. */
export interface Tile {
  zoom: number;
  x: number;
  y: number;
}

/** The name of a tile. */
export const nameOf = ({ zoom, x, y }: Tile): string => `${zoom}/${x}/${y}`;

/** The zoom level whose tiles come nearest to their own size at so many pixels per metre of the projection. */
export function zoomOf(scale: number): number {
  const zoom = Math.round(Math.log2((scale * WORLD_M) / TILE_PX));
  return Math.max(0, Math.min(DEEPEST_ZOOM, zoom));
}

/** The tiles that touch a part of the plane, from its middle outwards; y goes to the south. */
export function tilesIn(view: Bounds, zoom: number): Tile[] {
  const side = 2 ** zoom;
  const at = (metres: number) => Math.floor((metres / WORLD_M + 0.5) * side);
  const least = (metres: number) => Math.max(0, at(metres));
  const most = (metres: number) => Math.min(side - 1, at(metres));
  const tiles: Tile[] = [];
  for (let y = least(view.minY); y <= most(view.maxY); y += 1) {
    for (let x = least(view.minX); x <= most(view.maxX); x += 1) tiles.push({ zoom, x, y });
  }
  const middle = (one: number, other: number) => ((one + other) / 2 / WORLD_M + 0.5) * side - 0.5;
  const [midX, midY] = [middle(view.minX, view.maxX), middle(view.minY, view.maxY)];
  const off = (tile: Tile) => Math.hypot(tile.x - midX, tile.y - midY);
  return tiles.sort((one, other) => off(one) - off(other));
}

/** Where a tile lies, metres of the projection. */
export function boundsOfTile({ zoom, x, y }: Tile): Bounds {
  const metres = (at: number) => (at / 2 ** zoom - 0.5) * WORLD_M;
  return { minX: metres(x), minY: metres(y), maxX: metres(x + 1), maxY: metres(y + 1) };
}

/** The tile `levels` above, and which part of it a tile covers: from where and how wide, parts of its side. */
export function above(
  { zoom, x, y }: Tile,
  levels: number,
): { tile: Tile; x: number; y: number; part: number } {
  const many = 2 ** levels;
  const tile = { zoom: zoom - levels, x: Math.floor(x / many), y: Math.floor(y / many) };
  return { tile, x: (x % many) / many, y: (y % many) / many, part: 1 / many };
}

/** How much of the ground lies over the streets, so that tracks stand out from them. */
const VEIL = { light: 0.3, dark: 0.15 } as const;

/**
 * A tile as the theme wants it, drawn once: light, a little paler; dark, with the brightness turned round and every colour
 * still the one it was, so that water stays blue.
 */
export function toned(image: CanvasImageSource, dark: boolean, ground: string): HTMLCanvasElement | null {
  const canvas = document.createElement("canvas");
  canvas.width = TILE_PX;
  canvas.height = TILE_PX;
  const c = canvas.getContext("2d", { willReadFrequently: true });
  if (!c) return null;
  const draw = (how: GlobalCompositeOperation) => {
    c.globalCompositeOperation = how;
    c.drawImage(image, 0, 0, TILE_PX, TILE_PX);
  };
  if (dark) {
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, TILE_PX, TILE_PX);
    draw("difference");
    draw("color");
  } else draw("source-over");
  c.globalCompositeOperation = "source-over";
  c.globalAlpha = VEIL[dark ? "dark" : "light"];
  c.fillStyle = ground;
  c.fillRect(0, 0, TILE_PX, TILE_PX);
  return canvas;
}
