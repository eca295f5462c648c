// The texts of Waypost.
import { createI18n } from "./create.svelte";
import { en } from "./en";
import { createFormats } from "./format";
import { spokenLanguage } from "./language";

/** Names of all texts. */
export type Key = keyof typeof en;

const wanted = typeof navigator === "undefined" ? ["en"] : navigator.languages;
/** The texts in the present language. */
export const i18n = createI18n(en, { de: () => import("./de"), fr: () => import("./fr") }, wanted);
/** The text of a key. */
export const t = (key: Key, vars?: Record<string, string | number>): string => i18n.t(key, vars);
/** Numbers, sizes, times and distances as the person writes them. */
export const format = createFormats(() => i18n.locale);

/** Speaks the language of the setting `system`, `en`, `de` or `fr`, in the page's own name of it too. */
export async function speak(setting: string): Promise<void> {
  await i18n.use(spokenLanguage(setting, wanted));
  if (typeof document !== "undefined") document.documentElement.lang = i18n.language;
}
