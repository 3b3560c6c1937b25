/**
 * Whether other connections have the same result: routers that spread load over several paths choose one by a hash of ports
 * or flow labels, so that a small link on one of them meets some connections only. Asked last, with what connections are left.
 */
import type { Confidence } from "@mxray/contracts";
import { type ConnectionComparison, compareConnections, comparisonConfidence } from "../path/connection-comparison.ts";
import { noopCarrier } from "../path/noop-carrier.ts";
import { isLoss, type ObservedRung } from "../path/observed-rung.ts";
import { boundsOf, NO_SEARCH, searchPath } from "../path/path-search.ts";
import { isConfirmedSize } from "../path/path-statistics.ts";
import { openSession } from "../session/open-session.ts";
import type { HostRecord } from "./host-record.ts";

/** With two paths, eight connections miss one of them less than once in a hundred times, four once in eight times. */
const FURTHER = { most: 7, mixed: 4 } as const;
/** A host that takes longer than this to let us in is not asked again and again. */
const SLOW_OPENING_MS = 3000;
/** What further connections may take in all; those that a verdict lacks are made all the same. */
const COMPARISON_MS = { hole: 2400, clear: 1500 } as const;
const LEAST_FURTHER = { hole: 3, clear: 1 } as const;

export async function compareOtherPaths(record: HostRecord): Promise<void> {
  const plan = planOf(record);
  if (plan === null) return;
  const found: ObservedRung[] = [];
  let comparison = compareConnections(record.outbound.rungs, plan.size);
  // Connections that confirmed the size from ports of their own have shown it, too.
  const known = portsOf(record, comparison.lossy) - 1;
  const most = () => plan.further + (comparison.differ ? FURTHER.mixed : -known);
  for (let each = 0; each < most() && !isSure(comparison, record); each += 1) {
    const rungs = await offerOnce(record, plan.size);
    if (rungs === null) break;
    found.push(...rungs);
    comparison = compareConnections([...record.outbound.rungs, ...found.map(({ rung }) => rung)], plan.size);
  }
  noteReport(record, plan.size, found);
  const confidence = confidenceIn(comparison, record);
  // One packet that was lost is no path.
  if (comparison.differ && confidence !== "suspected") note(record, { ...comparison, confidence }, found);
}

/** A router reported the size in the end: the kernel sends nothing larger since, and what was lost before was lost without a report. */
function noteReport(record: HostRecord, size: number, found: readonly ObservedRung[]): void {
  const { search, outbound } = record;
  if (search === null || outbound.verdict !== "black-hole") return;
  const learned = found
    .map(({ rung }) => rung)
    .find((rung) => rung.outcome === "resized" || (rung.outcome === "acked" && rung.size < size));
  if (learned !== undefined) record.judgeSearch({ ...search, resizedTo: learned.outcome === "resized" ? size - 1 : learned.size });
}

/** From how many ports these connections were made, at least one. */
function portsOf({ context }: HostRecord, connections: readonly number[]): number {
  const records = context.connections.records.filter(({ n }) => connections.includes(n));
  return Math.max(1, new Set(records.map(({ local }) => local)).size);
}

/** Null where there is nothing to compare, or the host should not be asked. */
function planOf(record: HostRecord): { size: number; further: number } | null {
  const { outbound, facts, opened, context } = record;
  const { verdict, mtu, rungs } = outbound;
  const mask = opened?.greeting.mask ?? "none";
  const opening = ["connect", "greeting", "ehlo"] as const;
  const ms = opening.reduce((sum, stage) => sum + (record.stage(stage)?.ms ?? 0), 0);
  if (facts.blind || record.sentAway || !record.wants("noop-ladder") || record.commandInspection !== null || mtu === null) return null;
  if (mask === "pix" || mask === "full" || ms > SLOW_OPENING_MS || record.windowClosedToTests) return null;
  const lost = rungs.filter((rung) => rung.unit === "packet" && isLoss(rung)).map(({ size }) => size);
  switch (verdict) {
    case "clear":
    case "lossy":
      // The smallest size that was ever lost, or the largest that there is.
      if (lost.length > 0) return { size: Math.min(...lost), further: FURTHER.mixed };
      if (verdict !== "clear" || context.options.largePayloads === false) return null;
      return { size: mtu, further: furtherFor("clear", ms) };
    case "black-hole":
      return outbound.confidence === "suspected" ? null : { size: mtu + 1, further: furtherFor("hole", ms) };
    case "pmtud-works":
    case "cliff":
    case "inconclusive":
    case "not-tested":
      return null;
  }
}

/** @param openingMs from the SYN to the reply to EHLO, milliseconds */
function furtherFor(verdict: "hole" | "clear", openingMs: number): number {
  const affordable = Math.floor(COMPARISON_MS[verdict] / Math.max(1, openingMs));
  return Math.max(LEAST_FURTHER[verdict], Math.min(FURTHER.most, affordable));
}

function confidenceIn(comparison: ConnectionComparison, { outbound, meter }: HostRecord): Confidence {
  return comparisonConfidence(comparison, { hole: outbound.verdict === "black-hole" ? outbound.confidence : null, small: meter.total });
}

/** No further connection would add to what is known. */
function isSure(comparison: ConnectionComparison, record: HostRecord): boolean {
  return comparison.differ && confidenceIn(comparison, record) === "proven";
}

/** One packet on one further connection; where it is lost and the connection lives on, the size that fits there. */
async function offerOnce(record: HostRecord, size: number): Promise<readonly ObservedRung[] | null> {
  const { context, meter } = record;
  const { session } = await openSession(context, { purpose: "hashed-paths", ...record.otherWay() });
  if (session === null) return null;
  // Where there is a hole, that this way has it as well is all there is to see.
  const glance = record.outbound.verdict === "black-hole";
  const carrier = noopCarrier(context, meter, { reopens: () => 0, reopen: async () => null, glance });
  const carried = await carrier.offer(session, Math.min(size, carrier.largest(session)), true);
  if (carried.usable && isLoss(carried.rung)) {
    const one = { ...carrier, perConnection: carrier.perConnection - 1 };
    const search = await searchPath(context, one, session, meter, { known: { ...NO_SEARCH, rungs: [carried] } });
    search.session?.connection.reset();
    return search.rungs;
  }
  if (carried.usable) session.connection.close();
  else session.connection.reset();
  return [carried];
}

function note(record: HostRecord, comparison: ConnectionComparison & { confidence: Confidence }, found: readonly ObservedRung[]): void {
  const { outbound, search } = record;
  const { lossy, clear, confidence } = comparison;
  const rungs = [...(search?.rungs ?? []), ...found].filter(({ rung }) => lossy.includes(rung.connection));
  const bounds = boundsOf(rungs, record.facts.family, null);
  const exact = bounds !== null && bounds.lost === bounds.passed + 1 && isConfirmedSize(rungs, bounds.passed);
  const mtu = exact ? bounds.passed : null;
  record.differs = { confidence, connections: lossy.length + clear.length, lossy: lossy.length, mtu };
  const all = [...outbound.rungs, ...found.map(({ rung }) => rung)];
  const reason = `On some connections only: ${lossy.length} of ${lossy.length + clear.length} lose every packet of ${mtu === null ? "full size" : `more than ${mtu} bytes`}, the others none.`;
  record.judge(
    mtu !== null
      ? { ...outbound, verdict: "black-hole", mtu, confidence, exact, rungs: all, reason }
      : { ...outbound, verdict: "inconclusive", mtu: null, confidence: null, exact: false, rungs: all, reason },
  );
}
