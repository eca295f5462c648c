// The demo's take-outs: how large, how far, what came of it.
import type { HandOverRecord, TakeOutEstimate, TakeOutProgress, TakeOutResult } from "../../wire.gen";
import { NOW_MS } from "./build";

const DAY_MS = 86_400_000;

/** What a take-out would be. */
export const ESTIMATE: TakeOutEstimate = {
  sequenceCount: 38,
  imageCount: 21_406,
  othersImageCount: 0,
  pictureCount: 21_406,
  sizeBytes: 64_200_000_000,
  freeBytes: 214_000_000_000,
  measuredCount: 24,
  requestCount: 4_310,
  firstCapturedAtMs: NOW_MS - 800 * DAY_MS,
  lastCapturedAtMs: NOW_MS - DAY_MS,
  times: [
    { lineMbitPerS: 10, durationS: 52_100 },
    { lineMbitPerS: 50, durationS: 10_700 },
    { lineMbitPerS: 250, durationS: 2_400 },
  ],
};

/** How far one is. */
export const PROGRESS: TakeOutProgress = {
  folder: "/home/anna/Mapillary take-out",
  stage: "taking",
  sequenceCount: 38,
  doneSequenceCount: 14,
  imageCount: 8_412,
  pictureCount: 8_020,
  alreadyThereCount: 1_206,
  downloadedBytes: 21_300_000_000,
  bytesPerS: 24_000_000,
  problemCount: 2,
};

/** What came of one. */
export const RESULT: TakeOutResult = {
  progress: {
    ...PROGRESS,
    stage: "closing",
    doneSequenceCount: 38,
    imageCount: 21_406,
    pictureCount: 21_404,
    downloadedBytes: 64_100_000_000,
    bytesPerS: 0,
  },
  files: ["seq_dataset.csv", "img_dataset.csv", "img_meta_dataset.csv", "images.geojson"],
  problems: [
    {
      sequenceKey: "kQz81Lm",
      imageId: "900000041",
      problem: {
        code: "image_not_available",
        message: "Image 900000041 is no longer at Mapillary.",
        action: "",
        retry: "never",
      },
    },
    {
      sequenceKey: "kQz81Lm",
      imageId: "900000107",
      problem: {
        code: "picture_damaged",
        message: "Image 900000107 came incomplete three times.",
        action: "Go on later; everything else is there.",
        retry: "after_action",
      },
    },
  ],
};

/** A record to hand over. */
export const RECORD: HandOverRecord = {
  format: "waypost-hand-over",
  version: 1,
  name: "Ring road",
  description: "",
  transport: "land/bicycle",
  tags: ["survey"],
  username: "anna_maps",
  sequenceKeys: ["k61iZq"],
  clusterId: "77001",
  imageCount: 418,
  boundingBox: [16.35, 48.19, 16.39, 48.22],
  firstCapturedAtMs: NOW_MS - 30 * 3_600_000,
  lastCapturedAtMs: NOW_MS - 29 * 3_600_000,
};
