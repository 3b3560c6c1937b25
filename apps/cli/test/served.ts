/** A server started as `mxray serve`, and a session of its owner. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { signIn } from "../../server/test/logs/server-process.ts";
import { STRANGER } from "./mxray.ts";

export interface Served {
  readonly url: string;
  /** Of the owner's session. */
  readonly headers: { readonly cookie: string };
  readonly child: ChildProcess;
  output(): { readonly stdout: string; readonly stderr: string };
  get(path: string): Promise<Response>;
  send(method: string, path: string, body?: object): Promise<Response>;
  /** Exit status, or the name of the signal. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/** @param env of the server; `PORT` is the port that it listens on, default any */
export async function startServed(
  data: string,
  { PORT = "0", ...env }: NodeJS.ProcessEnv = {},
  program = STRANGER.program,
): Promise<Served> {
  const child = spawn(program, ["serve", "--port", PORT, "--data", data], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...STRANGER.environment(), ...env },
  });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes) => (stdout += bytes));
  child.stderr.on("data", (bytes) => (stderr += bytes));
  const links = () => /listens on (\S+)[\s\S]*?(http\S+token=\S+)/.exec(stdout);
  while (links() === null) {
    if (child.exitCode !== null) throw new Error(`It ended with status ${child.exitCode}: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [, url = "", signInUrl = ""] = links() ?? [];
  const headers = await signIn({ url, signInUrl });
  return {
    url,
    headers,
    child,
    output: () => ({ stdout, stderr }),
    get: (path) => fetch(`${url}${path}`, { headers }),
    send: (method, path, body) =>
      fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? { headers } : { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) }),
      }),
    async end(signal) {
      // The launcher may have handed over to another Node, and cannot pass this one on.
      if (signal === "SIGKILL") process.kill(JSON.parse(readFileSync(join(data, "running.json"), "utf8")).pid, signal);
      child.kill(signal);
      const [status, by] = await ended;
      return status ?? by ?? "?";
    },
  };
}

export async function watchedTargets(served: Pick<Served, "get">): Promise<string[]> {
  const { watches } = (await (await served.get("/api/v1/watches")).json()) as { watches: { target: string }[] };
  return watches.map(({ target }) => target);
}
