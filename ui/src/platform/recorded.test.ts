import { expect, test, vi } from "vitest";
import { App } from "../state/app.svelte";
import type { Platform } from "./types";
import { RecordedCore, RECORDINGS, recordingOf } from "./recorded";

/** Plays a whole journey and gives the window's state at its end. */
async function played(name: string): Promise<App> {
  const recording = await recordingOf(name);
  const core = new RecordedCore(recording);
  const platform = {
    call: (call) => core.call(call),
    connect: (listener) => Promise.resolve(core.listen(listener)),
    onDrag: () => Promise.resolve(),
    planPicture: () => "",
    uploadPicture: () => "",
    linePicture: () => "",
    streetTile: () => "",
    painted: () => undefined,
  } satisfies Platform;
  const app = new App(platform);
  vi.useFakeTimers();
  try {
    await app.start();
    for (const step of recording.steps) {
      await app.ask(step.call);
      await vi.runAllTimersAsync();
    }
  } finally {
    vi.useRealTimers();
  }
  expect(app.notice).toBeNull();
  expect(
    core.asked.filter((call) => call.call === "snapshot"),
    "no event was missed",
  ).toHaveLength(1);
  return app;
}

test("there is a recording of each journey", () => {
  expect([...RECORDINGS].sort()).toEqual([
    "cancelled",
    "edit",
    "library",
    "needs-sign-in",
    "offline",
    "published",
    "retry",
    "take-out",
  ]);
});

test("what the real core said about a change and its undo makes the plan in the window", async () => {
  const { prepare } = await played("edit");
  if (prepare.kind !== "ready") throw new Error("a plan");
  const points = prepare.data.sequences.flatMap((row) => row.points);
  expect(points.filter((point) => point.excluded).map((point) => point.photoId)).toEqual([1]);
  expect([prepare.data.undoCount, prepare.data.redoCount]).toEqual([1, 0]);
});

test("an upload goes from the real queue to published", async () => {
  const app = await played("published");
  expect(app.uploads.map((row) => row.state)).toEqual(["published"]);
  expect(app.uploads[0]?.links).toHaveLength(1);
});

test("one that was refused is tried again and published", async () => {
  expect((await played("retry")).uploads.map((row) => row.state)).toEqual(["published"]);
});

test("one whose sign-in ended stands among those that need the person", async () => {
  expect((await played("needs-sign-in")).needPerson.map((row) => row.state)).toEqual(["needs_sign_in"]);
});

test("one whose line was cut waits, and goes on when it is asked to", async () => {
  const { steps } = await recordingOf("offline");
  const waits = steps
    .flatMap((step) => step.events)
    .some(
      (body) =>
        body.kind === "upload" && body.data.kind === "row" && body.data.data.waiting?.reason === "offline",
    );
  expect(waits).toBe(true);
  expect((await played("offline")).uploads.map((row) => row.state)).toEqual(["published"]);
});

test("one that is given up stands among what has ended", async () => {
  expect((await played("cancelled")).history.map((row) => row.state)).toEqual(["cancelled"]);
});

test("what was taken out is told with its files", async () => {
  const { takeOut } = await played("take-out");
  if (takeOut.kind !== "done") throw new Error("an end");
  expect(takeOut.result.progress.problemCount).toBe(0);
  expect(takeOut.result.files.length).toBeGreaterThan(0);
});
