/** What is claimed about simulated logs, read and diagnosed as `mxray scan` does. */
import type { Buffer } from "node:buffer";
import type { Finding } from "@mxray/contracts";
import { diagnoseLog } from "@mxray/diagnosis/scan";
import { LogClock, LogReader, LogStatisticsCounter, machineTimeZone } from "@mxray/maillog/scan";
import { faultlessLog, type HoleDesign, holeLog } from "./simulated-log.ts";

/** Address of the peer behind the hole. */
const HOLE = { outbound: "192.0.2.0", inbound: "198.51.100.0" } as const;

function findingsIn(text: Buffer): Finding[] {
  const counter = new LogStatisticsCounter();
  const clock = new LogClock({ zone: machineTimeZone(), year: null, now: () => Date.UTC(2026, 3, 1) });
  const reader = new LogReader(clock, (entry, file, line) => counter.add(entry, file, line));
  reader.begin("mail.log");
  reader.push(text);
  reader.end();
  return diagnoseLog(counter.statistics());
}

export interface WrongClaim {
  readonly seed: number;
  readonly kind: string;
  readonly claims: readonly string[];
}

/** That messages wait is what the end of a log says, and no claim about a peer. */
const FACTS: ReadonlySet<Finding["code"]> = new Set(["log-deferred-backlog"]);

/** @returns null where a log without a fault shows nothing above a suspicion */
export function wrongClaimOf(seed: number): WrongClaim | null {
  const { sizes, stalls, text } = faultlessLog(seed);
  const wrong = findingsIn(text).filter(({ code, confidence }) => confidence !== "suspected" && !FACTS.has(code));
  const claims = wrong.map(({ code, confidence, subject }) => `${code} ${confidence} ${subject.address}`);
  return claims.length === 0 ? null : { seed, kind: `${sizes}, ${stalls}`, claims };
}

/** Whether the peer behind the hole has a finding, and one above a suspicion. */
export function recallOf(seed: number, design: HoleDesign): { readonly found: boolean; readonly sure: boolean } {
  const own = findingsIn(holeLog(seed, design)).filter(
    ({ code, subject }) => subject.address === HOLE[design.direction] && (code === "log-size-correlated" || code.endsWith("-stalls")),
  );
  return { found: own.length > 0, sure: own.some(({ confidence }) => confidence !== "suspected") };
}
