// Draws tracks: a grid, lines, dots in each sequence's colour, hollow where left out, heading ticks.
import type { Model } from "./model";
import { roundDown, stretch, type Camera } from "./projection";

/** Colours of the canvas, from the tokens. */
export interface Ink {
  ground: string;
  grid: string;
  text: string;
  panel: string;
  sequences: readonly string[];
}

/** What is drawn over the tracks. */
export interface Marks {
  /** Place of the chosen point, -1 for none. */
  chosen: number;
  /** Place of the point under the pointer, -1 for none. */
  hovered: number;
  /** The sequence that stands out, -1 for none. */
  sequence: number;
}

const DOT_PX = 4;
/** Dots nearer than this are drawn as one. */
const CELL_PX = 7;
/** Headings are small fans: this long, and this far to each side. */
const FAN_PX = 17;
const FAN_RAD = 0.42;
/** Below this distance between neighbours a line stands for the dots. */
const ROOM_PX = 9;
/** From this scale on headings have room, pixels per metre. */
const TICK_SCALE = 0.9;
const GRID_PX = 90;

/** Pixels that a true metre takes in the middle of the view. */
export function pxPerMetre(camera: Camera, originY: number): number {
  return camera.scale * stretch(camera.y + originY);
}

/** Draws everything. Sizes are CSS pixels; the context is already scaled for the screen. */
export function paint(
  c: CanvasRenderingContext2D,
  width: number,
  height: number,
  model: Model,
  camera: Camera,
  ink: Ink,
  marks: Marks,
): void {
  c.fillStyle = ink.ground;
  c.fillRect(0, 0, width, height);
  grid(c, width, height, model, camera, ink);
  c.lineJoin = "round";
  c.lineCap = "round";
  for (let number = 0; number + 1 < model.starts.length; number += 1) {
    c.globalAlpha = marks.sequence >= 0 && marks.sequence !== number ? 0.45 : 1;
    track(c, width, height, model, camera, ink, number);
  }
  c.globalAlpha = 1;
  if (marks.hovered >= 0) ring(c, width, height, model, camera, ink, marks.hovered, 8, 2);
  if (marks.chosen >= 0) ring(c, width, height, model, camera, ink, marks.chosen, 9, 3);
}

function grid(
  c: CanvasRenderingContext2D,
  width: number,
  height: number,
  model: Model,
  camera: Camera,
  ink: Ink,
): void {
  const perMetre = stretch(camera.y + model.originY);
  const step = roundDown(GRID_PX / (camera.scale * perMetre)) * perMetre;
  c.strokeStyle = ink.grid;
  c.lineWidth = 1;
  c.beginPath();
  const left = camera.x - width / 2 / camera.scale;
  const top = camera.y - height / 2 / camera.scale;
  for (let x = Math.ceil(left / step) * step; (x - left) * camera.scale < width; x += step) {
    const px = Math.round((x - left) * camera.scale) + 0.5;
    c.moveTo(px, 0);
    c.lineTo(px, height);
  }
  for (let y = Math.ceil(top / step) * step; (y - top) * camera.scale < height; y += step) {
    const py = Math.round((y - top) * camera.scale) + 0.5;
    c.moveTo(0, py);
    c.lineTo(width, py);
  }
  c.stroke();
}

function track(
  c: CanvasRenderingContext2D,
  width: number,
  height: number,
  model: Model,
  camera: Camera,
  ink: Ink,
  number: number,
): void {
  const [from, to] = [model.starts[number] ?? 0, model.starts[number + 1] ?? 0];
  const colour = ink.sequences[number % ink.sequences.length] ?? ink.text;
  const toX = (at: number) => ((model.x[at] ?? 0) - camera.x) * camera.scale + width / 2;
  const toY = (at: number) => ((model.y[at] ?? 0) - camera.y) * camera.scale + height / 2;
  const roomy = (model.steps[number] ?? 0) * camera.scale >= ROOM_PX;

  // The line breaks where photos are left out.
  const line = new Path2D();
  let [lastX, lastY, begun] = [0, 0, false];
  for (let at = from; at < to; at += 1) {
    if (model.points[at]?.excluded) {
      begun = false;
      continue;
    }
    const [x, y] = [toX(at), toY(at)];
    if (begun && Math.abs(x - lastX) < 0.7 && Math.abs(y - lastY) < 0.7) continue;
    if (begun) line.lineTo(x, y);
    else line.moveTo(x, y);
    [lastX, lastY, begun] = [x, y, true];
  }
  c.strokeStyle = ink.ground;
  c.lineWidth = roomy ? 4 : 7;
  c.stroke(line);
  c.strokeStyle = colour;
  c.lineWidth = roomy ? 1.5 : 4;
  c.stroke(line);

  const ticks = camera.scale >= TICK_SCALE;
  const full = new Path2D();
  const hollow = new Path2D();
  const heads = new Path2D();
  const taken = new Set<number>();
  for (let at = from; at < to; at += 1) {
    const point = model.points[at];
    // While points are dense the line stands for them; only its two ends and what is left out are marked.
    if (!point || (!roomy && !point.excluded && at !== from && at !== to - 1)) continue;
    const [x, y] = [toX(at), toY(at)];
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    const cell = Math.round(x / CELL_PX) * 100_003 + Math.round(y / CELL_PX);
    if (taken.has(cell)) continue;
    taken.add(cell);
    const path = point.excluded ? hollow : full;
    const radius = at === from && !roomy ? DOT_PX + 2 : DOT_PX;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
    if (ticks && point.headingDeg !== null && !point.excluded) {
      const angle = (point.headingDeg * Math.PI) / 180;
      heads.moveTo(x, y);
      heads.arc(x, y, FAN_PX, angle - FAN_RAD - Math.PI / 2, angle + FAN_RAD - Math.PI / 2);
      heads.closePath();
    }
  }
  const alpha = c.globalAlpha;
  c.globalAlpha = alpha * 0.4;
  c.fillStyle = colour;
  c.fill(heads);
  c.globalAlpha = alpha;
  c.strokeStyle = ink.ground;
  c.lineWidth = 3;
  c.stroke(full);
  c.fillStyle = colour;
  c.fill(full);
  c.fillStyle = ink.ground;
  c.fill(hollow);
  c.strokeStyle = colour;
  c.lineWidth = 1.5;
  c.stroke(hollow);
}

function ring(
  c: CanvasRenderingContext2D,
  width: number,
  height: number,
  model: Model,
  camera: Camera,
  ink: Ink,
  at: number,
  radius: number,
  line: number,
): void {
  const x = ((model.x[at] ?? 0) - camera.x) * camera.scale + width / 2;
  const y = ((model.y[at] ?? 0) - camera.y) * camera.scale + height / 2;
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.strokeStyle = ink.panel;
  c.lineWidth = line + 2;
  c.stroke();
  c.strokeStyle = ink.text;
  c.lineWidth = line;
  c.stroke();
}
