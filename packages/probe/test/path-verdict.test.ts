import type { Rung } from "@mxray/contracts";
import { expect, test } from "vitest";
import { type PathFacts, pathVerdict } from "../src/path/path-verdict.ts";

const arrived = (size: number): Rung => ({
  connection: 1,
  size,
  unit: "packet",
  ladder: "noop",
  outcome: "acked",
  ms: 1,
  retransmits: 0,
  at: 0,
  sacked: false,
  tls: false,
  clampedMss: null,
});
const usual: PathFacts = { family: 4, localMtu: 1500, cachedMtu: null, peerMss: null, tcpMtuProbing: 0, blind: false };

test.each<[string, number, Partial<PathFacts>, string]>([
  ["the largest that the interface allows", 1500, {}, "clear"],
  ["an Ethernet packet where the interface allows more", 2052, { localMtu: 65_535 }, "clear"],
  ["the largest that the peer's MSS allows", 1400, { peerMss: 1360 }, "clear"],
  ["the largest that the peer's window allows", 1200, { peerWindow: 1160 }, "clear"],
  ["the largest that this machine's probing allows", 1064, { tcpMtuProbing: 2 }, "clear"],
  ["less than all of these allow", 1400, {}, "inconclusive"],
])("a packet arrived, %s", (_name, size, facts, verdict) => {
  const search = { rungs: [{ rung: arrived(size), losses: 0 }], end: "settled" as const, resizedTo: null };
  expect(pathVerdict(search, { sent: 20, lost: 0 }, { ...usual, ...facts })).toMatchObject({ verdict, mtu: size });
});
