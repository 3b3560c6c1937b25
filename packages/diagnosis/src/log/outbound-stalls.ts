/**
 * `log-outbound-stalls`: deliveries to a peer time out or lose their connection while the message or its end is sent, more
 * often than happens everywhere (peer-stalls.ts). What it means depends on where it stops: in the body, more was to be sent
 * than the socket took, so nothing was acknowledged; at the end of data the whole message had been handed to the kernel.
 */
import { type ClassCount, isContentStage, type LogPeer, type MailStage, sizeClassBounds } from "@mxray/contracts";
import { chanceText, countText, listText, percentText, timeText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { PeerRule } from "./log-rule.ts";
import { findingOfPeer, peerLabel } from "./peer-finding.ts";
import { independence, judgeStalls, type StallVerdict } from "./peer-stalls.ts";
import { LARGEST_PACKET } from "./size-verdict.ts";
import { stageTimerOf } from "./stage-timers.ts";

export const findOutboundStalls: PeerRule = (peer, { statistics, looks, rates }) => {
  if (peer.direction !== "outbound") return [];
  const verdict = judgeStalls(peer, looks.outbound, rates.outbound);
  if (verdict === null) return [];
  const { stalls, confidence } = verdict;
  const messages = stalls.messages > 0 ? ` (${countText(stalls.messages, "message")})` : "";
  const delivered = peer.sent === 0 ? "none succeeded" : `${peer.sent} succeeded`;
  return [
    findingOfPeer(peer, {
      code: "log-outbound-stalls",
      confidence,
      title: `Deliveries to ${peerLabel(peer)} hang during transmission`,
      summary: `${countText(stalls.all, "attempt")}${messages} failed at this point; ${delivered}. ${meaningOf(peer)}${largeOnes(peer)}`,
      evidence: evidenceOf(peer, verdict, looks.outbound, new LogEvidence(statistics)).rows,
    }),
  ];
};

/** What fills whole packets and arrives nevertheless, since the first stall. */
function largeOnes({ sizes }: LogPeer): string {
  const large = sizes.filter((size) => sizeClassBounds(size.class).from > LARGEST_PACKET);
  const [arrived, hung] = [sum(large, ({ sentSince }) => sentSince), sum(large, ({ stalled }) => stalled)];
  if (arrived <= hung) return "";
  return ` But of the messages of more than ${LARGEST_PACKET} bytes ${arrived} arrived since the first stall, and ${hung} stalled: a black hole on the only path would let none through. Look for a line that loses packets, one of several paths with a smaller link, or a host that is too slow at times.`;
}

function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

function meaningOf({ stalls, pix }: LogPeer): string {
  const count = (wanted: MailStage) =>
    sum(
      stalls.filter(({ stage }) => stage === wanted),
      ({ timeouts, losses }) => timeouts + losses,
    );
  if (count("body") >= count("end-of-data")) {
    return "Transmission stops in the middle of the message: full-size packets seem to be lost on the way (a path MTU black hole), or a firewall that inspects SMTP drops them. A slow content filter would show at the end of the message instead.";
  }
  const masked = pix.length > 0 ? " Its greeting is masked, which makes the firewall the first suspect." : "";
  return `The whole message was handed over and never confirmed. Three faults look like this: a path MTU black hole, for messages that fit the send buffer; a firewall that loses a final dot split over two packets; a filter at the other end that takes longer than the time-out.${masked} If only large messages fail, it is the path MTU. The message may arrive more than once.`;
}

function evidenceOf(peer: LogPeer, verdict: StallVerdict, looks: number, evidence: LogEvidence): LogEvidence {
  const { stalls, chance, rate } = verdict;
  for (const { stage, timeouts, losses } of peer.stalls) {
    const content = isContentStage(stage);
    const what = [
      ...(timeouts > 0 ? [`${countText(timeouts, "attempt")} timed out`] : []),
      ...(losses > 0 ? [`${countText(losses, "connection")} lost`] : []),
    ];
    if (what.length > 0) {
      const at = content ? peer.lastStalled : null;
      evidence.add(`${STAGE_PHRASES[stage] ?? `At the stage ${stage}`}: ${listText(what)}.`, { stage, timeouts, losses }, at);
    }
  }
  for (const row of firedTimers(peer.stallSeconds)) evidence.add(row.text, row.data);
  if (peer.firstStalled !== null) {
    const last = peer.lastSent === null ? "" : ` The last delivery that succeeded was at ${timeText(peer.lastSent)}.`;
    evidence.add(
      `The first was at ${timeText(peer.firstStalled)}, the last at ${timeText(peer.lastStalled ?? peer.firstStalled)}.${last}`,
      {
        firstStalled: peer.firstStalled,
        lastStalled: peer.lastStalled,
        lastSent: peer.lastSent,
      },
    );
  }
  evidence.add(
    `Where up to ${percentText(rate)} of attempts stall anyway, the chance of seeing this is ${chanceText(chance)}${looks > 1 ? ` for any of ${looks} peers` : ""}.`,
    { chance, rate, stalls: stalls.all, messages: stalls.messages, sent: peer.sent, looks },
  );
  evidence.add(...independence(verdict));
  return evidence.addLines(peer.examples.stalled);
}

const STAGE_PHRASES: Partial<Record<MailStage, string>> = {
  body: "While the message was sent",
  "end-of-data": "While the end of the message was awaited",
  starttls: "While TLS was negotiated (what is lost there is the other side's certificate, the first large packet towards us)",
  rcpt: "While the recipients were given",
};

/** Attempts that lasted as long as one of Postfix's timers for content; a class is at most an eighth wide. */
function firedTimers(seconds: readonly ClassCount[]): { readonly text: string; readonly data: Record<string, unknown> }[] {
  const total = sum(seconds, ({ count }) => count);
  return (["body", "end-of-data"] as const).flatMap((stage) => {
    const timer = stageTimerOf("postfix", "outbound", stage);
    if (timer === null) return [];
    const fired = seconds
      .filter((entry) => {
        const { from, to } = sizeClassBounds(entry.class);
        return from <= timer.seconds && timer.seconds <= to;
      })
      .reduce((sum, { count }) => sum + count, 0);
    if (fired === 0) return [];
    const text = `${fired} of ${total} spent about ${timer.seconds} seconds on the transmission, the default of Postfix's ${timer.name}.`;
    return [{ text, data: { timer: timer.name, seconds: timer.seconds, fired, of: total } }];
  });
}
