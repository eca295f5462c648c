// What pointers do on the map: move, pinch, lasso, draw a circle, look at what is near, press.
import { lassoed, nearest, nearestTrouble, type Model, type Trouble } from "./model";
import { wheeled } from "./look";
import { stretch, unproject, zoomAt, type Camera } from "./projection";

/** What a press and pull does. */
export type Tool = "move" | "lasso" | "zone";

/** The map that the pointers are on. */
export interface Ground {
  readonly model: Model;
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  /** Looks elsewhere. */
  look: (camera: Camera) => void;
  onphoto: (photoId: number, extend: boolean) => void;
  /** With the number of the position on its way. */
  onvideo: (videoId: number, at: number) => void;
  onlasso: (photoIds: number[]) => void;
  onzone: (latDeg: number, lonDeg: number, radiusM: number) => void;
}

type Place = [number, number];

/** How far from a point a pointer still means it. */
const REACH_PX = 14;
/** A circle smaller than this was a click. */
const LEAST_ZONE_M = 10;
/** A pull shorter than this is a press. */
const CLICK_PX = 5;

/** The pointers on a map, and what is drawn because of them. */
export class Gestures {
  tool = $state<Tool>("move");
  /** Place of the point under the pointer among the model's, -1 for none. */
  hovered = $state(-1);
  /** The trouble under the pointer. */
  trouble = $state.raw<Trouble | null>(null);
  /** Where the pointer is, pixels. */
  pointer = $state.raw<Place>([0, 0]);
  /** The lasso so far, pixels: x, y, x, y, … */
  lasso = $state.raw<number[]>([]);
  /** A circle being drawn: middle and radius in metres of the projection, from the model's origin. */
  zone = $state.raw<[number, number, number] | null>(null);
  private drag: { x: number; y: number; travelled: number; act: Tool } | null = null;
  /** Fingers on the map, for the pinch. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  private readonly fingers = new Map<number, Place>();

  constructor(private readonly ground: Ground) {}

  /** Takes a tool up, or puts it down. */
  pick(wanted: "lasso" | "zone"): void {
    this.tool = this.tool === wanted ? "move" : wanted;
  }

  /** Gives up what is being drawn, and the tool. */
  escape(): void {
    this.end();
    this.tool = "move";
  }

  down(event: PointerEvent, canvas: HTMLCanvasElement): void {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    const act = event.shiftKey && this.tool === "move" ? "lasso" : this.tool;
    this.drag = { x: event.offsetX, y: event.offsetY, travelled: 0, act };
    if (act === "lasso") this.lasso = [event.offsetX, event.offsetY];
  }

  move(event: PointerEvent): void {
    const here: Place = [event.offsetX, event.offsetY];
    const before = this.fingers.get(event.pointerId);
    if (before && this.fingers.size === 2) return this.pinch(event.pointerId, before, here);
    if (before) this.fingers.set(event.pointerId, here);
    this.pointer = here;
    if (this.drag && before) return this.pull(this.drag, before, here);
    const { model, camera } = this.ground;
    this.hovered = nearest(model, camera, ...this.fromMiddle(...here), REACH_PX);
    this.trouble = nearestTrouble(model, camera, ...this.fromMiddle(...here), REACH_PX / 2);
  }

  up(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    const { drag, lasso, zone } = this;
    this.end();
    if (!drag) return;
    if (drag.travelled < CLICK_PX) this.press(event);
    else if (drag.act === "lasso") {
      const outline = lasso.flatMap((_, at) =>
        at % 2 === 0 ? this.toPlane(lasso[at] ?? 0, lasso[at + 1] ?? 0) : [],
      );
      this.ground.onlasso(lassoed(this.ground.model, outline));
      this.tool = "move";
    } else if (drag.act === "zone" && zone) {
      const { originX, originY } = this.ground.model;
      const [x, y, radius] = zone;
      const radiusM = radius / stretch(y + originY);
      if (radiusM >= LEAST_ZONE_M)
        this.ground.onzone(...unproject(x + originX, y + originY), Math.round(radiusM));
      this.tool = "move";
    }
  }

  cancel(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    this.end();
  }

  leave(): void {
    this.hovered = -1;
    this.trouble = null;
  }

  /** A wheel, or a pinch on a touchpad. */
  wheel(event: WheelEvent): void {
    const place = this.fromMiddle(event.offsetX, event.offsetY);
    this.ground.look(wheeled(this.ground.camera, event, ...place));
  }

  private end(): void {
    this.lasso = [];
    this.zone = null;
    this.drag = null;
  }

  private pinch(id: number, before: Place, here: Place): void {
    const other = [...this.fingers.entries()].find(([finger]) => finger !== id)?.[1] ?? here;
    const apart = (one: Place) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    this.fingers.set(id, here);
    this.end();
    const middle = this.fromMiddle((here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
    const nearer = zoomAt(this.ground.camera, apart(here) / Math.max(1, apart(before)), ...middle);
    const [dx, dy] = [(here[0] - before[0]) / 2, (here[1] - before[1]) / 2];
    this.ground.look({ ...nearer, x: nearer.x - dx / nearer.scale, y: nearer.y - dy / nearer.scale });
  }

  private pull(drag: NonNullable<Gestures["drag"]>, before: Place, here: Place): void {
    const { camera } = this.ground;
    const [dx, dy] = [here[0] - before[0], here[1] - before[1]];
    drag.travelled += Math.abs(dx) + Math.abs(dy);
    this.leave();
    if (drag.act === "move")
      this.ground.look({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale });
    else if (drag.act === "lasso") this.lasso = [...this.lasso, ...here];
    else {
      const radius = Math.hypot(here[0] - drag.x, here[1] - drag.y) / camera.scale;
      this.zone = [...this.toPlane(drag.x, drag.y), radius];
    }
  }

  private press(event: PointerEvent): void {
    const { model, camera } = this.ground;
    const at = nearest(model, camera, ...this.fromMiddle(event.offsetX, event.offsetY), REACH_PX);
    if (at < 0) return;
    const line = model.lines[model.lineOf[at] ?? 0];
    if (line && line.videoId !== null) this.ground.onvideo(line.videoId, at - line.from);
    else this.ground.onphoto(model.photoId[at] ?? 0, event.shiftKey);
  }

  private fromMiddle(x: number, y: number): Place {
    return [x - this.ground.width / 2, y - this.ground.height / 2];
  }

  private toPlane(x: number, y: number): Place {
    const { camera } = this.ground;
    const [px, py] = this.fromMiddle(x, y);
    return [camera.x + px / camera.scale, camera.y + py / camera.scale];
  }
}
