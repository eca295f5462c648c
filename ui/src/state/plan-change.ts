// The new plan from the old one and what changed. What stayed is the same object, so that nothing is read or drawn for it.
import type { PlanChange, PlanView, PointRow } from "../wire.gen";

/** The plan after a change; null where the change speaks of points that this plan does not have. */
export function changedPlan(before: PlanView, change: PlanChange): PlanView | null {
  const old = before.sequences.flatMap((row) => row.points);
  // Only where runs begin is asked for: a list of 100,000 points is walked once and not copied into a map.
  const wanted = new Set(
    change.points.flatMap((runs) => runs.flatMap((run) => (run.kind === "new" ? [] : run.photoId))),
  );
  const places = new Map<number, number>();
  for (let at = 0; at < old.length; at += 1) {
    const { photoId } = old[at]!;
    if (wanted.has(photoId)) places.set(photoId, at);
  }
  const sequences = [];
  for (const [number, row] of change.plan.sequences.entries()) {
    const points: PointRow[] = [];
    for (const run of change.points[number] ?? []) {
      if (run.kind === "new") {
        for (const point of run.rows) points.push(point);
        continue;
      }
      const from = places.get(run.photoId);
      if (from === undefined || from + run.count > old.length) return null;
      for (let at = from; at < from + run.count; at += 1) points.push(old[at]!);
    }
    // A sequence of which nothing changed but its neighbours keeps its list.
    const same = before.sequences[number]?.points;
    const kept = same?.length === points.length && points.every((point, at) => point === same[at]);
    sequences.push({ ...row, points: kept ? same : points });
  }

  const ways = new Map(before.videos.map((row) => [row.videoId, row.track]));
  const keptTracks = new Set(change.keptTracks);
  const videos = [];
  for (const row of change.plan.videos) {
    const track = keptTracks.has(row.videoId) ? ways.get(row.videoId) : row.track;
    if (!track) return null;
    videos.push({ ...row, track });
  }

  const findings = [...change.plan.findings];
  for (const at of change.keptFiles) {
    const row = findings[at];
    const same = before.findings.find((other) => other.code === row?.code && other.refused === row.refused);
    if (!row || !same) return null;
    findings[at] = { ...row, files: same.files };
  }
  return { ...change.plan, sequences, videos, findings };
}
