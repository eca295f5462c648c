// One list of texts: each is used, none is missing, in no language.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Plural } from "./create.svelte";
import de from "./de";
import { en } from "./en";
import fr from "./fr";
import { LANGUAGES, spokenLanguage } from "./language";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !/\.test\.ts$|\/(en|de|fr)(\.\w+)?\.ts$/.test(path)
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

const lists: Record<string, Record<string, string | Plural>> = { en, de, fr };
const texts = (message: string | Plural): string[] =>
  typeof message === "string" ? [message] : Object.values(message);
/** Names of the values that go into a text. */
const values = (message: string | Plural): string[] =>
  [
    ...new Set(texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))),
  ].sort() as string[];
/** Keys of texts with something that the language does not write so. */
const against = (list: Record<string, string | Plural>, wrong: RegExp): string[] =>
  Object.keys(list).filter((key) => texts(list[key] ?? "").some((text) => wrong.test(text)));

test("every language that can be chosen has a list", () => {
  expect(LANGUAGES.map(([tag]) => tag).sort()).toEqual(Object.keys(lists).sort());
});

describe.each(Object.entries(lists))("%s", (language, list) => {
  test("has each text of English and no other", () => {
    expect(Object.keys(list).sort()).toEqual(Object.keys(en).sort());
  });

  test("has plurals where English has, in all forms of the language", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(list)) {
      expect(typeof message, key).toBe(typeof lists.en?.[key]);
      if (typeof message !== "string") expect(Object.keys(message).sort(), key).toEqual([...needed].sort());
    }
  });

  test("puts the same values into a text as English", () => {
    for (const [key, message] of Object.entries(list))
      expect(values(message), key).toEqual(values(lists.en?.[key] ?? ""));
  });

  test("leaves no text empty", () => {
    expect(against(list, /^\s*$/)).toEqual([]);
  });
});

test("French keeps : ; ! ? and guillemets with their word, and writes its own apostrophe", () => {
  expect(against(fr, /[^\u00a0]:(?!\d)|[^\u202f][;!?]|[^\u00a0]»|«[^\u00a0]|['"]/)).toEqual([]);
});

test("German quotes and leaves out as German does", () => {
  expect(against(de, /["']|“[^„]*“|[^ ]…/)).toEqual([]);
});

test("the system's language is spoken where it is one of ours, English otherwise", () => {
  expect(spokenLanguage("system", ["de-AT", "en"])).toBe("de");
  expect(spokenLanguage("system", ["pl", "fr-CA"])).toBe("fr");
  expect(spokenLanguage("system", ["pl"])).toBe("en");
  expect(spokenLanguage("fr", ["de"])).toBe("fr");
});
