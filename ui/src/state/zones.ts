// Time zones to choose from, as the web view knows them.

/** Names of the IANA database; empty where the engine cannot list them. */
export function zoneNames(): string[] {
  return typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
}

/** How far a zone is from UTC at a moment, in words: "GMT+2"; the name itself where it is unknown. */
export function zoneOffset(zone: string, atMs: number, locale: string): string {
  try {
    const parts = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      timeZoneName: "shortOffset",
    }).formatToParts(atMs);
    return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
  } catch {
    return zone;
  }
}
