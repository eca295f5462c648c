// The canvas of the map in the right size, and the colours of the theme for it.
import { SEQUENCE_COLOURS, type Model } from "./model";
import type { Ink, Sheet } from "./paint-ground";
import type { Camera } from "./projection";

/** The colours of the present theme. Asking the style of the page costs more than a frame of drawing: ask once. */
export function inkOf(dark: boolean): Ink {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: token("--map"),
    grid: token("--map-grid"),
    coast: token("--map-coast"),
    text: token("--text"),
    muted: token("--muted"),
    panel: token("--panel"),
    accent: token("--accent"),
    progress: token("--progress"),
    failed: token("--failed"),
    font: token("--font"),
    sequences: SEQUENCE_COLOURS[dark ? "dark" : "light"],
  };
}

/** A canvas of the right size for the screen; null while there is no room. */
export function sheetOf(
  element: HTMLCanvasElement,
  width: number,
  height: number,
  camera: Camera,
  model: Model,
  ink: Ink | null,
): Sheet | null {
  // Kept in the processor's memory: without a graphics card this halves the time of a frame, see ui.md.
  const c = element.getContext("2d", { willReadFrequently: true });
  if (!c || !ink || width === 0 || height === 0) return null;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (element.width !== w) element.width = w;
  if (element.height !== h) element.height = h;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { c, width, height, camera, originX: model.originX, originY: model.originY, ink };
}
