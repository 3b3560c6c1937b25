import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { probeFrom, probeHostFrom } from "./probe-from.ts";

const capability = await describeCapability();

/** Every router that drops "fragmentation needed", and a link of this MTU. */
async function dig(network: Network, link: number, mtu: number): Promise<void> {
  await network.setLinkMtu(link, mtu);
  for (const index of network.routers.keys()) await network.dropFragNeeded(index);
}

function ladder(rungs: readonly { connection: number; size: number; outcome: string }[]): string {
  return rungs.map(({ connection, size, outcome }) => `${connection}:${size}:${outcome}`).join(" ");
}

const WITH_DATA = ["connect", "greeting", "ehlo", "noop-ladder", "envelope", "data-ladder"] as const;

describe.skipIf(!capability.ok)("a path through the kernel", () => {
  let network: Network;
  let v4: string;
  let v6: string;
  beforeAll(async () => {
    network = await buildNetwork({ routers: 3 });
    await network.mailHost("large-certificate");
    v4 = network.server.address.v4;
    v6 = `[${network.server.address.v6}]`;
  });
  beforeEach(() => network.reset());
  afterAll(() => network.stop());

  test.each([1280, 1337, 1400, 1492, 713])("with a hole of %i: exact and proven over IPv4, in few connections", async (mtu) => {
    await dig(network, 1, mtu);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven" });
    expect(new Set(path.outbound.rungs.map(({ connection }) => connection)).size).toBeLessThanOrEqual(4);
    for (const connection of new Set(path.outbound.rungs.map((rung) => rung.connection))) {
      expect(path.outbound.rungs.filter((rung) => rung.connection === connection).length).toBeLessThanOrEqual(9);
    }
  });

  test.each([1280, 1337, 1400, 1492])("with a hole of %i: exact and proven over IPv6, by message data", async (mtu) => {
    await dig(network, 1, mtu);
    const { path } = await probeHostFrom(network, v6, { stages: WITH_DATA });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu, exact: true, confidence: "proven" });
  });

  test("a hole that commands alone show is likely at most where nothing can be released", async () => {
    await dig(network, 1, 1400);
    const { path } = await probeHostFrom(network, v6, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "likely" });
    expect(path.outbound.reason).toContain("a firewall that drops long commands would look the same");
  });

  test.each([
    ["IPv4", 4],
    ["IPv6", 6],
  ] as const)("where discovery works over %s: the MTU, and no hole", async (_name, family) => {
    await network.setLinkMtu(1, 1400);
    const { path } = await probeHostFrom(network, family === 4 ? v4 : v6);
    expect(path.outbound).toMatchObject({ verdict: "pmtud-works", mtu: 1400 });
    expect(path.outbound.rungs.some(({ outcome }) => outcome === "resized")).toBe(true);
  });

  test("a path MTU that the kernel knew before is told", async () => {
    await network.setLinkMtu(1, 1400);
    await network.client.run("ip", ["route", "replace", v4, "via", network.router(0).addresses[0]?.v4 ?? "", "mtu", "1400"]);
    try {
      const { path } = await probeHostFrom(network, v4);
      expect(path).toMatchObject({
        localMtu: 1500,
        cachedMtu: 1400,
        outbound: { verdict: "pmtud-works", mtu: 1400, limitedBy: "cached-mtu" },
      });
    } finally {
      await network.client.run("ip", ["route", "del", v4]);
    }
  });

  test("nothing small on the way: clear at the interface's MTU, with one NOOP", async () => {
    for (const target of [v4, v6]) {
      const { path, stages } = await probeHostFrom(network, target);
      expect(path.outbound).toMatchObject({ verdict: "clear", mtu: 1500, limitedBy: "local-mtu" });
      expect(path.inbound).toMatchObject({ verdict: "clear", mtu: 1500 });
      expect(path.outbound.rungs.filter((rung) => rung.ladder === "noop")).toHaveLength(1);
      expect(stages.filter(({ outcome }) => outcome === "failed" || outcome === "stalled")).toEqual([]);
    }
  });

  test("the peer's own MSS is a limit and no hole", async () => {
    await network.setLinkMtu(3, 1400);
    const { path } = await probeHostFrom(network, v4);
    expect(path).toMatchObject({ mss: { ours: 1460, peer: 1360 }, outbound: { verdict: "clear", mtu: 1400, limitedBy: "peer-mss" } });
  });

  test("the host's own probing of MTUs is told", async () => {
    await network.client.setSysctls({ "net.ipv4.tcp_mtu_probing": 1 });
    try {
      const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo"] });
      expect(path.kernel).toMatchObject({ available: true, tcpMtuProbing: 1, timestamps: true, sack: true });
    } finally {
      await network.client.setSysctls({ "net.ipv4.tcp_mtu_probing": 0 });
    }
  });

  test.each([
    ["IPv4", 4, 1400, 1360],
    ["IPv4", 4, 1337, 1297],
    ["IPv4", 4, 1387, 1347],
    ["IPv6", 6, 1420, 1360],
  ] as const)(
    "a hole on the way back only, over %s (%i) with %i bytes: inbound, exact and proven, outbound clear",
    async (_name, family, mtu, mss) => {
      await network.dropLarger(1, "inbound", mtu);
      const { path } = await probeHostFrom(network, family === 4 ? v4 : v6);
      expect(path.inbound, path.inbound.reason).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven", clampedMss: mss });
      expect(path.inbound.trials.length).toBeLessThanOrEqual(11);
      expect(path.outbound).toMatchObject({ verdict: "clear", mtu: 1500 });
    },
  );

  test.each([
    ["IPv4", 4],
    ["IPv6", 6],
  ] as const)("names the two routers between which packets become too big, over %s, wherever that is", async (_name, family) => {
    const target = family === 4 ? v4 : v6;
    for (const link of [1, 2]) {
      await network.reset();
      await dig(network, link, 1400);
      const began = performance.now();
      const { path } = await probeHostFrom(network, target, { stages: ["connect", "greeting", "ehlo", "noop-ladder", "data-ladder"] });
      expect(performance.now() - began).toBeLessThan(8000);
      expect(path.lostBetween).toMatchObject([
        { ttl: link, address: hopAddress(network, link - 1, family) },
        { ttl: link + 1, address: hopAddress(network, link, family) },
      ]);
    }
  });

  test.each([
    ["IPv4", 4],
    ["IPv6", 6],
  ] as const)("of two narrow links the hole is at the second, and both are named, over %s", async (_name, family) => {
    await network.setLinkMtu(1, 1480);
    await network.setLinkMtu(2, 1400);
    await network.dropFragNeeded(1);
    const { path } = await probeHostFrom(network, family === 4 ? v4 : v6, { stages: WITH_DATA });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "proven" });
    expect(path.outbound.narrow).toEqual([
      { mtu: 1480, between: [1, 2], icmp: "came" },
      { mtu: 1400, between: [2, 3], icmp: "never" },
    ]);
    expect(path.lostBetween).toMatchObject([{ ttl: 2, address: hopAddress(network, 1, family) }, { ttl: 3 }]);
  });

  test("two silent narrow links: the size of the first is searched for", async () => {
    await network.setLinkMtu(1, 1433);
    await network.setLinkMtu(2, 1400);
    for (const index of network.routers.keys()) await network.dropFragNeeded(index);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound.narrow).toEqual([
      { mtu: 1433, between: [1, 2], icmp: "never" },
      { mtu: 1400, between: [2, 3], icmp: "never" },
    ]);
  });

  test("a router that keeps silent widens the span", async () => {
    await dig(network, 1, 1400);
    await network.silenceTtl(1);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 3, address: hopAddress(network, 2, 4) }]);
    expect(path.hops[1]).toMatchObject({ ttl: 2, address: null, small: "silent", large: "silent" });
  });

  test("routers that send one ICMP error a second are given time, and are not taken for the place", async () => {
    await dig(network, 2, 1400);
    for (const index of network.routers.keys()) await network.limitIcmp(index, 1);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.lostBetween).toMatchObject([
      { ttl: 2, address: hopAddress(network, 1, 4) },
      { ttl: 3, address: hopAddress(network, 2, 4) },
    ]);
  });

  test("a target that hides from UDP is found by its mail port", async () => {
    await dig(network, 1, 1400);
    await network.dropUdp(2);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.hops.at(-1)).toMatchObject({ address: v4, final: true, method: "tcp-syn" });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 2 }]);
    // Where UDP ends before the small link, what lies between there and the mail host is all that can be said.
    await network.reset();
    await dig(network, 2, 1400);
    await network.dropUdp(0);
    const { path: hidden } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(hidden.hops.map(({ method }) => method)).toEqual(["udp", "tcp-syn", "tcp-syn", "tcp-syn"]);
    expect(hidden.lostBetween).toMatchObject([
      { ttl: 1, address: hopAddress(network, 0, 4) },
      { ttl: 4, address: v4 },
    ]);
  });

  test("frag-needed that comes back to UDP while TCP hangs is told", async () => {
    await network.setLinkMtu(1, 1400);
    // The hole is for TCP only: our own chain drops what quotes a TCP segment.
    await network.client.run("nft", [
      "add table inet odd; add chain inet odd in { type filter hook input priority 0; }; add rule inet odd in icmp code frag-needed @th,136,8 6 drop",
    ]);
    try {
      const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
      expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400 });
      expect(path.fragNeededFrom).toMatchObject({ address: hopAddress(network, 0, 4), mtu: 1400 });
    } finally {
      await network.client.run("nft", ["delete table inet odd"]);
    }
  });

  test("our own firewall makes the same hole", async () => {
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeededAtClient();
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "proven" });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 2 }]);
  });

  test("port 25 blocked at the first hop is told from a host that is dead", async () => {
    await network.blockPort(0, 25);
    const blocked = await probeHostFrom(network, v4, { deadlineMs: 25_000 });
    expect(blocked.stages.find(({ stage }) => stage === "connect")).toMatchObject({ outcome: "stalled", cause: "timeout" });
    expect(blocked.path.portBlockedAt).toMatchObject({ ttl: 1, address: hopAddress(network, 0, 4) });
    await network.reset();
    const dead = await probeHostFrom(network, "203.0.113.77", { deadlineMs: 25_000 });
    expect(dead.path.portBlockedAt).toBeNull();
  });

  test("without the kernel's facts the NOOP ladder alone still finds the size, and claims less", async () => {
    await dig(network, 1, 1400);
    const { path, stages } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] }, true);
    expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "likely" });
    expect(path.kernel).toMatchObject({ available: false, reason: "This machine tells nothing." });
    expect(stages.find(({ stage }) => stage === "noop-ladder")).toMatchObject({ outcome: "stalled" });
  });

  test.each([
    [5, null],
    [10, null],
    [5, 1400],
  ] as const)("%i %% random loss with a hole of %s: size is blamed only where there is one", { timeout: 200_000 }, async (loss, hole) => {
    if (hole !== null) await dig(network, 1, hole);
    await network.setLoss(loss);
    const runs = 8;
    let sure = 0;
    for (let run = 0; run < runs; run += 1) {
      const { outbound } = (await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] })).path;
      if (hole === null)
        expect([outbound.verdict, outbound.confidence]).not.toEqual(["black-hole", expect.stringMatching(/likely|proven/)]);
      else if (outbound.verdict === "black-hole" && outbound.mtu === hole && outbound.confidence !== "suspected") sure += 1;
    }
    if (hole !== null) expect(sure).toBeGreaterThanOrEqual(runs - 1);
  });

  test("a domain of several mail hosts and both families is probed side by side", async () => {
    await using dns = await network.dnsServer({
      "example.test": { mx: [10, 20, 30, 40, 50].map((n) => [n, `mx${n}.example.test`] as const) },
      ...Object.fromEntries([10, 20, 30, 40, 50].map((n) => [`mx${n}.example.test`, { a: [v4], aaaa: [network.server.address.v6] }])),
    });
    const observation = await probeFrom(network, "example.test", { resolver: dns.address });
    expect(observation.durationMs).toBeLessThan(15_000);
    expect(observation.resolution.kind).toBe("mx");
    expect(observation.hosts).toHaveLength(10);
    const searched = observation.hosts.filter(({ path }) => path.outbound.verdict === "clear");
    expect(searched).toHaveLength(4);
  });
});

/** The address with which a router answers packets from the client. */
function hopAddress(network: Network, router: number, family: 4 | 6): string {
  const address = network.router(router).addresses[0];
  return (family === 4 ? address?.v4 : address?.v6) ?? "";
}
