import { fileURLToPath } from "node:url";
import type { LiveDeliveries, QueueDestination } from "@mxray/contracts";
import { QueueReader } from "@mxray/host";
import { buildNetwork, describeCapability, type NetworkNode, postfixAvailability, startPostfix } from "@mxray/lab";
import { faultOfWords } from "@mxray/maillog";
import { describe, expect, test } from "vitest";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const PROCESS = fileURLToPath(new URL("./live-process.ts", import.meta.url));
/** Three full segments and a smaller one, which fits through the hole. */
/** No lab has a route to it. */
const UNREACHABLE = "198.51.100.200";
const MESSAGE = `Subject: lab\n\n${`${"x".repeat(70)}\n`.repeat(62)}`;

async function watch(node: NetworkNode): Promise<LiveDeliveries> {
  const { stdout, stderr } = await node.exec(process.execPath, [PROCESS], { unprivileged: true });
  if (stdout === "") throw new Error(`Nothing stalled on ${node.name}. ${stderr}`);
  return JSON.parse(stdout) as LiveDeliveries;
}

describe.skipIf(!capability.ok || !postfix.ok)("live deliveries", () => {
  test("an ordinary user sees a real Postfix's delivery stall in a hole, at both ends, and the one beside it not; all wait in its queue", async () => {
    await using network = await buildNetwork({ serverAddresses: 2 });
    const [clean, beyondHole] = network.server.addresses;
    if (clean === undefined || beyondHole === undefined) throw new Error("The server has two addresses.");
    // Neither message is answered, so both deliveries last.
    await network.mailHost("hangs-at-end-of-data");
    await network.setHostMtu(1, beyondHole, 1400);
    await network.dropFragNeeded(1);
    const config = { default_transport: "smtp", myhostname: "client.example.test" };
    await using sender = await startPostfix(network.client, { config, tls: null });
    const views = [watch(network.client), watch(network.server)];
    for (const v4 of [clean.v4, beyondHole.v4, UNREACHABLE]) {
      const args = ["-C", sender.configDirectory, "-f", "sender@example.test", `postmaster@[${v4}]`];
      await network.client.run("/usr/sbin/sendmail", args, { input: MESSAGE, env: { MAIL_CONFIG: sender.configDirectory } });
    }
    const [outbound, inbound] = await Promise.all(views);

    const sent = outbound?.deliveries.filter(({ direction }) => direction === "outbound") ?? [];
    expect(sent.map(({ peer, state, stall }) => `${peer.address} ${state} ${stall}`)).toContain(`${beyondHole.v4} stalled unacknowledged`);
    expect(sent.find(({ peer }) => peer.address === clean.v4)).toMatchObject({ inFlight: 0, stall: null });
    const stalled = sent.find(({ state }) => state === "stalled");
    expect(stalled).toMatchObject({ sendMss: 1448, laterArrived: true });
    expect(stalled?.forMs).toBeGreaterThanOrEqual(3000);
    expect(inbound?.deliveries.filter(({ state }) => state === "stalled")).toMatchObject([
      { direction: "inbound", stall: "gap", mailPort: 25 },
    ]);

    const command = ["postqueue", "-c", sender.configDirectory, "-j"] as const;
    const queue = async () => {
      const { missing, destinations } = await new QueueReader({ command, readReason: faultOfWords }).read(AbortSignal.timeout(20_000));
      const row = ({ domain, messages, reasons }: QueueDestination) =>
        `${domain} ${messages} ${reasons.map(({ reason, peer }) => `${reason} of ${peer?.address ?? "none"}`)}`;
      return { missing, destinations: destinations.map(row).toSorted() };
    };
    await expect.poll(queue, { timeout: 20_000 }).toEqual({
      missing: null,
      destinations: [
        `[${UNREACHABLE}] 1 connect-failed of ${UNREACHABLE}`,
        ...[clean, beyondHole].map(({ v4 }) => `[${v4}] 1 untried of none`).toSorted(),
      ],
    });
  });
});
