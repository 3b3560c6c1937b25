/**
 * Small observations for the rules' tests: a probe of one healthy mail host, of which a test says only what is different.
 * Whole and typed by the contract, so that no rule is tested with what no probe can say.
 */
import {
  type ConnectionRecord,
  type ControlResult,
  type Hop,
  type HopOwner,
  type InboundPath,
  type MailHostObservation,
  type OutboundPath,
  type PathObservation,
  type ProbeObservation,
  type ProbeReport,
  type Rung,
  STAGES,
  type Stage,
  type StageCause,
  type StageOutcome,
  type StageResult,
} from "@mxray/contracts";
import { probeReportOf } from "@mxray/diagnosis";

const HEALTHY_STAGES: readonly Stage[] = [
  "resolve",
  "connect",
  "greeting",
  "ehlo",
  "noop-ladder",
  "envelope",
  "data-ladder",
  "starttls",
  "quit",
];

export function stage(
  name: Stage,
  outcome: StageOutcome = "ok",
  cause: StageCause | null = null,
  reply: string | null = null,
): StageResult {
  return {
    stage: name,
    outcome,
    ms: 1234,
    reason: outcome === "ok" ? null : `What ${name} ran into.`,
    cause,
    reply: reply === null ? null : { code: Number(reply.slice(0, 3)), enhanced: null, text: reply },
  };
}

/** Healthy stages up to the given one, which ended otherwise; what comes after needs it and was skipped. */
export function stagesUntil(broken: StageResult): StageResult[] {
  const at = HEALTHY_STAGES.indexOf(broken.stage);
  return HEALTHY_STAGES.map((name, index) =>
    index === at ? broken : index < at || name === "quit" ? stage(name) : stage(name, "skipped", "needs"),
  );
}

export function rung(size: number, outcome: Rung["outcome"] = "acked", other: Partial<Rung> = {}): Rung {
  const unit = other.unit ?? "packet";
  return {
    connection: 1,
    size,
    unit,
    ladder: unit === "packet" ? "noop" : "data",
    outcome,
    ms: 1,
    retransmits: 0,
    at: 10,
    sacked: false,
    tls: false,
    clampedMss: null,
    ...other,
  };
}

export function outbound(other: Partial<OutboundPath> = {}): OutboundPath {
  return {
    verdict: "clear",
    mtu: 1500,
    confidence: null,
    rungs: [rung(600), rung(1500), rung(4096, "acked", { unit: "payload" })],
    reason: "A packet of 1500 bytes arrived.",
    statistics: null,
    cliffAt: null,
    limitedBy: "local-mtu",
    ...other,
  };
}

/** 1400 bytes pass, 1401 never do; released where asked. */
export function blackHole(other: Partial<OutboundPath> = {}): OutboundPath {
  return outbound({
    verdict: "black-hole",
    mtu: 1400,
    confidence: "proven",
    reason: "Packets of 1401 bytes were lost, of 1400 acknowledged.",
    rungs: [
      rung(1500, "released", { sacked: true }),
      rung(1280),
      rung(1400),
      rung(1401, "released", { sacked: true, at: 20 }),
      rung(1400, "acked", { at: 30 }),
      rung(1401, "stalled", { sacked: true, at: 40 }),
      rung(4096, "acked", { unit: "payload", clampedMss: 1360 }),
    ],
    statistics: { lossesAbove: 3, acksBetween: 2, releases: 2, smallSent: 60, smallLost: 0, lossUpperBound: 0.049, chance: 2.4e-8 },
    ...other,
  });
}

export function inbound(other: Partial<InboundPath> = {}): InboundPath {
  return {
    verdict: "clear",
    mtu: 1500,
    confidence: null,
    clampedMss: null,
    reason: "The certificate arrived in full-size packets.",
    trials: [],
    ...other,
  };
}

export function owner(ttl: number, address: string | null = `198.51.100.${ttl}`, other: Partial<HopOwner> = {}): HopOwner {
  return { ttl, address, name: null, as: null, ...other };
}

export function hop(ttl: number, other: Partial<Hop> = {}): Hop {
  const address = other.address === undefined ? `198.51.100.${ttl}` : other.address;
  return {
    ...owner(ttl, address),
    addresses: address === null ? [] : [address],
    small: "reply",
    large: "reply",
    largeMtu: null,
    ms: 1,
    method: "udp",
    final: false,
    ...other,
  };
}

export function path(other: Partial<PathObservation> = {}): PathObservation {
  return {
    localMtu: 1500,
    cachedMtu: null,
    mss: { ours: 1460, peer: null },
    kernel: { available: true, reason: null, tcpMtuProbing: 0, ipNoPmtuDisc: 0, timestamps: true, sack: true },
    outbound: outbound(),
    inbound: inbound(),
    lostBetween: null,
    hops: [],
    fragNeededFrom: null,
    portBlockedAt: null,
    ...other,
  };
}

export function host(other: Partial<MailHostObservation> = {}): MailHostObservation {
  return {
    name: "mx1.example.test",
    address: other.family === 6 ? "2001:db8::25" : "203.0.113.25",
    family: 4,
    port: 25,
    preference: 10,
    stages: HEALTHY_STAGES.map((name) => stage(name)),
    greeting: { text: "220 mx1.example.test ESMTP", mask: "none" },
    ehlo: { keywords: ["PIPELINING", "SIZE 10240000", "STARTTLS"], masked: [], refused: false, helo: false },
    tls: {
      offered: true,
      attempted: true,
      protocol: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      authorizationError: null,
      certificate: null,
      handshakeMs: 12,
    },
    path: path(),
    endOfData: { whole: "not-tested", split: "not-tested", recipient: null, messageIds: [] },
    transcript: [],
    ...other,
  };
}

/** A host that could not be connected to. */
export function unreachableHost(cause: StageCause, other: Partial<MailHostObservation> = {}): MailHostObservation {
  return host({
    stages: stagesUntil(stage("connect", cause === "refused" || cause === "reset" ? "refused" : "failed", cause)),
    greeting: { text: null, mask: "none" },
    ehlo: { keywords: [], masked: [], refused: false, helo: false },
    tls: null,
    ...other,
    path: path({ outbound: untested(), inbound: inbound({ verdict: "not-tested", mtu: null, reason: "Not tested." }), ...other.path }),
  });
}

/** The n-th of this host's connections, 200 ms long. */
export function connection(n: number, other: Partial<ConnectionRecord> = {}): ConnectionRecord {
  const second = String(n % 60).padStart(2, "0");
  return {
    n,
    local: `192.0.2.7:${40_000 + n}`,
    remote: "203.0.113.25:25",
    startedAt: `2026-01-02T03:04:${second}.000250Z`,
    endedAt: `2026-01-02T03:04:${second}.200500Z`,
    end: "quit",
    ...other,
  };
}

export function untested(): OutboundPath {
  return outbound({ verdict: "not-tested", mtu: null, rungs: [], reason: "Not tested.", limitedBy: null });
}

/** A control host that answers as far as EHLO, over a clear path. */
export function control(other: Partial<ControlResult> = {}): ControlResult {
  return {
    host: "mx.unrelated.test",
    address: "192.0.2.200",
    stage: "ehlo",
    outcome: "ok",
    cause: null,
    ms: 20,
    outbound: { verdict: "clear", mtu: 1500 },
    blockedAt: null,
    ...other,
  };
}

export function deadControl(name: string, cause: StageCause = "timeout", other: Partial<ControlResult> = {}): ControlResult {
  return control({ host: name, stage: "connect", outcome: "failed", cause, outbound: null, ...other });
}

export function probe(hosts: readonly MailHostObservation[] = [host()], other: Partial<ProbeObservation> = {}): ProbeObservation {
  return {
    schema: "mxray.probe/1",
    target: "example.test",
    vantage: { name: "local", host: "client.example.org", version: "1" },
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 2000,
    resolution: {
      kind: "mx",
      records: [{ preference: 10, exchange: "mx1.example.test" }],
      error: null,
      failure: null,
      unresolved: [],
    },
    hosts: [...hosts],
    controls: [],
    ended: null,
    ...other,
  };
}

/** What is different in each part of a healthy mail host. */
export interface HostParts {
  readonly stages?: Partial<Record<Stage, Partial<StageResult>>>;
  readonly outbound?: Partial<OutboundPath>;
  readonly inbound?: Partial<InboundPath>;
  readonly path?: Partial<PathObservation>;
  readonly host?: Partial<MailHostObservation>;
}

export function hostOf(parts: HostParts = {}): MailHostObservation {
  return host({
    stages: STAGES.map((name) => ({
      ...(name === "end-of-data" ? stage(name, "skipped", "not-wanted") : stage(name)),
      ...parts.stages?.[name],
    })),
    ...parts.host,
    path: path({
      ...parts.path,
      outbound: outbound({ confidence: "proven", ...parts.outbound }),
      inbound: inbound({ confidence: "proven", ...parts.inbound }),
    }),
  });
}

/** Packets of more than 1400 bytes are lost. */
export const HOLE: HostParts = {
  stages: { "noop-ladder": { outcome: "stalled", cause: "timeout", reason: "Packets of 1401 bytes are lost." } },
  outbound: {
    verdict: "black-hole",
    mtu: 1400,
    limitedBy: null,
    reason: "Packets of 1400 bytes arrive and of 1401 bytes are lost.",
    rungs: [rung(1400), rung(1401, "stalled")],
  },
};

export function reportOf(hosts: readonly MailHostObservation[], other: Partial<ProbeObservation> = {}): ProbeReport {
  return probeReportOf(probe(hosts, other));
}
