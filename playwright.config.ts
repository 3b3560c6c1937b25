import { defineConfig } from "@playwright/test";

/** Debian's Chromium; Playwright's own browsers are downloads that not every machine can reach. */
export default defineConfig({
  testDir: "apps/web/e2e",
  // Pages wait for probes and logs more than they work.
  workers: 3,
  // Limits are for what hangs.
  timeout: 240_000,
  expect: { timeout: 45_000 },
  reporter: "list",
  forbidOnly: true,
  // The longest file first, so that it is not the last one left.
  projects: [
    { name: "days", testMatch: "wall-week.spec.ts" },
    { name: "pages", testIgnore: "wall-week.spec.ts" },
  ],
  use: {
    launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] },
    // A trace of each test takes a fourth of the time; `--trace on` where one is wanted.
    screenshot: "only-on-failure",
  },
});
