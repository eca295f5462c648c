// The demo plays the core faithfully: what an edit does, that it can be undone, and that a preview tells the truth.
import { expect, test } from "vitest";
import { QUESTION, day, RIDE, VIDEOS } from "./journey";
import { DemoPlan } from "./plan";

test("any number of edits is undone to what was read, and done again to what was made of it", () => {
  const plan = new DemoPlan(day({ videos: VIDEOS }));
  const before = plan.view();
  plan.edit({ edit: "split_before", photoId: 100, split: true });
  plan.edit({ edit: "exclude", target: { kind: "sequence", data: "1" }, excluded: true });
  plan.edit({ edit: "trim", target: { kind: "all" }, startM: 50, endM: 50 });
  plan.edit({ edit: "exclude", target: { kind: "captures", data: [VIDEOS[0]!.videoId] }, excluded: true });
  const after = plan.view();
  expect(after.sequences.length).toBe(4);
  expect(after.sequences[1]!.excluded).toBe(true);
  for (let step = 0; step < 4; step += 1) plan.undo();
  expect(plan.view()).toEqual({ ...before, redoCount: 4 });
  for (let step = 0; step < 4; step += 1) plan.redo();
  expect(plan.view()).toEqual(after);
});

test("a preview says what the edit then does", () => {
  const plan = new DemoPlan(day({ tracks: [RIDE] }));
  for (const finding of plan.view().findings) {
    for (const fix of finding.fixes) {
      const said = plan.preview(fix.edit);
      plan.edit(fix.edit);
      expect(plan.view().imageCount).toBe(said.readyAfter);
      plan.undo();
      expect(plan.view().imageCount).toBe(said.readyBefore);
    }
  }
});

test("joining undoes a split, and splitting a join", () => {
  const plan = new DemoPlan(day());
  plan.edit({ edit: "split_before", photoId: 50, split: true });
  expect(plan.view().sequences.length).toBe(4);
  plan.edit({ edit: "join_before", photoId: 50, join: true });
  expect(plan.view().sequences.length).toBe(3);
  plan.edit({ edit: "join_before", photoId: 700, join: true });
  expect(plan.view().sequences.length).toBe(2);
});

test("a circle and a trim leave out what they cover, and say who did", () => {
  const plan = new DemoPlan(day());
  const { latDeg, lonDeg } = plan.view().sequences[0]!.points[300]!;
  plan.edit({ edit: "add_privacy_zone", latDeg, lonDeg, radiusM: 100 });
  plan.edit({ edit: "trim", target: { kind: "sequence", data: "0" }, startM: 40, endM: 0 });
  const [first] = plan.view().sequences;
  expect(first!.points[0]!.leftOutBy).toBe("trim");
  expect(first!.points[300]!.leftOutBy).toBe("privacy_zone");
  expect(plan.view().privacyZones[0]!.leftOut).toBeGreaterThan(10);
});

test("the answer to the time zone stays with the question", () => {
  const plan = new DemoPlan(day({ zoneQuestion: QUESTION }));
  plan.edit({ edit: "answer_time_zone", zone: "Europe/Vienna" });
  expect(plan.view().zoneQuestion?.answer).toBe("Europe/Vienna");
  plan.undo();
  expect(plan.view().zoneQuestion?.answer).toBe("");
});
