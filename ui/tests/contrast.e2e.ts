// In forced colours the desktop's own colours take the place of ours, but for the few things that keep theirs. The
// contrast of each text and of each such thing on the ground where it stands, computed from what the page says it draws.
// Of our own colours each pair is computed in src/tokens.test.ts, and axe looks at every view.
import { afterAll, beforeAll, expect, test } from "vitest";
import { settled, Stage, wear } from "./browser";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** What is too faint: texts below 4.5, drawn things below 3. With how many were looked at. */
function faint(): { looked: number; found: string[] } {
  type Colour = [red: number, green: number, blue: number, alpha: number];
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  /** Any CSS colour, also a mixed one, as the browser draws it. */
  const parsed = (text: string): Colour => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = text;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return [red!, green!, blue!, alpha! / 255];
  };
  const over = (upper: Colour, lower: Colour): Colour => {
    const [part, rest] = [upper[3], 1 - upper[3]];
    return [0, 1, 2].map((at) => upper[at]! * part + lower[at]! * rest).concat(1) as Colour;
  };
  const luminance = (colour: Colour) => {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const contrast = (one: Colour, other: Colour) => {
    const [a, b] = [luminance(one), luminance(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.cssText = "forced-color-adjust: none; background: Canvas";
  const canvas = parsed(getComputedStyle(probe).backgroundColor);
  probe.remove();
  /** The ground that an element stands on: what lies behind it, down to the first that lets nothing through. */
  const groundOf = (element: Element | null): Colour => {
    if (!element) return canvas;
    const own = parsed(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
  };

  const found: string[] = [];
  let looked = 0;
  const look = (what: string, element: Element, colour: Colour, ground: Colour, wanted: number) => {
    looked += 1;
    const is = contrast(over(colour, ground), ground);
    if (is >= wanted) return;
    found.push(
      `${what} ${is.toFixed(2)}: ${element.outerHTML.slice(0, 120)} ${colour.join()} on ${ground.join()}`,
    );
  };
  const seen = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  for (const element of document.querySelectorAll("body *")) {
    // What cannot be used now is left out by WCAG as well.
    if (!seen(element) || element.closest(":disabled, [aria-disabled=true], option")) continue;
    const style = getComputedStyle(element);
    const written = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
    );
    if (written) look("text", element, parsed(style.color), groundOf(element), 4.5);
    if (element.matches("svg path, svg circle, svg rect") && element.closest("button, .word")) {
      const drawn = style.fill === "none" ? style.stroke : style.fill;
      if (drawn !== "none") look("icon", element, parsed(drawn), groundOf(element.closest("svg")), 3);
    }
    if (style.forcedColorAdjust !== "none" || element.closest("button")) continue;
    const ground = groundOf(element.parentElement);
    if (element.matches("svg > *")) {
      look("mark", element, parsed(style.stroke === "none" ? style.fill : style.stroke), ground, 3);
    } else if (parsed(style.backgroundColor)[3] > 0) {
      look("surface", element, parsed(style.backgroundColor), ground, 3);
    }
    if (element.matches("input[type=checkbox]")) {
      const knob = parsed(getComputedStyle(element, "::after").backgroundColor);
      if (knob[3] > 0) look("knob", element, knob, groundOf(element), 3);
    }
  }
  return { looked, found };
}

test.each([
  "prepare-empty",
  "prepare-edited",
  "prepare-videos",
  "queue-all",
  "queue-fates",
  "library-full",
  "take-out",
  "take-out-done",
  "settings-changed",
  "account-out",
])("%s can be read in forced colours, light and dark ones, whatever theme was chosen", async (scene) => {
  const page = await stage.page(scene, { forcedColors: "active" });
  for (const theme of ["light", "dark"] as const) {
    await wear(page, theme);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      const { looked, found } = await page.evaluate(faint);
      expect(found, `${theme} on a ${colorScheme} desktop`).toEqual([]);
      expect(looked).toBeGreaterThan(15);
    }
  }
});
