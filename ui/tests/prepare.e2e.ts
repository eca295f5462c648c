// Preparing: lasso, ranges, circles, fixes, the questions asked inline, and how smooth it is with many photos.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, picture, settled, Stage, violations, wear } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));
let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

const title = (page: Page) => page.getByRole("heading", { level: 1 });
const edits = (page: Page) =>
  page.evaluate(
    () => window.waypostDemo.asked.filter((call) => ["edit", "undo", "redo"].includes(call.call)).length,
  );

/** Draws with the mouse over the map, places as parts of its width and height. */
async function draw(page: Page, places: [number, number][]): Promise<void> {
  const box = (await page.getByTestId("track").boundingBox())!;
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(places[0]!));
  await page.mouse.down();
  for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 4 });
  await page.mouse.up();
}
const AROUND: [number, number][] = [
  [0.35, 0.05],
  [0.7, 0.05],
  [0.7, 0.9],
  [0.35, 0.9],
];

test("a lasso selects, one press leaves out, undo takes it back and redo does it again", async () => {
  const page = await stage.page("prepare-ready");
  await page.getByTestId("tool-lasso").click();
  await draw(page, AROUND);
  await page.getByTestId("selection-bar").waitFor();
  await page.getByTestId("exclude-selection").click();
  await page.getByTestId("exclude-selection").filter({ hasText: "Take back in" }).waitFor();
  const fewer = await title(page).textContent();
  expect(fewer).not.toContain("1,324");
  await page.keyboard.press("Control+z");
  await page.getByText("1,324 images ready").first().waitFor();
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => title(page).textContent()).toBe(fewer);
  expect(await violations(page)).toEqual([]);
});

test("a range, a split, a join and a walk through the findings need no mouse", async () => {
  const page = await stage.page("prepare-ready");
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("4 photos selected").waitFor();
  await page.keyboard.press("x");
  await page.getByText("1,320 images ready").first().waitFor();
  await page.keyboard.press("Escape");
  expect(await page.getByTestId("selection-bar").count()).toBe(0);
  await page.keyboard.press("s");
  await expect.poll(() => page.getByTestId("sequence-row").count()).toBe(4);
  await page.keyboard.press("j");
  await expect.poll(() => page.getByTestId("sequence-row").count()).toBe(3);
  await page.keyboard.press("g");
  await expect.poll(() => page.getByTestId("photo-strip").textContent()).toContain("GOPR1733");
  await page.keyboard.press("End");
  await expect.poll(() => page.getByTestId("photo-strip").textContent()).toContain("384 of 384");
  expect(await edits(page)).toBe(3);
});

test("a circle is drawn on the map, changed by its form and taken away", async () => {
  const page = await stage.page("prepare-ready");
  await page.getByTestId("tool-zone").click();
  await draw(page, [
    [0.5, 0.5],
    [0.6, 0.5],
  ]);
  await page.getByTestId("tab-adjust").click();
  await page.getByTestId("section-zones").locator("summary").click();
  const zone = page.getByTestId("privacy-zone");
  await zone.waitFor();
  const before = await title(page).textContent();
  expect(before).not.toContain("1,324");
  await zone.locator("input").fill("20");
  await zone.locator("input").press("Enter");
  await expect.poll(() => title(page).textContent()).not.toBe(before);
  expect(await zone.count()).toBe(1);
  await page.getByRole("button", { name: "Remove this circle" }).click();
  await page.getByText("1,324 images ready").first().waitFor();
  await page.getByTestId("zone-here").click();
  await zone.waitFor();
});

test("two fingers zoom and move the map, one finger moves it", async () => {
  const page = await stage.page("prepare-ready", { hasTouch: true });
  const box = (await page.getByTestId("track").boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...apart: number[]) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: apart.map((off, id) => ({ x: x + off, y, id })),
    });
  const scale = () => page.locator(".scale").innerText();
  const before = await scale();
  await touch("touchStart", -20, 20);
  for (let step = 1; step <= 8; step += 1) await touch("touchMove", -20 - step * 15, 20 + step * 15);
  await touch("touchEnd");
  await expect.poll(scale).not.toBe(before);
  await page.keyboard.press("0");
  await expect.poll(scale).toBe(before);
});

test("a fix says what it would do, does it, and can be undone", async () => {
  const page = await stage.page("prepare-track");
  await page.getByTestId("tab-findings").click();
  await page.getByTestId("finding").first().getByRole("button").first().click();
  await page.getByTestId("preview").filter({ hasText: "34 more would be sent." }).waitFor();
  await page.getByTestId("fix").first().click();
  await page.getByText("1,358 images ready").first().waitFor();
  await page.getByTestId("undo").click();
  await page.getByText("1,324 images ready").first().waitFor();
});

test("the clock, the heading, the notes and a track file are said in words and kept", async () => {
  const page = await stage.page("prepare-ready");
  await page.getByTestId("tab-adjust").click();
  await page.getByTestId("section-clock").locator("summary").click();
  await page.getByTestId("clock-hours").fill("1");
  await page.getByText("12:20:00 becomes 13:20:00").waitFor();
  await page.getByTestId("clock-apply").click();
  await page.getByText("was 1 hr behind").waitFor();
  await page.getByTestId("section-heading").locator("summary").click();
  await page.getByTestId("section-heading").getByRole("button", { name: "Right" }).click();
  await page.getByTestId("heading-apply").click();
  await page.getByTestId("section-heading").locator("summary").filter({ hasText: "90" }).waitFor();
  await page.getByTestId("section-notes").locator("summary").click();
  await page.getByTestId("notes-name").fill("رحلة Morning");
  await page.getByTestId("notes-name").press("Enter");
  await page.getByTestId("adjust").locator("p").filter({ hasText: "Morning" }).first().waitFor();
  await page.getByTestId("notes-transport").selectOption("land/bicycle");
  await page.getByTestId("section-position").locator("summary").click();
  await page.getByTestId("choose-track").click();
  await page.getByTestId("track-suggestion").click();
  await page.getByText("used by 630 files").waitFor();
  expect(await edits(page)).toBe(5);
});

test("the time zone is asked once, answered with one press, and can be changed", async () => {
  const page = await stage.page("prepare-zone");
  await page.getByTestId("zone-suggestion").click();
  await page.getByText("read as Europe/Vienna").waitFor();
  await page.getByTestId("zone-change").click();
  await page.getByTestId("zone-input").fill("+05:30");
  await page.getByTestId("zone-input").press("Enter");
  await page.getByText("read as +05:30").waitFor();
});

test("where writing runs to the left, time on strip and chart still runs to the right", async () => {
  const page = await stage.page("prepare-ready");
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => page.getByTestId("strip").getByRole("option", { selected: true }).count()).toBe(1);
  const frame = (await page.getByTestId("strip").getByRole("option", { selected: true }).boundingBox())!;
  const strip = (await page.getByTestId("strip").boundingBox())!;
  expect(frame.x).toBeGreaterThanOrEqual(strip.x);
  expect(frame.x + frame.width).toBeLessThanOrEqual(strip.x + strip.width + 1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await picture(page, `${OUTPUT}rtl-prepare.png`);
});

test("where nothing can be sent before the time zone is known, the answer brings the plan", async () => {
  const page = await stage.page("prepare-none-zone");
  await page.getByTestId("preview").filter({ hasText: "64 more would be sent." }).waitFor();
  await page.getByTestId("zone-suggestion").click();
  await page.getByTestId("plan").waitFor();
  await page.getByText("64 images ready").first().waitFor();
  await page.keyboard.press("Control+z");
  await page.getByTestId("nothing-usable").waitFor();
});

test("what was sent before is asked inline, and nothing is queued before the answer", async () => {
  const page = await stage.page("prepare-already");
  await page.keyboard.press("Control+Enter");
  await page
    .getByText("212 of these 1,324 photos are already on Mapillary under anna_maps (sent 3 May 2026).")
    .waitFor();
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe(
    "already-skip",
  );
  await page.getByTestId("already-cancel").click();
  expect(await page.getByTestId("already-sent").count()).toBe(0);
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe(
    "upload-button",
  );
  await page.getByTestId("upload-button").click();
  await page.getByTestId("already-skip").click();
  await page.getByTestId("queue-row").first().waitFor();
});

test("the button says what it does, to whom; a dry run makes packages and sends nothing", async () => {
  const page = await stage.page("prepare-already");
  expect(await page.getByTestId("upload-button").innerText()).toMatch(
    /Upload 3 sequences\s+1,324 photos, 3\.7 GB, as .anna_maps., to organisation .City of Vienna./,
  );
  await page.getByTestId("dry-run").click();
  await page.getByText("3 uploads would be made, 3.7 GB.").waitFor();
  expect(await page.evaluate(() => window.waypostDemo.asked.some((call) => call.call === "upload"))).toBe(
    false,
  );
});

/** A picture of what was opened, in both themes, and what axe finds in each. */
async function look(page: Page, name: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await wear(page, theme);
    await picture(page, `${OUTPUT}${name}-${theme}.png`);
    expect(await axe(page), `${name} ${theme}`).toEqual([]);
  }
  expect(await violations(page), name).toEqual([]);
}

test("the panels of adjusting, a country and the world, in both themes", async () => {
  const page = await stage.page("prepare-edited", { viewport: { width: 1600, height: 1000 } });
  for (const name of ["clock", "heading", "position", "trim", "zones", "notes"])
    await page.getByTestId(`section-${name}`).locator("summary").click();
  await look(page, "open-adjust");
  for (let step = 0; step < 9; step += 1) await page.keyboard.press("-");
  await look(page, "open-country");
  for (let step = 0; step < 9; step += 1) await page.keyboard.press("-");
  await look(page, "open-world");
});

test("a selection, in both themes", async () => {
  const page = await stage.page("prepare-ready");
  await page.getByTestId("tool-lasso").click();
  await draw(page, AROUND);
  await look(page, "open-selection");
});

test("the fixes of a finding, in both themes", async () => {
  const page = await stage.page("prepare-track");
  await page.getByTestId("tab-findings").click();
  await page.getByTestId("finding").first().getByRole("button").first().click();
  await page.getByTestId("preview").first().waitFor();
  await look(page, "open-fixes");
});

test("the question about what was sent before, in both themes", async () => {
  const page = await stage.page("prepare-already");
  await page.getByTestId("upload-button").click();
  await page.getByTestId("already-skip").waitFor();
  await look(page, "open-already");
});

test("a video and the shortcuts, in both themes", async () => {
  const page = await stage.page("prepare-videos");
  await page.getByTestId("video-row").first().getByRole("button").first().click();
  await look(page, "open-video");
  await page.getByTestId("tab-adjust").click();
  await page.keyboard.press("?");
  await look(page, "open-shortcuts");
});

test("seen from near, a video's positions are dots on its road, each with its place and heading", async () => {
  const page = await stage.page("prepare-video-only");
  await settled(page);
  const box = (await page.getByTestId("track").boundingBox())!;
  const tip = page.getByText(/ · Position \d+ of \d+/);
  // Along the middle, until the road is met.
  for (let step = 1; step < 40 && (await tip.count()) === 0; step += 1)
    await page.mouse.move(box.x + (box.width * step) / 40, box.y + box.height * 0.45);
  await tip.waitFor();
  for (let step = 0; step < 4; step += 1) await page.mouse.wheel(0, -300);
  await settled(page);
  await page.mouse.move(box.x + 4, box.y + box.height - 4);
  await picture(page, `${OUTPUT}video-near.png`);
  expect(await axe(page)).toEqual([]);
});

test("a video has one cursor: chart, map, keys and buttons move the same one along its way", async () => {
  const page = await stage.page("prepare-videos");
  await settled(page);
  await page.getByRole("button", { name: /^GX010042/ }).click();
  await settled(page);
  // The picture of the roads was painted for this view, not moved from another one.
  expect(await page.locator("canvas.plate").evaluate((plate) => plate.style.transform)).toBe("");
  const place = page.getByTestId("video-place");
  const first = await place.textContent();
  expect(first).toMatch(/^0:00 · 4\d\.\d{5}, 1\d\.\d{5}$/);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => place.textContent()).not.toBe(first);
  const value = page.getByTestId("chart-value");
  expect(await value.textContent()).toMatch(/\d ft$/);
  const chart = (await page.getByTestId("chart").locator("canvas").boundingBox())!;
  await page.mouse.click(chart.x + chart.width / 2, chart.y + chart.height / 2);
  await page.getByText(/^1\d\d of \d{3}$/).waitFor();
  const middle = await place.textContent();
  await page.getByTestId("chart-series").selectOption("speed");
  expect(await value.textContent()).toMatch(/\d mph$/);
  await settled(page);
  await picture(page, `${OUTPUT}video-chart.png`);
  expect(await axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Next position" }).click();
  await expect.poll(() => place.textContent()).not.toBe(middle);
  await page.getByTestId("exclude-photo").click();
  await expect.poll(() => page.getByTestId("exclude-photo").getAttribute("aria-pressed")).toBe("true");
});
