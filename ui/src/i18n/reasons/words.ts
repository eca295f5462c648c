// What went wrong, in the person's language. The core says it in English, with the names of files and hosts; other
// languages say the same by its code, and show the core's sentence below where it tells more.
import { withoutName } from "../../state/names";
import type { FindingRow, Problem } from "../../wire.gen";
import { checks, type Check, type Checks } from "./checks.en";

/** Sentence and action, by code. */
export type Reasons = Readonly<Record<string, readonly [message: string, action: string]>>;

/** What a language says about codes. */
export interface ReasonList {
  readonly checks: Checks;
  readonly reasons: Reasons;
  /** What is to be said of one file, by the code of a check. */
  readonly files: Readonly<Record<keyof Checks, string>>;
}

/** A problem in words. */
export interface ProblemWords {
  message: string;
  action: string;
  /** The core's own sentence, where it is not the message itself. */
  detail: string | null;
}

/** The words for a problem; those of the core where the list does not know its code, or there is none. */
export function problemWords(problem: Problem, list: ReasonList | null): ProblemWords {
  const words = found(problem.code, list);
  if (!words) return { message: problem.message, action: problem.action, detail: null };
  // The core knows whether there is something to do this time.
  return { message: words.message, action: problem.action && words.action, detail: problem.message };
}

/** The words for a finding: its title and what helps. */
export function findingWords(row: FindingRow, list: ReasonList | null): { title: string; action: string } {
  const words = found(row.code, list);
  return words
    ? { title: words.message, action: row.action && words.action }
    : { title: row.title, action: row.action };
}

/** Numbers with their units, and names of other files, as the core's sentences have them. */
const FACTS =
  /(?<![\w.])(?<value>\d[\d,]*(?:\.\d+)?)\s?(?<unit>km\/h|km|m|seconds|s|min|bytes|MB|GB|%|°)(?!\w)|(?<file>[^\s/\\]+\.(?:jpe?g|mp4|mov|360|gpx|nmea))(?!\w)/giu;
const UNITS: Readonly<Record<string, string>> = { seconds: "s", bytes: "B" };

/**
 * What is said of a file behind its name. English is the core's own sentence; other languages say it by the code, with the
 * numbers and names of the core's sentence behind it.
 */
export function fileWords(
  code: string | null,
  message: string,
  name: string,
  list: ReasonList | null,
  number: (value: number) => string,
): string {
  const own = withoutName(message, name);
  if (!list || code === null) return own;
  const words = isCheck(code) ? list.files[code] : found(code, list)?.message;
  if (words === undefined) return own;
  const facts = [...own.matchAll(FACTS)].map(({ groups = {} }) => {
    const { value = "", unit = "", file } = groups;
    return file ?? `${number(Number(value.replaceAll(",", "")))}\u00a0${UNITS[unit] ?? unit}`;
  });
  return facts.length > 0 ? `${words} (${facts.join(", ")})` : words;
}

/** Whether the help says something about a code. */
export function isCheck(code: string): code is keyof Checks {
  return Object.hasOwn(checks, code);
}

function found(code: string, list: ReasonList | null): { message: string; action: string } | null {
  if (!list) return null;
  if (isCheck(code)) {
    const check: Check = list.checks[code];
    return { message: check.title, action: check.action };
  }
  const reason = Object.hasOwn(list.reasons, code) ? list.reasons[code] : undefined;
  return reason ? { message: reason[0], action: reason[1] } : null;
}
