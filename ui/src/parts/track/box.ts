// An area between two places of the map, in degrees.
import { unproject } from "./projection";

/** Sides of an area, degrees. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Digits behind the point of a degree that are kept: about a metre. */
const DIGITS = 1e5;
/** An area smaller than this was a click, degrees. */
const LEAST_DEG = 1e-4;
const round = (deg: number) => Math.round(deg * DIGITS) / DIGITS;
const within = (deg: number, limit: number) => Math.max(-limit, Math.min(limit, deg));

/** The area between two places, metres of the projection; null where it is no more than a click. */
export function boxOf(one: readonly [number, number], other: readonly [number, number]): Box | null {
  const [latA, lonA] = unproject(...one);
  const [latB, lonB] = unproject(...other);
  const box = {
    west: round(within(Math.min(lonA, lonB), 180)),
    south: round(within(Math.min(latA, latB), 90)),
    east: round(within(Math.max(lonA, lonB), 180)),
    north: round(within(Math.max(latA, latB), 90)),
  };
  return box.east - box.west < LEAST_DEG || box.north - box.south < LEAST_DEG ? null : box;
}

/** The area around places (latitude, longitude, degrees) with some room; null around none. */
export function boxAround(places: readonly (readonly [number, number])[], roomDeg = 0.01): Box | null {
  if (places.length === 0) return null;
  const lats = places.map(([lat]) => lat);
  const lons = places.map(([, lon]) => lon);
  return {
    west: round(within(Math.min(...lons) - roomDeg, 180)),
    south: round(within(Math.min(...lats) - roomDeg, 90)),
    east: round(within(Math.max(...lons) + roomDeg, 180)),
    north: round(within(Math.max(...lats) + roomDeg, 90)),
  };
}
