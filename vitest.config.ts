import { defineConfig } from "vitest/config";

const where = (name: string) => [
  `packages/*/{src,test}/**/*.${name}.ts`,
  `apps/{server,cli,web}/{src,test}/**/*.${name}.ts`,
  `scripts/**/*.${name}.ts`,
];

/**
 * Tests stand beside what they test. `*.test.ts` need nothing but Node; `*.net.test.ts` need a kernel network or real mail
 * servers. Three files at a time: they wait more than they work.
 */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    maxWorkers: 3,
    maxConcurrency: 16,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "unit", include: where("test"), exclude: ["**/node_modules/**", "**/*.net.test.ts"] } },
      { extends: true, test: { name: "net", include: where("net.test"), testTimeout: 120_000 } },
    ],
  },
});
