// What a screen reader is told of the queue: start, each quarter, the end. Not each of the many small steps.
import { t } from "../i18n";
import type { UploadProgress, UploadRow } from "../wire.gen";
import { stateWord } from "./words";

/** Least time between two announcements, milliseconds; what comes sooner waits, the newest wins for each upload. */
const PAUSE_MS = 2000;
const QUARTER = 0.25;
/** Changes of state that are worth a word without being asked. */
const SAID: ReadonlySet<string> = new Set([
  "sending",
  "processing",
  "published",
  "failed",
  "lost",
  "needs_sign_in",
  "waiting",
  "source_changed",
  "finish_unknown",
]);

/** Collects announcements and gives them out one at a time. */
export class Announcer {
  /** The text of the live region. */
  text = $state("");
  /* eslint-disable svelte/prefer-svelte-reactivity -- nothing is drawn from these two */
  private readonly waiting = new Map<number, string>();
  private readonly quarters = new Map<number, number>();
  /* eslint-enable svelte/prefer-svelte-reactivity */
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** An upload's row was replaced. */
  changed(before: UploadRow | undefined, after: UploadRow): void {
    if (before?.state === after.state || !SAID.has(after.state)) return;
    this.say(after.uploadId, t("announce.state", { title: after.title, state: stateWord(after) }));
  }

  /** Bytes of an upload moved. */
  moved(row: UploadRow, progress: UploadProgress): void {
    if (progress.totalBytes === 0) return;
    const quarter = Math.floor(progress.sentBytes / progress.totalBytes / QUARTER);
    const known = this.quarters.get(row.uploadId) ?? 0;
    if (quarter <= known) return;
    this.quarters.set(row.uploadId, quarter);
    this.say(row.uploadId, t("announce.percent", { title: row.title, percent: quarter * QUARTER * 100 }));
  }

  /** Says something else, e.g. that settings were kept. */
  say(about: number, text: string): void {
    this.waiting.set(about, text);
    if (this.timer === undefined) this.next();
  }

  private next(): void {
    const first = this.waiting.entries().next();
    if (first.done) {
      this.timer = undefined;
      return;
    }
    const [about, text] = first.value;
    this.waiting.delete(about);
    this.text = text;
    this.timer = setTimeout(() => this.next(), PAUSE_MS);
  }
}
