/**
 * `log-deferred-backlog`: mail that was deferred and had not left when the log ended. Each server has a few messages for
 * hosts that are dead, so a backlog is ten of them, or three that are at least a twentieth of what was sent. That they wait
 * is a fact; that it is no short trouble is surer the longer the oldest waits.
 */
import type { Confidence, DeferredBacklog, LogStatistics } from "@mxray/contracts";
import { findingOfTarget } from "../finding-draft.ts";
import { countText, durationText, percentText } from "../number-text.ts";
import { LogEvidence } from "./log-evidence.ts";
import type { LogRule } from "./log-rule.ts";
import { writerFacts } from "./peer-finding.ts";

const MANY = 10;
const FEW = 3;
const SHARE = 0.05;
/** By then the default schedule has made six attempts, ms. */
const LONG_MS = 4 * 3_600_000;
/** Greylisting and restarts are over by then, ms. */
const SHORT_MS = 3_600_000;
const DESTINATIONS_SHOWN = 8;

export const findDeferredBacklog: LogRule = ({ statistics }) => {
  const { backlog } = statistics;
  const sent = statistics.peers.filter(({ direction }) => direction === "outbound").reduce((sum, peer) => sum + peer.sent, 0);
  const share = backlog.waiting / Math.max(1, backlog.waiting + sent);
  if (backlog.waiting < MANY && (backlog.waiting < FEW || share < SHARE)) return [];
  const age = ageOf(backlog.oldest, statistics);
  const [first] = backlog.destinations;
  const most = first !== undefined && first.waiting * 2 > backlog.waiting ? ` ${first.waiting} of them are for ${first.name}.` : "";
  return [
    findingOfTarget({
      code: "log-deferred-backlog",
      confidence: confidenceOf(backlog, age),
      title: `${countText(backlog.waiting, "message")} ${backlog.waiting === 1 ? "waits" : "wait"} in the deferred queue`,
      summary: `They were deferred and had not left when the log ended; that is ${percentText(share)} of all mail to other hosts.${age === null ? "" : ` The oldest has waited for ${ageText(age)}.`}${most} A queue shared by few destinations points to them, one shared by many to this server or its line.`,
      facts: writerFacts(statistics.writers),
      evidence: evidenceOf(backlog, statistics).rows,
    }),
  ];
};

function ageOf(oldest: string | null, { to }: LogStatistics): number | null {
  if (oldest === null || to === null) return null;
  const age = Date.parse(to) - Date.parse(oldest);
  return Number.isNaN(age) ? null : Math.max(0, age);
}

function confidenceOf({ waiting }: DeferredBacklog, age: number | null): Confidence {
  if (age === null || age < SHORT_MS) return "suspected";
  return age >= LONG_MS && waiting >= MANY ? "proven" : "likely";
}

function evidenceOf({ destinations, others, waiting, oldest }: DeferredBacklog, statistics: LogStatistics): LogEvidence {
  const evidence = new LogEvidence(statistics).add(`${waiting} waiting at the end of the log.`, { waiting, oldest });
  const shown = destinations.slice(0, DESTINATIONS_SHOWN);
  for (const { name, waiting, oldest, example } of shown) {
    evidence.add(`${waiting} for ${name}.`, { destination: name, waiting, oldest }, oldest).addLines([example]);
  }
  const rest = destinations.slice(shown.length).reduce((sum, { waiting }) => sum + waiting, others);
  return rest === 0 ? evidence : evidence.add(`${rest} for other destinations.`, { waiting: rest });
}

function ageText(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return durationText(ms);
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
