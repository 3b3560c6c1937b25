/** `mxray stress`: how much mail a host takes, and what gives way first. */
import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import type { StressRun, StressSecond } from "@mxray/contracts";
import type { LoadRequest } from "@mxray/stress";
import { parseCommandLine, UsageError, wholeNumber } from "./command-line.ts";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { printJson } from "./json-output.ts";
import { onStopSignal } from "./stop-signal.ts";
import { stressLoad } from "./stress-load.ts";
import { ProgressLine, printLine, printMessage, printText } from "./terminal.ts";

const HELP = `Usage: mxray stress TARGET --targets FILE --confirm HOST [options]

Sends test mail to TARGET and says how much it takes and what gives way first. TARGET has a line in the targets file
($MXRAY_STRESS_TARGETS), such as '192.0.2.10:25 rcpt-domain=example.test'; docs/stress.md has the rest. Only private addresses
are tested, unless the operator of a public one shows that the test is wanted.

  --targets FILE         hosts that may be tested, with their credentials
  --confirm HOST         the target's host, typed again
  --sessions N           connections at one time (default 10)
  --per-session N        messages in one connection (default 1)
  --messages N           messages in all (default 1000, unless --duration is given)
  --duration S           seconds
  --rate R               messages per second, due whether or not the target keeps up; without it, as fast as the sessions go
  --ramp S               raise the rate from 0 in S seconds
  --steps N              raise the rate in N equal steps
  --spike N              N times the rate in the middle third
  --size BYTES|A-B       bytes of a message (default 4096), or any size between two
  --rcpt ADDRESS         recipient, in the domain that the targets file names; may be given several times
  --from ADDRESS         sender (default: the null sender)
  --helo NAME            name for HELO (default: one that says mxray-stress)
  --starttls             encrypt
  --lmtp                 speak LMTP
  --no-pipelining        one command at a time
  --timeout S            seconds to wait for an answer (default 60)
  --seed N               of the messages' text and sizes (default 1)
  --json                 print the run as JSON

It stops early when the target answers 421 or 554, or when most messages fail. Exit status: 0 the run was made; 1 the
target's limit was hit; 2 used wrongly or not allowed; 3 could not run.`;

export async function stressCommand(args: readonly string[]): Promise<ExitStatus> {
  const { values, positionals } = parseCommandLine("stress", args, {
    targets: { type: "string" },
    confirm: { type: "string" },
    sessions: { type: "string" },
    "per-session": { type: "string" },
    messages: { type: "string" },
    duration: { type: "string" },
    rate: { type: "string" },
    ramp: { type: "string" },
    steps: { type: "string" },
    spike: { type: "string" },
    size: { type: "string" },
    rcpt: { type: "string", multiple: true },
    from: { type: "string" },
    helo: { type: "string" },
    starttls: { type: "boolean" },
    lmtp: { type: "boolean" },
    "no-pipelining": { type: "boolean" },
    timeout: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean" },
  });
  if (values.help) {
    printLine(HELP);
    return EXIT.nothing;
  }
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0)
    throw new UsageError("mxray stress takes one target; 'mxray stress --help' lists the options.");
  const targets = values.targets ?? (process.env.MXRAY_STRESS_TARGETS || undefined);
  if (targets === undefined)
    throw new UsageError("mxray stress needs --targets FILE, the list of hosts that may be tested; docs/stress.md shows one.");
  const number = (option: string, text: string | undefined, most: number) =>
    text === undefined ? undefined : wholeNumber(option, text, 1, most);
  const request: LoadRequest = given({
    sessions: number("--sessions", values.sessions, 1_000_000),
    perSession: number("--per-session", values["per-session"], 100_000_000),
    messages: number("--messages", values.messages, 100_000_000),
    seconds: number("--duration", values.duration, 1_000_000),
    rate: values.rate === undefined ? undefined : rateOf(values.rate),
    ramp: number("--ramp", values.ramp, 1_000_000),
    steps: number("--steps", values.steps, 1000),
    spike: number("--spike", values.spike, 1000),
    size: values.size === undefined ? undefined : sizeOf(values.size),
    recipients: values.rcpt,
    from: values.from,
    helo: values.helo,
    starttls: values.starttls,
    lmtp: values.lmtp,
    pipelining: values["no-pipelining"] === true ? false : undefined,
    timeoutSeconds: number("--timeout", values.timeout, 1_000_000),
    seed: number("--seed", values.seed, 999_999_999),
  });
  return await runAllowed({ wanted, targets, confirm: values.confirm, request, json: values.json === true });
}

interface Asked {
  readonly wanted: string;
  readonly targets: string;
  readonly confirm: string | undefined;
  readonly request: LoadRequest;
  readonly json: boolean;
}

async function runAllowed({ wanted, targets, confirm, request, json }: Asked): Promise<ExitStatus> {
  const stress = await import("@mxray/stress");
  const run = `s${randomBytes(4).toString("hex")}`;
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, "-");
  const by = `${userInfo().username}@${host}`;
  try {
    const target = stress.chooseTarget(stress.readTargetFile(targets), wanted, targets);
    if (confirm?.toLowerCase() !== target.host)
      throw new UsageError(`A load can take a mail host down: confirm it with --confirm ${target.host}.`);
    const options = stress.allowedLoad(request, target, `mxray-stress.${host}`);
    const address = await stress.checkedAddress(target, options, stress.installationSecret(targets));
    const unlock = stress.lockRuns(targets);
    const cancel = new AbortController();
    const undo = onStopSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => cancel.abort());
    const progress = new ProgressLine();
    try {
      const audit = { run, by, target: target.text, address };
      stress.recordRun(targets, { at: new Date().toISOString(), act: "began", ...audit, options });
      const plan = { options, address, port: target.port, name: target.host, credentials: target.credentials, about: { run, by, host } };
      const report = await stressLoad(plan, target.text, {
        signal: cancel.signal,
        onStep: (step) => progress.show(STEPS[step]),
        onSecond: (second) => progress.show(secondText(second)),
      });
      progress.clear();
      stress.recordRun(targets, { at: new Date().toISOString(), act: "ended", ...audit, counts: report.counts, stopped: report.stopped });
      if (json) printJson(report);
      else printText((await import("@mxray/diagnosis")).renderStressText(report));
      return exitOf(report);
    } finally {
      progress.clear();
      undo();
      unlock();
    }
  } catch (error) {
    if (!(error instanceof stress.StressTargetError)) throw error;
    printMessage(error.message);
    return EXIT.usage;
  }
}

const STEPS = {
  alone: "one message alone …",
  calibration: "what this machine can send, against a sink of its own …",
  load: "the load begins …",
} as const;

function secondText({ second, accepted, deferred, rejected, reset, timedOut, p99, waiting }: StressSecond): string {
  const failed = deferred + rejected + reset + timedOut;
  return `${second + 1} s: ${accepted} accepted, ${failed} failed, ${waiting} waiting, 99 % within ${p99 === null ? "–" : Math.round(p99)} ms`;
}

function exitOf({ limit, counts }: StressRun): ExitStatus {
  if (limit.kind === "none" || limit.kind === "generator") return EXIT.nothing;
  const ended = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return ended === 0 ? EXIT.couldNotRun : EXIT.found;
}

/** Without what was left out. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function rateOf(text: string): number {
  const rate = /^[0-9]{1,9}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate > 0)) throw new UsageError(`--rate takes messages per second, such as 50 or 0.5, not '${text}'.`);
  return rate;
}

function sizeOf(text: string): { least: number; most: number } {
  const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(text);
  const least = Number(match?.[1]);
  const most = Number(match?.[2] ?? match?.[1]);
  if (match === null || most < least) throw new UsageError(`--size takes bytes, such as 4096 or 1000-100000, not '${text}'.`);
  return { least, most };
}
