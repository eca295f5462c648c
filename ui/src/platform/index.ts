// Chooses the program around the window, once.
import type { Platform } from "./types";

export type { Drag, Platform } from "./types";

/** The language to begin in: the shell's word for it inside Waypost, the system's in a plain browser. */
export function startLanguage(): string {
  const told: unknown = "waypostLanguage" in window ? window.waypostLanguage : null;
  return typeof told === "string" ? told : "system";
}

/** The shell's bridge inside Waypost, the demo in a plain browser. */
export async function openPlatform(): Promise<Platform> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriPlatform();
  const query = new URLSearchParams(location.search);
  const recording = query.get("recording");
  if (recording !== null) return (await import("./recorded")).recordedPlatform(recording);
  return (await import("./demo")).demoPlatform(query);
}
