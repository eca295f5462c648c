import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { demoPlatform } from "../platform/demo";
import { App } from "./app.svelte";
import { dayMs, keysOf } from "./fields";
import { FIELDS, TakeOutForm } from "./takeout.svelte";

const form = () => new TakeOutForm(new App(demoPlatform(new URLSearchParams("scene=take-out"))));

test("keys are found however they are separated, each once", () => {
  expect(keysOf(" a,b\n c;a\t\n")).toEqual(["a", "b", "c"]);
  expect(keysOf("  ")).toEqual([]);
});

test("nothing can be asked for before it is said which sequences and what", () => {
  const empty = form();
  expect(empty.choice).not.toBeNull();
  empty.kind = "sequences";
  expect(empty.choice).toBeNull();
  empty.take(["k1", "k2"]);
  expect(empty.choice?.source).toEqual({ kind: "sequences", keys: ["k1", "k2"] });
  empty.csv = false;
  empty.toggle("original");
  expect(empty.choice).toBeNull();
  empty.toggle("256");
  empty.toggle("1024");
  expect(empty.choice?.sizes).toEqual(["256", "1024"]);
});

test("the last day of a window is meant whole, and an area needs its four sides", () => {
  const some = form();
  some.kind = "window";
  [some.from, some.until] = ["2026-05-01", "2026-05-02"];
  const source = some.choice?.source;
  expect(source).toMatchObject({ username: null, fromMs: dayMs("2026-05-01") });
  expect(source?.kind === "window" && source.untilMs).toBe((dayMs("2026-05-03") ?? 0) - 1);
  some.kind = "organization";
  some.organizationId = "90017";
  expect(some.choice).toBeNull();
  some.box = { west: 16, south: 48, east: 17, north: 49 };
  expect(some.choice?.source).toMatchObject({ organizationId: "90017", westDeg: 16, northDeg: 49 });
});

test("an estimate is for what was chosen then: another choice makes it stale", async () => {
  const some = form();
  await some.estimate();
  expect(some.isFresh).toBe(true);
  some.detections = true;
  expect(some.isFresh).toBe(false);
});

test("the columns that can be chosen are those of the core", () => {
  const source = readFileSync(
    join(import.meta.dirname, "../../../src-tauri/core/src/takeout/fields.rs"),
    "utf8",
  );
  const list = source.split("fields! {")[1]?.split("\n}")[0] ?? "";
  const names = [...list.matchAll(/^\s+\w+ "(\w+)"/gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(25);
  expect([...FIELDS]).toEqual(names);
});

test("columns are taken in and out; the toolset's are asked for by naming none", () => {
  const own = form();
  expect(own.choice?.fields).toEqual([]);
  own.toggleField("quality_score");
  expect(own.choice?.fields).toContain("quality_score");
  expect(own.choice?.fields.length).toBe(9);
  own.toggleField("quality_score");
  expect(own.choice?.fields).toEqual([]);
});
