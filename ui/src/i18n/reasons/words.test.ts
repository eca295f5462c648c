// Every code that a person can meet has words in every language, and the file's own sentence stays in reach.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FindingRow, Problem } from "../../wire.gen";
import { checks } from "./checks.en";
import * as de from "./de";
import * as fr from "./fr";
import { fileWords, findingWords, problemWords } from "./words";

const ROOT = join(import.meta.dirname, "../../../..");
const documented = [
  ...readFileSync(join(ROOT, "docs/errors.md"), "utf8").matchAll(/^### `([a-z_]+)`$/gm),
].map((match) => match[1] ?? "");
/** Codes behind `fn code` of an enum in Rust. */
function codesOf(file: string, type: string): string[] {
  const source = readFileSync(join(ROOT, "src-tauri/core/src", file), "utf8");
  const arms = source.split(`impl ${type}`)[1]?.split("pub fn title")[0] ?? "";
  return [...arms.matchAll(/=> "([a-z_]+)"/g)].map((match) => match[1] ?? "");
}

describe.each([
  ["de", de],
  ["fr", fr],
])("%s", (_, list) => {
  test("has words for every documented code", () => {
    expect(documented.length).toBeGreaterThan(140);
    expect(documented.filter((code) => !(code in list.checks) && !(code in list.reasons))).toEqual([]);
  });
  test("has words for no code that there is not", () => {
    const known = new Set(documented);
    expect(
      [...Object.keys(list.checks), ...Object.keys(list.reasons)].filter((code) => !known.has(code)),
    ).toEqual([]);
  });
  test("says nothing twice under one code", () => {
    expect(Object.keys(list.reasons).filter((code) => code in list.checks)).toEqual([]);
  });
  test("explains each check and what helps", () => {
    for (const check of Object.values(list.checks))
      expect(Math.min(check.title.length, check.what.length, check.action.length)).toBeGreaterThan(8);
  });
});

test("the help knows each reason for which a file is refused or looked at", () => {
  const codes = [...codesOf("refusal_code.rs", "RefusalCode"), ...codesOf("plan.rs", "WarningCode")];
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.filter((code) => !(code in checks))).toEqual([]);
});

test("French keeps its punctuation with the word before it", () => {
  const sentences = Object.values(fr.reasons).flatMap(([message, action]) => [message, action]);
  const explained = Object.values(fr.checks).flatMap(({ title, what, action }) => [title, what, action]);
  const all: string[] = [...sentences, ...explained];
  expect(
    all.filter((text) => /[^\u00a0]:(?!\d)|[^\u202f][;!?]|[^\u00a0]»|«[^\u00a0]|['"]/.test(text)),
  ).toEqual([]);
});

const problem: Problem = {
  code: "dns",
  message: "rupload.facebook.com cannot be found.",
  action: "Check the network.",
  retry: "automatic",
};

test("a problem is said by its code, with the core's sentence below", () => {
  expect(problemWords(problem, de)).toEqual({
    message: de.reasons.dns?.[0],
    action: de.reasons.dns?.[1],
    detail: problem.message,
  });
});

test("a problem without a code of ours, and English, are the core's own words", () => {
  const own = { message: problem.message, action: problem.action, detail: null };
  expect(problemWords(problem, null)).toEqual(own);
  expect(problemWords({ ...problem, code: "of_tomorrow" }, fr)).toEqual(own);
  expect(problemWords({ ...problem, code: "constructor" }, fr)).toEqual(own);
});

test("where the core has nothing to do, no language has", () => {
  expect(problemWords({ ...problem, action: "" }, fr).action).toBe("");
});

test("a finding is named by its check", () => {
  const row: FindingRow = {
    code: "too_fast",
    title: "Sequences faster than any vehicle",
    action: "Check.",
    refused: true,
    fixes: [],
    files: [],
  };
  expect(findingWords(row, fr)).toEqual({
    title: fr.checks.too_fast.title,
    action: fr.checks.too_fast.action,
  });
  expect(findingWords(row, null)).toEqual({ title: row.title, action: row.action });
});

const german = (value: number) => new Intl.NumberFormat("de").format(value);

test("a file is told by the code of its check, with the numbers and names of the core's sentence", () => {
  const sentence = "G1.JPG stands where GOPR1399.JPG stood (0.04 m).";
  expect(fileWords("duplicate", sentence, "G1.JPG", de, german)).toBe(
    `${de.files.duplicate} (GOPR1399.JPG, 0,04\u00a0m)`,
  );
  const fast = "G1.JPG would have moved at 1,240 km/h; the limit is 400 km/h.";
  expect(fileWords("too_fast", fast, "G1.JPG", fr, String)).toBe(
    `${fr.files.too_fast} (1240\u00a0km/h, 400\u00a0km/h)`,
  );
  expect(fileWords("no_position", "G1.JPG has no GPS position.", "G1.JPG", de, german)).toBe(
    de.files.no_position,
  );
});

test("in English, and with a code of tomorrow, a file is told in the core's own words", () => {
  expect(fileWords("no_position", "G1.JPG has no GPS position.", "G1.JPG", null, german)).toBe(
    "has no GPS position.",
  );
  expect(fileWords("of_tomorrow", "G1.JPG is odd.", "G1.JPG", de, german)).toBe("is odd.");
  expect(fileWords(null, "G1.JPG is odd.", "G1.JPG", de, german)).toBe("is odd.");
});
