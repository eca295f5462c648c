// Serves ui/dist with the CSP of tauri.conf.json and opens it in Chromium.
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const UI = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(UI, "dist");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** What Chromium reported against the CSP, and errors of the page. */
export interface Watched {
  violations: string[];
}

declare global {
  interface Window {
    violations: string[];
    axe: { run(context: Document, options: object): Promise<{ violations: AxeViolation[] }> };
    waypostDemo: { asked: { call: string }[]; dragged(drag: object): void };
  }
}

interface AxeViolation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** The app's Content-Security-Policy, word for word. */
export function csp(): string {
  const text = readFileSync(join(UI, "..", "tauri.conf.json"), "utf8");
  const configuration = JSON.parse(text) as { app: { security: { csp: string } } };
  return configuration.app.security.csp;
}

/** The built window behind a server of its own, and a browser. */
export class Stage {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  static async open(): Promise<Stage> {
    if (!existsSync(join(DIST, "index.html")))
      throw new Error("ui/dist is missing: run `npm run build` first");
    const policy = csp();
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname;
      const file = normalize(join(DIST, path === "/" ? "index.html" : path));
      if (!file.startsWith(DIST) || !existsSync(file)) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "content-security-policy": policy,
      });
      response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        "--disable-lcd-text",
      ],
    });
    return new Stage(server, browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
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
    await page.addInitScript({ path: join(UI, "node_modules/axe-core/axe.min.js") });
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
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** What axe finds, one line for each node. */
export async function axe(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
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
