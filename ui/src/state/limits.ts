// How fast, and at which hours: numbers and words of the limits. What they do is the core's.
import { format, t } from "../i18n";
import type { ScheduleRow } from "../wire.gen";

/** Bytes of a megabyte, as disks and networks count. */
const MEGABYTE = 1_000_000;
const HOUR_MIN = 60;
const DAY_MIN = 24 * HOUR_MIN;

/** Limits that are offered without typing, bytes per second; 0 is none. */
export const COMMON_LIMITS: readonly number[] = [0, MEGABYTE, 5 * MEGABYTE];

/** Megabytes per second, for a field. */
export const megabytes = (bytesPerS: number): number => bytesPerS / MEGABYTE;

/** Bytes per second behind a field; at least 1,000, because 0 would mean another thing. */
export const bytesPerSecond = (value: number): number => Math.max(1000, Math.round(value * MEGABYTE));

/** A limit that holds all day, in words. */
export function limitWord(bytesPerS: number): string {
  return bytesPerS === 0 ? t("limit.none") : format.speed(bytesPerS);
}

/** "08:30" for minute 510 of the day; the form that time fields take. */
export function fieldOfMinute(minute: number): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${pad(Math.floor(minute / HOUR_MIN))}:${pad(minute % HOUR_MIN)}`;
}

/** Minute of the day behind a field; null where it names none. */
export function minuteOfField(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text.trim());
  if (!found) return null;
  const minute = Number(found[1]) * HOUR_MIN + Number(found[2]);
  return Number(found[2]) < HOUR_MIN && minute < DAY_MIN ? minute : null;
}

/** Which hours a row holds, beyond its two times; empty where they say it all. */
export function spanWord(row: ScheduleRow): string {
  if (row.fromMinute === row.toMinute) return t("schedule.whole_day");
  return row.fromMinute > row.toMinute ? t("schedule.over_midnight") : "";
}

/** How much a row of the schedule sends. */
export type RowKind = "nothing" | "unlimited" | "limited";

/** The kind of a row. */
export function rowKind(row: ScheduleRow): RowKind {
  if (row.limitBytesPerS === null) return "unlimited";
  return row.limitBytesPerS === 0 ? "nothing" : "limited";
}

/** The row with another kind. */
export function withKind(row: ScheduleRow, kind: RowKind): ScheduleRow {
  const limitBytesPerS = { nothing: 0, unlimited: null, limited: row.limitBytesPerS || MEGABYTE }[kind];
  return { ...row, limitBytesPerS };
}

/** Hours that a new row begins with: by day, when others use the line too. */
export const NEW_ROW: ScheduleRow = { fromMinute: 8 * HOUR_MIN, toMinute: 18 * HOUR_MIN, limitBytesPerS: 0 };
