// One upload in each state, as the core would show it.
import type { Stage, UploadRow } from "../../wire.gen";
import { NOW_MS, upload } from "./build";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const stages = (...states: Stage["state"][]): Stage[] =>
  ["processing_status", "initial_processing_status", "anonymization_status", "tiler_status"].map(
    (name, at) => ({
      name,
      state: states[at] ?? { kind: "unknown" },
    }),
  );
const DONE = { kind: "finished" } as const;
const RUNS = { kind: "in_progress" } as const;
const link = (key: string, imageId: string, imageCount: number) => ({
  sequenceKey: key,
  imageId,
  imageCount,
  url: `https://www.mapillary.com/app/?pKey=${imageId}`,
});

/** Published, with its links. */
export const PUBLISHED = upload(40, {
  title: "Ring road, morning · 12 Jun, 08:05",
  state: "published",
  sinceMs: NOW_MS - 95 * MINUTE_MS,
  sentBytes: 1_182_000_000,
  clusterId: "5218846301",
  stages: stages(DONE, DONE, DONE, DONE),
  visibleCount: 418,
  askedAtMs: NOW_MS - 3 * MINUTE_MS,
  links: [link("a1b2", "771100220033", 300), link("c3d4", "771100220934", 118)],
  actions: ["remove"],
});

/** Every state that is still under way. */
export const UNDER_WAY: UploadRow[] = [
  upload(1, {
    title: "Old town and river · 13 Jun, 14:20",
    state: "sending",
    totalBytes: 4_114_000_000,
    sentBytes: 1_214_000_000,
    speedBytesPerS: 8_310_000,
    imageCount: 1452,
  }),
  upload(2, {
    title: "Harbour loop · 13 Jun, 15:02",
    state: "sending",
    sentBytes: 803_000_000,
    speedBytesPerS: 2_120_000,
    resending: true,
  }),
  upload(3, { title: "Canal path · 13 Jun, 16:10", state: "preparing", preparedBytes: 641_000_000 }),
  upload(4, { title: "Hill road · 13 Jun, 17:30", state: "queued", imageCount: 92, totalBytes: 260_000_000 }),
  upload(5, {
    title: "Station quarter · 13 Jun, 18:12",
    state: "waiting",
    sentBytes: 402_000_000,
    waiting: {
      reason: "rate_limited",
      untilMs: NOW_MS + 42_000,
      message: "Mapillary answered 429 and asked to wait 60 s.",
    },
    actions: ["retry", "pause", "cancel"],
  }),
  upload(6, {
    title: "Vineyards · 12 Jun, 10:40",
    state: "paused",
    sentBytes: 590_000_000,
    actions: ["resume", "cancel"],
  }),
  upload(7, {
    title: "Forest lane · 12 Jun, 11:55",
    state: "finishing",
    sentBytes: 1_182_000_000,
    actions: [],
  }),
  upload(8, {
    title: "Market square · 11 Jun, 09:30",
    state: "processing",
    sentBytes: 1_182_000_000,
    clusterId: "5218846299",
    stages: stages(RUNS, DONE, RUNS, { kind: "unknown" }),
    askedAtMs: NOW_MS - 2 * MINUTE_MS,
    visibleCount: 0,
    actions: [],
  }),
  upload(9, {
    title: "East bridge · 10 Jun, 19:05",
    state: "processing",
    sentBytes: 1_182_000_000,
    clusterId: "5218846211",
    stages: stages(RUNS, DONE, { kind: "failed" }, { kind: "other", raw: "NOT_STARTED" }),
    askedAtMs: NOW_MS - 4 * MINUTE_MS,
    visibleCount: 301,
    overdue: true,
    links: [link("e5f6", "771100229001", 301)],
    actions: [],
  }),
];

/** Every state that stands still until the person does something. */
export const NEED_PERSON: UploadRow[] = [
  upload(10, {
    title: "Airport road · 9 Jun, 12:00",
    state: "needs_sign_in",
    sentBytes: 100_000_000,
    problem: {
      code: "sign_in_expired",
      message: "Mapillary no longer accepts the sign-in of anna_maps.",
      action: "Sign in again, then it goes on where it was.",
      retry: "after_action",
    },
    actions: ["cancel"],
  }),
  upload(11, {
    title: "Ferry landing · 9 Jun, 13:40",
    state: "finish_unknown",
    sentBytes: 1_182_000_000,
    problem: {
      code: "finish_doubtful",
      message: "All bytes are there, but Mapillary never said whether it took them.",
      action: "Look at your uploads on Mapillary, then say what you see.",
      retry: "after_action",
    },
    actions: ["retry", "mark_taken", "retry_finish", "cancel"],
  }),
  upload(12, {
    title: "School street · 8 Jun, 08:10",
    state: "source_changed",
    sentBytes: 220_000_000,
    problem: {
      code: "source_changed",
      message: "GOPR1007.JPG changed while it was being sent.",
      action: "Put the file back as it was, then try again.",
      retry: "after_action",
    },
    actions: ["retry", "cancel"],
  }),
];

/** What has come to its end. */
export const ENDED: UploadRow[] = [
  PUBLISHED,
  upload(41, {
    title: "Industrial park · 12 Jun, 10:15",
    state: "failed",
    sinceMs: NOW_MS - 3 * 60 * MINUTE_MS,
    sentBytes: 300_000_000,
    problem: {
      code: "server_status",
      message: "Mapillary refused the upload: it is larger than allowed.",
      action: "Split the sequence in the settings, then prepare it again.",
      retry: "after_action",
    },
    actions: ["retry", "remove"],
  }),
  upload(42, {
    title: "رحلة الصباح",
    state: "published",
    sinceMs: NOW_MS - 2 * DAY_MS,
    sentBytes: 1_182_000_000,
    stages: stages(DONE, DONE, DONE, DONE),
    visibleCount: 418,
    askedAtMs: NOW_MS - DAY_MS,
    clusterId: "5218840001",
    links: [link("k1", "771100000001", 418)],
    actions: ["remove"],
  }),
  upload(43, {
    title: "Test drive · 10 Jun, 18:00",
    state: "cancelled",
    sinceMs: NOW_MS - 4 * DAY_MS,
    imageCount: 55,
    totalBytes: 155_000_000,
    actions: ["remove"],
  }),
  upload(44, {
    title: "Dam road · 5 Jun, 12:30",
    state: "lost",
    sinceMs: NOW_MS - 8 * DAY_MS,
    sentBytes: 1_182_000_000,
    clusterId: "5218830777",
    problem: {
      code: "lost_at_service",
      message: "Mapillary took it and no longer lists it.",
      action: "Look at your uploads on Mapillary; if it is not there, prepare it again.",
      retry: "after_action",
    },
    actions: ["remove"],
  }),
];
