// The order in which uploads start: lower places first. What a move asks of the core.
import type { UploadRow, UploadState } from "../wire.gen";

/** States in which the place still matters: bytes are yet to be sent. */
const MOVABLE: ReadonlySet<UploadState> = new Set([
  "draft",
  "queued",
  "preparing",
  "sending",
  "paused",
  "waiting",
]);

/** Rows in the order in which they start. */
export function byPlace(rows: readonly UploadRow[]): UploadRow[] {
  return [...rows].sort((a, b) => a.place - b.place || a.uploadId - b.uploadId);
}

/** Whether an upload can change its place. */
export function canMove(row: UploadRow): boolean {
  return MOVABLE.has(row.state);
}

/**
 * The upload that comes next after `uploadId` once it stands at index `to` of `order` (the order without it has one
 * less); `null` for the end, `undefined` where nothing would change.
 */
export function nextAfterMove(
  order: readonly number[],
  uploadId: number,
  to: number,
): number | null | undefined {
  const from = order.indexOf(uploadId);
  if (from < 0 || to === from || to < 0 || to >= order.length) return undefined;
  const rest = order.filter((other) => other !== uploadId);
  return rest[to] ?? null;
}

/** The index at which something dropped at `y` stands, given the middles of the other rows from top to bottom. */
export function indexAt(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length;
}
