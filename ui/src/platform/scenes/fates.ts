// What became of uploads at Mapillary, in each of its words, and what was sent beside what is shown of it.
import type { Fate, LinkReport, UploadRow } from "../../wire.gen";
import { NOW_MS, upload } from "./build";
import { line } from "./library";
import { PUBLISHED } from "./uploads";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const fate = (kind: Fate["kind"], change: Partial<Fate> = {}): Fate => ({
  kind,
  sinceMs: NOW_MS - 25 * MINUTE_MS,
  visible: 0,
  expected: 418,
  code: null,
  knownAtMs: NOW_MS - 2 * MINUTE_MS,
  overdue: false,
  nextAsk: { atMs: NOW_MS + 8 * MINUTE_MS, reason: "timer" },
  ...change,
});

const stages = (...states: UploadRow["stages"][number]["state"]["kind"][]): UploadRow["stages"] =>
  PUBLISHED.stages.map((stage, at) => ({
    ...stage,
    state: { kind: states[at] ?? "unknown" } as UploadRow["stages"][number]["state"],
  }));

const sent = (uploadId: number, title: string, word: Fate, change: Partial<UploadRow> = {}): UploadRow =>
  upload(uploadId, {
    title,
    state: "processing",
    sentBytes: 1_182_000_000,
    clusterId: String(5_218_846_000 + uploadId),
    sinceMs: word.sinceMs,
    askedAtMs: word.knownAtMs,
    visibleCount: word.visible,
    overdue: word.overdue,
    fate: word,
    actions: [],
    ...change,
  });

/** One upload for each word. */
export const FATES: UploadRow[] = [
  sent(50, "Market square · 14 Jun, 15:10", fate("accepted", { visible: null, knownAtMs: null })),
  sent(51, "Old mill · 14 Jun, 13:00", fate("ingesting"), { stages: stages("in_progress") }),
  sent(52, "Harbour road · 14 Jun, 09:40", fate("processing", { sinceMs: NOW_MS - 4 * HOUR_MS }), {
    stages: stages("finished", "finished", "in_progress"),
  }),
  sent(
    53,
    "River path · 13 Jun, 18:30",
    fate("partly_visible", { visible: 236, sinceMs: NOW_MS - 9 * HOUR_MS }),
    {
      stages: stages("finished", "finished", "finished", "in_progress"),
    },
  ),
  sent(
    54,
    "Vineyards · 11 Jun, 10:05",
    fate("overdue", {
      sinceMs: NOW_MS - 80 * HOUR_MS,
      overdue: true,
      nextAsk: { atMs: NOW_MS + 40 * MINUTE_MS, reason: "throttled" },
    }),
    { stages: stages("finished", "finished", "in_progress") },
  ),
  sent(
    55,
    "Forest road · 13 Jun, 07:20",
    fate("unknown", {
      sinceMs: NOW_MS - 30 * HOUR_MS,
      knownAtMs: NOW_MS - 26 * HOUR_MS,
      nextAsk: { atMs: NOW_MS + 15 * MINUTE_MS, reason: "outage" },
    }),
  ),
  sent(
    56,
    "رحلة الميناء · 12 Jun, 16:45",
    fate("visible", { visible: 418, sinceMs: NOW_MS - HOUR_MS, nextAsk: null }),
    {
      state: "published",
      stages: stages("finished", "finished", "finished", "in_progress"),
      links: PUBLISHED.links,
    },
  ),
  sent(
    57,
    "Ring road, evening · 12 Jun, 19:15",
    fate("on_map", { visible: 411, sinceMs: NOW_MS - 2 * HOUR_MS, nextAsk: null }),
    {
      state: "published",
      stages: stages("finished", "finished", "finished", "finished"),
      links: PUBLISHED.links,
    },
  ),
  sent(
    58,
    "Tunnel · 12 Jun, 12:00",
    fate("failed", { code: "error_code=PRIVACY_BLUR", sinceMs: NOW_MS - 3 * HOUR_MS, nextAsk: null }),
    {
      state: "failed",
      stages: stages("finished", "finished", "failed"),
      problem: {
        code: "processing_failed",
        message: "Mapillary could not process this upload: PRIVACY_BLUR.",
        action: "Ask Mapillary's support with the cluster id, or prepare the photos again.",
        retry: "never",
      },
      actions: ["remove"],
    },
  ),
  sent(
    59,
    "Dam road · 5 Jun, 12:30",
    fate("lost_from_feed", { sinceMs: NOW_MS - 5 * HOUR_MS, nextAsk: null }),
    {
      state: "lost",
      problem: {
        code: "lost_at_service",
        message: "Mapillary took it and no longer lists it.",
        action: "Look at your uploads on Mapillary; if it is not there, prepare it again.",
        retry: "after_action",
      },
      actions: ["remove"],
    },
  ),
];

/** Their lines in the library. */
export const FATE_LINES = FATES.map((row) =>
  line(row.uploadId, {
    origin: "waypost",
    uploadId: row.uploadId,
    title: row.title,
    state: row.state,
    imageCount: row.imageCount,
    visibleCount: row.visibleCount,
    overdue: row.overdue,
    links: row.links,
    askedAtMs: row.askedAtMs,
    notes: { name: "", description: "", transport: "", tags: [] },
  }),
);

const photo = (number: number) => ({
  path: `/media/anna/GOPRO/DCIM/100GOPRO/GOPR${1000 + number}.JPG`,
  capturedAtMs: NOW_MS - 30 * HOUR_MS + number * 2000,
});

/** What was sent beside what can be seen: most matched, some missing, some beside them. */
export const LINK_REPORT: LinkReport = {
  uploadId: 57,
  localTitle: "Ring road, evening",
  localCount: 418,
  matched: 411,
  missing: [
    ...[17, 18, 19, 140, 141, 402].map(photo),
    { ...photo(403), path: "/media/anna/GOPRO/صورة_٠٧.JPG" },
  ],
  extra: [
    {
      imageId: "771100221999",
      sequenceKey: "x9f1",
      capturedAtMs: NOW_MS - 30 * HOUR_MS,
      camera: "Apple iPhone 14",
    },
    { imageId: "771100222000", sequenceKey: null, capturedAtMs: null, camera: null },
  ],
  sequences: PUBLISHED.links.map((link, at) => ({
    sequenceKey: at === 0 ? "vUq7hXk2SbWm3cPzR5dLtG" : "c3d4Jw8sYxN1oKqT6eFvBa",
    imageId: link.imageId,
    matched: at === 0 ? 300 : 111,
    extra: at,
    firstCapturedAtMs: NOW_MS - (30 - at) * HOUR_MS,
    lastCapturedAtMs: NOW_MS - (29 - at) * HOUR_MS,
    sharedWith: at === 0 ? [] : [40],
  })),
  warnings: ["other_camera", "duplicates"],
  firstCapturedAtMs: NOW_MS - 30 * HOUR_MS,
  lastCapturedAtMs: NOW_MS - 28 * HOUR_MS,
  boxDeg: [16.36, 48.2, 16.39, 48.22],
  askedAtMs: NOW_MS - 2 * MINUTE_MS,
};
