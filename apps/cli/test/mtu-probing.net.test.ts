/** A black hole as it looks from a machine whose own MTU probing is off, on after a stall, or always on. */
import { fileURLToPath } from "node:url";
import type { ProbeReport } from "@mxray/contracts";
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MXRAY = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
const MTU = 1400;

const capability = await describeCapability();

describe.skipIf(!capability.ok)("with a hole, and net.ipv4.tcp_mtu_probing", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork({ routers: 3 });
    await network.mailHost("healthy");
    await network.setLinkMtu(1, MTU);
    for (const router of network.routers.keys()) await network.dropFragNeeded(router);
  });
  afterAll(async () => await network?.stop());

  const probeWith = async (probing: number): Promise<ProbeReport> => {
    await network.flushRoutes();
    await network.client.setSysctls({ "net.ipv4.tcp_mtu_probing": probing });
    const { stdout } = await network.client.exec(process.execPath, [MXRAY, "probe", "--json", "--no-owner", network.server.address.v4]);
    await network.client.setSysctls({ "net.ipv4.tcp_mtu_probing": 0 });
    return JSON.parse(stdout) as ProbeReport;
  };

  test.each([0, 1])("%i: the hole is found with its exact size, and the setting is no finding", async (probing) => {
    const { findings, hosts } = await probeWith(probing);
    expect(findings.map(({ code, confidence }) => `${code} ${confidence}`)).toEqual(["pmtu-black-hole proven"]);
    expect(hosts[0]?.path.outbound).toMatchObject({ verdict: "black-hole", mtu: MTU, exact: true });
  });

  test("2: the machine sends no packets that large, and the report says that a hole may be hidden", async () => {
    const { findings, hosts } = await probeWith(2);
    expect(findings.map(({ code }) => code)).toContain("host-setting-hides");
    expect(findings.map(({ code }) => code)).not.toContain("pmtu-black-hole");
    const largest = hosts[0]?.path.outbound.mtu ?? 0;
    expect(largest).toBeLessThan(MTU);
    expect(findings.find(({ code }) => code === "healthy")?.summary).toContain(`Packets of up to ${largest} bytes arrive`);
  });
});
