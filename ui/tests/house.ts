// What all files of tests share: a server of ui/dist with the CSP of tauri.conf.json, and a browser.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the built window is served. */
    address: string;
    /** Where the shared browser listens. */
    browser: string;
  }
}

const UI = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(UI, "dist");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** How Chromium is started: pictures that do not depend on the screen. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
  ],
};

/** The app's Content-Security-Policy, word for word. */
function csp(): string {
  const text = readFileSync(join(UI, "..", "tauri.conf.json"), "utf8");
  const configuration = JSON.parse(text) as { app: { security: { csp: string } } };
  return configuration.app.security.csp;
}

/** Opens both; what it returns closes them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(DIST, "index.html"))) throw new Error("ui/dist is missing: run `npm run build` first");
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
  const browser = await chromium.launchServer(CHROMIUM);
  project.provide("address", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  project.provide("browser", browser.wsEndpoint());
  return async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}
