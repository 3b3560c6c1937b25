/**
 * Is it us? Control hosts have nothing to do with the target: when they fail in the same way, the cause is on our side of
 * the network, and no target is blamed. Outcomes: port 25 does not get out; packets are limited near us; nothing of the kind.
 *
 * One control alone may be broken itself, so it makes a suspicion only; one that works acquits us.
 */
import type { Confidence, ControlResult, HopOwner, MailHostObservation, ProbeObservation } from "@mxray/contracts";
import { SMTP_PORT } from "@mxray/contracts";

interface BlockedPort {
  readonly confidence: Confidence;
  /** The controls that did not connect either. */
  readonly controls: readonly ControlResult[];
  /** As far as SYNs to the port get; TTL 0 is this machine. */
  readonly at: HopOwner | null;
}

interface OwnMtu {
  readonly confidence: Confidence;
  /** The largest packet that gets out, bytes. */
  readonly mtu: number;
  readonly controls: readonly ControlResult[];
}

export interface OwnTrouble {
  readonly blockedPort: BlockedPort | null;
  readonly mtu: OwnMtu | null;
}

/** With controls that fail alike, a block so near belongs to us or our provider. */
const NEAR_HOPS = 2;
const FAILED_TO_CONNECT = new Set(["timeout", "unreachable", "refused", "reset"]);

export function ownTroubleOf(observation: ProbeObservation): OwnTrouble {
  return { blockedPort: blockedPortOf(observation), mtu: ownMtuOf(observation) };
}

/** The host could not be connected to, for a reason that lies on the way or at its end. */
export function failedToConnect(host: MailHostObservation): boolean {
  const connect = host.stages.find(({ stage }) => stage === "connect");
  return connect !== undefined && connect.outcome !== "ok" && connect.cause !== null && FAILED_TO_CONNECT.has(connect.cause);
}

function blockedPortOf({ hosts, controls }: ProbeObservation): BlockedPort | null {
  const failed = hosts.filter((host) => host.port === SMTP_PORT && failedToConnect(host));
  if (failed.length === 0 || hosts.some(({ stages }) => stages.some(({ stage, outcome }) => stage === "connect" && outcome === "ok"))) {
    return null;
  }
  const tried = controls.filter(({ stage, outcome }) => stage !== "resolve" && outcome !== "skipped" && outcome !== "not-tested");
  const stopped = tried.filter(
    ({ stage, outcome, cause }) => stage === "connect" && outcome !== "ok" && FAILED_TO_CONNECT.has(cause ?? ""),
  );
  if (stopped.length < tried.length) return null;

  const causes = new Set(failed.map(({ stages }) => stages.find(({ stage }) => stage === "connect")?.cause));
  const alike = stopped.filter(({ cause }) => causes.has(cause));
  const places = [...failed.map(({ path }) => path.portBlockedAt), ...stopped.map(({ blockedAt }) => blockedAt)].filter(
    (place) => place !== null,
  );
  const nearest = places.sort((a, b) => a.ttl - b.ttl)[0] ?? null;
  const near = nearest !== null && nearest.ttl <= NEAR_HOPS && failed.every((host) => !endsAtTarget(host, nearest)) ? nearest : null;
  if (alike.length >= 2) return { confidence: near === null ? "likely" : "proven", controls: alike, at: near };
  if (near !== null && (near.ttl === 0 || alike.length > 0)) return { confidence: "likely", controls: alike, at: near };
  // On one target's word a block behind our own router is a suspicion, and one farther away none: it may be a partner's firewall.
  if (near !== null && near.ttl === 1) return { confidence: "suspected", controls: alike, at: near };
  return alike.length === 1 ? { confidence: "suspected", controls: alike, at: null } : null;
}

/** The SYNs end right before the mail host: its own firewall, however near it is to us. */
function endsAtTarget({ path, address }: MailHostObservation, place: HopOwner): boolean {
  const last = path.hops.findLast(({ small }) => small !== "silent");
  if (last === undefined) return false;
  return place.address === address || (last.final && place.ttl >= last.ttl);
}

function ownMtuOf({ hosts, controls }: ProbeObservation): OwnMtu | null {
  const holes = hosts.filter(({ path }) => path.outbound.verdict === "black-hole");
  const tested = controls.filter(({ outbound }) => outbound !== null && outbound.mtu !== null);
  for (const { path } of holes) {
    const { mtu, confidence } = path.outbound;
    if (mtu === null) continue;
    // A control that takes larger packets acquits us.
    if (tested.some(({ outbound }) => outbound !== null && outbound.mtu !== null && outbound.mtu > mtu)) return null;
    const alike = tested.filter(({ outbound }) => outbound?.verdict === "black-hole" && outbound.mtu === mtu);
    if (alike.length === 0) continue;
    return { mtu, controls: alike, confidence: alike.length >= 2 ? (confidence ?? "suspected") : "suspected" };
  }
  return null;
}
