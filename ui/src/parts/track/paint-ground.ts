// What lies under the tracks: the ground, coastlines and borders, the graticule, names.
import type { Box } from "./box";
import { seen, touch, unproject, project, type Bounds, type Camera } from "./projection";
import { worldInSteps, type Name, type Outline } from "./world";

/** Colours of the canvas, from the tokens. */
export interface Ink {
  ground: string;
  grid: string;
  coast: string;
  text: string;
  muted: string;
  panel: string;
  accent: string;
  progress: string;
  failed: string;
  font: string;
  sequences: readonly string[];
}

/** What the painting is done with. Sizes are CSS pixels; the context is already scaled for the screen. */
export interface Sheet {
  c: CanvasRenderingContext2D;
  width: number;
  height: number;
  /** Middle in metres from the model's origin. */
  camera: Camera;
  originX: number;
  originY: number;
  ink: Ink;
}

/** A part of the upper edge, pixels. */
export interface Span {
  from: number;
  to: number;
}

/** Half of a degree of longitude that is written, with some room. */
const HALF_WORD_PX = 30;
/** Least distance between lines of the graticule. */
const GRID_PX = 110;
const STEPS_DEG = [
  30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4,
];
/** Outlines drawn for 1:50 million are only a hint when seen from near: pixels per metre at which they fade. */
const FADE_FROM = 0.006;
const FADE_TO = 0.15;
/** From this scale on towns are named, below it countries. */
const PLACES_SCALE = 0.0006;
const COUNTRIES_SCALE = [0.00006, 0.003] as const;

/** Degrees between the lines of the graticule. */
export function gridStep(camera: Camera, originX: number, originY: number): number {
  const [, west] = unproject(camera.x + originX, camera.y + originY);
  const [, east] = unproject(camera.x + originX + GRID_PX / camera.scale, camera.y + originY);
  return [...STEPS_DEG].reverse().find((step) => step >= Math.abs(east - west)) ?? 30;
}

/** How strongly the outlines are drawn. */
export function outlineStrength(scale: number): number {
  if (scale <= FADE_FROM) return 1;
  return Math.max(0, 1 - Math.log(scale / FADE_FROM) / Math.log(FADE_TO / FADE_FROM));
}

/** Paints a small map of where in the world the middle is: outlines, and a dot. */
export function* paintLocator(sheet: Sheet): Generator<void> {
  const world = yield* worldInSteps();
  const { c, width, height, camera, ink } = sheet;
  c.fillStyle = ink.ground;
  c.fillRect(0, 0, width, height);
  const view = seen(camera, width, height, 4);
  c.lineJoin = "bevel";
  c.strokeStyle = ink.coast;
  c.lineWidth = 1;
  outlines(sheet, world.coast, view);
  c.globalAlpha = 0.6;
  outlines(sheet, world.borders, view);
  c.globalAlpha = 1;
  c.beginPath();
  c.arc(width / 2, height / 2, 4, 0, 2 * Math.PI);
  c.strokeStyle = ink.ground;
  c.lineWidth = 3;
  c.stroke();
  c.fillStyle = ink.accent;
  c.fill();
}

/**
 * Paints what fills the view whatever is seen: the ground and the graticule. Nothing is written where the upper edge is
 * taken by buttons.
 */
export function paintGround(sheet: Sheet, taken: Span | null = null): void {
  const { c, width, height, ink } = sheet;
  c.fillStyle = ink.ground;
  c.fillRect(0, 0, width, height);
  graticule(sheet, taken);
}

/** Paints what lies under the tracks and moves with them: outlines and names. */
export function* paintOutlines(sheet: Sheet): Generator<void> {
  const world = yield* worldInSteps();
  const { c, width, height, camera, originX, originY, ink } = sheet;
  const strength = outlineStrength(camera.scale);
  const view = seen({ ...camera, x: camera.x + originX, y: camera.y + originY }, width, height, 4);
  c.lineJoin = "bevel";
  if (strength > 0) {
    c.globalAlpha = strength;
    c.strokeStyle = ink.coast;
    c.lineWidth = 1.2;
    outlines(sheet, world.coast, view);
    c.lineWidth = 1;
    c.setLineDash([5, 3]);
    outlines(sheet, world.borders, view);
    c.setLineDash([]);
    c.globalAlpha = 1;
  }
  const taken: Bounds[] = [];
  if (camera.scale >= PLACES_SCALE) labels(sheet, world.places, view, taken, true);
  if (camera.scale >= COUNTRIES_SCALE[0] && camera.scale <= COUNTRIES_SCALE[1])
    labels(sheet, world.countries, view, taken, false);
}

/** Paints an area as a frame. */
export function paintBox({ c, width, height, camera, originX, originY, ink }: Sheet, box: Box): void {
  const place = (latDeg: number, lonDeg: number) => {
    const [x, y] = project(latDeg, lonDeg);
    return [
      (x - originX - camera.x) * camera.scale + width / 2,
      (y - originY - camera.y) * camera.scale + height / 2,
    ] as const;
  };
  const [west, north] = place(box.north, box.west);
  const [east, south] = place(box.south, box.east);
  c.globalAlpha = 0.18;
  c.fillStyle = ink.accent;
  c.fillRect(west, north, east - west, south - north);
  c.globalAlpha = 1;
  c.strokeStyle = ink.accent;
  c.lineWidth = 2;
  c.strokeRect(west, north, Math.max(2, east - west), Math.max(2, south - north));
}

function outlines(
  { c, width, height, camera, originX, originY }: Sheet,
  lines: Outline[],
  view: Bounds,
): void {
  c.beginPath();
  for (const { xy, bounds } of lines) {
    if (!touch(bounds, view)) continue;
    // An island of a pixel is no outline.
    if ((bounds.maxX - bounds.minX + bounds.maxY - bounds.minY) * camera.scale < 2) continue;
    let [lastX, lastY] = [NaN, NaN];
    for (let at = 0; at < xy.length; at += 2) {
      const px = (xy[at]! - originX - camera.x) * camera.scale + width / 2;
      const py = (xy[at + 1]! - originY - camera.y) * camera.scale + height / 2;
      if (at > 0 && at < xy.length - 2 && Math.abs(px - lastX) < 1 && Math.abs(py - lastY) < 1) continue;
      if (at === 0) c.moveTo(px, py);
      else c.lineTo(px, py);
      [lastX, lastY] = [px, py];
    }
  }
  c.stroke();
}

function graticule({ c, width, height, camera, originX, originY, ink }: Sheet, taken: Span | null): void {
  const free = (px: number) =>
    px > 60 && px < width - 60 && !(taken && px > taken.from - HALF_WORD_PX && px < taken.to + HALF_WORD_PX);
  const step = gridStep(camera, originX, originY);
  const view = seen({ ...camera, x: camera.x + originX, y: camera.y + originY }, width, height);
  const [north, west] = unproject(view.minX, view.minY);
  const [south, east] = unproject(view.maxX, view.maxY);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const name = (value: number, positive: string, negative: string) => {
    const rounded = Math.abs(value).toFixed(digits);
    return `${rounded}° ${Number(rounded) === 0 ? "" : value > 0 ? positive : negative}`;
  };
  c.font = `10px ${ink.font}`;
  c.strokeStyle = ink.grid;
  c.lineWidth = 1;
  const words: [string, number, number, CanvasTextAlign][] = [];
  c.beginPath();
  for (let number = Math.ceil(west / step); number * step <= east; number += 1) {
    const px = Math.round((project(0, number * step)[0] - view.minX) * camera.scale) + 0.5;
    c.moveTo(px, 0);
    c.lineTo(px, height);
    if (free(px)) words.push([name(number * step, "E", "W"), px, 12, "center"]);
  }
  for (let number = Math.ceil(south / step); number * step <= north; number += 1) {
    const py = Math.round((project(number * step, 0)[1] - view.minY) * camera.scale) + 0.5;
    c.moveTo(0, py);
    c.lineTo(width, py);
    if (py > 30 && py < height - 40) words.push([name(number * step, "N", "S"), 6, py - 4, "left"]);
  }
  c.stroke();
  c.fillStyle = ink.muted;
  for (const [text, x, y, align] of words) {
    c.textAlign = align;
    c.fillText(text, x, y);
  }
}

function labels(sheet: Sheet, names: Name[], view: Bounds, taken: Bounds[], dotted: boolean): void {
  const { c, width, height, camera, originX, originY, ink } = sheet;
  c.font = dotted ? `11px ${ink.font}` : `600 11px ${ink.font}`;
  c.textAlign = dotted ? "left" : "center";
  c.lineJoin = "round";
  for (const { text, x, y } of names) {
    if (x < view.minX || x > view.maxX || y < view.minY || y > view.maxY) continue;
    const px = (x - originX - camera.x) * camera.scale + width / 2;
    const py = (y - originY - camera.y) * camera.scale + height / 2;
    const long = c.measureText(text).width;
    const from = dotted ? px + 6 : px - long / 2;
    const box = { minX: from - 4, minY: py - 10, maxX: from + long + 4, maxY: py + 8 };
    if (taken.some((other) => touch(other, box))) continue;
    taken.push(box);
    c.strokeStyle = ink.ground;
    c.lineWidth = 3;
    c.strokeText(text, from + (dotted ? 0 : long / 2), py + 4);
    c.fillStyle = ink.muted;
    c.fillText(text, from + (dotted ? 0 : long / 2), py + 4);
    if (!dotted) continue;
    c.beginPath();
    c.arc(px, py, 2.5, 0, 2 * Math.PI);
    c.fill();
  }
}
