// The texts of Waypost.
import type { FindingRow, Problem } from "../wire.gen";
import { createI18n, Reactive } from "./create.svelte";
import { en } from "./en";
import { createFormats } from "./format";
import { spokenLanguage } from "./language";
import { checks as english, type Checks } from "./reasons/checks.en";
import {
  fileWords as wordsOfFile,
  findingWords as wordsOfFinding,
  problemWords as wordsOfProblem,
  type ReasonList,
} from "./reasons/words";

/** Names of all texts. */
export type Key = keyof typeof en;

const wanted = typeof navigator === "undefined" ? ["en"] : navigator.languages;
/** The texts in the present language. */
export const i18n = createI18n(en, { de: () => import("./de"), fr: () => import("./fr") }, wanted);
/** The text of a key. */
export const t = (key: Key, vars?: Record<string, string | number>): string => i18n.t(key, vars);
/** Numbers, sizes, times and distances as the person writes them. */
export const format = createFormats(() => i18n.locale);

const REASONS: Record<string, () => Promise<ReasonList>> = {
  de: () => import("./reasons/de"),
  fr: () => import("./reasons/fr"),
};
const reasons = new Reactive<ReasonList | null>(null);
/** What went wrong, in the present language. */
export const problemWords = (problem: Problem) => wordsOfProblem(problem, reasons.value);
/** What was found, in the present language. */
export const findingWords = (row: FindingRow) => wordsOfFinding(row, reasons.value);

/** What is said of a file behind its name, in the present language. */
export const fileWords = (code: string | null, message: string, name: string) =>
  wordsOfFile(code, message, name, reasons.value, (value) => format.number(value));

/** What each check means, in the present language. */
export const checksOf = (): Checks => reasons.value?.checks ?? english;

/** Speaks the language of the setting `system`, `en`, `de` or `fr`, in the page's own name of it too. */
export async function speak(setting: string): Promise<void> {
  const language = spokenLanguage(setting, wanted);
  const [list] = await Promise.all([REASONS[language]?.() ?? null, i18n.use(language)]);
  // Another language may have been asked for meanwhile.
  if (i18n.language === language) reasons.value = list;
  if (typeof document !== "undefined") document.documentElement.lang = i18n.language;
}

/** Makes what texts and numbers need, step by step: the first plan that is shown does not wait for it then. */
export function* warmTexts(): Generator<void> {
  t("queue.count", { n: 1 });
  yield;
  yield* format.warm();
}
