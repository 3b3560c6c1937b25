import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeCapability } from "../kernel/capability.ts";
import { buildNetwork, type Network } from "../network/network.ts";

const capability = await describeCapability();
const PROGRAM = fileURLToPath(new URL("./mail-host-process.ts", import.meta.url));

/** Sends `bytes` of a body and prints how it went after a second: what the host said, and what is still unsent. */
const SENDER = `
  import net from "node:net";
  const [address, port, bytes] = process.argv.slice(1);
  const socket = net.connect({ host: address, port: Number(port), noDelay: true });
  const lines = [];
  let wake = () => {};
  socket.setEncoding("latin1").on("data", (text) => { lines.push(...text.trimEnd().split("\\r\\n")); wake(); });
  socket.on("error", (error) => { console.log(error.code); process.exit(); });
  const replied = async (line) => { if (line) socket.write(line + "\\r\\n"); const n = lines.length; while (lines.length === n) await new Promise((r) => { wake = r; }); };
  await replied();
  for (const line of ["EHLO client.example.test", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA"]) await replied(line);
  await new Promise((r) => setTimeout(r, 50));
  socket.write("x".repeat(Number(bytes)));
  setTimeout(() => { console.log(lines.at(-1)); process.exit(); }, 1000);
`;

describe.skipIf(!capability.ok)("servers inside a namespace", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork({ serverAddresses: 3, nameServer: "203.0.113.1" });
  });
  afterAll(() => network.stop());
  const send = (address: string, bytes: number, port = 25) =>
    network.client.run(process.execPath, ["--input-type=module", "-e", SENDER, address, String(port), String(bytes)]);

  test("a mail host is reached in both families, and its record can be asked for", async () => {
    await using host = await network.mailHost("healthy");
    expect(await send("203.0.113.1", 10)).toContain("354");
    expect(await send("2001:db8:ff::2", 20)).toContain("354");
    const connections = await host.connections();
    expect(connections.map((connection) => connection.from)).toEqual(["::ffff:192.0.2.2", "2001:db8:1::2"]);
    expect(connections.map((connection) => connection.bodyBytes)).toEqual([10, 20]);
    expect(await host.delivered()).toBe(0);
  });

  test("several hosts share a port on different addresses", async () => {
    await using _one = await network.mailHost("greeting-554", { host: "203.0.113.2" });
    await using _other = await network.mailHost("healthy", { host: "203.0.113.3" });
    await expect(network.mailHost("healthy", { host: "203.0.113.3" })).rejects.toThrow("EADDRINUSE");
    expect(await send("203.0.113.3", 10)).toContain("354");
  });

  test("in a black hole large segments never arrive, though small ones do", async () => {
    await using host = await network.mailHost("healthy");
    await network.setLinkMtu(1, 1400);
    await network.dropFragNeeded(0);
    await send("203.0.113.1", 5000);
    await send("203.0.113.1", 900);
    expect((await host.connections()).map((connection) => connection.bodyBytes)).toEqual([0, 900]);
    await network.reset();
    await send("203.0.113.1", 5000);
    expect((await host.connections()).at(-1)?.bodyBytes).toBe(5000);
  });

  test("a router can cut each connection off after so many bytes", async () => {
    await using host = await network.mailHost("healthy");
    await network.dropAfter(0, 65_536);
    await send("203.0.113.1", 200_000);
    const received = (await host.connections())[0]?.bodyBytes ?? 0;
    expect(received).toBeGreaterThan(50_000);
    expect(received).toBeLessThan(65_536);
    await network.reset();
  });

  test("names are resolved by the lab's own name server", async () => {
    await using dns = await network.dnsServer({ "mx1.example.test": { a: ["203.0.113.1"] } });
    expect(await network.client.run("getent", ["ahostsv4", "mx1.example.test"])).toContain("203.0.113.1");
    expect(await dns.questions()).toContain("A mx1.example.test");
  });

  test("a mail host runs as a program too", async () => {
    const child = network.server.spawn(process.execPath, [PROGRAM, "greeting-421", "--port", "2525"]);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await expect.poll(() => output).toBe("ready 2525\n");
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    const wrong = await network.server.exec(process.execPath, [PROGRAM, "no-such-host"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("pix-6");
  });
});
