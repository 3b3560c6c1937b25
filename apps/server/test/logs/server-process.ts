/** A real server process, to be killed; and a way in, past its sign-in link. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("server-child.ts", import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly signInUrl: string;
  /** For how long its event loop was held up, ms. */
  delay(): Promise<{ readonly p99: number; readonly max: number }>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Loads its code meanwhile. */
export function prepareServerProcess(): ChildProcess {
  return fork(CHILD, { execArgv: [] });
}

export async function startServerProcess(
  dataDir: string,
  env: Record<string, string>,
  child = prepareServerProcess(),
): Promise<ServerProcess> {
  const closed = once(child, "close");
  child.send({ dataDir, env: { MXRAY_LOG: "error", ...env } });
  const [told] = (await Promise.race([once(child, "message"), closed])) as [{ url: string; signInUrl: string } | number | null];
  if (told === null || typeof told !== "object") throw new Error("The server process ended before it served.");
  return {
    ...told,
    async delay() {
      child.send("delay");
      const [delay] = await once(child, "message");
      return delay;
    },
    async kill(signal) {
      child.kill(signal);
      await closed;
    },
  };
}

/** Headers of somebody signed in. */
export async function signIn({ url, signInUrl }: Pick<ServerProcess, "url" | "signInUrl">): Promise<{ readonly cookie: string }> {
  const token = new URL(signInUrl).searchParams.get("token") ?? "";
  const answer = await fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token }),
  });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error(`Signing in failed: ${answer.status} ${await answer.text()}`);
  return { cookie };
}
