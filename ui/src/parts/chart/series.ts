// The numbers behind the chart: altitude, speed and interval of each photo, and where they stand on the paper.
import type { PointRow, VideoRow } from "../../wire.gen";

/** What the chart has to know of a photo, or of a position on a video's way. */
export type ChartPoint = Pick<
  PointRow,
  "photoId" | "latDeg" | "lonDeg" | "altitudeM" | "capturedAtMs" | "excluded"
>;

/** The way of a video for the chart; a point's number on the way takes the place of a photo's. */
export function wayPoints(video: VideoRow): ChartPoint[] {
  // In a time-lapse more time goes by in the world than in the video.
  const factor = video.timeLapseFactor ?? 1;
  return video.track.map(([latDeg, lonDeg, timeMs, altitudeM], at) => ({
    photoId: at,
    latDeg,
    lonDeg,
    altitudeM,
    capturedAtMs: (video.startedAtMs ?? 0) + timeMs * factor,
    excluded: video.excluded,
  }));
}

/** What the chart can show. */
export const SERIES = ["altitude", "speed", "interval"] as const;
/** One of them: metres, metres per second, seconds. */
export type Series = (typeof SERIES)[number];

const EARTH_M = 6_371_009;
const RAD = Math.PI / 180;

/** Distance between two photos, metres. */
export function distanceM(one: ChartPoint, other: ChartPoint): number {
  const dLat = (other.latDeg - one.latDeg) * RAD;
  const dLon = (other.lonDeg - one.lonDeg) * RAD;
  const half =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(one.latDeg * RAD) * Math.cos(other.latDeg * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** One value for each photo, NaN where unknown. Speed and interval are those since the one before. */
export function valuesOf(points: readonly ChartPoint[], series: Series): Float64Array {
  const values = new Float64Array(points.length).fill(NaN);
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (series === "altitude") values[at] = point.altitudeM ?? NaN;
    else if (before) {
      const seconds = (point.capturedAtMs - before.capturedAtMs) / 1000;
      if (series === "interval") values[at] = seconds;
      else if (seconds > 0) values[at] = distanceM(before, point) / seconds;
    }
  });
  return values;
}

/** Least and greatest value; a flat line gets room around it. Null where nothing is known. */
export function extentOf(values: Float64Array): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high < low) return null;
  return high - low < 1e-9 ? [low - 0.5, high + 0.5] : [low, high];
}

/** Where the photo with this number stands, pixels from the left. */
export function xOf(index: number, count: number, width: number): number {
  return count <= 1 ? width / 2 : (index / (count - 1)) * width;
}

/** The photo at this place, pixels from the left. */
export function indexAt(x: number, count: number, width: number): number {
  if (count <= 1 || width <= 0) return 0;
  return Math.max(0, Math.min(count - 1, Math.round((x / width) * (count - 1))));
}

/** Least and greatest value in each column of pixels, so that no peak is lost however many photos share one. */
export function columnsOf(values: Float64Array, width: number): { x: number; low: number; high: number }[] {
  const columns: { x: number; low: number; high: number }[] = [];
  let last = -1;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    const x = Math.round(xOf(at, values.length, width));
    const column = columns.at(-1);
    if (column && x === last) {
      column.low = Math.min(column.low, value);
      column.high = Math.max(column.high, value);
    } else columns.push({ x, low: value, high: value });
    last = x;
  }
  return columns;
}
