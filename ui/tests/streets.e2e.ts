// Streets behind the track: off at first, switched on with the host's name beside, never in the way of the tracks.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axe, Stage, streetsStand, violations } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));

let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

const shot = (page: Page, name: string) =>
  page.screenshot({ path: `${OUTPUT}${name}.png`, animations: "disabled", caret: "hide" });

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
  await page.close();
});

describe.each(["light", "dark"])("%s", (theme) => {
  test("streets lie under the tracks, also nearer by and far away", async () => {
    const page = await stage.page("prepare-streets", { theme });
    await streetsStand(page);
    await shot(page, `streets-fit-${theme}`);
    const nearer = page.getByRole("button", { name: "Zoom in" });
    for (let press = 0; press < 5; press += 1) await nearer.click();
    await streetsStand(page);
    await shot(page, `streets-near-${theme}`);
    expect(await axe(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  test("streets that cannot be had are one quiet line, and the map is as it is without them", async () => {
    const page = await stage.page("prepare-streets-missing", { theme });
    await page.getByTestId("streets-missing").waitFor();
    await shot(page, `streets-missing-${theme}`);
    expect(await axe(page)).toEqual([]);
    await page.close();
  });
});
