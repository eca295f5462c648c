// Streets behind the track: off at first, switched on with the host's name beside, never in the way of the tracks.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, picture, Stage, streetsStand, violations, wear } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));

let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

const shot = (page: Page, name: string) => picture(page, `${OUTPUT}${name}.png`);

test("streets are off at first, and the switch names the host before anything is asked of it", async () => {
  const page = await stage.page("prepare-ready");
  await page.getByTestId("track").waitFor();
  expect(await page.getByTestId("streets").count()).toBe(0);
  await page.getByTestId("nav-settings").click();
  const streets = page.getByRole("switch", { name: "Streets behind the track" });
  expect(await streets.isChecked()).toBe(false);
  await page.getByText("tile.openstreetmap.org").waitFor();
  await streets.focus();
  await page.keyboard.press("Space");
  await page.getByTestId("nav-prepare").click();
  await streetsStand(page);
  await page.getByTestId("streets-copyright").click();
  const asked = await page.evaluate(() => window.waypostDemo.asked);
  expect(asked.at(-1)).toEqual({ call: "open", page: { page: "map_copyright" } });
  expect(await violations(page)).toEqual([]);
});

const THEMES = ["light", "dark"] as const;

test("streets lie under the tracks, also nearer by and far away, in both themes", async () => {
  const page = await stage.page("prepare-streets");
  const nearer = page.getByRole("button", { name: "Zoom in" });
  for (const near of [false, true]) {
    for (let press = 0; near && press < 5; press += 1) await nearer.click();
    for (const theme of THEMES) {
      await wear(page, theme);
      await streetsStand(page);
      await shot(page, `streets-${near ? "near" : "fit"}-${theme}`);
      if (near) expect(await axe(page), theme).toEqual([]);
    }
  }
  expect(await violations(page)).toEqual([]);
});

test("streets that cannot be had are one quiet line, and the map is as it is without them", async () => {
  const page = await stage.page("prepare-streets-missing");
  await page.getByTestId("streets-missing").waitFor();
  for (const theme of THEMES) {
    await wear(page, theme);
    await shot(page, `streets-missing-${theme}`);
    expect(await axe(page), theme).toEqual([]);
  }
});
