/**
 * Lines of Postfix's smtp and lmtp client other than delivery records: an attempt that broke where a further server will be
 * tried, a connection that was not made, TLS that failed, a server that was taken for a PIX.
 */

import { setEvent, setTrouble } from "../../entries/entry-event.ts";
import type { LogEntry } from "../../entries/log-entry.ts";
import type { PeerNames } from "../../entries/log-peer-name.ts";
import { brokenConversation } from "./conversation.ts";
import { postfixText, setPeer } from "./postfix-text.ts";

const PIX = "enabling PIX ";
/** How lines begin that tell something: a string is made of them only. */
const TELLING = new Uint8Array(256);
for (const word of ["enabling", "lost", "local", "conversation", "connect", "host", "SSL", "Cannot", "TLS", "certificate"])
  TELLING[word.charCodeAt(0)] = 1;

/** @param from behind the queue id, where there is one */
export function readClientLine(entry: LogEntry, from: number, peers: PeerNames): void {
  if (TELLING[entry.bytes[from] ?? 0] !== 1) return;
  const text = postfixText(entry, from);
  if (text.startsWith(PIX)) {
    readPixLine(entry, text, from, peers);
    return;
  }
  if (text.startsWith("local data error while talking to ")) {
    setTrouble(entry, "write-error", from, "outbound");
    return;
  }
  const unverified = /^certificate verification failed for /.exec(text);
  if (unverified !== null) {
    // The delivery goes on where the certificate does not matter.
    setEvent(entry, "tls-failed", from, { direction: "outbound", stage: "starttls" });
    setPeer(entry, from + unverified[0].length, peers);
    return;
  }
  const broken = brokenConversation(text);
  if (broken === null) return;
  const { failure, stage, command, peerAt } = broken;
  const facts = { direction: "outbound", stage, command } as const;
  entry.failure = failure;
  if (peerAt >= 0) setPeer(entry, from + peerAt, peers);
  switch (failure) {
    case "lost-connection":
      setEvent(entry, "lost-connection", from, facts);
      return;
    case "timeout":
    case "peer-timeout":
      setEvent(entry, "timeout", from, facts);
      return;
    case "connect-failed":
      // What never leaves the machine is a filter or a mailbox server that is down.
      if (entry.peer !== null && entry.peer.reach !== "network") setTrouble(entry, "filter-unreachable", from, "outbound");
      else setEvent(entry, "connect-failed", from, facts);
      return;
    case "tls-failed":
      setEvent(entry, "tls-failed", from, facts);
      return;
    case "reply":
      setEvent(entry, "reject", from, facts);
      return;
  }
}

/** `enabling PIX workarounds: WORDS for HOST[IP]:PORT`; up to 2.3 `enabling PIX <CRLF>.<CRLF> workaround for HOST[IP][:25]`. */
function readPixLine(entry: LogEntry, text: string, from: number, peers: PeerNames): void {
  const end = text.lastIndexOf(" for ");
  if (end === -1) return;
  const words = text.startsWith("workarounds: ", PIX.length) ? PIX.length + "workarounds: ".length : PIX.length;
  setEvent(entry, "pix-workarounds", from + Math.min(words, end), { direction: "outbound" });
  entry.reasonTo = from + (text.endsWith(" workaround", end) ? end - " workaround".length : end);
  setPeer(entry, from + end + " for ".length, peers);
}
