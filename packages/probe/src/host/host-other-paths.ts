/**
 * Whether other connections fare alike: routers that spread load over several paths choose one by a hash of addresses and
 * ports, so that a small link on one of them meets some source ports only. Asked last, with what connections are left.
 */
import type { PathDifference } from "@mxray/contracts";
import { noopCarrier } from "../path/noop-carrier.ts";
import { type CarriedRung, NO_SEARCH, type RungCarrier, searchPath } from "../path/path-search.ts";
import { isLoss } from "../path/path-statistics.ts";
import { openSession } from "../session/open-session.ts";
import type { HostRecord } from "./host-record.ts";

/** With two paths, four ports miss one of them once in eight times, three once in four. */
const FURTHER_PORTS = { clear: 3, hole: 2 } as const;
/** On a port whose packet was lost: more losses, before it counts as the path's doing. */
const REPETITIONS = 2;
/** A host that takes longer than this to let us in is not asked again and again. */
const SLOW_OPENING_MS = 3000;

interface Compared {
  readonly port: number;
  readonly carried: CarriedRung;
}

export async function compareOtherPaths(record: HostRecord): Promise<void> {
  const plan = planOf(record);
  if (plan === null) return;
  const others: Compared[] = [];
  while (others.length < plan.ports) {
    const compared = await offerFrom(record, plan.size, null);
    if (compared === null) break;
    others.push(compared);
    if (isLoss(compared.carried.rung) !== plan.lossy) break;
  }
  const other = others.find(
    ({ carried }) => isLoss(carried.rung) !== plan.lossy && (isLoss(carried.rung) || carried.rung.outcome === "acked"),
  );
  if (other === undefined) return;
  const ports = others.length + 1;
  if (plan.lossy) {
    const { mtu, confidence } = record.outbound;
    note(record, { ports, lossy: ports - 1, mtu, confidence: confidence ?? "suspected" }, others);
    return;
  }
  await confirm(record, { ...other, size: plan.size, ports }, others);
}

/** Null where there is nothing to compare, or the host should not be asked. */
function planOf(record: HostRecord): { size: number; ports: number; lossy: boolean } | null {
  const { outbound, facts, opened, context } = record;
  const mask = opened?.greeting.mask ?? "none";
  const opening = ["connect", "greeting", "ehlo"] as const;
  const ms = opening.reduce((sum, stage) => sum + (record.stage(stage)?.ms ?? 0), 0);
  if (facts.blind || record.sentAway || !record.wants("noop-ladder") || record.commandInspection !== null || outbound.mtu === null)
    return null;
  if (mask === "pix" || mask === "full" || ms > SLOW_OPENING_MS || record.windowClosedToTests) return null;
  // Only what commands show can be compared by commands.
  const commands = outbound.rungs.some(({ ladder, size, outcome }) => ladder === "noop" && size === outbound.mtu && outcome === "acked");
  switch (outbound.verdict) {
    case "clear":
      return commands && context.options.largePayloads !== false ? { size: outbound.mtu, ports: FURTHER_PORTS.clear, lossy: false } : null;
    case "black-hole":
      return outbound.confidence === "suspected" ? null : { size: outbound.mtu + 1, ports: FURTHER_PORTS.hole, lossy: true };
    case "pmtud-works":
    case "cliff":
    case "lossy":
    case "inconclusive":
    case "not-tested":
      return null;
  }
}

/** The other way loses this packet time and again while the first one carries it: then its MTU. */
async function confirm(record: HostRecord, other: Compared & { size: number; ports: number }, others: readonly Compared[]): Promise<void> {
  const { context, meter } = record;
  const again: Compared[] = [];
  while (again.length < REPETITIONS) {
    const compared = await offerFrom(record, other.size, other.port);
    if (compared === null || !isLoss(compared.carried.rung)) return;
    again.push(compared);
  }
  const first = await offerFrom(record, other.size, record.firstPort);
  if (first === null || first.carried.rung.outcome !== "acked") return;
  const rungs = [other, ...again].map(({ carried }) => carried);
  const found = await searchPath(context, carrierFrom(record, other.port), null, meter, { known: { ...NO_SEARCH, rungs } });
  found.session?.connection.reset();
  const { verdict, mtu, confidence } = record.verdictOf(found);
  const known = verdict === "black-hole" && confidence !== "suspected";
  note(record, { ports: other.ports, lossy: 1, mtu: known ? mtu : null, confidence: (known ? confidence : null) ?? "likely" }, others);
}

function note(record: HostRecord, differs: PathDifference, others: readonly Compared[]): void {
  record.differs = differs;
  const reason = `${record.outbound.reason} That is so on some connections only: of ${differs.ports} source ports, ${differs.lossy} lose larger packets.`;
  record.judge({ ...record.outbound, reason, rungs: [...record.outbound.rungs, ...others.map(({ carried }) => carried.rung)] });
}

/** @param port the way of an earlier connection; null takes any */
async function offerFrom(record: HostRecord, size: number, port: number | null): Promise<Compared | null> {
  const { session } = await openSession(record.context, { purpose: "hashed-paths", ...(port === null ? {} : { localPort: port }) });
  if (session === null) return null;
  const carrier = carrierFrom(record, null);
  const carried = await carrier.offer(session, Math.min(size, carrier.largest(session)), true);
  if (carried.usable) session.connection.close();
  else session.connection.reset();
  return { port: session.connection.localPort, carried };
}

function carrierFrom(record: HostRecord, port: number | null): RungCarrier {
  const { context, meter } = record;
  const reopens = () => (port === null ? 0 : context.budget.left("hashed-paths"));
  const reopen = async () =>
    reopens() > 0 && port !== null ? (await openSession(context, { purpose: "hashed-paths", localPort: port })).session : null;
  return noopCarrier(context, meter, { reopens, reopen });
}
