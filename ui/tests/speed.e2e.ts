// How the window keeps up: long tasks, frames, the share of a processor, memory. Measured in Chromium on the built files
// and the demo platform, with streams of events made here; printed, never asserted. `cargo xtask bench window` runs this
// file alone and puts the lines that begin with MEASURED into its table.
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plan, sequence, upload } from "../src/platform/scenes/build";
import { differenceOf } from "../src/platform/scenes/difference";
import { DemoPlan, type Read } from "../src/platform/scenes/plan";
import { settled, Stage } from "./browser";

/** As the scene "prepare-many". */
const many = (): Read => ({
  sequences: Array.from({ length: 12 }, (_, id) => sequence(id, id * 1000, 900)),
  videos: [],
  tracks: [],
  zoneQuestion: null,
  findings: [],
  hidden: [],
});

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(true);
});
afterAll(() => stage.close());

/** How long it is watched how uploads are sent, seconds; the bench watches longer. */
const WATCHED_S = Number(process.env.WAYPOST_SPEED_S ?? "2");

const print = (what: string, found: string) => console.log(`MEASURED | ${what} | ${found} |`);

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** The longest task of the window's main thread, ms of its processor time: what else runs on the machine is not in it. */
function longestTask(events: TraceEvent[]): number {
  const main = new Set(
    events
      .filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain")
      .map((event) => `${event.pid} ${event.tid}`),
  );
  const tasks = events.filter(
    (event) => event.name.endsWith("RunTask") && main.has(`${event.pid} ${event.tid}`),
  );
  return Math.max(0, ...tasks.map((event) => (event.tdur ?? event.dur ?? 0) / 1000));
}

/** Watches frames and tasks while something is done. */
async function measured(page: Page, name: string, act: () => Promise<unknown>): Promise<void> {
  const browser = page.context().browser() as Browser;
  await page.evaluate(() => {
    const seen = { frames: [] as number[], tasks: [] as number[], goes: true };
    Object.assign(window, { seen });
    new PerformanceObserver((list) =>
      seen.tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({ type: "longtask" });
    let last = performance.now();
    const tick = (now: number) => {
      seen.frames.push(now - last);
      last = now;
      if (seen.goes) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await browser.startTracing(page, { categories: ["toplevel"] });
  await act();
  await settled(page);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const { frames, tasks } = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: { frames: number[]; tasks: number[]; goes: boolean } };
    seen.goes = false;
    return seen;
  });
  const sorted = [...frames].sort((a, b) => a - b);
  const part = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
  print(
    name,
    `longest task ${longestTask(trace.traceEvents).toFixed(0)} ms of processor time; on the clock ${tasks.length} over ` +
      `50 ms, longest ${Math.max(0, ...tasks).toFixed(0)} ms; frames: median ${part(0.5)} ms, p95 ${part(0.95)} ms`,
  );
  expect(frames.length).toBeGreaterThan(0);
}

/** Seconds of processor time that the browser's processes have used so far. */
async function processorS(page: Page): Promise<number> {
  const session = await (page.context().browser() as Browser).newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Seconds that the main thread of the page was busy, and its JavaScript heap in MB, after collecting garbage. */
async function metricsOf(session: CDPSession): Promise<{ busyS: number; heapMb: number; nodes: number }> {
  await session.send("Performance.enable");
  const busy = (await session.send("Performance.getMetrics")).metrics;
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return {
    busyS: busy.find((metric) => metric.name === "TaskDuration")?.value ?? 0,
    heapMb: value("JSHeapUsedSize") / 1e6,
    nodes: value("Nodes"),
  };
}

test.each([
  ["1,300 photos", 4, 325],
  ["10,000 photos", 10, 1000],
])(
  "the first rows after the core's answer: %s",
  async (name, sequences, photos) => {
    const page = await stage.page("prepare-empty");
    const data = plan(Array.from({ length: sequences }, (_, id) => sequence(id, id * photos, photos)));
    await page.evaluate((body) => Object.assign(window, { answer: JSON.stringify(body) }), {
      kind: "prepare",
      data: { kind: "ready", data },
    });
    let after = "";
    await measured(page, `${name}: the plan comes, is read and shown`, async () => {
      after = await page.evaluate(async () => {
        const { answer } = window as unknown as { answer: string };
        const start = performance.now();
        window.waypostDemo.tell(JSON.parse(answer) as object);
        const seen = () => document.querySelector("[data-testid=sequence-row]") !== null;
        while (!seen()) await new Promise((next) => requestAnimationFrame(next));
        // The frame with the rows is on the screen when the next one begins.
        await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
        return (performance.now() - start).toFixed(0);
      });
    });
    print(`${name}: from the core's answer to the first rows on the screen`, `${after} ms`);
    await page.close();
  },
  60_000,
);

test("10,000 photos: cursor, strip, an edit, scrolling", async () => {
  const page = await stage.page("prepare-many");
  await settled(page);
  await measured(page, "10,800 photos: cursor moved 60 times", async () => {
    for (let step = 0; step < 60; step += 1) await page.keyboard.press("ArrowRight");
  });
  await measured(page, "10,800 photos: strip scrolled", async () => {
    await page.getByTestId("strip").hover();
    for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, 900);
  });
  // The core's answers to an edit and its undo, made beforehand: the demo's own core would reckon them in the page.
  const core = new DemoPlan(many());
  const whole = core.view();
  core.edit({ edit: "exclude", target: { kind: "captures", data: [0] }, excluded: true });
  const without = core.view();
  const changes = [differenceOf(whole, without), differenceOf(without, whole)];
  await page.evaluate(
    (bodies) => Object.assign(window, { bodies }),
    changes.map((data) => JSON.stringify({ kind: "plan_change", data })),
  );
  await measured(page, "10,800 photos: one left out and taken back", async () => {
    for (const [at, text] of ["10,799 images ready", "10,800 images ready"].entries()) {
      await page.evaluate((number) => {
        const { bodies } = window as unknown as { bodies: string[] };
        window.waypostDemo.tell(JSON.parse(bodies[number] ?? "") as object);
      }, at);
      await page.getByText(text).first().waitFor();
    }
  });
  const { heapMb, nodes } = await metricsOf(await page.context().newCDPSession(page));
  print("10,800 photos: memory of the page", `JavaScript heap ${heapMb.toFixed(0)} MB, ${nodes} nodes`);
  await page.close();
}, 60_000);

test("100,000 points: zoom, pan, hover", async () => {
  const page = await stage.page("prepare-huge");
  await settled(page);
  const box = (await page.getByTestId("track").boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await measured(page, "100,000 points: zoomed", async () => {
    for (let step = 0; step < 12; step += 1) await page.mouse.wheel(0, step < 6 ? -240 : 240);
  });
  await measured(page, "100,000 points: panned", async () => {
    await page.mouse.down();
    for (let step = 0; step < 40; step += 1)
      await page.mouse.move(box.x + box.width / 2 + 90 * Math.sin(step / 4), box.y + box.height / 2 + step);
    await page.mouse.up();
  });
  await measured(page, "100,000 points: hovered", async () => {
    for (let step = 0; step < 40; step += 1)
      await page.mouse.move(box.x + (box.width * step) / 40, box.y + box.height / 2 + step);
  });
  const { heapMb, nodes } = await metricsOf(await page.context().newCDPSession(page));
  print("100,000 points: memory of the page", `JavaScript heap ${heapMb.toFixed(0)} MB, ${nodes} nodes`);
  await page.close();
}, 60_000);

test("2,000 lines of the library: scrolling and typing", async () => {
  const page = await stage.page("library-many");
  await page.getByTestId("library-row").first().waitFor();
  await measured(page, "library of 2,000 lines: scrolled", async () => {
    await page.getByTestId("library-grid").hover();
    for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, 2400);
    await page.keyboard.press("End");
  });
  await measured(page, "library of 2,000 lines: searched while typing", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("harbour survey", { delay: 40 });
    await expect.poll(() => page.getByTestId("library-counts").textContent()).toMatch(/of 2,000 sequences/);
  });
  expect(await page.getByTestId("library-row").count()).toBeLessThan(60);
  await page.close();
}, 60_000);

test.each([
  ["8 at a time, the most that the settings allow", 8],
  ["all 50 at a time", 50],
])(
  "50 uploads of 1,000 photos, %s: what the window uses while they are sent",
  async (name, parallel) => {
    const page = await stage.page("queue-empty");
    const rows = Array.from({ length: 50 }, (_, at) => {
      const state = at < parallel ? "sending" : "queued";
      return upload(at + 1, {
        imageCount: 1000,
        totalBytes: 2_830_000_000,
        state,
        speedBytesPerS: 4_000_000,
      });
    });
    await page.evaluate((uploads) => {
      for (const data of uploads) window.waypostDemo.tell({ kind: "upload", data: { kind: "row", data } });
    }, rows);
    await expect.poll(() => page.getByTestId("queue-row").count()).toBe(50);
    const sending = rows.slice(0, parallel).map(({ uploadId, totalBytes }) => ({ uploadId, totalBytes }));
    const send = (seconds: number) =>
      page.evaluate(
        ({ uploads, seconds }) =>
          new Promise<void>((done) => {
            // The core tells each upload at most five times a second, each in its own moment.
            let tick = 0;
            const timer = setInterval(() => {
              tick += 1;
              for (const { uploadId, totalBytes } of uploads.filter((_, at) => at % 5 === tick % 5)) {
                const data = {
                  uploadId,
                  preparedBytes: 0,
                  sentBytes: tick * 160_000 + uploadId * 1_000_000,
                  totalBytes,
                  resending: false,
                  speedBytesPerS: 4_000_000 + ((tick * 7919 + uploadId) % 900_000),
                };
                window.waypostDemo.tell({ kind: "upload", data: { kind: "progress", data } });
              }
              if (tick < seconds * 25) return;
              clearInterval(timer);
              done();
            }, 40);
          }),
        { uploads: sending, seconds },
      );
    await send(1);
    const session = await page.context().newCDPSession(page);
    const { heapMb } = await metricsOf(session);
    const [before, startS] = [await metricsOf(session), await processorS(page)];
    const start = performance.now();
    await send(WATCHED_S);
    const lastedS = (performance.now() - start) / 1000;
    const [endS, after] = [await processorS(page), await metricsOf(session)];
    const share = (usedS: number) => `${((usedS / lastedS) * 100).toFixed(1)} %`;
    const what = `50 uploads of 1,000 photos, ${name}, ${parallel * 5} events a second`;
    print(
      `${what}: share of one core`,
      `tasks of the window's main thread ${share(after.busyS - before.busyS)}, processor time of all of the browser ` +
        share(endS - startS),
    );
    print(
      `${what}: memory of the page`,
      `JavaScript heap ${heapMb.toFixed(1)} MB before, ${after.heapMb.toFixed(1)} MB after ${WATCHED_S} s`,
    );
    await measured(page, `${what}: at work`, () => send(WATCHED_S));
    await page.close();
  },
  90_000,
);
