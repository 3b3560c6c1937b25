/** Where on the path large packets are lost: the hops on both sides of the place, whatever routers keep to themselves. */
import { expect, test } from "vitest";
import { describeLabPath, digHole, hopAddress } from "./lab-path.ts";
import { probeHostFrom } from "./probe-from.ts";

function ladder(rungs: readonly { connection: number; size: number; outcome: string }[]): string {
  return rungs.map(({ connection, size, outcome }) => `${connection}:${size}:${outcome}`).join(" ");
}

const WITH_DATA = ["connect", "greeting", "ehlo", "noop-ladder", "envelope", "data-ladder"] as const;

describeLabPath("hops of a path through the kernel", (lab) => {
  test.each([
    ["IPv4", 4],
    ["IPv6", 6],
  ] as const)("names the two routers between which packets become too big, over %s, wherever that is", async (_name, family) => {
    const { network, v4, v6 } = lab();
    const target = family === 4 ? v4 : v6;
    for (const link of [1, 2]) {
      await network.reset();
      await digHole(network, link, 1400);
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
    const { network, v4, v6 } = lab();
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
    const { network, v4 } = lab();
    await network.setLinkMtu(1, 1433);
    await network.setLinkMtu(2, 1400);
    for (const index of network.routers.keys()) await network.dropFragNeeded(index);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound.narrow).toEqual([
      { mtu: 1433, between: [1, 2], icmp: "never" },
      { mtu: 1400, between: [2, 3], icmp: "never" },
    ]);
  });

  test("a router that does not answer widens the span", async () => {
    const { network, v4 } = lab();
    await digHole(network, 1, 1400);
    await network.silenceTtl(1);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 3, address: hopAddress(network, 2, 4) }]);
    expect(path.hops[1]).toMatchObject({ ttl: 2, address: null, small: "silent", large: "silent" });
  });

  test("routers that send one ICMP error a second are given time, and are not taken for the place", async () => {
    const { network, v4 } = lab();
    await digHole(network, 2, 1400);
    for (const index of network.routers.keys()) await network.limitIcmp(index, 1);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.lostBetween).toMatchObject([
      { ttl: 2, address: hopAddress(network, 1, 4) },
      { ttl: 3, address: hopAddress(network, 2, 4) },
    ]);
  });

  test("a target that hides from UDP is found by its mail port", async () => {
    const { network, v4 } = lab();
    await digHole(network, 1, 1400);
    await network.dropUdp(2);
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.hops.at(-1)).toMatchObject({ address: v4, final: true, method: "tcp-syn" });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 2 }]);
    // Where UDP ends before the small link, what lies between there and the mail host is all that can be said.
    await network.reset();
    await digHole(network, 2, 1400);
    await network.dropUdp(0);
    const { path: hidden } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(hidden.hops.map(({ method }) => method)).toEqual(["udp", "tcp-syn", "tcp-syn", "tcp-syn"]);
    expect(hidden.lostBetween).toMatchObject([
      { ttl: 1, address: hopAddress(network, 0, 4) },
      { ttl: 4, address: v4 },
    ]);
  });

  test("frag-needed that comes back to UDP while TCP hangs is told", async () => {
    const { network, v4 } = lab();
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
    const { network, v4 } = lab();
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeededAtClient();
    const { path } = await probeHostFrom(network, v4, { stages: ["connect", "greeting", "ehlo", "noop-ladder"] });
    expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "proven" });
    expect(path.lostBetween).toMatchObject([{ ttl: 1 }, { ttl: 2 }]);
  });

  test("port 25 blocked at the first hop is told from a host that is dead", async () => {
    const { network, v4 } = lab();
    await network.blockPort(0, 25);
    const blocked = await probeHostFrom(network, v4, { deadlineMs: 25_000 });
    expect(blocked.stages.find(({ stage }) => stage === "connect")).toMatchObject({ outcome: "stalled", cause: "timeout" });
    expect(blocked.path.portBlockedAt).toMatchObject({ ttl: 1, address: hopAddress(network, 0, 4) });
    await network.reset();
    const dead = await probeHostFrom(network, "203.0.113.77", { deadlineMs: 25_000 });
    expect(dead.path.portBlockedAt).toBeNull();
  });
});
