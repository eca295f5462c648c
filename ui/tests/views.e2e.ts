// Every view in every state and both themes: a picture to look at, no finding of axe, no break of the CSP.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCENES } from "../src/platform/scenes";
import { axe, picture, Stage, streetsStand, violations, wear } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));
/** Scenes that are also looked at narrow and wide. */
const WIDTHS: Record<string, number[]> = {
  "first-run": [760],
  "prepare-empty": [760, 1600],
  "prepare-ready": [760, 1600],
  "prepare-signed-out": [760],
  "prepare-edited": [760, 1600],
  "prepare-videos": [760, 1600],
  "prepare-zone": [760, 1600],
  "prepare-streets": [760, 1600],
  "prepare-already": [760, 1600],
  "prepare-none-zone": [760],
  "prepare-huge": [760, 1600],
  "queue-all": [760, 1600],
  "queue-fates": [760, 1600],
  "library-full": [760, 1600],
  "library-import": [760],
  "library-peer-empty": [760],
  "library-peer": [760, 1600],
  "library-peer-taken": [760],
  "library-peer-failed": [760],
  "take-out": [760, 1600],
  "take-out-estimated": [760],
  "take-out-done": [760, 1600],
  settings: [760, 1600],
  "account-out": [760],
  "settings-changed": [760],
};
const HEIGHTS: Record<number, number> = { 760: 520, 1120: 720, 1600: 1000 };
const THEMES = ["light", "dark"] as const;
/** A skeleton appears only after 200 ms. */
const SLOW = new Set(["starting", "library-loading", "unreachable"]);
/** Scenes whose streets have to come first. */
const STREETS = new Set(["prepare-streets", "prepare-streets-missing"]);

let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

const frames = (page: Page) =>
  page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );

test.each(Object.keys(SCENES))("%s can be seen and used by everybody, in both themes", async (scene) => {
  const page = await stage.page(scene);
  if (SLOW.has(scene))
    await page
      .getByRole(scene === "unreachable" ? "alert" : "status")
      .first()
      .waitFor();
  for (const theme of THEMES) {
    await wear(page, theme);
    for (const width of [1120, ...(WIDTHS[scene] ?? [])]) {
      await page.setViewportSize({ width, height: HEIGHTS[width] ?? 720 });
      if (STREETS.has(scene)) await streetsStand(page);
      await frames(page);
      await picture(page, `${OUTPUT}${scene}-${theme}-${width}.png`);
      expect(await axe(page), `${theme} ${width}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${theme} ${width}`).toBeLessThanOrEqual(0);
    }
  }
  expect(await violations(page)).toEqual([]);
});

/** A picture of what was opened, in both themes, and what axe finds in each. */
async function look(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await wear(page, theme);
    await picture(page, `${OUTPUT}${name}-${theme}.png`);
    expect(await axe(page), `${name} ${theme}`).toEqual([]);
  }
  expect(await violations(page), name).toEqual([]);
}

test("findings and a zoomed track, opened, in both themes", async () => {
  const page = await stage.page("prepare-edited");
  await page.getByTestId("tab-findings").click();
  await page.getByTestId("finding").first().getByRole("button").click();
  for (let step = 0; step < 6; step += 1) await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByTestId("track").hover({ position: { x: 309, y: 232 } });
  await look(page, "open-findings");
});

test("raw details of an upload, opened, in both themes", async () => {
  const page = await stage.page("queue-all");
  const row = page.getByTestId("queue-row").filter({ hasText: "East bridge" });
  await row.getByRole("button", { name: "Details" }).click();
  await row.scrollIntoViewIfNeeded();
  await page.getByTestId("details").scrollIntoViewIfNeeded();
  await look(page, "open-details");
});

test("the report of links, opened, in both themes", async () => {
  const page = await stage.page("library-fates", { viewport: { width: 1120, height: 1000 } });
  await page.getByTestId("library-row").filter({ hasText: "Ring road, evening" }).click();
  await page.getByTestId("line-report").locator("summary").first().click();
  await page.getByTestId("links").getByText("411 images matched").waitFor();
  for (const part of ["links-missing", "links-extra"])
    await page.getByTestId(part).locator("summary").click();
  await page.getByTestId("links").scrollIntoViewIfNeeded();
  await look(page, "open-links");
});

test("the token's door, opened, in both themes", async () => {
  const page = await stage.page("account-out");
  await page.getByTestId("token-door").click();
  await look(page, "open-token");
});

test("the end of the settings, in both themes", async () => {
  const page = await stage.page("settings-changed");
  await page.getByTestId("about").scrollIntoViewIfNeeded();
  await look(page, "open-about");
});
