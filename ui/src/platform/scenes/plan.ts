// The demo's plan and the edits to it, undone and done again: what the core does, played with made-up photos.
import { distanceM } from "../../parts/chart/series";
import type {
  AppliedEdits,
  Edit,
  EditPreview,
  FindingRow,
  PlanView,
  PointRow,
  PrivacyZoneRow,
  SequenceNotes,
  SequenceRow,
  Target,
  TrackFileRow,
  VideoRow,
  ZoneQuestion,
} from "../../wire.gen";
import { NOTHING_APPLIED } from "./build";

/** Size of a photo of the demo. */
const PHOTO_BYTES = 2_830_000;
const NO_NOTES: SequenceNotes = { name: "", description: "", transport: "", tags: [] };

/** A photo that a check keeps back until something helps. */
export interface Hidden {
  code: string;
  /** Number of the sequence it belongs to. */
  sequence: number;
  point: PointRow;
}

/** What was read, before any edit. */
export interface Read {
  sequences: SequenceRow[];
  videos: VideoRow[];
  tracks: TrackFileRow[];
  zoneQuestion: ZoneQuestion | null;
  findings: FindingRow[];
  hidden: Hidden[];
}

/** An edit with the captures that it was about when it was made. */
interface Made {
  edit: Edit;
  ids: ReadonlySet<number>;
}

/** What all edits made of one capture. */
interface Fate {
  out: boolean;
  applied: AppliedEdits;
  notes: SequenceNotes;
  ignored: Set<string>;
  twin: boolean;
}

interface Photo {
  point: PointRow;
  row: SequenceRow;
  starts: boolean;
}

/** A plan that can be edited. */
export class DemoPlan {
  private made: Made[] = [];
  private undone: Made[] = [];
  private shown: PlanView | null = null;

  constructor(private read: Read) {}

  /** The plan with all edits. */
  view(): PlanView {
    this.shown ??= this.fold(this.made);
    return this.shown;
  }

  /** Makes a change. */
  edit(edit: Edit): void {
    this.made = [...this.made, this.about(edit)];
    this.undone = [];
    this.shown = null;
  }

  /** What a change would do. */
  preview(edit: Edit): EditPreview {
    const [before, after] = [this.view(), this.fold([...this.made, this.about(edit)])];
    const ready = (plan: PlanView) => plan.imageCount + plan.videos.filter((row) => !row.excluded).length;
    const refused = (plan: PlanView) =>
      plan.findings.filter((row) => row.refused).reduce((sum, row) => sum + row.files.length, 0);
    return {
      readyBefore: ready(before),
      readyAfter: ready(after),
      sequencesBefore: before.sequences.length + before.videos.length,
      sequencesAfter: after.sequences.length + after.videos.length,
      refusedBefore: refused(before),
      refusedAfter: refused(after),
    };
  }

  /** Takes the last change back. */
  undo(): void {
    const last = this.made.at(-1);
    if (!last) return;
    [this.made, this.undone, this.shown] = [this.made.slice(0, -1), [...this.undone, last], null];
  }

  /** Does it again. */
  redo(): void {
    const last = this.undone.at(-1);
    if (!last) return;
    [this.made, this.undone, this.shown] = [[...this.made, last], this.undone.slice(0, -1), null];
  }

  /** Adds a track file. */
  addTrack(row: TrackFileRow): void {
    this.read = { ...this.read, tracks: [...this.read.tracks, row] };
    this.shown = null;
  }

  private about(edit: Edit): Made {
    return { edit, ids: "target" in edit ? new Set(this.idsOf(edit.target)) : new Set() };
  }

  private idsOf(target: Target): number[] {
    if (target.kind === "captures") return target.data;
    if (target.kind === "sequence") {
      const row = this.view().sequences.find((other) => other.sequenceId === target.data);
      return row?.points.map((point) => point.photoId) ?? [];
    }
    const { sequences, videos, hidden } = this.read;
    return [
      ...sequences.flatMap((row) => row.points.map((point) => point.photoId)),
      ...videos.map((row) => row.videoId),
      ...hidden.map((row) => row.point.photoId),
    ];
  }

  private fold(made: readonly Made[]): PlanView {
    const fates = new Map<number, Fate>();
    const untouched: Fate = {
      out: false,
      applied: NOTHING_APPLIED,
      notes: NO_NOTES,
      ignored: new Set(),
      twin: false,
    };
    const splits = new Set<number>();
    const joins = new Set<number>();
    let zones: PrivacyZoneRow[] = [];
    let zone = this.read.zoneQuestion?.answer ?? "";
    made.forEach(({ edit, ids }, number) => {
      const change = (apply: (fate: Fate) => Partial<Fate>) => {
        for (const id of ids) {
          const fate = fates.get(id) ?? untouched;
          fates.set(id, { ...fate, ...apply(fate) });
        }
      };
      const apply = (applied: Partial<AppliedEdits>) =>
        change((fate) => ({ applied: { ...fate.applied, ...applied } }));
      const flip = (set: Set<number>, id: number, on: boolean) => void (on ? set.add(id) : set.delete(id));
      switch (edit.edit) {
        case "exclude":
          return change(() => ({ out: edit.excluded }));
        case "shift_time":
          return apply({ shiftMs: edit.shiftMs });
        case "turn_heading":
          return apply({ offsetDeg: edit.offsetDeg });
        case "heading_from_track":
          return apply({ alongTrack: edit.alongTrack });
        case "use_track": {
          const { trackId, lookupOffsetMs, alignStart } = edit;
          return apply({ trackId, lookupOffsetMs, alignStart });
        }
        case "trim":
          return apply({ trimStartM: edit.startM, trimEndM: edit.endM });
        case "describe":
          return change(() => ({ notes: edit.notes }));
        case "ignore_check":
          return change((fate) => {
            const ignored = new Set(fate.ignored);
            if (edit.ignored) ignored.add(edit.code);
            else ignored.delete(edit.code);
            return { ignored };
          });
        case "take_from_twin":
          return change(() => ({ twin: edit.take }));
        case "split_before":
          joins.delete(edit.photoId);
          return flip(splits, edit.photoId, edit.split);
        case "join_before":
          splits.delete(edit.photoId);
          return flip(joins, edit.photoId, edit.join);
        case "answer_time_zone":
          zone = edit.zone;
          return;
        case "add_privacy_zone": {
          const { latDeg, lonDeg, radiusM } = edit;
          zones = [...zones, { zoneId: number, latDeg, lonDeg, radiusM, leftOut: 0 }];
          return;
        }
        case "remove_privacy_zone":
          zones = zones.filter((row) => row.zoneId !== edit.zoneId);
      }
    });
    const fateOf = (id: number) => fates.get(id) ?? untouched;
    const helped = ({ code, point }: Hidden) => {
      const fate = fateOf(point.photoId);
      if (code === "time_zone_unknown") return zone !== "";
      if (code === "no_position") return fate.applied.trackId !== null || fate.twin;
      return fate.ignored.has(code);
    };
    const back = new Set(this.read.hidden.filter(helped).map(({ point }) => point.photoId));
    const sequences = this.cut(this.photos(back), splits, joins).map((photos, at) =>
      sequenceOf(at, photos, fateOf, zones),
    );
    const videos = this.read.videos.map((row) => {
      const { out, applied, notes } = fateOf(row.videoId);
      return { ...row, excluded: out, applied, notes };
    });
    const files = this.read.findings.map((row) => ({
      ...row,
      files: row.files.filter((file) => file.photoId === null || !back.has(file.photoId)),
    }));
    const photos = sequences.flatMap((row) => row.points);
    const kept = photos.filter((point) => !point.excluded).length;
    const findings = files.filter((row) => row.files.length > 0);
    return {
      sequences,
      videos,
      tracks: this.read.tracks.map((row) => {
        const usedBy = [...fates.values()].filter((fate) => fate.applied.trackId === row.trackId).length;
        return { ...row, usedBy, offer: usedBy > 0 ? null : row.offer };
      }),
      privacyZones: zones,
      zoneQuestion: this.read.zoneQuestion && { ...this.read.zoneQuestion, answer: zone },
      undoCount: made.length,
      redoCount: this.undone.length,
      findings,
      imageCount: kept,
      sizeBytes:
        kept * PHOTO_BYTES + videos.reduce((sum, row) => sum + (row.excluded ? 0 : row.sizeBytes), 0),
      fileCount:
        photos.length +
        videos.length +
        findings.filter((row) => row.refused).reduce((sum, row) => sum + row.files.length, 0),
    };
  }

  private photos(back: ReadonlySet<number>): Photo[] {
    return this.read.sequences.flatMap((row, number) => {
      const points = [
        ...row.points,
        ...this.read.hidden
          .filter((hidden) => hidden.sequence === number && back.has(hidden.point.photoId))
          .map((hidden) => hidden.point),
      ].sort((a, b) => a.capturedAtMs - b.capturedAtMs);
      return points.map((point, at) => ({ point, row, starts: at === 0 }));
    });
  }

  private cut(photos: Photo[], splits: ReadonlySet<number>, joins: ReadonlySet<number>): Photo[][] {
    const sequences: Photo[][] = [];
    for (const photo of photos) {
      const { photoId } = photo.point;
      const last = sequences.at(-1);
      if (!last || splits.has(photoId) || (photo.starts && !joins.has(photoId))) sequences.push([photo]);
      else last.push(photo);
    }
    return sequences;
  }
}

function bearing(from: PointRow, to: PointRow): number {
  const rad = Math.PI / 180;
  const x = (to.lonDeg - from.lonDeg) * Math.cos(from.latDeg * rad);
  return (Math.atan2(x, to.latDeg - from.latDeg) / rad + 360) % 360;
}

function sequenceOf(
  number: number,
  photos: Photo[],
  fateOf: (id: number) => Fate,
  zones: PrivacyZoneRow[],
): SequenceRow {
  const first = photos[0]!;
  const ways = [0];
  photos.forEach(({ point }, at) => {
    const before = photos[at - 1];
    if (before) ways.push(ways[at - 1]! + distanceM(before.point, point));
  });
  const length = ways.at(-1) ?? 0;
  const points = photos.map(({ point }, at): PointRow => {
    const { applied, out } = fateOf(point.photoId);
    const zone = zones.find((row) => distanceM(point, { ...point, ...row }) <= row.radiusM);
    if (zone) zone.leftOut += 1;
    const trimmed = ways[at]! < applied.trimStartM || length - ways[at]! < applied.trimEndM;
    const [here, next] = [photos[at + 1] ? at : at - 1, photos[at + 1] ? at + 1 : at];
    const along =
      photos[here] && photos[next] ? bearing(photos[here].point, photos[next].point) : point.headingDeg;
    const heading = applied.alongTrack ? along : point.headingDeg;
    const leftOutBy = out ? "person" : zone ? "privacy_zone" : trimmed ? "trim" : null;
    return {
      ...point,
      capturedAtMs: point.capturedAtMs + applied.shiftMs,
      headingDeg: heading === null ? null : (heading + applied.offsetDeg + 360) % 360,
      excluded: leftOutBy !== null,
      leftOutBy,
    };
  });
  const fate = fateOf(first.point.photoId);
  return {
    ...first.row,
    sequenceId: String(number),
    firstCapturedAtMs: points[0]!.capturedAtMs,
    lastCapturedAtMs: points.at(-1)!.capturedAtMs,
    distanceM: length,
    sizeBytes: points.filter((point) => !point.excluded).length * PHOTO_BYTES,
    excluded: points.every((point) => point.leftOutBy === "person"),
    notes: fate.notes,
    applied: fate.applied,
    points,
  };
}
