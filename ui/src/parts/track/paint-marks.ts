// What moves over the tracks: the cursor, the photo under the pointer, the selection, a lasso, a circle being drawn.
import type { Model } from "./model";
import { circle } from "./paint";
import type { Sheet } from "./paint-ground";

/** What is drawn over the tracks. Places are among the model's points, -1 for none. */
export interface Marks {
  cursor: number;
  hovered: number;
  /** The cursor's heading, degrees; null where unknown. */
  headingDeg: number | null;
  /** Pixels of the canvas: x, y, x, y, … */
  lasso: readonly number[];
  /** A circle being drawn: middle and radius in metres of the projection, from the model's origin. */
  zone: readonly [number, number, number] | null;
}

const ARROW_PX = 30;

/** Draws everything that moves, on a canvas of its own. */
export function paintMarks(sheet: Sheet, model: Model, marks: Marks): void {
  const { c, width, height, camera, ink } = sheet;
  c.clearRect(0, 0, width, height);
  const toX = (at: number) => (model.x[at]! - camera.x) * camera.scale + width / 2;
  const toY = (at: number) => (model.y[at]! - camera.y) * camera.scale + height / 2;

  if (marks.hovered >= 0) ring(sheet, toX(marks.hovered), toY(marks.hovered), 8, 2);
  if (marks.cursor >= 0) {
    const [x, y] = [toX(marks.cursor), toY(marks.cursor)];
    if (marks.headingDeg !== null) arrow(sheet, x, y, (marks.headingDeg * Math.PI) / 180);
    ring(sheet, x, y, 9, 3);
  }
  if (marks.zone) circle(sheet, ...marks.zone);
  if (marks.lasso.length >= 4) {
    const way = new Path2D();
    for (let at = 0; at < marks.lasso.length; at += 2) way.lineTo(marks.lasso[at]!, marks.lasso[at + 1]!);
    way.closePath();
    c.globalAlpha = 0.12;
    c.fillStyle = ink.accent;
    c.fill(way, "evenodd");
    c.globalAlpha = 1;
    c.setLineDash([5, 4]);
    stroke(c, way, ink.accent, 2);
    c.setLineDash([]);
  }
}

function stroke(c: CanvasRenderingContext2D, path: Path2D, colour: string, line: number): void {
  c.strokeStyle = colour;
  c.lineWidth = line;
  c.stroke(path);
}

function ring({ c, ink }: Sheet, x: number, y: number, radius: number, line: number): void {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  stroke(c, path, ink.panel, line + 2);
  stroke(c, path, ink.text, line);
}

/** The way the camera looks. */
function arrow({ c, ink }: Sheet, x: number, y: number, angle: number): void {
  const path = new Path2D();
  const point = (turn: number, length: number): [number, number] => [
    x + Math.sin(angle + turn) * length,
    y - Math.cos(angle + turn) * length,
  ];
  path.moveTo(...point(0, 12));
  path.lineTo(...point(0, ARROW_PX));
  path.moveTo(...point(-0.24, ARROW_PX - 8));
  path.lineTo(...point(0, ARROW_PX));
  path.lineTo(...point(0.24, ARROW_PX - 8));
  stroke(c, path, ink.panel, 5);
  stroke(c, path, ink.text, 2.5);
}
