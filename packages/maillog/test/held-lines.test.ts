/** Lines without a port: whose they are, and when it is known. */
import { expect, test } from "vitest";
import { readLog } from "./fixtures.ts";

const RELAY = "relay.example.test[192.0.2.8]";
const at = (second: number, text: string) => `2026-01-05T${new Date(second * 1000).toISOString().slice(11, 19)}Z mx1 postfix/${text}\n`;
const active = (second: number) => at(second, "qmgr[1]: AAAAAA: from=<a@sender.example>, size=5000, nrcpt=1 (queue active)");
const broke = (second: number, pid = 2, relay = RELAY) =>
  at(second, `smtp[${pid}]: AAAAAA: conversation with ${relay} timed out while sending message body`);
const record = (second: number, relay: string, pid = 2) =>
  at(second, `smtp[${pid}]: AAAAAA: to=<b@recipient.example>, relay=${relay}, delay=2, delays=0/0/1/1, dsn=2.0.0, status=sent (250 ok)`);
const removed = (second: number) => at(second, "qmgr[1]: AAAAAA: removed");

function peersOf(...lines: string[]) {
  const { peers } = readLog(lines.join("")).counter.statistics();
  return peers.map(({ address, port, sent, failed, stalled }) => `${address} ${port}: ${sent} sent, ${failed} failed, ${stalled} stalled`);
}

test("the port is that of the record of the same message and process, also where another address took it", () => {
  expect(peersOf(active(0), broke(180), record(181, "relay.example.test[192.0.2.9]:587"), removed(182))).toEqual([
    "192.0.2.8 587: 0 sent, 1 failed, 1 stalled",
    "192.0.2.9 587: 1 sent, 0 failed, 0 stalled",
  ]);
});

test("one host at two ports: each line goes with its own record", () => {
  const log = [active(0), broke(180, 2), broke(181, 3), record(190, `${RELAY}:2525`, 3), record(191, `${RELAY}:465`, 2)];
  expect(peersOf(...log)).toEqual(["192.0.2.8 2525: 1 sent, 1 failed, 1 stalled", "192.0.2.8 465: 1 sent, 1 failed, 1 stalled"]);
});

test.each([
  ["the log ends", []],
  ["the message is taken up again", [active(500), record(501, `${RELAY}:587`)]],
  ["the message leaves the queue", [removed(500), record(501, `${RELAY}:587`)]],
  ["only another process's record comes", [record(501, `${RELAY}:587`, 9)]],
  ["the record has no port", [record(181, RELAY)]],
])("without a port it is a peer of its own, where %s", (_when, lines) => {
  const own = peersOf(active(0), broke(180), ...lines).find((peer) => peer.startsWith("192.0.2.8 null"));
  expect(own).toContain("1 failed, 1 stalled");
});

test("a line is counted at its own time and place", () => {
  const { peers } = readLog(
    [active(0), broke(180), broke(250, 2, "relay.example.test[192.0.2.7]"), record(400, `${RELAY}:587`)].join(""),
  ).counter.statistics();
  const peer = peers.find(({ address }) => address === "192.0.2.8");
  expect(peer).toMatchObject({ firstStalled: "2026-01-05T00:03:00.000Z", lastStalled: "2026-01-05T00:03:00.000Z", smallestStalled: 5000 });
  expect(peer?.examples.stalled).toEqual([
    { file: "test.log", line: 2, at: "2026-01-05T00:03:00.000Z", text: `conversation with ${RELAY} timed out while sending message body` },
  ]);
});

test("of one attempt that fails, Exim's line and its record count once; where another host takes the message, it failed all the same", () => {
  const line = "H=mx.example.test [192.0.2.8]: SMTP timeout after sending data block (16384 bytes written): Connection timed out";
  const start = "2026-01-05 00:00:00 1uABCd-000001-0A <= a@sender.example H=c.example [198.51.100.7] P=esmtp S=5000";
  const failed = `2026-01-05 00:05:00 1uABCd-000001-0A == b@recipient.example R=dnslookup T=remote_smtp defer (110) ${line}`;
  const other = "2026-01-05 00:05:00 1uABCd-000001-0A => b@recipient.example R=dnslookup T=remote_smtp H=mx2.example.test [192.0.2.9]";
  const outbound = (...lines: string[]) => peersOf(...lines.map((each) => `${each}\n`)).filter((peer) => peer.startsWith("192"));
  const loss = `2026-01-05 00:04:59 1uABCd-000001-0A ${line}`;
  expect(outbound(start, loss, failed)).toEqual(["192.0.2.8 null: 0 sent, 1 failed, 1 stalled"]);
  expect(outbound(start, loss, other)).toEqual([
    "192.0.2.8 null: 0 sent, 1 failed, 1 stalled",
    "192.0.2.9 null: 1 sent, 0 failed, 0 stalled",
  ]);
});

test("a TLS handshake that stalls and the record of its attempt count once", () => {
  const handshake = (second: number) => at(second, `smtp[2]: SSL_connect error to ${RELAY}:25: Connection timed out`);
  const told = "delay=300, delays=0/0/300/0, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)";
  const failed = (second: number) => at(second, `smtp[2]: AAAAAA: to=<b@recipient.example>, relay=${RELAY}:25, ${told}`);
  expect(peersOf(active(0), handshake(300), failed(300), handshake(900), failed(901))).toEqual([
    "192.0.2.8 25: 0 sent, 2 failed, 2 stalled",
  ]);
  expect(peersOf(active(0), handshake(300))).toEqual(["192.0.2.8 25: 0 sent, 1 failed, 1 stalled"]);
});
