// The queue by hand and by keyboard: order, limit, giving up, and what is said of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { Stage, violations } from "./browser";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

const order = (page: Page) =>
  page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "Under way" }) })
    .getByTestId("queue-row")
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.uploadId)));
const asked = (page: Page, call: string) =>
  page.evaluate((name) => window.waypostDemo.asked.filter((one) => one.call === name), call);

test("Alt and the arrow keys move an upload, keep it in focus and say its place", async () => {
  const page = await stage.page("queue-busy");
  await page.locator('[data-upload-id="1"]').focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(() => order(page)).toEqual([2, 1, 3, 4, 8]);
  expect(await asked(page, "reorder")).toEqual([{ call: "reorder", uploadId: 1, beforeUploadId: 3 }]);
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.uploadId)).toBe("1");
  await page.getByTestId("live-region").filter({ hasText: "place 2 of 4" }).waitFor({ state: "attached" });
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(() => order(page)).toEqual([1, 2, 3, 4, 8]);
  expect(await violations(page)).toEqual([]);
});

test("a row is dragged by its grip, and Escape gives the drag up", async () => {
  const page = await stage.page("queue-busy");
  const grip = page.locator('[data-upload-id="1"]').getByTestId("grip");
  const target = await page.locator('[data-upload-id="3"]').boundingBox();
  if (!target) throw new Error("no row 3");
  await grip.hover();
  await page.mouse.down();
  await page.mouse.move(target.x + 20, target.y + target.height - 5, { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  expect(await asked(page, "reorder")).toEqual([]);
  await grip.hover();
  await page.mouse.down();
  await page.mouse.move(target.x + 20, target.y + target.height - 5, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => order(page)).toEqual([2, 3, 1, 4, 8]);
});

test("the details offer the same move without drag or keys", async () => {
  const page = await stage.page("queue-busy");
  const row = page.locator('[data-upload-id="2"]');
  await row.getByRole("button", { name: "Details" }).click();
  await row.getByTestId("earlier").click();
  await expect.poll(() => order(page)).toEqual([2, 1, 3, 4, 8]);
  await expect.poll(() => row.getByTestId("earlier").isDisabled()).toBe(true);
});

test("a limit is chosen or typed, and holds at once", async () => {
  const page = await stage.page("queue-busy");
  await page.getByLabel("Limit", { exact: true }).selectOption({ label: "5.0 MB/s" });
  await page.getByLabel("Limit", { exact: true }).selectOption({ label: "Other…" });
  await page.getByTestId("queue-limit-own").fill("2.5");
  await page.keyboard.press("Enter");
  await expect
    .poll(async () =>
      (await asked(page, "set_settings")).map(
        (one) =>
          (one as unknown as { settings: { bandwidthLimitBytesPerS: number } }).settings
            .bandwidthLimitBytesPerS,
      ),
    )
    .toEqual([5_000_000, 2_500_000]);
});

test("everything that failed is tried again by one button, which then is gone", async () => {
  const page = await stage.page("queue-all");
  await page.getByTestId("retry-all").click();
  await page.getByTestId("retry-all").waitFor({ state: "detached" });
  expect(await page.locator('[data-upload-id="41"]').getAttribute("data-state")).toBe("queued");
});

test("offline is said once", async () => {
  const page = await stage.page("queue-offline");
  expect(await page.getByText("Offline").count()).toBe(1);
});

test("of fifty uploads those out of sight are not laid out", async () => {
  const page = await stage.page("queue-many");
  const seen = await page
    .getByTestId("queue-row")
    .evaluateAll((rows) => rows.filter((row) => row.checkVisibility({ contentVisibilityAuto: true })).length);
  expect(await page.getByTestId("queue-row").count()).toBe(50);
  expect(seen).toBeLessThan(25);
});
