/** What peers of a log show besides stalls of content. */
import type { Finding, LogPeer, LogStatistics, PeerSign, SignTally } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { diagnoseLog } from "./diagnose-log.ts";
import { logOf, NOON, peerOf, stallTally } from "./log-statistics.test-data.ts";

const TEN = "2026-03-01T10:00:00.000Z";
const ELEVEN = "2026-03-01T11:00:00.000Z";
const codesOf = (findings: readonly Finding[]) => findings.map(({ code, confidence }) => `${code} ${confidence}`);
const found = (peers: readonly LogPeer[], rest: Partial<LogStatistics> = {}) => diagnoseLog(logOf({ peers: [...peers], ...rest }));
const sign = (which: PeerSign, count = 5, span: Partial<SignTally> = {}): SignTally => ({
  sign: which,
  count,
  first: TEN,
  last: ELEVEN,
  ...span,
});
const stalled = (
  stage: "greeting" | "ehlo" | "starttls" | "rcpt" | "data-command" | "body",
  timeouts: number,
  parts: Partial<LogPeer> = {},
) =>
  peerOf({
    stalled: timeouts,
    failed: timeouts,
    stalls: [{ ...stallTally(stage, timeouts), first: TEN, last: ELEVEN }],
    firstStall: TEN,
    lastStall: ELEVEN,
    ...parts,
  });
const destination = (number: number, parts: Partial<LogPeer> = {}) => ({
  name: `mx.org${number}.test`,
  address: `198.51.${number}.25`,
  ...parts,
});
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("stalls before the content", () => {
  test.each<[string, LogPeer, string[]]>([
    ["TLS handshakes that time out", stalled("starttls", 4), ["log-tls-stalls likely"]],
    ["one of them is an accident", stalled("starttls", 1), []],
    ["two among thousands of deliveries, too", stalled("starttls", 2, { sent: 4000 }), []],
    ["a host that sends no greeting", stalled("greeting", 4), ["log-greeting-stalls likely"]],
    ["a host that does not answer EHLO", stalled("ehlo", 6), ["log-greeting-stalls proven"]],
    ["connections lost at the greeting are refusals", peerOf({ stalled: 9, failed: 9, stalls: [stallTally("greeting", 0, 9)] }), []],
    ["long recipient lists", stalled("rcpt", 4, { recipientsStalled: { lines: 4, least: 60, most: 150 } }), ["log-rcpt-stalls likely"]],
    [
      "short ones are a suspicion",
      stalled("rcpt", 4, { recipientsStalled: { lines: 4, least: 1, most: 3 } }),
      ["log-rcpt-stalls suspected"],
    ],
    ["a client that never delivered and left three handshakes open", stalled("starttls", 3, { direction: "inbound" }), []],
    ["and six", stalled("starttls", 6, { direction: "inbound" }), ["log-tls-stalls suspected"]],
    ["a client that delivers otherwise", stalled("starttls", 9, { direction: "inbound", sent: 20 }), ["log-tls-stalls likely"]],
    ["a time-out after DATA without a byte count", stalled("data-command", 5, { direction: "inbound" }), ["log-inbound-stalls suspected"]],
  ])("%s", (_, peer, expected) => {
    expect(codesOf(found([peer]))).toEqual(expected);
  });

  test("the direction is named, and since is the first stall of that stage", () => {
    const [finding] = found([stalled("starttls", 4, { firstStall: "2026-03-01T01:00:00.000Z" })]);
    expect(finding?.summary).toContain("from the host to this server");
    expect(finding).toMatchObject({ since: TEN, subject: { address: "192.0.2.1", port: 25 } });
    const [inbound] = found([stalled("starttls", 6, { direction: "inbound", sent: 9 })]);
    expect(inbound?.summary).toContain("from this server to the client");
  });
});

describe("signs of a peer", () => {
  const peer = (...signs: SignTally[]) => peerOf({ failed: 5, deferred: 5, signs });
  test.each<[string, LogPeer, string[]]>([
    ["TLS that is required and not offered", peer(sign("tls-not-offered")), ["log-tls-policy proven"]],
    ["TLS that the host demands", peer(sign("tls-demanded")), ["log-tls-policy proven"]],
    ["a certificate that does not pass, once", peer(sign("tls-untrusted", 1)), ["log-tls-policy likely"]],
    ["connections that fail are no matter of TLS", peer(sign("connect-timeout")), []],
    ["messages above a limit", peer(sign("too-big")), ["log-message-size proven"]],
  ])("%s", (_, one, expected) => {
    expect(codesOf(found([one]))).toEqual(expected);
  });

  test("masking of STARTTLS is among the causes, of a certificate, too", () => {
    for (const which of ["tls-not-offered", "tls-untrusted"] as const) {
      expect(found([peer(sign(which))])[0]?.summary).toMatch(/masks STARTTLS|STARTTLS in the EHLO reply|EHLO reply/);
    }
  });

  test("the limit of a host comes from its line", () => {
    const text = "message size 52428801 exceeds size limit 10485760 of server mx1.example.test[192.0.2.1]";
    const examples = { ...peerOf().examples, signs: [{ file: "mail.log", line: 4, at: TEN, text }] };
    const [finding] = found([{ ...peer(sign("too-big")), examples }]);
    expect(finding?.title).toContain("10485760");
    expect(finding?.severity).toBe("info");
  });

  test("clients above our own limit are one finding", () => {
    const clients = numbers(12).map((number) => peerOf({ ...destination(number), direction: "inbound", signs: [sign("too-big", 2)] }));
    const findings = found(clients);
    expect(codesOf(findings)).toEqual(["log-message-size proven"]);
    expect(findings[0]).toMatchObject({
      subject: { host: null, address: null },
      summary: expect.stringContaining("24 messages from 12 clients"),
    });
  });
});

describe("IPv6 that delays", () => {
  const dead = (number = 1) => peerOf({ ...destination(number), address: `2001:db8:${number}::25`, signs: [sign("connect-timeout")] });
  const alive = (number = 1) => peerOf({ ...destination(number), sent: 9, lastSent: ELEVEN });

  test("is information about that host, with what helps", () => {
    const [finding, ...others] = found([dead(), alive()]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "log-ipv6-delay", severity: "info", confidence: "proven", since: TEN });
    expect(finding?.remedies.map(({ id }) => id)).toContain("postfix-prefer-ipv4");
  });

  test("without a delivery over IPv4 it is a host that is down", () => {
    expect(found([dead(), peerOf({ ...destination(1), signs: [sign("connect-timeout")] })])).toEqual([]);
  });

  test("at four organisations, and none works, it is this server's", () => {
    const findings = found(numbers(4).flatMap((number) => [dead(number), alive(number)]));
    expect(findings).toMatchObject([{ code: "log-ipv6-delay", subject: { address: null } }]);
    const works = peerOf({ ...destination(9), address: "2001:db8:9::25", sent: 3, lastSent: ELEVEN });
    expect(found([...numbers(4).flatMap((number) => [dead(number), alive(number)]), works])).toHaveLength(4);
  });
});

describe("our side", () => {
  const blocked = (number: number, parts: Partial<LogPeer> = {}) =>
    peerOf({ ...destination(number), failed: 5, deferred: 5, signs: [sign("connect-timeout")], ...parts });
  const fine = (number: number, lastSent = ELEVEN) => peerOf({ ...destination(number), sent: 5, lastSent });
  const backlog = { waiting: 30, oldest: TEN, destinations: [], others: 30 };

  test("all destinations time out: one finding, with the peers as evidence and the queue absorbed", () => {
    const [finding, ...others] = found(
      numbers(29).map((number) => blocked(number)),
      { backlog },
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "log-our-side",
      severity: "critical",
      confidence: "likely",
      absorbs: ["log-deferred-backlog"],
      since: TEN,
    });
    expect(finding?.summary).toContain("Port 25");
    for (const number of numbers(29)) expect(JSON.stringify(finding?.evidence)).toContain(`mx.org${number}.test`);
  });

  test.each<[string, LogPeer[]]>([
    ["a log with one relay", [blocked(1)]],
    ["one relay of many names and addresses", numbers(9).map((number) => blocked(number, { name: `mx${number}.relay.test` }))],
    ["three destinations", numbers(3).map((number) => blocked(number))],
    ["one that works", [...numbers(9).map((number) => blocked(number)), fine(10)]],
    [
      "two in five that fail otherwise",
      [
        ...numbers(4).map((number) => blocked(number)),
        stalled("body", 1, { ...destination(8), sent: 40 }),
        stalled("body", 1, { ...destination(9), sent: 40 }),
      ],
    ],
  ])("not with %s", (_, peers) => {
    expect(found(peers).map(({ code }) => code)).not.toContain("log-our-side");
  });

  test("what worked before it began does not count", () => {
    const peers = [...numbers(5).map((number) => blocked(number)), fine(6, "2026-03-01T08:00:00.000Z")];
    expect(codesOf(found(peers))).toEqual(["log-our-side likely"]);
  });

  test("all in one network are a suspicion", () => {
    const peers = numbers(5).map((number) => blocked(number, { address: `203.0.113.${number}` }));
    expect(codesOf(found(peers))).toEqual(["log-our-side suspected"]);
  });

  test.each<[string, "greeting" | "starttls" | "body", string]>([
    ["greetings", "greeting", "log-greeting-stalls"],
    ["TLS", "starttls", "log-tls-stalls"],
    ["content", "body", "log-outbound-stalls"],
  ])("%s that stall everywhere are one finding, not one for each host", (_, stage, absorbed) => {
    const peers = numbers(29).map((number) =>
      stalled(stage, 4, { ...destination(number), firstStalled: stage === "body" ? TEN : null, lastStalled: ELEVEN }),
    );
    const findings = found(peers);
    expect(codesOf(findings)).toEqual(["log-our-side likely"]);
    expect(findings[0]?.absorbs).toEqual([absorbed]);
  });

  test("a host that takes large messages shows that content passes", () => {
    const peers = numbers(6).map((number) => stalled("body", 4, { ...destination(number), firstStalled: TEN, lastStalled: ELEVEN }));
    const large = peerOf({ ...destination(9), sent: 3, lastSent: NOON, largestSent: 80_000 });
    expect(found([...peers, large]).map(({ code }) => code)).not.toContain("log-our-side");
  });
});

describe("losses spread over many hosts", () => {
  const client = (name: string, number: number, parts: Partial<LogPeer> = {}) =>
    peerOf({
      name,
      address: `192.0.2.${number}`,
      direction: "inbound",
      stalled: 1,
      failed: 1,
      stalls: [{ ...stallTally("body", 0, 1), first: TEN, last: ELEVEN }],
      firstStalled: TEN,
      lastStalled: ELEVEN,
      receivedBytes: [{ bytes: 65_536, count: 1 }],
      ...parts,
    });

  test("of one provider are one finding about its domain", () => {
    const hosts = numbers(30).map((number) => client(`out-${number}.mail.provider.co.uk`, number, { sent: number % 3 }));
    const findings = found(hosts);
    expect(findings).toMatchObject([
      { code: "log-inbound-stalls", confidence: "proven", subject: { host: "provider.co.uk", address: null }, since: TEN },
    ]);
    expect(findings[0]?.summary).toContain("64 kB");
    expect(JSON.stringify(findings[0]?.evidence)).toContain("30 hosts");
  });

  test("of clients that have nothing in common are one finding about this end", () => {
    const hosts = numbers(12).map((number) => client(`mail.org${number}.test`, number, { sent: 10 }));
    expect(found(hosts)).toMatchObject([{ code: "log-inbound-stalls", confidence: "likely", subject: { host: null, address: null } }]);
  });

  test("at different counts are nothing about this end", () => {
    const hosts = numbers(12).map((number) =>
      client(`mail.org${number}.test`, number, { sent: 40, receivedBytes: [{ bytes: 3000 + 1777 * number, count: 1 }] }),
    );
    expect(found(hosts)).toEqual([]);
  });

  test("hosts that are delivered to keep their own findings where these are as sure", () => {
    const hosts = numbers(4).map((number) =>
      stalled("body", 9, { name: `mx${number}.partner.test`, address: `192.0.2.${number}`, firstStalled: TEN }),
    );
    expect(found(hosts).map(({ subject }) => subject.host)).toEqual([
      "mx1.partner.test",
      "mx2.partner.test",
      "mx3.partner.test",
      "mx4.partner.test",
    ]);
  });

  test("hosts that each stall once among many deliveries are one finding about the organisation", () => {
    const hosts = numbers(20).map((number) =>
      stalled("body", 1, { name: `mx${number}.partner.test`, address: `192.0.2.${number}`, sent: 20, firstStalled: TEN }),
    );
    expect(found(hosts)).toMatchObject([{ code: "log-outbound-stalls", subject: { host: "partner.test", address: null } }]);
  });
});

describe("the mail program that wrote the log", () => {
  test.each(["postfix", "exim", "sendmail"] as const)("%s: its commands lead, and those of others come last", (mta) => {
    const writers = [{ mta, lines: 9 }];
    const findings = [
      ...found([stalled("body", 9, { writers, firstStalled: TEN })], {
        writers,
        backlog: { waiting: 30, oldest: TEN, destinations: [], others: 30 },
      }),
      ...found([stalled("body", 9, { writers, direction: "inbound" })]),
      ...found([stalled("rcpt", 9, { writers, recipientsStalled: { lines: 9, least: 60, most: 60 } })]),
      ...found([peerOf({ writers, signs: [sign("tls-not-offered")] })]),
      ...found([peerOf({ writers, direction: "inbound", signs: [sign("too-big")] })]),
      ...found([stalled("starttls", 9, { writers })]),
      ...found([], {
        writers,
        troubles: (["too-many-errors", "processes", "no-space", "filter-lost", "input-filter-lost"] as const).map((trouble) => ({
          trouble,
          count: 9,
          first: TEN,
          last: ELEVEN,
          culprits: [],
          examples: [],
        })),
      }),
    ];
    expect(new Set(findings.map(({ code }) => code)).size).toBeGreaterThan(10);
    for (const { code, remedies } of findings) {
      expect(remedies[0]?.platform, `${code}: ${remedies.map(({ id }) => id).slice(0, 3)}`).toBe(mta);
    }
  });
});
