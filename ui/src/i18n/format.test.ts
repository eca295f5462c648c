// Numbers as people write them.
import { describe, expect, test } from "vitest";
import { createI18n, formatLocale } from "./create.svelte";
import { createFormats } from "./format";

const en = createFormats(() => "en-GB");
const de = createFormats(() => "de-DE");
/** Intl writes no-break and narrow spaces; here all are plain. */
const plain = (text: string) => text.replace(/\s/gu, " ");

describe("sizes", () => {
  test.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1000, "1.0 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [4_114_000_000, "4.1 GB"],
    [251_000_000, "251 MB"],
  ])("%i bytes are %s", (bytes, text) => expect(plain(en.bytes(bytes))).toBe(text));
  test("a part is counted in the unit of its total, so that the figures do not jump", () => {
    expect(en.bytesPart(214_000_000, 4_114_000_000)).toBe("0.2");
    expect(en.bytesPart(4_114_000_000, 4_114_000_000)).toBe("4.1");
    expect(de.bytesPart(214_000_000, 4_114_000_000)).toBe("0,2");
  });
  test("speeds are never in bytes", () => {
    expect(plain(en.speed(8_310_000))).toBe("8.3 MB/s");
    expect(plain(en.speed(120))).toBe("0.1 kB/s");
  });
});

describe("times", () => {
  test.each([
    [3, "5 secs"],
    [42, "45 secs"],
    [372, "6 mins"],
    [5400, "1.5 hrs"],
    [400_000, "5 days"],
  ])("%i s are about %s", (seconds, text) => expect(plain(en.roughDuration(seconds))).toBe(text));
  test.each([
    [42, "42 secs"],
    [75, "1 min 15 secs"],
    [4980, "1 hr 23 mins"],
  ])("%i s are exactly %s", (seconds, text) => expect(plain(en.duration(seconds))).toBe(text));
  test.each([
    [-3, "0:00"],
    [41.2, "0:42"],
    [3700, "1:01:40"],
  ])("a countdown of %f s reads %s", (seconds, text) => expect(en.countdown(seconds)).toBe(text));
  test("ages are in words", () => {
    expect(plain(en.ago(20_000))).toBe("now");
    expect(plain(en.ago(3 * 60_000))).toBe("3 min ago");
  });
});

test("distances follow the roads of the region", () => {
  expect(plain(de.distance(940))).toBe("940 m");
  expect(plain(de.distance(2340))).toBe("2,3 km");
  expect(plain(en.distance(1609.344))).toBe("1 mi");
  expect(plain(en.distance(80))).toBe("262 ft");
});

test("a scale bar is a round number in the unit that is shown", () => {
  expect(plain(de.roundDistance(730).text)).toBe("500 m");
  expect(de.roundDistance(730).metres).toBeCloseTo(500);
  const bar = en.roundDistance(80);
  expect([plain(bar.text), Math.round(bar.metres)]).toEqual(["200 ft", 61]);
});

test("a person's region is kept when the texts are in another language", () => {
  expect(formatLocale("en", ["de-DE", "fr"])).toBe("en-DE");
  expect(formatLocale("en", ["fr-FR", "en-US"])).toBe("en-US");
  expect(formatLocale("en", ["not a tag!"])).toBe("en");
});

test("plurals and values go into the text", () => {
  const i18n = createI18n({ images: { one: "{n} image", other: "{n} images" }, to: "to {who}" }, {}, [
    "en-GB",
  ]);
  expect([i18n.t("images", { n: 1 }), i18n.t("images", { n: 1756 }), i18n.t("to", { who: "{n}" })]).toEqual([
    "1 image",
    "1,756 images",
    "to {n}",
  ]);
});

test("another language falls back to English where a text is missing", async () => {
  const i18n = createI18n(
    { one: "one", two: "two" },
    { de: () => Promise.resolve({ default: { one: "eins" } }) },
    ["de"],
  );
  await i18n.use("de");
  expect([i18n.t("one"), i18n.t("two"), i18n.language]).toEqual(["eins", "two", "de"]);
  await i18n.use("xx");
  expect([i18n.t("one"), i18n.language]).toEqual(["one", "en"]);
});
