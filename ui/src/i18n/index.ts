// The texts of Waypost.
import { createI18n } from "./create.svelte";
import { en } from "./en";
import { createFormats } from "./format";

/** Names of all texts. */
export type Key = keyof typeof en;

const wanted = typeof navigator === "undefined" ? ["en"] : navigator.languages;
/** The texts in the present language. Further languages are one entry each: `de: () => import("./de")`. */
export const i18n = createI18n(en, {}, wanted);
/** The text of a key. */
export const t = (key: Key, vars?: Record<string, string | number>): string => i18n.t(key, vars);
/** Numbers, sizes, times and distances as the person writes them. */
export const format = createFormats(() => i18n.locale);
