/**
 * Lines of tlsproxy, which holds the TLS session of a client of postscreen, or of a server that a pooled connection leads to
 * (tlsproxy/tlsproxy.c): a handshake that failed, one that ended without an answer.
 */
import type { Direction } from "@mxray/contracts";
import { setEvent } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { postfixText, setPeer } from "./postfix-text.ts";

const LINES: readonly (readonly [RegExp, "tls-failed" | "timeout", Direction])[] = [
  [/^TLS handshake failed for service=smtpd peer=/, "tls-failed", "inbound"],
  [/^TLS handshake failed for service=\S{1,60} peer=/, "tls-failed", "outbound"],
  [/^SSL_accept error from /, "tls-failed", "inbound"],
  [/^SSL_connect error to /, "tls-failed", "outbound"],
  [/^ciphertext read\/write timeout for /, "timeout", "inbound"],
];

/** @param from behind the severity @returns whether the line reports an event */
export function readTlsProxyLine(entry: LogEntry, from: number, peers: PeerNames): boolean {
  const text = postfixText(entry, from);
  for (const [pattern, event, direction] of LINES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    setEvent(entry, event, from, { direction, stage: "starttls" });
    entry.failure = event;
    setPeer(entry, from + match[0].length, peers);
    return true;
  }
  return false;
}
