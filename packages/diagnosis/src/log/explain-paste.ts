/**
 * What a bounce, a queue listing or a firewall's line reports, for a person who pasted it: what happened, what that most often
 * means, what to do next and what it must not be confused with. Says nothing that the text does not hold.
 */
import { type PastedFault, printable } from "@mxray/contracts";
import type { EventExplanation } from "./explain-event.ts";
import { stallMeaningOf } from "./explain-stall.ts";
import { peerLabel } from "./peer-finding.ts";

const PROBE = "Probe the host: it is tested with small and with full-size packets, and the report names the size that is lost.";

export function explainPaste(fault: PastedFault): EventExplanation {
  if (fault.source === "firewall") return firewallOf(fault);
  const what = `${whatOf(fault)} ${howOf(fault)}`;
  const said = `${what}: ${quoted(fault.reason)}`;
  switch (fault.failure) {
    case "timeout":
    case "lost-connection":
      return brokenOff(fault, what);
    case "peer-timeout":
      return {
        tells: said,
        means:
          "The receiving server waited for bytes that did not arrive: packets towards it are lost on the way (full-size ones in a path MTU black hole), or the sender paused.",
        next: PROBE,
        not: "A refusal: the server only reports that it stopped waiting.",
      };
    case "connect-failed":
      return { tells: said, ...unconnected(fault) };
    case "no-host":
      return {
        tells: said,
        means: "DNS has no mail host for the recipient's domain: its name is misspelled, or its DNS is at fault.",
        next: "Check the spelling. If it is right, probe the domain: the report shows its MX records.",
        not: "A fault on the path: no connection was tried.",
      };
    case "tls-failed":
      return {
        tells: said,
        means: "The two servers did not agree on a TLS session, or a firewall between them removes STARTTLS.",
        next: "Probe the host: the report shows its EHLO keywords, a masked STARTTLS and the certificate.",
        not: "A refusal of the message or of the recipient.",
      };
    case "reply":
    case "dropped":
    case "unknown":
      return {
        tells: said,
        means: null,
        next: "The reply gives the reason; nothing hangs here.",
        not: "A path MTU black hole: the server would not have answered.",
      };
  }
}

function brokenOff({ stage, reason }: PastedFault, what: string): EventExplanation {
  if (stage !== null) {
    const { when, means, next, not } = stallMeaningOf("outbound", stage);
    return { tells: `${what} ${when}.`, means, next, not };
  }
  return {
    tells: `${what}: ${quoted(reason)}`,
    means:
      "The text does not say at which step. If it was while the message was sent, full-size packets may be lost on the way (a path MTU black hole, or a firewall that inspects SMTP); if it was while connecting, the host is down or port 25 is blocked.",
    next: PROBE,
    not: null,
  };
}

const REFUSED = /refused|\b10061\b/i;

function unconnected({ reason }: PastedFault): Omit<EventExplanation, "tells"> {
  const wasRefused = REFUSED.test(reason);
  return {
    means: wasRefused
      ? "The host answered that nothing listens on its SMTP port, or a firewall answered in its place."
      : "No SMTP session began: the host is down, ignores this sender, or a firewall blocks port 25.",
    next: "Probe the host. If other destinations fail too, check whether port 25 is blocked on the sender's side.",
    not: "A path MTU black hole: a connection is made with small packets.",
  };
}

function whatOf({ source, writer, status, count }: PastedFault): string {
  if (source === "queue") return `${count === 1 ? "A message waits" : `${count} messages wait`} in the queue because`;
  const who = writer === "a mail server" ? "A mail server" : writer;
  if (status === null) return `${who} reports that`;
  return `${who} ${status === "bounced" ? "returned the message" : "still tries to deliver the message"} because`;
}

function howOf({ failure, peer }: PastedFault): string {
  const who = peer === null ? "the receiving server" : peerLabel({ ...peer, direction: "outbound" });
  switch (failure) {
    case "timeout":
      return `the conversation with ${who} timed out`;
    case "peer-timeout":
      return `${who} gave up waiting`;
    case "lost-connection":
      return `the connection with ${who} was lost`;
    case "connect-failed":
      return `no connection to ${who} was made`;
    case "no-host":
      return "no mail host was found for the recipient's domain";
    case "tls-failed":
      return `TLS with ${who} failed`;
    case "reply":
    case "dropped":
    case "unknown":
      return `${who} refused it`;
  }
}

function quoted(reason: string): string {
  return `“${printable(reason, 200).replace(/\.$/, "")}”.`;
}

function firewallOf({ reason, failure, peer }: PastedFault): EventExplanation {
  const where = peer === null ? "" : ` to ${peerLabel({ ...peer, direction: "outbound" })}`;
  return {
    tells:
      failure === "dropped"
        ? `The firewall ended an SMTP session${where}: ${quoted(reason)}`
        : `The firewall inspects an SMTP session${where}: ${quoted(reason)}`,
    means: "Its SMTP inspection (inspect esmtp, in older releases fixup protocol smtp) changes or ends sessions.",
    next: "Probe the mail host behind it, and see the playbook for 'inspect esmtp': exempt the mail host or turn the inspection off.",
    not: "A fault of the mail server: the firewall reports its own action.",
  };
}
