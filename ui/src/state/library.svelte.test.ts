import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Platform } from "../platform/types";
import { DemoLibrary, lines } from "../platform/scenes/library";
import type { Call, LibraryQuery, Reply } from "../wire.gen";
import { App } from "./app.svelte";
import { FIRST_QUERY, Library } from "./library.svelte";

let shelf: DemoLibrary;
let asked: LibraryQuery[];
/** Answers that wait until the test lets them go; null answers at once. */
let held: (() => void)[] | null;
let library: Library;

function answer(call: Call): Reply {
  if (call.call === "library") return { reply: "library", data: shelf.page(call.query) };
  if (call.call === "set_notes") {
    const row = shelf.note(call.lineId, call.notes);
    if (row) return { reply: "library_row", data: row };
  }
  return { reply: "done" };
}

beforeEach(() => {
  vi.useFakeTimers();
  shelf = new DemoLibrary(lines(1000));
  asked = [];
  held = null;
  const platform: Platform = {
    call(call) {
      if (call.call === "library") asked.push(call.query);
      const reply = answer(call);
      const waiting = held;
      return waiting ? new Promise((done) => waiting.push(() => done(reply))) : Promise.resolve(reply);
    },
    connect: () => Promise.resolve(),
    onDrag: () => Promise.resolve(),
    planPicture: () => "",
    uploadPicture: () => "",
    linePicture: () => "",
    streetTile: () => "",
    painted: () => undefined,
  };
  library = new Library(new App(platform));
  return () => vi.useRealTimers();
});

describe("a library of a thousand lines", () => {
  test("comes in blocks: the first at once, the others when they are seen, each once", async () => {
    await library.load();
    expect(library.rows).toHaveLength(1000);
    expect(library.rows[0]).toBeDefined();
    expect(library.rows[500]).toBeUndefined();
    library.see(480, 520);
    library.see(490, 530);
    await vi.runAllTimersAsync();
    expect(library.rows[500]).toBeDefined();
    expect(asked.map((query) => query.offset)).toEqual([0, 400]);
  });

  test("is asked once for a word that is typed, and what is shown stays until the answer", async () => {
    await library.load();
    for (const text of ["r", "ri", "rin", "ring"]) library.ask({ text });
    expect(library.rows).toHaveLength(1000);
    await vi.runAllTimersAsync();
    expect(asked.map((query) => query.text)).toEqual(["", "ring"]);
    expect(library.page?.lineCount).toBe(library.rows.length);
    expect(library.rows.length).toBeLessThan(1000);
  });

  test("an answer that comes late does not replace a newer one", async () => {
    held = [];
    const first = library.load();
    library.ask({ text: "harbour" });
    await vi.advanceTimersByTimeAsync(200);
    const [late, newer] = held;
    newer!();
    await vi.advanceTimersByTimeAsync(0);
    const count = library.rows.length;
    late!();
    await first;
    expect(library.rows.length).toBe(count);
    expect(count).toBeLessThan(1000);
  });

  test("sorts by a column, the other way round at the second press", async () => {
    library.sortBy("images");
    await vi.runAllTimersAsync();
    expect([library.query.sort, library.query.descending]).toEqual(["images", true]);
    library.sortBy("images");
    library.sortBy("name");
    await vi.runAllTimersAsync();
    expect([library.query.sort, library.query.descending]).toEqual(["name", false]);
  });

  test("is narrowed by states and tags, and shows everything again in the same order", async () => {
    library.sortBy("name");
    library.toggleState("failed");
    library.toggleTag("survey");
    await vi.runAllTimersAsync();
    expect(library.narrowed).toBe(true);
    expect(library.rows.every((row) => row?.state === "failed")).toBe(true);
    library.clear();
    await vi.runAllTimersAsync();
    expect(library.query).toEqual({ ...FIRST_QUERY, sort: "name", descending: false });
    expect(library.rows).toHaveLength(1000);
  });

  test("notes are kept in the line, and taken back one after the other", async () => {
    await library.load();
    const row = library.rows[0]!;
    await library.note(row, { ...row.notes, name: "Ring road" });
    await library.note(library.rows[0]!, { ...library.rows[0]!.notes, tags: ["survey"] });
    expect(library.rows[0]!.notes).toMatchObject({ name: "Ring road", tags: ["survey"] });
    expect(library.undoCount).toBe(2);
    await library.undo();
    await library.undo();
    await library.undo();
    expect(library.rows[0]!.notes).toEqual(row.notes);
    expect([library.undoCount, library.chosenId]).toEqual([0, row.lineId]);
  });
});
