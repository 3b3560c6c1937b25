/** Which of a machine's SMTP connections count as its mail server's: not those of mxray's own processes. */
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNetwork, describeCapability, type NetworkNode } from "@mxray/lab";
import { expect, test } from "vitest";

const MXRAY = fileURLToPath(new URL("../bin/mxray.js", import.meta.url));
const LISTING = fileURLToPath(new URL("./list-connections.ts", import.meta.url));

const capability = await describeCapability();

async function connections(node: NetworkNode): Promise<string[]> {
  const { stdout, stderr } = await node.exec(process.execPath, [LISTING], { unprivileged: true });
  if (stdout === "") throw new Error(`${node.name}: ${stderr}`);
  return (JSON.parse(stdout) as string[]).toSorted();
}

test.skipIf(!capability.ok)(
  "an ordinary user sees mail connections of both families, and none of a probe or a load beside them",
  async () => {
    await using network = await buildNetwork();
    await using directory = await mkdtempDisposable(join(tmpdir(), "mxray-own-"));
    const { v4, v6 } = network.server.address;
    // Nobody is greeted, so all of them last.
    await network.mailHost("silent");
    const targets = join(directory.path, "targets");
    await writeFile(targets, `${v4}:25 rcpt-domain=example.test\n`);
    const connect = `for (const host of process.argv.slice(1)) require("node:net").connect(25, host)`;
    const run = (args: readonly string[]) =>
      network.client.spawn(process.execPath, args, { stdio: "ignore", env: { HOME: directory.path } });
    const children = [
      run(["-e", connect, v4, v6]),
      run([MXRAY, "probe", v4, "--no-owner"]),
      run([MXRAY, "stress", v4, "--targets", targets, "--confirm", v4, "--messages", "1", "--rcpt", "user@example.test"]),
    ];
    try {
      const arrived = async () => (await connections(network.server)).length;
      await expect.poll(arrived, { timeout: 30_000 }).toBe(4);
      expect(await connections(network.client)).toEqual([`outbound ${v4}`, `outbound ${v6}`].toSorted());
      expect(await arrived()).toBe(4);
    } finally {
      for (const child of children) child.kill();
    }
  },
);
