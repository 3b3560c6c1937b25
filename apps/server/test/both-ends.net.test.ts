/** One probe, watched from both ends: what left here and what arrived there, with a hole in either direction and with none. */
import { createInterface } from "node:readline";
import { bothEndsRows, type MailHostObservation } from "@mxray/contracts";
import { diagnoseHosts } from "@mxray/diagnosis";
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import type { ProbeCall, ProbeNotice } from "@mxray/probe";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { digHole } from "../../../packages/probe/test/lab-path.ts";
import { probeFrom } from "../../../packages/probe/test/probe-from.ts";
import { FarEnds } from "../src/probing/far-ends.ts";
import { RemoteRuns } from "../src/vantages/remote-runs.ts";
import type { ProbeVantage } from "../src/vantages/vantage.ts";
import { Vantages } from "../src/vantages/vantages.ts";

const { ok } = await describeCapability();
const WATCHER = new URL("./watcher-process.ts", import.meta.url).pathname;

describe.skipIf(!ok)("both ends of a probe", () => {
  let network: Network;
  let vantages: Vantages;

  beforeAll(async () => {
    network = await buildNetwork({ routers: 2 });
    await network.mailHost("large-certificate");
    // As an agent runs: without any privilege.
    const child = network.server.spawn(process.execPath, [WATCHER], { stdio: ["pipe", "pipe", "inherit"], unprivileged: true });
    if (child.stdin === null || child.stdout === null) throw new Error("the watcher has no pipes");
    const { stdin, stdout } = child;
    const runs = new RemoteRuns({ send: (call: ProbeCall) => stdin.write(`${JSON.stringify(call)}\n`), onFlood: () => undefined });
    createInterface({ input: stdout }).on("line", (line) => runs.receive(JSON.parse(line) as ProbeNotice));
    const mail: Pick<ProbeVantage, "name" | "watchFarEnd"> = {
      name: "mail",
      watchFarEnd: (address, port) => runs.watchFarEnd(address, port),
    };
    vantages = new Vantages([mail as ProbeVantage]);
  });
  beforeEach(() => network.reset());
  afterAll(() => network.stop());

  async function probe(address: string): Promise<{ host: MailHostObservation; evidence: string[] }> {
    const ends = new FarEnds(vantages, "local");
    await ends.begin({ name: null, address, port: 25 });
    const target = address.includes(":") ? `[${address}]` : address;
    const observation = await ends.end(await probeFrom(network, target, { trace: false }));
    const [host] = observation.hosts;
    if (host === undefined) throw new Error("no mail host was probed");
    return { host, evidence: diagnoseHosts(observation).flatMap((finding) => finding.evidence.map(({ text }) => text)) };
  }

  test.each(["v4", "v6"] as const)(
    "outbound over %s: each packet above the MTU left and did not arrive, each other one arrived",
    async (family) => {
      await digHole(network, 1, 1400);
      const { host, evidence } = await probe(network.server.address[family]);
      expect(host.path.outbound).toMatchObject({ verdict: "black-hole", mtu: 1400 });
      const rows = bothEndsRows(host).filter(({ direction }) => direction === "outbound");
      const large = rows.filter(({ size }) => size > 1400);
      expect(large.map(({ size }) => size)).toContain(1401);
      expect(
        large.every(({ left, arrived }) => left > 0 && arrived === 0),
        JSON.stringify(rows),
      ).toBe(true);
      const fitting = rows.filter(({ size }) => size <= 1400);
      expect(fitting.map(({ size }) => size)).toContain(1400);
      expect(
        fitting.every(({ left, arrived }) => arrived > 0 && arrived <= left),
        JSON.stringify(rows),
      ).toBe(true);
      expect(evidence.filter((text) => text.startsWith("Proven at both ends: of "))).toHaveLength(1);
    },
  );

  test("inbound: what the host sent again and again did not arrive here", async () => {
    const { v4, v6 } = network.server.address;
    await network.dropLarger(1, "inbound", 1400, { v4, v6 });
    const { host, evidence } = await probe(v4);
    expect(host.path.inbound).toMatchObject({ verdict: "black-hole", mtu: 1400 });
    const rows = bothEndsRows(host).filter(({ direction }) => direction === "inbound");
    const large = rows.filter(({ size }) => size > 1400);
    expect(large.length).toBeGreaterThan(0);
    expect(
      large.every(({ left, arrived }) => left > arrived),
      JSON.stringify(rows),
    ).toBe(true);
    expect(evidence.filter((text) => text.startsWith("Proven at both ends: on "))).toHaveLength(1);
  });

  test("without a hole everything that left arrived, and nothing is called proven", async () => {
    const { host, evidence } = await probe(network.server.address.v4);
    const rows = bothEndsRows(host);
    expect(new Set(rows.map(({ direction }) => direction))).toEqual(new Set(["outbound", "inbound"]));
    expect(
      rows.every(({ left, arrived }) => left === arrived),
      JSON.stringify(rows),
    ).toBe(true);
    expect(evidence.filter((text) => text.includes("both ends"))).toEqual([]);
  });
});
