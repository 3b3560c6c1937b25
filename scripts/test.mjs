/**
 * `npm test`: everything that CI runs, from a fresh clone, with all set-up of its own. As root on Debian it installs what the
 * tests lack, by the rules of scripts/system-packages.mjs; what cannot be tested is skipped, with the reason and the command
 * that would change it. What failed is run once more, alone, and named at the end, whichever way that went: a shared machine
 * makes tests that wait for packets fail at times. Ends with `N passed, N failed`.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { bin, ensureBuilt, ensureBundled, ensureInstalled, projectEnvironment, root } from "./setup.mjs";

const reports = mkdtempSync(join(tmpdir(), "mxray-test-"));
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

const systemPackages = fork(join(root, "scripts", "system-packages.mjs"));
const notesOfPackages = once(systemPackages, "message");
ensureInstalled();
ensureBuilt();
ensureBundled();
const [notes] = await notesOfPackages;

/** Three times what a run takes; a program that a test left behind may hold it open. */
const LONGEST_RUN_MS = 20 * 60_000;
/** More failures than this are no noise. */
const MOST_REPEATED = 5;

const total = { passed: 0, failed: 0, skipped: 0 };
/** Of each run with failed tests: their names, and how to run just them again. */
const failures = [];
// Unit tests leave the processor idle at times, and do not mind when it is busy.
await Promise.all([
  vitest("unit tests", "unit", ["--maxWorkers=4"]),
  checks([
    ["lint and import rules", "biome", ["check", "--error-on-warnings"]],
    ["types", "npm", ["run", "--silent", "types"]],
    ["unused code and dependencies", "knip", []],
  ]),
]);
// They wait for packets that never come, and measure.
await vitest("network tests", "net", ["--maxWorkers=4"]);
await playwright("browser tests");
await repeatFailures();

for (const note of notes) console.log(note);
if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not on this machine.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

async function repeatFailures() {
  const names = failures.flatMap((one) => one.names);
  const repeated = names.length > 0 && names.length <= MOST_REPEATED;
  const lines = [];
  for (const one of failures) {
    const passed = repeated && (await one.again());
    if (passed) {
      total.passed += one.names.length;
      total.failed -= one.names.length;
    }
    lines.push(...one.names.map((name) => `${passed ? "Passed only when run again, alone" : "Failed"}: ${name}`));
  }
  console.log(`\n${lines.join("\n")}`);
}

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

async function vitest(title, project, options = []) {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const command = ["run", "--project", project, ...reporters];
  const ok = await run(title, "vitest", [...command, ...options]);
  const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0, testResults = [] } = read(report);
  add({ passed, failed, skipped }, ok);

  const failedIn = (file) =>
    file.assertionResults.filter(({ status }) => status === "failed").map(({ ancestorTitles, title }) => [...ancestorTitles, title]);
  const files = testResults
    .map((file) => ({ path: relative(root, file.name), failed: failedIn(file) }))
    .filter((file) => file.failed.length > 0);
  if (files.length === 0) return;
  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const pattern = files.flatMap((file) => file.failed.map((titles) => titles.map(escaped).join("(?: > | )"))).join("|");
  const names = files.flatMap((file) => file.failed.map((titles) => `${file.path}: ${titles.join(" > ")}`));
  const again = async () => {
    const paths = files.map((file) => file.path);
    const passes = await run(`${title}, once more`, "vitest", [...command, "-t", `^(?:${pattern})$`, ...paths]);
    return passes && read(report).numPassedTests >= names.length;
  };
  failures.push({ names, again });
}

async function playwright(title) {
  const report = join(reports, "browser.json");
  const command = ["test", "--reporter=list,json"];
  const environment = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const ok = await run(title, "playwright", command, environment);
  const { stats: { expected: passed = 0, unexpected: failed = 0, skipped = 0 } = {}, suites = [] } = read(report);
  add({ passed, failed, skipped }, ok);
  if (failed === 0) return;
  const again = async () => {
    const passes = await run(`${title}, once more`, "playwright", [...command, "--last-failed"], environment);
    return passes && read(report).stats?.expected >= failed;
  };
  failures.push({ names: suites.flatMap(unexpectedIn), again });
}

function unexpectedIn({ file, specs = [], suites = [] }) {
  return [...specs.filter(({ ok }) => !ok).map(({ title }) => `${file}: ${title}`), ...suites.flatMap(unexpectedIn)];
}

/** A run that failed without a failed test (it crashed, or there was none) counts as one. */
function add({ passed, failed, skipped }, ok) {
  total.passed += passed;
  total.failed += ok && passed + skipped > 0 ? failed : Math.max(1, failed);
  total.skipped += skipped;
}

async function run(title, command, args, environment = {}) {
  console.log(`\n── ${title}`);
  const limit = { timeout: LONGEST_RUN_MS, killSignal: "SIGKILL" };
  const env = { ...projectEnvironment(), ...environment };
  const child = spawn(programOf(command), args, { cwd: root, env, stdio: "inherit", ...limit });
  const [status] = await once(child, "close").catch(() => [null]);
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
