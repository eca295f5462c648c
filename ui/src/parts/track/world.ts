// Coastlines, borders and names for orientation, made with Natural Earth; unpacked in steps when first drawn.
import { include, nowhere, project, type Bounds } from "./projection";
import { BORDERS, COAST, COUNTRIES, PLACES } from "./world.gen";

/** Steps of a degree in the packed numbers. */
const STEPS = 100;

/** A line of the map, metres of the projection, with the rectangle around it. */
export interface Outline {
  xy: Float64Array;
  bounds: Bounds;
}

/** A name and where it stands. */
export interface Name {
  text: string;
  x: number;
  y: number;
}

/** All of it. Names stand in order of importance. */
export interface World {
  coast: Outline[];
  borders: Outline[];
  countries: Name[];
  places: Name[];
}

/** Lines unpacked in one step. */
const LINES = 8;

/** Undoes the packing of scripts/natural-earth.js. */
function* unpack(base64: string): Generator<void, Outline[]> {
  const bytes = atob(base64);
  let next = 0;
  const take = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes.charCodeAt(next);
      next += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value & 1 ? -((value + 1) >> 1) : value >> 1;
      shift += 7;
    }
  };
  const lines: Outline[] = [];
  let [lon, lat] = [0, 0];
  while (next < bytes.length) {
    const count = take();
    const line: Outline = { xy: new Float64Array(count * 2), bounds: nowhere() };
    for (let at = 0; at < count; at += 1) {
      [lon, lat] = [lon + take(), lat + take()];
      const [x, y] = project(lat / STEPS, lon / STEPS);
      [line.xy[at * 2], line.xy[at * 2 + 1]] = [x, y];
      include(line.bounds, x, y);
    }
    lines.push(line);
    if (lines.length % LINES === 0) yield;
  }
  return lines;
}

function names(text: string): Name[] {
  return text.split("\n").map((row) => {
    const [name = "", lat, lon] = row.split("|");
    const [x, y] = project(Number(lat) / STEPS, Number(lon) / STEPS);
    return { text: name, x, y };
  });
}

let world: World | null = null;
let unpacking: Generator<void, World> | null = null;

function* unpackWorld(): Generator<void, World> {
  const coast = yield* unpack(COAST);
  const borders = yield* unpack(BORDERS);
  return { coast, borders, countries: names(COUNTRIES), places: names(PLACES) };
}

/** The map of the world, in steps; unpacked once for all who ask. */
export function* worldInSteps(): Generator<void, World> {
  while (!world) {
    unpacking ??= unpackWorld();
    const step = unpacking.next();
    if (step.done) [world, unpacking] = [step.value, null];
    else yield;
  }
  return world;
}
