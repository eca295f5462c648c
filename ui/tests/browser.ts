// Opens scenes of the built window in Chromium, and what the tests ask of a page.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  type Page,
} from "playwright-core";
import { expect, inject } from "vitest";
import { sceneOf } from "../src/platform/scenes";
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
      wear(theme: string): void;
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

/** What a scene is opened with. */
type Options = BrowserContextOptions & { theme?: string; lang?: string };

/** A browser, and where the built window is. */
export class Stage {
  /** Pages by what cannot be changed in a living one. A new page is a new window of the browser: half of the time. */
  private readonly pages = new Map<string, Page>();

  private constructor(
    private readonly browser: Browser,
    private readonly address: string,
    /** Every scene in a page of its own. */
    private readonly alone: boolean,
  ) {}

  /** Joins the browser of all tests, or opens one `alone`, for what is measured. */
  static async open(alone = false): Promise<Stage> {
    const browser = alone ? await chromium.launch(CHROMIUM) : await chromium.connect(inject("browser"));
    return new Stage(browser, inject("address"), alone);
  }

  /**
   * Opens a scene and waits until it stands. The page is the one of the scene before, loaded anew with nothing kept: it
   * need not be closed, but where the stage is `alone`.
   */
  async page(scene: string, options: Options = {}): Promise<Page> {
    const { theme = "light", lang = "en", ...context } = options;
    const { viewport = { width: 1120, height: 720 }, colorScheme, forcedColors, ...fixed } = context;
    const key = JSON.stringify([lang, fixed]);
    let page = this.alone ? undefined : this.pages.get(key);
    if (!page) {
      page = await this.browser.newPage({
        viewport,
        deviceScaleFactor: 1,
        reducedMotion: "reduce",
        locale: { de: "de-AT", fr: "fr-FR" }[lang] ?? "en-GB",
        timezoneId: "Europe/Vienna",
        ...fixed,
      });
      await page.addInitScript(watch);
      if (!this.alone) this.pages.set(key, page);
    } else {
      // No pointer rests where the last test left it.
      await page.mouse.move(-8, -8);
      await page.setViewportSize(viewport ?? { width: 1120, height: 720 });
    }
    await page.emulateMedia({
      colorScheme: colorScheme ?? (theme === "dark" ? "dark" : "light"),
      forcedColors: forcedColors ?? "none",
      reducedMotion: "reduce",
    });
    await page.goto(`${this.address}?scene=${scene}&theme=${theme}&lang=${lang}`);
    await page.locator("main").waitFor();
    const { pressed } = sceneOf(scene);
    if (pressed) await page.getByTestId(pressed.then).waitFor();
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    return page;
  }

  async close(): Promise<void> {
    for (const page of this.pages.values()) await page.close();
    await this.browser.close();
  }
}

/** Runs in a page before anything else. */
function watch(): void {
  localStorage.clear();
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(
      `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
    );
  });
  addEventListener("error", (event) => window.violations.push(event.message));
  addEventListener("unhandledrejection", (event) => window.violations.push(String(event.reason)));
}

/** Changes the theme as the settings do, and the system's with it, and waits until it is painted. */
export async function wear(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.evaluate((chosen) => window.waypostDemo.wear(chosen), theme);
  await settled(page);
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();
/**
 * A picture to look at, when everything stands: motion is off in all tests, so nothing has to be stopped for it, and it
 * is packed quickly rather than small.
 */
export async function picture(page: Page, path: string): Promise<void> {
  let session = sessions.get(page);
  if (!session) sessions.set(page, (session = page.context().newCDPSession(page)));
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  // All pixels of a fine screen, not those of CSS.
  const clip = { x: 0, y: 0, width, height, scale: await page.evaluate(() => devicePixelRatio) };
  const { data } = await (
    await session
  ).send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true, clip });
  await writeFile(path, data, "base64");
}

/** Waits until what was asked for is painted, the tracks of the map too. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("[data-painting]") === null);
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/** Rules that depend on where things stand: asked every time. */
const LAYOUT = ["target-size", "scrollable-region-focusable"];
/** Rules that depend on colours and letters: asked once for each look of a document. */
const LOOK = ["color-contrast", "link-in-text-block"];
const ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Documents, and looks of documents, in which nothing was found. */
const clean = new Set<string>();

/**
 * What axe finds, one line for each node. A document in which nothing was found is not asked the same again: while it
 * and what is visible of it stay the same, word for word, another width asks for the rules of layout alone, and another
 * theme for those of colours too.
 */
export async function axe(page: Page): Promise<string[]> {
  // Not subject to the page's CSP, and only in pages that are looked at.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const [body, look] = await page.evaluate(signature);
  const rules = [...(clean.has(look) ? [] : LOOK), ...LAYOUT];
  const runOnly = clean.has(body) ? { type: "rule", values: rules } : ALL;
  const found = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, {
      // What passes is not listed, and no style sheet is read twice: half of the time.
      resultTypes: ["violations"],
      preload: false,
      runOnly: only,
    });
    return violations.flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`,
      ),
    );
  }, runOnly);
  if (found.length === 0) clean.add(body).add(look);
  return found;
}

/**
 * What a document says, with what of it is visible, and how it looks: the colours and the letters of each element. Only
 * places and sizes are not in it.
 */
function signature(): [body: string, look: string] {
  /** cyrb53: 53 bits, enough for some hundred documents. */
  const hash = (text: string) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}`;
  };
  const { documentElement: html, title, body } = document;
  let [visible, look] = ["", ""];
  for (const element of document.querySelectorAll("body *")) {
    const seen = element.checkVisibility({ visibilityProperty: true });
    const { width, height } = element.getBoundingClientRect();
    visible += `${Number(seen)}${Number(width > 0 && height > 0)}`;
    if (!seen) continue;
    const style = getComputedStyle(element);
    look += `${style.color}${style.backgroundColor}${style.backgroundImage}${style.opacity}${style.textDecorationLine}`;
    look += `${style.fontSize}${style.fontWeight};`;
  }
  const said = hash(`${html.lang}|${html.dir}|${title}|${body.outerHTML}|${visible}`);
  return [said, `${said} ${hash(look)}`];
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
