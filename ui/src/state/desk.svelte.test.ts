// One cursor, one selection, and the edits asked for them.
import { beforeEach, expect, test } from "vitest";
import { day, RIDE, VIDEOS } from "../platform/scenes/journey";
import { DemoPlan } from "../platform/scenes/plan";
import type { Platform } from "../platform/types";
import type { Call, Reply } from "../wire.gen";
import { App } from "./app.svelte";
import { Desk } from "./desk.svelte";
import { fixWords, parts, previewWords, whole } from "./fixes";

let plan: DemoPlan;
let asked: Call[];
let app: App;
let desk: Desk;

beforeEach(() => {
  plan = new DemoPlan(day({ videos: VIDEOS }));
  asked = [];
  const platform: Platform = {
    call(call): Promise<Reply> {
      asked.push(call);
      if (call.call === "edit") plan.edit(call.edit);
      if (call.call === "undo") plan.undo();
      if (call.call === "preview_edit")
        return Promise.resolve({ reply: "preview", data: plan.preview(call.edit) });
      app.prepare = { kind: "ready", data: plan.view() };
      return Promise.resolve({ reply: "done" });
    },
    connect: () => Promise.resolve(),
    onDrag: () => Promise.resolve(),
    planPicture: () => "",
    uploadPicture: () => "",
    linePicture: () => "",
    streetTile: () => "",
    painted: () => undefined,
  };
  app = new App(platform);
  app.prepare = { kind: "ready", data: plan.view() };
  desk = new Desk(app);
});

test("the cursor begins at the first photo and walks on into the next sequence", () => {
  expect(desk.point?.photoId).toBe(0);
  desk.edge(true);
  expect(desk.index).toBe(desk.sequence!.points.length - 1);
  desk.step(1);
  expect([desk.sequence?.sequenceId, desk.index]).toEqual(["1", 0]);
  desk.step(-1);
  expect(desk.sequence?.sequenceId).toBe("0");
  desk.step(-9999);
  expect(desk.point?.photoId).toBe(0);
});

test("a range grows and shrinks from where it began", () => {
  desk.look(10);
  for (let step = 0; step < 5; step += 1) desk.step(1, true);
  expect([...desk.selection]).toEqual([10, 11, 12, 13, 14, 15]);
  desk.step(-2, true);
  expect(desk.selection.size).toBe(4);
  desk.step(1);
  expect(desk.selection.size).toBe(0);
});

test("Del leaves the range out and takes it back in", async () => {
  desk.select([5, 6, 7]);
  desk.exclude();
  await Promise.resolve();
  expect(
    plan
      .view()
      .sequences[0]!.points.filter((point) => point.excluded)
      .map((point) => point.photoId),
  ).toEqual([5, 6, 7]);
  expect(desk.allOut).toBe(true);
  desk.exclude();
  await Promise.resolve();
  expect(plan.view().sequences[0]!.points.some((point) => point.excluded)).toBe(false);
});

test("on a video the cursor walks along its way, and stays on it", () => {
  const [video] = VIDEOS;
  const last = video!.track.length - 1;
  desk.lookAtVideo(video!.videoId);
  desk.step(1);
  expect([desk.video?.videoId, desk.videoAt]).toEqual([video!.videoId, 1]);
  desk.edge(true);
  desk.step(1);
  expect(desk.videoAt).toBe(last);
  desk.step(-1);
  expect(desk.videoAt).toBe(last - 1);
  desk.edge(false);
  desk.step(-1);
  expect(desk.videoAt).toBe(0);
});

test("what a change is about follows what is looked at", () => {
  expect(desk.target).toEqual({ kind: "sequence", data: "0" });
  desk.select([1, 2]);
  expect(desk.target).toEqual({ kind: "captures", data: [1, 2] });
  desk.about("all");
  expect(desk.target).toEqual({ kind: "all" });
  desk.about("sequence");
  desk.lookAtVideo(VIDEOS[0]!.videoId);
  expect(desk.target).toEqual({ kind: "captures", data: [VIDEOS[0]!.videoId] });
});

test("splitting at the first photo and joining the first sequence ask for nothing", () => {
  desk.look(0);
  desk.split();
  desk.join();
  expect(asked).toEqual([]);
  desk.look(20);
  desk.split();
  expect(plan.view().sequences.length).toBe(4);
  expect(desk.sequence?.sequenceId).toBe("1");
  desk.join();
  expect(plan.view().sequences.length).toBe(3);
});

test("the cursor stays at its photo when sequences are cut anew", () => {
  desk.look(300);
  plan.edit({ edit: "split_before", photoId: 100, split: true });
  app.prepare = { kind: "ready", data: plan.view() };
  expect([desk.point?.photoId, desk.sequence?.sequenceId]).toEqual([300, "1"]);
});

test("undo without anything to undo asks for nothing", () => {
  desk.undo();
  desk.redo();
  expect(asked).toEqual([]);
});

test("G goes from finding to finding and begins anew after the last", () => {
  desk.nextFinding();
  const first = desk.point?.photoId;
  desk.nextFinding();
  expect(desk.point?.photoId).not.toBe(first);
  desk.nextFinding();
  expect(desk.point?.photoId).toBe(first);
});

test("a fix says what it does, and its preview in numbers", async () => {
  const [lost] = plan.view().findings;
  expect(fixWords(lost!.fixes[0]!)).toBe("Use the track, times shifted");
  expect(fixWords(lost!.fixes[0]!, [RIDE])).toBe("Use \u2068morning-ride.gpx\u2069 1 hr earlier");
  const preview = await desk.preview(lost!.fixes[0]!.edit);
  expect(preview && previewWords(preview)).toBe("34 more would be sent.");
});

test("hours, minutes and seconds of a shift come back as they went in", () => {
  for (const shift of [0, 1000, 3_600_000, 86_399_000]) {
    const { hours, minutes, seconds } = parts(shift);
    expect(whole(hours, minutes, seconds)).toBe(shift);
  }
});
