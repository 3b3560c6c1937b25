import { spawn } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeCapability } from "../kernel/capability.ts";
import { buildNetwork, type Network } from "../network/network.ts";
import { eximAvailability, startExim } from "./exim.ts";
import { postfixAvailability, startPostfix } from "./postfix.ts";
import { smtpSinkAvailability, startSmtpSink } from "./smtp-sink.ts";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const exim = await eximAvailability();
const sink = await smtpSinkAvailability();

/** Sends lines one by one, each after the reply to the one before, and prints all replies. An empty line is a pause for TLS. */
const CLIENT = `
  import net from "node:net";
  const [address, ...commands] = process.argv.slice(1);
  const socket = net.connect({ host: address, port: 25, noDelay: true });
  let text = "";
  socket.setEncoding("latin1").on("data", (more) => {
    text += more;
    if (!/^\\d{3} [^\\n]*\\n$/m.test(text.slice(text.lastIndexOf("\\n", text.length - 2) + 1))) return;
    const next = commands.shift();
    if (next === undefined) { process.stdout.write(text); process.exit(); }
    socket.write(next.replaceAll("|", "\\r\\n") + "\\r\\n");
  });
  socket.on("close", () => { process.stdout.write(text); process.exit(); });
  socket.on("error", (error) => { console.log(text + error.code); process.exit(); });
`;
const MESSAGE = "Subject: lab||Hello.|.";

describe.skipIf(!capability.ok)("real mail servers", () => {
  let network: Network;
  beforeAll(async () => {
    network = await buildNetwork();
  });
  afterAll(() => network.stop());
  const talk = (address: string, ...commands: string[]) =>
    network.client.run(process.execPath, ["--input-type=module", "-e", CLIENT, address, ...commands]);
  const leftovers = async () => (await readdir(tmpdir())).filter((name) => /^mxray-(postfix|exim|sink)-/.test(name));

  test.skipIf(!postfix.ok)("Postfix accepts mail for anybody, in both families, and logs it in its own file", async () => {
    const etc = (await stat("/etc/postfix")).mtimeMs;
    await using server = await startPostfix(network.server);
    for (const address of ["203.0.113.1", "2001:db8:ff::1"]) {
      const replies = await talk(address, "EHLO client", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA", MESSAGE, "QUIT");
      expect(replies).toMatch(/^220 mx\.example\.test ESMTP Postfix/);
      expect(replies).toContain("250-STARTTLS");
      expect(replies).toContain("250 2.0.0 Ok: queued as");
    }
    await expect.poll(() => server.log(), { timeout: 5000 }).toMatch(/postfix\/discard\[\d+\]: .*status=sent/);
    expect((await stat("/etc/postfix")).mtimeMs, "the machine's own configuration is untouched").toBe(etc);
  });

  test.skipIf(!postfix.ok)("Postfix has its default limits, and what is set on top", async () => {
    await using server = await startPostfix(network.server, { config: { smtpd_timeout: "1s" }, tls: null });
    const replies = await talk("203.0.113.1", "EHLO client", "MAIL FROM:<>", "RCPT TO:<postmaster>", "DATA", "half a message");
    expect(replies).not.toContain("STARTTLS");
    expect(replies).toContain("SIZE 10240000");
    await expect.poll(() => server.log(), { timeout: 5000 }).toMatch(/timeout after DATA \(16 bytes\) from unknown\[192\.0\.2\.2\]/);
  });

  test.skipIf(!exim.ok)("Exim accepts mail for anybody, in both families, and counts commands", async () => {
    await using server = await startExim(network.server);
    for (const address of ["203.0.113.1", "2001:db8:ff::1"]) {
      const replies = await talk(address, "EHLO client", "MAIL FROM:<>", "RCPT TO:<postmaster@example.test>", "DATA", MESSAGE, "QUIT");
      expect(replies).toMatch(/^220 mx\.example\.test ESMTP Exim/);
      expect(replies).toContain("250-STARTTLS");
      expect(replies).toContain("250 OK id=");
    }
    const noops = await talk("203.0.113.1", "EHLO client", ...Array<string>(12).fill("NOOP"));
    expect(noops.match(/^250 OK\r$/gm)).toHaveLength(10);
    expect(noops).toContain("554 Too many nonmail commands");
    expect(await server.log()).toContain("Completed");
  });

  test.skipIf(!sink.ok)("smtp-sink greets like a PIX", async () => {
    await using _server = await startSmtpSink(network.server, { options: ["-P"] });
    expect(await talk("203.0.113.1")).toMatch(/^220 [20* ]+\r\n$/);
  });

  test.skipIf(!postfix.ok || !sink.ok)("nothing is left of them", async () => {
    const before = await leftovers();
    const server = await startPostfix(network.server, { port: 2525 });
    const other = await startSmtpSink(network.server);
    await Promise.all([server.stop(), other.stop()]);
    expect(await leftovers()).toEqual(before);
    const ports = await network.server.run("ss", ["-Hltn"]);
    expect(ports).toBe("");
  });

  test.skipIf(process.getuid?.() !== 0 || !sink.ok)("smtp-sink runs without root", async () => {
    const index = fileURLToPath(new URL("../index.ts", import.meta.url));
    const program = `
      const { buildNetwork, startSmtpSink } = await import(${JSON.stringify(index)});
      await using network = await buildNetwork();
      await using sink = await startSmtpSink(network.server, { options: ["-P"] });
      const reply = await network.client.run("sh", ["-c", "(sleep 0.2; printf 'QUIT\\\\r\\\\n') | timeout 2 nc -N 203.0.113.1 25 || true"]);
      console.log(network.mode, JSON.stringify(reply), (await sink.log()).length > 0);
    `;
    const child = spawn("setpriv", [
      ...["--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all"],
      ...[process.execPath, "--input-type=module", "-e", program],
    ]);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    await new Promise((resolve) => child.once("close", resolve));
    expect(output).toMatch(/^user-namespace .* true\n$/);
  });
});
