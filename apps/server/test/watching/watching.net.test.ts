/** A watched black hole, in a real kernel's network: it closes its finding when it is mended, and opens it when it is back. */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SERVER = fileURLToPath(new URL("watching-server.ts", import.meta.url));
const capability = await describeCapability();

interface Told {
  readonly state: string;
  readonly title: string;
  readonly life: readonly string[];
  readonly last: string | null;
  readonly fates: readonly string[] | null;
}

describe.skipIf(!capability.ok)("a watched black hole", () => {
  let network: Network;
  let server: ChildProcess;
  const told: Told[] = [];
  beforeAll(async () => {
    network = await buildNetwork({ routers: 3 });
    await network.mailHost("healthy");
  });
  afterAll(async () => {
    server?.kill();
    await network?.stop();
  });

  // Mute before small: a round between the two would learn the path MTU, and the hole would hide behind that for minutes.
  const dig = async (mtu: number) => {
    for (const index of network.routers.keys()) await network.dropFragNeeded(index);
    await network.setLinkMtu(1, mtu);
  };
  const hear = async (holds: (line: Told) => boolean): Promise<Told> => {
    for (let turn = 0; turn < 900; turn += 1) {
      const last = told.at(-1);
      if (last !== undefined && holds(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`It never came: ${JSON.stringify(told)}`);
  };

  it("closes its finding when the path is mended, and opens it again when the hole is back", async () => {
    await dig(1400);
    const host = network.server.address.v4;
    server = network.client.spawn(process.execPath, [SERVER, host, "pmtu-black-hole"], { stdio: ["ignore", "pipe", "inherit"] });
    if (server.stdout === null) throw new Error("The server tells nothing.");
    createInterface({ input: server.stdout }).on("line", (line) => told.push(JSON.parse(line)));

    const open = await hear(({ state }) => state === "open");
    expect(open).toMatchObject({ life: ["opened"], title: expect.stringContaining("1400") });

    await network.reset();
    const began = performance.now();
    const fixed = await hear(({ state, last }) => state === "fixed" && last === "healthy");
    const mendedMs = performance.now() - began;
    expect(fixed).toMatchObject({ life: ["opened", "fixed"], fates: ["pmtu-black-hole fixed"] });

    await dig(1380);
    const again = performance.now();
    const reopened = await hear(({ state }) => state === "open");
    expect(reopened).toMatchObject({ life: ["opened", "fixed", "reopened"], title: expect.stringContaining("1380") });
    console.log(`closed after ${Math.round(mendedMs)} ms, reopened after ${Math.round(performance.now() - again)} ms, a round a second`);
  });
});
