/** Which rounds found the same: what differs between any two rounds does not count, and every result does. */
import type { MailHostObservation, ProbeObservation } from "@mxray/contracts";
import { diagnoseHosts } from "@mxray/diagnosis";
import { describe, expect, it } from "vitest";
import { blackHole, hop, host, inbound, outbound, path, probe, rung, stage } from "../../../../packages/diagnosis/test/observation.ts";
import { roundFacts } from "../../src/watching/round-facts.ts";

const facts = (observation: ProbeObservation) => roundFacts(observation, diagnoseHosts(observation));
const keyOf = (one: Partial<MailHostObservation>, other: Partial<ProbeObservation> = {}) => facts(probe([host(one)], other)).key;
const USUAL = keyOf({});

describe("two rounds", () => {
  it.each<[string, Partial<MailHostObservation>, Partial<ProbeObservation>]>([
    [
      "times",
      { stages: host().stages.map((one) => ({ ...one, ms: one.ms + 7 })) },
      { durationMs: 7, startedAt: "2026-03-02T10:00:00.000Z" },
    ],
    ["the packets that were sent", { path: path({ outbound: outbound({ rungs: [rung(1500)] }) }) }, {}],
    ["the transcript", { transcript: [{ at: 1, dir: "<", text: "220 x", connection: 1 }] }, {}],
  ])("with other %s found the same", (_what, one, other) => {
    expect(keyOf(one, other)).toBe(USUAL);
  });

  it("with another queue id in the greeting found the same; with another product they did not", () => {
    const greeting = (text: string) => keyOf({ greeting: { text, mask: "none" } });
    expect(greeting("220 mx.example.com ESMTP a640c23 - gsmtp")).toBe(greeting("220 mx.example.com ESMTP b77f01 - gsmtp"));
    expect(greeting("220 mx.example.com ESMTP a640c23 - gsmtp")).not.toBe(greeting("220 mx.example.com ESMTP Postfix"));
  });

  it.each<[string, Partial<MailHostObservation>, Partial<ProbeObservation>]>([
    ["address", { address: "198.51.100.77" }, {}],
    ["stage", { stages: host().stages.map((one) => (one.stage === "ehlo" ? stage("ehlo", "failed", "timeout") : one)) }, {}],
    ["path MTU", { path: path({ outbound: outbound({ mtu: 1492 }) }) }, {}],
    ["verdict", { path: path({ outbound: blackHole() }) }, {}],
    ["inbound verdict", { path: path({ inbound: inbound({ verdict: "black-hole", mtu: 1400 }) }) }, {}],
    ["hop", { path: path({ hops: [hop(1), hop(2)] }) }, {}],
    ["keyword", { ehlo: { keywords: ["PIPELINING"], masked: [], refused: false, helo: false } }, {}],
    ["mask", { greeting: { text: "220 ****", mask: "pix" } }, {}],
    ["end", {}, { ended: "deadline" }],
    ["MX record", {}, { resolution: { ...probe().resolution, records: [{ preference: 20, exchange: "mx9.example.test" }] } }],
  ])("with another %s did not find the same", (_what, one, other) => {
    expect(keyOf(one, other)).not.toBe(USUAL);
  });

  it("keep the path MTU, the times of stages and the counts", () => {
    const { hosts } = facts(probe([host({ path: path({ inbound: inbound({ mtu: 1400 }) }) })]));
    expect(hosts).toEqual([{ outboundMtu: 1500, inboundMtu: 1400, stagesMs: host().stages.map(({ ms }) => ms), connections: 0, rungs: 3 }]);
  });
});
