/**
 * `npm test`: everything that CI runs, from a fresh clone, with all set-up of its own. As root on Debian it installs what the
 * tests lack, by the rules of scripts/system-packages.mjs; what cannot be tested is skipped, with the reason and the command
 * that would change it. Ends with `N passed, N failed`.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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
await checks([
  ["lint and import rules", "biome", ["check", "--error-on-warnings"]],
  ["types", "npm", ["run", "--silent", "types"]],
  ["unused code and dependencies", "knip", []],
]);
vitest("unit tests", "unit");
// They wait for packets that never come.
vitest("network tests", "net", ["--maxWorkers=3"]);
playwright("browser tests");

for (const note of notes) console.log(note);
if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not on this machine.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** Commands that succeed or do not, side by side; what each prints is shown when it ends. */
async function checks(commands) {
  const one = async ([title, command, args]) => {
    const child = spawn(programOf(command), args, { cwd: root, env: projectEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => output.push(bytes));
    const [status] = await once(child, "close").catch((error) => [error.message]);
    console.log(`\n── ${title}\n${Buffer.concat(output).toString()}`);
    total[status === 0 ? "passed" : "failed"] += 1;
  };
  await Promise.all(commands.map(one));
}

function vitest(title, project, options = []) {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = run(title, "vitest", ["run", "--project", project, ...reporters, ...options]);
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
  const { status } = spawnSync(programOf(command), args, { cwd: root, env: { ...projectEnvironment(), ...environment }, stdio: "inherit" });
  return status === 0;
}

function programOf(command) {
  return command === "npm" ? command : join(bin, command);
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return {};
  }
}
