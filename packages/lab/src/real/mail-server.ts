/** What all real mail servers of the lab have in common: a directory of their own, a port to wait for, a log, an end. */
import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkNode } from "../network/node.ts";

export interface MailServer extends AsyncDisposable {
  /** Everything it logged so far. */
  log(): Promise<string>;
  /** Its files; gone after `stop`. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** A temporary directory that the server's own users may pass through. */
export async function mailServerDirectory(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `mxray-${name}-`));
  await chmod(directory, 0o755);
  return directory;
}

export interface MailServerStart {
  readonly node: NetworkNode;
  readonly child: ChildProcess;
  readonly directory: string;
  /** Port that it must come to listen on. */
  readonly port: number;
  readonly logFile: string;
  /** Ends it in an orderly way, before the process is killed. */
  readonly shutDown?: () => Promise<unknown>;
}

/** Waits until it listens. @throws Error with its output when it ends or takes longer than 15 s before that */
export async function mailServerReady(start: MailServerStart): Promise<MailServer> {
  const { node, child, directory, port, logFile } = start;
  let output = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-8000);
    });
  }
  const gone = new Promise<void>((resolve) => {
    for (const event of ["close", "error"]) {
      child.once(event, () => {
        ended = true;
        resolve();
      });
    }
  });
  const log = () => readFile(logFile, "utf8").catch(() => "");
  const stop = async () => {
    if (!ended) await start.shutDown?.();
    if (!ended) child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 3000);
    await gone;
    clearTimeout(patience);
    await rm(directory, { recursive: true, force: true });
  };
  const until = performance.now() + 15_000;
  while (!(await listens(node, port))) {
    if (!ended && performance.now() < until) continue;
    const said = `${output}\n${await log()}`.trim();
    await stop();
    throw new Error(`the mail server on ${node.name} does not listen on port ${port}: ${said}`);
  }
  return { log, directory, stop, [Symbol.asyncDispose]: stop };
}

/** Looks for up to a quarter of a second. */
async function listens(node: NetworkNode, port: number): Promise<boolean> {
  const look = `for n in 1 2 3 4 5; do ss -Hltn 'sport = :${port}' | grep -q . && exit 0; sleep 0.05; done; exit 1`;
  return (await node.exec("sh", ["-c", look])).code === 0;
}
