// Each view in 3 widths, 2 themes and 3 languages: a picture of each, no text cut off, nothing to scroll sideways; axe
// looks at the narrowest. Then the same at 200 %, in forced colours and with names that are written from the right.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axe, clipped, picture, settled, Stage, violations } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/matrix/", import.meta.url));
const SIZES = [
  { width: 760, height: 520 },
  { width: 1120, height: 720 },
  { width: 1600, height: 1000 },
];
const VIEWS = [
  "prepare-empty",
  "prepare-edited",
  "prepare-videos",
  "queue-all",
  "queue-fates",
  "library-full",
  "library-import",
  "library-peer-empty",
  "library-peer-taken",
  "take-out",
  "take-out-done",
  "settings-changed",
  "account-out",
];

let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

const sideways = () => document.documentElement.scrollWidth - innerWidth;

describe.each(["en", "de", "fr"])("%s", (lang) => {
  test.each(VIEWS)("%s is whole in 3 widths and both themes", async (scene) => {
    const page = await stage.page(scene, { theme: "system", lang });
    await page.locator(`html[lang=${lang}]`).waitFor({ state: "attached" });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await settled(page);
        const name = `${scene}-${lang}-${colorScheme}-${size.width}`;
        await picture(page, `${OUTPUT}${name}.png`);
        expect(await clipped(page), name).toEqual([]);
        expect(await page.evaluate(sideways), name).toBeLessThanOrEqual(0);
        // The narrowest asks for the most.
        if (size.width === 760 && colorScheme === "light") expect(await axe(page), name).toEqual([]);
      }
    }
    expect(await violations(page)).toEqual([]);
  });
});

test.each(VIEWS)("%s is whole and usable at 200 %% in a window of 1120 by 720, in German", async (scene) => {
  const page = await stage.page(scene, {
    lang: "de",
    viewport: { width: 560, height: 360 },
    deviceScaleFactor: 2,
  });
  await page.locator("html[lang=de]").waitFor({ state: "attached" });
  await settled(page);
  await picture(page, `${OUTPUT}${scene}-zoomed.png`);
  expect(await clipped(page)).toEqual([]);
  expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
});

test.each(["library-full", "take-out", "take-out-done", "queue-fates"])(
  "%s can be used in forced colours, and where writing runs to the left",
  async (scene) => {
    const page = await stage.page(scene, { forcedColors: "active" });
    await settled(page);
    await picture(page, `${OUTPUT}${scene}-forced.png`);
    expect(await axe(page)).toEqual([]);
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await settled(page);
    await picture(page, `${OUTPUT}${scene}-rtl.png`);
    expect(await clipped(page)).toEqual([]);
    expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
  },
);
