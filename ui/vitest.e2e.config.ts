// The window in Debian's Chromium on the demo platform, from the built files, under the app's own CSP. One browser and
// one server of the built files for all files of tests, which run two at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/**/*.e2e.ts"],
    globalSetup: ["tests/house.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A file closes its own page, and what axe has seen in one file it need not see again in another.
    isolate: false,
  },
});
