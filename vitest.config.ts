import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const where = (name: string) => [
  `packages/*/{src,test}/**/*.${name}.ts`,
  `apps/{server,cli,web}/{src,test}/**/*.${name}.ts`,
  `scripts/**/*.${name}.ts`,
];

/** Files that take long, the longest first: none of them may be the last one left. */
const LONGEST = [
  ...[
    "real-postfix.net.test",
    "reproduce.net.test",
    "kill.net.test",
    "path-hops.net.test",
    "paths.net.test",
    "probe.net.test",
    "practice-lab.net.test",
    "chaos.net.test",
  ],
  ...["package.net.test", "scan-stalls.net.test", "path-loss.net.test", "playbook-network.net.test", "trust.net.test", "scan.net.test"],
  ...["sqlite.test", "lab-hosts.test", "log-findings.test", "threads.test", "log-agreement.test", "usage.test", "probes.test"],
  ...["hostile-input.test", "schema-upgrade.test", "exit.test"],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.ts`));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * Tests stand beside what they test. `*.test.ts` need nothing but Node; `*.net.test.ts` need a kernel network or real mail
 * servers. Three files at a time: they wait more than they work; `npm test` takes more of those without a network.
 * Limits are for what hangs, and generous: a busy machine is no fault of a test's subject.
 */
export default defineConfig({
  test: {
    testTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 3,
    maxConcurrency: 16,
    sequence: { sequencer: LongestFirst },
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: "unit", include: where("test"), exclude: ["**/node_modules/**", "**/*.net.test.ts"] } },
      { extends: true, test: { name: "net", include: where("net.test"), testTimeout: 300_000 } },
    ],
  },
});
