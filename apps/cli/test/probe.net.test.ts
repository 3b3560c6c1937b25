import { ProbeReport } from "@mxray/contracts/schemas";
import {
  buildNetwork,
  describeCapability,
  type Network,
  type Postfix,
  postfixAvailability,
  smtpSinkAvailability,
  startPostfix,
  startSmtpSink,
} from "@mxray/lab";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mxrayFrom, probeReport } from "./mxray.ts";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const sink = await smtpSinkAvailability();

const codes = ({ findings }: ProbeReport) => findings.map(({ code }) => code);

describe.skipIf(!capability.ok || !postfix.ok)("mxray probe, from a client to a real Postfix behind two routers", () => {
  let network: Network;
  let server: Postfix;
  const target = { 4: "", 6: "" };
  beforeAll(async () => {
    network = await buildNetwork({ routers: 2 });
    server = await startPostfix(network.server);
    target[4] = `${network.server.address.v4}:25`;
    target[6] = `[${network.server.address.v6}]:25`;
  });
  afterAll(async () => {
    await server?.stop();
    await network?.stop();
  });
  beforeEach(() => network.reset());

  const dig = async (mtu: number) => {
    await network.setLinkMtu(1, mtu);
    for (const index of network.routers.keys()) await network.dropFragNeeded(index);
  };

  test.each([
    [1280, 4],
    [1337, 4],
    [1400, 4],
    [1492, 4],
    [1280, 6],
    [1337, 6],
    [1400, 6],
    [1492, 6],
  ] as const)("proves a hole of %i over IPv%i, exactly, and exits with 1", async (mtu, family) => {
    await dig(mtu);
    const { status, report } = await probeReport(network, [target[family]]);
    expect(Compile(ProbeReport).Errors(report)).toEqual([]);
    expect(report.findings[0]).toMatchObject({ code: "pmtu-black-hole", severity: "critical", confidence: "proven" });
    expect(report.hosts[0]?.path.outbound).toMatchObject({ verdict: "black-hole", mtu, confidence: "proven" });
    expect(report.hosts[0]?.path.localMtu).toBe(1500);
    expect(JSON.stringify(report.findings[0]?.remedies)).toContain(String(mtu));
    expect(status).toBe(1);
    expect(report.durationMs).toBeLessThan(15_000);
  });

  test.each([4, 6] as const)("tells a smaller path that works over IPv%i, and exits with 0", async (family) => {
    await network.setLinkMtu(1, 1400);
    const { status, report } = await probeReport(network, [target[family]]);
    expect(codes(report)).toContain("pmtu-reduced");
    expect(codes(report)).not.toContain("pmtu-black-hole");
    expect(report.hosts[0]?.path.outbound).toMatchObject({ verdict: "pmtud-works", mtu: 1400 });
    expect(status).toBe(0);
    const strict = await mxrayFrom(network, ["probe", "--json", "--fail-on", "info", target[family]]);
    expect(strict.status).toBe(1);
  });

  test.each([4, 6] as const)("calls a clear path over IPv%i healthy, and exits with 0 however strict it is asked to be", async (family) => {
    const { status, report } = await probeReport(network, ["--fail-on", "info", target[family]]);
    expect(codes(report)).toEqual(["healthy"]);
    expect(report.hosts[0]?.path.outbound).toMatchObject({ verdict: "clear", mtu: 1500 });
    expect(status).toBe(0);
  });

  test("calls random loss no hole, and finds the hole behind random loss", async () => {
    await network.setLoss(10);
    for (let run = 0; run < 4; run += 1) {
      const { report } = await probeReport(network, [target[4]]);
      for (const { code, confidence } of report.findings) if (code.startsWith("pmtu-black-hole")) expect(confidence).toBe("suspected");
    }
    await network.reset();
    await dig(1400);
    await network.setLoss(5);
    const sure: unknown[] = [];
    for (let run = 0; run < 4; run += 1) {
      const { report } = await probeReport(network, [target[4]]);
      sure.push(report.findings.find(({ code }) => code === "pmtu-black-hole")?.confidence);
    }
    expect(
      sure.filter((confidence) => confidence === "proven" || confidence === "likely").length,
      JSON.stringify(sure),
    ).toBeGreaterThanOrEqual(3);
  });

  test("takes several targets, and prints an array in their order", async () => {
    await dig(1400);
    const { status, stdout } = await mxrayFrom(network, ["probe", "--json", "--no-trace", target[4], target[6]]);
    const reports = JSON.parse(stdout) as ProbeReport[];
    expect(reports.map((report) => report.target)).toEqual([target[4], target[6]]);
    expect(reports.map((report) => report.hosts[0]?.path.outbound.mtu)).toEqual([1400, 1400]);
    expect(status).toBe(1);
  });

  test("tells it to a person, within the width of a page", async () => {
    await dig(1337);
    const { status, stdout, stderr } = await mxrayFrom(network, ["probe", target[4]]);
    expect(status).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).toContain("Packets of more than 1337 bytes are lost");
    expect(stdout).toContain("proven");
    expect(stdout).toContain("sysctl -w net.ipv4.tcp_mtu_probing=1");
    for (const line of stdout.split("\n")) if (!line.startsWith("      ")) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  test("delivered nothing in all of this, and made nobody cross", async () => {
    const log = await server.log();
    expect(log).toContain("lost connection after DATA");
    expect(log).not.toMatch(/status=|queue active|queued as| 421 | 554 |too many errors|improper command|warning/);
  });
});

describe.skipIf(!capability.ok || !sink.ok)("mxray probe and masked greetings", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork({ routers: 2 });
  });
  afterAll(() => network?.stop());

  test("recognises smtp-sink in the disguise of a PIX", async () => {
    await using _sink = await startSmtpSink(network.server, { options: ["-P"] });
    const { status, report } = await probeReport(network, [`${network.server.address.v4}:25`]);
    expect(report.findings[0]).toMatchObject({ code: "smtp-fixup", severity: "warning" });
    expect(report.hosts[0]?.greeting.mask).toBe("full");
    expect(JSON.stringify(report.findings[0]?.remedies)).toContain("no fixup protocol smtp 25");
    expect(status).toBe(1);
  });

  test("takes a few asterisks among words for what they are", async () => {
    await using host = await network.mailHost("stars-in-words", { port: 2525 });
    const { report } = await probeReport(network, [`${network.server.address.v4}:${host.port}`]);
    expect(report.hosts[0]?.greeting).toMatchObject({ mask: "none", text: expect.stringContaining("*") });
    expect(codes(report)).toEqual(["healthy"]);
  });
});
