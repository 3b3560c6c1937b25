/**
 * `npm test`: everything that CI runs, from a fresh clone, with all set-up of its own. As root on Debian it installs what the
 * tests lack, by the rules of scripts/system-packages.mjs; what cannot be tested is skipped, with the reason and the command
 * that would change it. Ends with `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, ensureBuilt, ensureInstalled, projectEnvironment, root } from "./setup.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const reports = mkdtempSync(join(tmpdir(), "mxray-test-"));
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

const notes = await ensureSystemPackages();
ensureInstalled();
ensureBuilt();

const total = { passed: 0, failed: 0, skipped: 0 };
check("lint and import rules", "biome", ["check", "--error-on-warnings"]);
check("types", "npm", ["run", "--silent", "types"]);
check("unused code and dependencies", "knip", []);
vitest("unit tests", "unit");
vitest("network tests", "net");
playwright("browser tests");

for (const note of notes) console.log(note);
if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not on this machine.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** One command that succeeds or does not. */
function check(title, command, args) {
  const ok = run(title, command, args);
  total[ok ? "passed" : "failed"] += 1;
}

function vitest(title, project) {
  const report = join(reports, `${project}.json`);
  const ok = run(title, "vitest", ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]);
  const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0 } = read(report);
  add({ passed, failed, skipped }, ok);
}

function playwright(title) {
  const report = join(reports, "browser.json");
  const ok = run(title, "playwright", ["test", "--reporter=list,json"], { PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  const { expected: passed = 0, unexpected = 0, flaky = 0, skipped = 0 } = read(report).stats ?? {};
  add({ passed, failed: unexpected + flaky, skipped }, ok);
}

/** A run that failed without a failed test (it crashed, or there was none) counts as one. */
function add({ passed, failed, skipped }, ok) {
  total.passed += passed;
  total.failed += ok && passed + skipped > 0 ? failed : Math.max(1, failed);
  total.skipped += skipped;
}

function run(title, command, args, environment = {}) {
  console.log(`\n── ${title}`);
  const program = command === "npm" ? command : join(bin, command);
  const { status } = spawnSync(program, args, { cwd: root, env: { ...projectEnvironment(), ...environment }, stdio: "inherit" });
  return status === 0;
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return {};
  }
}
