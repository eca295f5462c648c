// The demo's library: lines that were made up, searched and sorted as the core does.
import type {
  ImageLink,
  LibraryDetail,
  LibraryImportState,
  LibraryPage,
  LibraryQuery,
  LibraryRow,
  SafeToDelete,
  SequenceNotes,
  UploadRow,
  UploadState,
} from "../../wire.gen";
import { NOW_MS } from "./build";

const DAY_MS = 86_400_000;
const NO_NOTES: SequenceNotes = { name: "", description: "", transport: "", tags: [] };
const PLACES = [
  "Wien, Austria",
  "Innsbruck, Austria",
  "Kathmandu, Nepal",
  "Nairobi, Kenya",
  "Tampere, Finland",
  "صنعاء, Yemen",
  "Québec, Canada",
] as const;
const NAMES = ["Ring road", "Harbour walk", "School routes", "رحلة الصباح", "Bike lanes, north"] as const;
const TAGS = [["survey"], ["survey", "bike"], ["cards"], ["bike"], []] as const;
const STATES: readonly UploadState[] = [
  "published",
  "published",
  "published",
  "published",
  "processing",
  "published",
  "failed",
  "published",
  "published",
  "cancelled",
];
/** The order of an upload's life. */
const LIFE: readonly UploadState[] = [
  "draft",
  "queued",
  "preparing",
  "sending",
  "paused",
  "waiting",
  "needs_sign_in",
  "source_changed",
  "finishing",
  "finish_unknown",
  "processing",
  "published",
  "failed",
  "lost",
  "cancelled",
];

function link(number: number, imageCount: number): ImageLink {
  const imageId = String(900_000_000 + number);
  return {
    sequenceKey: `k${(number * 7919).toString(36)}Zq`,
    imageId,
    imageCount,
    url: `https://www.mapillary.com/app/?pKey=${imageId}`,
  };
}

/** One line. */
export function line(lineId: number, change: Partial<LibraryRow> = {}): LibraryRow {
  const imageCount = 80 + ((lineId * 97) % 900);
  const state = STATES[lineId % STATES.length] ?? "published";
  const capturedAtMs = NOW_MS - (lineId % 700) * DAY_MS * 1.3 - (lineId % 24) * 3_600_000;
  const isOthers = lineId % 11 === 5;
  const published = state === "published";
  return {
    lineId,
    origin: isOthers ? "account" : "waypost",
    uploadId: isOthers ? null : lineId,
    title: isOthers ? link(lineId, 0).sequenceKey : `DCIM/10${lineId % 10}GOPRO · ${(lineId % 4) + 1}`,
    folder: isOthers ? "" : `/media/anna/GOPRO/DCIM/10${lineId % 10}GOPRO`,
    place: PLACES[lineId % PLACES.length] ?? "",
    placeKm: lineId % 9,
    latDeg: 48.2,
    lonDeg: 16.37,
    firstCapturedAtMs: capturedAtMs,
    lastCapturedAtMs: capturedAtMs + 2_400_000,
    uploadedAtMs: state === "failed" || state === "cancelled" ? null : capturedAtMs + 1.5 * DAY_MS,
    imageCount,
    visibleCount: published ? imageCount : null,
    package: isOthers ? "" : "zip",
    state: isOthers ? "published" : state,
    sinceMs: capturedAtMs + 2 * DAY_MS,
    overdue: false,
    askedAtMs: published ? NOW_MS - 3_600_000 : null,
    userId: "100200300",
    username: "anna_maps",
    organizationId: lineId % 6 === 0 ? "90017" : null,
    notes:
      lineId % 3 === 0
        ? {
            ...NO_NOTES,
            name: NAMES[lineId % NAMES.length] ?? "",
            tags: [...(TAGS[lineId % TAGS.length] ?? [])],
          }
        : NO_NOTES,
    links: published || isOthers ? [link(lineId, imageCount)] : [],
    ...change,
  };
}

const words = (row: LibraryRow) =>
  [
    row.notes.name,
    row.notes.description,
    ...row.notes.tags,
    row.title,
    row.place,
    row.folder,
    row.username ?? "",
    ...row.links.map((other) => other.sequenceKey),
  ]
    .join(" ")
    .toLocaleLowerCase();

const sortValue: Record<LibraryQuery["sort"], (row: LibraryRow) => string | number> = {
  name: (row) => row.notes.name || row.title,
  place: (row) => row.place,
  captured: (row) => row.firstCapturedAtMs ?? 0,
  uploaded: (row) => row.uploadedAtMs ?? 0,
  images: (row) => row.imageCount,
  state: (row) => LIFE.indexOf(row.state),
  since: (row) => row.sinceMs,
  account: (row) => row.username ?? "",
};

/** A library that can be searched, sorted and noted in. */
export class DemoLibrary {
  import: LibraryImportState = { kind: "never" };
  /** Whether mapillary_tools left records. */
  hasPeerHistory = false;

  constructor(private rows: LibraryRow[]) {}

  page(query: LibraryQuery): LibraryPage {
    const texts = query.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row: LibraryRow) =>
      texts.every((text) => words(row).includes(text)) &&
      (query.origin === null || row.origin === query.origin) &&
      (query.userId === null || row.userId === query.userId) &&
      (query.organizationId === null || (row.organizationId ?? "") === query.organizationId) &&
      (query.capturedFromMs === null || (row.lastCapturedAtMs ?? 0) >= query.capturedFromMs) &&
      (query.capturedUntilMs === null || (row.firstCapturedAtMs ?? 0) < query.capturedUntilMs) &&
      query.tags.every((tag) => row.notes.tags.includes(tag));
    const any = this.rows.filter(fits);
    const found = any.filter((row) => query.states.length === 0 || query.states.includes(row.state));
    const value = sortValue[query.sort];
    const pending = (row: LibraryRow) => (query.pendingFirst && row.state !== "published" ? 0 : 1);
    found.sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      const order = typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b);
      return (
        pending(one) - pending(other) || (query.descending ? -order : order) || one.lineId - other.lineId
      );
    });
    const count = (values: string[]) => {
      const sums = new Map<string, number>();
      for (const one of values) sums.set(one, (sums.get(one) ?? 0) + 1);
      return [...sums].sort(([a], [b]) => a.localeCompare(b));
    };
    const named = (values: string[], label = (text: string) => text) =>
      count(values).map(([text, lineCount]) => ({ value: text, label: label(text), lineCount }));
    return {
      lineCount: found.length,
      imageCount: found.reduce((sum, row) => sum + row.imageCount, 0),
      totalCount: this.rows.length,
      rows: found.slice(query.offset, query.offset + query.limit),
      states: count(any.map((row) => row.state)).map(([state, lineCount]) => ({
        state: state as UploadState,
        lineCount,
      })),
      tags: named(this.rows.flatMap((row) => row.notes.tags)),
      accounts: named(
        this.rows.map((row) => row.userId ?? ""),
        () => "anna_maps",
      ),
      organizations: named(
        this.rows.flatMap((row) => row.organizationId ?? []),
        () => "City of Vienna",
      ),
      import: this.import,
      hasPeerHistory: this.hasPeerHistory,
    };
  }

  detail(lineId: number): LibraryDetail | null {
    const row = this.rows.find((other) => other.lineId === lineId);
    if (!row) return null;
    const finished = row.state === "published";
    return {
      row,
      stages: finished
        ? ["initial_processing_status", "processing_status", "anonymization_status", "tiler_status"].map(
            (name) => ({ name, state: { kind: "finished" as const } }),
          )
        : [],
      clusterId: row.uploadId === null ? null : String(77_000 + lineId),
      camera: row.uploadId === null ? "" : "GoPro HERO11 Black",
      problem:
        row.state === "failed"
          ? {
              code: "processing_failed",
              message: "Mapillary could not process the upload: no image in it has a position.",
              action: "If the photos are good, send them again as a new upload.",
              retry: "after_action",
            }
          : null,
    };
  }

  note(lineId: number, notes: SequenceNotes): LibraryRow | null {
    this.rows = this.rows.map((row) => (row.lineId === lineId ? { ...row, notes } : row));
    return this.rows.find((row) => row.lineId === lineId) ?? null;
  }

  safe(lineId: number): SafeToDelete {
    const row = this.rows.find((other) => other.lineId === lineId);
    const fileCount = row?.imageCount ?? 0;
    const common = { fileCount, askedAtMs: row?.askedAtMs ?? null, otherCount: 0 };
    if (row?.state === "published" && lineId % 4 !== 3)
      return {
        ...common,
        verdict: "safe",
        reasons: [{ reason: "all_seen", fileCount }],
        seenCount: fileCount,
        files: [],
        openCount: 0,
      };
    const files = Array.from({ length: 34 }, (_, at) => ({
      path: `${row?.folder ?? ""}/GOPR${2210 + at}.JPG`,
      why: at < 30 ? "not_seen" : "changed_since",
    }));
    return {
      ...common,
      verdict: "not_safe",
      reasons: [
        { reason: "not_seen", fileCount: 30 },
        { reason: "changed_since", fileCount: 4 },
        { reason: "all_seen", fileCount: Math.max(0, fileCount - 34) },
      ],
      seenCount: Math.max(0, fileCount - 34),
      files,
      openCount: 34,
    };
  }

  /** Keeps lines of the uploads of this computer. */
  follow(uploads: readonly UploadRow[]): void {
    for (const row of uploads) {
      const { uploadId, title, state, imageCount, links, createdAtMs } = row;
      const known = this.rows.find((other) => other.uploadId === uploadId);
      const change = { state, links, imageCount, sinceMs: row.sinceMs, visibleCount: row.visibleCount };
      if (known) this.rows = this.rows.map((other) => (other === known ? { ...known, ...change } : other));
      else {
        const fresh = { title, uploadId, origin: "waypost" as const, uploadedAtMs: createdAtMs };
        this.rows = [...this.rows, line(uploadId, { ...fresh, notes: NO_NOTES, ...change })];
      }
    }
  }

  /** Adds what was found at Mapillary. */
  add(rows: LibraryRow[]): void {
    this.rows = [...this.rows, ...rows];
  }
}

/** So many lines. */
export const lines = (count: number): LibraryRow[] => Array.from({ length: count }, (_, at) => line(at + 1));
