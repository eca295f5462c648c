// Every view in every state and both themes: a picture to look at, no finding of axe, no break of the CSP.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCENES } from "../src/platform/scenes";
import { axe, Stage, streetsStand, violations } from "./browser";

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
  "take-out": [760, 1600],
  "take-out-estimated": [760],
  "take-out-done": [760, 1600],
  settings: [760, 1600],
  "account-out": [760],
  "settings-changed": [760],
};
const HEIGHTS: Record<number, number> = { 760: 520, 1120: 720, 1600: 1000 };
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

describe.each(["light", "dark"])("%s", (theme) => {
  test.each(Object.keys(SCENES))("%s can be seen and used by everybody", async (scene) => {
    const page = await stage.page(scene, { theme });
    if (SLOW.has(scene))
      await page
        .getByRole(scene === "unreachable" ? "alert" : "status")
        .first()
        .waitFor();
    if (STREETS.has(scene)) await streetsStand(page);
    await page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
    await page.screenshot({
      path: `${OUTPUT}${scene}-${theme}-1120.png`,
      animations: "disabled",
      caret: "hide",
    });
    expect(await axe(page)).toEqual([]);
    for (const width of WIDTHS[scene] ?? []) {
      await page.setViewportSize({ width, height: HEIGHTS[width] ?? 720 });
      await page.evaluate(
        () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
      );
      await page.screenshot({
        path: `${OUTPUT}${scene}-${theme}-${width}.png`,
        animations: "disabled",
        caret: "hide",
      });
      expect(await axe(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});

describe.each(["light", "dark"])("opened, %s", (theme) => {
  const shot = (page: Page, name: string) =>
    page.screenshot({ path: `${OUTPUT}${name}-${theme}.png`, animations: "disabled", caret: "hide" });

  test("findings, a zoomed track, raw details, the token's door and the end of the settings", async () => {
    let page = await stage.page("prepare-edited", { theme });
    await page.getByTestId("tab-findings").click();
    await page.getByTestId("finding").first().getByRole("button").click();
    for (let step = 0; step < 6; step += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByTestId("track").hover({ position: { x: 309, y: 232 } });
    await shot(page, "open-findings");
    expect(await axe(page)).toEqual([]);
    await page.close();

    page = await stage.page("queue-all", { theme });
    const row = page.getByTestId("queue-row").filter({ hasText: "East bridge" });
    await row.getByRole("button", { name: "Details" }).click();
    await row.scrollIntoViewIfNeeded();
    await page.getByTestId("details").scrollIntoViewIfNeeded();
    await shot(page, "open-details");
    expect(await axe(page)).toEqual([]);
    await page.close();

    page = await stage.page("library-fates", { theme, viewport: { width: 1120, height: 1000 } });
    await page.getByTestId("library-row").filter({ hasText: "Ring road, evening" }).click();
    await page.getByTestId("line-report").locator("summary").first().click();
    await page.getByTestId("links").getByText("411 images matched").waitFor();
    for (const part of ["links-missing", "links-extra"])
      await page.getByTestId(part).locator("summary").click();
    await page.getByTestId("links").scrollIntoViewIfNeeded();
    await shot(page, "open-links");
    expect(await axe(page)).toEqual([]);
    await page.close();

    page = await stage.page("account-out", { theme });
    await page.getByTestId("token-door").click();
    await shot(page, "open-token");
    expect(await axe(page)).toEqual([]);
    await page.close();

    page = await stage.page("settings-changed", { theme });
    await page.getByTestId("about").scrollIntoViewIfNeeded();
    await shot(page, "open-about");
    expect(await axe(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});
