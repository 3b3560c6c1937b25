/**
 * What a round found, without what differs from one round to the next although nothing has changed: times, counts, numbers in
 * greetings, and the packets that were sent. Two rounds with the same key need one observation between them. Pure.
 */
import { createHash } from "node:crypto";
import {
  type ControlResult,
  type Finding,
  findingIdentity,
  type MailHostObservation,
  type PathObservation,
  type ProbeObservation,
  type RoundMeasures,
} from "@mxray/contracts";

export interface RoundFacts {
  readonly key: string;
  readonly hosts: readonly RoundMeasures[];
}

/** Hexadecimal digits of SHA-256: two different rounds of one watch never have the same by chance. */
const KEY_LENGTH = 16;

/** @param findings what was recorded of the round */
export function roundFacts(observation: ProbeObservation, findings: readonly Finding[]): RoundFacts {
  const found = {
    ended: observation.ended,
    resolution: observation.resolution,
    tlsDemand: observation.tlsDemand,
    vantage: observation.vantage,
    hosts: observation.hosts.map(hostFound),
    controls: observation.controls.map(controlFound),
    findings: findings.map(({ code, severity, confidence, subject, subjects, title, absorbs }) => ({
      ...{ code, severity, confidence, subject, subjects, title, absorbs },
    })),
    identities: findings.map(findingIdentity),
  };
  const key = createHash("sha256").update(JSON.stringify(found)).digest("hex").slice(0, KEY_LENGTH);
  return { key, hosts: observation.hosts.map(measured) };
}

function hostFound({ name, address, port, preference, stages, greeting, ehlo, tls, path, endOfData, leftOut }: MailHostObservation) {
  const { handshakeMs: _ms, ...session } = tls ?? {};
  return {
    ...{ name, address, port, preference, ehlo, endOfData, leftOut },
    tls: tls === null ? null : session,
    greeting: { mask: greeting.mask, words: wordsOf(greeting.text) },
    stages: stages.map(({ stage, outcome, cause, reply }) => [stage, outcome, cause, reply?.code ?? null, reply?.enhanced ?? null]),
    path: pathFound(path),
  };
}

function pathFound({ outbound, inbound, window, hops, differs, commandInspection, ...path }: PathObservation) {
  const { verdict, mtu, confidence, limitedBy, exact, release, narrow, cliffAt, cliffStop } = outbound;
  return {
    ...path,
    outbound: { verdict, mtu, confidence, limitedBy, exact, release, narrow, cliffAt, cliffStop },
    inbound: [inbound.verdict, inbound.mtu, inbound.confidence, inbound.exact, inbound.clampedMss],
    scaling: window?.scaling,
    hops: hops.map(({ ttl, address, small, large, largeMtu }) => [ttl, address, small, large, largeMtu]),
    differs: differs === undefined || differs === null ? null : [differs.confidence, differs.mtu],
    commandInspection: commandInspection?.confidence,
  };
}

function controlFound({ host, address, stage, outcome, cause, outbound, blockedAt }: ControlResult) {
  return { host, address, stage, outcome, cause, outbound, blockedAt };
}

function measured({ stages, path, connections = [] }: MailHostObservation): RoundMeasures {
  return {
    outboundMtu: path.outbound.mtu,
    inboundMtu: path.inbound.mtu,
    stagesMs: stages.map(({ ms }) => ms),
    connections: connections.length,
    rungs: path.outbound.rungs.length,
  };
}

/** Of a greeting such as `220 mx.example.com ESMTP a640c23a62f3 - gsmtp`: its words without those that have digits, which count. */
function wordsOf(text: string | null): string | null {
  return text?.replaceAll(/\S*\d\S*/g, "#") ?? null;
}
