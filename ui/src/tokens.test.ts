// Contrast of every pair of colours that meet, in both themes; WCAG 2.2: texts 4.5, graphics 3.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SEQUENCE_COLOURS } from "./parts/track/model";

const css = readFileSync(join(import.meta.dirname, "app.css"), "utf8");
function tokens(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}
const light = tokens(":root");
const dark = { ...light, ...tokens(':root[data-theme="dark"]') };

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const GROUNDS = ["bg", "panel", "rail", "hover", "selected"];
const TEXTS: [string, string][] = [
  ...GROUNDS.flatMap((ground) =>
    ["text", "muted", "accent", "failed"].map((text): [string, string] => [text, ground]),
  ),
  ...["bg", "panel", "selected", "hover"].map((ground): [string, string] => ["progress", ground]),
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["progress", "progress-bg"],
  ["text", "progress-bg"],
  ["text", "failed-bg"],
  ["failed", "failed-bg"],
  ["panel", "progress"],
  ["text", "map"],
  ["muted", "map"],
  ["text", "rail-selected"],
];
const GRAPHICS: [string, string][] = [
  ["control", "bg"],
  ["control", "panel"],
  ["accent", "rail"],
  ["accent", "rail-selected"],
  // What the map is drawn with.
  ["map-coast", "map"],
  ["muted", "map"],
  ["failed", "map"],
  ["progress", "map"],
  ["accent", "map"],
  // Lines of the chart, on what stays at home and on what is selected.
  ["text", "hover"],
  ["accent", "hover"],
];

test("the dark theme is the same whether the system or the person wants it", () => {
  expect(tokens(':root:not([data-theme="light"])')).toEqual(tokens(':root[data-theme="dark"]'));
});

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("%s", (name, theme) => {
  test.each(TEXTS)("text %s on %s", (text, ground) => {
    expect(contrast(theme[text] ?? "", theme[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });
  test.each(GRAPHICS)("graphics %s on %s", (line, ground) => {
    expect(contrast(theme[line] ?? "", theme[ground] ?? "")).toBeGreaterThanOrEqual(3);
  });
  test.each(SEQUENCE_COLOURS[name])("a sequence's colour %s on the track view and the list", (colour) => {
    for (const ground of ["map", "panel", "selected"]) {
      expect(contrast(colour, theme[ground] ?? "")).toBeGreaterThanOrEqual(3);
    }
  });
});
