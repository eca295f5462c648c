// The library and the take-out: found, sorted, noted, undone, taken out by keyboard alone.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, Stage, violations } from "./browser";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

const counts = (page: Page) => page.getByTestId("library-counts").textContent();
const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid ?? "");
const asked = (page: Page, name: string) =>
  page.evaluate((call) => window.waypostDemo.asked.filter((one) => one.call === call).length, name);

/** The text that the library was asked for last. */
const lastText = (page: Page) =>
  page.evaluate(() => {
    const calls = window.waypostDemo.asked as { call: string; query?: { text: string } }[];
    return calls.findLast((one) => one.call === "library")?.query?.text;
  });

async function tabTo(page: Page, testid: string): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    if ((await focused(page)) === testid) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${testid} was not reached by Tab`);
}

test("a line is found, opened, named and put back without a mouse", async () => {
  const page = await stage.page("library-full");
  await page.getByTestId("library-row").first().waitFor();
  await page.keyboard.press("/");
  await expect.poll(() => focused(page)).toBe("library-search");
  await page.keyboard.type("ring nairobi");
  // What was typed so far is asked for as well, and may find another first line.
  await expect.poll(() => lastText(page)).toBe("ring nairobi");
  await expect.poll(() => counts(page)).toMatch(/^\d of 60 sequences/);
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("library-grid");
  await page.keyboard.press("Enter");
  await page.getByTestId("line").waitFor();
  await tabTo(page, "line-name");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("East ring");
  await page.keyboard.press("Enter");
  await page.getByTestId("library-row").filter({ hasText: "East ring" }).waitFor();
  await tabTo(page, "line-undo");
  await page.keyboard.press("Enter");
  await page.getByTestId("library-row").filter({ hasText: "Ring road" }).first().waitFor();
  await tabTo(page, "safe-ask");
  await page.keyboard.press("Enter");
  await page.locator("[data-verdict]").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => focused(page)).toBe("library-grid");
  expect(await violations(page)).toEqual([]);
});

test("name and tags are changed in the table itself, kept by Enter, given up by Escape", async () => {
  const page = await stage.page("library-full");
  await page.getByTestId("library-row").first().waitFor();
  await page.getByTestId("library-grid").focus();
  await page.keyboard.press("F2");
  await expect.poll(() => focused(page)).toBe("row-name");
  await page.keyboard.type("Nordhafen");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("survey, bike, winter");
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Enter");
  const row = page.getByTestId("library-row").filter({ hasText: "Nordhafen" });
  await row.getByText("+1").waitFor();
  expect(await focused(page)).toBe("library-grid");
  expect(await asked(page, "set_notes")).toBe(1);
  await page.keyboard.press("F2");
  await page.keyboard.type("other");
  await page.keyboard.press("Escape");
  await row.waitFor();
  expect(await asked(page, "set_notes")).toBe(1);
});

test("an area is drawn on the map or taken from the library, and columns are chosen from the list", async () => {
  const page = await stage.page("take-out");
  await page.getByLabel("An organisation's, in an area").check();
  const map = (await page.getByTestId("box-map").boundingBox())!;
  await page.mouse.move(map.x + map.width * 0.5, map.y + map.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(map.x + map.width * 0.6, map.y + map.height * 0.5, { steps: 4 });
  await page.mouse.up();
  const side = (name: string) => page.getByTestId(`take-out-${name}`).inputValue().then(Number);
  expect(await side("west")).toBeLessThan(await side("east"));
  expect(await side("south")).toBeLessThan(await side("north"));
  await page.getByTestId("take-out-fields").locator("summary").click();
  await page.getByLabel("quality_score").check();
  await page.getByText("9 columns").waitFor();
  expect(await axe(page)).toEqual([]);
});

test("heads sort and say so, chips narrow with their counts, and everything comes back with one press", async () => {
  const page = await stage.page("library-full");
  await page.getByTestId("sort-images").click();
  await expect
    .poll(() => page.getByRole("columnheader", { name: "Images" }).getAttribute("aria-sort"))
    .toBe("descending");
  await page.getByTestId("sort-images").click();
  await expect
    .poll(() => page.getByRole("columnheader", { name: "Images" }).getAttribute("aria-sort"))
    .toBe("ascending");
  const failed = await page.getByTestId("chip-failed").locator(".number").textContent();
  await page.getByTestId("chip-failed").click();
  await expect.poll(() => counts(page)).toContain(`${failed} of 60`);
  await page.getByTestId("library-more").click();
  await page.getByTestId("library-tag").selectOption("survey");
  await expect.poll(() => counts(page)).not.toContain(`${failed} of 60`);
  expect(await axe(page)).toEqual([]);
  await page.getByTestId("library-clear").click();
  await expect.poll(() => counts(page)).toContain("60 sequences");
});

test("the account's sequences are read with counts, stopped, gone on with, and stand in the table", async () => {
  const page = await stage.page("library-full");
  await page.getByTestId("import-start").click();
  await page.getByTestId("import-stop").click();
  await page.getByTestId("import-go-on").click();
  await page.getByText("2,472 images, 3 new sequences").waitFor();
  await expect.poll(() => counts(page), { timeout: 5000 }).toContain("63 sequences");
});

test.each(["library-peer-empty", "library-peer"])(
  "%s: what mapillary_tools sent is taken over by keyboard, asked for once, and the focus stays",
  async (scene) => {
    const page = await stage.page(scene);
    await tabTo(page, "peer-take");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    const words = page.getByTestId("peer-taken");
    await words.waitFor();
    expect(await words.getAttribute("role")).toBe("status");
    expect(await words.textContent()).toBe(
      "14 new uploads taken over from mapillary_tools; 5 were known already, 2 belong to another account and 1 was never finished.",
    );
    expect(await counts(page)).toContain(`${scene === "library-peer" ? 38 : 14} sequences`);
    expect(await focused(page)).toBe("peer-take");
    expect(await asked(page, "take_over_history")).toBe(1);
    expect(await axe(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  },
);

test("a failed taking over says why and is tried again from there; signed out it is not offered", async () => {
  const page = await stage.page("library-peer-failed");
  await page.getByRole("alert").getByText("permission denied").waitFor();
  await page.getByRole("button", { name: "Try again" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => asked(page, "take_over_history")).toBe(2);
  await page.getByRole("button", { name: "Try again" }).and(page.locator("[aria-disabled=false]")).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Try again");
  await page.evaluate(() =>
    window.waypostDemo.tell({
      kind: "account",
      data: { accounts: [], currentUserId: null, signIn: { kind: "idle" } },
    }),
  );
  await page.getByTestId("peer-offer").waitFor({ state: "detached" });
});

test("a take-out is chosen, estimated, begun, stopped and gone on with by keyboard", async () => {
  const page = await stage.page("take-out");
  await tabTo(page, "take-out-256");
  await page.keyboard.press("Space");
  await tabTo(page, "take-out-go-estimate");
  await page.keyboard.press("Enter");
  await page.getByText("about 64.2 GB").waitFor();
  await tabTo(page, "take-out-start");
  await page.keyboard.press("Enter");
  await page.locator("[data-state=running]").waitFor();
  // Stop stands where Start was: a second press of the same key must not press it.
  await expect.poll(() => focused(page)).toBe("take-out-title");
  await page.keyboard.press("Enter");
  expect(await asked(page, "stop_take_out")).toBe(0);
  await tabTo(page, "take-out-stop");
  await page.keyboard.press("Enter");
  await page.locator("[data-state=stopped]").waitFor();
  await expect.poll(() => focused(page)).toBe("take-out-run");
  await page.keyboard.press("Enter");
  expect(await asked(page, "continue_take_out")).toBe(0);
  await tabTo(page, "take-out-go-on");
  await page.keyboard.press("Enter");
  await page.locator("[data-state=done]").waitFor({ timeout: 6000 });
  expect(await axe(page)).toEqual([]);
  expect(await asked(page, "start_take_out")).toBe(1);
});

test("what the library shows is taken out: its keys stand in the form", async () => {
  const page = await stage.page("library-full");
  await page.getByTestId("chip-published").click();
  await page.getByTestId("library-take-out").filter({ hasText: "these" }).click();
  await expect.poll(() => page.getByTestId("take-out-keys").inputValue()).toMatch(/^k\w+Zq\n/);
});
