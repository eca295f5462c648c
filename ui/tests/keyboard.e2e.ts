// The whole job by keyboard alone, focus never lost, and what a drag and the narrowest window need.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe, picture, Stage, violations } from "./browser";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

const focused = (page: Page) =>
  page.evaluate(
    () =>
      (document.activeElement as HTMLElement | null)?.dataset.testid ?? document.activeElement?.tagName ?? "",
  );

/** Presses Tab until the element with this test id has the focus. */
async function tabTo(page: Page, testId: string): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if ((await focused(page)) === testId) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${testId} cannot be reached by keyboard; the focus is on ${await focused(page)}`);
}

const asked = (page: Page) => page.evaluate(() => window.waypostDemo.asked.map((call) => call.call));

test("from an empty window to a published sequence without a mouse", async () => {
  const page = await stage.page("live");
  await page.keyboard.press("Control+o");
  await page.getByTestId("plan").waitFor();

  // One photo and one sequence out and back in.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Delete");
  await page.getByTestId("exclude-photo").and(page.locator("[aria-pressed=true]")).waitFor();
  await page.keyboard.press("Delete");
  await page.getByTestId("exclude-photo").and(page.locator("[aria-pressed=false]")).waitFor();
  await tabTo(page, "exclude-sequence");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Upload 2 sequences 718 photos" }).waitFor();

  // Nobody is signed in: the button says so, and the way there is beside it.
  expect(await page.getByTestId("upload-button").getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("Control+Enter");
  expect(await asked(page)).not.toContain("upload");
  await tabTo(page, "sign-in");
  await page.keyboard.press("Enter");
  await tabTo(page, "sign-in");
  await page.keyboard.press("Enter");
  await page.getByTestId("sign-in-waiting").waitFor();
  await page.getByTestId("account-row").waitFor();

  await page.keyboard.press("1");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("queue-row").first().waitFor();
  await page.locator("[data-testid=state-word][data-state=sending]").first().waitFor();
  await tabTo(page, "action-pause");
  await page.keyboard.press("Enter");
  await page.locator("[data-testid=state-word][data-state=paused]").first().waitFor();
  await tabTo(page, "action-resume");
  await page.keyboard.press("Enter");
  await page.getByTestId("open-link").nth(1).waitFor();
  await tabTo(page, "open-link");
  await page.keyboard.press("Enter");
  expect(await asked(page)).toContain("open");

  await page.keyboard.press("/");
  await page.waitForTimeout(50);
  expect(await focused(page)).toBe("library-search");
  await page.keyboard.type("101");
  expect(
    await page
      .getByTestId("library-row")
      .filter({ hasText: "101GOPRO" })
      .first()
      .waitFor({ timeout: 4000 })
      .then(() => true),
  ).toBe(true);
  expect(await violations(page)).toEqual([]);
});

test("the shortcuts stand in a dialog that gives the focus back", async () => {
  const page = await stage.page("queue-busy");
  await tabTo(page, "nav-library");
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("2");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await focused(page)).toBe("nav-library");
});

test("giving an upload up asks once more, and keeping it is the first choice", async () => {
  const page = await stage.page("queue-busy");
  await tabTo(page, "action-cancel");
  await page.keyboard.press("Enter");
  await page.getByTestId("action-cancel-sure").waitFor();
  await page.keyboard.press("Enter");
  expect(await asked(page)).not.toContain("cancel");
  expect(await focused(page)).toBe("action-cancel");
  await page.keyboard.press("Enter");
  await page.getByTestId("action-cancel-sure").press("Enter");
  expect(await asked(page)).toContain("cancel");
});

test("arrows go from upload to upload, Space pauses and resumes, Del asks before giving up", async () => {
  const page = await stage.page("queue-busy");
  await tabTo(page, "queue-row");
  await page.keyboard.press("ArrowDown");
  const second = page.getByTestId("queue-row").nth(1);
  expect(await second.evaluate((row) => row === document.activeElement)).toBe(true);
  await page.keyboard.press("Space");
  await second.and(page.locator("[data-state=paused]")).waitFor();
  expect(await second.evaluate((row) => row === document.activeElement)).toBe(true);
  await page.keyboard.press("Space");
  await second.and(page.locator("[data-state=sending]")).waitFor();
  await page.keyboard.press("Delete");
  await page.getByTestId("action-cancel-sure").waitFor();
  expect(await asked(page)).not.toContain("cancel");
});

// Each is pressed with Return, goes away by it, and leaves another button in its place.
test.each([
  ["account-out", "sign-in", "sign-in-waiting", "cancel_sign_in"],
  ["account-in", "sign-out", "sign-in", "sign_out"],
  ["queue-all", "action-remove", "queue-row", "remove"],
  ["queue-busy", "action-pause", "queue-row", "cancel"],
  ["queue-all", "retry-all", "queue-row", "pause_all"],
  ["prepare-empty", "choose-folder", "reading", "clear_plan"],
  ["prepare-ready", "dry-run", "dry-run-state", "clear_dry_run"],
  ["library-full", "import-start", "import-strip", "stop_library_import"],
  ["take-out", "take-out-go-estimate", "take-out-estimate", "stop_take_out"],
  ["take-out-estimated", "take-out-start", "take-out-run", "stop_take_out"],
  ["take-out-done", "take-out-clear", "take-out-estimate", "start_take_out"],
  ["first-run", "welcome-start", "drop-zone", "choose_folder"],
])("%s: who presses %s twice presses nothing else", async (scene, button, then, call) => {
  const page = await stage.page(scene);
  const first = page.getByTestId(button).first();
  await first.focus();
  const before = (await asked(page)).filter((one) => one === call).length;
  await page.keyboard.press("Enter");
  await page.getByTestId(then).first().waitFor();
  // The focus moves when the document has changed; no control may have it but the pressed one.
  await expect
    .poll(() =>
      page.evaluate(
        (pressed) =>
          document.activeElement !== document.body &&
          (document.activeElement?.getAttribute("data-testid") === pressed ||
            !document.activeElement?.matches("button, input, select, a")),
        button,
      ),
    )
    .toBe(true);
  await page.keyboard.press("Enter");
  const own = call === "sign_out" || call === "remove" ? 1 : 0;
  expect((await asked(page)).filter((one) => one === call).length - before).toBe(own);
});

test("a drop anywhere is read, in whatever view", async () => {
  const page = await stage.page("settings");
  await page.evaluate(() => window.waypostDemo.dragged({ kind: "enter", count: 3 }));
  await page.getByText("Drop to check 3 items").waitFor();
  await page.evaluate(() => window.waypostDemo.dragged({ kind: "drop", paths: ["/card/DCIM"] }));
  await page.getByTestId("plan").waitFor();
  expect(await page.getByTestId("drop-overlay").count()).toBe(0);
});

test("a pasted token leaves the field at once and is found nowhere in the window", async () => {
  const page = await stage.page("account-out");
  await page.getByTestId("token-door").click();
  await page.getByTestId("token").fill("pasted-canary");
  await page.getByTestId("token-send").click();
  await page.getByTestId("account-row").waitFor();
  const left = await page.evaluate(
    () =>
      document.documentElement.outerHTML.includes("pasted-canary") ||
      [...document.querySelectorAll("input")].some((input) => input.value.includes("pasted-canary")) ||
      JSON.stringify(localStorage).includes("pasted-canary"),
  );
  expect(left).toBe(false);
});

test("every control is at least 24 by 24 pixels, and the window works at 200 % zoom", async () => {
  for (const scene of [
    "prepare-ready",
    "queue-all",
    "library-full",
    "take-out",
    "settings-changed",
    "account-in",
  ]) {
    // 200 % of the smallest window: half as many CSS pixels.
    const page = await stage.page(scene, { viewport: { width: 560, height: 420 }, deviceScaleFactor: 2 });
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button:not(.link), input, select, [role=tab]")]
        .filter((element) => element.checkVisibility())
        // What is written beside a box or a dot can be pressed too.
        .map((element) => ({
          name: element.outerHTML.slice(0, 90),
          box: (element.closest("label") ?? element).getBoundingClientRect(),
        }))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ name }) => name),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await axe(page)).toEqual([]);
    await picture(page, new URL(`../test-output/zoom-${scene}.png`, import.meta.url).pathname);
  }
});

test("forced colours keep every state readable", async () => {
  const page = await stage.page("queue-all", { forcedColors: "active" });
  await picture(page, new URL("../test-output/forced-queue.png", import.meta.url).pathname);
  expect(await page.getByTestId("state-word").count()).toBeGreaterThan(10);
  expect(await violations(page)).toEqual([]);
});
