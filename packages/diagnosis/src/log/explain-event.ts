/**
 * What one line of a mail log says before anything is probed, for a person who pasted it: what happened, with the timer that
 * fired; what it most often means and what to do next; and what it must not be confused with. One line proves nothing, and no
 * explanation says that it does.
 */
import {
  type Direction,
  isContentStage,
  LOG_TROUBLES,
  type MailEvent,
  type MailStage,
  peerReachOf,
  peerSignOf,
  printable,
} from "@mxray/contracts";
import { stallMeaningOf } from "./explain-stall.ts";
import { peerLabel } from "./peer-finding.ts";
import { TLS_POLICY_SIGNS } from "./peer-signs.ts";
import { pileSentence, receivedPileOf } from "./received-pile.ts";
import { TROUBLE_PHRASES } from "./server-troubles.ts";
import { stageTimerOf } from "./stage-timers.ts";
import { tlsPolicyMeaning } from "./tls-policy.ts";

export interface EventExplanation {
  /** What happened, one sentence. */
  readonly tells: string;
  /** What that most often means; null where the first sentence has said it. */
  readonly means: string | null;
  readonly next: string;
  /** What it is easily taken for; null where nothing is near. */
  readonly not: string | null;
}

const REASON_CAP = 200;
const LOCAL = "A path MTU black hole: the connection never leaves this machine.";

export function explainEvent(event: MailEvent): EventExplanation {
  switch (event.event) {
    case "timeout":
      if (event.direction === "inbound" && event.command === "END-OF-MESSAGE") return idleOf(event);
      return stallOf(event, event.stage ?? "unknown");
    case "lost-connection":
      return stallOf(event, event.stage ?? "unknown");
    case "delivery":
      return deliveryOf(event);
    case "connect-failed":
      return STALLED.test(reasonOf(event))
        ? stallOf(event, "connect")
        : refusalOf(event, `Connecting to ${peerOf(event, "outbound")} failed`);
    case "tls-failed": {
      if (STALLED.test(reasonOf(event))) return stallOf(event, "starttls");
      const refusal = refusalOf(event, `This server and ${peerOf(event, event.direction ?? "outbound")} did not agree on a TLS session`);
      return tlsPolicyOf(event, refusal.tells) ?? refusal;
    }
    case "pix-workarounds":
      return {
        tells: `The greeting of ${peerOf(event, "outbound")} contains nothing but 2, 0, spaces and asterisks, so Postfix takes it for a Cisco PIX and uses its workarounds.`,
        means: "There is a firewall in front of it that inspects SMTP.",
        next: "Probe the host: the report shows whether the firewall also rewrites commands or loses the end of a message.",
        not: "Proof that mail is affected: only the banner matched.",
      };
    case "client-limit":
    case "error-limit":
    case "resource":
    case "content-filter":
    case "queue-io":
      return troubleOf(event);
    case "reject":
      return refusalOf(
        event,
        event.direction === "outbound" ? `The other side, ${peerOf(event, "outbound")}, refused` : "This server refused",
      );
    case "queue-active":
      return ordinary(`A message${event.size === null ? "" : ` of ${event.size} bytes`} was picked up for delivery.`);
    case "connect":
      return ordinary(`The session of ${peerOf(event, "inbound")} began.`);
    case "disconnect":
      return ordinary(`The session of ${peerOf(event, "inbound")} ended normally.`);
  }
}

function ordinary(tells: string): EventExplanation {
  return {
    tells,
    means: "This line reports no problem.",
    next: "Paste one with 'timed out', 'lost connection' or 'deferred' in it.",
    not: null,
  };
}

/** The server waits for a command only after it answered the message before. */
function idleOf(event: MailEvent): EventExplanation {
  return {
    tells: `The client ${peerOf(event, "inbound")} sent no further command after its message was answered, and the server ended the session.`,
    means: "No problem: many senders keep a session open for the next message.",
    next: "Nothing to do. If this client's messages are missing, look for lines with 'after DATA'.",
    not: "A stall: the message before was received and answered.",
  };
}

/** An answer came, and at once. */
function refusalOf(event: MailEvent, what: string): EventExplanation {
  return {
    tells: `${what}: ${reasonOf(event)}.`,
    means: null,
    next: "The text says why; nothing hangs here.",
    not: "A path MTU black hole: the server would not have answered.",
  };
}

function deliveryOf(event: MailEvent): EventExplanation {
  if (event.status === "sent") {
    const took = event.delay === null ? "" : ` after ${event.delay} seconds`;
    return ordinary(`The message was delivered to ${peerOf(event, "outbound")}${took}.`);
  }
  if (event.copy === true) {
    return {
      tells: `Nothing was tried: the message was deferred with a copy of an earlier reason: ${reasonOf(event)}.`,
      means: "The destination had failed before, and the queue manager waits before it tries again.",
      next: "Look for the line of the attempt itself, with a relay in it.",
      not: "A failure of this message.",
    };
  }
  if (event.stage !== null && (isStall(event.reason) || isSlowHandshake(event))) return stallOf(event, event.stage);
  if (event.status === "expired") {
    return {
      tells: "The message reached the end of its time in the queue and was returned to its sender.",
      means: null,
      next: "Look for the deferrals of the same queue id: they say why.",
      not: "A refusal by the other side.",
    };
  }
  const tells = `The message was ${event.status === "bounced" ? "returned" : "deferred"}: ${reasonOf(event)}.`;
  return (
    tlsPolicyOf(event, tells) ?? {
      tells,
      means: null,
      next: event.peer === null ? "The text says why." : "The text says why; if it names a time-out or a lost connection, probe the host.",
      not: "A path MTU black hole, as long as the other side gave an answer.",
    }
  );
}

/** One of the two servers requires TLS. */
function tlsPolicyOf(event: MailEvent, tells: string): EventExplanation | null {
  const policy = TLS_POLICY_SIGNS.find((sign) => sign === peerSignOf(event));
  if (policy === undefined) return null;
  return {
    tells,
    means: tlsPolicyMeaning(policy),
    next: "Probe the host: the report shows its EHLO keywords, a masked STARTTLS and the certificate.",
    not: "A path MTU black hole: the other side answered.",
  };
}

const STALLED = /timed? ?out|lost connection|closed connection|connection reset/i;
const ANSWERED = /\bsaid: |error from remote mail server/i;
const PEER_TIMER = /timeout exceeded/i;

/** No answer came, or the peer's own timer ended the wait ("421 4.4.2 … timeout exceeded"); an answer may tell of any time-out. */
function isStall(reason: string | null): boolean {
  if (reason === null) return true;
  return ANSWERED.test(reason) ? PEER_TIMER.test(reason) : STALLED.test(reason);
}

/** A TLS handshake that is refused fails at once; one that takes this long (seconds) waits for packets. */
const HANDSHAKE_WAITS_S = 60;

function isSlowHandshake({ stage, delays }: MailEvent): boolean {
  return stage === "starttls" && delays !== null && (delays[2] ?? 0) >= HANDSHAKE_WAITS_S;
}

function stallOf(event: MailEvent, stage: MailStage): EventExplanation {
  const direction = event.direction ?? "outbound";
  if (direction === "outbound" && event.peer !== null && peerReachOf(event.peer) !== "network") return localStallOf(event, stage);
  const { when, means, next, not } = stallMeaningOf(direction, stage);
  const who = direction === "outbound" ? `The delivery to ${peerOf(event, direction)}` : `The session of ${peerOf(event, direction)}`;
  if (direction === "inbound" && stage === "body" && event.mta !== "postfix") {
    return { tells: `${who} ${howOf(event, direction, stage)} ${when}.`, ...UNCOUNTED };
  }
  if (direction === "outbound" && PEER_TIMER.test(event.reason ?? "")) {
    return { tells: `${who} ${howOf(event, direction, stage)} ${when}.`, ...PEER_WAITED };
  }
  const counted = direction === "inbound" && isContentStage(stage) ? bytesSentence(event) : null;
  const nextStep =
    counted === null
      ? next
      : "Compare the byte counts of this client's other lines: one count that comes again and again points to a device, differing ones to the sender.";
  return { tells: `${who} ${howOf(event, direction, stage)} ${when}.`, means: counted ?? means, next: nextStep, not };
}

/** The peer's own timer ended the wait. */
const PEER_WAITED = {
  means:
    "The receiving server waited for bytes that did not arrive: packets towards it are lost on the way (full-size ones in a path MTU black hole), or this server paused.",
  next: "Probe the host: it is tested with small and with full-size packets, and the report names the size that is lost.",
  not: "A refusal: the server only reports that it stopped waiting.",
} as const;

/** Exim and Sendmail do not log how much of the content had arrived. */
const UNCOUNTED = {
  means:
    "The line does not say how much of the content had arrived. If full-size packets are lost on the way here (a path MTU black hole), small messages of this client arrive and large ones do not.",
  next: "See whether small messages of the same client arrive. A packet capture on this server shows whether its full-size packets do.",
  not: "A sender that gives up on its own: that happens to messages of any size.",
} as const;

/** A content filter or mailbox service on this machine. */
function localStallOf(event: MailEvent, stage: MailStage): EventExplanation {
  return {
    tells: `The delivery to ${peerOf(event, "outbound")} on this machine ${howOf(event, "outbound", stage)} ${stallMeaningOf("outbound", stage).when}.`,
    means: "The content filter or mailbox service behind it is down, overloaded or too slow.",
    next: "Check that the service runs and answers; a slow one leaves mail both delivered and queued.",
    not: LOCAL,
  };
}

function howOf(event: MailEvent, direction: Direction, stage: MailStage): string {
  if (PEER_TIMER.test(event.reason ?? "") && direction === "outbound") {
    return "was ended by the server, whose own timer (usually 300 seconds) ran out before ours did,";
  }
  if (event.event === "lost-connection" || /lost connection|closed connection|reset/i.test(event.reason ?? ""))
    return "lost its connection";
  const timer = stageTimerOf(event.mta, direction, stage, event.program.endsWith("/lmtp"));
  return timer === null ? "timed out" : `timed out (${timer.name}, ${timer.seconds} seconds by default)`;
}

/** What the byte count of a single loss says. */
function bytesSentence({ bytes }: MailEvent): string | null {
  if (bytes === null) return null;
  const pile = receivedPileOf({ receivedBytes: [{ bytes, count: 1 }], receivedBytesOther: 0 });
  if (pile !== null && pile.kind !== "scattered") return pileSentence(pile);
  return `${bytes} bytes of the content had come, so full-size packets do arrive up to there: the sender gave up, was cut off by a limit, or something on the way stops at that size.`;
}

function troubleOf(event: MailEvent): EventExplanation {
  const { trouble } = event;
  const what = trouble === undefined || LOG_TROUBLES[trouble] !== event.event ? reasonOf(event) : TROUBLE_PHRASES[trouble];
  return {
    tells: `This server reports: ${what}.`,
    means: null,
    next: "Count such lines over a day, and see the remedies for that kind of problem in the playbook.",
    not: event.event === "content-filter" ? LOCAL : null,
  };
}

function peerOf({ peer }: MailEvent, direction: Direction): string {
  return peerLabel({ ...(peer ?? { name: null, address: null, port: null }), direction });
}

function reasonOf({ reason, event }: MailEvent): string {
  return printable(reason ?? event, REASON_CAP).replace(/\.$/, "");
}
