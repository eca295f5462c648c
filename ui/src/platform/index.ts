// Chooses the program around the window, once.
import type { Platform } from "./types";

export type { Drag, Platform } from "./types";

/** The shell's bridge inside Waypost, the demo in a plain browser. */
export async function openPlatform(): Promise<Platform> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriPlatform();
  const query = new URLSearchParams(location.search);
  const recording = query.get("recording");
  if (recording !== null) return (await import("./recorded")).recordedPlatform(recording);
  return (await import("./demo")).demoPlatform(query);
}
