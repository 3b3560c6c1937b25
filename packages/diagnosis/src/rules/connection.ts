/**
 * Whether the host can be connected to: `connect-refused`, `connect-timeout`, and in its place `ipv6-unreachable` where the
 * same host answers on IPv4. Silent where port 25 is blocked on our side.
 */
import {
  type Finding,
  hopLabel,
  hostLabel,
  hostLabelWithAddress,
  type MailHostObservation,
  type ProbeObservation,
  type StageResult,
} from "@mxray/contracts";
import { EvidenceLog, findingOfHost } from "../finding-draft.ts";
import { durationText } from "../number-text.ts";
import { type HostRule, type RuleContext, reasonOf, stageOf } from "./rule.ts";

export const findConnection: HostRule = (host, context) => {
  const connect = stageOf(host, "connect");
  if (connect === null || connect.outcome === "ok" || context.own.blockedPort !== null) return [];
  switch (connect.cause) {
    case "refused":
    case "reset":
      return [refused(host, connect, context)];
    case "timeout":
      return [unreachable(host, connect, context, "does not answer connections")];
    case "unreachable":
      return [unreachable(host, connect, context, "cannot be reached")];
    default:
      return [];
  }
};

/** The same mail host at an IPv4 address that this probe could connect to. */
function answeringOnIpv4(host: MailHostObservation, { hosts }: ProbeObservation): MailHostObservation | null {
  const answers = (other: MailHostObservation) =>
    other.family === 4 && other.name === host.name && other.port === host.port && stageOf(other, "connect")?.outcome === "ok";
  return host.name === null ? null : (hosts.find(answers) ?? null);
}

function refused(host: MailHostObservation, connect: StageResult, { observation }: RuleContext): Finding {
  return findingOfHost(host, {
    code: "connect-refused",
    confidence: "proven",
    title: `${hostLabelWithAddress(host)} refuses connections`,
    summary: `The machine is there and answers at once, but no mail server listens on port ${host.port}, or a firewall in front of it rejects us. Senders keep the mail and try again.`,
    evidence: new EvidenceLog(observation).add(reasonOf(connect), { cause: connect.cause, ms: connect.ms }).rows,
  });
}

function unreachable(host: MailHostObservation, connect: StageResult, { observation }: RuleContext, what: string): Finding {
  const onIpv4 = host.family === 6 ? answeringOnIpv4(host, observation) : null;
  const evidence = new EvidenceLog(observation).add(reasonOf(connect), { cause: connect.cause, ms: connect.ms });
  const { hops, portBlockedAt } = host.path;
  if (portBlockedAt !== null) {
    evidence.add(
      `Our SYNs to port ${host.port} get as far as ${hopLabel(portBlockedAt)} (hop ${portBlockedAt.ttl}) and no farther, while other packets get on: a filter for that port is there or right behind.`,
      { ttl: portBlockedAt.ttl, address: portBlockedAt.address },
    );
  } else {
    const last = hops.findLast(({ small }) => small !== "silent");
    if (last !== undefined) {
      evidence.add(
        last.final
          ? `Other packets reach the machine itself (hop ${last.ttl}), so it is up; only port ${host.port} does not answer.`
          : `The last router that answers on the way is ${hopLabel(last)} (hop ${last.ttl}).`,
        { ttl: last.ttl, address: last.address },
      );
    }
  }
  const controls = observation.controls.filter(({ stage, outcome }) => stage !== "resolve" && !(stage === "connect" && outcome !== "ok"));
  if (controls.length > 0) {
    evidence.add(`Unrelated control hosts could be connected to at the same time (${controls.length}), so our own side is in order.`, {
      controls: controls.map((control) => control.host),
    });
  }
  if (onIpv4 !== null) {
    evidence.add(`The same host answers on IPv4, at ${onIpv4.address}.`, { ipv4: onIpv4.address });
    return findingOfHost(host, {
      code: "ipv6-unreachable",
      confidence: "proven",
      title: `${hostLabel(host)} does not answer on IPv6 [${host.address}], and does on IPv4`,
      summary: `No connection to port ${host.port} of ${host.address} could be made (${durationText(connect.ms)}); ${onIpv4.address} answers. Mail is delayed, not lost: a sender that tries IPv6 first waits for its connect time-out (30 s in Postfix) at each attempt and then uses IPv4. Until IPv6 works, prefer or use only IPv4 for this host.`,
      evidence: evidence.rows,
    });
  }
  return findingOfHost(host, {
    code: "connect-timeout",
    confidence: "proven",
    title: `${hostLabel(host)}${host.name === null ? "" : ` [${host.address}]`} ${what}`,
    summary: `No connection to port ${host.port} could be established (${durationText(connect.ms)}): the machine is down, or a filter on the way throws our packets away. Senders keep the mail and try again.`,
    evidence: evidence.rows,
  });
}
