import { expect, test } from "vitest";
import { describeLabPath, digHole } from "./lab-path.ts";
import { probeFrom, probeHostFrom } from "./probe-from.ts";

function ladder(rungs: readonly { connection: number; size: number; outcome: string }[]): string {
  return rungs.map(({ connection, size, outcome }) => `${connection}:${size}:${outcome}`).join(" ");
}

const WITH_DATA = ["connect", "greeting", "ehlo", "noop-ladder", "envelope", "data-ladder"] as const;

describeLabPath("a path through the kernel", (lab) => {
  test.each([1280, 1337, 1400, 1492, 713])("with a hole of %i: exact and proven over IPv4, in few connections", async (mtu) => {
    const { network, v4 } = lab();
    await digHole(network, 1, mtu);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven" });
    expect(new Set(path.outbound.rungs.map(({ connection }) => connection)).size).toBeLessThanOrEqual(4);
    for (const connection of new Set(path.outbound.rungs.map((rung) => rung.connection))) {
      expect(path.outbound.rungs.filter((rung) => rung.connection === connection).length).toBeLessThanOrEqual(9);
    }
  });

  test.each([1280, 1337, 1400, 1492])("with a hole of %i: exact and proven over IPv6, by message data", async (mtu) => {
    const { network, v6 } = lab();
    await digHole(network, 1, mtu);
    const { path } = await probeHostFrom(network, v6, { stages: WITH_DATA });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu, exact: true, confidence: "proven" });
  });

  test("a hole that commands alone show is likely at most where nothing can be released", async () => {
    const { network, v6 } = lab();
    await digHole(network, 1, 1400);
    const { path } = await probeHostFrom(network, v6, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound, ladder(path.outbound.rungs)).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "likely" });
    expect(path.outbound.reason).toContain("a firewall that drops long commands would look the same");
  });

  test.each([
    ["IPv4", 4],
    ["IPv6", 6],
  ] as const)("where discovery works over %s: the MTU, and no hole", async (_name, family) => {
    const { network, v4, v6 } = lab();
    await network.setLinkMtu(1, 1400);
    const { path } = await probeHostFrom(network, family === 4 ? v4 : v6);
    expect(path.outbound).toMatchObject({ verdict: "pmtud-works", mtu: 1400 });
    expect(path.outbound.rungs.some(({ outcome }) => outcome === "resized")).toBe(true);
  });

  test("a path MTU that the kernel knew before is told", async () => {
    const { network, v4 } = lab();
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
    const { network, v4, v6 } = lab();
    for (const target of [v4, v6]) {
      const { path, stages } = await probeHostFrom(network, target);
      expect(path.outbound).toMatchObject({ verdict: "clear", mtu: 1500, limitedBy: "local-mtu" });
      expect(path.inbound).toMatchObject({ verdict: "clear", mtu: 1500 });
      expect(path.outbound.rungs.filter((rung) => rung.ladder === "noop")).toHaveLength(1);
      expect(stages.filter(({ outcome }) => outcome === "failed" || outcome === "stalled")).toEqual([]);
    }
  });

  test("the peer's own MSS is a limit and no hole", async () => {
    const { network, v4 } = lab();
    await network.setLinkMtu(3, 1400);
    const { path } = await probeHostFrom(network, v4);
    expect(path).toMatchObject({ mss: { ours: 1460, peer: 1360 }, outbound: { verdict: "clear", mtu: 1400, limitedBy: "peer-mss" } });
  });

  test("the host's own probing of MTUs is told", async () => {
    const { network, v4 } = lab();
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
      const { network, v4, v6 } = lab();
      await network.dropLarger(1, "inbound", mtu);
      const { path } = await probeHostFrom(network, family === 4 ? v4 : v6);
      expect(path.inbound, path.inbound.reason).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven", clampedMss: mss });
      expect(path.inbound.trials.length).toBeLessThanOrEqual(11);
      expect(path.outbound).toMatchObject({ verdict: "clear", mtu: 1500 });
    },
  );

  test("without the kernel's facts the NOOP ladder alone still finds the size, and claims less", async () => {
    const { network, v4 } = lab();
    await digHole(network, 1, 1400);
    const { path, stages } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] }, true);
    expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "likely" });
    expect(path.kernel).toMatchObject({ available: false, reason: "This machine tells nothing." });
    expect(stages.find(({ stage }) => stage === "noop-ladder")).toMatchObject({ outcome: "stalled" });
  });

  test("a domain of several mail hosts and both families is probed side by side", async () => {
    const { network, v4 } = lab();
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
