// Limits between fields, words and the core's numbers.
import { describe, expect, test } from "vitest";
import { i18n } from "../i18n";
import {
  bytesPerSecond,
  fieldOfMinute,
  limitWord,
  megabytes,
  minuteOfField,
  NEW_ROW,
  rowKind,
  spanWord,
  withKind,
} from "./limits";

const row = (fromMinute: number, toMinute: number, limitBytesPerS: number | null = 0) => ({
  fromMinute,
  toMinute,
  limitBytesPerS,
});

test.each([
  ["08:30", 510],
  ["8:05", 485],
  ["23:59", 1439],
  ["00:00", 0],
  ["07:15:00", 435],
  ["24:00", null],
  ["12:60", null],
  ["noon", null],
  ["", null],
])("the field %j is minute %j", (text, minute) => expect(minuteOfField(text)).toBe(minute));

test("every minute of the day comes back from its field", () => {
  for (let minute = 0; minute < 1440; minute += 1) expect(minuteOfField(fieldOfMinute(minute))).toBe(minute);
});

test("a typed limit never becomes 0, which would mean no limit", () => {
  expect([bytesPerSecond(2.5), bytesPerSecond(0), bytesPerSecond(-3), megabytes(2_500_000)]).toEqual([
    2_500_000, 1000, 1000, 2.5,
  ]);
});

describe("a row of the schedule", () => {
  test("says when it goes over midnight or holds all day", async () => {
    await i18n.use("en");
    expect([spanWord(row(480, 1080)), spanWord(row(1320, 360)), spanWord(row(60, 60))]).toEqual([
      "",
      "until the next day",
      "the whole day",
    ]);
  });
  test("is nothing, unlimited or limited, and can become each", () => {
    for (const kind of ["nothing", "unlimited", "limited"] as const)
      expect(rowKind(withKind(NEW_ROW, kind))).toBe(kind);
    expect(withKind(row(0, 0, 7_000_000), "limited").limitBytesPerS).toBe(7_000_000);
  });
});

test("no limit is said in words, another as a speed", async () => {
  await i18n.use("de");
  expect(limitWord(0)).toBe("Unbegrenzt");
  expect(limitWord(5_000_000)).toContain("MB/s");
  await i18n.use("en");
});
