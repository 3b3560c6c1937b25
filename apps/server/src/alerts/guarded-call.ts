/**
 * One HTTP call of a channel. The receiver is not trusted: every address is checked at connect, redirects are not followed, the
 * answer is capped, and the whole call has one deadline.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { printable } from "@mxray/contracts";
import { CallTrouble, guardedLookup, refusalOfCallHost } from "./call-address.ts";

export interface GuardedCall {
  readonly method: "GET" | "POST";
  /** http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes the call. @returns the status and the beginning of the answer, printable @throws CallTrouble for all but 2xx */
export type Caller = (call: GuardedCall) => Promise<string>;

export const CALL_LIMIT_MS = 10_000;
const MOST_ANSWER_BYTES = 4096;
const MOST_SHOWN = 300;

export async function guardedCall(call: GuardedCall, limitMs = CALL_LIMIT_MS): Promise<string> {
  const { status, text } = await exchange(call, limitMs);
  const answer = `${status}${text === "" ? "" : ` ${printable(text, MOST_SHOWN)}`}`;
  if (status >= 200 && status < 300) return answer;
  if (status >= 300 && status < 400) throw new CallTrouble(`${status}: the receiver redirects elsewhere, which mxray does not follow.`);
  throw new CallTrouble(`The receiver answered ${answer}`);
}

interface Exchanged {
  readonly status: number;
  readonly text: string;
}

function exchange({ method, url, headers = {}, body }: GuardedCall, limitMs: number): Promise<Exchanged> {
  const parsed = new URL(url);
  // Node does not look up an address, so the look-up cannot refuse it.
  const refusal = refusalOfCallHost(parsed.hostname);
  if (refusal !== null) return Promise.reject(new CallTrouble(refusal));
  const request = parsed.protocol === "https:" ? httpsRequest : httpRequest;
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(parsed, {
      method,
      headers: { "user-agent": "mxray", ...headers, ...length },
      lookup: guardedLookup,
      agent: false,
      signal: AbortSignal.timeout(limitMs),
    });
    sent.on("error", (error) => reject(troubleOf(error, limitMs)));
    sent.on("response", (response) => {
      readAnswer(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        (error: Error) => reject(troubleOf(error, limitMs)),
      );
    });
    sent.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes >= MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MOST_ANSWER_BYTES).toString("utf8").trim();
}

function troubleOf(error: Error, limitMs: number): CallTrouble {
  if (error instanceof CallTrouble) return error;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === "AbortError" || name === "TimeoutError") return new CallTrouble(`No complete answer within ${limitMs / 1000} s.`);
  return new CallTrouble(`No answer: ${printable(code ?? error.message, MOST_SHOWN)}`);
}
