/**
 * How fast `mxray scan` reads: two logs of a million lines, an ordinary one and one full of failures, on one core, against
 * pflogsumm (which sums up the same kinds of lines) and `grep -c` (which only reads). Machines differ and others work on them, so
 * the programs run in turn, and what counts is the median of the ratios of neighbours; `--large` adds ten million lines, once.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { writeFailureLog } from "./failure-log.ts";
import { writeRealisticLog } from "./realistic-log.ts";

const MXRAY = fileURLToPath(new URL("../../../apps/cli/bin/mxray.js", import.meta.url));
const LINES = 1_000_000;
const RUNS = 5;
const TIMES_AS_LARGE = 10;
const PFLOGSUMM = "/usr/sbin/pflogsumm";

interface Measured {
  readonly seconds: number;
  /** Most that it had in memory, MB; 0 where that cannot be told. */
  readonly megabytes: number;
}

function measure(command: string, args: readonly string[]): Measured {
  const timed = existsSync("/usr/bin/time") ? ["/usr/bin/time", "-f", "peak %M KB"] : [];
  const [program = "", ...rest] = [...oneCore(), ...timed, command, ...args];
  // Into a pipe: what writes to /dev/null may find that it need not read on.
  const began = performance.now();
  const { stderr, error } = spawnSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
  const seconds = (performance.now() - began) / 1000;
  if (error !== undefined) throw error;
  return { seconds, megabytes: Number(/peak ([0-9]+) KB/.exec(stderr)?.[1] ?? 0) / 1024 };
}

const scan = (log: string) => measure(process.execPath, [MXRAY, "scan", "--json", log]);

/** In turn, so many times each. */
function compare(log: string, lines: number, runs: number): void {
  const scans: Measured[] = [];
  const others: Measured[] = [];
  for (let run = 0; run < runs; run += 1) {
    scans.push(scan(log));
    if (existsSync(PFLOGSUMM)) others.push(measure(PFLOGSUMM, [log]));
  }
  row("mxray scan", scans, lines);
  if (others.length === 0) {
    console.log("pflogsumm is not installed (apt-get install pflogsumm), so there is nothing to compare with.");
    return;
  }
  row("pflogsumm", others, lines);
  const ratios = scans.map(({ seconds }, run) => (others[run]?.seconds ?? Number.NaN) / seconds);
  console.log(
    `mxray scan is ${median(ratios).toFixed(1)} times as fast as pflogsumm (${ratios.map((each) => each.toFixed(1)).join(", ")})`,
  );
}

/** The first run fills caches: of the file, of compiled code. */
function begin(name: string, log: string, lines: number): void {
  console.log(`${name}: ${lines} lines, ${Math.round(statSync(log).size / 1e6)} MB, one core`);
  scan(log);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function oneCore(): string[] {
  return existsSync("/usr/bin/taskset") ? ["taskset", "-c", "0"] : [];
}

function row(name: string, runs: readonly Measured[], lines: number): void {
  const seconds = median(runs.map((each) => each.seconds));
  const megabytes = Math.max(...runs.map((each) => each.megabytes));
  const rate = `${Math.round(lines / seconds / 1000)}k lines/s`;
  const memory = megabytes === 0 ? "" : `${Math.round(megabytes)} MB`;
  console.log(`${name.padEnd(28)}${seconds.toFixed(2).padStart(7)} s${rate.padStart(18)}${memory.padStart(10)}`);
}

const folder = mkdtempSync(join(tmpdir(), "mxray-bench-"));
try {
  const log = join(folder, "mail.log");
  const lines = writeRealisticLog(log, LINES);
  begin("an ordinary log", log, lines);
  row("grep -c", [measure("grep", ["-c", "", log])], lines);
  compare(log, lines, RUNS);
  const failures = join(folder, "failures.log");
  const failureLines = writeFailureLog(failures, LINES);
  begin("a log full of failures", failures, failureLines);
  compare(failures, failureLines, RUNS);
  rmSync(failures);
  if (process.argv.includes("--large")) {
    const large = join(folder, "large.log");
    copyFileSync(log, large);
    const content = readFileSync(log);
    for (let copy = 1; copy < TIMES_AS_LARGE; copy += 1) appendFileSync(large, content);
    console.log(`${lines * TIMES_AS_LARGE} lines, ${Math.round(statSync(large).size / 1e6)} MB`);
    compare(large, lines * TIMES_AS_LARGE, 1);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
