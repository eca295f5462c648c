// Words for what an edit does, before and after it is done.
import { format, t } from "../i18n";
import type { EditPreview, FixRow, TrackFileRow } from "../wire.gen";
import { isolated } from "./names";

const MINUTE_MS = 60_000;

/** A shift of the clock in words: "1 hr", "1 hr 23 min". */
export function shiftWords(shiftMs: number): string {
  return format.duration(Math.abs(shiftMs) / 1000);
}

/** What the button of a fix says. */
export function fixWords({ kind, edit }: FixRow, tracks: readonly TrackFileRow[] = []): string {
  if (edit.edit === "shift_time" && edit.shiftMs !== 0) {
    const key = edit.shiftMs > 0 ? "fix.shift_later" : "fix.shift_earlier";
    return t(key, { time: shiftWords(edit.shiftMs) });
  }
  if (edit.edit === "answer_time_zone" && edit.zone) return t("fix.use_zone", { zone: edit.zone });
  if (edit.edit === "use_track") {
    const row = tracks.find((other) => other.trackId === edit.trackId);
    if (row) return trackWords(row.fileName, edit.lookupOffsetMs);
  }
  return t(`fix.${kind}`);
}

/** What using a track file with an offset is called. */
export function trackWords(fileName: string, lookupOffsetMs: number): string {
  const file = isolated(fileName);
  if (lookupOffsetMs === 0) return t("fix.track_file", { file });
  const key = lookupOffsetMs > 0 ? "fix.track_later" : "fix.track_earlier";
  return t(key, { file, time: shiftWords(lookupOffsetMs) });
}

/** What an edit would change, in a sentence. */
export function previewWords(preview: EditPreview): string {
  const more = preview.readyAfter - preview.readyBefore;
  const sequences = preview.sequencesAfter - preview.sequencesBefore;
  const words: string[] = [];
  if (more > 0) words.push(t("preview.more", { n: more }));
  if (more < 0) words.push(t("preview.fewer", { n: -more }));
  if (sequences > 0) words.push(t("preview.more_sequences", { n: sequences }));
  if (sequences < 0) words.push(t("preview.fewer_sequences", { n: -sequences }));
  return words.length > 0 ? words.join(" ") : t("preview.same");
}

/** Hours, minutes and seconds of a shift, for its fields. */
export function parts(shiftMs: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.round(Math.abs(shiftMs) / 1000);
  return { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, seconds: whole % 60 };
}

/** The shift behind the fields, milliseconds. */
export function whole(hours: number, minutes: number, seconds: number): number {
  return (hours * 60 + minutes) * MINUTE_MS + seconds * 1000;
}
