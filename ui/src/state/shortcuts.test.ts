// Which key asks for what, and when a key is left alone.
import { afterEach, expect, test } from "vitest";
import { setSingleKeys, shortcutOf } from "./shortcuts";

const key = (name: string, more: KeyboardEventInit = {}, target?: HTMLElement) => {
  const event = new KeyboardEvent("keydown", { key: name, ...more });
  if (target) Object.defineProperty(event, "target", { value: target });
  return shortcutOf(event);
};
afterEach(() => setSingleKeys(true));

test("letters do something alone, with Ctrl something else, and nothing in a field", () => {
  expect(key("x")).toEqual({ kind: "remove" });
  expect(key("S")).toEqual({ kind: "split" });
  expect(key("z")).toBeNull();
  expect(key("z", { ctrlKey: true })).toEqual({ kind: "undo" });
  expect(key("Z", { ctrlKey: true, shiftKey: true })).toEqual({ kind: "redo" });
  expect(key("a", { metaKey: true })).toEqual({ kind: "select_all" });
  expect(key("x", {}, document.createElement("input"))).toBeNull();
  expect(key("z", { ctrlKey: true }, document.createElement("textarea"))).toBeNull();
});

test("arrows step, with Shift they extend", () => {
  expect(key("ArrowRight")).toEqual({ kind: "next", extend: false });
  expect(key("ArrowLeft", { shiftKey: true })).toEqual({ kind: "previous", extend: true });
  expect(key("End", { shiftKey: true })).toEqual({ kind: "last", extend: true });
});

test("single letters and digits can be turned off; arrows, Del and Ctrl stay", () => {
  setSingleKeys(false);
  expect(["x", "s", "1", "?", "+"].map((name) => key(name))).toEqual([null, null, null, null, null]);
  expect(key("Delete")).toEqual({ kind: "remove" });
  expect(key("ArrowRight")).toEqual({ kind: "next", extend: false });
  expect(key("Enter", { ctrlKey: true })).toEqual({ kind: "upload" });
});
