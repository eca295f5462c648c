// The tracks of a plan as flat arrays in blocks with rectangles around them: drawn, hit and lassoed fast at any size.
import type { FindingRow, LeftOutBy, PointRow, SequenceRow, VideoRow } from "../../wire.gen";
import { include, nowhere, project, touch, type Bounds, type Camera } from "./projection";

/** Okabe and Ito's colours for all kinds of colour vision, in the order of best contrast; on light and on dark ground. */
export const SEQUENCE_COLOURS = {
  light: ["#0072b2", "#d55e00", "#007a5a", "#b8578e", "#8a6d00", "#2f7fb0", "#14201f"],
  dark: ["#56b4e9", "#e69f00", "#1fb88a", "#d98cb6", "#f0e442", "#7fa8ff", "#e8eeef"],
} as const;
/** Shapes of the marks, so that no colour has to be told from another. */
export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "hexagon"] as const;
/** A shape of the marks. */
export type Shape = (typeof SHAPES)[number];

/** What becomes of a point. The numbers stand in `Model.fate`. */
export const FATE = { sent: 0, person: 1, privacy_zone: 2, trim: 3 } as const satisfies Record<
  LeftOutBy | "sent",
  number
>;
/** Points in a block with a rectangle of its own. */
const BLOCK = 256;

/** A piece of a line. */
export interface Block {
  line: number;
  from: number;
  to: number;
  bounds: Bounds;
  /** Whether all of it is sent, so that points may be passed over when seen from afar. */
  plain: boolean;
}

/** One sequence or video: which points it has. */
export interface Line {
  from: number;
  to: number;
  /** Number of the video; null for a sequence. */
  videoId: number | null;
  /** Mean step between neighbours, metres of the projection. */
  step: number;
  excluded: boolean;
}

/** A file that a check speaks of, where it stands. */
export interface Trouble {
  x: number;
  y: number;
  refused: boolean;
  /** Code of the check. */
  code: string;
  fileName: string;
  message: string;
}

/** All points of a plan. Positions are metres from the model's origin. */
export interface Model {
  count: number;
  x: Float64Array;
  y: Float64Array;
  photoId: Float64Array;
  /** Degrees, NaN where unknown. */
  heading: Float32Array;
  /** See `FATE`. */
  fate: Uint8Array;
  /** Number of the line of each point. */
  lineOf: Uint16Array;
  lines: Line[];
  blocks: Block[];
  troubles: Trouble[];
  originX: number;
  originY: number;
  bounds: Bounds | null;
  /** Where each photo of each sequence stands in it, by line. */
  places: ReadonlyMap<number, number>[];
}

/** Where a photo stands among the points; -1 where it is none of them. */
export function placeOf(model: Model, photoId: number): number {
  for (const [line, places] of model.places.entries()) {
    const at = places.get(photoId);
    if (at !== undefined) return at + (model.lines[line]?.from ?? 0);
  }
  return -1;
}

/** The photos of a sequence as arrays: reckoned once for each list, so that an edit reckons only what it changed. */
interface Piece {
  /** Metres of the projection. */
  x: Float64Array;
  y: Float64Array;
  photoId: Float64Array;
  heading: Float32Array;
  fate: Uint8Array;
  places: Map<number, number>;
}
const PIECES = new WeakMap<readonly PointRow[], Piece>();

function pieceOf(points: readonly PointRow[]): Piece {
  const known = PIECES.get(points);
  if (known) return known;
  const count = points.length;
  const piece: Piece = {
    x: new Float64Array(count),
    y: new Float64Array(count),
    photoId: new Float64Array(count),
    heading: new Float32Array(count),
    fate: new Uint8Array(count),
    places: new Map(),
  };
  for (const [at, point] of points.entries()) {
    const [x, y] = project(point.latDeg, point.lonDeg);
    piece.x[at] = x;
    piece.y[at] = y;
    piece.photoId[at] = point.photoId;
    piece.heading[at] = point.headingDeg ?? NaN;
    piece.fate[at] = point.leftOutBy ? FATE[point.leftOutBy] : point.excluded ? FATE.person : FATE.sent;
    piece.places.set(point.photoId, at);
  }
  PIECES.set(points, piece);
  return piece;
}

/** Makes the model of a plan. */
export function modelOf(
  sequences: readonly SequenceRow[],
  videos: readonly VideoRow[] = [],
  findings: readonly FindingRow[] = [],
): Model {
  const count =
    sequences.reduce((sum, row) => sum + row.points.length, 0) +
    videos.reduce((sum, row) => sum + row.track.length, 0);
  const first = sequences.find((row) => row.points.length > 0)?.points[0];
  const start = videos.find((row) => row.track.length > 0)?.track[0];
  const [originX, originY] = first
    ? project(first.latDeg, first.lonDeg)
    : start
      ? project(start[0], start[1])
      : [0, 0];
  const model: Model = {
    count,
    x: new Float64Array(count),
    y: new Float64Array(count),
    photoId: new Float64Array(count),
    heading: new Float32Array(count),
    fate: new Uint8Array(count),
    lineOf: new Uint16Array(count),
    lines: [],
    blocks: [],
    troubles: [],
    originX,
    originY,
    bounds: null,
    places: [],
  };
  let at = 0;
  for (const row of sequences) {
    const from = at;
    const piece = pieceOf(row.points);
    model.photoId.set(piece.photoId, from);
    model.heading.set(piece.heading, from);
    model.fate.set(piece.fate, from);
    model.lineOf.fill(model.lines.length, from, from + row.points.length);
    model.places.push(piece.places);
    for (let point = 0; point < row.points.length; point += 1, at += 1) {
      model.x[at] = piece.x[point]! - originX;
      model.y[at] = piece.y[point]! - originY;
      if (row.excluded && model.fate[at] === FATE.sent) model.fate[at] = FATE.person;
    }
    close(model, from, at, null, row.excluded);
  }
  for (const row of videos) {
    const from = at;
    model.heading.fill(NaN, from, from + row.track.length);
    model.fate.fill(row.excluded ? FATE.person : FATE.sent, from, from + row.track.length);
    model.lineOf.fill(model.lines.length, from, from + row.track.length);
    for (const [latDeg, lonDeg] of row.track) {
      const [x, y] = project(latDeg, lonDeg);
      model.x[at] = x - originX;
      model.y[at] = y - originY;
      at += 1;
    }
    // A camera looks where it goes, as far as the track tells.
    for (let point = from; point < at; point += 1) {
      const [one, other] = [Math.max(from, point - 1), Math.min(at - 1, point + 1)];
      const [dx, dy] = [model.x[other]! - model.x[one]!, model.y[other]! - model.y[one]!];
      if (dx !== 0 || dy !== 0) model.heading[point] = ((Math.atan2(dx, -dy) * 180) / Math.PI + 360) % 360;
    }
    close(model, from, at, row.videoId, row.excluded);
  }
  for (const finding of findings) {
    for (const file of finding.files) {
      if (file.latDeg === null || file.lonDeg === null) continue;
      const [x, y] = project(file.latDeg, file.lonDeg);
      const { fileName, message } = file;
      model.troubles.push({
        x: x - originX,
        y: y - originY,
        refused: finding.refused,
        code: finding.code,
        fileName,
        message,
      });
    }
  }
  if (count > 0) {
    model.bounds = nowhere();
    for (const { bounds } of model.blocks) {
      include(model.bounds, bounds.minX, bounds.minY);
      include(model.bounds, bounds.maxX, bounds.maxY);
    }
  }
  return model;
}

/** Ends a line: its mean step and its blocks. */
function close(model: Model, from: number, to: number, videoId: number | null, excluded: boolean): void {
  let length = 0;
  for (let at = from + 1; at < to; at += 1) {
    length += Math.hypot(model.x[at]! - model.x[at - 1]!, model.y[at]! - model.y[at - 1]!);
  }
  for (let begin = from; begin < to; begin += BLOCK) {
    const end = Math.min(to, begin + BLOCK);
    const bounds = nowhere();
    const plain = model.fate.subarray(begin, end).every((fate) => fate === FATE.sent);
    // With the first point of the next block, to which a line is drawn.
    for (let at = begin; at < Math.min(to, end + 1); at += 1) include(bounds, model.x[at]!, model.y[at]!);
    model.blocks.push({ line: model.lines.length, from: begin, to: end, bounds, plain });
  }
  model.lines.push({ from, to, videoId, step: length / Math.max(1, to - from - 1), excluded });
}

/** The rectangle around one line; null for an empty one. */
export function boundsOf(model: Model, line: number): Bounds | null {
  const all = nowhere();
  for (const block of model.blocks) {
    if (block.line !== line) continue;
    include(all, block.bounds.minX, block.bounds.minY);
    include(all, block.bounds.maxX, block.bounds.maxY);
  }
  return all.maxX >= all.minX ? all : null;
}

/** The point nearest to (px, py), pixels from the middle, within `reachPx`; -1 where there is none. */
export function nearest(model: Model, camera: Camera, px: number, py: number, reachPx: number): number {
  const x = camera.x + px / camera.scale;
  const y = camera.y + py / camera.scale;
  const reach = reachPx / camera.scale;
  const around: Bounds = { minX: x - reach, minY: y - reach, maxX: x + reach, maxY: y + reach };
  let best = -1;
  let least = reach * reach;
  for (const block of model.blocks) {
    if (!touch(block.bounds, around)) continue;
    for (let at = block.from; at < block.to; at += 1) {
      const [dx, dy] = [model.x[at]! - x, model.y[at]! - y];
      const square = dx * dx + dy * dy;
      if (square <= least) [least, best] = [square, at];
    }
  }
  return best;
}

/** The trouble nearest to (px, py), as above; null where there is none. */
export function nearestTrouble(model: Model, camera: Camera, px: number, py: number, reachPx: number) {
  const [x, y] = [camera.x + px / camera.scale, camera.y + py / camera.scale];
  let best: Trouble | null = null;
  let least = reachPx / camera.scale;
  for (const trouble of model.troubles) {
    const off = Math.hypot(trouble.x - x, trouble.y - y);
    if (off < least) [least, best] = [off, trouble];
  }
  return best;
}

/** Whether a place lies inside a closed line (even-odd rule); the line is x, y, x, y, … */
export function inside(outline: readonly number[], x: number, y: number): boolean {
  let within = false;
  for (let at = 0, before = outline.length - 2; at < outline.length; before = at, at += 2) {
    const [ax, ay, bx, by] = [outline[at]!, outline[at + 1]!, outline[before]!, outline[before + 1]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** The photos inside a closed line, metres from the model's origin. Videos are whole and not among them. */
export function lassoed(model: Model, outline: readonly number[]): number[] {
  const bounds = nowhere();
  for (let at = 0; at < outline.length; at += 2) include(bounds, outline[at]!, outline[at + 1]!);
  const found: number[] = [];
  for (const block of model.blocks) {
    if (model.lines[block.line]!.videoId !== null || !touch(block.bounds, bounds)) continue;
    for (let at = block.from; at < block.to; at += 1) {
      if (inside(outline, model.x[at]!, model.y[at]!)) found.push(model.photoId[at]!);
    }
  }
  return found;
}
