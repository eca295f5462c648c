// Draws tracks: lines, marks in each sequence's colour and shape, what stays at home, headings, privacy zones.
import type { PrivacyZoneRow } from "../../wire.gen";
import { FATE, SHAPES, type Block, type Line, type Model, type Shape } from "./model";
import type { Sheet } from "./paint-ground";
import { project, seen, stretch, touch, type Camera } from "./projection";

/** What changes how the tracks are drawn. */
export interface Look {
  /** The line that stands out, -1 for none. */
  line: number;
  /** Headings as they would be: turned by so many degrees, on one line or, at -1, on all. */
  turn: { line: number; deg: number } | null;
  zones: readonly PrivacyZoneRow[];
  /** Places of the selected photos. */
  selected: readonly number[];
}

/** Half of a mark. */
const DOT_PX = 4;
/** Half of the dot of a position of a video. */
const FRAME_PX = 3;
/** Marks nearer than this are drawn as one. */
const CELL_PX = 7;
/** On dense lines a mark stands about this often, so that its shape can be told. */
const SPARSE_PX = 96;
/** Points of a line nearer than this are one. */
const MERGE_PX = 1;
/** Where marks are sparse, so many more points are passed over than by the line. */
const MARKS_PASS = 6;
/** Headings are small fans: this long, and this far to each side. */
const FAN_PX = 17;
const FAN_RAD = 0.42;
/** Below this distance between neighbours a line stands for the marks. */
const ROOM_PX = 9;
/** From this scale on headings have room, pixels per metre. */
const FAN_SCALE = 0.9;
/** Around a selected photo; those nearer than a cell are one. */
const HALO_PX = 10;
const HALO_CELL_PX = 3;
/** Smallest circle that is drawn for a privacy zone. */
const ZONE_PX = 5;

/** Pixels that a true metre takes in the middle of the view. */
export function pxPerMetre(camera: Camera, originY: number): number {
  return camera.scale * stretch(camera.y + originY);
}

/** Adds a shape around (x, y) to a path. */
export function addShape(path: Path2D, shape: Shape, x: number, y: number, r: number): void {
  if (shape === "circle") {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  if (shape === "square") {
    path.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    return;
  }
  const corners = shape === "hexagon" ? 6 : shape === "diamond" ? 4 : 3;
  const start = shape === "down" ? Math.PI / 2 : -Math.PI / 2;
  const size = corners === 3 ? r * 1.35 : r * 1.2;
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = start + (corner * 2 * Math.PI) / corners;
    const [px, py] = [
      x + size * Math.cos(angle),
      y + size * Math.sin(angle) + (corners === 3 ? (start < 0 ? 1 : -1) : 0),
    ];
    if (corner === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
  path.closePath();
}

/** The shape of the marks of a line. */
export const shapeOf = (line: number): Shape => SHAPES[line % SHAPES.length] ?? "circle";

/** Draws all tracks and what belongs to them, in short steps. */
export function* paintTracks(sheet: Sheet, model: Model, look: Look): Generator<void> {
  zones(sheet, look.zones);
  selection(sheet, model, look.selected);
  const view = seen(sheet.camera, sheet.width, sheet.height, 24);
  const visible: Block[][] = model.lines.map(() => []);
  for (const block of model.blocks) if (touch(block.bounds, view)) visible[block.line]?.push(block);
  sheet.c.lineCap = "round";
  for (const [number, line] of model.lines.entries()) {
    const blocks = visible[number] ?? [];
    if (blocks.length === 0) continue;
    sheet.c.globalAlpha = look.line >= 0 && look.line !== number ? 0.5 : 1;
    const turned = look.turn && (look.turn.line === number || look.turn.line === -1) ? look.turn.deg : 0;
    yield* track(sheet, model, line, number, blocks, turned);
  }
  sheet.c.globalAlpha = 1;
  sheet.c.lineCap = "butt";
  troubles(sheet, model);
}

function* track(
  sheet: Sheet,
  model: Model,
  line: Line,
  number: number,
  blocks: Block[],
  turned: number,
): Generator<void> {
  const { c, width, height, camera, ink } = sheet;
  const colour = ink.sequences[number % ink.sequences.length] ?? ink.text;
  const [midX, midY] = [width / 2 - camera.x * camera.scale, height / 2 - camera.y * camera.scale];
  const hasRoom = line.step * camera.scale >= ROOM_PX;
  const roomy = line.videoId === null && hasRoom;
  // The positions of a video stand as dots on its road: its frames are placed at and between them.
  const dotted = line.videoId !== null && hasRoom;

  // Seen from afar several photos share a pixel: so many are passed over at a time.
  const pass = Math.max(1, Math.floor(MERGE_PX / Math.max(1e-9, line.step * camera.scale)));
  // The line breaks where photos are left out.
  // A short path for each block: one long path that crosses itself takes a processor several times as long.
  const ways: Path2D[] = [];
  for (const block of blocks) {
    const way = new Path2D();
    let [lastX, lastY, begun] = [0, 0, false];
    ways.push(way);
    const end = Math.min(line.to, block.to + 1);
    const stride = block.plain ? pass : 1;
    for (let at = block.from; at < end; at = at === end - 1 ? end : Math.min(at + stride, end - 1)) {
      if (model.fate[at] !== FATE.sent) {
        begun = false;
        continue;
      }
      const [x, y] = [model.x[at]! * camera.scale + midX, model.y[at]! * camera.scale + midY];
      if (begun && Math.abs(x - lastX) < MERGE_PX && Math.abs(y - lastY) < MERGE_PX) continue;
      if (begun) way.lineTo(x, y);
      else way.moveTo(x, y);
      [lastX, lastY, begun] = [x, y, true];
    }
    yield;
  }
  c.lineJoin = roomy ? "round" : "bevel";
  const strokes: [string, number][] = [
    [ink.ground, roomy ? 4 : 7],
    [colour, roomy ? 1.5 : line.videoId === null ? 3.5 : 5],
  ];
  // A video is a road: a light line in the middle.
  if (line.videoId !== null) strokes.push([ink.ground, 1.5]);
  for (const [stroke, lineWidth] of strokes) {
    c.strokeStyle = stroke;
    c.lineWidth = lineWidth;
    for (const way of ways) {
      c.stroke(way);
      yield;
    }
  }

  const shape = shapeOf(number);
  const [full, hollow, home, heads, frames] = [
    new Path2D(),
    new Path2D(),
    new Path2D(),
    new Path2D(),
    new Path2D(),
  ];
  const fans = camera.scale >= FAN_SCALE && roomy;
  const taken = new Set<number>();
  for (const { from, to, plain } of blocks) {
    const stride = plain && !hasRoom ? pass * MARKS_PASS : 1;
    for (let at = from; at < to; at = at === to - 1 ? to : Math.min(at + stride, to - 1)) {
      const fate = model.fate[at];
      const end = at === line.from || at === line.to - 1;
      const [x, y] = [model.x[at]! * camera.scale + midX, model.y[at]! * camera.scale + midY];
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      // While photos are dense the line stands for them, and a mark here and there tells whose it is.
      const cell = fate === FATE.sent && !hasRoom && !end ? SPARSE_PX : CELL_PX;
      const key =
        (Math.round(x / cell) * 10_007 + Math.round(y / cell)) * 8 + (cell === CELL_PX ? (fate ?? 0) : 7);
      if (taken.has(key)) continue;
      taken.add(key);
      if (fate === FATE.sent) {
        if (line.videoId === null || end)
          addShape(full, shape, x, y, at === line.from && !roomy ? DOT_PX + 3 : DOT_PX);
        else if (dotted) addShape(frames, "circle", x, y, FRAME_PX);
      } else if (fate === FATE.person) addShape(hollow, shape, x, y, DOT_PX - 0.5);
      else {
        home.moveTo(x - 2.5, y - 2.5);
        home.lineTo(x + 2.5, y + 2.5);
        home.moveTo(x + 2.5, y - 2.5);
        home.lineTo(x - 2.5, y + 2.5);
      }
      const heading = model.heading[at]!;
      if (!fans || fate !== FATE.sent || Number.isNaN(heading)) continue;
      const angle = ((heading + turned) * Math.PI) / 180;
      heads.moveTo(x, y);
      heads.arc(x, y, FAN_PX, angle - FAN_RAD - Math.PI / 2, angle + FAN_RAD - Math.PI / 2);
      heads.closePath();
    }
    yield;
  }
  const alpha = c.globalAlpha;
  c.globalAlpha = alpha * (turned === 0 ? 0.4 : 0.7);
  c.fillStyle = colour;
  c.fill(heads);
  c.globalAlpha = alpha;
  c.strokeStyle = ink.ground;
  c.lineWidth = 3;
  c.stroke(full);
  c.fillStyle = colour;
  c.fill(full);
  c.fillStyle = ink.ground;
  c.fill(frames);
  c.fill(hollow);
  c.strokeStyle = colour;
  c.lineWidth = 1.5;
  c.stroke(frames);
  c.stroke(hollow);
  c.strokeStyle = ink.muted;
  c.stroke(home);
}

/** A light band under what is selected. */
function selection(
  { c, width, height, camera, ink }: Sheet,
  model: Model,
  selected: readonly number[],
): void {
  const halo = new Path2D();
  const taken = new Set<number>();
  for (const at of selected) {
    const x = (model.x[at]! - camera.x) * camera.scale + width / 2;
    const y = (model.y[at]! - camera.y) * camera.scale + height / 2;
    if (x < -HALO_PX || y < -HALO_PX || x > width + HALO_PX || y > height + HALO_PX) continue;
    const key = Math.round(x / HALO_CELL_PX) * 10_007 + Math.round(y / HALO_CELL_PX);
    if (taken.has(key)) continue;
    taken.add(key);
    halo.moveTo(x + HALO_PX, y);
    halo.arc(x, y, HALO_PX, 0, 2 * Math.PI);
  }
  // One path, so that halos that touch become one band.
  c.globalAlpha = 0.55;
  c.fillStyle = ink.accent;
  c.fill(halo);
  c.globalAlpha = 1;
}

/** Where a check has something to say: a diamond with a halo. */
function troubles({ c, width, height, camera, ink }: Sheet, model: Model): void {
  const [refused, look, halo] = [new Path2D(), new Path2D(), new Path2D()];
  const taken = new Set<number>();
  for (const trouble of model.troubles) {
    const x = (trouble.x - camera.x) * camera.scale + width / 2;
    const y = (trouble.y - camera.y) * camera.scale + height / 2;
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    const key = Math.round(x / CELL_PX) * 10_007 + Math.round(y / CELL_PX);
    if (taken.has(key)) continue;
    taken.add(key);
    addShape(trouble.refused ? refused : look, "diamond", x, y, 5);
    addShape(halo, "diamond", x, y, 9);
  }
  c.globalAlpha = 0.25;
  c.fillStyle = ink.failed;
  c.fill(halo);
  c.globalAlpha = 1;
  c.lineWidth = 2;
  for (const [path, colour] of [
    [refused, ink.failed],
    [look, ink.progress],
  ] as const) {
    c.strokeStyle = ink.panel;
    c.stroke(path);
    c.fillStyle = colour;
    c.fill(path);
  }
}

function zones(sheet: Sheet, rows: readonly PrivacyZoneRow[]): void {
  for (const { latDeg, lonDeg, radiusM } of rows) {
    const [x, y] = project(latDeg, lonDeg);
    circle(sheet, x - sheet.originX, y - sheet.originY, radiusM * stretch(y));
  }
}

/** A privacy zone: a circle with a dashed edge. The radius is in metres of the projection. */
export function circle({ c, width, height, camera, ink }: Sheet, x: number, y: number, radius: number): void {
  const px = (x - camera.x) * camera.scale + width / 2;
  const py = (y - camera.y) * camera.scale + height / 2;
  c.beginPath();
  c.arc(px, py, Math.max(ZONE_PX, radius * camera.scale), 0, 2 * Math.PI);
  c.globalAlpha = 0.14;
  c.fillStyle = ink.text;
  c.fill();
  c.globalAlpha = 1;
  c.setLineDash([4, 4]);
  c.lineWidth = 1.5;
  c.strokeStyle = ink.text;
  c.stroke();
  c.setLineDash([]);
}
