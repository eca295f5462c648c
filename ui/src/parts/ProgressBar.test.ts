// A bar never runs backwards.
import { render } from "@testing-library/svelte";
import { expect, test } from "vitest";
import ProgressBar from "./ProgressBar.svelte";

/** How far the bar is drawn: the fill is as long as its bar and moved out of it by the rest. */
const width = (container: HTMLElement) => {
  const moved = container.querySelector<HTMLElement>(".fill")?.style.transform ?? "";
  const byPercent = /^translateX\((-?[\d.]+)%\)$/.exec(moved)?.[1];
  return byPercent === undefined ? moved : `${100 + Number(byPercent)}%`;
};
const hatched = (container: HTMLElement) => container.querySelector(".hatched") !== null;

test("where bytes have to be sent again the bar stays, hatched, until they are there", async () => {
  const props = { label: "Bytes", text: "half", part: 0.5, phase: "sending" };
  const { container, rerender } = render(ProgressBar, props);
  expect([width(container), hatched(container)]).toEqual(["50%", false]);
  await rerender({ ...props, part: 0.2, text: "a fifth" });
  expect([width(container), hatched(container)]).toEqual(["50%", true]);
  expect(container.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("20");
  await rerender({ ...props, part: 0.6 });
  expect([width(container), hatched(container)]).toEqual(["60%", false]);
});

test("another count begins at its own beginning", async () => {
  const props = { label: "Bytes", text: "all", part: 1, phase: "preparing" };
  const { container, rerender } = render(ProgressBar, props);
  await rerender({ ...props, part: 0.1, phase: "sending" });
  expect([width(container), hatched(container)]).toEqual(["10%", false]);
});
