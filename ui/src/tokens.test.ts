// Contrast of every pair of colours that can meet, in both themes; WCAG 2.2: texts 4.5, graphics 3. What forced colours
// make of them is computed in the built window: tests/contrast.e2e.ts.
import { readdirSync, readFileSync } from "node:fs";
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

/** One colour over another, with a part of it let through. */
function mixed(over: string, share: number, under: string): string {
  const channel = (at: number) => {
    const [a, b] = [parseInt(over.slice(at, at + 2), 16), parseInt(under.slice(at, at + 2), 16)];
    return Math.round(a * share + b * (1 - share))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

/** What a token is for. Every text is tried on every ground, whether they meet today or not. */
const GROUNDS = ["bg", "panel", "rail", "hover", "selected", "map", "progress-bg", "failed-bg"];
const TEXTS = ["text", "muted", "accent", "progress", "failed"];
/** Grounds of their own, each with what is written on it. */
const OWN_GROUNDS: [string, string][] = [
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["panel", "progress"],
  // The place of the window that is open; nothing else stands on it.
  ["text", "rail-selected"],
  ["muted", "rail-selected"],
];
/** What is drawn, not written, on the grounds where it is drawn: edges of fields, coasts. */
const DRAWN: [string, string[]][] = [
  ["control", ["bg", "panel", "rail", "hover"]],
  ["map-coast", ["map"]],
  ["accent", ["rail-selected"]],
];
/** Lines that only part what space and type part already; without them nothing is lost. */
const ORNAMENT = ["line", "map-grid"];

const PAIRS = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground): [string, string] => [text, ground])),
  ...OWN_GROUNDS,
];

/** Declarations of every rule of the window's style sheets. */
function rules(): { file: string; rule: Record<string, string> }[] {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".svelte") || file.endsWith(".css"))
    .flatMap((file) => {
      const text = readFileSync(join(import.meta.dirname, file), "utf8");
      const style = file.endsWith(".css") ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? "");
      return [...style.matchAll(/\{([^{}]*)\}/g)].map((match) => ({
        file,
        rule: Object.fromEntries(
          [...(match[1] ?? "").matchAll(/([a-z-]+):\s*([^;]+);/g)].map(
            ([, property, value]): [string, string] => [property ?? "", value ?? ""],
          ),
        ),
      }));
    });
}
const tokenOf = (value: string | undefined) => /^var\(--([a-z-]+)\)$/.exec(value ?? "")?.[1];

test("the dark theme is the same whether the system or the person wants it", () => {
  expect(tokens(':root:not([data-theme="light"])')).toEqual(tokens(':root[data-theme="dark"]'));
});

test("every colour has a purpose here, and the dark theme has every colour", () => {
  const known = [GROUNDS, TEXTS, OWN_GROUNDS.flat(), DRAWN.map(([name]) => name), ORNAMENT].flat();
  expect(Object.keys(light).filter((name) => !known.includes(name))).toEqual([]);
  expect(Object.keys(tokens(':root[data-theme="dark"]')).sort()).toEqual(Object.keys(light).sort());
});

test("every pair of colours that a rule of the style sheets makes is among those that are computed", () => {
  const made = rules().flatMap(({ file, rule }) => {
    const [text, ground] = [tokenOf(rule.color), tokenOf(rule.background ?? rule["background-color"])];
    return text && ground ? [{ file, text, ground }] : [];
  });
  expect(made.length).toBeGreaterThan(20);
  expect(
    made.filter(({ text, ground }) => !PAIRS.some(([one, other]) => one === text && other === ground)),
  ).toEqual([]);
  const written = new Set(rules().flatMap(({ rule }) => tokenOf(rule.color) ?? []));
  expect([...written].filter((text) => !PAIRS.some(([one]) => one === text))).toEqual([]);
});

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("%s", (name, theme) => {
  const of = (token: string) => theme[token] ?? "";
  test.each(PAIRS)("text %s on %s", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(DRAWN.flatMap(([line, grounds]) => grounds.map((ground): [string, string] => [line, ground])))(
    "graphics %s on %s",
    (line, ground) => {
      expect(contrast(of(line), of(ground))).toBeGreaterThanOrEqual(3);
    },
  );
  test.each(SEQUENCE_COLOURS[name])("a sequence's colour %s on the track view and the list", (colour) => {
    for (const ground of ["map", "panel", "selected", "hover"]) {
      expect(contrast(colour, of(ground))).toBeGreaterThanOrEqual(3);
    }
  });
  test.each(["progress", "accent", "failed", "muted"])("a bar that is %s, on what is still to do", (tone) => {
    for (const ground of ["panel", "bg"]) {
      expect(contrast(of(tone), mixed(of("control"), 0.28, of(ground)))).toBeGreaterThanOrEqual(3);
    }
  });
  test("the numbers over the chart, wherever a line runs below them", () => {
    for (const line of ["text", "muted", "accent", "progress", "failed"]) {
      expect(contrast(of("muted"), mixed(of("panel"), 0.9, of(line)))).toBeGreaterThanOrEqual(4.5);
    }
  });
});
