/** The findings, probes and times that the suites of the store share. */
import type { Finding, ProbeObservation } from "@mxray/contracts";
import type { GoneSubject, ProbeOutcome, Store } from "../src/index.ts";

export const AT = "2026-03-01T10:00:00.000Z";
export const LATER = "2026-03-01T11:00:00.000Z";
export const LATEST = "2026-03-01T12:00:00.000Z";
export const AFTERWARDS = "2026-03-01T13:00:00.000Z";

export const hole = (over: Partial<Finding> = {}): Finding => ({
  code: "pmtu-black-hole",
  severity: "critical",
  confidence: "proven",
  subject: { host: "mx1.example.test", address: "192.0.2.1", port: 25 },
  subjects: [over.subject ?? { host: "mx1.example.test", address: "192.0.2.1", port: 25 }],
  since: AT,
  firstSeen: AT,
  title: "Packets above 1400 bytes are lost",
  summary: "…",
  absorbs: [],
  evidence: [],
  remedies: [],
  ...over,
});

export const observation: ProbeObservation = {
  schema: "mxray.probe/1",
  target: "example.test",
  vantage: { name: "local", host: "here", version: "0.1.0" },
  startedAt: AT,
  durationMs: 1234.5,
  resolution: { kind: "mx", records: [{ preference: 10, exchange: "mx1.example.test" }], error: null, failure: null, unresolved: [] },
  hosts: [],
  controls: [],
  ended: null,
};

/** @param fixed findings that it proves gone: at the address of `hole`, unless it says otherwise */
export const done = (findings: readonly Finding[], finishedAt = AT, fixed: readonly (string | GoneSubject)[] = []): ProbeOutcome => {
  const [worst] = findings;
  return {
    status: "done",
    finishedAt,
    observation,
    findings,
    fixed: fixed.map((one) => (typeof one === "string" ? { id: one, address: "192.0.2.1" } : one)),
    verdict: worst === undefined ? null : { code: worst.code, severity: worst.severity, confidence: worst.confidence, title: worst.title },
    error: null,
  };
};

/** The steps that most tests begin with. */
export function storeSteps(storeOf: () => Store) {
  const create = (target = "example.test", createdAt = AT) =>
    storeOf().probes.create({ target, request: { target, family: 4 }, createdAt, previousId: null });
  const begin = async (at = AT, owner = "one", limit = 1) => {
    const { probes } = storeOf();
    const ids = await probes.waiting({ owner, at, limit });
    const begun = await Promise.all(ids.map(async (id) => ((await probes.start(id, at, { owner, until: LATER })) ? [id] : [])));
    return begun.flat();
  };
  const run = async (findings: readonly Finding[], at = AT, fixed: readonly string[] = [], target = "example.test") => {
    const { id } = await create(target, at);
    await storeOf().probes.finish(id, done(findings, at, fixed));
    return id;
  };
  const share = (probeId: string, over: object = {}) => ({
    opens: "diagnosis" as const,
    probeId,
    name: null,
    tokenHash: "hash",
    createdAt: AT,
    expiresAt: LATER,
    note: "see below",
    includePrivate: false,
    signInId: null,
    ...over,
  });
  const screen = (over: object = {}) => ({
    ...share("", { opens: "wall" as const, probeId: null, name: "NOC, left", expiresAt: null, note: null }),
    ...over,
  });
  return { create, begin, run, share, screen };
}
