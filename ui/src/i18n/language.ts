// Which of our languages a person gets.

/** Languages of the texts, under the names that their speakers use. */
export const LANGUAGES: readonly (readonly [tag: string, name: string])[] = [
  ["en", "English"],
  ["de", "Deutsch"],
  ["fr", "Français"],
];

/** The language behind a setting: its own, or for `system` the first of `wanted` that we speak, or English. */
export function spokenLanguage(setting: string, wanted: readonly string[]): string {
  const known = (tag: string) => LANGUAGES.some(([ours]) => ours === tag);
  if (known(setting)) return setting;
  return wanted.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "").find(known) ?? "en";
}
