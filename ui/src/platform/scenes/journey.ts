// Plans for the demo: a day of photos and videos, small and large.
import type { FindingRow, PointRow, TrackFileRow, VideoRow, ZoneQuestion } from "../../wire.gen";
import { FINDINGS, NOTHING_APPLIED, NOW_MS, sequence } from "./build";
import { DemoPlan, type Hidden, type Read } from "./plan";

const HOUR_MS = 3_600_000;
const NO_NOTES = { name: "", description: "", transport: "", tags: [] };

/** One video; its way is taken from a walk. */
export function video(videoId: number, change: Partial<VideoRow> = {}): VideoRow {
  const way = sequence(0, videoId, 300).points;
  return {
    videoId,
    fileName: `GX010${String(videoId).slice(-3)}.MP4`,
    folder: "DCIM/100GOPRO",
    recording: "",
    chapter: 0,
    startedAtMs: NOW_MS - 26 * HOUR_MS,
    durationMs: 512_000,
    distanceM: 3120,
    sizeBytes: 1_460_000_000,
    camera: "GoPro HERO11 Black",
    is360: false,
    timeLapseFactor: null,
    removedPoints: 0,
    excluded: false,
    notes: NO_NOTES,
    applied: NOTHING_APPLIED,
    track: way.map((point, at) => [
      point.latDeg + 0.006,
      point.lonDeg + 0.009,
      Math.round((at / Math.max(1, way.length - 1)) * 512_000),
      point.altitudeM,
    ]),
    ...change,
  };
}

/** A track file of a watch whose clock is an hour off. */
export const RIDE: TrackFileRow = {
  trackId: 1,
  fileName: "morning-ride.gpx",
  pointCount: 4212,
  firstAtMs: NOW_MS - 31 * HOUR_MS,
  lastAtMs: NOW_MS - 28 * HOUR_MS,
  usedBy: 0,
  suggestedOffsetMs: -HOUR_MS,
  offer: {
    kind: "use_track_with_offset",
    edit: {
      edit: "use_track",
      target: { kind: "all" },
      trackId: 1,
      lookupOffsetMs: -HOUR_MS,
      alignStart: false,
    },
  },
  offerCount: 34,
};

/** The question about clocks without a zone. */
export const QUESTION: ZoneQuestion = {
  fileCount: 64,
  exampleFile: "GOPR1206.JPG",
  exampleLocalMs: NOW_MS - 26 * HOUR_MS,
  suggestedZone: "Europe/Vienna",
  answer: "",
};

/** Every seventh photo of a walk between two numbers, kept back by a check. */
function keptBack(points: PointRow[], code: string, from: number, count: number): PointRow[] {
  return points.slice(from, from + count).filter((point) => code !== "duplicate" || point.photoId % 3 === 1);
}

/** A day: three sequences, a few photos kept back by checks that have a fix. */
export function day(change: Partial<Read> = {}): Read {
  const rows = [
    sequence(0, 0, 642),
    sequence(1, 700, 418),
    sequence(2, 1200, 310, { camera: "GoPro Max", projection: "equirectangular" }),
  ];
  const doubles = keptBack(rows[0]!.points, "duplicate", 120, 36);
  const lost = keptBack(rows[1]!.points, "no_position", 200, 34);
  const hidden: Hidden[] = [
    ...doubles.map((point) => ({ code: "duplicate", sequence: 0, point })),
    ...lost.map((point) => ({ code: "no_position", sequence: 1, point })),
  ];
  const away = new Set(hidden.map(({ point }) => point.photoId));
  const captures = (points: PointRow[]) => ({
    kind: "captures" as const,
    data: points.map((point) => point.photoId),
  });
  const findings: FindingRow[] = [
    {
      ...FINDINGS[0]!,
      fixes: [
        {
          kind: "use_track_with_offset",
          edit: {
            edit: "use_track",
            target: captures(lost),
            trackId: RIDE.trackId,
            lookupOffsetMs: -HOUR_MS,
            alignStart: false,
          },
        },
      ],
      files: lost.map(({ photoId, fileName }) => ({
        fileName,
        message: `${fileName} has no GPS position.`,
        photoId,
        latDeg: null,
        lonDeg: null,
      })),
    },
    {
      ...FINDINGS[1]!,
      fixes: [
        {
          kind: "send_anyway",
          edit: { edit: "ignore_check", target: captures(doubles), code: "duplicate", ignored: true },
        },
      ],
      files: doubles.map(({ photoId, fileName, latDeg, lonDeg }) => ({
        fileName,
        message: `${fileName} stands where the one before stood (0.04 m).`,
        photoId,
        latDeg,
        lonDeg,
      })),
    },
    {
      ...FINDINGS[2]!,
      fixes: [
        {
          kind: "exclude",
          edit: { edit: "exclude", target: { kind: "captures", data: [733, 734] }, excluded: true },
        },
      ],
      files: FINDINGS[2]!.files.map((file, at) => {
        const point = rows[1]!.points[33 + at]!;
        return { ...file, photoId: point.photoId, latDeg: point.latDeg, lonDeg: point.lonDeg };
      }),
    },
  ];
  return {
    sequences: rows.map((row) => ({
      ...row,
      points: row.points.filter((point) => !away.has(point.photoId)),
    })),
    videos: [],
    tracks: [],
    zoneQuestion: null,
    findings,
    hidden,
    ...change,
  };
}

/** Photos whose clocks name no zone, so that none can be sent before the answer. */
export function withoutZone(): Read {
  const row = sequence(0, 0, 64);
  return {
    sequences: [{ ...row, points: [] }],
    videos: [],
    tracks: [],
    zoneQuestion: QUESTION,
    findings: [
      {
        code: "time_zone_unknown",
        title: "Photos whose time names no zone",
        action: "Say where the camera's clock was set.",
        refused: true,
        fixes: [{ kind: "answer_time_zone", edit: { edit: "answer_time_zone", zone: "Europe/Vienna" } }],
        files: row.points.map(({ photoId, fileName, latDeg, lonDeg }) => ({
          fileName,
          message: `${fileName} says when, but not in which time zone.`,
          photoId,
          latDeg,
          lonDeg,
        })),
      },
    ],
    hidden: row.points.map((point) => ({ code: "time_zone_unknown", sequence: 0, point })),
  };
}

/** Videos of the same day: two chapters of one recording, and a 360° time-lapse. */
export const VIDEOS = [
  video(9042, { fileName: "GX010042.MP4", recording: "GX0042", chapter: 1, removedPoints: 14 }),
  video(9142, {
    fileName: "GX020042.MP4",
    recording: "GX0042",
    chapter: 2,
    track: video(9142).track.map(([lat, lon, ...rest]) => [lat - 0.004, lon - 0.021, ...rest]),
  }),
  video(9360, {
    fileName: "GS010007.360",
    is360: true,
    camera: "GoPro Max",
    timeLapseFactor: 15,
    durationMs: 96_000,
    track: video(9360).track.map(([lat, lon, timeMs, altitudeM]) => [
      lat + 0.007,
      lon - 0.028,
      (timeMs * 96) / 512,
      altitudeM,
    ]),
  }),
];

/** The day with every kind of edit made. */
export function edited(): DemoPlan {
  const plan = new DemoPlan(day());
  const middle = day().sequences[0]!.points[420]!;
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
  plan.edit({ edit: "exclude", target: { kind: "sequence", data: "2" }, excluded: true });
  plan.edit({ edit: "exclude", target: { kind: "captures", data: range(731, 774) }, excluded: true });
  plan.edit({ edit: "add_privacy_zone", latDeg: middle.latDeg, lonDeg: middle.lonDeg, radiusM: 140 });
  plan.edit({ edit: "trim", target: { kind: "sequence", data: "1" }, startM: 120, endM: 200 });
  plan.edit({ edit: "shift_time", target: { kind: "sequence", data: "0" }, shiftMs: HOUR_MS });
  plan.edit({ edit: "turn_heading", target: { kind: "sequence", data: "0" }, offsetDeg: 90 });
  plan.edit({
    edit: "describe",
    target: { kind: "sequence", data: "0" },
    notes: {
      name: "Ring road, right side",
      description: "Side camera on the cargo bike.",
      transport: "land/bicycle",
      tags: ["cycle path", "autumn"],
    },
  });
  return plan;
}
