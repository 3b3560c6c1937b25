/** Requests of an agent to its server. The agent connects, by way of a proxy where the environment names one; nothing connects to it. */
import * as http from "node:http";
import * as https from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { printable } from "@mxray/contracts";
import { AgentEnd } from "./agent-end.ts";

export interface ServerConnectionOptions {
  /** http(s)://HOST[:PORT][/PATH] */
  readonly server: string;
  /** Null only to enrol. */
  readonly secret: string | null;
  readonly version: string;
  /** Certificates to trust in place of the usual ones, PEM. */
  readonly ca: string | null;
  /** One sentence when the server cannot be reached, and when it can be again. */
  readonly onMessage: (message: string) => void;
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly text: string;
}

/** Bodies from here on are compressed, bytes. */
const COMPRESSED_FROM = 2000;
const ANSWER_MS = 60_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const RETRY_MS = [250, 1000, 3000, 10_000] as const;
const MOST_RETRY_AFTER_MS = 60_000;

const compressed = promisify(gzip);

export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #base: string;
  readonly #agent: http.Agent;
  #away = false;

  /** @throws AgentEnd where `server` is no URL */
  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    const url = URL.canParse(options.server) ? new URL(options.server) : null;
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
      throw new AgentEnd(`'${printable(options.server, 200)}' is no URL of a server; give it as https://mxray.example.org.`);
    }
    this.#base = url.href.replace(/\/+$/, "");
    const { ca } = options;
    const common = { keepAlive: true, proxyEnv: process.env };
    this.#agent = url.protocol === "https:" ? new https.Agent({ ...common, ...(ca === null ? {} : { ca }) }) : new http.Agent(common);
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * Asks until the server has answered.
   *
   * @param body a function makes another one for each attempt, where one of before an outage would mislead
   * @returns the answer's body; null for 409, which says that this is somebody else's work
   * @throws AgentEnd where the server turned the agent away or does not understand it; what `signal` is aborted with
   */
  async ask(path: string, body: object | (() => object), signal: AbortSignal): Promise<unknown> {
    for (let tries = 0; ; tries += 1) {
      const pause = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 1000;
      let answer: Answer;
      try {
        answer = await this.#request(path, typeof body === "function" ? body() : body, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#unreachable((error as Error).message);
        await sleep(pause, signal);
        continue;
      }
      const { status, text, retryAfterMs } = answer;
      if (status === 429 || status >= 500) {
        if (status >= 500 && status !== 503) this.#unreachable(`it answered with status ${status}`);
        await sleep(Math.max(pause, retryAfterMs ?? 0), signal);
        continue;
      }
      this.#reached();
      if (status === 409) return null;
      if (status >= 400) throw new AgentEnd(sentenceOf(answer));
      return text === "" ? undefined : parsed(text);
    }
  }

  async #request(path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const { secret, version } = this.#options;
    const text = Buffer.from(JSON.stringify(body));
    const packed = text.length < COMPRESSED_FROM ? null : await compressed(text, { level: 1 });
    const payload = packed ?? text;
    const url = new URL(`${this.#base}${path}`);
    return await new Promise<Answer>((resolve, reject) => {
      const { request } = url.protocol === "https:" ? https : http;
      const sent = request(url, {
        method: "POST",
        agent: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        headers: {
          "content-type": "application/json",
          "content-length": payload.length,
          "mxray-version": version,
          ...(packed === null ? {} : { "content-encoding": "gzip" }),
          ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        },
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > MOST_ANSWER_BYTES) response.destroy(new Error("its answer is too long"));
          else parts.push(part);
        });
        response.on("error", reject);
        response.on("end", () => {
          const after = Number(response.headers["retry-after"]);
          const retryAfterMs = Number.isFinite(after) && after > 0 ? Math.min(MOST_RETRY_AFTER_MS, after * 1000) : null;
          resolve({ status: response.statusCode ?? 0, retryAfterMs, text: Buffer.concat(parts).toString("utf8") });
        });
      });
      sent.end(payload);
    });
  }

  #unreachable(reason: string): void {
    if (!this.#away)
      this.#options.onMessage(
        `The server ${this.#base} cannot be reached: ${printable(reason, 300)}. The agent tries again; the log keeps what is not reported yet.`,
      );
    this.#away = true;
  }

  #reached(): void {
    if (this.#away) this.#options.onMessage(`The server ${this.#base} answers again.`);
    this.#away = false;
  }
}

/** @throws what `signal` is aborted with */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

function sentenceOf({ status, text }: Answer): string {
  const { error } = (parsed(text) ?? {}) as { readonly error?: { readonly message?: unknown } };
  return typeof error?.message === "string"
    ? printable(error.message, 500)
    : `The server answered with status ${status} and no reason; is there an mxray server at this address, and does a proxy pass /agent/v1 on?`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AgentEnd("The server's answer is not JSON; is there an mxray server at this address?");
  }
}
