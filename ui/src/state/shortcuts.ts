// Keys that hold in the whole window, and which of them are left to the element that has the focus.
import type { ZoomChange } from "../wire.gen";
import type { View } from "./app.svelte";

/** What a key asks for. */
export type Shortcut =
  | { kind: "view"; view: View }
  | { kind: "previous" | "next" | "first" | "last"; extend: boolean }
  | {
      kind:
        | "choose"
        | "upload"
        | "help"
        | "checks"
        | "search"
        | "remove"
        | "undo"
        | "redo"
        | "select_all"
        | "clear";
    }
  | { kind: "split" | "join" | "finding" | "lasso" }
  | { kind: "zoom"; by: 1 | -1 | 0 }
  | { kind: "scale"; change: ZoomChange };

const RAIL: Record<string, View> = {
  "1": "prepare",
  "2": "queue",
  "3": "library",
  "4": "take_out",
  "5": "settings",
};
const STEPS: Record<string, "previous" | "next" | "first" | "last"> = {
  ArrowLeft: "previous",
  ArrowRight: "next",
  Home: "first",
  End: "last",
};
const KEYS: Record<string, Shortcut> = {
  "?": { kind: "help" },
  "/": { kind: "search" },
  Delete: { kind: "remove" },
  x: { kind: "remove" },
  s: { kind: "split" },
  j: { kind: "join" },
  g: { kind: "finding" },
  l: { kind: "lasso" },
  "+": { kind: "zoom", by: 1 },
  "=": { kind: "zoom", by: 1 },
  "-": { kind: "zoom", by: -1 },
  "0": { kind: "zoom", by: 0 },
  Escape: { kind: "clear" },
};

/** With Ctrl or Cmd: the whole window larger or smaller. */
const SCALE: Record<string, ZoomChange> = { "+": "in", "=": "in", "-": "out", "0": "reset" };

const STORED_KEY = "waypost.single-keys";
/** Keys that type nothing, so that nobody presses them by accident while dictating. */
const QUIET = new Set(["Delete", "Escape"]);

/** Whether letters and digits alone do something; WCAG 2.1.4 wants a way to turn that off. */
export function singleKeys(): boolean {
  return localStorage.getItem(STORED_KEY) !== "off";
}

/** Turns them on or off, on this computer. */
export function setSingleKeys(on: boolean): void {
  localStorage.setItem(STORED_KEY, on ? "on" : "off");
}

/** Whether the focus is where letters are written or a value is chosen. */
function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
}

/** The shortcut behind a key, or null. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  const command = event.ctrlKey || event.metaKey;
  if (document.querySelector("dialog[open]")) return null;
  if (command && event.key.toLowerCase() === "o") return { kind: "choose" };
  if (command && event.key === "Enter") return { kind: "upload" };
  if (event.key === "F1") return { kind: "checks" };
  // Also while typing: a field is where one wants to read.
  const change = command ? SCALE[event.key] : undefined;
  if (change) return { kind: "scale", change };
  if (event.altKey || isField(event.target)) return null;
  if (command) return withCommand(event);
  const step = STEPS[event.key];
  if (step) return { kind: step, extend: event.shiftKey };
  if (!QUIET.has(event.key) && !singleKeys()) return null;
  const view = RAIL[event.key];
  if (view) return { kind: "view", view };
  return KEYS[event.key] ?? KEYS[event.key.toLowerCase()] ?? null;
}

function withCommand(event: KeyboardEvent): Shortcut | null {
  const key = event.key.toLowerCase();
  if (key === "z") return { kind: event.shiftKey ? "redo" : "undo" };
  if (key === "y") return { kind: "redo" };
  if (key === "a") return { kind: "select_all" };
  return null;
}
