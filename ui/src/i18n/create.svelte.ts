// Texts from one list of keys, with plurals, numbers, dates and units through Intl. No dependency, no eval.

/** A text in the plural forms of its language. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
/** A list of texts. */
export type Messages = Record<string, string | Plural>;
/** The texts of another language, for each key of a list. */
export type Translation<M> = Record<keyof M, string | Plural>;
/** A count in a language whose form for whole millions is that of many, such as French. */
export const count = (one: string, other: string): Plural => ({ one, many: other, other });
/** What goes into the braces of a text. */
export type Vars = Record<string, string | number>;
/** The list of another language, loaded when it is chosen. */
export type Loader<M extends Messages> = () => Promise<{
  default: Partial<Record<keyof M, string | Plural>>;
}>;

/**
 * The locale in which numbers and dates are written: the words' language with the person's region, so that English
 * texts in Germany have German decimal commas but no German month names.
 */
export function formatLocale(language: string, wanted: readonly string[]): string {
  const same = wanted.find((tag) => tag.split("-")[0] === language);
  if (same) return same;
  for (const tag of wanted) {
    try {
      const region = new Intl.Locale(tag).region;
      if (region) return Intl.getCanonicalLocales(`${language}-${region}`)[0] ?? language;
    } catch {
      continue;
    }
  }
  return language;
}

/** Makes the texts of a program: `base` is complete, the others fall back to it. */
export function createI18n<M extends Messages>(
  base: M,
  load: Record<string, Loader<M>>,
  wanted: readonly string[],
) {
  let language = $state("en");
  let table = $state.raw<Partial<Record<keyof M, string | Plural>>>(base);
  let asked = 0;
  const locale = $derived(formatLocale(language, wanted));
  const numbers = $derived(new Intl.NumberFormat(locale));
  const plurals = $derived(new Intl.PluralRules(language));

  return {
    /** Language of the texts. */
    get language() {
      return language;
    },
    /** Locale of numbers and dates. */
    get locale() {
      return locale;
    },
    /** Changes the language; an unknown one gives English. What was asked for last holds. */
    async use(tag: string) {
      const loader = load[tag];
      const turn = (asked += 1);
      const next = loader ? (await loader()).default : base;
      if (turn !== asked) return;
      table = next;
      language = loader ? tag : "en";
    },
    /** The text of a key. `n` picks the plural form; numbers are formatted, strings are put in as they are. */
    t(key: keyof M & string, vars: Vars = {}): string {
      const message: string | Plural | undefined = table[key] ?? base[key];
      if (message === undefined) return key;
      const text =
        typeof message === "string"
          ? message
          : (message[plurals.select(Number(vars.n ?? 0))] ?? message.other);
      return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = vars[name];
        if (value === undefined) return whole;
        return typeof value === "number" ? numbers.format(value) : value;
      });
    },
  };
}

/** A value that is drawn anew where it is shown when it changes. */
export class Reactive<T> {
  value: T = $state.raw() as T;

  constructor(value: T) {
    this.value = value;
  }
}
