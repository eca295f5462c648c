// What fields of forms mean: days, lists of keys.

/** A day, milliseconds. */
export const DAY_MS = 86_400_000;

/** Midnight of a day of a date field, in the computer's zone, milliseconds since 1970 UTC; null for an empty field. */
export function dayMs(text: string): number | null {
  const ms = text === "" ? NaN : new Date(`${text}T00:00:00`).getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** Keys in a text, however they are separated. */
export function keysOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** Tags from a text with commas, each once. */
export function tagsOf(text: string): string[] {
  const tags = text
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return [...new Set(tags)];
}
