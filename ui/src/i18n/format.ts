// Numbers, sizes, speeds, times and distances as the locale writes them.

/** Steps of decimal sizes, the way Mapillary and the disks' makers count. */
const SIZE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
/** Regions whose roads are measured in miles. */
const MILES = new Set(["US", "GB", "LR", "MM"]);
const SMALL_UNITS: Record<string, true> = { foot: true, meter: true };
const M_PER_MILE = 1609.344;
const M_PER_FOOT = 0.3048;

function sizeStep(bytes: number): number {
  let step = 0;
  // 999.5 MB would be written as "1,000 MB".
  for (let rest = Math.abs(bytes); rest >= 999.5 && step < SIZE_UNITS.length - 1; rest /= 1000) step += 1;
  return step;
}

function digits(value: number, step: number): Intl.NumberFormatOptions {
  const places = step === 0 || value >= 99.95 ? 0 : 1;
  return { minimumFractionDigits: places, maximumFractionDigits: places };
}

/** The formats of a locale, asked for anew at each call so that a change of language shows at once. */
export function createFormats(locale: () => string) {
  const cache = new Map<string, Intl.NumberFormat>();
  const number = (value: number, options: Intl.NumberFormatOptions = {}): string => {
    const key = `${locale()} ${JSON.stringify(options)}`;
    let format = cache.get(key);
    if (!format) cache.set(key, (format = new Intl.NumberFormat(locale(), options)));
    return format.format(value);
  };
  const unit = (value: number, name: string, options: Intl.NumberFormatOptions = {}): string =>
    number(value, { style: "unit", unit: name, unitDisplay: "short", ...options });
  const sized = (bytes: number, step: number, suffix = ""): string => {
    const value = bytes / 1000 ** step;
    return unit(value, (SIZE_UNITS[step] ?? "byte") + suffix, digits(value, step));
  };
  // Making a format costs a hundred times as much as using it: a list that is scrolled would stand still.
  const dateCache = new Map<string, Intl.DateTimeFormat>();
  const dates = (options: Intl.DateTimeFormatOptions, ms: number) => {
    const key = `${locale()} ${JSON.stringify(options)}`;
    let format = dateCache.get(key);
    if (!format) dateCache.set(key, (format = new Intl.DateTimeFormat(locale(), options)));
    return format.format(ms);
  };

  const lists = new Map<string, Intl.ListFormat>();

  const regions = new Map<string, boolean>();
  /** Whether the roads of the region are measured in miles. */
  const inMiles = (): boolean => {
    const name = locale();
    let miles = regions.get(name);
    if (miles === undefined) regions.set(name, (miles = MILES.has(new Intl.Locale(name).region ?? "")));
    return miles;
  };
  /** A length in the unit of the region's road signs. */
  const inRoadUnit = (metres: number): [number, string] => {
    if (inMiles()) {
      const miles = metres / M_PER_MILE;
      return miles < 0.1 ? [metres / M_PER_FOOT, "foot"] : [miles, "mile"];
    }
    return metres < 1000 ? [metres, "meter"] : [metres / 1000, "kilometer"];
  };

  const formats = {
    number,
    percent: (part: number) => number(part, { style: "percent", maximumFractionDigits: 0 }),
    /** 4,100,000,000 → "4.1 GB". */
    bytes: (bytes: number) => sized(bytes, sizeStep(bytes)),
    /** The count without its unit, in the unit of a total: "1.2" of "4.1 GB". */
    bytesPart(bytes: number, total: number): string {
      const step = sizeStep(total);
      const value = bytes / 1000 ** step;
      return number(value, digits(total / 1000 ** step, step));
    },
    speed: (bytesPerS: number) => sized(bytesPerS, Math.max(1, sizeStep(bytesPerS)), "-per-second"),
    /** One unit, rounded for people: 372 s → "6 min". */
    roughDuration(seconds: number): string {
      if (seconds < 50) return unit(Math.max(5, Math.ceil(seconds / 5) * 5), "second");
      if (seconds < 0.95 * HOUR_S) return unit(Math.round(seconds / MINUTE_S), "minute");
      if (seconds < 1.5 * DAY_S)
        return unit(seconds / HOUR_S, "hour", { maximumFractionDigits: seconds < 10 * HOUR_S ? 1 : 0 });
      return unit(Math.round(seconds / DAY_S), "day");
    },
    /** Two units: 4,980 s → "1 hr 23 min". */
    duration(seconds: number): string {
      const whole = Math.round(seconds);
      if (whole < MINUTE_S) return unit(whole, "second");
      const [hours, minutes] = [Math.floor(whole / HOUR_S), Math.floor((whole % HOUR_S) / MINUTE_S)];
      const parts = hours > 0 ? [unit(hours, "hour")] : [];
      if (minutes > 0) parts.push(unit(minutes, "minute"));
      if (hours === 0 && whole < 10 * MINUTE_S && whole % MINUTE_S > 0)
        parts.push(unit(whole % MINUTE_S, "second"));
      return parts.join(" ");
    },
    /** A countdown: 42 s → "0:42", 3,700 s → "1:01:40". */
    countdown(seconds: number): string {
      const whole = Math.max(0, Math.ceil(seconds));
      const pad = (value: number) => number(value, { minimumIntegerDigits: 2 });
      const hours = Math.floor(whole / HOUR_S);
      const minutes = Math.floor((whole % HOUR_S) / MINUTE_S);
      return (hours > 0 ? [number(hours), pad(minutes)] : [number(minutes)])
        .concat(pad(whole % MINUTE_S))
        .join(":");
    },
    distance(metres: number): string {
      const [value, name] = inRoadUnit(metres);
      return unit(value, name, {
        maximumFractionDigits: value < 10 && SMALL_UNITS[name] === undefined ? 1 : 0,
      });
    },
    /** The longest round distance that is no longer than `metres`, for a scale bar. */
    roundDistance(metres: number): { metres: number; text: string } {
      const [value, name] = inRoadUnit(metres);
      const power = 10 ** Math.floor(Math.log10(value));
      const lead = value / power;
      const round = (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
      return { metres: (round * metres) / value, text: unit(round, name, { maximumFractionDigits: 2 }) };
    },
    /** A height, in the unit of short distances. */
    altitude(metres: number): string {
      const miles = inMiles();
      return miles ? unit(Math.round(metres / M_PER_FOOT), "foot") : unit(Math.round(metres), "meter");
    },
    /** How fast somebody moves: metres per second → "18 km/h". */
    pace(metresPerS: number): string {
      const miles = inMiles();
      const perHour = (metresPerS * HOUR_S) / (miles ? M_PER_MILE : 1000);
      return unit(perHour, `${miles ? "mile" : "kilometer"}-per-hour`, {
        maximumFractionDigits: perHour < 10 ? 1 : 0,
      });
    },
    /** Seconds with a fraction where it matters: "0.5 sec". */
    seconds: (value: number) =>
      unit(value, "second", { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 }),
    degrees: (value: number) => unit(Math.round(value), "degree", { unitDisplay: "narrow" }),
    dateTime: (ms: number) => dates({ dateStyle: "medium", timeStyle: "short" }, ms),
    /** Day and time, without the year: for lists of what is at hand. */
    dayTime: (ms: number) =>
      dates({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, ms),
    date: (ms: number) => dates({ dateStyle: "medium" }, ms),
    time: (ms: number) => dates({ timeStyle: "short" }, ms),
    list: (items: string[]) => {
      const key = locale();
      let format = lists.get(key);
      if (!format) lists.set(key, (format = new Intl.ListFormat(key)));
      return format.format(items);
    },
    /** What a clock without a zone says, day and time; the milliseconds are taken as if it stood in UTC. */
    clock: (ms: number) => dates({ dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }, ms),
    timeWithSeconds: (ms: number) => dates({ timeStyle: "medium" }, ms),
    /** With the zone spelled out, for the text under the pointer. */
    exact: (ms: number) => dates({ dateStyle: "full", timeStyle: "long" }, ms),
    /** "3 min. ago"; `ageMs` is how long ago. */
    ago(ageMs: number): string {
      const seconds = Math.max(0, ageMs / 1000);
      const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
      if (seconds < MINUTE_S) return relative.format(0, "second");
      if (seconds < HOUR_S) return relative.format(-Math.floor(seconds / MINUTE_S), "minute");
      if (seconds < DAY_S) return relative.format(-Math.floor(seconds / HOUR_S), "hour");
      return relative.format(-Math.floor(seconds / DAY_S), "day");
    },
    /** Makes the formats that a plan and a queue begin with, one a step, before anybody waits for them. */
    *warm(): Generator<void> {
      const makes: (() => string)[] = [
        () => formats.number(1),
        () => formats.exact(0),
        () => formats.date(0),
        () => formats.time(0),
        () => formats.timeWithSeconds(0),
        () => formats.dateTime(0),
        () => formats.bytes(1_200_000),
        () => formats.bytes(1_200_000_000),
        () => formats.speed(1_200_000),
        () => formats.duration(3_660),
        () => formats.duration(61),
        () => formats.distance(1200),
        () => formats.degrees(1),
        () => formats.altitude(1),
        () => formats.list(["1", "2"]),
      ];
      for (const make of makes) {
        make();
        yield;
      }
    },
  };
  return formats;
}
