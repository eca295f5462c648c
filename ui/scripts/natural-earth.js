// Packs coastlines, borders and place names of Natural Earth (public domain) into src/parts/track/world.gen.ts.
//
//   npm pack world-atlas@2.0.2                      Natural Earth 4.1.0 at 1:50m, as TopoJSON; unpack it
//   pip download --no-deps geopandas==0.14.4        holds Natural Earth's 1:110m populated places; unzip it
//   node scripts/natural-earth.js <world-atlas> <geopandas/datasets/naturalearth_cities>
//
// A line that one country has is coast, a line that two have is a border. Numbers are hundredths of a degree, each the
// difference to the one before, zigzag, as varints, in base64: the window's CSP forbids to fetch a file of its own.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [atlas, cities] = process.argv.slice(2);
if (!atlas || !cities) throw new Error("usage: natural-earth.js <world-atlas> <naturalearth_cities>");
/** Steps of a degree that are kept: 1/100° is 1.1 km, and the source is drawn for 1:50 million. */
const STEPS = 100;
/** Lines that leave out less than this are thought straight, steps. */
const TOLERANCE = 0.7;
/** Country names stand on parts larger than this, square degrees. */
const NAMED_AREA = 1.2;

const topology = JSON.parse(readFileSync(join(atlas, "countries-50m.json"), "utf8"));
const { scale, translate } = topology.transform;
const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    [x, y] = [x + dx, y + dy];
    return [(x * scale[0] + translate[0]) * STEPS, (y * scale[1] + translate[1]) * STEPS];
  });
});

/** How many countries each line belongs to. */
const owners = new Map();
for (const country of topology.objects.countries.geometries) {
  const own = new Set((country.arcs ?? []).flat(3).map((number) => (number < 0 ? ~number : number)));
  for (const number of own) owners.set(number, (owners.get(number) ?? 0) + 1);
}

/** Leaves out points that the line can do without (Douglas and Peucker). */
function thinned(points) {
  const keep = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length > 0) {
    const [from, to] = open.pop();
    const [ax, ay] = points[from];
    const [dx, dy] = [points[to][0] - ax, points[to][1] - ay];
    const length = Math.hypot(dx, dy);
    let [worst, far] = [-1, TOLERANCE];
    for (let at = from + 1; at < to; at += 1) {
      const [px, py] = [points[at][0] - ax, points[at][1] - ay];
      const off = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
      if (off > far) [worst, far] = [at, off];
    }
    if (worst > 0) {
      keep.add(worst);
      open.push([from, worst], [worst, to]);
    }
  }
  return points.filter((_, at) => keep.has(at));
}

/** Lines as one base64 text: each begins with its number of points. */
function packed(lines) {
  const bytes = [];
  const put = (value) => {
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest >>>= 7;
    }
    bytes.push(rest);
  };
  let [x, y] = [0, 0];
  for (const line of lines) {
    put(line.length);
    for (const [px, py] of line) {
      put(px - x);
      put(py - y);
      [x, y] = [px, py];
    }
  }
  return Buffer.from(bytes).toString("base64");
}

const coast = [];
const borders = [];
arcs.forEach((arc, number) => {
  const whole = thinned(arc).map(([x, y]) => [Math.round(x), Math.round(y)]);
  const line = whole.filter(([x, y], at) => at === 0 || x !== whole[at - 1][0] || y !== whole[at - 1][1]);
  // The edge of the map and islands smaller than a step are no coast.
  const edge = line.every(([x, y]) => Math.abs(x) >= 180 * STEPS - 1 || y <= -90 * STEPS + 1);
  if (edge) return;
  // What leaves the map on one side comes in on the other, and no line is drawn between.
  let piece = [line[0]];
  const pieces = [piece];
  for (const point of line.slice(1)) {
    if (Math.abs(point[0] - piece.at(-1)[0]) > 180 * STEPS) pieces.push((piece = []));
    piece.push(point);
  }
  (owners.get(number) > 1 ? borders : coast).push(...pieces.filter((part) => part.length > 1));
});

/** Area and middle of a ring, square degrees and degrees. */
function middle(ring) {
  const points = ring.flatMap((number) => (number < 0 ? [...arcs[~number]].reverse() : arcs[number]));
  let [area, x, y] = [0, 0, 0];
  for (let at = 0; at + 1 < points.length; at += 1) {
    const [[ax, ay], [bx, by]] = [points[at], points[at + 1]];
    const cross = ax * by - bx * ay;
    area += cross / 2;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return { area: Math.abs(area) / STEPS ** 2, lon: x / (6 * area) / STEPS, lat: y / (6 * area) / STEPS };
}
const countries = topology.objects.countries.geometries
  .map((country) => {
    const rings = (country.type === "Polygon" ? [country.arcs] : (country.arcs ?? [])).map(([outer]) =>
      middle(outer),
    );
    const largest = rings.sort((a, b) => b.area - a.area)[0];
    return largest && { name: country.properties.name, ...largest };
  })
  .filter((country) => country && country.area > NAMED_AREA)
  .sort((a, b) => b.area - a.area);

/** Names from the dBASE table, positions from the shapefile (points: 28 bytes each after a head of 100). */
function places() {
  const table = readFileSync(join(cities, "naturalearth_cities.dbf"));
  const shapes = readFileSync(join(cities, "naturalearth_cities.shp"));
  const [count, head, size] = [table.readUInt32LE(4), table.readUInt16LE(8), table.readUInt16LE(10)];
  const rows = [];
  for (let at = 0; at < count; at += 1) {
    const name = table
      .toString("latin1", head + at * size + 1, head + (at + 1) * size)
      .split("\0")[0]
      .replace(/\s+/g, " ")
      .trim();
    const shape = 100 + at * 28 + 12;
    rows.push({ name, lon: shapes.readDoubleLE(shape), lat: shapes.readDoubleLE(shape + 8) });
  }
  return rows;
}

const row = ({ name, lat, lon }) => `${name}|${Math.round(lat * STEPS)}|${Math.round(lon * STEPS)}`;
const text = `// Made with Natural Earth (public domain) by scripts/natural-earth.js; do not edit.
// Coastlines and borders 1:50m of version 4.1.0 (world-atlas 2.0.2), populated places 1:110m of version 2.0.0.

/** Lines that one country has; see scripts/natural-earth.js for the packing. */
export const COAST =
  "${packed(coast)}";
/** Lines that two countries have. */
export const BORDERS =
  "${packed(borders)}";
/** Country names, largest first: name, latitude, longitude in hundredths of a degree. */
export const COUNTRIES =
  ${JSON.stringify(countries.map(row).join("\n"))};
/** Large towns, as above. */
export const PLACES =
  ${JSON.stringify(places().map(row).join("\n"))};
`;
writeFileSync(new URL("../src/parts/track/world.gen.ts", import.meta.url), text);
process.stdout.write(`${coast.length} coasts, ${borders.length} borders, ${Buffer.byteLength(text)} bytes\n`);
