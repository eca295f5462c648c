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
    // Nothing of a file is left behind but its own closed pages.
    isolate: false,
  },
});
