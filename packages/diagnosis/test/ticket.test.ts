/** What a network engineer pastes into a ticket, and the commands with which they see for themselves. */
import { flowSeenAs, flowsOf, reproduceCommands, ticketText } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { probeReportOf } from "../src/index.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { blackHole, connection, control, hop, host, owner, path, probe } from "./observation.ts";

const hole = host({
  connections: [connection(2), connection(1), connection(3, { local: null, end: "timeout" })],
  path: path({ outbound: blackHole(), hops: [hop(1), hop(2)], lostBetween: [owner(1), owner(2)], localMtu: 1500 }),
});
const ticketOf = (hosts: Parameters<typeof probe>[0], link: string | null = "https://mxray.example.org/d/token") => {
  const report = probeReportOf(probe(hosts, { controls: [control()] }));
  const [worst] = report.findings;
  if (worst === undefined) throw new Error("no finding");
  return ticketText(report, worst, link);
};

describe("the text of a ticket", () => {
  test("is at most 25 lines with fault, flow, times in UTC, sizes, hops, commands and link", () => {
    const text = ticketOf([hole]);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
    expect(text).toContain("Flow: 192.0.2.7, ports 40001, 40002 → 203.0.113.25:25, TCP over IPv4");
    expect(text).toContain("Time: 2026-01-02 03:04:01.000250 UTC to 2026-01-02 03:04:03.200500 UTC");
    expect(text).toContain("hop 1, 198.51.100.1 and hop 2, 198.51.100.2");
    expect(text).toContain("ping -M do -c 3 -s 1372 203.0.113.25");
    expect(text).toContain("ping -M do -c 3 -s 1373 203.0.113.25");
    expect(text).toContain("https://mxray.example.org/d/token");
    expect(text).not.toMatch(/[`*_\\]{2}/);
  });

  test("of an older probe, without connections, has the time of the probe", () => {
    const { connections: _, ...older } = hole;
    expect(ticketOf([older])).toMatch(/Measured: 2026-01-02 03:04:05.* UTC/);
  });

  test("of a share without our address names the ports and no address", () => {
    const text = ticketOf([{ ...hole, connections: [connection(1, { local: "sender:40001" })] }]);
    expect(text).toContain("Flow: sender, port 40001 → 203.0.113.25:25");
  });

  test("says that a source is private, and what the host sees", () => {
    const transcript = [
      { at: 1, connection: 1, dir: ">", text: "EHLO client.example.org" },
      { at: 2, connection: 1, dir: "<", text: "250-mx1.example.test Hello client [198.51.100.77], pleased to meet you" },
    ] as const;
    const text = ticketOf([{ ...hole, transcript: [...transcript], connections: [connection(1, { local: "10.1.2.3:40001" })] }]);
    expect(text).toContain("Source address: 10.1.2.3 is private; as the host sees us: 198.51.100.77");
  });

  test.each(hostileTexts.map((text) => [text]))("a host that says %j adds no line", (hostile) => {
    const lines = ticketOf([{ ...hole, name: hostile }], null)
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeLessThanOrEqual(25);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("flows", () => {
  test("come in the order in which they began", () => {
    expect(flowsOf(hole).map(({ connection: n, source }) => [n, source])).toEqual([
      [1, "192.0.2.7:40001"],
      [2, "192.0.2.7:40002"],
      [3, null],
    ]);
  });

  test.each([
    ["250-mx.example.test Hello [192.0.2.99]", "192.0.2.99"],
    ["250-mx.example.test Hello client [IPv6:2001:db8::7], pleased", "2001:db8::7"],
    ["250-mx.example.test at 203.0.113.25", null],
    ["250 mx.example.test", null],
    ["250 12:30:45 v1.2.3.4.5", null],
  ])("the reply %j names %s", (reply, expected) => {
    const transcript = [
      { at: 1, connection: 1, dir: ">" as const, text: "EHLO x" },
      { at: 2, connection: 1, dir: "<" as const, text: reply },
    ];
    expect(flowSeenAs({ transcript, address: "203.0.113.25" })).toBe(expected);
  });
});

describe("the commands that show a black hole", () => {
  const commandsOf = (other: Parameters<typeof host>[0]) => reproduceCommands(host({ ...hole, ...other }));
  const of = (system: string) => commandsOf({}).filter((one) => one.system === system);

  test.each([
    ["Linux", "ping -M do -c 3 -s 1373 203.0.113.25"],
    ["BSD and macOS", "ping -D -c 3 -s 1373 203.0.113.25"],
    ["Windows", "ping -f -n 3 -l 1373 203.0.113.25"],
    ["Cisco IOS", "ping 203.0.113.25 size 1401 df-bit repeat 3"],
    ["Junos", "ping 203.0.113.25 do-not-fragment size 1373 count 3"],
    ["Linux", "hping3 -S -y -c 3 -p 25 -d 1361 203.0.113.25"],
  ])("%s: %s", (system, command) => {
    const found = of(system).find((one) => one.command === command);
    expect(found?.expect).toMatch(/lost silently|does not/);
  });

  test("IPv6 has its own header and filters", () => {
    const commands = commandsOf({ address: "2001:db8::25", family: 6 }).map(({ command }) => command);
    expect(commands).toContain("ping -6 -M do -c 3 -s 1353 2001:db8::25");
    expect(commands.find((command) => command.includes("ip6[4:2] > 1360"))).toContain("dst host 2001:db8::25");
    expect(commands.join("\n")).not.toMatch(/hping3|nmap|icmp\[/);
  });

  test("there are none without a hole, without a size, or for what is no address", () => {
    expect(reproduceCommands(host())).toEqual([]);
    expect(commandsOf({ path: path({ outbound: blackHole({ mtu: null }) }) })).toEqual([]);
    expect(commandsOf({ address: "203.0.113.25; reboot" })).toEqual([]);
  });
});
