// The still part of the map on a canvas larger than the view: moved as a picture while it is panned or zoomed, painted
// anew in slices beside the shown one, so that no number of points makes the window wait.
import { SLICE_MS } from "../slices";
import type { Model } from "./model";
import type { Ink, Sheet } from "./paint-ground";
import type { Camera } from "./projection";
import { sheetOf } from "./sheet";

/** Painted beyond each edge of the view. */
const SPARE_PX = 160;
/** Between two looks at the clock so many steps are painted. */
const STEPS = 4;
/** While it is zoomed the old picture is shown larger or smaller; painted anew when the wheel rests. */
const REST_MS = 90;

/** What is painted, for a view of so many CSS pixels. */
export interface Wanted {
  camera: Camera;
  width: number;
  height: number;
  model: Model;
  ink: Ink;
  /** Paints; each step is short. */
  paint: (sheet: Sheet) => Generator<void>;
}

/** How far a painted picture has to be moved and stretched so that it fits a camera: CSS pixels and a factor. */
export function placeOf(painted: Camera, camera: Camera): { x: number; y: number; scale: number } {
  return {
    x: (painted.x - camera.x) * camera.scale,
    y: (painted.y - camera.y) * camera.scale,
    scale: camera.scale / painted.scale,
  };
}

/** Whether a picture that was painted with spare room covers the whole view. */
export function covers(painted: Camera, camera: Camera, width: number, height: number): boolean {
  const { x, y, scale } = placeOf(painted, camera);
  const [halfX, halfY] = [(width / 2 + SPARE_PX) * scale, (height / 2 + SPARE_PX) * scale];
  return Math.abs(x) + width / 2 <= halfX && Math.abs(y) + height / 2 <= halfY;
}

/** A canvas that is painted behind the scenes and moved in front of them. */
export class Plate {
  /** Where the next picture grows. */
  private readonly back = document.createElement("canvas");
  private shown: Wanted | null = null;
  private wanted: Wanted | null = null;
  private steps: Generator<void> | null = null;
  private frame = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Where the view is by now. */
  private latest: Camera | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Shows this soon. With the same picture and another camera the old one is moved at once. */
  show(wanted: Wanted): void {
    const { shown } = this;
    const isSame =
      shown !== null &&
      shown.paint === wanted.paint &&
      shown.width === wanted.width &&
      shown.height === wanted.height &&
      shown.ink === wanted.ink;
    // Another plan may have another origin: the old picture stays until the new one is there, in the right place.
    if (shown?.model === wanted.model) this.move(wanted.camera);
    else this.latest = wanted.camera;
    if (!isSame) {
      this.begin(wanted);
      return;
    }
    const isPanned = shown.camera.scale === wanted.camera.scale;
    if (isPanned && covers(shown.camera, wanted.camera, wanted.width, wanted.height)) {
      // A picture that was begun for another zoom is not wanted any more.
      if (this.wanted && this.wanted.camera.scale !== wanted.camera.scale) this.stop();
      return;
    }
    if (isPanned && this.wanted?.camera.scale === wanted.camera.scale && this.wanted.paint === wanted.paint) {
      if (covers(this.wanted.camera, wanted.camera, wanted.width, wanted.height)) return;
    }
    if (isPanned) this.begin(wanted);
    else {
      this.stop();
      this.canvas.dataset.painting = "";
      this.rest = setTimeout(() => this.begin(wanted), REST_MS);
    }
  }

  /** Gives up what is being painted. */
  stop(): void {
    clearTimeout(this.rest);
    cancelAnimationFrame(this.frame);
    this.steps = null;
    this.wanted = null;
    // For tests that take pictures: nothing is being painted.
    delete this.canvas.dataset.painting;
  }

  private begin(wanted: Wanted): void {
    this.stop();
    this.wanted = wanted;
    this.canvas.dataset.painting = "";
    this.frame = requestAnimationFrame(() => this.slice());
  }

  private slice(): void {
    const { wanted } = this;
    if (!wanted) return;
    const { camera, model, ink } = wanted;
    const [width, height] = [wanted.width + 2 * SPARE_PX, wanted.height + 2 * SPARE_PX];
    const until = performance.now() + SLICE_MS;
    let { steps } = this;
    if (!steps) {
      const sheet = sheetOf(this.back, width, height, camera, model, ink);
      if (!sheet) return;
      sheet.c.clearRect(0, 0, width, height);
      this.steps = steps = wanted.paint(sheet);
    }
    const c = this.back.getContext("2d");
    for (let step = 1; ; step += 1) {
      if (steps.next().done) break;
      if (step % STEPS !== 0) continue;
      // Engines that only note what is to be painted paint it now, so that the clock tells the truth.
      c?.getImageData(0, 0, 1, 1);
      if (performance.now() < until) continue;
      this.frame = requestAnimationFrame(() => this.slice());
      return;
    }
    this.swap(wanted, width, height);
  }

  /** The picture is whole: it takes the place of the old one. */
  private swap(wanted: Wanted, width: number, height: number): void {
    const front = sheetOf(this.canvas, width, height, wanted.camera, wanted.model, wanted.ink);
    if (front) {
      front.c.setTransform(1, 0, 0, 1, 0, 0);
      front.c.clearRect(0, 0, this.canvas.width, this.canvas.height);
      front.c.drawImage(this.back, 0, 0);
      const { style } = this.canvas;
      [style.width, style.height] = [`${width}px`, `${height}px`];
      [style.left, style.top] = [`${-SPARE_PX}px`, `${-SPARE_PX}px`];
    }
    this.stop();
    this.shown = wanted;
    this.move(this.latest ?? wanted.camera);
  }

  /** Moves the shown picture to where this camera sees it. */
  private move(camera: Camera): void {
    this.latest = camera;
    if (!this.shown) return;
    const { x, y, scale } = placeOf(this.shown.camera, camera);
    this.canvas.style.transform =
      x === 0 && y === 0 && scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
  }
}
