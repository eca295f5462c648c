// The tiles under a map: asked for when the view rests, a few at a time, and kept in memory within a bound.
import type { Sheet } from "./paint-ground";
import { seen, type Bounds } from "./projection";
import { above, boundsOfTile, nameOf, tilesIn, toned, zoomOf, type Tile } from "./streets";

/** A view that moves on within this time asks for nothing. */
const REST_MS = 120;
/** Most tiles on their way at once: what is no longer seen holds no more of them up. */
const AT_ONCE = 6;
/** Most tiles in memory; as many again as a large window shows. */
const MOST_KEPT = 256;
/** How long a tile that did not come is not asked for again. The core asks its server less often still. */
const AGAIN_MS = 30_000;
/** While a tile is on its way, one of so many levels above stands in for it. */
const STAND_IN_LEVELS = 6;

interface Kept {
  image: HTMLImageElement;
  tone: { dark: boolean; canvas: HTMLCanvasElement } | null;
}

/** The tiles of one map. */
export class StreetTiles {
  /** Changes whenever there is more to draw. */
  version = $state(0);
  /** How many tiles of the view are still to come. */
  waiting = $state(0);
  /** Whether tiles of the view cannot be had now. */
  missing = $state(false);
  /* eslint-disable svelte/prefer-svelte-reactivity -- `version` says when to draw */
  private readonly kept = new Map<string, Kept>();
  private readonly failed = new Map<string, number>();
  private readonly coming = new Set<string>();
  /* eslint-enable svelte/prefer-svelte-reactivity */
  private view: Tile[] = [];
  private rest: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly address: (zoom: number, x: number, y: number) => string) {}

  /** Asks for no more. */
  close(): void {
    this.closed = true;
    clearTimeout(this.rest);
    clearTimeout(this.again);
  }

  /** Looks at a part of the plane, metres of the projection, at so many pixels per metre. */
  look(bounds: Bounds, scale: number): void {
    const view = tilesIn(bounds, zoomOf(scale));
    const same =
      view.length === this.view.length && view.every((tile, at) => nameOf(tile) === nameOf(this.view[at]!));
    if (same && view.length > 0) return;
    this.view = view;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.ask(), REST_MS);
  }

  /** Draws what there is of the view. */
  paint(sheet: Sheet, dark: boolean): void {
    const { c, width, height, camera, originX, originY, ink } = sheet;
    const view = seen({ ...camera, x: camera.x + originX, y: camera.y + originY }, width, height);
    for (const tile of tilesIn(view, zoomOf(camera.scale))) {
      const found = this.find(tile);
      const canvas = found && this.tone(found.kept, dark, ink.ground);
      if (!found || !canvas) continue;
      const { minX, minY, maxX, maxY } = boundsOfTile(tile);
      // Whole pixels, so that no seam is seen between neighbours.
      const px = (metres: number, from: number) => Math.round((metres - from) * camera.scale);
      const [left, top] = [px(minX, view.minX), px(minY, view.minY)];
      const { x, y, part } = found;
      c.drawImage(
        canvas,
        x * canvas.width,
        y * canvas.height,
        part * canvas.width,
        part * canvas.height,
        left,
        top,
        px(maxX, view.minX) - left,
        px(maxY, view.minY) - top,
      );
    }
  }

  /** The tile, or the part of one above it that is there. */
  private find(tile: Tile): { kept: Kept; x: number; y: number; part: number } | null {
    for (let levels = 0; levels <= Math.min(STAND_IN_LEVELS, tile.zoom); levels += 1) {
      const wider = above(tile, levels);
      const kept = this.kept.get(nameOf(wider.tile));
      if (kept) return { kept, x: wider.x, y: wider.y, part: wider.part };
    }
    return null;
  }

  private tone(kept: Kept, dark: boolean, ground: string): HTMLCanvasElement | null {
    if (kept.tone?.dark === dark) return kept.tone.canvas;
    const canvas = toned(kept.image, dark, ground);
    kept.tone = canvas && { dark, canvas };
    return canvas;
  }

  /** Asks for what the view still needs, and forgets what was not seen for long. */
  private ask(): void {
    if (this.closed) return;
    const now = Date.now();
    const open = this.view.filter((tile) => {
      const name = nameOf(tile);
      const kept = this.kept.get(name);
      if (kept) {
        // The order of the map is the order of use.
        this.kept.delete(name);
        this.kept.set(name, kept);
      }
      return !kept && now - (this.failed.get(name) ?? -AGAIN_MS) >= AGAIN_MS;
    });
    const most = Math.max(MOST_KEPT, 2 * this.view.length);
    for (const name of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(name);
    }
    for (const tile of open) {
      if (this.coming.size >= AT_ONCE) break;
      if (!this.coming.has(nameOf(tile))) this.fetch(tile);
    }
    this.waiting = open.length;
    const lacking = this.view.some((tile) => !this.kept.has(nameOf(tile)) && this.failed.has(nameOf(tile)));
    this.missing = lacking;
    clearTimeout(this.again);
    if (lacking) this.again = setTimeout(() => this.ask(), AGAIN_MS);
  }

  private fetch(tile: Tile): void {
    const name = nameOf(tile);
    const image = new Image();
    this.coming.add(name);
    const done = (came: boolean) => {
      this.coming.delete(name);
      if (this.closed) return;
      if (came) {
        this.failed.delete(name);
        this.kept.set(name, { image, tone: null });
        this.version += 1;
      } else this.failed.set(name, Date.now());
      this.ask();
    };
    image.src = this.address(tile.zoom, tile.x, tile.y);
    // Decoded aside, so that drawing it holds nothing up.
    image.decode().then(
      () => done(true),
      () => done(false),
    );
  }
}
