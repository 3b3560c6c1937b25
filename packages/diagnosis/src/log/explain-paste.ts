/**
 * What a bounce, a queue listing or a firewall's line reports, for a person who pasted it: what happened, what that most often
 * means, what to do next and what it must not be confused with. Says nothing that the text does not hold.
 */
import type { PastedFault } from "@mxray/contracts";
import type { EventExplanation } from "./explain-event.ts";
import { stallMeaningOf } from "./explain-stall.ts";
import { peerLabel } from "./peer-finding.ts";

/** A text that names no host names the recipient. */
function probeOf({ peer }: PastedFault): string {
  return `Probe ${peer === null ? "the recipient's domain: its hosts are" : "the host: it is"} tested with small and with full-size packets, and the report names the size that is lost.`;
}

export function explainPaste(fault: PastedFault): EventExplanation {
  if (fault.source === "firewall") return firewallOf(fault);
  const what = `${whatOf(fault)} ${howOf(fault)}`;
  const said = `${what}.`;
  switch (fault.failure) {
    case "timeout":
    case "lost-connection":
      return brokenOff(fault, what);
    case "peer-timeout":
      return {
        tells: said,
        means:
          "The receiving server waited for bytes that did not arrive: packets towards it are lost on the way (full-size ones in a path MTU black hole), or the sender paused.",
        next: probeOf(fault),
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
        means: DEMANDED.test(fault.reason)
          ? "The server takes mail over TLS only, and the sender did not start it: TLS is turned off there, or a firewall between them removes or masks STARTTLS."
          : "The two servers did not agree on a TLS session, or a firewall between them removes STARTTLS.",
        next: "Probe the host: the report shows its EHLO keywords, a masked STARTTLS and the certificate.",
        not: "A refusal of the message or of the recipient.",
      };
    case "reply":
      return {
        tells: said,
        means: null,
        next: "The reply gives the reason; nothing hangs here.",
        not: "A path MTU black hole: the server would not have answered.",
      };
    case "expired":
      return {
        tells: said,
        means: "All attempts failed until the time limit of the queue. The text does not give the reason of the last one.",
        next: "Look in the sending server's log for the attempts of this message, or probe the host.",
        not: "A refusal: a refused message is returned at once.",
      };
    case "dropped":
    case "icmp-dropped":
    case "packet-too-big":
    case "unknown":
      return {
        tells: said,
        means: "The sending server's own settings are the reason.",
        next: "The text says which: look at its routing and its lookup tables.",
        not: "A fault on the path: no other server was asked.",
      };
  }
}

function brokenOff(fault: PastedFault, what: string): EventExplanation {
  const { stage } = fault;
  if (stage !== null) {
    const { when, means, next, not } = stallMeaningOf("outbound", stage);
    return { tells: `${what} ${when}.`, means, next, not };
  }
  return {
    tells: `${what}.`,
    means:
      "The text does not say at which step. If it was while the message was sent, full-size packets may be lost on the way (a path MTU black hole, or a firewall that inspects SMTP); if it was while connecting, the host is down or port 25 is blocked.",
    next: probeOf(fault),
    not: null,
  };
}

const DEMANDED = /issue a STARTTLS|TLS is required/i;
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
      return `${who} refused it`;
    case "expired":
      return "it could not be delivered in time";
    case "dropped":
    case "icmp-dropped":
    case "packet-too-big":
    case "unknown":
      return "its own settings do not allow delivery";
  }
}

function firewallOf({ failure, peer }: PastedFault): EventExplanation {
  const where = peer === null ? "" : ` to ${peerLabel({ ...peer, direction: "outbound" })}`;
  switch (failure) {
    case "icmp-dropped":
      return {
        tells:
          "The firewall drops a router's message that a packet is too large (ICMP “fragmentation needed”, or “packet too big” of IPv6).",
        means: `Without that message the sender repeats the same large packet until it gives up: a path MTU black hole${where === "" ? "" : ` on the way${where}`}.`,
        next: "Permit ICMP type 3, code 4 (ICMPv6 type 2) on this firewall towards the sender. Then probe the destination to verify.",
        not: "Blocked pings, which harm nothing.",
      };
    case "packet-too-big":
      return {
        tells: `The firewall received a packet${where} that is larger than the MTU of its next link.`,
        means:
          "It drops the packet and reports that to the sender (ICMP “fragmentation needed”). If the report arrives, the sender sends smaller packets; if it is lost, this is a path MTU black hole.",
        next: "Probe the destination: the report shows which packet size arrives and whether the router's message does.",
        not: "A fault in itself: path MTU discovery works like this.",
      };
    default:
      return {
        tells: failure === "dropped" ? `The firewall ended an SMTP session${where}.` : `The firewall inspects an SMTP session${where}.`,
        means: "Its SMTP inspection (inspect esmtp, in older releases fixup protocol smtp) changes or ends sessions.",
        next: "Probe the mail host behind it, and see the playbook for 'inspect esmtp': exempt the mail host or turn the inspection off.",
        not: "A fault of the mail server: the firewall reports its own action.",
      };
  }
}
