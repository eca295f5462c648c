// Words, tones and calls for the closed lists of the wire.
import { t, type Key } from "../i18n";
import type { Call, Fate, StageState, UploadAction, UploadRow, UploadState } from "../wire.gen";

/** Colour family of a state; each also has a shape and a word. */
export type Tone = "waiting" | "progress" | "done" | "failed" | "person";

const TONES: Record<UploadState, Tone> = {
  draft: "waiting",
  queued: "waiting",
  preparing: "progress",
  sending: "progress",
  finishing: "progress",
  processing: "progress",
  published: "done",
  paused: "waiting",
  waiting: "waiting",
  needs_sign_in: "person",
  finish_unknown: "person",
  source_changed: "person",
  failed: "failed",
  cancelled: "waiting",
  lost: "failed",
};

/** Colour family of an upload's state. */
export function tone(state: UploadState): Tone {
  return TONES[state];
}

/** An upload's state in words. Sent, being processed and visible are different words. */
export function stateWord(row: UploadRow): string {
  if (row.fate) return fateWord(row.fate);
  if (row.state === "processing" && row.visibleCount !== null && row.visibleCount > 0) {
    // How many images Mapillary makes of a video is its own choice.
    return row.package === "video"
      ? t("state.video_visible", { visible: row.visibleCount })
      : t("state.partly_visible", { visible: row.visibleCount, total: row.imageCount });
  }
  return t(`state.${row.state}`);
}

/** What became of an upload that Mapillary has taken, in words. */
export function fateWord(fate: Fate): string {
  const { visible, expected: total } = fate;
  const isPart = visible !== null && total !== null && visible < total;
  switch (fate.kind) {
    case "partly_visible":
      // How many images Mapillary makes of a video is its own choice.
      return total === null
        ? t("state.video_visible", { visible: visible ?? 0 })
        : t("fate.partly_visible", { visible: visible ?? 0, total });
    case "visible":
    case "on_map":
      return isPart ? t(`fate.${fate.kind}_part`, { visible, total }) : t(`fate.${fate.kind}`);
    default:
      return t(`fate.${fate.kind}`);
  }
}

/** When Mapillary is asked again and why not before; null where nothing is asked any more. */
export function askWord(fate: Fate, time: (ms: number) => string): string | null {
  return fate.nextAsk ? t(`ask.${fate.nextAsk.reason}`, { time: time(fate.nextAsk.atMs) }) : null;
}

/** What is in an upload: its images, or a video. */
export function contents(row: UploadRow): string {
  return row.package === "video" ? t("upload.video") : t("images", { n: row.imageCount });
}

/** How an upload is packed. */
export function packageWord(row: UploadRow): string {
  if (row.package === "video") return t("package.video");
  return row.package === "zip" ? t("package.zip") : t("package.images");
}

/** The calls behind an upload's actions. */
export function actionCall(action: UploadAction, uploadId: number): Call {
  return { call: action, uploadId };
}

/** Actions in the order in which they are offered: the way on first. */
export const ACTION_ORDER: readonly UploadAction[] = [
  "start",
  "resume",
  "retry",
  "mark_taken",
  "retry_finish",
  "pause",
  "cancel",
  "remove",
];

const STAGE_NAMES: Record<string, Key> = {
  processing_status: "stage.processing_status",
  status: "stage.processing_status",
  initial_processing_status: "stage.initial_processing_status",
  anonymization_status: "stage.anonymization_status",
  tiler_status: "stage.tiler_status",
};

/** A stage's name in words; one that is not known keeps the service's own. */
export function stageName(name: string): string {
  const key = STAGE_NAMES[name];
  return key ? t(key) : name;
}

/** A stage's state in words; one that is not known keeps the service's own. */
export function stageWord(state: StageState): string {
  return state.kind === "other" ? state.raw : t(`stage.${state.kind}`);
}

/** The part of the bytes that has arrived, 0 to 1. */
export function sentPart(row: UploadRow): number {
  return row.totalBytes > 0 ? Math.min(1, row.sentBytes / row.totalBytes) : 0;
}

/** Seconds until all bytes are there at the present speed; null while nobody can know. */
export function secondsLeft(row: UploadRow): number | null {
  if (row.timeLeftS !== undefined && row.timeLeftS !== null) return row.timeLeftS;
  if (!row.speedBytesPerS || row.speedBytesPerS < 1 || row.totalBytes === 0) return null;
  return Math.max(0, row.totalBytes - row.sentBytes) / row.speedBytesPerS;
}
