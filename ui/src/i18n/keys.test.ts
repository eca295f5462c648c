// One list of texts: each is used, none is missing, none says what only a program understands.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en } from "./en";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$|\/en(\.\w+)?\.ts$/.test(path)
      ? [readFileSync(path, "utf8")]
      : [];
  });
}

const code = sources(join(import.meta.dirname, "..")).join("\n");
/** Keys made of a part that is known and one of the wire, such as `state.${row.state}`. */
const families = [...code.matchAll(/\bt\(\s*(?:[^`()]*\?\s*)?`([a-z_.]+)\$\{/g)].map(
  (match) => match[1] ?? "",
);

test("every text is used", () => {
  const unused = Object.keys(en).filter(
    (key) => !code.includes(`"${key}"`) && !families.some((family) => key.startsWith(family)),
  );
  expect(unused).toEqual([]);
});

test("every text that is asked for exists", () => {
  const asked = [...code.matchAll(/\bt\(\s*"([a-z_.]+)"/g)].map((match) => match[1] ?? "");
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((key) => !(key in en))).toEqual([]);
});

test("plurals have the forms of English", () => {
  const needed = new Intl.PluralRules("en").resolvedOptions().pluralCategories;
  for (const [key, message] of Object.entries(en)) {
    if (typeof message !== "string") expect(Object.keys(message).sort(), key).toEqual([...needed].sort());
  }
});
