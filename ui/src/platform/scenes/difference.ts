// The difference of two plans as the core tells it, for the demo.
import type { FindingRow, PlanChange, PlanView, PointRow, PointRun } from "../../wire.gen";

const same = (one: unknown, other: unknown) => one === other || JSON.stringify(one) === JSON.stringify(other);

function runsOf(
  points: readonly PointRow[],
  old: readonly PointRow[],
  places: ReadonlyMap<number, number>,
): PointRun[] {
  const runs: PointRun[] = [];
  let next = -1;
  for (const point of points) {
    const at = places.get(point.photoId);
    const last = runs.at(-1);
    if (at !== undefined && same(old[at], point)) {
      if (last?.kind === "kept" && next === at) last.count += 1;
      else runs.push({ kind: "kept", photoId: point.photoId, count: 1 });
      next = at + 1;
    } else {
      if (last?.kind === "new") last.rows.push(point);
      else runs.push({ kind: "new", rows: [point] });
      next = -1;
    }
  }
  return runs;
}

/** What changed between two plans. */
export function differenceOf(before: PlanView, after: PlanView): PlanChange {
  const old = before.sequences.flatMap((row) => row.points);
  const places = new Map(old.map((point, at) => [point.photoId, at]));
  const keptTracks = after.videos
    .filter((row) =>
      same(before.videos.find((other) => other.videoId === row.videoId)?.track ?? null, row.track),
    )
    .map((row) => row.videoId);
  const sameFinding = (row: FindingRow) =>
    before.findings.find((other) => other.code === row.code && other.refused === row.refused);
  const keptFiles = after.findings.flatMap((row, at) =>
    same(sameFinding(row)?.files ?? null, row.files) ? [at] : [],
  );
  return {
    plan: {
      ...after,
      sequences: after.sequences.map((row) => ({ ...row, points: [] })),
      videos: after.videos.map((row) => (keptTracks.includes(row.videoId) ? { ...row, track: [] } : row)),
      findings: after.findings.map((row, at) => (keptFiles.includes(at) ? { ...row, files: [] } : row)),
    },
    points: after.sequences.map((row) => runsOf(row.points, old, places)),
    keptTracks,
    keptFiles,
  };
}
