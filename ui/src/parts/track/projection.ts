// Where a position stands on the canvas: Web Mercator around a local origin, so that metres stay exact.

/** Radius of the sphere of Web Mercator, metres (WGS 84, EPSG:3857). */
const RADIUS_M = 6_378_137;
/** Beyond this Web Mercator has no end, degrees. */
const MAX_LAT_DEG = 85;
const RAD = Math.PI / 180;

/** A rectangle in metres of the projection, y to the south. */
export interface Bounds {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Which part of the plane is seen: its middle, and how many pixels a metre of the projection takes. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

/** A position as metres of the projection, y to the south. */
export function project(latDeg: number, lonDeg: number): [number, number] {
  const lat = Math.max(-MAX_LAT_DEG, Math.min(MAX_LAT_DEG, latDeg));
  return [lonDeg * RAD * RADIUS_M, -Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2)) * RADIUS_M];
}

/** How many metres of the projection one true metre takes at a height of the plane. */
export function stretch(y: number): number {
  return Math.cosh(y / RADIUS_M);
}

/** Shortest and longest sight: pixels per metre of the projection. */
export const MIN_SCALE = 1.2e-5;
export const MAX_SCALE = 40;

/** A camera that sees all of `bounds` with a margin, pixels. */
export function fit(bounds: Bounds, width: number, height: number, margin: number): Camera {
  const inner = (size: number) => Math.max(1, size - 2 * margin);
  const scale = Math.min(
    inner(width) / Math.max(1e-6, bounds.maxX - bounds.minX),
    inner(height) / Math.max(1e-6, bounds.maxY - bounds.minY),
  );
  return {
    x: (bounds.minX + bounds.maxX) / 2,
    y: (bounds.minY + bounds.maxY) / 2,
    // A track of one point is shown with its surroundings, not at the end of all zoom.
    scale: Math.max(MIN_SCALE, Math.min(8, scale)),
  };
}

/** Zooms by `factor` so that the place under (px, py), pixels from the middle, stays where it is. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number): Camera {
  const scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, camera.scale * factor));
  return {
    x: camera.x + px / camera.scale - px / scale,
    y: camera.y + py / camera.scale - py / scale,
    scale,
  };
}

/** The largest 1, 2 or 5 times a power of ten that is no larger than `value`. */
export function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

/** The position behind metres of the projection, degrees. */
export function unproject(x: number, y: number): [number, number] {
  return [(2 * Math.atan(Math.exp(-y / RADIUS_M)) - Math.PI / 2) / RAD, x / RADIUS_M / RAD];
}

/** Part of the plane that a camera sees, metres of the projection. */
export function seen(camera: Camera, width: number, height: number, marginPx = 0): Bounds {
  const [w, h] = [(width / 2 + marginPx) / camera.scale, (height / 2 + marginPx) / camera.scale];
  return { minX: camera.x - w, minY: camera.y - h, maxX: camera.x + w, maxY: camera.y + h };
}

/** Whether two rectangles touch. */
export function touch(one: Bounds, other: Bounds): boolean {
  return one.minX <= other.maxX && one.maxX >= other.minX && one.minY <= other.maxY && one.maxY >= other.minY;
}

/** A rectangle that holds nothing yet. */
export function nowhere(): Bounds {
  return { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
}

/** Makes a rectangle hold a point. */
export function include(bounds: Bounds, x: number, y: number): void {
  bounds.minX = Math.min(bounds.minX, x);
  bounds.maxX = Math.max(bounds.maxX, x);
  bounds.minY = Math.min(bounds.minY, y);
  bounds.maxY = Math.max(bounds.maxY, y);
}
