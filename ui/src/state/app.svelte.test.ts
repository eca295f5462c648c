// Snapshot and events: whatever their order, the window ends where the core stands.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Platform } from "../platform/types";
import { NOW_MS, account, accounts, snapshot, upload } from "../platform/scenes/build";
import type { Call, Event, EventBody, Reply, Snapshot } from "../wire.gen";
import { App, asProblem } from "./app.svelte";

/** A core whose answers wait until the test lets them go. */
class Bench implements Platform {
  calls: Call[] = [];
  send: (event: Event) => void = () => undefined;
  private waiting: { resolve: (reply: Reply) => void; reject: (why: unknown) => void }[] = [];

  call(call: Call): Promise<Reply> {
    this.calls.push(call);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }
  connect(listener: (event: Event) => void): Promise<void> {
    this.send = listener;
    return Promise.resolve();
  }
  onDrag = () => Promise.resolve();
  planPicture = () => "";
  linePicture = () => "";
  streetTile = () => "";
  uploadPicture = () => "";
  painted = () => {};

  async answer(change: Partial<Snapshot>): Promise<void> {
    this.waiting.shift()?.resolve({ reply: "snapshot", data: snapshot(change) });
    await vi.advanceTimersByTimeAsync(0);
  }
  async refuse(why: unknown): Promise<void> {
    this.waiting.shift()?.reject(why);
    await vi.advanceTimersByTimeAsync(0);
  }
  get snapshotsAsked(): number {
    return this.calls.filter((call) => call.call === "snapshot").length;
  }
}

const row = (uploadId: number, change = {}): EventBody => ({
  kind: "upload",
  data: { kind: "row", data: upload(uploadId, change) },
});
const event = (seq: number, body: EventBody): Event => ({ seq, body });
const progress = (uploadId: number, sentBytes: number): EventBody => ({
  kind: "upload",
  data: {
    kind: "progress",
    data: { uploadId, sentBytes, preparedBytes: 0, totalBytes: 1000, resending: false, speedBytesPerS: 10 },
  },
});

let bench: Bench;
let app: App;
async function started(change: Partial<Snapshot> = {}): Promise<void> {
  void app.start();
  await vi.advanceTimersByTimeAsync(0);
  await bench.answer(change);
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
  bench = new Bench();
  app = new App(bench);
});
afterEach(() => void vi.useRealTimers());

describe("snapshot and events", () => {
  test("events that come before the snapshot are kept until it has come", async () => {
    void app.start();
    await vi.advanceTimersByTimeAsync(0);
    bench.send(event(5, row(1, { state: "sending" })));
    bench.send(event(6, row(2)));
    await bench.answer({ seq: 5 });
    expect(app.uploads.map((upload) => upload.uploadId)).toEqual([2]);
    expect(bench.snapshotsAsked).toBe(1);
  });

  test("an event older than the snapshot changes nothing", async () => {
    await started({ seq: 7, uploads: [upload(1, { state: "published" })] });
    bench.send(event(7, row(1, { state: "sending" })));
    expect(app.uploads[0]?.state).toBe("published");
  });

  test("a gap in the numbers asks for everything anew, and what came meanwhile is applied", async () => {
    await started({ seq: 1 });
    bench.send(event(4, row(9)));
    bench.send(event(5, row(10)));
    expect(bench.snapshotsAsked).toBe(2);
    await bench.answer({ seq: 4, uploads: [upload(9), upload(8)] });
    expect(app.uploads.map((upload) => upload.uploadId)).toEqual([10, 9, 8]);
  });

  test("events that come out of order are put into order", async () => {
    void app.start();
    await vi.advanceTimersByTimeAsync(0);
    bench.send(event(3, row(1, { state: "published" })));
    bench.send(event(2, row(1, { state: "sending" })));
    await bench.answer({ seq: 1 });
    expect(app.uploads[0]?.state).toBe("published");
  });

  test("a gap that a snapshot does not close is asked about again, with a pause and without a storm", async () => {
    await started({ seq: 1 });
    bench.send(event(9, row(1)));
    await bench.answer({ seq: 3 });
    expect(bench.snapshotsAsked).toBe(2);
    await vi.advanceTimersByTimeAsync(300);
    expect(bench.snapshotsAsked).toBe(3);
    await bench.answer({ seq: 9 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bench.snapshotsAsked).toBe(3);
  });

  test("a core that cannot be reached is asked again, more and more seldom, until it answers", async () => {
    void app.start();
    await vi.advanceTimersByTimeAsync(0);
    await bench.refuse({
      code: "disk_full",
      message: "The disk is full.",
      action: "",
      retry: "after_action",
    });
    expect(app.unreachable?.code).toBe("disk_full");
    await vi.advanceTimersByTimeAsync(250);
    expect(bench.snapshotsAsked).toBe(2);
    await bench.answer({ seq: 1 });
    expect(app.unreachable).toBeNull();
    expect(app.ready).toBe(true);
  });

  test("when practice begins everything is asked for anew: the core behind is another one", async () => {
    await started({ seq: 1, uploads: [upload(1)], account: accounts([account()]) });
    bench.send(event(2, { kind: "practice", data: true }));
    expect(bench.snapshotsAsked).toBe(2);
    await bench.answer({ seq: 2, practice: true, uploads: [], account: accounts([]) });
    expect([app.practice, app.uploads.length, app.current]).toEqual([true, 0, null]);
    expect(bench.snapshotsAsked).toBe(2);
  });
});

describe("uploads", () => {
  test("progress moves one row and leaves the list as it is", async () => {
    await started({ seq: 1, uploads: [upload(1, { state: "sending" })] });
    const list = app.uploads;
    bench.send(event(2, progress(1, 500)));
    expect(app.uploads).toBe(list);
    expect(app.live(app.uploads[0]!).sentBytes).toBe(500);
  });

  test("a whole row replaces what moved before", async () => {
    await started({ seq: 1, uploads: [upload(1, { state: "sending" })] });
    bench.send(event(2, progress(1, 500)));
    bench.send(event(3, row(1, { state: "sending", sentBytes: 200, resending: true })));
    expect(app.live(app.uploads[0]!).sentBytes).toBe(200);
  });

  test("progress of an upload that is not listed is no row", async () => {
    await started({ seq: 1 });
    bench.send(event(2, progress(77, 1)));
    expect(app.uploads).toEqual([]);
  });

  test("queue, history and what needs the person are told apart", async () => {
    await started({
      seq: 1,
      uploads: [upload(1), upload(2, { state: "published" }), upload(3, { state: "finish_unknown" })],
    });
    expect(app.queue.map((row) => row.uploadId)).toEqual([1]);
    expect(app.history.map((row) => row.uploadId)).toEqual([2]);
    expect(app.needPerson.map((row) => row.uploadId)).toEqual([3]);
    bench.send(event(2, { kind: "upload", data: { kind: "removed", data: 2 } }));
    expect(app.history).toEqual([]);
  });

  test("an upload that ended long ago is history, not news", async () => {
    await started({
      uploads: [
        upload(1, { state: "published", sinceMs: NOW_MS - 13 * 3_600_000 }),
        upload(2, { state: "failed" }),
      ],
    });
    expect(app.recent.map((row) => row.uploadId)).toEqual([2]);
  });
});

describe("calls", () => {
  test("a refused call becomes the notice and the view stays", async () => {
    await started();
    const done = app.upload();
    await bench.refuse({
      code: "no_account",
      message: "Nobody is signed in.",
      action: "Sign in.",
      retry: "after_action",
    });
    await done;
    expect([app.notice?.code, app.view]).toEqual(["no_account", "prepare"]);
  });

  test("after Upload the queue is shown", async () => {
    await started();
    const done = app.upload();
    await bench.answer({});
    await done;
    expect(app.view).toBe("queue");
  });

  test("whatever is thrown becomes a sentence", () => {
    expect(asProblem(new Error("gone")).message).toBe("gone");
    expect(asProblem("text")).toMatchObject({ code: "internal", message: "text" });
    expect(asProblem({ code: "a", message: "b" })).toEqual({
      code: "a",
      message: "b",
      action: "",
      retry: "never",
    });
  });
});
