/** The same on a running server elsewhere, with an API token of scope `config`. Its answers are capped and made printable. */
import { type ErrorBody, printable } from "@mxray/contracts";
import { ConfigError } from "../config/config-error.ts";
import { APPLY_PATH, type AppliedState, EXPORT_PATH } from "./desired.ts";

export interface ServerAccess {
  /** As typed, such as `https://mxray.example.com`. */
  readonly url: string;
  readonly token: string;
}

/** Ten thousand monitors are applied within seconds; a server that is silent for longer has failed. */
const ANSWER_MS = 120_000;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_LINES = 20_000;

/** @returns what was changed, or would be, as lines @throws ConfigError */
export async function applyOnServer(access: ServerAccess, desired: AppliedState, dryRun: boolean): Promise<string[]> {
  const body = JSON.stringify(desired);
  const text = await call(access, `${APPLY_PATH}?dryRun=${dryRun}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const { changes } = (jsonOf(text) ?? {}) as { readonly changes?: unknown };
  if (!Array.isArray(changes)) throw notMxray(access);
  return changes.slice(0, MOST_LINES).map((change) => printable(String(change), 500));
}

/** @throws ConfigError */
export async function exportFromServer(access: ServerAccess): Promise<string> {
  return await call(access, EXPORT_PATH, {});
}

async function call(access: ServerAccess, path: string, options: RequestInit): Promise<string> {
  const headers = { ...options.headers, authorization: `Bearer ${access.token}` };
  // A redirect would take the token along.
  const request = { ...options, headers, redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS) } as const;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(new URL(path, originOf(access)), request);
    text = await cappedText(answer);
  } catch (error) {
    throw error instanceof ConfigError ? error : unreachable(access, error);
  }
  if (answer.ok) return text;
  const { code, message } = ((jsonOf(text) ?? {}) as Partial<ErrorBody>).error ?? {};
  if (typeof message !== "string" || typeof code !== "string") throw notMxray(access, answer);
  const lines = message
    .split("\n")
    .slice(0, MOST_LINES)
    .map((line) => printable(line, 500));
  throw new ConfigError(answer.status === 400 ? "usage" : "cannot-run", lines.join("\n"));
}

function originOf({ url }: ServerAccess): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && ["http:", "https:"].includes(parsed.protocol) && parsed.username === "" && parsed.password === "") return parsed;
  throw new ConfigError("usage", `--server takes an address such as https://mxray.example.com, not '${url}'.`);
}

async function cappedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreachable({ url }: ServerAccess, error: unknown): ConfigError {
  const { name, message, cause } = error as Error & { readonly cause?: { readonly code?: unknown; readonly message?: unknown } };
  const why = name === "TimeoutError" ? `no answer within ${ANSWER_MS / 1000} s` : String(cause?.code ?? cause?.message ?? message);
  return new ConfigError(
    "cannot-run",
    `The server at ${url} cannot be reached (${printable(why, 200)}): check the address, and that it runs.`,
  );
}

function notMxray({ url }: ServerAccess, answer?: Response): ConfigError {
  const location = answer?.headers.get("location") ?? null;
  const what =
    answer === undefined ? "" : ` (status ${answer.status}${location === null ? "" : `, redirects to ${printable(location, 200)}`})`;
  return new ConfigError(
    "cannot-run",
    `${url} does not answer as mxray does${what}: give the address under which mxray itself is reached.`,
  );
}
