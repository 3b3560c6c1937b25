/** Fetches a small text by https from one address under a given name, without following it anywhere else. */
import { request } from "node:https";
import { printable } from "@mxray/contracts";
import type { PolicyAnswer, PolicyFetcher } from "../ports.ts";

const TIMEOUT_MS = 5000;
/** RFC 8461 §3.3 lets clients limit a policy to 64 kB. */
const MOST_BYTES = 65_536;

/** @param trust port and certificates other than the usual ones, for tests */
export function nodePolicyFetcher(trust: { readonly port?: number; readonly ca?: string } = {}): PolicyFetcher {
  return {
    fetch: ({ name, address, path, signal }) =>
      new Promise<PolicyAnswer>((resolve) => {
        const fail = (reason: string) => resolve({ ok: false, reason: printable(reason, 200) });
        const asked = request(
          {
            host: address,
            servername: name,
            headers: { host: name },
            path,
            port: trust.port ?? 443,
            agent: false,
            timeout: TIMEOUT_MS,
            signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
            ...(trust.ca === undefined ? {} : { ca: trust.ca }),
          },
          (answer) => {
            // A redirect must not be followed (RFC 8461 §3.3).
            if (answer.statusCode !== 200) {
              answer.destroy();
              fail(`it answered with status ${answer.statusCode}.`);
              return;
            }
            const parts: Buffer[] = [];
            let bytes = 0;
            answer.on("data", (part: Buffer) => {
              bytes += part.length;
              parts.push(part);
              if (bytes > MOST_BYTES) answer.destroy(new Error("it is larger than 64 kB"));
            });
            answer.on("end", () => resolve({ ok: true, text: Buffer.concat(parts).toString("utf8") }));
            answer.on("error", (error) => fail(`${error.message}.`));
          },
        );
        asked.on("error", (error) => fail(`${error.message}.`));
        asked.end();
      }),
  };
}
