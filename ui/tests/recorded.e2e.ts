// What the real core said, replayed in the built window: each journey to its end, by the same buttons a person presses.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, picture, settled, Stage, violations } from "./browser";

const OUTPUT = fileURLToPath(new URL("../test-output/", import.meta.url));
let stage: Stage;
beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** The first folder is chosen, and the plan stands. */
async function read(name: string): Promise<Page> {
  const page = await stage.page(`live&recording=${name}`);
  await page.getByTestId("choose-folder").first().click();
  await page.getByTestId("plan").waitFor();
  await settled(page);
  return page;
}

/** The title says so; what is read aloud may still say what was before. */
const ready = (page: Page, text: string) => page.getByRole("heading", { level: 1, name: text }).waitFor();

/** One sequence stays at home, the other is sent, as the journeys begin. */
async function send(page: Page): Promise<void> {
  await page.evaluate(() => window.waypostDemo.call({ call: "edit" }));
  await ready(page, "4 images ready");
  await page.getByTestId("upload-button").click();
}

const inState = (page: Page, state: string) => page.locator(`[data-testid=queue-row][data-state=${state}]`);

async function end(page: Page, name: string): Promise<void> {
  await settled(page);
  await picture(page, `${OUTPUT}recorded-${name}.png`);
  expect(await axe(page)).toEqual([]);
  expect(await violations(page)).toEqual([]);
}

test("edit: a photo is left out, taken back and left out again", async () => {
  const page = await read("edit");
  await page.keyboard.press("x");
  await ready(page, "7 images ready");
  await page.keyboard.press("Control+z");
  await ready(page, "8 images ready");
  await page.keyboard.press("Control+Shift+z");
  await ready(page, "7 images ready");
  await end(page, "edit");
});

test("published: an upload goes from the button to the map", async () => {
  const page = await read("published");
  await send(page);
  await inState(page, "published").waitFor();
  await end(page, "published");
});

test("retry: what was refused says why, and is published when tried again", async () => {
  const page = await read("retry");
  await send(page);
  await inState(page, "failed").getByTestId("problem").waitFor();
  await inState(page, "failed").getByRole("button", { name: "Try again" }).first().click();
  await inState(page, "published").waitFor();
  await end(page, "retry");
});

test("needs-sign-in: an ended sign-in asks for the person", async () => {
  const page = await read("needs-sign-in");
  await send(page);
  await inState(page, "needs_sign_in").waitFor();
  await end(page, "needs-sign-in");
});

test("offline: a cut line waits and goes on", async () => {
  const page = await read("offline");
  await send(page);
  await inState(page, "waiting").waitFor();
  await inState(page, "waiting").locator("[data-action=retry]").first().click();
  await inState(page, "published").waitFor();
  await end(page, "offline");
});

test("cancelled: what waits is given up", async () => {
  const page = await read("cancelled");
  await send(page);
  await inState(page, "waiting").waitFor();
  await inState(page, "waiting").locator("[data-action=cancel]").first().click();
  await inState(page, "waiting").getByRole("button", { name: "Give up" }).click();
  await inState(page, "cancelled").waitFor();
  await end(page, "cancelled");
});

test("library: what was published stands in the table, and is given a name", async () => {
  const page = await read("library");
  await send(page);
  await inState(page, "published").waitFor();
  await page.getByTestId("nav-library").click();
  await page.getByTestId("library-row").first().waitFor();
  await page.getByTestId("library-grid").focus();
  await page.keyboard.press("F2");
  await page.getByTestId("row-name").fill("Morning ride");
  await page.keyboard.press("Enter");
  await page.getByTestId("library-row").filter({ hasText: "Morning ride" }).waitFor();
  await end(page, "library");
});

test("take-out: what was published is estimated and taken out", async () => {
  const page = await read("take-out");
  await send(page);
  await inState(page, "published").waitFor();
  await page.getByTestId("nav-take_out").click();
  await page.getByTestId("take-out-go-estimate").click();
  await page.getByTestId("take-out-start").click();
  await page.locator("[data-state=done]").waitFor();
  await end(page, "take-out");
});
