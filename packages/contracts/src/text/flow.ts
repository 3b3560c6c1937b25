/**
 * The connections of a probe to one mail host, as captures, access lists and flow records name them: both ends with their
 * ports, and the time from the first SYN to the end. Times keep their microseconds and name their zone.
 */
import { canonicalAddress, parseEndpoint } from "../names/target.ts";
import type { MailHostObservation } from "../probes/observation.ts";

export interface Flow {
  /** Counts from 1 within the mail host. */
  readonly connection: number;
  /** `address:port`; `sender:port` in a share without our address; null where no connection was established. */
  readonly source: string | null;
  readonly destination: string;
  /** RFC 3339 in UTC. */
  readonly start: string;
  readonly end: string;
  readonly ended: "quit" | "reset" | "closed-by-peer" | "timeout";
}

/** In the order in which they began; empty for observations that did not record connections. */
export function flowsOf({ connections = [] }: Pick<MailHostObservation, "connections">): Flow[] {
  return connections
    .map(({ n, local, remote, startedAt, endedAt, end }) => ({
      connection: n,
      source: local,
      destination: remote,
      start: startedAt,
      end: endedAt,
      ended: end,
    }))
    .toSorted((a, b) => a.connection - b.connection);
}

/** `2026-12-01 12:56:30.016250 UTC`. */
export function flowTime(timestamp: string): string {
  return `${timestamp.replace("T", " ").replace(/Z$/, "")} UTC`;
}

/** The address that the connections came from; null where none was established, or where a share leaves it out. */
export function flowSource(host: Pick<MailHostObservation, "connections">): string | null {
  for (const { source } of flowsOf(host)) {
    const address = source === null ? null : (parseEndpoint(source)?.address ?? null);
    if (address !== null) return address.text;
  }
  return null;
}

/** IPv4 and IPv6 ranges that routers of the Internet do not carry (RFC 1918, 3927, 4193, 4291, 6598). */
const PRIVATE =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe[89ab])/;

/** Behind address translation the far side sees another address than the one that we sent from. */
export function isPrivateSource(address: string): boolean {
  return PRIVATE.test(address);
}

/** Our address as the host names it in its reply to EHLO; null where the reply names none. */
export function flowSeenAs({ transcript, address }: Pick<MailHostObservation, "transcript" | "address">): string | null {
  const asked = transcript.findIndex(({ dir, text }) => dir === ">" && /^(?:EHLO|HELO) /i.test(text));
  const reply = asked === -1 ? undefined : transcript.slice(asked + 1).find(({ dir }) => dir === "<");
  for (const [word] of (reply?.text.split("\n")[0] ?? "").replaceAll(/IPv6:/gi, " ").matchAll(/[0-9A-Fa-f:.]{3,45}/g)) {
    const seen = /[.:]/.test(word) ? canonicalAddress(word.replace(/^[.:]+(?=\d)|\.$/g, "")) : null;
    if (seen !== null && seen.text !== address) return seen.text;
  }
  return null;
}
