import { type LogPeer, sizeClassOf } from "@mxray/contracts";
import { describe, expect, test } from "vitest";
import { readLog } from "./fixtures.ts";

const MX = "mx.recipient.example[203.0.113.1]";

/** A line at a second of the day. */
function at(second: number, program: string, text: string): string {
  return `2026-01-05T${new Date(second * 1000).toISOString().slice(11, 19)}Z mx1 postfix/${program}: ${text}\n`;
}
const active = (second: number, id: string, size: number, recipients = 1) =>
  at(second, "qmgr[1]", `${id}: from=<bob@sender.example>, size=${size}, nrcpt=${recipients} (queue active)`);
const record = (second: number, id: string, status: string, relay = `${MX}:25`, delays = "0/0/1/1") =>
  at(second, "smtp[2]", `${id}: to=<x@recipient.example>, relay=${relay}, delay=2, delays=${delays}, dsn=4.0.0, status=${status}`);
const sent = (second: number, id: string) => record(second, id, "sent (250 ok)");
const stalled = (second: number, id: string) =>
  record(second, id, `deferred (conversation with ${MX} timed out while sending message body)`, `${MX}:25`, "0/0/1/180");
const removed = (second: number, id: string) => at(second, "qmgr[1]", `${id}: removed`);

const statisticsOf = (...lines: string[]) => readLog(lines.join("")).counter.statistics();
function peerOf(direction: LogPeer["direction"], ...lines: string[]): LogPeer {
  const peers = statisticsOf(...lines).peers.filter((peer) => peer.direction === direction);
  expect(peers).toHaveLength(1);
  return peers[0] as LogPeer;
}

describe("a peer's sizes", () => {
  test("a message counts once, however many recipients it has and however often it is tried", () => {
    const peer = peerOf(
      "outbound",
      active(0, "AAAAAA", 5000, 2),
      stalled(180, "AAAAAA"),
      stalled(180, "AAAAAA"),
      active(480, "AAAAAA", 5000, 2),
      stalled(660, "AAAAAA"),
      active(700, "BBBBBB", 700, 3),
      sent(701, "BBBBBB"),
      sent(701, "BBBBBB"),
      sent(702, "BBBBBB"),
    );
    expect(peer).toMatchObject({
      sent: 3,
      failed: 3,
      stalled: 3,
      deferred: 3,
      largestSent: 700,
      smallestStalled: 5000,
      largestStalled: 5000,
    });
    expect(peer.stalls).toMatchObject([{ stage: "body", timeouts: 3, losses: 0, episodes: 1 }]);
    expect(peer.sizes).toEqual([
      expect.objectContaining({ sent: 1, sentSince: 1, stalled: 0, attempts: 0, recovered: 0 }),
      expect.objectContaining({ sent: 0, sentSince: 0, stalled: 1, attempts: 3, recovered: 0 }),
    ]);
    expect(peer.stallSeconds).toEqual([expect.objectContaining({ count: 3 })]);
    expect(peer.firstStalled).toBe("2026-01-05T00:03:00.000Z");
    expect(peer.examples.smallestStalled?.text).toContain("timed out while sending message body");
    expect(peer.examples.stalled).toHaveLength(3);
  });

  test("what was delivered before the first stall is told from what was delivered since, and what stalled and went later from both", () => {
    const peer = peerOf(
      "outbound",
      active(0, "AAAAAA", 9000),
      sent(1, "AAAAAA"),
      active(10, "BBBBBB", 5000),
      stalled(190, "BBBBBB"),
      active(200, "CCCCCC", 800),
      sent(201, "CCCCCC"),
      active(500, "BBBBBB", 5000),
      sent(501, "BBBBBB"),
    );
    expect(peer).toMatchObject({ largestSent: 9000, largestSentSince: 5000, smallestStalled: 5000 });
    expect(peer.sizes.map(({ sent: all, sentSince, stalled: stalls, recovered }) => [all, sentSince, stalls, recovered])).toEqual([
      [1, 1, 0, 0],
      [1, 1, 1, 1],
      [1, 0, 0, 0],
    ]);
  });

  test("a stall outside of the content says nothing of sizes", () => {
    const peer = peerOf(
      "outbound",
      active(0, "AAAAAA", 5000),
      record(1, "AAAAAA", `deferred (lost connection with ${MX} while sending RCPT TO)`),
    );
    expect(peer).toMatchObject({ stalled: 1, failed: 1, smallestStalled: null, sizes: [], firstStalled: null });
  });

  test("lines that name no port belong to the peer whose port others name", () => {
    const peer = peerOf(
      "outbound",
      active(0, "AAAAAA", 5000),
      at(1, "smtp[2]", `AAAAAA: lost connection with ${MX} while sending message body`),
      sent(2, "AAAAAA"),
    );
    expect(peer).toMatchObject({ port: 25, sent: 1, failed: 1, stalled: 1 });
  });

  test("a peer's own time-out counts as a connection that it lost", () => {
    const said = `deferred (host ${MX} said: 421 4.4.2 mx Error: timeout exceeded (in reply to end of DATA command))`;
    expect(peerOf("outbound", active(0, "AAAAAA", 5000), record(1, "AAAAAA", said)).stalls).toMatchObject([
      { stage: "end-of-data", timeouts: 0, losses: 1, episodes: 1 },
    ]);
  });

  test("a copy made while the destination is throttled is no attempt of the peer's", () => {
    const copy = `deferred (delivery temporarily suspended: lost connection with ${MX} while sending message body)`;
    const { peers, backlog, retries } = statisticsOf(active(0, "AAAAAA", 5000), record(1, "AAAAAA", copy, "none"));
    expect([peers, retries]).toEqual([[], []]);
    expect(backlog.waiting).toBe(1);
  });

  test("clients: accepted once per message with its size; bytes received before a loss", () => {
    const client = "client.sender.example[198.51.100.7]";
    const peer = peerOf(
      "inbound",
      at(0, "smtpd[3]", `AAAAAA: client=${client}`),
      active(1, "AAAAAA", 5000),
      active(400, "AAAAAA", 5000),
      at(401, "smtpd[3]", `timeout after DATA (0 bytes) from ${client}`),
      at(402, "smtpd[3]", `lost connection after DATA (1448 bytes) from ${client}:4711`),
      at(403, "smtpd[3]", `lost connection after RCPT from ${client}`),
      at(404, "smtpd[3]", `too many errors after RCPT from ${client}`),
    );
    expect(peer).toMatchObject({ port: null, sent: 1, largestSent: 5000, stalled: 3, failed: 4, smallestStalled: null });
    expect(peer.receivedBytes).toEqual([
      { bytes: 0, count: 1 },
      { bytes: 1448, count: 1 },
    ]);
  });

  test("Exim tells a stall twice, Sendmail too: it counts once", () => {
    const exim = (text: string) => `2026-01-05 04:11:22 16ZCW1-0005MB-00 ${text}\n`;
    const where = "H=mx1.recipient.example [203.0.113.1]: SMTP timeout after sending data block: Connection timed out";
    const twice = [
      exim("<= bob@sender.example U=bob P=local S=20810"),
      exim(where),
      exim(`== x@recipient.example R=dnslookup T=remote_smtp defer (110): Connection timed out ${where}`),
    ];
    expect(peerOf("outbound", ...twice)).toMatchObject({ stalled: 1, failed: 1, deferred: 1, smallestStalled: 20_810 });
    const sendmail = (text: string) => `2026-01-05T04:11:22Z mx1 sm-mta[4]: v8GABCde012345: ${text}\n`;
    const also = [
      sendmail("from=<bob@sender.example>, size=20810, nrcpts=1, relay=bob@localhost"),
      sendmail("timeout waiting for input from mx.recipient.example. during client DATA status"),
      sendmail(
        "to=<x@recipient.example>, delay=01:00:00, mailer=esmtp, relay=mx.recipient.example. [203.0.113.1], dsn=4.0.0, stat=Deferred: Connection timed out with mx.recipient.example.",
      ),
    ];
    const peer = peerOf("outbound", ...also);
    expect(peer).toMatchObject({ stalled: 1, failed: 1, smallestStalled: 20_810 });
    expect(peer.stalls).toMatchObject([{ stage: "end-of-data", timeouts: 1, losses: 0, episodes: 1 }]);
  });
});

test("waits are counted between real attempts, less what the attempt itself took", () => {
  const { retries } = statisticsOf(
    active(0, "AAAAAA", 5000),
    stalled(181, "AAAAAA"),
    active(500, "AAAAAA", 5000),
    stalled(681, "AAAAAA"),
    active(1200, "AAAAAA", 5000),
    sent(1202, "AAAAAA"),
  );
  // 681 - 181 - (1 + 180) = 319 s; 1202 - 681 - (1 + 1) = 519 s.
  expect(retries).toEqual([
    { mta: "postfix", attempt: 1, waits: [{ class: sizeClassOf(319), count: 1 }] },
    { mta: "postfix", attempt: 2, waits: [{ class: sizeClassOf(519), count: 1 }] },
  ]);
});

test("the backlog is what was deferred and did not leave", () => {
  const expired = at(900, "qmgr[1]", "CCCCCC: from=<bob@sender.example>, status=expired, returned to sender");
  const { backlog, peers } = statisticsOf(
    active(0, "AAAAAA", 5000),
    stalled(1, "AAAAAA"),
    active(2, "BBBBBB", 5000),
    stalled(3, "BBBBBB"),
    active(4, "CCCCCC", 5000),
    stalled(5, "CCCCCC"),
    active(6, "DDDDDD", 5000, 2),
    stalled(7, "DDDDDD"),
    removed(800, "BBBBBB"),
    expired,
    active(901, "DDDDDD", 5000, 2),
    stalled(902, "DDDDDD"),
  );
  expect(backlog).toMatchObject({ waiting: 2, oldest: "2026-01-05T00:00:01.000Z", others: 0 });
  expect(backlog.destinations).toEqual([
    { name: "recipient.example", waiting: 2, oldest: "2026-01-05T00:00:01.000Z", example: expect.objectContaining({ line: 12 }) },
  ]);
  expect(peers[0]).toMatchObject({ expired: 1 });
});

test("troubles have their culprits, first and last time, and the first lines", () => {
  const limit = (second: number, address: string) =>
    at(second, "smtpd[3]", `warning: Connection rate limit exceeded: 31 from unknown[${address}] for service smtp`);
  const { troubles } = statisticsOf(
    limit(1, "198.51.100.8"),
    limit(2, "198.51.100.8"),
    limit(3, "198.51.100.9"),
    at(4, "master[1]", 'warning: service "smtp" (25) has reached its process limit "100": new clients may experience noticeable delays'),
    at(5, "smtpd[3]", "warning: connect to proxy filter 127.0.0.1:10024: Connection refused"),
  );
  expect(troubles.map(({ trouble, count, culprits }) => [trouble, count, culprits[0]])).toEqual([
    ["connection-rate", 3, { name: "unknown[198.51.100.8]", count: 2 }],
    ["input-filter-unreachable", 1, { name: "127.0.0.1:10024", count: 1 }],
    ["process-limit", 1, { name: "smtp", count: 1 }],
  ]);
  expect(troubles[0]).toMatchObject({ first: "2026-01-05T00:00:01.000Z", last: "2026-01-05T00:00:03.000Z" });
  expect(troubles[0]?.examples).toHaveLength(3);
});

describe("a client whose name is not always found", () => {
  const lost = (second: number, client: string) => at(second, "smtpd[3]", `lost connection after RCPT from ${client}`);
  const clientsOf = (...lines: string[]) =>
    statisticsOf(...lines)
      .peers.map(({ name, address, failed }) => ({ name, address, failed }))
      .sort((a, b) => a.failed - b.failed);

  test("is one peer with the name that it has, whichever comes first", () => {
    const named = "client.sender.example[198.51.100.7]";
    const unknown = "unknown[198.51.100.7]";
    const one = [{ name: "client.sender.example", address: "198.51.100.7", failed: 3 }];
    expect(clientsOf(lost(0, unknown), lost(1, named), lost(2, unknown))).toEqual(one);
    expect(clientsOf(lost(0, named), lost(1, unknown), lost(2, named))).toEqual(one);
  });

  test("is not another one with a name of its own at that address", () => {
    const [a, b] = ["a.sender.example[198.51.100.7]", "b.sender.example[198.51.100.7]"];
    expect(clientsOf(lost(0, a), lost(1, b), lost(2, b), lost(3, "unknown[198.51.100.7]"), lost(4, b))).toEqual([
      { name: "a.sender.example", address: "198.51.100.7", failed: 2 },
      { name: "b.sender.example", address: "198.51.100.7", failed: 3 },
    ]);
  });

  test("without an address is nobody in particular", () => {
    expect(clientsOf(lost(0, "unknown[unknown]"))).toEqual([]);
  });
});

describe("what a peer shows besides stalls of content", () => {
  const connect = (second: number, reason = "Connection timed out") => at(second, "smtp[2]", `connect to ${MX}:25: ${reason}`);
  const refused = (second: number, id: string, reason: string) => record(second, id, `deferred (${reason})`);

  test("a line about an attempt and its delivery record are one sign", () => {
    const peer = peerOf(
      "outbound",
      connect(30),
      refused(30, "AAAAAA", `connect to ${MX}:25: Connection timed out`),
      connect(90),
      refused(90, "AAAAAA", `connect to ${MX}:25: Connection timed out`),
      connect(95, "Connection refused"),
    );
    expect(peer.signs).toEqual([
      { sign: "connect-timeout", count: 2, first: "2026-01-05T00:00:30.000Z", last: "2026-01-05T00:01:30.000Z" },
      { sign: "connect-failed", count: 1, first: "2026-01-05T00:01:35.000Z", last: "2026-01-05T00:01:35.000Z" },
    ]);
    expect(peer.examples.signs).toHaveLength(3);
  });

  test("TLS that is required and a size limit are signs; what the log says in passing is none", () => {
    const peer = peerOf(
      "outbound",
      at(1, "smtp[2]", `certificate verification failed for ${MX}:25: self-signed certificate`),
      refused(2, "AAAAAA", `TLS is required, but was not offered by host ${MX}`),
      refused(3, "BBBBBB", "Server certificate not verified"),
      at(
        4,
        "smtp[2]",
        `CCCCCC: to=<x@r.example>, relay=${MX}:25, delay=1, dsn=5.3.4, status=bounced (message size 9 exceeds size limit 5 of server ${MX})`,
      ),
      refused(5, "DDDDDD", `host ${MX} said: 450 4.2.0 greylisted (in reply to RCPT TO command)`),
    );
    expect(peer.signs.map(({ sign, count }) => [sign, count])).toEqual([
      ["tls-not-offered", 1],
      ["tls-untrusted", 1],
      ["too-big", 1],
    ]);
  });

  test("the recipients of messages that stall at RCPT, and when each stage stalled", () => {
    const stuck = (second: number, id: string) => record(second, id, `deferred (conversation with ${MX} timed out while sending RCPT TO)`);
    const peer = peerOf(
      "outbound",
      active(0, "AAAAAA", 900, 150),
      stuck(300, "AAAAAA"),
      active(400, "BBBBBB", 900, 60),
      stuck(700, "BBBBBB"),
    );
    expect(peer.recipientsStalled).toEqual({ lines: 2, least: 60, most: 150 });
    expect(peer.stalls).toMatchObject([
      { stage: "rcpt", timeouts: 2, first: "2026-01-05T00:05:00.000Z", last: "2026-01-05T00:11:40.000Z" },
    ]);
    expect(peer.examples).toMatchObject({ stalled: [], early: [{}, {}] });
  });

  test("who wrote the lines of trouble", () => {
    const exim =
      "2026-01-05 00:00:09 1tABCE-000000005vi-0000 H=mx.other.example [192.0.2.9]: SMTP timeout after end of data: Connection timed out\n";
    const { peers, writers } = statisticsOf(active(0, "AAAAAA", 900), stalled(180, "AAAAAA"), exim);
    expect(peers.map(({ name, writers: own }) => [name, own])).toEqual([
      ["mx.other.example", [{ mta: "exim", lines: 1 }]],
      ["mx.recipient.example", [{ mta: "postfix", lines: 1 }]],
    ]);
    expect(writers).toEqual([{ mta: "postfix", lines: 1 }]);
  });
});
