import { beforeEach, describe, expect, test } from "vitest";
import type { Platform } from "../platform/types";
import { account, accounts } from "../platform/scenes/build";
import type { HistoryTaken, Reply } from "../wire.gen";
import { App } from "./app.svelte";
import { PeerHistory, takenWords } from "./peer-history.svelte";

const counts = (change: Partial<HistoryTaken> = {}): HistoryTaken => ({
  recordCount: 0,
  newCount: 0,
  knownCount: 0,
  otherAccountCount: 0,
  unfinishedCount: 0,
  ...change,
});

describe("what came of it is said in words", () => {
  test("every count that is not zero, each in its plural", () => {
    const many = { newCount: 14, knownCount: 5, otherAccountCount: 2, unfinishedCount: 3 };
    expect(takenWords(counts(many))).toMatch(
      // The comma before "and" is the region's.
      /^14 new uploads taken over from mapillary_tools; 5 were known already, 2 belong to another account,? and 3 were never finished\.$/,
    );
    const one = { newCount: 1, knownCount: 1, otherAccountCount: 0, unfinishedCount: 1 };
    expect(takenWords(counts(one))).toBe(
      "1 new upload taken over from mapillary_tools; 1 was known already and 1 was never finished.",
    );
  });

  test("new ones alone, and nothing new with and without a reason", () => {
    expect(takenWords(counts({ newCount: 2 }))).toBe("2 new uploads taken over from mapillary_tools.");
    expect(takenWords(counts({ knownCount: 19 }))).toBe(
      "Nothing new from mapillary_tools: 19 were known already.",
    );
    expect(takenWords(counts())).toBe("Nothing new from mapillary_tools.");
  });
});

describe("taking over", () => {
  let asked: number;
  let reloads: number;
  let answer: { done: (reply: Reply) => void; fail: (problem: object) => void };
  let app: App;
  let peer: PeerHistory;

  beforeEach(() => {
    [asked, reloads] = [0, 0];
    const platform: Platform = {
      call(call) {
        if (call.call === "take_over_history") asked += 1;
        return new Promise((done, fail) => (answer = { done, fail }));
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
    app.account = accounts([account()]);
    peer = new PeerHistory(app, () => {
      reloads += 1;
      return Promise.resolve();
    });
  });

  test("asks once however often it is pressed, then shows the library anew", async () => {
    const taking = peer.take();
    void peer.take();
    expect(peer.running).toBe(true);
    answer.done({ reply: "history_taken", data: counts({ newCount: 3 }) });
    await taking;
    expect([asked, reloads, peer.running]).toEqual([1, 1, false]);
    expect(peer.taken?.newCount).toBe(3);
  });

  test("a failure stays until the next answer, and nothing is shown anew", async () => {
    const taking = peer.take();
    answer.fail({ code: "io", message: "permission denied", action: "", retry: "after_action" });
    await taking;
    expect([peer.failure?.code, peer.taken, reloads]).toEqual(["io", null, 0]);
    const again = peer.take();
    expect(peer.failure?.code).toBe("io");
    answer.done({ reply: "history_taken", data: counts() });
    await again;
    expect([peer.failure, asked, reloads]).toEqual([null, 2, 1]);
  });

  test("what came of it belongs to its account, and nobody asks without one", async () => {
    const taking = peer.take();
    answer.done({ reply: "history_taken", data: counts({ newCount: 3 }) });
    await taking;
    app.account = accounts([account({ userId: "77" })]);
    expect(peer.taken).toBeNull();
    app.account = accounts([]);
    await peer.take();
    expect(asked).toBe(1);
  });
});
