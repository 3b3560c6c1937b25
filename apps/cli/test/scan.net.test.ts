import { setTimeout } from "node:timers/promises";
import type { MailEvent, ScanSummary } from "@mxray/contracts";
import {
  buildNetwork,
  describeCapability,
  type MailServer,
  type Network,
  type Postfix,
  postfixAvailability,
  smtpSinkAvailability,
  startPostfix,
  startSmtpSink,
} from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mxray } from "./mxray.ts";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const sink = await smtpSinkAvailability();

/** Every line of a real Postfix is one that mxray knows. */
async function summaryOf(server: Postfix): Promise<ScanSummary> {
  const summary = JSON.parse((await mxray(["scan", "--json", "--full", server.logFile])).stdout) as ScanSummary;
  expect(summary.notUnderstood).toEqual({ lines: 0, programs: [] });
  return summary;
}

async function eventsOf(server: Postfix): Promise<MailEvent[]> {
  const { stdout } = await mxray(["scan", "--events", server.logFile]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as MailEvent);
}

/** Mail through the Postfix on the client's machine, by the test client that comes with it. @param length bytes of text */
async function send(network: Network, domain: string, length: number): Promise<void> {
  const args = ["-l", String(length), "-f", "sender@sender.test", "-t", `recipient@${domain}`, "inet:127.0.0.1:25"];
  await network.client.run("/usr/sbin/smtp-source", args);
}

/** A relay on the client's machine that gives up soon, and tries each message whatever became of the others. */
function startRelay(network: Network, transports: readonly string[], config: Readonly<Record<string, string>>): Promise<Postfix> {
  return startPostfix(network.client, {
    tls: null,
    config: {
      myhostname: "relay.sender.test",
      inet_interfaces: "loopback-only",
      smtp_bind_address: network.client.address.v4,
      inet_protocols: "ipv4",
      default_transport: "smtp:",
      relay_transport: "smtp:",
      transport_maps: `inline:{${transports.join(", ")}}`,
      smtp_destination_concurrency_failed_cohort_limit: "1000",
      smtp_tls_security_level: "none",
      ...config,
    },
  });
}

/** Waits until so many delivery records are logged, by the domain of the recipient. */
async function settled(server: Postfix, domains: Readonly<Record<string, number>>): Promise<void> {
  for (const until = Date.now() + 90_000; Date.now() < until; await setTimeout(250)) {
    const lines = (await server.log()).split("\n").filter((line) => line.includes(" status="));
    // Counted by recipient: a bounce to the sender is a record, too.
    const records = (domain: string) => lines.filter((line) => line.includes(`to=<recipient@${domain}>`)).length;
    if (Object.entries(domains).every(([domain, count]) => records(domain) >= count)) return;
  }
  throw new Error(`The log does not become complete: ${await server.log()}`);
}

describe.skipIf(!capability.ok || !postfix.ok)(
  "mxray scan of what real Postfixes logged, one path with a black hole and one without",
  () => {
    let network: Network;
    let receiver: Postfix;
    let relay: Postfix;
    const SIZES = [300, 400, 500, 600, 2000, 4000, 8000, 16_000, 32_000, 50_000];
    const clean = () => network.server.addresses[0]?.v4 ?? "";
    const hole = () => network.server.addresses[1]?.v4 ?? "";

    beforeAll(async () => {
      network = await buildNetwork({ routers: 2, serverAddresses: 2 });
      const behind = network.server.addresses[1];
      if (behind === undefined) throw new Error("The server has one address only.");
      await network.setHostMtu(1, behind, 1300);
      await network.dropFragNeeded(1);
      receiver = await startPostfix(network.server, { tls: null, config: { smtpd_timeout: "4s" } });
      relay = await startRelay(network, [`clean.test=smtp:[${clean()}]`, `hole.test=smtp:[${hole()}]`], {
        smtp_data_xfer_timeout: "6s",
        smtp_data_done_timeout: "6s",
      });
      for (let round = 0; round < 2; round += 1) {
        for (const size of SIZES) for (const domain of ["clean.test", "hole.test"]) await send(network, domain, size);
      }
      await settled(relay, { "clean.test": SIZES.length * 2, "hole.test": SIZES.length * 2 });
    });
    afterAll(async () => {
      await relay?.stop();
      await receiver?.stop();
      await network?.stop();
    });

    test("the sender's log alone shows the hole, and between which sizes", async () => {
      const { peers, findings, recognised, lines } = await summaryOf(relay);
      expect(recognised).toBe(lines);
      const bad = peers.find(({ address, direction }) => address === hole() && direction === "outbound");
      const good = peers.find(({ address, direction }) => address === clean() && direction === "outbound");
      expect(good).toMatchObject({ sent: SIZES.length * 2, failed: 0, stalled: 0 });
      expect(bad).toMatchObject({ sent: 8, stalled: 12 });
      const [largest, smallest] = [bad?.largestSent ?? 0, bad?.smallestStalled ?? 0];
      expect(largest).toBeLessThan(smallest);
      const sized = findings.filter(({ code }) => code === "log-size-correlated");
      expect(sized.map(({ subject }) => subject.address)).toEqual([hole()]);
      expect(sized[0]?.confidence).toMatch(/likely|proven/);
      const said = JSON.stringify(sized[0]);
      expect(said).toContain(String(largest));
      expect(said).toContain(String(smallest));
      expect(findings.filter(({ subject }) => subject.address === clean())).toEqual([]);
    });

    test("the receiver's log shows mail that stops before its first byte", async () => {
      const { dataBytes, findings } = await summaryOf(receiver);
      const losses = dataBytes.reduce((sum, { count }) => sum + count, 0);
      expect(losses).toBe(12);
      expect(dataBytes[0]).toEqual({ bytes: 0, count: 12 });
      expect(findings).toContainEqual(
        expect.objectContaining({ code: "log-inbound-stalls", subject: expect.objectContaining({ address: network.client.address.v4 }) }),
      );
    });
  },
);

describe.skipIf(!capability.ok || !postfix.ok || !sink.ok)("mxray scan of what a real Postfix logged before unkind servers", () => {
  let network: Network;
  let relay: Postfix;
  const sinks: MailServer[] = [];
  const CASES = [
    { options: ["-q", "ehlo,helo"], event: { event: "delivery", status: "deferred", stage: "ehlo" }, words: "lost connection" },
    { options: ["-q", "mail"], event: { event: "delivery", status: "deferred", stage: "mail" }, words: "lost connection" },
    { options: ["-q", "rcpt"], event: { event: "delivery", status: "deferred", stage: "rcpt" }, words: "lost connection" },
    { options: ["-q", "data"], event: { event: "delivery", status: "deferred", stage: "data-command" }, words: "lost connection" },
    { options: ["-q", "."], event: { event: "delivery", status: "deferred", stage: "end-of-data" }, words: "lost connection" },
    { options: ["-Q", "mail"], event: { event: "delivery", status: "deferred", stage: "mail" }, words: "421" },
    { options: ["-Q", "."], event: { event: "delivery", status: "deferred", stage: "end-of-data" }, words: "421" },
    { options: ["-f", "rcpt"], event: { event: "delivery", status: "bounced", stage: "rcpt", command: "RCPT" }, words: "500" },
    { options: ["-f", "data"], event: { event: "delivery", status: "bounced", stage: "data-command", command: "DATA" }, words: "500" },
    { options: ["-P"], event: { event: "pix-workarounds" }, words: "disable_esmtp" },
    // Without pipelining: else the reply to MAIL waits with the one to DATA, and its timer is longer.
    { options: ["-p", "-w", "6"], event: { event: "delivery", status: "deferred", stage: "data-command" }, words: "timed out" },
    { options: ["-A", "0"], event: { event: "delivery", status: "bounced" }, words: "550" },
  ] as const;
  const portOf = (index: number) => 2500 + index;

  beforeAll(async () => {
    network = await buildNetwork({ routers: 1 });
    for (const [index, { options }] of CASES.entries()) sinks.push(await startSmtpSink(network.server, { options, port: portOf(index) }));
    relay = await startRelay(
      network,
      CASES.map((_, index) => `case${index}.test=smtp:[${network.server.address.v4}]:${portOf(index)}`),
      { smtp_data_init_timeout: "3s", smtp_data_done_timeout: "3s", smtp_connect_timeout: "3s", smtp_helo_timeout: "3s" },
    );
    for (const index of CASES.keys()) await send(network, `case${index}.test`, 3000);
    await settled(relay, Object.fromEntries(CASES.map((_, index) => [`case${index}.test`, 1])));
  });
  afterAll(async () => {
    await relay?.stop();
    for (const each of sinks) await each.stop();
    await network?.stop();
  });

  test.each(CASES.map(({ options, event, words }, index) => [options.join(" "), event, words, index] as const))(
    "smtp-sink %s: %j, because of '%s'",
    async (_, expected, words, index) => {
      const events = (await eventsOf(relay)).filter(({ peer, event }) => peer?.port === portOf(index) && event !== "connect");
      const found = events.find(({ event }) => event === expected.event);
      expect(found, JSON.stringify(events)).toMatchObject({
        ...expected,
        direction: "outbound",
        peer: { address: network.server.address.v4 },
      });
      expect(found?.reason).toContain(words);
      expect(found?.size).toBeGreaterThan(3000);
    },
  );
});
