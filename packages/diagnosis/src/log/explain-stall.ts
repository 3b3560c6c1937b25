/**
 * What a stall at a stage most often means, which side to look at next, and what it is easily taken for. Data, for one line
 * read by itself; what many lines say together is for the rules.
 */
import type { Direction, MailStage } from "@mxray/contracts";

export interface StallMeaning {
  /** A clause after "That happened": when in the dialogue. */
  readonly when: string;
  readonly means: string;
  readonly next: string;
  /** What it must not be confused with; null where nothing is near. */
  readonly not: string | null;
}

const PROBE_IT = "Probe the host: it is tested with small and with full-size packets, and the report names the size that is lost.";
const SMALL = "A path MTU black hole: everything sent up to this point fits small packets.";
const NO_MAIL = "This line alone asks for nothing; look for other lines of the same peer.";

const content = {
  body: {
    when: "while the message itself was sent",
    means:
      "The socket did not accept all data, and no data was acknowledged: full-size packets are lost on the way (a path MTU black hole), or a firewall that inspects SMTP drops them.",
    next: PROBE_IT,
    not: "A slow content filter: that shows at the end of the message.",
  },
  "end-of-data": {
    when: "while the answer to the end of the message was awaited",
    means:
      "The whole message fitted into the send buffer and then nothing came back: a path MTU black hole that a small message ran into, a firewall that loses the final dot, or a filter that takes longer than the time-out. The message may have arrived.",
    next: `${PROBE_IT} If messages of every size hang, suspect the filter at the other end.`,
    not: "A refusal: no answer came at all.",
  },
} as const satisfies Partial<Record<MailStage, StallMeaning>>;

const greeting: StallMeaning = {
  when: "before the server's greeting",
  means: "TCP connected, but the server said nothing: it is overloaded, delays unknown clients, or a firewall in front of it waits.",
  next: "Probe the host and see how long its greeting takes.",
  not: SMALL,
};
const envelope: StallMeaning = {
  when: "while the envelope was sent",
  means:
    "The server did not answer a sender or recipient: a slow lookup there. With pipelining the name says which answer was awaited, so a long list of recipients may also have filled a full-size packet that was lost.",
  next: PROBE_IT,
  not: "A refused recipient: that is answered with 4xx or 5xx.",
};
const ehlo: StallMeaning = {
  when: "at EHLO or HELO",
  means: "The server took the connection and fell silent at its first command: overload, or a firewall that rewrites SMTP.",
  next: "Probe the host: a masked greeting or rewritten keywords would show.",
  not: SMALL,
};
const other: StallMeaning = {
  when: "between messages",
  means: "No mail was under way, so none was lost.",
  next: NO_MAIL,
  not: null,
};

const OUTBOUND: Record<MailStage, StallMeaning> = {
  connect: {
    when: "while connecting",
    means: "No answer to the first packet: the host is down, or a firewall or provider blocks port 25 on the way.",
    next: "Probe the host, and one of another network: if neither answers, port 25 is blocked on your side.",
    not: SMALL,
  },
  greeting,
  ehlo,
  starttls: {
    when: "while TLS was negotiated",
    means:
      "The server's certificate is the first large packet towards us; if it never arrives, large packets are lost in that direction (a black hole from the host to us).",
    next: "Probe the host: both directions are measured.",
    not: "TLS versions that do not match: that fails at once, with an alert.",
  },
  auth: { ...ehlo, when: "while logging in", means: "The server did not answer the log-in: a slow password service there." },
  xforward: envelope,
  mail: envelope,
  rcpt: envelope,
  "data-command": {
    when: "before the server asked for the message",
    means: "The server thought about DATA for too long: slow checks of the envelope there.",
    next: "Ask the host's operator for its log of that minute.",
    not: SMALL,
  },
  ...content,
  rset: other,
  noop: other,
  vrfy: other,
  etrn: other,
  help: other,
  xclient: other,
  quit: other,
  unknown: {
    when: "at a step that the line does not name",
    means:
      "If it was while the message was sent, full-size packets may be lost on the way; if it was while connecting, the host is down or port 25 is blocked.",
    next: PROBE_IT,
    not: null,
  },
};

const early: StallMeaning = {
  when: "before it sent a message",
  means: "Scanners and clients that change their mind do so all day.",
  next: NO_MAIL,
  not: SMALL,
};

const INBOUND: Record<MailStage, StallMeaning> = {
  connect: early,
  greeting: early,
  ehlo: early,
  starttls: {
    when: "while TLS was negotiated",
    means: "Scanners do so; from a real mail server it can mean that our certificate, the first large packet to it, does not arrive.",
    next: "If it is a partner's server, probe it.",
    not: "TLS versions that do not match: those leave a line with the TLS error.",
  },
  auth: early,
  xforward: early,
  mail: early,
  rcpt: early,
  "data-command": {
    when: "at DATA, before any content came",
    means: "The client left before the content began, or the server is too old to count (Postfix before 2.5).",
    next: "Look for lines of the same client with a byte count.",
    not: null,
  },
  body: {
    when: "while the content was received",
    means: "The byte count shows where the flow stopped; this line has none.",
    next: "Look for lines of the same client with a byte count.",
    not: "A sender that gives up on its own: its counts differ from time to time.",
  },
  "end-of-data": {
    when: "after the end of the message",
    means: "The message was complete; our answer took too long or did not reach the sender, which will send it again: duplicates.",
    next: "See how long the content filter takes (milter or smtpd_proxy_filter).",
    not: SMALL,
  },
  rset: early,
  noop: early,
  vrfy: early,
  etrn: early,
  help: early,
  xclient: early,
  quit: early,
  unknown: { ...early, when: "at a step that the line does not name" },
};

export function stallMeaningOf(direction: Direction, stage: MailStage): StallMeaning {
  return direction === "outbound" ? OUTBOUND[stage] : INBOUND[stage];
}
