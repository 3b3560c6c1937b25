/**
 * How fast `mxray scan` reads: a log of a million lines, on one core, against pflogsumm (which sums up the same kinds of lines) and
 * against `grep -c` (which only reads). Ratios within one run, since machines differ; `--large` adds ten million lines for the
 * memory. Each program is run three times and its best time counts.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { writeRealisticLog } from "./realistic-log.ts";

const MXRAY = fileURLToPath(new URL("../../../apps/cli/bin/mxray.js", import.meta.url));
const LINES = 1_000_000;
const RUNS = 3;

interface Measured {
  readonly seconds: number;
  /** Most that it had in memory, MB; 0 where that cannot be told. */
  readonly megabytes: number;
}

function measure(command: string, args: readonly string[], runs = RUNS): Measured {
  let best: Measured = { seconds: Number.POSITIVE_INFINITY, megabytes: 0 };
  for (let run = 0; run < runs; run += 1) {
    const timed = existsSync("/usr/bin/time") ? ["/usr/bin/time", "-f", "peak %M KB"] : [];
    const [program = "", ...rest] = [...oneCore(), ...timed, command, ...args];
    // Into a pipe: what writes to /dev/null may find that it need not read on.
    const began = performance.now();
    const { stderr, error } = spawnSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
    const seconds = (performance.now() - began) / 1000;
    if (error !== undefined) throw error;
    const megabytes = Number(/peak ([0-9]+) KB/.exec(stderr)?.[1] ?? 0) / 1024;
    best = { seconds: Math.min(best.seconds, seconds), megabytes: Math.max(best.megabytes, megabytes) };
  }
  return best;
}

function oneCore(): string[] {
  return existsSync("/usr/bin/taskset") ? ["taskset", "-c", "0"] : [];
}

function row(name: string, { seconds, megabytes }: Measured, lines: number): void {
  const rate = `${Math.round(lines / seconds / 1000)}k lines/s`;
  const memory = megabytes === 0 ? "" : `${Math.round(megabytes)} MB`;
  console.log(`${name.padEnd(28)}${seconds.toFixed(2).padStart(7)} s${rate.padStart(18)}${memory.padStart(10)}`);
}

const folder = mkdtempSync(join(tmpdir(), "mxray-bench-"));
try {
  const log = join(folder, "mail.log");
  const lines = writeRealisticLog(log, LINES);
  console.log(`${lines} lines, ${Math.round(statSync(log).size / 1e6)} MB, one core`);
  measure("grep", ["-c", "", log], 1);
  const grep = measure("grep", ["-c", "", log]);
  const scan = measure(process.execPath, [MXRAY, "scan", "--json", log]);
  row("grep -c", grep, lines);
  row("mxray scan", scan, lines);
  if (existsSync("/usr/sbin/pflogsumm")) {
    const pflogsumm = measure("/usr/sbin/pflogsumm", [log]);
    row("pflogsumm", pflogsumm, lines);
    console.log(`mxray scan is ${(pflogsumm.seconds / scan.seconds).toFixed(1)} times as fast as pflogsumm`);
  } else {
    console.log("pflogsumm is not installed (apt-get install pflogsumm), so there is nothing to compare with.");
  }
  console.log(`mxray scan takes ${(scan.seconds / grep.seconds).toFixed(1)} times as long as grep -c`);
  if (process.argv.includes("--large")) {
    const large = join(folder, "large.log");
    copyFileSync(log, large);
    const content = readFileSync(log);
    for (let copy = 1; copy < 10; copy += 1) appendFileSync(large, content);
    row("mxray scan, ten times as much", measure(process.execPath, [MXRAY, "scan", "--json", large], 1), lines * 10);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
