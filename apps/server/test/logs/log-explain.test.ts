/** What people paste: bounces of each kind, queue listings, a firewall's line, log lines. Synthetic, in the wordings of their writers. */
import type { LogStore } from "@mxray/store";
import { expect, test } from "vitest";
import { explainText } from "../../src/logs/reading/log-explain.ts";
import { BOUNCES } from "./bounce-texts.ts";

const NO_STORE = { eventsOfMessage: async () => [] } as unknown as LogStore;

test.each(BOUNCES)("a bounce of %s", async (_name, expected, text) => {
  const told = await explainText(text, NO_STORE);
  expect(told.kind).toBe("bounce");
  expect(told.faults[0]).toMatchObject(expected);
  expect(told.event).toBeNull();
  expect(told.tells).not.toBeNull();
  // Nothing of the recipient's address is repeated, and nothing is invented.
  expect(JSON.stringify(told)).not.toMatch(/amy@|bob@|user@|000000/);
});

const LISTINGS: readonly (readonly [string, number, object, string])[] = [
  [
    "postqueue -p",
    2,
    { writer: "Postfix", failure: "timeout", stage: "body", count: 2, status: "deferred" },
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n3A2F21B8A0*   20810 Mon Jan  5 04:11:22  bob@sender.example\n(conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)\n                                         amy@recipient.example\n\n3A2F21B8A1    31810 Mon Jan  5 05:11:22  bob@sender.example\n(conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)\n                                         amy@recipient.example\n\n3A2F21B8A2      910 Mon Jan  5 05:11:22  bob@sender.example\n  (connect to mx.other.example[203.0.113.9]:25: Connection refused)\n                                         amy@other.example\n\n-- 53 Kbytes in 3 Requests.\n",
  ],
  [
    "postqueue -j",
    1,
    { writer: "Postfix", failure: "lost-connection", stage: "end-of-data", count: 1 },
    '{"queue_name": "deferred", "queue_id": "3A2F21B8A0", "arrival_time": 1767586282, "message_size": 20810, "forced_expire": false, "sender": "bob@sender.example", "recipients": [{"address": "amy@recipient.example", "delay_reason": "lost connection with mx.recipient.example[203.0.113.1] while sending end of data -- message may be sent more than once"}]}\n{"queue_name": "active", "queue_id": "3A2F21B8A1", "arrival_time": 1767586282, "message_size": 1, "sender": "", "recipients": [{"address": "amy@recipient.example"}]}',
  ],
  [
    "mailq of Sendmail",
    1,
    { writer: "Sendmail", failure: "timeout", stage: null, count: 1, peer: { name: "mx.recipient.example" } },
    "\t\t/var/spool/mqueue (1 request)\n-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------\nv8GABCde012345    20810 Mon Jan  5 04:11 <bob@sender.example>\n                 (Deferred: Connection timed out with mx.recipient.example.)\n\t\t\t\t\t <amy@recipient.example>\n\t\tTotal requests: 1\n",
  ],
  [
    "postqueue -j, two recipients that wait for different reasons",
    1,
    { writer: "Postfix", failure: "connect-failed", peer: { address: "203.0.113.9" } },
    '{"queue_name":"deferred","queue_id":"4ZqX1b2Kz9zXk","arrival_time":1796000000,"message_size":5310,"forced_expire":false,"sender":"a@sender.example","recipients":[{"address":"bob@partner.example","delay_reason":"connect to mx.partner.example[203.0.113.9]:25: Connection timed out"},{"address":"eve@other.example","delay_reason":"conversation with mx.other.example[203.0.113.19] timed out while performing the EHLO handshake"}]}',
  ],
];

test.each(LISTINGS)("%s", async (_name, most, expected, text) => {
  const told = await explainText(text, NO_STORE);
  expect(told.kind).toBe("queue");
  expect(told.faults[0]).toMatchObject(expected);
  expect(told.faults[0]?.count).toBe(most);
  expect(JSON.stringify(told)).not.toContain("amy@");
});

test("exim -bp gives no reasons, and that is said", async () => {
  const told = await explainText(" 2d  20K 1tABCD-000000005vi-0000 <bob@sender.example>\n          amy@recipient.example\n", NO_STORE);
  expect(told).toMatchObject({ kind: "queue", faults: [], tells: null });
});

test.each([
  [
    "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP Request from inside:192.0.2.5/51000 to outside:203.0.113.1/25; matched Class 4: header line length gt 998",
    "dropped",
  ],
  [
    "Jan  5 04:11:22 fw %ASA-5-108007: TLS started on ESMTP session between client inside:192.0.2.5/51000 and server outside:203.0.113.1/25",
    "unknown",
  ],
  [
    "%ASA-4-507003: tcp flow from inside:192.0.2.5/51000 to outside:203.0.113.1/25 terminated by inspection engine, reason - inspector disconnected, dropped packet.",
    "dropped",
  ],
])("a firewall's line: %s", async (text, failure) => {
  const told = await explainText(text, NO_STORE);
  expect(told).toMatchObject({ kind: "firewall", faults: [{ writer: "Cisco ASA", failure }] });
  expect(told.means).toContain("inspect esmtp");
});

test("several lines at once, and lines in quotes, are read as a log", async () => {
  const told = await explainText(
    "> Jan  5 04:11:22 mx1 postfix/qmgr[2]: 3A2F21B8A0: from=<bob@sender.example>, size=20810, nrcpt=1 (queue active)\n> Jan  5 04:14:22 mx1 postfix/smtp[3]: 3A2F21B8A0: to=<amy@recipient.example>, relay=mx.recipient.example[203.0.113.1]:25, delay=180, delays=0/0/1/179, dsn=4.4.2, status=deferred (conversation with mx.recipient.example[203.0.113.1] timed out while sending message body)",
    NO_STORE,
  );
  expect(told).toMatchObject({ kind: "line", event: { event: "delivery", stage: "body", size: 20_810 }, target: "203.0.113.1" });
});

test.each([
  [
    "an idle client is no fault",
    "Jan  5 04:11:22 mx1 postfix/smtpd[5]: timeout after END-OF-MESSAGE from client.sender.example[198.51.100.7]",
    /no problem/i,
  ],
  [
    "a slow handshake is a stall",
    "Jan  5 04:11:22 mx1 postfix/smtp[5]: 3A2F21B8A0: to=<a@recipient.example>, relay=mx.recipient.example[203.0.113.1]:25, delay=301, delays=0/0/300/0, dsn=4.7.5, status=deferred (Cannot start TLS: handshake failure)",
    /first large packet/,
  ],
])("%s", async (_name, text, means) => {
  expect((await explainText(text, NO_STORE)).means).toMatch(means);
});

test("a bounce that does not say at which step it broke is explained for each, and never as one without mail", async () => {
  const text = "Last Error: 421 4.4.2 Connection dropped due to TimedOut [LastAttemptedServerName=mx.recipient.example]";
  const { faults, means } = await explainText(text, NO_STORE);
  expect(faults).toMatchObject([{ failure: "timeout", stage: null }]);
  expect(means).toMatch(/does not say at which step.* full-size packets/);
});

test("a text that reports nothing is unknown", async () => {
  for (const text of ["hello there, the mail is slow today", "", "<".repeat(30_000), "Thanks for your message about the timetable."]) {
    expect((await explainText(text, NO_STORE)).kind, text.slice(0, 40)).toBe("unknown");
  }
});

const ICMP = "icmp src outside:198.51.100.1 dst inside:192.0.2.5 (type 3, code 4)";

test.each([
  [`%ASA-4-106023: Deny ${ICMP} by access-group "outside_in" [0x0, 0x0]`, "icmp-dropped", null],
  [
    `%ASA-4-313005: No matching connection for ICMP error message: ${ICMP} on outside interface. Original IP payload: tcp src 192.0.2.5/51234 dst 203.0.113.9/25.`,
    "icmp-dropped",
    "203.0.113.9",
  ],
  ["Nov 30 01:11:23 fw %ASA-3-313001: Denied ICMP type=3, code=4 from 198.51.100.1 on interface outside", "icmp-dropped", null],
  [
    "%ASA-6-602101: PMTU-D packet 1420 bytes greater than effective mtu 1400 dest_addr=203.0.113.9, src_addr=192.0.2.5, prot=TCP",
    "packet-too-big",
    "203.0.113.9",
  ],
])("%s", async (text, failure, address) => {
  const told = await explainText(text, NO_STORE);
  expect(told).toMatchObject({ kind: "firewall", target: address });
  expect(told.faults[0]?.failure).toBe(failure);
  expect(told.means).toMatch(/path MTU black hole/);
});

test("a firewall's line about other traffic is unknown", async () => {
  for (const text of [
    "%ASA-6-106015: Deny TCP (no connection) from 203.0.113.9/25 to 192.0.2.5/51234 flags ACK on interface outside",
    "%ASA-3-313001: Denied ICMP type=8, code=0 from 198.51.100.1 on interface outside",
  ]) {
    expect((await explainText(text, NO_STORE)).kind).toBe("unknown");
  }
});
