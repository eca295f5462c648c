// Builders of constructed snapshots: plans, uploads, settings, accounts.
import type {
  AccountRow,
  AccountView,
  AppliedEdits,
  FindingRow,
  PhotoFacts,
  PlanView,
  PointRow,
  SequenceRow,
  SettingsView,
  Snapshot,
  UploadRow,
} from "../../wire.gen";

/** The moment at which every scene stands, so that pictures of it stay the same: 2026-06-14 16:20 UTC. */
export const NOW_MS = Date.UTC(2026, 5, 14, 16, 20);
const HOUR_MS = 3_600_000;

/** Nothing changed yet. */
export const NOTHING_APPLIED: AppliedEdits = {
  shiftMs: 0,
  offsetDeg: 0,
  alongTrack: false,
  trackId: null,
  lookupOffsetMs: 0,
  alignStart: false,
  trimStartM: 0,
  trimEndM: 0,
};

/** Settings as they are when nobody touches them. */
export const DEFAULTS: SettingsView = {
  package: "zip",
  parallelUploads: 2,
  imageWorkers: 4,
  theme: "system",
  organizationId: "",
  organizations: [],
  appId: "",
  redirectUri: "",
  appSecretSet: false,
  cutoffDistanceM: 100,
  cutoffTimeS: 60,
  duplicateDistanceM: 0.1,
  duplicateAngleDeg: 5,
  timeZone: "",
  bandwidthLimitBytesPerS: 0,
  schedule: [],
  keepAwake: true,
  language: "system",
  streets: false,
  zoomPercent: 100,
  dataDir: "/home/anna/.local/share/org.waypost.desktop",
};

/** Somebody who is signed in. */
export function account(change: Partial<AccountRow> = {}): AccountRow {
  return {
    userId: "100200300",
    username: "anna_maps",
    mayUpload: "yes",
    kept: "keychain",
    needsSignIn: false,
    ...change,
  };
}

/** The accounts of a scene. */
export function accounts(rows: AccountRow[], change: Partial<AccountView> = {}): AccountView {
  return {
    accounts: rows,
    currentUserId: rows[0]?.userId ?? null,
    appIdentitySet: true,
    signIn: { kind: "idle" },
    ...change,
  };
}

/** A whole snapshot. */
export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    seq: 0,
    version: "0.1.0",
    practice: false,
    firstRun: false,
    account: accounts([account()]),
    prepare: { kind: "empty" },
    dryRun: { kind: "idle" },
    takeOut: { kind: "idle" },
    uploads: [],
    settings: DEFAULTS,
    settingsDefaults: DEFAULTS,
    nowMs: NOW_MS,
    ...change,
  };
}

/** A walk through a town: turns at corners, wanders a little. */
function walk(
  first: number,
  count: number,
  latDeg: number,
  lonDeg: number,
  startMs: number,
  stepS: number,
): PointRow[] {
  const points: PointRow[] = [];
  let [lat, lon, heading] = [latDeg, lonDeg, (first * 37) % 360];
  for (let at = 0; at < count; at += 1) {
    const number = first + at;
    const random = Math.abs(Math.sin(number * 12.9898) * 43758.5453) % 1;
    if (at % (24 + (first % 13)) === 0 && at > 0) heading += random > 0.62 ? -82 : random > 0.3 ? 68 : 20;
    heading += (random - 0.5) * 9;
    const metres = 5.2 + random;
    lat += (Math.cos((heading * Math.PI) / 180) * metres) / 111_320;
    lon += (Math.sin((heading * Math.PI) / 180) * metres) / (111_320 * Math.cos((lat * Math.PI) / 180));
    points.push({
      photoId: number,
      fileName: `GOPR${String(1000 + number).padStart(4, "0")}.JPG`,
      latDeg: lat,
      lonDeg: lon,
      altitudeM: 162 + 14 * Math.sin(at / 46 + first) + 5 * Math.sin(at / 11) + random,
      headingDeg: ((heading % 360) + 360) % 360,
      capturedAtMs: startMs + at * stepS * 1000,
      excluded: false,
      leftOutBy: null,
    });
  }
  return points;
}

/** One sequence of a plan. */
export function sequence(
  id: number,
  first: number,
  count: number,
  change: Partial<SequenceRow> = {},
): SequenceRow {
  const startMs = NOW_MS - (30 - id * 2) * HOUR_MS;
  const points = walk(first, count, 48.208 + id * 0.0019, 16.3725 - id * 0.0031, startMs, 2);
  return {
    sequenceId: String(id),
    folder: `DCIM/10${id}GOPRO`,
    firstCapturedAtMs: startMs,
    lastCapturedAtMs: points.at(-1)?.capturedAtMs ?? startMs,
    distanceM: count * 5.7,
    sizeBytes: count * 2_830_000,
    camera: "GoPro HERO11 Black",
    excluded: false,
    projection: "flat",
    notes: { name: "", description: "", transport: "", tags: [] },
    applied: NOTHING_APPLIED,
    alreadySent: 0,
    points,
    ...change,
  };
}

/** A file that is no photo of the plan. */
const NOWHERE = { photoId: null, latDeg: null, lonDeg: null };

/** Reasons with their files. */
export const FINDINGS: FindingRow[] = [
  {
    code: "no_position",
    title: "Photos without a GPS position",
    action: "Leave it out, or write the position into it, for example from a GPX track.",
    refused: true,
    fixes: [],
    files: Array.from({ length: 34 }, (_, at) => ({
      fileName: `GOPR${2210 + at}.JPG`,
      message: `GOPR${2210 + at}.JPG has no GPS position.`,
      ...NOWHERE,
    })),
  },
  {
    code: "duplicate",
    title: "Photos of the same place as the one before",
    action: "Nothing needs to be done; to send it all the same, lower the duplicate distance.",
    refused: true,
    fixes: [],
    files: Array.from({ length: 12 }, (_, at) => ({
      fileName: `GOPR${1400 + at}.JPG`,
      message: `GOPR${1400 + at}.JPG stands where GOPR1399.JPG stood (0.04 m).`,
      ...NOWHERE,
    })),
  },
  {
    code: "cut_off",
    title: "Files that may be cut off",
    action: "Copy it from the card again.",
    refused: false,
    fixes: [],
    files: [
      { fileName: "GOPR1733.JPG", message: "GOPR1733.JPG has no end; its position is good.", ...NOWHERE },
      {
        fileName: "صورة_من_الرحلة_٠٤.JPG",
        message: "صورة_من_الرحلة_٠٤.JPG has no end; its position is good.",
        ...NOWHERE,
      },
    ],
  },
];

/** A plan of sequences. */
export function plan(sequences: SequenceRow[], findings: FindingRow[] = FINDINGS): PlanView {
  const count = (rows: SequenceRow[]) =>
    rows.reduce(
      (sum, row) => sum + (row.excluded ? 0 : row.points.filter((point) => !point.excluded).length),
      0,
    );
  const files = findings
    .filter((finding) => finding.refused)
    .reduce((sum, finding) => sum + finding.files.length, 0);
  return {
    sequences,
    videos: [],
    tracks: [],
    privacyZones: [],
    zoneQuestion: null,
    undoCount: 0,
    redoCount: 0,
    findings,
    imageCount: count(sequences),
    sizeBytes: sequences.reduce((sum, row) => sum + (row.excluded ? 0 : row.sizeBytes), 0),
    fileCount: files + sequences.reduce((sum, row) => sum + row.points.length, 0),
  };
}

/** One upload. */
export function upload(uploadId: number, change: Partial<UploadRow> = {}): UploadRow {
  return {
    uploadId,
    place: uploadId,
    title: `DCIM/10${uploadId % 10}GOPRO · 13 Jun, ${9 + (uploadId % 8)}:20`,
    state: "queued",
    sinceMs: NOW_MS - 12 * 60_000,
    waiting: null,
    problem: null,
    imageCount: 418,
    totalBytes: 1_182_000_000,
    sentBytes: 0,
    resending: false,
    preparedBytes: 0,
    speedBytesPerS: null,
    package: "zip",
    userId: "100200300",
    organizationId: null,
    clusterId: null,
    stages: [],
    visibleCount: null,
    askedAtMs: null,
    overdue: false,
    links: [],
    firstCapturedAtMs: NOW_MS - 30 * HOUR_MS,
    createdAtMs: NOW_MS - 40 * 60_000,
    actions: ["pause", "cancel"],
    ...change,
  };
}

/** One photo of a plan in full. */
export function photoFacts(view: PlanView, photoId: number): PhotoFacts | null {
  const row = view.sequences.find((other) => other.points.some((point) => point.photoId === photoId));
  const point = row?.points.find((other) => other.photoId === photoId);
  if (!row || !point) return null;
  const answer = view.zoneQuestion?.answer ?? "";
  return {
    photoId,
    file: point.fileName,
    folder: `/media/anna/GOPRO/${row.folder}`,
    sizeBytes: 2_830_000,
    camera: row.camera,
    widthPx: row.projection === "flat" ? 5312 : 5760,
    heightPx: row.projection === "flat" ? 2988 : 2880,
    gpsAccuracyM: row.applied.trackId === null ? 2.8 : null,
    timeFrom: answer === "" ? "gps" : "camera_clock",
    timeZone: answer === "" ? null : answer,
    shiftMs: row.applied.shiftMs,
    positionFrom: row.applied.trackId === null ? "exif" : "track_file",
    headingFrom: point.headingDeg === null ? null : row.applied.alongTrack ? "way" : "lens",
    turnDeg: row.applied.offsetDeg,
  };
}
