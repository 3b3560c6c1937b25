import { once } from "node:events";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
import { mxrayFrom, probeReport, STRANGER } from "./mxray.ts";

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

  /** What tcpdump prints of the file. */
  const dump = async (file: string) => await network.client.run("tcpdump", ["-nnr", file]);

  test.each([4, 6] as const)("--pcap keeps its own packets, and nothing else, over IPv%i", async (family) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "mxray-pcap-"));
    const file = join(folder.path, "probe.pcap");
    await dig(1400);
    using other = await otherClient(network, network.server.address[`v${family}`]);
    const { report } = await probeReport(network, ["--pcap", file, target[family]]);
    const connections = report.hosts[0]?.connections ?? [];
    const lines = await dump(file);
    const ours = new Set(connections.map(({ local }) => local?.replace(/[[\]]/g, "").replace(/:(?=\d+$)/, ".")));
    const flows = [...lines.matchAll(/ IP6? (\S+) > (\S+?): Flags/g)].flatMap(([, from, to]) => [from, to]);
    const clients = new Set(flows.filter((end) => !end?.endsWith(".25")));
    expect(clients).toEqual(ours);
    expect(lines).not.toContain(`.${other.port} `);
    // Every connection is whole, from the first SYN.
    expect(lines.match(/Flags \[S\],/g)).toHaveLength(connections.length);
    // What was lost is there, again and again, and no router's word about it.
    const large = [...lines.matchAll(/seq (\d+):(\d+),/g)].map(([, from, to]) => Number(to) - Number(from));
    const header = family === 4 ? 52 : 72;
    expect(large.filter((payload) => payload + header > 1400).length).toBeGreaterThan(2);
    expect(Math.max(...large) + header).toBeLessThanOrEqual(1500);
    expect(lines).not.toMatch(/ICMP/);
    const bytes = await readFile(file, "latin1");
    expect(bytes).not.toMatch(/EHLO|NOOP|220 |Postfix/);
  });

  test.each([4, 6] as const)("--pcap shows the router's report where it comes, over IPv%i", async (family) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "mxray-pcap-"));
    const file = join(folder.path, "probe.pcap");
    await network.setLinkMtu(1, 1400);
    const { stderr } = await mxrayFrom(network, ["probe", "--pcap", file, "--no-trace", target[family]]);
    expect(stderr).toMatch(/: \d+ packets of \d+ connections, headers only\.\n$/);
    expect(await dump(file)).toMatch(family === 4 ? /ICMP .* unreachable - need to frag \(mtu 1400\)/ : /ICMP6, packet too big, mtu 1400/);
  });

  test("--pcap says what it lacks before a packet leaves", async () => {
    const nowhere = await mxrayFrom(network, ["probe", "--pcap", "/nowhere/probe.pcap", target[4]]);
    expect(nowhere).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringContaining("/nowhere/probe.pcap cannot be written (ENOENT)"),
    });
    const { code, stdout, stderr } = await network.client.exec(
      "setpriv",
      ["--bounding-set=-net_raw", "--inh-caps=-net_raw", STRANGER.program, ...["probe", "--pcap", join(tmpdir(), "never.pcap"), target[4]]],
      { env: STRANGER.environment() },
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("may not capture packets");
  });

  test("delivered nothing in all of this, and made nobody cross", async () => {
    const log = await server.log();
    expect(log).toContain("lost connection after DATA");
    expect(log).not.toMatch(/status=|queue active|queued as| 421 | 554 |too many errors|improper command|warning/);
  });
});

/** Another program of the same machine, that talks to the same host all the time. */
async function otherClient(network: Network, address: string): Promise<{ port: number } & Disposable> {
  const script = `
    const socket = require("node:net").connect(25, process.argv[1]);
    socket.once("data", () => console.log(socket.localPort)).on("data", () => undefined);
    setInterval(() => socket.write("NOOP\\r\\n"), 300);`;
  const child = network.client.spawn(process.execPath, ["-e", script, address], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(child.stdout ?? child, "data");
  return { port: Number(port), [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

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
