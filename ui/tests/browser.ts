// Opens scenes of the built window in Chromium, and what the tests ask of a page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import { CHROMIUM } from "./house";

const AXE = readFileSync(
  fileURLToPath(new URL("../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);

/** What Chromium reported against the CSP, and errors of the page. */
export interface Watched {
  violations: string[];
}

declare global {
  interface Window {
    violations: string[];
    axe: { run(context: Document, options: object): Promise<{ violations: AxeViolation[] }> };
    waypostDemo: {
      asked: { call: string }[];
      dragged(drag: object): void;
      tell(body: object): void;
      call(call: object): Promise<unknown>;
    };
  }
}

interface AxeViolation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** A browser, and where the built window is. */
export class Stage {
  private constructor(
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  /** Joins the browser of all tests, or opens one `alone`, for what is measured. */
  static async open(alone = false): Promise<Stage> {
    const browser = alone ? await chromium.launch(CHROMIUM) : await chromium.connect(inject("browser"));
    return new Stage(browser, inject("address"));
  }

  /** Opens a scene and waits until it stands. */
  async page(
    scene: string,
    options: BrowserContextOptions & { theme?: string; lang?: string } = {},
  ): Promise<Page> {
    const { theme = "light", lang = "en", ...context } = options;
    const page = await this.browser.newPage({
      viewport: { width: 1120, height: 720 },
      deviceScaleFactor: 1,
      reducedMotion: "reduce",
      locale: { de: "de-AT", fr: "fr-FR" }[lang] ?? "en-GB",
      timezoneId: "Europe/Vienna",
      colorScheme: theme === "dark" ? "dark" : "light",
      ...context,
    });
    await page.addInitScript(() => {
      window.violations = [];
      addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(
          `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        );
      });
      addEventListener("error", (event) => window.violations.push(event.message));
      addEventListener("unhandledrejection", (event) => window.violations.push(String(event.reason)));
    });
    await page.goto(`${this.address}?scene=${scene}&theme=${theme}&lang=${lang}`);
    await page.locator("main").waitFor();
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Waits until what was asked for is painted, the tracks of the map too. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("[data-painting]") === null);
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/** What axe finds, one line for each node. */
export async function axe(page: Page): Promise<string[]> {
  // Not subject to the page's CSP, and only in pages that are looked at.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      // What passes is not listed, and no style sheet is read twice: half of the time.
      resultTypes: ["violations"],
      preload: false,
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`,
      ),
    );
  });
}

/** What was reported against the CSP, and errors. */
export function violations(page: Page): Promise<string[]> {
  return page.evaluate(() => window.violations);
}

/**
 * Texts of buttons, headings, labels and choices that are wider than their box. Names of the person's own files and
 * uploads may be shortened (`.cut`): they stand in full elsewhere.
 */
export const clipped = (page: Page) =>
  page.evaluate(() => {
    /** Whether an element sticks out to the side of what cuts it off. */
    const beyond = (element: HTMLElement) => {
      const box = element.getBoundingClientRect();
      for (let around = element.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX === "visible") continue;
        // What can be scrolled sideways cuts nothing off for good: the strip of photos.
        if (around.closest("[data-testid=strip]")) return false;
        const edge = around.getBoundingClientRect();
        return box.right > edge.right + 1 || box.left < edge.left - 1;
      }
      return false;
    };
    const wide = (element: HTMLElement) => {
      const { display } = getComputedStyle(element);
      const inline = display.startsWith("inline") && display !== "inline-flex";
      return !inline && element.scrollWidth > element.clientWidth + 1;
    };
    return [
      ...document.querySelectorAll<HTMLElement>(
        "button, h1, h2, h3, label, p, dt, dd, legend, select, .small",
      ),
    ]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => !element.closest(".cut, .visually-hidden") && !element.querySelector(".cut, bdi"))
      .filter((element) => element.textContent.trim() !== "" && element.clientWidth > 0)
      .filter((element) => wide(element) || beyond(element))
      .map(
        (element) => `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 60)}`,
      );
  });

/** Waits until every tile of streets has come or is known not to. */
export async function streetsStand(page: Page): Promise<void> {
  // A moved view asks when it rests, so that "none is waiting" has to hold for a while.
  let calm = 0;
  await expect
    .poll(
      async () => {
        const waiting = await page.getByTestId("streets").getAttribute("data-waiting");
        calm = waiting === "0" ? calm + 1 : 0;
        return calm;
      },
      { interval: 100, timeout: 10_000 },
    )
    .toBeGreaterThanOrEqual(4);
}
