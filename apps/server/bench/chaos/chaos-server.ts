/** Starts the server, kills it and starts it again; where it does not start it must say why in a sentence, and is tried again. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ChaosOrder, ChaosReport } from "./chaos-child.ts";

export interface ChaosServerOptions {
  readonly dataDir: string;
  /** Where it writes what it logs. */
  readonly logFile: string;
  /** Of the process, beside its own. */
  readonly processEnv: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly onViolation: (what: string) => void;
}

const START_MS = 60_000;
const RETRY_MS = 500;
const MOST_STARTS = 40;

export class ChaosServer {
  readonly #options: ChaosServerOptions;
  readonly #log: number;
  #child: ChildProcess | null = null;
  #cookie = "";
  url = "";
  starts = 0;
  longestStartMs = 0;
  /** Sentences of starts that were refused, with how often. */
  readonly refusals = new Map<string, number>();

  constructor(options: ChaosServerOptions) {
    this.#options = options;
    this.#log = openSync(options.logFile, "a");
  }

  get headers(): { readonly cookie: string } {
    return { cookie: this.#cookie };
  }

  async start(): Promise<void> {
    for (let attempt = 1; attempt <= MOST_STARTS; attempt += 1) {
      const began = performance.now();
      const signInUrl = await this.#started();
      if (signInUrl === null) {
        await sleep(RETRY_MS);
        continue;
      }
      this.starts += 1;
      this.longestStartMs = Math.max(this.longestStartMs, performance.now() - began);
      if (this.#cookie === "") await this.#signIn(signInUrl);
      return;
    }
    throw new Error(`The server did not start in ${MOST_STARTS} attempts: ${[...this.refusals.keys()].at(-1)}`);
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const closed = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => {
      this.#options.onViolation(`the server did not end within 30 s of ${signal}`);
      child.kill("SIGKILL");
    }, 30_000);
    await closed;
    clearTimeout(late);
    // libfaketime leaves these behind when it is killed.
    for (const name of ["faketime_shm", "sem.faketime_sem"]) rmSync(`/dev/shm/${name}_${child.pid}`, { force: true });
  }

  /** @returns the program of the thread that was ended; null where there is none */
  async endThread(chance: number): Promise<string | null> {
    const report = await this.#ask({ do: "end-thread", chance });
    return report.is === "thread-ended" ? report.program : null;
  }

  /** MB: of what lives in the heap of the thread that serves, and of the process. */
  async memory(): Promise<{ readonly live: number; readonly resident: number }> {
    const report = await this.#ask({ do: "memory" });
    return report.is === "memory" ? report : { live: 0, resident: 0 };
  }

  async #started(): Promise<string | null> {
    const { dataDir, env, processEnv, onViolation } = this.#options;
    const child = fork(fileURLToPath(new URL("chaos-child.ts", import.meta.url)), {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", this.#log, this.#log, "ipc"],
      env: { ...process.env, ...processEnv },
    });
    child.once("exit", (code, signal) => {
      if (this.#child === child) onViolation(`the server ended on its own: ${signal ?? code}`);
    });
    this.#child = child;
    const report = await this.#ask({ do: "serve", dataDir, env }).catch((error: unknown) => String(error));
    if (typeof report !== "string" && report.is === "serving") {
      this.url = report.url;
      return report.signInUrl;
    }
    const message = typeof report === "string" ? report : report.is === "refused" ? report.message : report.is;
    if (typeof report === "string" || (report.is === "refused" && !report.known))
      onViolation(`a start failed without a sentence: ${message}`);
    this.refusals.set(message, (this.refusals.get(message) ?? 0) + 1);
    await this.end("SIGKILL");
    return null;
  }

  async #ask(order: ChaosOrder): Promise<ChaosReport> {
    const child = this.#child;
    if (child === null) throw new Error("No server runs.");
    const given = new AbortController();
    const answered = once(child, "message", { signal: given.signal }).then(([report]) => report as ChaosReport);
    const ended = once(child, "exit", { signal: given.signal }).then(() => Promise.reject(new Error("The server process ended.")));
    const late = sleep(START_MS, undefined, { signal: given.signal }).then(() =>
      Promise.reject(new Error("The server process did not answer.")),
    );
    child.send(order, () => undefined);
    try {
      return await Promise.race([answered, ended, late]);
    } finally {
      for (const promise of [answered, ended, late]) promise.catch(() => undefined);
      given.abort();
    }
  }

  async #signIn(signInUrl: string): Promise<void> {
    const token = new URL(signInUrl).searchParams.get("token") ?? "";
    const answer = await fetch(`${this.url}/sign-in`, { method: "POST", redirect: "manual", body: new URLSearchParams({ token }) });
    this.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  }
}
