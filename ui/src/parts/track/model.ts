// The tracks of a plan as flat arrays that can be drawn and searched fast.
import type { SequenceRow } from "../../wire.gen";
import { project, type Bounds, type Camera } from "./projection";

/** Okabe and Ito's colours for all kinds of colour vision, in the order of best contrast; on light and on dark ground. */
export const SEQUENCE_COLOURS = {
  light: ["#0072b2", "#d55e00", "#007a5a", "#b8578e", "#8a6d00", "#2f7fb0", "#14201f"],
  dark: ["#56b4e9", "#e69f00", "#1fb88a", "#d98cb6", "#f0e442", "#7fa8ff", "#e8eeef"],
} as const;

/** One point, ready to draw. */
export interface Drawn {
  photoId: number;
  sequence: number;
  excluded: boolean;
  headingDeg: number | null;
}

/** All points of a plan. Positions are metres from the model's origin. */
export interface Model {
  points: Drawn[];
  x: Float32Array;
  y: Float32Array;
  /** First point of each sequence; one more at the end. */
  starts: number[];
  /** Mean step between neighbours of each sequence, metres of the projection. */
  steps: number[];
  originX: number;
  originY: number;
  bounds: Bounds | null;
  /** Place of each photo among the points. */
  indexOf: Map<number, number>;
}

/** Makes the model of a plan's sequences. */
export function modelOf(sequences: readonly SequenceRow[]): Model {
  const count = sequences.reduce((sum, sequence) => sum + sequence.points.length, 0);
  const model: Model = {
    points: [],
    x: new Float32Array(count),
    y: new Float32Array(count),
    starts: [],
    steps: [],
    originX: 0,
    originY: 0,
    bounds: null,
    indexOf: new Map(),
  };
  const first = sequences.find((sequence) => sequence.points.length > 0)?.points[0];
  if (first) [model.originX, model.originY] = project(first.latDeg, first.lonDeg);
  const bounds: Bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  sequences.forEach((sequence, number) => {
    const from = model.points.length;
    let length = 0;
    model.starts.push(from);
    for (const point of sequence.points) {
      const at = model.points.length;
      const [px, py] = project(point.latDeg, point.lonDeg);
      const [x, y] = [px - model.originX, py - model.originY];
      model.x[at] = x;
      model.y[at] = y;
      if (at > from) length += Math.hypot(x - (model.x[at - 1] ?? 0), y - (model.y[at - 1] ?? 0));
      bounds.minX = Math.min(bounds.minX, x);
      bounds.maxX = Math.max(bounds.maxX, x);
      bounds.minY = Math.min(bounds.minY, y);
      bounds.maxY = Math.max(bounds.maxY, y);
      model.indexOf.set(point.photoId, at);
      model.points.push({
        photoId: point.photoId,
        sequence: number,
        excluded: point.excluded || sequence.excluded,
        headingDeg: point.headingDeg,
      });
    }
    model.steps.push(length / Math.max(1, sequence.points.length - 1));
  });
  model.starts.push(model.points.length);
  if (count > 0) model.bounds = bounds;
  return model;
}

/** The rectangle around one sequence; null for an empty one. */
export function boundsOf(model: Model, sequence: number): Bounds | null {
  const [from, to] = [model.starts[sequence] ?? 0, model.starts[sequence + 1] ?? 0];
  if (to <= from) return null;
  const bounds: Bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (let at = from; at < to; at += 1) {
    const [x, y] = [model.x[at] ?? 0, model.y[at] ?? 0];
    bounds.minX = Math.min(bounds.minX, x);
    bounds.maxX = Math.max(bounds.maxX, x);
    bounds.minY = Math.min(bounds.minY, y);
    bounds.maxY = Math.max(bounds.maxY, y);
  }
  return bounds;
}

/** The point nearest to (px, py), pixels from the middle, within `reachPx`; -1 where there is none. */
export function nearest(model: Model, camera: Camera, px: number, py: number, reachPx: number): number {
  const x = camera.x + px / camera.scale;
  const y = camera.y + py / camera.scale;
  let best = -1;
  let least = (reachPx / camera.scale) ** 2;
  for (let at = 0; at < model.points.length; at += 1) {
    const dx = (model.x[at] ?? 0) - x;
    const dy = (model.y[at] ?? 0) - y;
    const square = dx * dx + dy * dy;
    if (square <= least) {
      least = square;
      best = at;
    }
  }
  return best;
}
