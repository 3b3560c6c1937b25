/** Observations for tests: a healthy mail host, from which a test takes away what it is about. */
import {
  type MailHostObservation,
  type OutboundPath,
  type PathObservation,
  type ProbeObservation,
  type ProbeReport,
  type Rung,
  STAGES,
  type Stage,
  type StageResult,
} from "@mxray/contracts";
import { diagnoseProbe } from "@mxray/diagnosis";

export interface HostParts {
  readonly stages?: Partial<Record<Stage, Partial<StageResult>>>;
  readonly outbound?: Partial<OutboundPath>;
  readonly inbound?: Partial<PathObservation["inbound"]>;
  readonly path?: Partial<PathObservation>;
  readonly host?: Partial<MailHostObservation>;
}

export function hostOf({ stages = {}, outbound = {}, inbound = {}, path = {}, host = {} }: HostParts = {}): MailHostObservation {
  return {
    name: "mx.example.test",
    address: "192.0.2.25",
    family: 4,
    port: 25,
    preference: 10,
    stages: STAGES.map((stage) => ({
      stage,
      outcome: stage === "end-of-data" ? "skipped" : "ok",
      ms: 1,
      reason: null,
      cause: stage === "end-of-data" ? "not-wanted" : null,
      reply: null,
      ...stages[stage],
    })),
    greeting: { text: "220 mx.example.test ESMTP", mask: "none" },
    ehlo: { keywords: ["STARTTLS"], masked: [], refused: false, helo: false },
    tls: null,
    endOfData: { whole: "not-tested", split: "not-tested", recipient: null, messageIds: [] },
    transcript: [],
    ...host,
    path: {
      localMtu: 1500,
      cachedMtu: null,
      mss: { ours: 1460, peer: null },
      kernel: { available: true, reason: null, tcpMtuProbing: 0, ipNoPmtuDisc: 0, timestamps: true, sack: true },
      lostBetween: null,
      hops: [],
      fragNeededFrom: null,
      portBlockedAt: null,
      ...path,
      outbound: { ...CLEAR, ...outbound },
      inbound: { verdict: "clear", mtu: 1500, confidence: "proven", clampedMss: null, reason: "", trials: [], ...inbound },
    },
  };
}

const CLEAR: OutboundPath = {
  verdict: "clear",
  mtu: 1500,
  confidence: "proven",
  rungs: [],
  reason: "A packet of 1500 bytes arrived.",
  statistics: null,
  cliffAt: null,
  limitedBy: "local-mtu",
};

/** Packets of more than 1400 bytes vanish. */
export const HOLE: HostParts = {
  stages: { "noop-ladder": { outcome: "stalled", cause: "timeout", reason: "Packets of 1401 bytes vanish." } },
  outbound: {
    verdict: "black-hole",
    mtu: 1400,
    limitedBy: null,
    reason: "Packets of 1400 bytes arrive and of 1401 bytes vanish.",
    rungs: [rungOf({ size: 1400 }), rungOf({ size: 1401, outcome: "stalled" })],
  },
};

export function rungOf(parts: Partial<Rung>): Rung {
  return {
    connection: 1,
    size: 1500,
    unit: "packet",
    ladder: "noop",
    outcome: "acked",
    ms: 1,
    retransmits: 0,
    at: 0,
    sacked: false,
    tls: false,
    clampedMss: null,
    ...parts,
  };
}

export function observationOf(hosts: readonly MailHostObservation[], over: Partial<ProbeObservation> = {}): ProbeObservation {
  return {
    schema: "mxray.probe/1",
    target: "example.test",
    vantage: { name: "local", host: "here", version: "0" },
    startedAt: "2026-03-01T10:00:00.000Z",
    durationMs: 1000,
    resolution: { kind: "mx", records: [], error: null, failure: null, unresolved: [] },
    hosts: [...hosts],
    controls: [],
    ended: null,
    ...over,
  };
}

export function reportOf(hosts: readonly MailHostObservation[], over: Partial<ProbeObservation> = {}): ProbeReport {
  const observation = observationOf(hosts, over);
  return { ...observation, findings: diagnoseProbe(observation) };
}
