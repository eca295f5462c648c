import { expect, test } from "vitest";
import { day, VIDEOS } from "../platform/scenes/journey";
import { differenceOf } from "../platform/scenes/difference";
import { DemoPlan } from "../platform/scenes/plan";
import type { Edit } from "../wire.gen";
import { changedPlan } from "./plan-change";

const EDITS: Edit[] = [
  { edit: "exclude", target: { kind: "captures", data: [5, 6, 900] }, excluded: true },
  { edit: "split_before", photoId: 40, split: true },
  { edit: "shift_time", target: { kind: "sequence", data: "1" }, shiftMs: 3_600_000 },
  { edit: "join_before", photoId: 40, join: true },
  { edit: "exclude", target: { kind: "all" }, excluded: true },
];

test("a change makes the new plan of the old one, as the core would have told it whole", () => {
  const plan = new DemoPlan(day({ videos: VIDEOS }));
  let shown = plan.view();
  for (const edit of EDITS) {
    plan.edit(edit);
    const change = differenceOf(shown, plan.view());
    shown = changedPlan(shown, JSON.parse(JSON.stringify(change)) as typeof change)!;
    expect(shown).toEqual(plan.view());
  }
});

test("what did not change is the same object, and one photo travels alone", () => {
  const plan = new DemoPlan(day({ videos: VIDEOS }));
  const before = plan.view();
  plan.edit(EDITS[0]!);
  const change = differenceOf(before, plan.view());
  const travelled = change.points.flat().flatMap((run) => (run.kind === "new" ? run.rows : []));
  expect(travelled.length).toBeLessThanOrEqual(3);
  const after = changedPlan(before, change)!;
  expect(after.sequences[0]!.points[100]).toBe(before.sequences[0]!.points[100]);
  expect(after.videos[0]!.track).toBe(before.videos[0]!.track);
});

test("a change that speaks of points that are not there is no plan", () => {
  const plan = new DemoPlan(day());
  const before = plan.view();
  const change = differenceOf(before, before);
  expect(changedPlan({ ...before, sequences: before.sequences.slice(0, 1) }, change)).toBeNull();
});
