// A screen reader hears the start, each quarter and the end, one at a time.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { upload } from "../platform/scenes/build";
import type { UploadProgress } from "../wire.gen";
import { Announcer } from "./announcer.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const row = upload(1, { title: "Walk", state: "sending", totalBytes: 100 });
const at = (sentBytes: number): UploadProgress => ({
  uploadId: 1,
  sentBytes,
  totalBytes: 100,
  preparedBytes: 0,
  resending: false,
  speedBytesPerS: null,
});

test("each quarter is said once, however small the steps are", () => {
  const announcer = new Announcer();
  const said: string[] = [];
  for (let sent = 0; sent <= 60; sent += 1) {
    announcer.moved(row, at(sent));
    if (said.at(-1) !== announcer.text) said.push(announcer.text);
    vi.advanceTimersByTime(2500);
  }
  expect(said.filter(Boolean)).toEqual(["Walk: 25 percent sent", "Walk: 50 percent sent"]);
});

test("what comes too soon waits, and only the newest of an upload is said", () => {
  const announcer = new Announcer();
  announcer.changed(undefined, row);
  announcer.moved(row, at(25));
  announcer.changed(row, { ...row, state: "published" });
  expect(announcer.text).toBe("Walk: Sending");
  vi.advanceTimersByTime(2000);
  expect(announcer.text).toBe("Walk: Published");
});

test("a row that is told again in the same state is not news", () => {
  const announcer = new Announcer();
  announcer.changed(row, { ...row, sentBytes: 10 });
  expect(announcer.text).toBe("");
});
