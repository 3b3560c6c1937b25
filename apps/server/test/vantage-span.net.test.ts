/** Three clients at different places of one network probe one mail host: the link that loses large packets is named, wherever it is. */
import type { VantageHost } from "@mxray/contracts";
import { compareVantages, probeReportOf } from "@mxray/diagnosis";
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeFrom } from "../../../packages/probe/test/probe-from.ts";

const { ok } = await describeCapability();

describe.skipIf(!ok)("three vantages in a routed network", () => {
  let network: Network;

  // client and client2 come together at r1, client3 joins them at r2.
  beforeAll(async () => {
    network = await buildNetwork({ routers: 3, furtherClients: [0, 1] });
    await network.mailHost("large-certificate");
  });
  afterAll(() => network.stop());

  async function compare(trace: "always" | false = "always"): Promise<VantageHost> {
    const options = { stages: ["connect", "greeting", "ehlo", "noop-ladder"] as const, trace };
    const probes = await Promise.all(
      [network.client, ...network.furtherClients].map(async (node) => ({
        ...{ name: node.name, practice: false, status: "done" as const, error: null, probeId: null },
        report: probeReportOf(await probeFrom(network, network.server.address.v4, options, false, node)),
      })),
    );
    const [host] = compareVantages(probes).hosts;
    if (host === undefined) throw new Error("no mail host was probed");
    return host;
  }

  async function dig(link: number): Promise<void> {
    await network.reset();
    await network.setLinkMtu(link, 1400);
    await network.dropFragNeeded(link - 1);
  }

  test("a hole that two of three share is named; moved to where all meet, the name moves along", async () => {
    await dig(1);
    const shared = await compare();
    expect(shared.sides.map((side) => side?.fate)).toEqual(["fails", "fails", "works"]);
    expect(shared.sentence).toContain("From client and client2: ");
    expect(shared.sentence).toContain("From client3: no fault.");
    expect(shared.span).toMatchObject({
      outcome: "link",
      confidence: "proven",
      mtu: 1400,
      spans: [{ from: { ttl: 1 }, to: { address: network.router(1).address.v4 }, links: 1 }],
    });

    await dig(2);
    const common = await compare();
    expect(common.sides.map((side) => side?.fate)).toEqual(["fails", "fails", "fails"]);
    expect(common.span).toMatchObject({
      outcome: "link",
      confidence: "proven",
      spans: [{ from: { address: network.router(1).address.v4 }, to: { address: network.router(2).address.v4 }, links: 1 }],
    });
  });

  test("without a hole nothing is named, and without hops no link is", async () => {
    await network.reset();
    const clear = await compare();
    expect(clear.sides.map((side) => side?.fate)).toEqual(["works", "works", "works"]);
    expect(clear.sides.map((side) => side?.hops.length)).toEqual([4, 4, 3]);
    expect(clear.span).toBeNull();

    await dig(1);
    expect((await compare(false)).span).toMatchObject({ outcome: "unknown", confidence: null, spans: [] });
  });
});
