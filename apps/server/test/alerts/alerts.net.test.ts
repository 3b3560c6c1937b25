/** A hole in a real kernel's network that opens and closes: one alert and one fix on each channel, and no more. */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildNetwork, describeCapability, type Network } from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReceivedAlerts } from "./alerting-network.ts";
import { hasSmtpSink } from "./receivers.ts";

const SERVER = fileURLToPath(new URL("alerting-network.ts", import.meta.url));
const capability = await describeCapability();
/** In a user namespace, smtp-sink cannot change its user. */
const hasMail = hasSmtpSink() && process.getuid?.() === 0;

describe.skipIf(!capability.ok)("a hole that a monitor sees", () => {
  let network: Network;
  let server: ChildProcess;
  let last: ReceivedAlerts = { webhook: [], v4: [], ntfy: [], mail: [] };
  beforeAll(async () => {
    network = await buildNetwork({ routers: 3 });
    await network.mailHost("healthy");
  });
  afterAll(async () => {
    server?.kill();
    await network?.stop();
  });
  const until = async (holds: (received: ReceivedAlerts) => boolean) => {
    while (!holds(last)) {
      if (server.exitCode !== null) throw new Error("The server ended.");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const subjectsOf = (...subjects: string[]) => (hasMail ? subjects : []);

  it("is one alert and one fix on each channel", { timeout: 300_000 }, async () => {
    // Mute before small: a round between the two would learn the path MTU, and the hole would hide behind that for minutes.
    for (const index of network.routers.keys()) await network.dropFragNeeded(index);
    await network.setLinkMtu(1, 1400);
    const args = [SERVER, network.server.address.v4, hasMail ? "mail" : ""];
    server = network.client.spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    if (server.stdout === null) throw new Error("The server has no output.");
    createInterface({ input: server.stdout }).on("line", (line) => {
      last = JSON.parse(line);
    });
    const all = (count: number) => (received: ReceivedAlerts) =>
      received.webhook.length >= count &&
      received.v4.length >= count &&
      received.ntfy.length >= count &&
      (!hasMail || received.mail.length >= count);
    await until(all(1));
    expect(last).toEqual({
      webhook: ["opened pmtu-black-hole"],
      v4: ["firing pmtu-black-hole"],
      ntfy: ["Problem"],
      mail: subjectsOf("Problem"),
    });
    await network.reset();
    await until(all(2));
    expect(last).toEqual({
      webhook: ["opened pmtu-black-hole", "fixed pmtu-black-hole"],
      v4: ["firing pmtu-black-hole", "resolved pmtu-black-hole"],
      ntfy: ["Problem", "Fixed"],
      mail: subjectsOf("Fixed", "Problem"),
    });
  });
});
