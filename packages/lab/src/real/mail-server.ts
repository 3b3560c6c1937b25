/** What all real mail servers of the lab have in common: a port to wait for, a log, an end, and mostly a directory of their own. */
import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NetworkNode } from "../kernel/node.ts";

export interface MailServer extends AsyncDisposable {
  /** Everything it logged so far. */
  log(): Promise<string>;
  /** Its files, where it has any, are gone afterwards. */
  stop(): Promise<void>;
}

/** Characters that are kept of what a server prints. */
const MOST_OUTPUT = 64_000;
const LAST_WORDS_MS = 1000;

/** A temporary directory that the server's own users may pass through. */
export async function mailServerDirectory(name: string, folder = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(folder, `mxray-${name}-`));
  await chmod(directory, 0o755);
  return directory;
}

export interface MailServerStart {
  readonly node: NetworkNode;
  readonly child: ChildProcess;
  /** Its files; null for a server that needs none. */
  readonly directory: string | null;
  /** Address that it must come to listen on; null means any. */
  readonly host?: string | null;
  /** Port that it must come to listen on. */
  readonly port: number;
  /** Default: what it printed. */
  readonly logFile?: string;
  /** Ends it in an orderly way, before the process is killed. */
  readonly shutDown?: () => Promise<unknown>;
}

/** Waits until it listens. @throws Error with its output when it ends or takes longer than 15 s before that */
export async function mailServerReady(start: MailServerStart): Promise<MailServer> {
  const { node, child, directory, host = null, port, logFile } = start;
  let output = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
  }
  const heard = (event: "exit" | "close") =>
    new Promise<void>((resolve) => {
      for (const each of [event, "error"]) {
        child.once(each, () => {
          ended = true;
          resolve();
        });
      }
    });
  const gone = heard("exit");
  const silent = heard("close");
  const log = async () => (logFile === undefined ? output : await readFile(logFile, "utf8").catch(() => ""));
  const stop = async () => {
    if (!ended) await start.shutDown?.();
    if (!ended) child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 3000);
    await gone;
    clearTimeout(patience);
    // Its last words; but processes that it left behind, when it had to be killed, hold its pipes for as long as they like.
    await Promise.race([silent, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  };
  const until = performance.now() + 15_000;
  while (!(await listens(node, host, port))) {
    if (!ended && performance.now() < until) continue;
    const said = (logFile === undefined ? output : `${output}\n${await log()}`).trim();
    await stop();
    throw new Error(`the mail server on ${node.name} does not listen on port ${port}: ${said}`);
  }
  return { log, stop, [Symbol.asyncDispose]: stop };
}

/** Looks for up to a quarter of a second. */
async function listens(node: NetworkNode, host: string | null, port: number): Promise<boolean> {
  const socket = `sport = :${port}${host === null ? "" : ` and src [${host}]`}`;
  const look = `for n in 1 2 3 4 5; do ss -Hltn '${socket}' | grep -q . && exit 0; sleep 0.05; done; exit 1`;
  return (await node.exec("sh", ["-c", look])).code === 0;
}
