// Settings and accounts by hand: each change is one call with all settings, and has a way back.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { Stage, violations } from "./browser";
import type { SettingsView } from "../src/wire.gen";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

const calls = (page: Page, call: string) =>
  page.evaluate((name) => window.waypostDemo.asked.filter((one) => one.call === name), call);
const last = async (page: Page) =>
  ((await calls(page, "set_settings")).at(-1) as unknown as { settings: SettingsView } | undefined)?.settings;

test("hours are added, go over midnight, get a limit, and are removed again", async () => {
  const page = await stage.page("settings");
  await page.getByTestId("schedule-add").click();
  const row = page.getByTestId("schedule-row");
  await row.getByLabel("From").fill("22:00");
  await row.getByLabel("To", { exact: true }).fill("06:30");
  await row.getByLabel("To", { exact: true }).blur();
  await row.getByText("until the next day").waitFor();
  await row.getByLabel("What is sent then").selectOption("limited");
  await row.getByLabel("Limit in megabytes per second").fill("0.5");
  await page.keyboard.press("Enter");
  await expect
    .poll(async () => (await last(page))?.schedule)
    .toEqual([{ fromMinute: 1320, toMinute: 390, limitBytesPerS: 500_000 }]);
  await row.getByRole("button", { name: "Remove the hours 22:00 to 06:30" }).click();
  await expect.poll(async () => (await last(page))?.schedule).toEqual([]);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("schedule-add");
  expect(await violations(page)).toEqual([]);
});

test("a switch is one key, says what it is, and has a way back to its default", async () => {
  const page = await stage.page("settings");
  await page.getByRole("switch", { name: "Keep the computer awake while sending" }).focus();
  await page.keyboard.press("Space");
  await expect.poll(async () => (await last(page))?.keepAwake).toBe(false);
  await page.getByRole("button", { name: "Keep the computer awake while sending: back to On" }).click();
  await expect.poll(async () => (await last(page))?.keepAwake).toBe(true);
});

test("an organisation is looked up by its number once, picked by its name, and forgotten", async () => {
  const page = await stage.page("settings");
  await page.getByLabel("Organisation", { exact: true }).selectOption({ label: "Another organisation…" });
  await page.getByTestId("organisation-number").fill("90017");
  await page.getByTestId("organisation-check").click();
  await expect.poll(async () => (await last(page))?.organizationId).toBe("90017");
  await expect
    .poll(() => page.getByLabel("Organisation", { exact: true }).locator("option:checked").innerText())
    .toBe("City of Vienna");
  await page.getByTestId("organisation-forget").click();
  expect(await calls(page, "forget_organization")).toEqual([
    { call: "forget_organization", organizationId: "90017" },
  ]);
});

test("the diagnostics are shown whole before they can be copied", async () => {
  const page = await stage.page("settings");
  await page.getByTestId("diagnostics-show").click();
  await expect
    .poll(() => page.getByTestId("diagnostics").inputValue())
    .toContain("uploads.state.Published.zip: 2");
  expect(await violations(page)).toEqual([]);
});

test("sign-ins of mapillary_tools are looked for only when asked, and taken over one by one", async () => {
  const page = await stage.page("account-profiles");
  expect(await calls(page, "find_profiles")).toEqual([]);
  await page.getByTestId("profiles-look").click();
  await page.getByText("Its token is copied").waitFor();
  await page.getByRole("button", { name: "Take over the sign-in club" }).click();
  expect(await calls(page, "import_profile")).toEqual([
    { call: "import_profile", file: "/home/anna/.config/mapillary/mapillary_tools.ini", profile: "club" },
  ]);
});
