/**
 * What a bounce, a queue listing or a firewall's line reports, for a person who pasted it: what happened, what that most often
 * means, what to do next and what it must not be confused with. Says nothing that the text does not hold.
 */
import { type PastedFault, printable } from "@mxray/contracts";
import type { EventExplanation } from "./explain-event.ts";
import { stallMeaningOf } from "./explain-stall.ts";
import { peerLabel } from "./peer-finding.ts";

const HOLE = "A path MTU black hole: there no answer comes.";

export function explainPaste(fault: PastedFault): EventExplanation {
  if (fault.source === "firewall") return firewallOf(fault);
  const { failure, stage, reason } = fault;
  const what = `${whatOf(fault)} ${howOf(fault)}`;
  switch (failure) {
    case "timeout":
    case "lost-connection": {
      const { when, means, next, not } = stallMeaningOf("outbound", stage ?? "unknown");
      return { tells: stage === null ? `${what}.` : `${what} ${when}.`, means, next, not };
    }
    case "connect-failed":
      return {
        tells: `${what}: ${quoted(reason)}`,
        means: "No SMTP session began: the host is down, refuses this sender, or a firewall blocks port 25.",
        next: "Probe the host. If other destinations fail too, check whether port 25 is blocked on the sender's side.",
        not: "A path MTU black hole: a connection is made with small packets.",
      };
    case "tls-failed":
      return {
        tells: `${what}: ${quoted(reason)}`,
        means: "The two servers did not agree on a TLS session, or a firewall between them removes STARTTLS.",
        next: "Probe the host: the report shows its EHLO keywords, a masked STARTTLS and the certificate.",
        not: "A refusal of the message or of the recipient.",
      };
    case "reply":
    case "dropped":
    case "unknown":
      return { tells: `${what}: ${quoted(reason)}`, means: null, next: "The reply gives the reason; nothing hangs here.", not: HOLE };
  }
}

function whatOf({ source, writer, status, count }: PastedFault): string {
  if (source === "queue") return `${count === 1 ? "A message waits" : `${count} messages wait`} in the queue because`;
  if (status === null) return `${writer} reports that`;
  return `${writer} ${status === "bounced" ? "returned the message" : "still tries to deliver the message"} because`;
}

function howOf({ failure, peer }: PastedFault): string {
  const who = peer === null ? "the receiving server" : peerLabel({ ...peer, direction: "outbound" });
  switch (failure) {
    case "timeout":
      return `the conversation with ${who} timed out`;
    case "lost-connection":
      return `the connection with ${who} was lost`;
    case "connect-failed":
      return `no connection to ${who} was made`;
    case "tls-failed":
      return `TLS with ${who} failed`;
    case "reply":
    case "dropped":
    case "unknown":
      return `${who} refused it`;
  }
}

function quoted(reason: string): string {
  return `${printable(reason, 200).replace(/\.$/, "")}.`;
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
