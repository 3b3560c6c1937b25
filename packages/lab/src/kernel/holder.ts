/**
 * The first process of a network: it owns the namespaces in which everything else runs, and everything ends with it.
 *
 * `unshare` gives it a mount, a network and a process namespace (as an ordinary user also a user namespace). It reads its
 * standard input, a pipe that only this Node process holds; at its end, also when Node is killed with SIGKILL, it exits, the
 * kernel kills whatever else lives in the process namespace, and with the last of these the networks are gone. Nothing is
 * left on the machine: /run, where namespaces get their names, is a tmpfs of the holder's own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";

export type HolderMode = "root" | "user-namespace";

export interface Holder extends AsyncDisposable {
  /** Process id of the holder, as seen from here. */
  readonly pid: number;
  readonly mode: HolderMode;
  /** The command line (program first) that runs another one inside the named network namespace. */
  enter(namespace: string, command: readonly string[]): [string, ...string[]];
  /** Milliseconds from start to ready. */
  readonly buildMs: number;
  /** Ends it, and returns when it is gone. */
  stop(): Promise<void>;
}

/** The holder did not come up: what it printed, for a person. */
export class HolderError extends Error {
  override readonly name = "HolderError";
}

/** Debian keeps `ip` and `nft` where an ordinary user's PATH does not look. */
export function holderEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`, ...extra };
}

export function holderMode(): HolderMode {
  return process.getuid?.() === 0 ? "root" : "user-namespace";
}

/**
 * @param script shell script that builds the namespaces, prints `ready` on a line of its own and then waits for end of input
 * @throws HolderError when it ends or takes longer than `timeoutMs` before that line
 */
export async function holderStart(script: string, ready: string, timeoutMs = 20_000): Promise<Holder> {
  const mode = holderMode();
  const started = performance.now();
  const user = mode === "root" ? [] : ["--user", "--map-root-user"];
  const child = spawn("unshare", [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script], {
    stdio: ["pipe", "pipe", "pipe"],
    env: holderEnvironment(),
  });
  // A pipe whose reader died must not end the tests with an unhandled EPIPE.
  child.stdin.on("error", () => {});
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  await untilReady(child, ready, timeoutMs);
  const pid = await firstChild(child.pid ?? 0);
  const stop = async () => {
    child.stdin.end();
    const patience = setTimeout(() => child.kill("SIGKILL"), 2000);
    await gone;
    clearTimeout(patience);
  };
  const target = ["nsenter", "--target", String(pid), ...(mode === "root" ? [] : ["--user", "--preserve-credentials"]), "--mount", "--pid"];
  return {
    pid,
    mode,
    buildMs: performance.now() - started,
    // `nsenter` forks; should it be killed all the same, the death signal passes that on.
    enter: (namespace, command) => {
      const [program = "", ...rest] = target;
      return [program, ...rest, "setpriv", "--pdeathsig", "TERM", "ip", "netns", "exec", namespace, ...command];
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function untilReady(child: ChildProcess, ready: string, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = "";
  let errors = "";
  const timer = setTimeout(() => fail(`not ready after ${timeoutMs} ms`), timeoutMs);
  const fail = (why: string) => {
    child.kill("SIGKILL");
    reject(new HolderError(errors.trim() === "" ? why : errors.trim()));
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-4000);
    if (output.includes(`${ready}\n`)) resolve();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  child.once("error", (error) => fail(error.message));
  child.once("close", (code, signal) => fail(`the builder ended with ${signal ?? code}`));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** `unshare --fork` stays outside; its only child is the holder. */
async function firstChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const first = Number(children.trim().split(" ")[0]);
  if (!Number.isInteger(first) || first <= 0) throw new HolderError("the holder is gone");
  return first;
}
