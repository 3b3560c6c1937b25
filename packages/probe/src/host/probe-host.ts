/**
 * One mail host from connect to quit: the recipe. Connection A in clear as far as the DATA ladder, connection B for
 * STARTTLS, further ones only where something stalls; then, where it is called for, the hops and the other direction.
 *
 * Every stage gets a result, also those that had no chance. A host that says 421 or 554 is left alone from there on.
 * Whatever a stage waits for, the host's connections are ended and its observation is given when the probe's time is up.
 */
import type { MailHostObservation, NarrowLink, OutboundPath, ProbeEvent } from "@mxray/contracts";
import { isLoss } from "../path/observed-rung.ts";
import { partlyReportedSentence } from "../path/path-sentences.ts";
import { testEndOfData } from "../session/end-of-data.ts";
import type { HostContext } from "../session/host-context.ts";
import { climbHostData } from "./host-data.ts";
import { hostHopsOfBlockedPort, hostHopsOfLoss, hostHopsOfWorkingPath, nameHostHops } from "./host-hops.ts";
import { climbHostNoops } from "./host-noops.ts";
import { openHost } from "./host-opening.ts";
import { compareOtherPaths } from "./host-other-paths.ts";
import { finishOutbound } from "./host-outbound.ts";
import { HostRecord, type HostRequest } from "./host-record.ts";
import { searchWayBack, startHostTls } from "./host-tls.ts";

/** After the deadline, stages have this long to notice it and say how far they came. */
const LAST_WORD_MS = 400;

export async function probeHost(context: HostContext, request: HostRequest): Promise<MailHostObservation> {
  let over = false;
  // A stage that did not notice the end in time has nothing to add to an observation that is out.
  const emit = (event: ProbeEvent) => {
    if (!over) context.emit(event);
  };
  const record = new HostRecord({ ...context, emit }, request);
  const cut = new AbortController();
  const work = visitHost(record);
  try {
    await Promise.race([work, lastWord(context, cut.signal)]);
  } finally {
    cut.abort("over");
    over = true;
    work.catch(() => undefined);
    await context.connections.end();
  }
  return record.observation();
}

async function visitHost(record: HostRecord): Promise<void> {
  const { context } = record;
  const session = await openHost(record);
  if (session !== null) {
    const { usable, search } = await climbHostNoops(record, session);
    await climbHostData(record, usable, search);
    const stalled = await startHostTls(record);
    if (stalled !== null) await searchWayBack(record, stalled);
    await finishOutbound(record);
    await compareOtherPaths(record);
    await searchHopsOfLoss(record);
    await deliverToHost(record);
  } else {
    const { cause } = record.stage("connect") ?? {};
    if (cause === "timeout" || cause === "unreachable") record.hops = await hostHopsOfBlockedPort(context);
  }
  record.hops = await nameHostHops(context, record.hops);
}

async function searchHopsOfLoss(record: HostRecord): Promise<void> {
  const { verdict, mtu } = record.outbound;
  if (mtu !== null && verdict !== "black-hole" && record.context.options.trace === "always") {
    record.hops = await hostHopsOfWorkingPath(record.context, mtu);
  }
  if (verdict !== "black-hole" || mtu === null) return;
  record.hops = await hostHopsOfLoss(record.context, { lost: mtu + 1, largest: record.facts.localMtu, small: record.meter.total });
  const narrow = [...record.hops.narrow];
  record.judge(narrow.at(-1)?.icmp === "at-times" ? reportedAtTimes(record, mtu, narrow) : { ...record.outbound, narrow });
}

/** The message came for other packets than those of the search: discovery works once it comes for one of a message. */
function reportedAtTimes({ outbound, search, facts }: HostRecord, mtu: number, narrow: NarrowLink[]): OutboundPath {
  const unreported = search?.rungs.filter(({ rung }) => isLoss(rung) && rung.size > mtu).length ?? 0;
  const reason = partlyReportedSentence(mtu, unreported, facts.family);
  return { ...outbound, narrow, verdict: "pmtud-works", unreported, reason };
}

async function deliverToHost(record: HostRecord): Promise<void> {
  const { context, sentAway } = record;
  const { deliverTo } = context.options;
  if (deliverTo === undefined || !record.wants("end-of-data") || sentAway) return;
  record.begin("end-of-data");
  const { stage, endOfData } = await testEndOfData(context, deliverTo);
  record.record(stage);
  record.endOfData = endOfData;
}

/** Resolves when the probe's time is up and the stages have had their last word; never when `cut` comes first. */
async function lastWord({ signal, ports }: HostContext, cut: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true, signal: cut }));
  }
  await ports.clock.sleep(LAST_WORD_MS, cut);
}
