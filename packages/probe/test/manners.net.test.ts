import type { MailHostObservation } from "@mxray/contracts";
import { buildNetwork, describeCapability, eximAvailability, type Network, postfixAvailability, startExim, startPostfix } from "@mxray/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { probeHostFrom } from "./probe-from.ts";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const exim = await eximAvailability();

/** Up to 256 kB of a message were acknowledged. In a hole over IPv6 the search itself may take all connections. */
function expectPayloads({ family, path, stages }: MailHostObservation): void {
  const sizes = path.outbound.rungs.filter(({ unit, outcome }) => unit === "payload" && outcome === "acked").map(({ size }) => size);
  if (family === 6 && path.outbound.verdict === "black-hole") return;
  expect(sizes, JSON.stringify(stages)).toEqual([4096, 16_384, 65_536, 262_144]);
}

/** What real mail servers with their default limits think of being probed. */
describe.skipIf(!capability.ok)("manners towards real mail servers", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork();
  });
  afterAll(() => network?.stop());
  beforeEach(() => network.reset());
  const targets = () => [network.server.address.v4, `[${network.server.address.v6}]`];

  const paths = [
    ["a clear path", async () => undefined],
    [
      "a black hole",
      async () => {
        await network.setLinkMtu(1, 1400);
        await network.dropFragNeeded(0);
      },
    ],
  ] as const;

  test.skipIf(!postfix.ok).each(paths)("Postfix, over %s: every rung climbed, nothing delivered, nobody cross", async (_name, prepare) => {
    await using server = await startPostfix(network.server);
    await prepare();
    for (const target of targets()) {
      const host = await probeHostFrom(network, target);
      const rungs = host.path.outbound.rungs;
      expect(rungs.filter(({ outcome }) => outcome === "acked").length).toBeGreaterThan(0);
      expectPayloads(host);
      expect(host.tls?.protocol).toMatch(/^TLSv1\.[23]$/);
    }
    const log = await server.log();
    expect(log).toContain("lost connection after DATA");
    expect(log).not.toMatch(/status=|queue active|queued as| 421 | 554 |too many errors|improper command|warning/);
  });

  test.skipIf(!exim.ok).each(paths)("Exim, over %s: every rung climbed, nothing delivered, nobody cross", async (_name, prepare) => {
    await using server = await startExim(network.server);
    await prepare();
    for (const target of targets()) {
      const host = await probeHostFrom(network, target, { recipient: "postmaster@example.test" });
      const rungs = host.path.outbound.rungs;
      expect(rungs.filter(({ outcome }) => outcome === "acked").length).toBeGreaterThan(0);
      expectPayloads(host);
    }
    const log = await server.log();
    expect(log).toMatch(/lost while reading message data/);
    expect(log).not.toMatch(/ <= |nonmail|synchronization|too many|421|554|dropped/);
  });

  test.skipIf(!exim.ok)("Exim that allows one connection per client, in a black hole: the hole is proven all the same", async () => {
    await using server = await startExim(network.server, { config: { smtp_accept_max_per_host: "1" } });
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeeded(0);
    for (const target of targets()) {
      const { path, transcript, connections = [] } = await probeHostFrom(network, target);
      expect(path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400, confidence: "proven" });
      // One that a busy Exim still counts is asked for again, once.
      expect(transcript.filter(({ text }) => text.startsWith("421")).length).toBeLessThanOrEqual(1);
      expect(connections.length).toBeLessThanOrEqual(12);
    }
    expect(await server.log()).not.toMatch(/ <= /);
  });
});
