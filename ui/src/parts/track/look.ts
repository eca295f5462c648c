// How arrow keys and the wheel look elsewhere: the same on the map of the tracks and on that of the take-out.
import { zoomAt, type Camera } from "./projection";

const WAY: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The view `px` pixels in the direction of an arrow key; null for another key. */
export function panned(camera: Camera, key: string, px: number): Camera | null {
  const way = WAY[key];
  if (!way) return null;
  return {
    ...camera,
    x: camera.x + (way[0] * px) / camera.scale,
    y: camera.y + (way[1] * px) / camera.scale,
  };
}

/** The view after a turn of the wheel over a place, pixels from the middle. A pinch on a touchpad is a wheel with Ctrl. */
export function wheeled(camera: Camera, event: WheelEvent, px: number, py: number): Camera {
  const speed = event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.0016;
  return zoomAt(camera, Math.exp(-event.deltaY * speed), px, py);
}

/** Hears the wheel over a canvas; the page must not scroll by it, so the listener may not be passive. */
export function ownWheel(canvas: HTMLCanvasElement, hear: (event: WheelEvent) => void): () => void {
  const listener = (event: WheelEvent) => {
    event.preventDefault();
    hear(event);
  };
  canvas.addEventListener("wheel", listener, { passive: false });
  return () => canvas.removeEventListener("wheel", listener);
}
