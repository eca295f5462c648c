// Every view in German and French: nothing cut off, nothing English, nothing that axe finds; a picture to look at.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axe, clipped, picture, Stage, violations } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));
/** Of those in matrix.e2e.ts the same is asked there. */
const SCENES = [
  "first-run",
  "prepare-reading",
  "prepare-none-zone",
  "queue-limited",
  "queue-empty",
  "account-in",
  "account-waiting",
  "account-no-app",
  "account-port-busy",
  "account-no-keychain",
];

let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

describe.each(["de", "fr"])("%s", (lang) => {
  test.each(SCENES)("%s fits at 760 px and can be used by everybody", async (scene) => {
    const page = await stage.page(scene, { lang, viewport: { width: 760, height: 520 } });
    await page.locator(`html[lang=${lang}]`).waitFor({ state: "attached" });
    await picture(page, `${OUTPUT}${scene}-${lang}-760.png`);
    expect(await clipped(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await axe(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });
});

test("the language is changed in the settings, at once, with the title and the page's own language", async () => {
  const page = await stage.page("settings", { lang: "en" });
  await page.getByLabel("Language", { exact: true }).selectOption("de");
  await page.getByRole("heading", { name: "Einstellungen", level: 1 }).waitFor();
  expect(await page.title()).toBe("Einstellungen – Waypost");
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
  await page.getByLabel("Sprache", { exact: true }).selectOption("fr");
  await page.getByRole("heading", { name: "Réglages", level: 1 }).waitFor();
});

test("a problem is said in the person's language, with the core's sentence below", async () => {
  const page = await stage.page("account-port-busy", { lang: "fr" });
  const problem = page.getByTestId("problem");
  await problem.getByText("Un autre programme utilise le port").waitFor();
  expect(await problem.locator("[lang=en]").innerText()).toBe(
    "Port 8764 on this computer is used by another program.",
  );
});

test("F1 explains every check, a finding opens its own, and the focus comes back", async () => {
  const page = await stage.page("prepare-edited", { lang: "de" });
  await page.keyboard.press("F1");
  const help = page.getByTestId("help");
  await help.getByRole("heading", { name: "Fotos ohne GPS-Position" }).waitFor();
  expect(await help.getByRole("article").count()).toBeGreaterThan(30);
  await page.getByTestId("help-search").fill("zeitraffer");
  expect(await help.getByRole("article").count()).toBe(1);
  expect(await axe(page)).toEqual([]);
  await page.getByTestId("help-search").fill("");
  await page.keyboard.press("Escape");
  await page.getByTestId("tab-findings").click();
  await page.getByTestId("finding").first().getByRole("button").first().click();
  await page.getByTestId("finding-help").first().click();
  await help.locator("article.wanted").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("finding-help");
});
