// Keys that hold in the whole window, and which of them are left to the element that has the focus.
import type { View } from "./app.svelte";

/** What a key asks for. */
export type Shortcut =
  | { kind: "view"; view: View }
  | { kind: "choose" | "upload" | "help" | "search" | "remove" | "previous" | "next" };

const RAIL: Record<string, View> = { "1": "prepare", "2": "queue", "3": "history", "4": "settings" };

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
  if (command || event.altKey || isField(event.target)) return null;
  const view = RAIL[event.key];
  if (view) return { kind: "view", view };
  switch (event.key) {
    case "?":
      return { kind: "help" };
    case "/":
      return { kind: "search" };
    case "Delete":
      return { kind: "remove" };
    case "ArrowLeft":
      return { kind: "previous" };
    case "ArrowRight":
      return { kind: "next" };
    default:
      return null;
  }
}
