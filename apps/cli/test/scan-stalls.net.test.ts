/** What real mail programs log when something hangs, and what `mxray scan` makes of it. */
import { setTimeout } from "node:timers/promises";
import type { Finding, ScanSummary } from "@mxray/contracts";
import {
  buildNetwork,
  describeCapability,
  eximAvailability,
  type MailServer,
  type Network,
  type NetworkNode,
  type Postfix,
  postfixAvailability,
  startExim,
  startPostfix,
} from "@mxray/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mxray } from "./mxray.ts";

const capability = await describeCapability();
const postfix = await postfixAvailability();
const exim = await eximAvailability();

type Logged = Pick<MailServer, "log"> & { readonly logFile: string };

async function scanOf({ logFile }: Logged): Promise<ScanSummary> {
  const summary = JSON.parse((await mxray(["scan", "--json", "--full", logFile])).stdout) as ScanSummary;
  expect(summary.notUnderstood).toEqual({ lines: 0, programs: [] });
  return summary;
}

const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code);

async function logged(server: Logged, pattern: RegExp, times: number): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await setTimeout(200)) {
    const found = (await server.log()).split("\n").filter((line) => pattern.test(line));
    if (found.length >= times) return;
  }
  throw new Error(`${pattern} is not logged ${times} times: ${await server.log()}`);
}

/** A session typed line by line; the reply to each line is awaited for at most a second. */
async function type(node: NetworkNode, address: string, lines: readonly string[], stays: number): Promise<void> {
  const typed = lines.map((line) => `printf '%s\\r\\n' '${line}' >&3; sleep 0.3`).join("; ");
  await node.run("bash", ["-c", `exec 3<>/dev/tcp/${address}/25; sleep 0.3; ${typed}; sleep ${stays}`]);
}

const MESSAGE = [
  "EHLO client.example.test",
  "MAIL FROM:<a@sender.test>",
  "RCPT TO:<b@example.test>",
  "DATA",
  "Subject: x",
  "",
  "text",
  ".",
];

describe.skipIf(!capability.ok || !postfix.ok)("what a real Postfix logs as a server", () => {
  let network: Network;
  const servers: Postfix[] = [];
  beforeAll(async () => {
    network = await buildNetwork({ routers: 1 });
  });
  afterAll(async () => {
    for (const each of servers) await each.stop();
    await network?.stop();
  });
  const start = async (config: Readonly<Record<string, string>>) => {
    await servers.pop()?.stop();
    const server = await startPostfix(network.server, { tls: null, config });
    servers.push(server);
    return server;
  };
  const target = () => network.server.address.v4;

  test("a client that stays connected after its 250 is no fault and no stall", async () => {
    const server = await start({ smtpd_timeout: "2s" });
    for (let round = 0; round < 3; round += 1) await type(network.client, target(), MESSAGE, 3);
    await logged(server, /timeout after END-OF-MESSAGE/, 3);
    const { findings, peers } = await scanOf(server);
    expect(findings).toEqual([]);
    expect(peers.find(({ direction }) => direction === "inbound")).toMatchObject({ sent: 3, stalled: 0 });
  });

  test("a policy server that is down", async () => {
    const server = await start({
      smtpd_recipient_restrictions: "check_policy_service inet:127.0.0.1:9, permit",
      smtpd_policy_service_timeout: "2s",
      smtpd_policy_service_retry_delay: "1s",
    });
    await type(network.client, target(), MESSAGE.slice(0, 3), 3);
    await logged(server, /problem talking to server/, 1);
    const { findings } = await scanOf(server);
    expect(codesOf(findings)).toEqual(["log-filter"]);
    expect(findings[0]?.remedies[0]?.platform).toBe("postfix");
  });

  test("a filter before the queue that hangs", async () => {
    const silent = network.server.spawn(process.execPath, ["-e", "require('node:net').createServer(() => {}).listen(10025)"], {
      stdio: "ignore",
    });
    try {
      const server = await start({ smtpd_proxy_filter: "127.0.0.1:10025", smtpd_proxy_timeout: "2s" });
      await type(network.client, target(), MESSAGE.slice(0, 4), 4);
      await logged(server, /timeout talking to proxy|lost connection with proxy|queue file write error|proxy-reject/, 1);
      const { findings } = await scanOf(server);
      expect(codesOf(findings), await server.log()).toEqual(["log-filter"]);
    } finally {
      silent.kill();
    }
  });
});

describe.skipIf(!capability.ok || !postfix.ok)("TLS across a hole on the way back", () => {
  let network: Network;
  let receiver: Postfix;
  const hosts: MailServer[] = [];
  beforeAll(async () => {
    network = await buildNetwork({ routers: 1 });
    await network.dropLarger(0, "inbound", 600);
    receiver = await startPostfix(network.server);
  });
  afterAll(async () => {
    for (const each of hosts) await each.stop();
    await receiver?.stop();
    await network?.stop();
  });
  const send = (length: number) =>
    network.client.run("/usr/sbin/smtp-source", ["-l", String(length), "-f", "a@sender.test", "-t", "b@hole.test", "inet:127.0.0.1:25"]);
  const told = (findings: readonly Finding[]) => findings.find(({ code }) => code === "log-tls-stalls");

  test("a real Postfix's log shows handshakes that time out, from the host to us", async () => {
    const relay = await startPostfix(network.client, {
      tls: null,
      config: {
        myhostname: "relay.sender.test",
        inet_interfaces: "loopback-only",
        inet_protocols: "ipv4",
        smtp_bind_address: network.client.address.v4,
        default_transport: "smtp:",
        relay_transport: "smtp:",
        transport_maps: `inline:{hole.test=smtp:[${network.server.address.v4}]}`,
        smtp_destination_concurrency_failed_cohort_limit: "1000",
        smtp_tls_security_level: "encrypt",
        smtp_starttls_timeout: "3s",
      },
    });
    hosts.push(relay);
    for (let round = 0; round < 3; round += 1) await send(1000);
    await logged(relay, /status=deferred/, 3);
    const { findings } = await scanOf(relay);
    expect(told(findings), await relay.log()).toMatchObject({
      subject: { address: network.server.address.v4, port: 25 },
      summary: expect.stringContaining("from the host to this server"),
    });
    expect(told(findings)?.remedies[0]?.platform).toBe("postfix");
    expect(codesOf(findings)).not.toContain("log-outbound-stalls");
    await hosts.pop()?.stop();
  });

  test.skipIf(!exim.ok)("a real Exim's log, with GnuTLS, shows the same", async () => {
    const relay = await startExim(network.client, {
      sendsTo: { address: network.server.address.v4, options: { hosts_require_tls: "*", command_timeout: "3s" } },
      config: { primary_hostname: "relay.sender.test" },
    });
    hosts.push(relay);
    for (let round = 0; round < 3; round += 1) await send(1000);
    await logged(relay, / == .*(?:defer|timed out)/, 3);
    const { findings } = await scanOf(relay);
    expect(told(findings), await relay.log()).toMatchObject({ subject: { address: network.server.address.v4 } });
    expect(told(findings)?.remedies[0]?.platform).toBe("exim");
  });
});
